//! The roles that this app sees to, and what differs between them.

use overseed_domain::{
    permissions::{GREENGRASS, POLICY_NAME},
    v2::roles::{DEVICE_CREDENTIALS, STEP_FUNCTIONS},
};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Whose role it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    /// The execution role of V1's bulk deployments.
    Execution,
    /// The role of V2 core devices: token exchange role.
    Device,
    /// The role of the state machine that makes V2 deployments.
    Engine,
}

impl RoleKind {
    /// Who assumes it, in a sentence.
    pub(crate) const fn who(self) -> &'static str {
        match self {
            Self::Execution => "Greengrass",
            Self::Device => "AWS IoT, for devices,",
            Self::Engine => "Step Functions",
        }
    }

    /// The service that assumes it.
    pub(crate) const fn service(self) -> &'static str {
        match self {
            Self::Execution => GREENGRASS,
            Self::Device => DEVICE_CREDENTIALS,
            Self::Engine => STEP_FUNCTIONS,
        }
    }

    /// What it is, at a sentence's beginning.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Execution => "Execution role of Greengrass bulk deployments",
            Self::Device => "Token exchange role of Greengrass core devices",
            Self::Engine => "Role of the state machines that deploy to core devices",
        }
    }

    /// What IAM shows of a role that this app makes.
    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Execution => "Execution role of Greengrass bulk deployments, made by Overseed",
            Self::Device => "Token exchange role of Greengrass core devices, made by Overseed",
            Self::Engine => {
                "Role of the state machines that deploy to core devices, made by Overseed"
            }
        }
    }

    /// The inline policy that this app writes for such a role, where it is one and the same for all plans.
    pub(crate) const fn policy(self) -> &'static str {
        match self {
            Self::Execution => POLICY_NAME,
            Self::Device => "OverseedDevices",
            Self::Engine => "OverseedStateMachines",
        }
    }
}
