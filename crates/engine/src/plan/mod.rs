//! Plans: what will be done, reviewable, a file.

mod draft;
mod file;
mod new;

pub use draft::{plan_export, plan_open};
pub(crate) use file::FORMAT;
pub use file::{PlanConnection, PlanHeader, PlanSettings, plan_read, plan_write};
pub(crate) use new::input_file_of;
pub use new::{PlanFrom, PlanNeeds, PlanShown, plan_check, plan_needs, plan_new, plan_show};
