//! The permissions step as faces see it.

use overseed_domain::Millis;
use serde::{Deserialize, Serialize};
use specta::Type;

pub use overseed_domain::permissions::{Pack, Packing, PackingChoice, ReadBy};

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

/// One change, with the AWS call that makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PermissionChange {
    /// `role`, `trust`, `policy`, `bucket`, or what is done with a managed policy and its number, such as `attach-2`.
    pub id: String,
    /// A sentence, such as "Create the role OverseedBulk".
    pub title: String,
    /// The call, such as `iam:PutRolePolicy`.
    pub operation: String,
    /// The document that is there now, in canonical form; absent where there is none.
    pub before: Option<String>,
    /// The document that is proposed, in canonical form; absent where nothing is written.
    pub after: Option<String>,
    /// Characters that count: without white space for IAM, bytes for S3. 0 where nothing is written.
    pub size: u32,
    /// The limit that applies; 0 where nothing is written.
    pub limit: u32,
    /// How an attempt to make it ended.
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
    /// What would be changed; empty where the role already suffices and has nothing of ours that is not needed.
    pub changes: Vec<PermissionChange>,
    /// The packing that was asked for.
    pub pack: Pack,
    /// How the groups are packed; absent where no policy of ours is needed, or none fits.
    pub packing: Option<Packing>,
    /// What each way of packing takes; none where policies of others let the role deploy already, and it only has to read.
    pub choices: Vec<PackingChoice>,
    /// Which policy lets the role read the input file.
    pub read_by: ReadBy,
    /// What the packing widens, in a sentence; absent where it widens nothing.
    pub widened: Option<String>,
    /// What to know before the changes are made, in sentences.
    pub warnings: Vec<String>,
    /// Each call that the wizard will make, and whether the caller may.
    pub calls: Vec<MayI>,
    /// What was changed for this plan and can be taken back, newest first.
    pub made: Vec<Made>,
}

/// A call that the wizard will make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MayI {
    /// Such as `iam:PassRole`.
    pub action: String,
    /// The resource's ARN, or `*` for actions that know none.
    pub resource: String,
    /// Whether the caller may: never [`RequirementState::NotYet`].
    pub state: RequirementState,
    /// By which decision; or why it is not known.
    pub detail: String,
}

/// A change that was made for a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// What was done.
    pub title: String,
    /// The call.
    pub operation: String,
    /// When.
    pub at: Millis,
}

/// One change that was taken back, or was tried to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Undone {
    /// The change: what was done at that time.
    pub title: String,
    /// The calls that take it back, such as `iam:DeleteRole`; empty where nothing of it is left.
    pub operations: Vec<String>,
    /// How it ended; absent where it was not tried.
    pub outcome: Option<ChangeOutcome>,
}

impl Permissions {
    /// Whether nothing is left to do: no change is open, and what has to be true is. What the caller themselves may is
    /// often not to be checked in advance: only a plain no counts there.
    #[must_use]
    pub fn satisfied(&self) -> bool {
        let done =
            |change: &PermissionChange| matches!(change.outcome, Some(ChangeOutcome::Done { .. }));
        let holds = |requirement: &Requirement| match requirement.now {
            RequirementState::Yes => true,
            RequirementState::NotChecked => ["pass", "start"].contains(&requirement.id.as_str()),
            RequirementState::NotYet | RequirementState::No => false,
        };
        self.changes.iter().all(done) && self.requirements.iter().all(holds)
    }

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
    /// A CloudFormation template in JSON.
    Cloudformation,
    /// A Terraform configuration.
    Terraform,
    /// The least rights of whoever uses this app, as a policy document.
    Caller,
}

impl HandOver {
    /// The ending of a file in this form, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json | Self::Cloudformation | Self::Caller => "json",
            Self::AwsCli => "sh",
            Self::Terraform => "tf",
        }
    }

    /// What a file of this form is called; `role` is a role's name or ARN.
    #[must_use]
    pub fn file_name(self, role: &str) -> String {
        let role = role.rsplit('/').next().unwrap_or(role);
        let part = match self {
            Self::Cloudformation => "-cloudformation",
            Self::Caller => "-caller",
            Self::Json | Self::AwsCli | Self::Terraform => "",
        };
        format!("{role}{part}.{}", self.extension())
    }
}
