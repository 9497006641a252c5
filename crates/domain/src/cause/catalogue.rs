//! The catalogue of known messages: data, in `catalogue/v1.jsonl`, in our own words.

use std::sync::OnceLock;

use memchr::memmem;
use serde::Deserialize;

use super::normal::beginning_of;

const LINES: &str = include_str!("../../catalogue/v1.jsonl");

/// One known message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// The stable part of the message; compared without regard to case.
    #[serde(rename = "match")]
    pub matches: String,
    /// A short title.
    pub title: String,
    /// What the message means.
    pub means: String,
    /// What to try, in order.
    pub remedies: Vec<String>,
    /// Title of the page or file that knows the message.
    pub source: String,
    /// Whether the words are so general, or only the frame of another message, that they are a hint and no
    /// finding.
    pub generic: bool,
    /// Whether a change in the permissions step mends it.
    pub permissions: bool,
}

struct Known {
    entry: Entry,
    finder: memmem::Finder<'static>,
}

/// All entries, in the order of the file.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    known().iter().map(|known| &known.entry)
}

/// The entry for a message: among those that match, the longest specific one, or else the longest generic one. Of a
/// long message only the first 4 kB are looked at.
#[must_use]
pub fn find(message: &str) -> Option<&'static Entry> {
    let message = beginning_of(message).to_lowercase();
    known()
        .iter()
        .filter(|known| known.finder.find(message.as_bytes()).is_some())
        .map(|known| &known.entry)
        .max_by_key(|entry| (!entry.generic, entry.matches.len()))
}

fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        // The text is part of the program; a test reads each line, so none is lost here.
        LINES
            .lines()
            .filter_map(|line| serde_json::from_str::<Entry>(line).ok())
            .map(|entry| {
                let text = entry.matches.to_lowercase();
                Known {
                    finder: memmem::Finder::new(&text).into_owned(),
                    entry,
                }
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a test fails by panicking"
    )]

    use super::*;

    #[test]
    fn each_line_is_a_complete_entry() {
        let lines: Vec<Entry> = LINES
            .lines()
            .map(|line| serde_json::from_str(line).expect(line))
            .collect();
        assert_eq!(lines.len(), entries().count());
        assert!(lines.len() >= 73);
        for entry in &lines {
            let texts = [&entry.matches, &entry.title, &entry.means, &entry.source];
            assert!(
                texts.iter().all(|text| !text.trim().is_empty()),
                "{entry:?}"
            );
            assert!(!entry.remedies.is_empty(), "{entry:?}");
            assert!(
                entry.title.chars().count() <= 60,
                "a title is short: {}",
                entry.title
            );
        }
    }

    #[test]
    fn each_entry_is_found_by_its_own_text_in_any_case_and_in_a_sentence() {
        for entry in entries() {
            for text in [
                entry.matches.clone(),
                entry.matches.to_uppercase(),
                format!(
                    "Deployment 7f of type NewDeployment failed error: {} at 3",
                    entry.matches
                ),
            ] {
                assert_eq!(
                    find(&text).map(|e| &e.matches),
                    Some(&entry.matches),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn no_entry_stands_twice() {
        let mut texts: Vec<String> = entries().map(|e| e.matches.to_lowercase()).collect();
        texts.sort();
        let all = texts.len();
        texts.dedup();
        assert_eq!(texts.len(), all);
    }

    #[test]
    fn a_specific_entry_wins_over_a_longer_generic_one() {
        let both = "error while downloading the Group definition file: no such host; x509: certificate has \
                    expired or is not yet valid";
        assert!(!find(both).unwrap().generic);
        let wrapped = "We cannot deploy because the group definition is invalid or corrupted. ErrorDetails: \
                       [errorCode: THING_CERT_NOT_FOUND_ERROR]";
        assert_eq!(find(wrapped).unwrap().matches, "THING_CERT_NOT_FOUND_ERROR");
        assert_eq!(find("peer speaks protocol 7"), None);
    }
}
