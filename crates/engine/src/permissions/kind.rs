//! The roles that this app sees to, and what differs between them.

use overseed_domain::{
    permissions::{GREENGRASS, POLICY_NAME, managed_policy_name},
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

    /// What a managed policy of such a role says, for CloudFormation.
    pub(crate) const fn managed(self) -> &'static str {
        match self {
            Self::Execution => "Groups that Greengrass bulk deployments may deploy",
            Self::Device => "What Greengrass core devices may do",
            Self::Engine => "What the state machines that deploy to core devices may do",
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

/// The name of a role's `number`th managed policy, from 1, which stands beside the inline policy `policy` of ours: V1's has
/// none of it in its name.
pub(crate) fn managed_name(policy: &str, role: &str, number: usize) -> String {
    if policy == POLICY_NAME {
        return managed_policy_name(role, number);
    }
    format!("{policy}-{role}-{number}")
}

/// The inline policy that a managed policy of a role stands beside, by its name.
pub(crate) fn beside(managed: &str, role: &str) -> Option<String> {
    let (named, number) = managed.rsplit_once('-')?;
    let policy = named.strip_suffix(role)?.strip_suffix('-')?;
    let policy = if policy == "Overseed" {
        POLICY_NAME
    } else {
        policy
    };
    let is_own = managed_name(policy, role, number.parse().ok()?) == managed;
    is_own.then(|| policy.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managed_policies_are_told_by_their_names() {
        for policy in [
            POLICY_NAME,
            RoleKind::Device.policy(),
            "OverseedStateMachines-0a1b2c3d",
        ] {
            let name = managed_name(policy, "Ovens-2", 12);
            assert_eq!(beside(&name, "Ovens-2").as_deref(), Some(policy), "{name}");
            assert_eq!(beside(&name, "Ovens"), None, "{name}");
        }
        assert_eq!(managed_name(POLICY_NAME, "Ovens", 1), "Overseed-Ovens-1");
        assert_eq!(beside("Overseed-Ovens-01", "Ovens"), None);
    }
}
