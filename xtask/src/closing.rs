//! The closing lines of test runners: what they counted, to be said again at the end.

/// A runner's last word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The line as it was printed, without colours.
    pub line: String,
    pub passed: u64,
    pub failed: u64,
}

/// Reads a line of output: nextest's summary, cargo test's result, Vitest's and pytest's counts.
pub fn closing(line: &str) -> Option<Closing> {
    let line = without_colours(line);
    // What nextest repeats of a test that failed is indented: that is no runner's last word.
    let is_result = line.starts_with("test result:");
    let line = line.trim();
    let is_closing = line.starts_with("Summary [")
        || is_result
        || line.starts_with("Tests  ")
        || (line.ends_with(['s', '=', ')'])
            && (line.contains(" passed in ") || line.contains(" failed in ") || is_pytest(line)));
    let counted = is_closing.then(|| Closing {
        line: line.trim_matches(['=', ' ']).to_owned(),
        passed: count(line, "passed"),
        failed: count(line, "failed") + count(line, "error") + count(line, "errors"),
    })?;
    (counted.passed + counted.failed > 0).then_some(counted)
}

/// pytest's line when something was skipped or warned of: `3 passed, 1 warning in 0.10s`.
fn is_pytest(line: &str) -> bool {
    let line = line.trim_matches(['=', ' ']);
    line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(" in ") && line.contains(',')
}

/// The number before a word: 12 in `12 passed, 1 failed`.
fn count(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    words
        .windows(2)
        .filter_map(|pair| match pair {
            [number, name] if *name == word => number.parse::<u64>().ok(),
            _ => None,
        })
        .sum()
}

/// The text without its escape sequences (CSI … letter).
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            // Up to the letter that ends the sequence.
            let _ended = rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn counts(line: &str) -> Option<(u64, u64)> {
        closing(line).map(|closing| (closing.passed, closing.failed))
    }

    #[test]
    fn each_runner_closes_with_its_own_line() {
        assert_eq!(
            counts(
                "     Summary [   3.021s] 14 tests run: 12 passed (1 slow), 2 failed, 3 skipped"
            ),
            Some((12, 2))
        );
        assert_eq!(
            counts("test result: FAILED. 3 passed; 1 failed; 0 ignored; finished in 0.1s"),
            Some((3, 1))
        );
        assert_eq!(
            counts("      Tests  1 failed | 11 passed (12)"),
            Some((11, 1))
        );
        assert_eq!(
            counts("===== 5 passed, 1 warning in 3.20s ====="),
            Some((5, 0))
        );
        assert_eq!(
            counts("1 failed, 4 passed in 63.20s (0:01:03)"),
            Some((4, 1))
        );
        assert_eq!(counts("2 passed in 0.10s"), Some((2, 0)));
        assert_eq!(counts("4 passed, 1 error in 0.10s"), Some((4, 1)));
    }

    #[test]
    fn colours_do_not_hide_a_closing_line() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.022s] \u{1b}[1m7\u{1b}[0m tests run: \u{1b}[1m7\u{1b}[0m passed";
        let closing = closing(line).unwrap();
        assert_eq!((closing.passed, closing.failed), (7, 0));
        assert_eq!(closing.line, "Summary [   0.022s] 7 tests run: 7 passed");
    }

    #[test]
    fn other_lines_are_not_closing_lines() {
        for line in [
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored; finished in 96.29s",
            "        PASS [   0.004s] overseed-domain input_file::tests::a_line",
            "test parses ... ok",
            "test result: ok. 0 passed; 0 failed; 0 ignored",
            " Test Files  3 passed (3)",
            "",
        ] {
            assert_eq!(closing(line), None, "{line}");
        }
    }
}
