//! The review: the whole plan and its preflight checks.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::draft::Draft;

/// The plan as it would be started, with all checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// What was told so far.
    pub draft: Draft,
    /// Targets of the plan.
    pub targets: u32,
    /// The URI that Greengrass will read.
    pub input_file_uri: String,
    /// The execution role's ARN.
    pub role_arn: String,
    /// The checks, in order.
    pub checks: Vec<Check>,
    /// Another bulk deployment of the account that has not ended.
    pub other: Option<OtherBulkDeployment>,
    /// Whether the run may start: no check failed.
    pub ready: bool,
}

/// One preflight check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// `connection`, `selection`, `file`, `bucket`, `upload`, `role`, `trust`, `deploy`, `read`, `pass`,
    /// `service_role`, `cores`, `other`.
    pub id: String,
    /// A sentence that is true when the check passes.
    pub title: String,
    /// How it ended.
    pub state: CheckState,
    /// What was found, and what to do.
    pub detail: String,
    /// The wizard step that mends it.
    pub step: Option<String>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It holds.
    Pass,
    /// It may go wrong; the start is not blocked.
    Warn,
    /// The start is blocked.
    Fail,
    /// It could not be checked; the detail says why. The start is not blocked.
    NotChecked,
}

/// A bulk deployment that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OtherBulkDeployment {
    /// Its id.
    pub id: String,
    /// Its status.
    pub status: overseed_domain::rollout::BulkStatus,
    /// When it was created, as the service says it.
    pub created_at: Option<String>,
    /// The run it belongs to, if its tags name one.
    pub run: Option<String>,
}
