//! A deployment document: what CreateDeployment takes and GetDeployment gives, as a value.
//!
//! Names and bounds are those of the service model (AWS IoT Greengrass V2, 2020-11-30). Fields stand in alphabetical
//! order and maps are sorted, so that what serde writes is in canonical order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::job::IotJobConfiguration;

/// Bytes that a component's merge may have (service model: `ComponentConfigurationString`).
pub const MERGE_BYTES: usize = 10_485_760;
/// Characters that a reset path may have (service model: `ComponentConfigurationPath`).
pub const RESET_CHARS: usize = 256;
/// Characters that a deployment's name may have (service model: `DeploymentNameString`).
pub const NAME_CHARS: usize = 256;
/// Tags that a deployment may have (service model: `TagMap`).
pub const MOST_TAGS: usize = 200;

/// A deployment's contents. Equality is that of the texts; [`DeploymentDocument::digest`] tells whether two documents mean the
/// same for a device.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeploymentDocument {
    /// The components by name. A component that is absent is removed from the device, unless another deployment wants
    /// it.
    #[serde(default)]
    pub components: BTreeMap<String, ComponentSpec>,
    /// A name for people, of up to 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_name: Option<String>,
    /// How devices update and handle failure; the service's defaults where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_policies: Option<DeploymentPolicies>,
    /// How the job behind it is rolled out; matters for thing groups only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iot_job_configuration: Option<IotJobConfiguration>,
    /// The thing group of the deployment that this one is a subdeployment of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_target_arn: Option<String>,
    /// Tags of the deployment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// One component of a deployment (service model: `ComponentDeploymentSpecification`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ComponentSpec {
    /// One exact version.
    pub component_version: String,
    /// What is changed in the component's configuration on the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_update: Option<ConfigurationUpdate>,
    /// Whom its processes run as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_with: Option<RunWith>,
}

/// A change of a component's configuration. The device resets first and merges then (guide, "Update component
/// configurations").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfigurationUpdate {
    /// A JSON object as text, of up to 10,485,760 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<String>,
    /// JSON pointers of what goes back to its default, each of up to 256 characters; an empty one stands for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reset: Vec<String>,
}

/// Whom a component's processes run as, and within which limits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunWith {
    /// `user` or `user:group` on Linux.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posix_user: Option<String>,
    /// Limits on Linux.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_resource_limits: Option<SystemResourceLimits>,
    /// The user on Windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows_user: Option<String>,
}

/// Limits of a component's processes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SystemResourceLimits {
    /// Cores of processor time; may be a fraction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<f64>,
    /// Memory in kilobytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<i64>,
}

/// How devices update and handle failure. What is absent is the service's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeploymentPolicies {
    /// Whether components are asked before they are stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component_update_policy: Option<ComponentUpdatePolicy>,
    /// How long components may look at their new configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_validation_policy: Option<ConfigurationValidationPolicy>,
    /// What happens when the deployment fails on a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_handling_policy: Option<FailureHandling>,
}

/// When a component is safe to update.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ComponentUpdatePolicy {
    /// Whether components are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<UpdateAction>,
    /// Seconds that each component has to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_in_seconds: Option<i32>,
}

/// How long components may look at their new configuration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfigurationValidationPolicy {
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_in_seconds: Option<i32>,
}

/// What happens when the deployment fails on a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureHandling {
    /// The device goes back to what it had. The service's default.
    #[default]
    Rollback,
    /// The device stays as it is.
    DoNothing,
}

/// Whether components are asked before they are stopped for an update.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UpdateAction {
    /// They are, and may ask for time. The service's default.
    #[default]
    NotifyComponents,
    /// They are not.
    SkipNotifyComponents,
}

impl DeploymentPolicies {
    /// Seconds that a component has to answer, unless said otherwise (service model).
    pub const UPDATE_SECONDS: i32 = 60;
    /// Seconds that a component may look at its configuration, unless said otherwise (service model).
    pub const VALIDATION_SECONDS: i32 = 30;

    /// The policies as the service takes them: with its defaults for what is absent.
    #[must_use]
    pub fn effective(present: Option<&Self>) -> Self {
        let update = present.and_then(|policies| policies.component_update_policy);
        let validation = present.and_then(|policies| policies.configuration_validation_policy);
        let failure = present.and_then(|policies| policies.failure_handling_policy);
        Self {
            component_update_policy: Some(ComponentUpdatePolicy {
                action: Some(update.and_then(|u| u.action).unwrap_or_default()),
                timeout_in_seconds: Some(
                    update
                        .and_then(|u| u.timeout_in_seconds)
                        .unwrap_or(Self::UPDATE_SECONDS),
                ),
            }),
            configuration_validation_policy: Some(ConfigurationValidationPolicy {
                timeout_in_seconds: Some(
                    validation
                        .and_then(|v| v.timeout_in_seconds)
                        .unwrap_or(Self::VALIDATION_SECONDS),
                ),
            }),
            failure_handling_policy: Some(failure.unwrap_or_default()),
        }
    }

    /// These policies with what `new` says put over them.
    #[must_use]
    pub fn with(self, new: &Self) -> Self {
        let update = match (self.component_update_policy, new.component_update_policy) {
            (Some(old), Some(new)) => Some(ComponentUpdatePolicy {
                action: new.action.or(old.action),
                timeout_in_seconds: new.timeout_in_seconds.or(old.timeout_in_seconds),
            }),
            (old, new) => new.or(old),
        };
        let validation = match (
            self.configuration_validation_policy,
            new.configuration_validation_policy,
        ) {
            (Some(old), Some(new)) => Some(ConfigurationValidationPolicy {
                timeout_in_seconds: new.timeout_in_seconds.or(old.timeout_in_seconds),
            }),
            (old, new) => new.or(old),
        };
        Self {
            component_update_policy: update,
            configuration_validation_policy: validation,
            failure_handling_policy: new.failure_handling_policy.or(self.failure_handling_policy),
        }
    }
}
