//! What groups and core devices have alike as targets: listed into the store, held in memory column by column,
//! filtered, sorted, selected, imported. A [`Shape`] says where they differ.

mod bits;
mod cell;
mod column;
mod filter;
mod here;
mod import;
mod index;
mod listing;
mod moment;
mod selection;
mod shape;
pub(crate) mod stored;
mod window;

pub(crate) use bits::Bits;
pub(crate) use cell::IndexCell;
pub(crate) use filter::Conditions;
pub(crate) use here::Here;
pub(crate) use import::{Meaning, import_file, import_text};
pub(crate) use index::{Index, Order};
pub(crate) use listing::{Listed, refresh};
#[cfg(test)]
pub(crate) use selection::change_selection;
pub(crate) use selection::{Step, select};
pub(crate) use shape::{Shape, Stamp, Text};
pub(crate) use window::{Asked, Standing, count, standing, window};

use serde::{Deserialize, Serialize};
use specta::Type;

/// A filter: tokens joined by one operation, as Cloudscape's property filter gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    /// How the tokens are joined.
    pub operation: FilterOperation,
    /// The tokens; none matches everything.
    pub tokens: Vec<FilterToken>,
}

/// How tokens are joined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum FilterOperation {
    /// All must hold.
    #[default]
    And,
    /// One must hold.
    Or,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilterToken {
    /// Of groups `name`, `id`, `latestVersion`, `createdAt`, `updatedAt`; of core devices `thingName`, `status`,
    /// `platform`, `architecture`, `nucleus`, `thingGroup`, `lastStatusAt`; of both `deployable` and `selected`.
    /// Absent for free text, which looks at names and ids.
    pub property: Option<String>,
    /// `=`, `!=`, `:` (contains), `!:`, `^` (begins with), `!^`, `<`, `<=`, `>`, `>=`.
    pub operator: String,
    /// What to compare with; times as ISO 8601 or as relative (`7d`, `12h`), without regard to case.
    pub value: String,
}

/// What a change of the selection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// Targets selected now.
    pub selected: u32,
    /// Targets left out because they cannot be deployed.
    pub left_out: u32,
    /// Whether there is a change to undo.
    pub can_undo: bool,
}

/// What an import of ids or names came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// Lines read that named something.
    pub lines: u32,
    /// Targets selected by the import.
    pub selected: u32,
    /// Groups whose version the list fixed as well (`id,version` lines or an input file).
    pub versions_chosen: u32,
    /// What was wrong, by line; the first 1,000.
    pub findings: Vec<ImportFinding>,
    /// All findings.
    pub findings_total: u32,
}

/// One line of an import that was not taken as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportFinding {
    /// Line number, from 1.
    pub line: u32,
    /// What stands there, cut to 200 characters.
    pub text: String,
    /// What is wrong.
    pub code: ImportFindingCode,
    /// The same in a sentence, with what to do.
    pub message: String,
}

/// What can be wrong with a line of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportFindingCode {
    /// No target has this id or name.
    Unknown,
    /// An earlier line named the same target.
    Repeated,
    /// Several targets have this name.
    Ambiguous,
    /// The target cannot be deployed.
    NotDeployable,
    /// The target is in another account, Region or partition.
    Elsewhere,
    /// The line cannot be read.
    Unreadable,
}
