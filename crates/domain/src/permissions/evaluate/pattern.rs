//! Wildcards and variables of policy texts, in the form that `iam-rs` matches as IAM does: it knows no escape for a `*` that
//! is meant as it is, and takes `${*}` for a variable.

/// A character that means something in patterns, and the one of the private use area that stands for it where it is
/// meant as it is.
const LITERAL: [(char, char); 3] = [('*', '\u{E000}'), ('?', '\u{E001}'), ('$', '\u{E002}')];

/// A policy's text with the values of its variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filled {
    /// The text; `*` stands where a value is not known.
    pub(super) text: String,
    /// The first variable whose value is not known.
    pub(super) unknown: Option<String>,
}

/// How a text is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    /// Whether `*` and `?` are wildcards.
    pub(super) wildcards: bool,
    /// Whether the policy's version knows variables: that of 2012 does (IAM: "Policy variables").
    pub(super) variables: bool,
    /// Keys with their values.
    pub(super) context: &'a [(&'a str, &'a str)],
}

/// A text in which nothing is a wildcard.
pub(super) fn literal(text: &str) -> String {
    text.chars().map(as_it_is).collect()
}

/// The value of a key, whose letter case does not matter (IAM: "Condition").
pub(super) fn value<'a>(context: &[(&str, &'a str)], key: &str) -> Option<&'a str> {
    let found = context
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key));
    found.map(|(_, value)| *value)
}

/// Reads a text of a policy. `${*}`, `${?}` and `${$}` are the characters themselves (IAM: "Policy variables").
pub(super) fn filled(text: &str, reading: Reading<'_>) -> Filled {
    let mut filled = Filled {
        text: String::with_capacity(text.len()),
        unknown: None,
    };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let variable = rest
            .strip_prefix("${")
            .filter(|_| reading.variables)
            .and_then(|inside| inside.split_once('}'));
        if let Some((name, after)) = variable {
            put(name, reading, &mut filled);
            rest = after;
            continue;
        }
        filled.text.push(match c {
            '*' | '?' if reading.wildcards => c,
            c => as_it_is(c),
        });
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    filled
}

fn put(name: &str, reading: Reading<'_>, filled: &mut Filled) {
    if matches!(name, "*" | "?" | "$") {
        filled.text.push_str(&literal(name));
        return;
    }
    // `${key, 'default'}`: whether the key is there is not known either.
    let key = name.split(',').next().unwrap_or(name).trim();
    match value(reading.context, key) {
        Some(value) => filled.text.push_str(&literal(value)),
        None => {
            filled.text.push('*');
            filled.unknown.get_or_insert_with(|| key.to_owned());
        }
    }
}

fn as_it_is(c: char) -> char {
    let special = LITERAL.iter().find(|(special, _)| *special == c);
    special.map_or(c, |(_, literal)| *literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, wildcards: bool, variables: bool) -> Filled {
        let context = [("aws:PrincipalAccount", "12*4")];
        let reading = Reading {
            wildcards,
            variables,
            context: &context,
        };
        filled(text, reading)
    }

    #[test]
    fn escapes_are_the_characters_and_wildcards_stay() {
        let found = read("a${?}b/${*}${$}/*", true, true);
        assert_eq!(found.text, format!("{}/*", literal("a?b/*$")));
        assert_eq!(found.unknown, None);
        // Where nothing is a wildcard, and where the version knows no variables.
        assert_eq!(read("a*${*}", false, true).text, literal("a**"));
        assert_eq!(
            read("${*}", true, false).text,
            format!("{}{{*}}", literal("$"))
        );
        assert_eq!(read("5 ${ $", true, true).text, literal("5 ${ $"));
    }

    #[test]
    fn a_value_is_no_pattern_and_an_unknown_one_may_be_anything() {
        let found = read("x/${aws:principalaccount}", true, true);
        assert_eq!((found.text, found.unknown), (literal("x/12*4"), None));
        let found = read("x/${aws:username, 'none'}/y", true, true);
        assert_eq!(
            (found.text.as_str(), found.unknown.as_deref()),
            ("x/*/y", Some("aws:username"))
        );
    }
}
