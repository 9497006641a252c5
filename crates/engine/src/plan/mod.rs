//! Plans: what will be done, reviewable, a file.

mod draft;
mod file;
mod new;
mod reading;
mod writing;

pub use draft::{plan_export, plan_open};
pub(crate) use file::{FORMAT, plan_read_whole};
pub use file::{PlanConnection, PlanHeader, PlanSettings, plan_read, plan_write};
pub(crate) use new::source_of;
pub use new::{
    PlanFindings, PlanFrom, PlanNeeds, PlanShown, plan_check, plan_needs, plan_new, plan_show,
};
pub(crate) use reading::PlanSink;
pub(crate) use writing::PlanWriting;
