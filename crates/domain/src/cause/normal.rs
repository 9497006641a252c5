//! Takes out of a message what differs from target to target, so that thousands of failures become a handful.

/// The message without ids, ARNs, addresses, numbers, times, hexadecimal, paths and names with numbers in them;
/// in lower case. Doing it twice changes nothing.
#[must_use]
pub fn normalise(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            run_of_words(run, &mut out);
            rest = after;
        } else {
            if !first.is_whitespace() {
                out.push(first);
            } else if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "-_.:/\\@+%~$&?*#".contains(c)
}

/// One run of characters without spaces: trailing punctuation stays as it is, the rest is judged.
fn run_of_words(run: &str, out: &mut String) {
    let body = run.trim_end_matches(['.', ':', '?']);
    let tail = run.get(body.len()..).unwrap_or_default();
    judge(body, out);
    out.push_str(tail);
}

fn judge(body: &str, out: &mut String) {
    if let Some((before, _)) = split_at_arn(body) {
        run_of_words(before, out);
        out.push_str("<arn>");
    } else if body.contains("://") {
        out.push_str("<url>");
    } else if is_time(body) {
        out.push_str("<time>");
    } else if is_address(body) {
        out.push_str("<address>");
    } else if let Some((account, id)) = body.split_once(':')
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && is_uuid(id)
    {
        // Ids may come prefixed with the account.
        out.push_str("<id>");
    } else if let Some((first, others)) = body.split_once(':') {
        judge(first, out);
        out.push(':');
        judge(others, out);
    } else {
        one_word(body, out);
    }
}

fn split_at_arn(body: &str) -> Option<(&str, &str)> {
    let at = body.find("arn:aws")?;
    let starts = body
        .get(..at)?
        .chars()
        .next_back()
        .is_none_or(|c| !c.is_alphanumeric());
    starts.then(|| body.split_at(at))
}

fn one_word(word: &str, out: &mut String) {
    let placeholder = if is_uuid(word) {
        "<id>"
    } else if is_hex(word) {
        "<hex>"
    } else if is_path(word) {
        "<path>"
    } else if is_numbered_name(word) {
        "<name>"
    } else {
        let mut in_number = false;
        for c in word.chars().flat_map(char::to_lowercase) {
            if c.is_numeric() {
                in_number = true;
                continue;
            }
            // A decimal point between digits belongs to the number.
            if in_number && c != '.' {
                out.push('#');
            } else if in_number {
                out.push_str("#.");
                in_number = false;
                continue;
            }
            in_number = false;
            out.push(c);
        }
        if in_number {
            out.push('#');
        }
        while out.ends_with("#.#") {
            out.truncate(out.len() - 2);
        }
        return;
    };
    out.push_str(placeholder);
}

/// `7f3c5a10-9c1d-4e59-8d5e-0a1b2c3d4e5f`.
fn is_uuid(word: &str) -> bool {
    word.len() == 36
        && word.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// `0x7fA0`, or eight and more hexadecimal digits with both letters and numbers.
fn is_hex(word: &str) -> bool {
    if let Some(digits) = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        return !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    word.len() >= 8
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit())
}

fn is_path(word: &str) -> bool {
    let mut chars = word.chars();
    match chars.next() {
        Some('/' | '\\') => chars.any(char::is_alphanumeric),
        Some('~') => word.starts_with("~/"),
        _ => false,
    }
}

/// `rotterdam-line-0001`, `model-42.tar.gz`: words and numbers joined to a name; `GG-303` is a code.
fn is_numbered_name(word: &str) -> bool {
    word.contains(['-', '_'])
        && word.chars().any(char::is_numeric)
        && word.chars().any(char::is_lowercase)
}

/// `2026-11-21T10:00:00.000Z`, `2026-11-21`, `10:00:00`.
fn is_time(body: &str) -> bool {
    let mut shape = String::new();
    for c in body.chars().take(10) {
        shape.push(if c.is_ascii_digit() { '9' } else { c });
    }
    let rest_of_a_time = |rest: &str| {
        rest.chars()
            .all(|c| c.is_ascii_digit() || "TZtz:.+-".contains(c))
    };
    (shape == "9999-99-99" || shape == "9999/99/99") && body.get(10..).is_some_and(rest_of_a_time)
        || shape.starts_with("99:99:99") && body.get(8..).is_some_and(rest_of_a_time)
}

/// An IPv4 address, with or without a port.
fn is_address(body: &str) -> bool {
    let host = body.split_once(':').map_or(body, |(host, _)| host);
    host.split('.').count() == 4
        && host.split('.').all(|part| part.parse::<u8>().is_ok())
        && body
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b':')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_differs_between_targets_is_taken_out() {
        let table = [
            (
                "Deployment 7f3c5a10-9c1d-4e59-8d5e-0a1b2c3d4e5f failed.",
                "deployment <id> failed.",
            ),
            (
                "group 123456789012:7f3c5a10-9c1d-4e59-8d5e-0a1b2c3d4e5f",
                "group <id>",
            ),
            (
                "arn:aws-cn:lambda:cn-north-1:123456789012:function:f:3 is bad",
                "<arn> is bad",
            ),
            (
                "functions: arn:aws:lambda:eu-west-1:1:function:f",
                "functions: <arn>",
            ),
            (
                "at 2026-11-21T10:00:00.123Z, again at 10:00:07",
                "at <time>, again at <time>",
            ),
            (
                "token 0x7fA0 (request 00ab34cd99fe)",
                "token <hex> (request <hex>)",
            ),
            ("on the file: /dev/ttyS7", "on the file: <path>"),
            (
                "worker for rotterdam-line-0042_Core ended",
                "worker for <name> ended",
            ),
            (
                "dial tcp 10.0.3.7:8443: connection refused",
                "dial tcp <address>: connection refused",
            ),
            ("Get https://a.b/c?d=7: EOF", "get <url>=#: eof"),
            (
                "GG-303 after 12.5 s, 7 kB,  line\t3",
                "gg-# after # s, # kb, line #",
            ),
            (
                "Failed to parse input file at line number: 70",
                "failed to parse input file at line number: #",
            ),
            ("mode=NoContainer", "mode=nocontainer"),
        ];
        for (message, expected) in table {
            assert_eq!(normalise(message), expected, "{message}");
        }
    }

    proptest! {
        #[test]
        fn doing_it_twice_changes_nothing(message in "\\PC{0,200}") {
            let once = normalise(&message);
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn likely_messages_are_stable_too(
            message in "([a-zA-Z]{1,9}[-_.:/ ]{1,2}[0-9a-f]{0,9}[-.:/ ]{0,2}[0-9]{0,4} ?){0,12}"
        ) {
            let once = normalise(&message);
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn numbers_do_not_matter(a in 0_u32..=9_999, b in 0_u32..=9_999) {
            let say = |n: u32| format!(
                "[{n}] functions of line-{n} need {n}s, {n} kB of /tmp/{n}; protocol {n}, code E{n}."
            );
            prop_assert_eq!(normalise(&say(a)), normalise(&say(b)));
        }

        #[test]
        fn no_digit_is_left(message in "\\PC{0,200}") {
            prop_assert!(!normalise(&message).chars().any(|c| c.is_ascii_digit()));
        }
    }
}
