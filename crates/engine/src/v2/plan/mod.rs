//! Plans of V2 deployments: what each core device has now, what is wanted of it, and what comes of both.

mod compose;
mod composed;
mod contents;
mod draft;
mod export;
mod fixed;
mod fixed_file;
mod hash;
mod kept;
mod known;
mod loaded;
mod made;
mod met;
mod new;
mod pacing;
mod pages;
mod present;
mod preview;
mod row_file;
mod shelf;
mod show;
mod take_over;
mod targets;
mod through;
mod through_known;
mod wave_files;
mod way;
mod written;

pub use compose::{Layer, Wanted};
pub use composed::DeviceOutcome;
pub(crate) use composed::LastComposed;
pub(in crate::v2) use composed::diff_contradicts;
pub(in crate::v2) use contents::PlannedComponent;
pub use draft::{
    DeviceDraft, DeviceDraftChange, device_draft_get, device_draft_reset, device_draft_set,
};
pub use export::device_plan_export;
pub use fixed::{FixedCounts, FixedFrom, FixedPlan};
pub(crate) use fixed_file::sweep as sweep_fixed;
pub use hash::document_hash;
pub(crate) use known::begin as begin_reading;
pub(crate) use loaded::{Before, Loaded};
pub use new::{DevicePlanMade, DevicesFrom, device_plan_new};
pub(in crate::v2) use pacing::Pacing;
pub use pages::{
    OutcomeRow, OutcomesPage, PlannedDevice, PlannedDevicesPage, PlannedDevicesQuery,
    device_plan_devices, device_plan_outcomes,
};
pub use present::{PresentStatus, device_present_read, device_present_status};
pub use preview::{DevicePreview, device_plan_preview};
pub use row_file::{DraftRows, device_rows_clear, device_rows_open, device_rows_paste};
pub use show::{DevicePlanShown, PlanDocument, device_plan_show, rows_read};
pub(in crate::v2) use show::{Whole, show_whole};
pub use take_over::device_fixed_clear;
pub(crate) use take_over::{device_plan_open, passing_place, take_over};
pub use targets::DevicesMeant;
pub(crate) use wave_files::{WaveFiles, cut, thing_arn};
pub use way::{DIRECT_TARGETS, PlanV2, Way, proposed_way};
