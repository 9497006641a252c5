//! What a deployment says, in the service's own shape (service model of Greengrass V2, 2020-11-30). As JSON the fields
//! have the model's names; one that is not known is refused, so that nothing is lost on the way.

use serde::{Deserialize, Serialize};

/// One component of a deployment (`ComponentDeploymentSpecification`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ComponentSpec {
    /// The version.
    pub component_version: String,
    /// What changes in its configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_update: Option<ConfigurationUpdate>,
    /// As whom its processes run, and within which limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_with: Option<RunWith>,
}

/// Changes of a component's configuration (`ComponentConfigurationUpdate`). The device resets first, then merges.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfigurationUpdate {
    /// A JSON object, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<String>,
    /// JSON pointers that go back to the recipe's default; an empty one means everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<Vec<String>>,
}

/// As whom a component runs (`ComponentRunWith`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunWith {
    /// User and group of Linux, such as `ggc_user:ggc_group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posix_user: Option<String>,
    /// User of Windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows_user: Option<String>,
    /// Limits of its processes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_resource_limits: Option<ResourceLimits>,
}

/// Limits of a component's processes (`SystemResourceLimits`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceLimits {
    /// Memory in kilobytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<i64>,
    /// CPU cores, in fractions as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<f64>,
}

/// How devices go about a deployment (`DeploymentPolicies`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policies {
    /// `ROLLBACK` or `DO_NOTHING`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_handling_policy: Option<String>,
    /// Whether components may put an update off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component_update_policy: Option<ComponentUpdatePolicy>,
    /// How long components may check their configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_validation_policy: Option<ValidationPolicy>,
}

/// Whether components are told before they are updated (`DeploymentComponentUpdatePolicy`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ComponentUpdatePolicy {
    /// Seconds to wait for their answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_in_seconds: Option<i32>,
    /// `NOTIFY_COMPONENTS` or `SKIP_NOTIFY_COMPONENTS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// How long components may check a new configuration (`DeploymentConfigurationValidationPolicy`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValidationPolicy {
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_in_seconds: Option<i32>,
}

/// The job that carries a thing group's deployment (`DeploymentIoTJobConfiguration`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobConfiguration {
    /// How fast devices are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_executions_rollout_config: Option<RolloutConfig>,
    /// When it is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_config: Option<AbortConfig>,
    /// How long a device may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_config: Option<TimeoutConfig>,
}

/// How fast devices are told (`IoTJobExecutionsRolloutConfig`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RolloutConfig {
    /// A rate that grows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exponential_rate: Option<ExponentialRate>,
    /// Devices a minute at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_per_minute: Option<i32>,
}

/// A rate that grows with success (`IoTJobExponentialRolloutRate`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExponentialRate {
    /// Devices a minute to begin with.
    pub base_rate_per_minute: i32,
    /// By what the rate is multiplied.
    pub increment_factor: f64,
    /// After how many devices.
    pub rate_increase_criteria: RateIncrease,
}

/// When the rate grows (`IoTJobRateIncreaseCriteria`): one of both.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateIncrease {
    /// After so many were told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_notified_things: Option<i32>,
    /// After so many succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_succeeded_things: Option<i32>,
}

/// When a deployment is given up (`IoTJobAbortConfig`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AbortConfig {
    /// Any of these.
    pub criteria_list: Vec<AbortCriterion>,
}

/// One reason to give up (`IoTJobAbortCriteria`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AbortCriterion {
    /// `FAILED`, `REJECTED`, `TIMED_OUT` or `ALL`.
    pub failure_type: String,
    /// `CANCEL`.
    pub action: String,
    /// Percent of the devices that were told.
    pub threshold_percentage: f64,
    /// Not before so many were told.
    pub min_number_of_executed_things: i32,
}

/// How long a device may take (`IoTJobTimeoutConfig`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeoutConfig {
    /// Minutes in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_progress_timeout_in_minutes: Option<i64>,
}
