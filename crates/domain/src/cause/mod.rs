//! Causes: classes of failures, and the catalogues that say what they mean and what to try. What differs between the
//! generations of Greengrass is how a failure is told: by a message (V1, here), or by a stack of codes ([`v2`]).

mod catalogue;
mod normal;
pub mod v2;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use specta::Type;

pub use catalogue::{Entry, entries, find};
pub use normal::normalise;

/// A class of failures in a run: all targets whose failure has the same code and the same known message, or,
/// where the catalogue does not know it, the same normalised message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// Stable key, see [`key`]: 16 hexadecimal digits.
    pub key: String,
    /// A short title: the catalogue's, or the beginning of the service's words without what differs between targets.
    pub title: String,
    /// The service's error code, where it gave one.
    pub code: Option<String>,
    /// The service's own words, from the first target seen.
    pub message: String,
    /// Targets with this cause.
    pub targets: u32,
    /// What it means; absent for messages that the catalogue does not know.
    pub means: Option<String>,
    /// What to try, in order.
    pub remedies: Vec<String>,
    /// Title of the page that says so.
    pub source: Option<String>,
    /// Whether a change in the permissions step mends it.
    pub permissions: bool,
    /// Of the failure of a whole bulk deployment: its wave, from 1. Its targets are those that were never attempted.
    pub wave: Option<u32>,
    /// Of such a failure: the line of the wave's input file that the service complains of, from 1.
    pub line: Option<u32>,
}

/// The line of the input file that the service complains of (Developer Guide, "Troubleshooting bulk deployments"; as it
/// writes: `… at line number: 7`, `… at line number : 7. …`, `Line 7 is too long in S3 File. …`).
#[must_use]
pub fn line_in(message: &str) -> Option<u32> {
    let lower = message.to_ascii_lowercase();
    lower.match_indices("line").find_map(|(at, word)| {
        let before = lower.get(..at)?.chars().next_back();
        let rest = lower.get(at + word.len()..)?;
        let rest = rest.strip_prefix(" number").unwrap_or(rest);
        let rest = rest.trim_start_matches([' ', ':']);
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let line = rest.get(..digits)?.parse().ok()?;
        (line > 0 && !before.is_some_and(char::is_alphanumeric)).then_some(line)
    })
}

/// What the catalogue says of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// A short title: the catalogue's, or the beginning of the service's words without what differs between targets.
    pub title: String,
    /// What it means; absent for unknown messages. A hint says that it is one.
    pub means: Option<String>,
    /// What to try, in order; empty for unknown messages.
    pub remedies: Vec<String>,
    /// Title of the page that says so.
    pub source: Option<String>,
    /// Whether a change in the permissions step mends it.
    pub permissions: bool,
}

/// Characters of the service's words that make a title.
const TITLE_CHARS: usize = 90;

/// The key of a failure's class: a hash of the code and of the catalogue's specific match, or else of the
/// normalised message; 16 hexadecimal digits, the same on every computer.
#[must_use]
pub fn key(code: Option<&str>, message: &str) -> String {
    let (kind, text) = match find(message) {
        Some(entry) if !entry.generic => ("known", entry.matches.to_lowercase()),
        _ => ("words", normalise(message)),
    };
    digest(&[kind, code.unwrap_or_default(), &text])
}

/// Sixteen hexadecimal digits for a class of failures.
fn digest(parts: &[impl AsRef<str>]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_ref().as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize().get(..8).unwrap_or_default())
}

/// What the catalogue knows of a failure. A generic entry gives a hint only, and the service's words stay the
/// title; an unknown message comes back as it is.
#[must_use]
pub fn describe(code: Option<&str>, message: &str) -> Description {
    match find(message) {
        Some(entry) if !entry.generic => Description {
            title: entry.title.clone(),
            means: Some(entry.means.clone()),
            remedies: entry.remedies.clone(),
            source: Some(entry.source.clone()),
            permissions: entry.permissions,
        },
        Some(entry) => Description {
            title: beginning(code, message),
            means: Some(format!("A hint, not a finding: {}", entry.means)),
            remedies: entry.remedies.clone(),
            source: Some(entry.source.clone()),
            permissions: entry.permissions,
        },
        None => Description {
            title: beginning(code, message),
            means: None,
            remedies: Vec::new(),
            source: None,
            permissions: false,
        },
    }
}

/// The service's words as a title, without what differs from target to target. Most begin with `Deployment … for group … failed error:`, which says nothing.
fn beginning(code: Option<&str>, message: &str) -> String {
    let words = match message.split_once(" failed error: ") {
        Some((frame, cause)) if frame.starts_with("Deployment ") => cause,
        _ => message,
    };
    shortened(&normal::legible(words), code)
}

/// Words as a title, cut where they are long; without words, the code.
fn shortened(words: &str, code: Option<&str>) -> String {
    let words = words.trim();
    if words.is_empty() {
        return match code {
            Some(code) => format!("Code {code}, no message"),
            None => "No message".to_owned(),
        };
    }
    match words.char_indices().nth(TITLE_CHARS) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or(words).trim_end()),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: &str = "Deployment 7f3c5a10-9c1d-4e59-8d5e-0a1b2c3d4e5f of type NewDeployment for group \
        8f3c5a10-9c1d-4e59-8d5e-0a1b2c3d4e5f failed error: worker handshake for turin-oven-0007 ended: peer \
        speaks protocol 91, token 0xabc123";

    #[test]
    fn a_known_message_gathers_whatever_surrounds_it() {
        let a = "unable to execute: x509: certificate has expired or is not yet valid";
        let b = "error while downloading: Get https://b: X509: certificate has expired or is not yet valid (2)";
        assert_eq!(key(Some("GG-500"), a), key(Some("GG-500"), b));
        assert_ne!(key(Some("GG-500"), a), key(Some("GG-400"), a));
        assert_eq!(describe(None, a).title, "The device's clock is off");
    }

    #[test]
    fn an_unknown_message_is_its_own_cause_in_the_services_words() {
        let other = UNKNOWN
            .replace("turin-oven-0007", "graz-dock-0311")
            .replace("91", "4");
        assert_eq!(key(None, UNKNOWN), key(None, &other));
        assert_ne!(key(None, UNKNOWN), key(None, "worker handshake ended"));
        let described = describe(None, UNKNOWN);
        assert!(
            described.title.starts_with("worker handshake for"),
            "{}",
            described.title
        );
        assert_eq!((described.means, described.remedies.len()), (None, 0));
    }

    #[test]
    fn a_generic_match_is_a_hint_and_does_not_gather() {
        let a = "unable to execute download step in deployment. disk on fire";
        let b = "unable to execute download step in deployment. cable cut";
        assert_ne!(key(None, a), key(None, b));
        let described = describe(None, a);
        assert_eq!(described.title, a);
        assert!(
            described
                .means
                .is_some_and(|m| m.starts_with("A hint, not a finding: "))
        );
    }

    #[test]
    fn a_key_is_sixteen_digits_and_never_changes() {
        assert_eq!(key(None, UNKNOWN).len(), 16);
        insta::assert_snapshot!(key(
            Some("GG-303"),
            "Greengrass does not have permission to read the object x"
        ));
    }

    #[test]
    fn the_line_that_the_service_complains_of_is_found() {
        let said = [
            (
                "InvalidInputFile: Missing GroupId at line number: 7",
                Some(7),
            ),
            (
                "Invalid deployment type at line number : 12. Only valid",
                Some(12),
            ),
            ("Line 3 is too long in S3 File. Maximum", Some(3)),
            ("the pipeline 3 is too long, see line 4", Some(4)),
            ("no line is named", None),
            ("at line number: 0", None),
        ];
        for (message, line) in said {
            assert_eq!(line_in(message), line, "{message}");
        }
    }

    #[test]
    fn a_missing_message_still_has_a_title() {
        assert_eq!(describe(Some("500"), " ").title, "Code 500, no message");
        assert_eq!(describe(None, "").title, "No message");
        let long = "ü".repeat(200);
        assert_eq!(describe(None, &long).title.chars().count(), TITLE_CHARS + 1);
    }
}
