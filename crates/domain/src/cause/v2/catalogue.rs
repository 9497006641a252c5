//! The catalogue of Greengrass V2's codes: data, in `catalogue/v2.jsonl`, in our own words. The key is kind and code, since
//! `SERVER_ERROR` and `NETWORK_ERROR` are codes and types both.

use std::{collections::HashMap, sync::OnceLock};

use serde::{Deserialize, Serialize};
use specta::Type;

const LINES: &str = include_str!("../../../catalogue/v2.jsonl");

/// What a code is a code of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CodeKind {
    /// A member of the error stack (nucleus: `DeploymentErrorCode`).
    Deployment,
    /// One of the error types (nucleus: `DeploymentErrorType`).
    ErrorType,
    /// A component's lifecycle status (nucleus: `ComponentStatusCode`).
    ComponentStatus,
}

/// One known code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CodeEntry {
    /// What it is a code of.
    pub kind: CodeKind,
    /// The code as devices send it.
    pub code: String,
    /// The types that come with it: one of them where there are several.
    pub types: Vec<String>,
    /// A short title.
    pub title: String,
    /// What it means.
    pub means: String,
    /// What to try, in order.
    pub remedies: Vec<String>,
    /// Files and pages that know the code.
    pub source: String,
    /// Whether AWS's guide has it.
    pub documented: bool,
    /// Whether it only stands over more specific codes.
    pub heading: bool,
    /// Whether a change in the permissions step mends it.
    pub permissions: bool,
    /// The nucleus that knows it first, where that is told.
    #[serde(default)]
    pub since_nucleus: Option<String>,
}

/// All entries, in the order of the file.
#[must_use]
pub fn codes() -> &'static [CodeEntry] {
    &known().0
}

/// The entry of a code; codes are compared without regard to case.
#[must_use]
pub fn find_code(kind: CodeKind, code: &str) -> Option<&'static CodeEntry> {
    let (entries, places) = known();
    let place = places.get(&(kind, code.trim().to_ascii_uppercase()))?;
    entries.get(*place)
}

type Known = (Vec<CodeEntry>, HashMap<(CodeKind, String), usize>);

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        // The text is part of the program; a test reads each line, so none is lost here.
        let entries: Vec<CodeEntry> = LINES
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let places = entries.iter().enumerate();
        let places = places.map(|(at, entry)| ((entry.kind, entry.code.clone()), at));
        let places = places.collect();
        (entries, places)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test fails by panicking")]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_line_is_a_complete_entry_of_its_own() {
        let mut seen = BTreeSet::new();
        for line in LINES.lines() {
            let entry: CodeEntry = serde_json::from_str(line).expect(line);
            let texts = [&entry.code, &entry.title, &entry.means, &entry.source];
            assert!(texts.iter().all(|text| !text.trim().is_empty()), "{line}");
            assert!(!entry.remedies.is_empty(), "{line}");
            assert!(entry.title.chars().count() <= 60, "{line}");
            let kind = format!("{:?}", entry.kind);
            assert!(seen.insert((kind, entry.code)), "{line} stands twice");
        }
        assert_eq!((seen.len(), codes().len()), (140, 140));
    }

    #[test]
    fn a_code_and_a_type_of_one_name_are_two_things() {
        for name in ["SERVER_ERROR", "NETWORK_ERROR"] {
            let code = find_code(CodeKind::Deployment, name).expect(name);
            let class = find_code(CodeKind::ErrorType, name).expect(name);
            assert_ne!(code.title, class.title);
        }
        assert_eq!(find_code(CodeKind::ComponentStatus, "NETWORK_ERROR"), None);
        assert!(find_code(CodeKind::ComponentStatus, " run_error").is_some());
    }

    #[test]
    fn each_type_that_a_code_names_is_known_too() {
        for entry in codes() {
            for name in &entry.types {
                assert!(
                    find_code(CodeKind::ErrorType, name).is_some(),
                    "{name} of {}",
                    entry.code
                );
            }
        }
    }
}
