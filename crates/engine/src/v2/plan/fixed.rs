//! Plans whose targets and documents are fixed already: an opened plan file, a retry, a way back. The draft keeps them as a
//! plan file in the data folder; layers and rows are put over their documents as they else are over the present ones.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::run::LeftOut;

/// What a draft says of the targets and documents that it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FixedPlan {
    /// Where they come from.
    pub from: FixedFrom,
    /// The name that came with them. Deployments keep the names that their documents have, unless the draft is called
    /// otherwise since, or a layer says another.
    pub name: String,
    /// Targets of the plan.
    pub targets: u32,
    /// Different documents that they get.
    pub documents: u32,
    /// Targets that could not be taken over, the first ones.
    pub left_out: Vec<LeftOut>,
    /// All that could not be taken over.
    pub left_out_total: u32,
    /// SHA-256 of targets and documents.
    pub sha256: String,
}

/// Where fixed targets and documents come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum FixedFrom {
    /// A plan file.
    Opened {
        /// Its name.
        file: String,
        /// The run that was started from it before; the draft is a new plan then.
        run: Option<String>,
    },
    /// Targets of a run once more, with the documents that they were to get.
    Retry {
        /// The run.
        run: String,
    },
    /// Targets of a run back to the documents that they had before.
    RollBack {
        /// The run.
        run: String,
    },
}

/// How the selection of a draft stands to its fixed targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FixedCounts {
    /// Selected devices that are targets of the plan.
    pub selected: u32,
    /// Targets of the plan that are not selected; they get nothing.
    pub unselected: u32,
    /// Selected devices of which the plan says nothing: layers and rows are put over what they have.
    pub others: u32,
}
