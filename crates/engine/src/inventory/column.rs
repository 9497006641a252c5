//! One text of each target, in lower case, all in one piece of memory: searching it is one pass of `memmem`.

use std::cmp::Ordering;

use memchr::memmem::Finder;

use super::bits::Bits;

/// Stands before and after each text, and in no text.
const SEPARATOR: u8 = 0;

/// How a text is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Equals,
    Contains,
    Begins,
}

/// Texts by position, without regard to case.
#[derive(Debug)]
pub(super) struct Column {
    /// `\0 text \0 text \0 … \0`
    bytes: Vec<u8>,
    /// Where each text begins.
    starts: Vec<u32>,
}

impl Default for Column {
    fn default() -> Self {
        Self {
            bytes: vec![SEPARATOR],
            starts: Vec::new(),
        }
    }
}

impl Column {
    /// Adds the text of the next position.
    pub(super) fn push(&mut self, text: &str) {
        self.starts
            .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        if text.is_ascii() {
            self.bytes.extend(
                text.bytes()
                    .map(|byte| folded_byte(byte.to_ascii_lowercase())),
            );
        } else {
            self.bytes.extend(fold(text).bytes());
        }
        self.bytes.push(SEPARATOR);
    }

    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    pub(super) const fn len(&self) -> usize {
        self.starts.len()
    }

    /// The text at a position, in lower case; empty beyond the end.
    pub(super) fn get(&self, position: usize) -> &[u8] {
        let end = self.end(position);
        self.starts
            .get(position)
            .and_then(|&start| self.bytes.get(start as usize..end))
            .unwrap_or_default()
    }

    /// The positions whose text passes the test.
    pub(super) fn find(&self, test: Test, value: &str) -> Bits {
        let value = fold(value);
        let (pattern, lead) = match test {
            Test::Contains if value.is_empty() => return Bits::all(self.len()),
            Test::Contains => (value.into_bytes(), 0),
            Test::Begins => ([&[SEPARATOR], value.as_bytes()].concat(), 1),
            Test::Equals => ([&[SEPARATOR], value.as_bytes(), &[SEPARATOR]].concat(), 1),
        };
        let finder = Finder::new(&pattern);
        let mut bits = Bits::none(self.len());
        let (mut from, mut position) = (0, 0);
        while let Some(hit) = self.bytes.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + hit + lead;
            position = self.position_at(position, at);
            // "Begins with nothing" also finds the last separator, after which no text begins.
            if position >= self.len() || (lead == 1 && self.start(position) != at) {
                break;
            }
            bits.insert(position);
            from = self.end(position);
        }
        bits
    }

    /// The positions in the order of their texts, equal ones in the order that `tie` gives.
    pub(super) fn order(&self, tie: impl Fn(u32, u32) -> Ordering) -> Vec<u32> {
        let skip = self.common_prefix();
        let head = |position: u32| {
            let rest = self.get(position as usize).get(skip..).unwrap_or_default();
            let mut head = [0; 8];
            head.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            u64::from_be_bytes(head)
        };
        let last = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let mut order: Vec<(u64, u32)> = (0..last).map(|p| (head(p), p)).collect();
        order.sort_unstable_by(|&(a_head, a), &(b_head, b)| {
            a_head
                .cmp(&b_head)
                .then_with(|| self.get(a as usize).cmp(self.get(b as usize)))
                .then_with(|| tie(a, b))
        });
        order.into_iter().map(|(_, position)| position).collect()
    }

    /// Bytes that all texts begin with.
    fn common_prefix(&self) -> usize {
        let first = self.get(0);
        (1..self.len()).fold(first.len(), |common, position| {
            let text = self.get(position);
            first
                .iter()
                .zip(text)
                .take(common)
                .take_while(|(a, b)| a == b)
                .count()
        })
    }

    fn start(&self, position: usize) -> usize {
        self.starts
            .get(position)
            .map_or(self.bytes.len(), |&start| start as usize)
    }

    fn end(&self, position: usize) -> usize {
        self.start(position + 1).saturating_sub(1)
    }

    /// The position whose text holds `offset`, searched from `from` on in growing steps: hits come ascending.
    fn position_at(&self, from: usize, offset: usize) -> usize {
        let (mut low, mut step) = (from, 1);
        while low + step < self.len() && self.start(low + step) <= offset {
            low += step;
            step *= 2;
        }
        let high = (low + step).min(self.len());
        let part = self.starts.get(low..high).unwrap_or_default();
        low + part
            .partition_point(|&start| start as usize <= offset)
            .saturating_sub(1)
    }
}

/// Lower case, and the separator replaced.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase().replace('\0', "\u{1}")
}

const fn folded_byte(byte: u8) -> u8 {
    if byte == SEPARATOR { 1 } else { byte }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn column(texts: &[String]) -> Column {
        let mut column = Column::default();
        texts.iter().for_each(|text| column.push(text));
        column
    }

    fn some_text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[abAB]{0,4}",
            "[ab]{0,2}[äÄßİ\u{0}]{0,2}",
            "line-[0-9]{1,3}"
        ]
    }

    proptest! {
        #[test]
        fn a_search_finds_what_a_plain_loop_finds(
            texts in proptest::collection::vec(some_text(), 0..40),
            value in prop_oneof![some_text(), Just(String::new())],
        ) {
            let column = column(&texts);
            let needle = fold(&value);
            for (test, holds) in [
                (Test::Equals, (|t: &str, v: &str| t == v) as fn(&str, &str) -> bool),
                (Test::Contains, |t, v| t.contains(v)),
                (Test::Begins, |t, v| t.starts_with(v)),
            ] {
                let expected: Vec<usize> = texts
                    .iter()
                    .enumerate()
                    .filter(|(_, text)| holds(&fold(text), &needle))
                    .map(|(position, _)| position)
                    .collect();
                let found: Vec<usize> = column.find(test, &value).iter().collect();
                prop_assert_eq!(found, expected, "{:?} {:?}", test, value);
            }
        }

        #[test]
        fn the_order_is_that_of_a_plain_sort(texts in proptest::collection::vec(some_text(), 0..40)) {
            let mut expected: Vec<(String, u32)> =
                texts.iter().enumerate().map(|(p, text)| (fold(text), p as u32)).collect();
            expected.sort();
            let expected: Vec<u32> = expected.into_iter().map(|(_, position)| position).collect();
            prop_assert_eq!(column(&texts).order(|a, b| a.cmp(&b)), expected);
        }
    }
}
