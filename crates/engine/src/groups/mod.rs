//! The inventory of groups: listing, pages, selection, import.

mod bits;
mod cell;
mod column;
mod filter;
mod find;
mod import;
mod index;
mod listing;
mod matching;
mod moment;
mod page;
mod selection;
pub(crate) mod stored;
#[cfg(test)]
mod tests;

pub(crate) use cell::IndexCell;
pub use find::group_find;
pub use import::{groups_import_file, groups_import_text};
pub use listing::groups_refresh;
pub(crate) use matching::for_each_matching;
pub(crate) use page::count;
pub use page::{groups_page, groups_status};
pub use selection::groups_select;

use overseed_domain::{Millis, group::Deployable};
use serde::{Deserialize, Serialize};
use specta::Type;

/// How complete and how old the inventory is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {
    /// Groups in the store.
    pub groups: u32,
    /// When the last complete listing ended; absent where there has been none.
    pub listed_at: Option<Millis>,
    /// Whether a listing was broken off, so that groups may be missing.
    pub partial: bool,
    /// Groups selected for the draft.
    pub selected: u32,
    /// Selected groups that cannot be deployed.
    pub selected_not_deployable: u32,
}

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
    /// `name`, `id`, `latestVersion`, `deployable`, `selected`, `createdAt`, `updatedAt`; absent for free
    /// text, which looks at name and id.
    pub property: Option<String>,
    /// `=`, `!=`, `:` (contains), `!:`, `^` (begins with), `!^`, `<`, `<=`, `>`, `>=`.
    pub operator: String,
    /// What to compare with; times as ISO 8601 or as relative (`7d`, `12h`), without regard to case.
    pub value: String,
}

/// What to sort by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum GroupSort {
    /// The name, then the id.
    #[default]
    Name,
    /// The id.
    Id,
    /// Creation.
    CreatedAt,
    /// Last change.
    UpdatedAt,
}

/// Asks for one page of groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GroupsQuery {
    /// Which groups.
    pub filter: Filter,
    /// In which order.
    pub sort: GroupSort,
    /// Whether the order is reversed.
    pub descending: bool,
    /// Rows before the page.
    pub offset: u32,
    /// Rows of the page; 500 at most.
    pub limit: u32,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GroupRow {
    /// The group's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its latest version.
    pub latest_version: Option<String>,
    /// When it was created.
    pub created_at: Option<Millis>,
    /// When it was changed last.
    pub updated_at: Option<Millis>,
    /// Whether it can be deployed, as far as is known.
    pub deployable: Deployable,
    /// Whether it is selected for the draft.
    pub selected: bool,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GroupsPage {
    /// The rows.
    pub rows: Vec<GroupRow>,
    /// Groups that match the filter.
    pub matches: u32,
    /// Of these, deployable and not yet selected.
    pub matches_unselected: u32,
    /// Groups selected in all.
    pub selected: u32,
    /// Groups in the inventory.
    pub total: u32,
}

/// A change of the selection. Groups that cannot be deployed are never selected by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum SelectionChange {
    /// These groups.
    Groups {
        /// Ids.
        ids: Vec<String>,
        /// Select or deselect.
        selected: bool,
    },
    /// All that match a filter.
    Matching {
        /// The filter.
        filter: Filter,
        /// Select or deselect.
        selected: bool,
    },
    /// None.
    Clear,
    /// Back to what it was before the last change.
    Undo,
}

/// What a change of the selection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// Groups selected now.
    pub selected: u32,
    /// Groups left out because they cannot be deployed.
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
    /// Groups selected by the import.
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
    /// No group has this id or name.
    Unknown,
    /// An earlier line named the same group.
    Repeated,
    /// Several groups have this name.
    Ambiguous,
    /// The group cannot be deployed.
    NotDeployable,
    /// The line cannot be read.
    Unreadable,
}
