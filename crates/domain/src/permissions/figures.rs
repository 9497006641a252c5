//! Figures in sentences for people.

/// 30286 as `30,286`.
pub(super) fn grouped(number: u32) -> String {
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

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn figures_are_read_in_groups_of_three() {
        let numbers = [0, 999, 1_000, 30_286, 1_234_567];
        assert_eq!(
            numbers.map(grouped),
            ["0", "999", "1,000", "30,286", "1,234,567"]
        );
    }
}
