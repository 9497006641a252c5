//! Figures in sentences for people: one way for all of them.

use std::fmt::Display;

/// A whole number as people read it: 30286 as `30,286`.
#[must_use]
pub fn grouped(number: impl Display) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things: `1 device`, `12,345 devices`; the plural is the word with an s.
#[must_use]
pub fn counted(number: impl Display, one: &str) -> String {
    let plural = if number.to_string() == "1" { "" } else { "s" };
    format!("{} {one}{plural}", grouped(number))
}

/// A size, to the byte: `68,651 bytes`.
#[must_use]
pub fn bytes(size: impl Display) -> String {
    counted(size, "byte")
}

#[cfg(test)]
mod tests {
    use super::{bytes, counted, grouped};

    #[test]
    fn figures_are_read_in_groups_of_three() {
        let numbers: [u64; 5] = [0, 999, 1_000, 30_286, 1_234_567];
        assert_eq!(
            numbers.map(grouped),
            ["0", "999", "1,000", "30,286", "1,234,567"]
        );
    }

    #[test]
    fn sizes_and_counts_have_their_unit() {
        assert_eq!(
            [1, 0, 68_651].map(bytes),
            ["1 byte", "0 bytes", "68,651 bytes"]
        );
        assert_eq!(
            [1, 2].map(|count| counted(count, "core device")),
            ["1 core device", "2 core devices"]
        );
    }
}
