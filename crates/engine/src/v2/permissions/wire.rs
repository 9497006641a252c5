//! The permissions step of V2 as faces see it: two roles, with the changes and requirements of V1's.

use overseed_domain::v2::roles::Grant;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    Problem,
    permissions::{
        ChangeOutcome, Made, MayI, PermissionChange, Requirement, RequirementState, RoleKind,
    },
};

/// The permissions step of a V2 plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DevicePermissions {
    /// The devices' role, and where Step Functions makes the deployments the engine's role.
    pub roles: Vec<RolePermissions>,
    /// What the caller has to be allowed: `start`, and where there is an engine's role `pass`. Nothing here changes it.
    pub caller: Vec<Requirement>,
    /// What to know before the changes are made, in sentences.
    pub warnings: Vec<String>,
    /// Each call that the wizard will make, and whether the caller may.
    pub calls: Vec<MayI>,
    /// What was changed for this plan and can be taken back, newest first.
    pub made: Vec<Made>,
}

/// One role: now beside proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RolePermissions {
    /// Whose.
    pub kind: RoleKind,
    /// Its name.
    pub role: String,
    /// Its ARN, as it is or will be.
    pub role_arn: String,
    /// Whether it exists.
    pub exists: bool,
    /// What it has to be allowed, statement by statement, each resource with the component that needs it.
    pub grants: Vec<Grant>,
    /// What has to be true: `role`, `trust`, then one for each of `grants` under its `sid`.
    pub requirements: Vec<Requirement>,
    /// What would be changed; empty where the role suffices.
    pub changes: Vec<PermissionChange>,
    /// What is wider than the plan needs, in a sentence; absent where nothing is.
    pub widened: Option<String>,
    /// Statements of others that allow far more than the plan needs, such as those of FullAccess policies. They are
    /// told, and stay.
    pub broad: Vec<BroadPolicy>,
}

/// A policy of others that allows far more than is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BroadPolicy {
    /// The policy's name.
    pub policy: String,
    /// Its ARN; absent for inline policies.
    pub arn: Option<String>,
    /// What is too broad in it, in sentences.
    pub notes: Vec<String>,
}

impl RolePermissions {
    /// Whether nothing is left to do for this role.
    #[must_use]
    pub fn satisfied(&self) -> bool {
        let done =
            |change: &PermissionChange| matches!(change.outcome, Some(ChangeOutcome::Done { .. }));
        let holds = |requirement: &Requirement| requirement.now == RequirementState::Yes;
        self.changes.iter().all(done) && self.requirements.iter().all(holds)
    }

    /// Why the first change that failed did so.
    #[must_use]
    pub fn failure(&self) -> Option<&Problem> {
        self.changes
            .iter()
            .find_map(|change| match &change.outcome {
                Some(ChangeOutcome::Failed { problem }) => Some(problem),
                _ => None,
            })
    }
}

impl DevicePermissions {
    /// Whether nothing is left to do. What the caller themselves may is often not to be checked in advance: only a plain
    /// no counts there.
    #[must_use]
    pub fn satisfied(&self) -> bool {
        let refused = |requirement: &Requirement| requirement.now == RequirementState::No;
        self.roles.iter().all(RolePermissions::satisfied) && !self.caller.iter().any(refused)
    }

    /// Why the first change that failed did so.
    #[must_use]
    pub fn failure(&self) -> Option<&Problem> {
        self.roles.iter().find_map(RolePermissions::failure)
    }
}
