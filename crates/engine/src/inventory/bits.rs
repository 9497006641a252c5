//! A set of positions of the index, one bit each.

/// Bits of one word.
const WORD: usize = 64;

/// A set of positions below a fixed length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    length: usize,
}

impl Bits {
    /// No position of `length`.
    pub(crate) fn none(length: usize) -> Self {
        Self {
            words: vec![0; length.div_ceil(WORD)],
            length,
        }
    }

    /// Every position of `length`.
    pub(crate) fn all(length: usize) -> Self {
        let mut bits = Self {
            words: vec![u64::MAX; length.div_ceil(WORD)],
            length,
        };
        bits.trim();
        bits
    }

    /// The positions for which `holds` says so.
    pub(crate) fn of(length: usize, holds: impl Iterator<Item = bool>) -> Self {
        let mut bits = Self::none(length);
        let mut holds = holds.take(length);
        for word in &mut bits.words {
            for (bit, yes) in holds.by_ref().take(WORD).enumerate() {
                *word |= u64::from(yes) << bit;
            }
        }
        bits
    }

    pub(crate) fn insert(&mut self, position: usize) {
        debug_assert!(position < self.length, "{position} of {}", self.length);
        if let Some(word) = self.words.get_mut(position / WORD) {
            *word |= 1 << (position % WORD);
        }
    }

    pub(crate) fn contains(&self, position: usize) -> bool {
        self.words
            .get(position / WORD)
            .is_some_and(|word| word >> (position % WORD) & 1 == 1)
    }

    pub(crate) fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    pub(crate) fn and(&mut self, other: &Self) {
        self.zip(other, |a, b| a & b);
    }

    pub(crate) fn or(&mut self, other: &Self) {
        self.zip(other, |a, b| a | b);
    }

    pub(crate) fn and_not(&mut self, other: &Self) {
        self.zip(other, |a, b| a & !b);
    }

    pub(crate) fn not(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
    }

    /// The positions, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(index * WORD + bit)
            })
        })
    }

    fn zip(&mut self, other: &Self, join: impl Fn(u64, u64) -> u64) {
        debug_assert_eq!(self.length, other.length);
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word = join(*word, *other);
        }
    }

    fn trim(&mut self) {
        let rest = self.length % WORD;
        if rest != 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << rest) - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn bits(length: usize, set: &BTreeSet<usize>) -> Bits {
        let mut bits = Bits::none(length);
        set.iter().for_each(|&position| bits.insert(position));
        bits
    }

    proptest! {
        #[test]
        fn bits_behave_like_a_set(
            (length, a, b) in (1_usize..200).prop_flat_map(|length| {
                let set = proptest::collection::btree_set(0..length, 0..=length);
                (Just(length), set.clone(), set)
            })
        ) {
            let listed = |bits: &Bits| bits.iter().collect::<BTreeSet<_>>();
            let (x, y) = (bits(length, &a), bits(length, &b));
            prop_assert_eq!(listed(&x), a.clone());
            prop_assert_eq!(x.count() as usize, a.len());
            prop_assert_eq!(&Bits::of(length, (0..length).map(|p| a.contains(&p))), &x);
            let mut and = x.clone();
            and.and(&y);
            prop_assert_eq!(listed(&and), &a & &b);
            let mut or = x.clone();
            or.or(&y);
            prop_assert_eq!(listed(&or), &a | &b);
            let mut less = x.clone();
            less.and_not(&y);
            prop_assert_eq!(listed(&less), &a - &b);
            let mut not = x.clone();
            not.not();
            let mut all = Bits::all(length);
            all.and_not(&x);
            prop_assert_eq!(&not, &all);
            prop_assert!((0..length).all(|p| x.contains(p) != not.contains(p)));
        }
    }
}
