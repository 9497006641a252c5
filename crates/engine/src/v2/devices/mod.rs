//! Core devices and thing groups as targets: listing, pages, selection, import; what the listing does not tell is read
//! for the devices that someone looks at. What they share with groups is in [`crate::inventory`].

mod details;
mod listing;
mod members;
mod page;
mod selection;
mod shape;
mod thing_groups;

pub use details::{devices_read, devices_read_selected};
pub use listing::devices_refresh;
pub use members::thing_group_read;
pub use page::{devices_page, devices_status};
pub use selection::{devices_import_file, devices_import_text, devices_select};
pub(crate) use shape::{CORE_DEVICES, for_each_selected_device};
pub use thing_groups::thing_groups_page;

use overseed_domain::Millis;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{Problem, inventory::Filter};

/// How complete and how old the inventory of core devices is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeviceInventory {
    /// Core devices in the store.
    pub devices: u32,
    /// Thing groups in the store.
    pub thing_groups: u32,
    /// When the last complete listing ended; absent where there has been none.
    pub listed_at: Option<Millis>,
    /// Whether a listing was broken off, so that devices may be missing.
    pub partial: bool,
    /// Devices selected for the draft.
    pub selected: u32,
    /// Selected devices that are no core devices of the account any more.
    pub selected_gone: u32,
    /// Why the thing groups could not be listed, where the devices could: of the refresh that answers this.
    pub thing_groups_problem: Option<Problem>,
}

/// What to sort by; the thing's name decides between equals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum DeviceSort {
    /// The thing's name.
    #[default]
    ThingName,
    /// The status.
    Status,
    /// The last change of the status.
    LastStatusAt,
    /// The operating system.
    Platform,
    /// The architecture.
    Architecture,
    /// The version of the nucleus, as far as it is known, letter by letter.
    Nucleus,
}

/// Asks for one page of core devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DevicesQuery {
    /// Which devices.
    pub filter: Filter,
    /// In which order.
    pub sort: DeviceSort,
    /// Whether the order is reversed.
    pub descending: bool,
    /// Rows before the page.
    pub offset: u32,
    /// Rows of the page; 500 at most.
    pub limit: u32,
}

/// One core device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeviceRow {
    /// Name of its IoT thing.
    pub thing_name: String,
    /// `HEALTHY`, `UNHEALTHY`, or a word that is new. A device that is off keeps its last one.
    pub status: Option<String>,
    /// When it last told its status: no heartbeat, by default once in 24 hours.
    pub last_status_at: Option<Millis>,
    /// Operating system.
    pub platform: Option<String>,
    /// Architecture.
    pub architecture: Option<String>,
    /// `aws_nucleus_classic` or `aws_nucleus_lite`.
    pub runtime: Option<String>,
    /// Version of the nucleus, once it was read.
    pub nucleus: Option<String>,
    /// The thing groups that it is known to be in; all of them where `read_at` is there and the caller may list them.
    pub thing_groups: Vec<String>,
    /// When nucleus and thing groups were read for this device.
    pub read_at: Option<Millis>,
    /// Whether it is selected but no longer listed.
    pub gone: bool,
    /// Whether it is selected for the draft.
    pub selected: bool,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DevicesPage {
    /// The rows.
    pub rows: Vec<DeviceRow>,
    /// Devices that match the filter.
    pub matches: u32,
    /// Of these, those not yet selected that can be.
    pub matches_unselected: u32,
    /// Devices selected in all.
    pub selected: u32,
    /// Devices in the inventory.
    pub total: u32,
}

/// A change of the selection of devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum DeviceSelectionChange {
    /// These devices.
    Devices {
        /// Names of their things.
        names: Vec<String>,
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

/// A thing group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ThingGroupRow {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Things in it, those of its child groups included; absent until they are read.
    pub things: Option<u32>,
    /// Of these, core devices of the inventory.
    pub devices: Option<u32>,
    /// When its members were read.
    pub read_at: Option<Millis>,
}

/// Thing groups, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ThingGroupsPage {
    /// The rows.
    pub rows: Vec<ThingGroupRow>,
    /// Groups that have the text in their names.
    pub matches: u32,
    /// Groups in all.
    pub total: u32,
}
