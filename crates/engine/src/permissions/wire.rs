//! The permissions step as faces see it.

use serde::{Deserialize, Serialize};
use specta::Type;

pub use overseed_domain::permissions::Packing;

/// An execution role that could be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Whether Greengrass may assume it, by its trust policy.
    pub trusted: bool,
}

/// One thing that has to be true before the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Requirement {
    /// `role`, `trust`, `deploy`, `read`, `pass`, `start`.
    pub id: String,
    /// A sentence, such as "Greengrass may assume the role".
    pub title: String,
    /// Whether it is so now.
    pub now: RequirementState,
    /// What was found.
    pub detail: String,
    /// The id of the change that makes it true, if there is one.
    pub change: Option<String>,
}

/// Whether a requirement holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RequirementState {
    /// It holds.
    Yes,
    /// Not yet; a change makes it true.
    NotYet,
    /// It does not hold, and this app cannot make it so.
    No,
    /// It could not be checked; the detail says why.
    NotChecked,
}

/// One proposed change, with the AWS call that makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PermissionChange {
    /// `role`, `trust`, `policy`.
    pub id: String,
    /// A sentence, such as "Create the role OverseedBulk".
    pub title: String,
    /// The call, such as `iam:PutRolePolicy`.
    pub operation: String,
    /// What is there now, in canonical form; absent where there is nothing.
    pub before: Option<String>,
    /// What is proposed, in canonical form.
    pub after: String,
    /// Characters that count, white space not counted.
    pub size: u32,
    /// The limit that applies.
    pub limit: u32,
    /// How an earlier attempt to apply it ended.
    pub outcome: Option<ChangeOutcome>,
}

/// How applying a change ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ChangeOutcome {
    /// Done.
    Done {
        /// AWS's request id.
        request_id: Option<String>,
    },
    /// Not done.
    Failed {
        /// Why.
        problem: crate::Problem,
    },
}

/// The permissions step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Permissions {
    /// The role's name.
    pub role: String,
    /// The role's ARN, as it is or will be.
    pub role_arn: String,
    /// Whether the role exists.
    pub exists: bool,
    /// What has to be true.
    pub requirements: Vec<Requirement>,
    /// What would be changed; empty where the role already suffices.
    pub changes: Vec<PermissionChange>,
    /// How the groups are packed.
    pub packing: Packing,
    /// What the packing widens, in a sentence; absent where it widens nothing.
    pub widened: Option<String>,
}

impl Permissions {
    /// Why the first change that failed did so.
    #[must_use]
    pub fn failure(&self) -> Option<&crate::Problem> {
        self.changes
            .iter()
            .find_map(|change| match &change.outcome {
                Some(ChangeOutcome::Failed { problem }) => Some(problem),
                _ => None,
            })
    }
}

/// The forms in which permissions can be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HandOver {
    /// The policy documents.
    Json,
    /// A script of AWS CLI commands.
    AwsCli,
}
