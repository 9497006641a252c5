//! Which version each selected group will get.

mod choose;
mod cores;
mod known;
mod page;
mod previous;
mod targets;

pub use choose::{group_versions, version_choose, versions_compare, versions_reset};
pub use cores::{CoreCheck, cores_check};
pub(crate) use known::write_choice;
pub use page::versions_page;
pub use previous::versions_choose_previous;
pub(crate) use previous::{version_before, version_latest, versions_learn, versions_learn_latest};
pub use targets::for_each_target;

use overseed_domain::Millis;
use serde::{Deserialize, Serialize};
use specta::Type;

/// How a target's version was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum VersionChoice {
    /// The latest at the time the plan is made; no call per group.
    Latest,
    /// The one before the latest.
    Previous,
    /// One that someone picked or a list named.
    Chosen,
}

/// One selected group and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionRow {
    /// The group's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The version that it will get.
    pub version: String,
    /// Its latest version.
    pub latest_version: String,
    /// How the version was chosen.
    pub choice: VersionChoice,
    /// Why the version cannot be used, if so: it has vanished, or there is no previous one.
    pub problem: Option<String>,
}

/// One page of selected groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionsPage {
    /// The rows.
    pub rows: Vec<VersionRow>,
    /// Selected groups that match the query.
    pub matches: u32,
    /// Selected groups.
    pub total: u32,
    /// Of these, with another than the latest version.
    pub not_latest: u32,
    /// Of these, with a problem.
    pub problems: u32,
}

/// Asks for one page of selected groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionsQuery {
    /// Text in name or id.
    pub text: String,
    /// Only groups whose version is not the latest, or has a problem.
    pub changed_only: bool,
    /// Rows before the page.
    pub offset: u32,
    /// Rows of the page; 500 at most.
    pub limit: u32,
}

/// A version that a group could get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionOption {
    /// The version's id.
    pub version: String,
    /// When it was created.
    pub created_at: Option<Millis>,
    /// Whether it is the latest.
    pub latest: bool,
    /// Whether it is the one the group will get.
    pub chosen: bool,
}
