//! Groups as targets: listing, pages, selection, import. What they share with core devices is in
//! [`crate::inventory`].

mod find;
mod listing;
mod matching;
mod page;
mod selection;
mod shape;
pub(crate) mod stored;
#[cfg(test)]
mod tests;

pub use crate::inventory::{
    Filter, FilterOperation, FilterToken, ImportFinding, ImportFindingCode, ImportReport, Selection,
};
pub use find::group_find;
pub use listing::groups_refresh;
pub(crate) use matching::for_each_matching;
pub use page::{groups_page, groups_status};
pub use selection::{groups_import_file, groups_import_text, groups_select};
pub(crate) use shape::GROUPS;

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
