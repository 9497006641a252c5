//! Takes out of a message what differs from target to target, so that thousands of failures become a handful.

/// Bytes of a message that are looked at; what follows makes no other cause.
pub(super) const LOOKED_AT: usize = 4_096;

/// The beginning of a message that is looked at.
pub(super) fn beginning_of(message: &str) -> &str {
    let mut end = message.len().min(LOOKED_AT);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    message.get(..end).unwrap_or(message)
}

/// The message without ids, ARNs, addresses, numbers, times, hexadecimal, paths and names with numbers in them;
/// in lower case. Doing it twice changes nothing. Of a long message only the first 4 kB count.
#[must_use]
pub fn normalise(message: &str) -> String {
    rewrite(message, Form::Key)
}

/// The message for people, with `…` where [`normalise`] takes something out; words keep case and numbers in them.
#[must_use]
pub(super) fn legible(message: &str) -> String {
    rewrite(message, Form::Title)
}

/// What the message is rewritten for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// To be compared.
    Key,
    /// To be read.
    Title,
}

impl Form {
    const fn placeholder(self, kind: &'static str) -> &'static str {
        match self {
            Self::Key => kind,
            Self::Title => "…",
        }
    }
}

fn rewrite(message: &str, form: Form) -> String {
    let message = beginning_of(message);
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            run_of_words(run, form, &mut out);
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
fn run_of_words(run: &str, form: Form, out: &mut String) {
    let body = run.trim_end_matches(['.', ':', '?']);
    let tail = run.get(body.len()..).unwrap_or_default();
    match split_at_arn(body) {
        Some((before, _)) => {
            // No further ARN is in what is before the first one.
            let inner = before.trim_end_matches(['.', ':', '?']);
            judge(inner, form, out);
            out.push_str(before.get(inner.len()..).unwrap_or_default());
            out.push_str(form.placeholder("<arn>"));
        }
        None => judge(body, form, out),
    }
    out.push_str(tail);
}

/// Longer texts are neither a time nor an address.
const LONGEST_TIME: usize = 48;

/// Judges the parts between colons, one after the other: messages with thousands of them have been seen.
fn judge(body: &str, form: Form, out: &mut String) {
    let last_scheme = body.rfind("://");
    // An ARN after a colon; one in the midst of a word is no other.
    let mut from = 0;
    loop {
        let rest = body.get(from..).unwrap_or_default();
        if rest.starts_with("arn:aws") {
            out.push_str(form.placeholder("<arn>"));
            return;
        }
        if last_scheme.is_some_and(|at| at >= from) {
            out.push_str(form.placeholder("<url>"));
            return;
        }
        if is_time(rest) {
            out.push_str(form.placeholder("<time>"));
            return;
        }
        if is_address(rest) {
            out.push_str(form.placeholder("<address>"));
            return;
        }
        let Some((first, others)) = rest.split_once(':') else {
            one_word(rest, form, out);
            return;
        };
        let is_account = first.len() == 12 && first.bytes().all(|b| b.is_ascii_digit());
        if is_account && is_uuid(others) {
            // Ids may come prefixed with the account.
            out.push_str(form.placeholder("<id>"));
            return;
        }
        one_word(first, form, out);
        out.push(':');
        from += first.len() + 1;
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

fn one_word(word: &str, form: Form, out: &mut String) {
    let placeholder = if is_uuid(word) {
        "<id>"
    } else if is_hex(word) {
        "<hex>"
    } else if is_path(word) {
        "<path>"
    } else if is_numbered_name(word) {
        "<name>"
    } else if form == Form::Title {
        // A number in a word, as in x509, says what is meant; one by itself is another one for each target.
        let numeric = word.chars().any(char::is_numeric) && !word.chars().any(char::is_alphabetic);
        out.push_str(if numeric { "…" } else { word });
        return;
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
    out.push_str(form.placeholder(placeholder));
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
    if body.len() > LONGEST_TIME {
        return false;
    }
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
    if body.len() > LONGEST_TIME {
        return false;
    }
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

    #[test]
    fn thousands_of_parts_and_megabytes_are_a_message_as_well() {
        for part in [
            "a:",
            "10:00:00:",
            "1.2.3.4:",
            "arn:awsx:",
            "x:arn:",
            "é:",
            "://",
        ] {
            let long = part.repeat(200_000);
            let once = normalise(&long);
            assert!(once.len() <= 2 * LOOKED_AT, "{part}");
            // What comes later makes no other cause.
            assert_eq!(normalise(&format!("{long} and more")), once, "{part}");
        }
        assert_eq!(normalise("a:1:b:/tmp/7:x-1"), "a:#:b:<path>:<name>");
    }

    #[test]
    fn a_title_shows_where_something_was_taken_out() {
        let table = [
            (
                "worker for rotterdam-line-0042 ended: Peer speaks protocol 91",
                "worker for … ended: Peer speaks protocol …",
            ),
            (
                "x509: group 7f3c5a10-9c1d-4e59-8d5e-0a1b2c3d4e5f is gone",
                "x509: group … is gone",
            ),
            (
                "GG-303 at 2026-11-21T10:00:00Z on /dev/ttyS7",
                "GG-303 at … on …",
            ),
        ];
        for (message, expected) in table {
            assert_eq!(legible(message), expected);
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
