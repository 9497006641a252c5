//! The draft's input file: generated or opened, checked, exported, uploaded and compared.

mod chosen;
mod compare;
mod findings;
mod left_behind;
mod list;
mod make;
mod open;
mod place;
mod read;
mod upload;

use overseed_domain::input_file::Finding;
use serde::{Deserialize, Serialize};
use specta::Type;

pub(crate) use chosen::Chosen;
pub(crate) use compare::{compare, is_whole, mismatch};
pub use findings::file_findings;
pub(crate) use left_behind::sweep_data;
pub use list::{Listed, file_make_from, listed_targets};
pub use make::file_make;
pub use open::file_open;
pub(crate) use place::Passing;
pub use place::file_export;
pub use read::{file_check, for_each_record};
pub(crate) use upload::{denied_or, head};
pub use upload::{file_upload, object_key, put_and_compare};

/// One page of findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FindingsPage {
    /// The findings: those of the whole file first, then by line. The first 1,000,000 can be paged.
    pub rows: Vec<Finding>,
    /// All findings.
    pub total: u32,
}
