//! The draft's input file: generated or opened, checked, exported, uploaded and compared.

use overseed_domain::input_file::Finding;
use serde::{Deserialize, Serialize};
use specta::Type;

/// One page of findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FindingsPage {
    /// The findings, by line.
    pub rows: Vec<Finding>,
    /// All findings.
    pub total: u32,
}
