//! How the IoT job behind a thing group's deployment is rolled out (service model: `DeploymentIoTJobConfiguration`).

use serde::{Deserialize, Serialize};
use specta::Type;

/// Rate, abort and timeout of the job.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IotJobConfiguration {
    /// When the job is cancelled by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_config: Option<AbortConfig>,
    /// How fast devices are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_executions_rollout_config: Option<RolloutConfig>,
    /// How long each device may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_config: Option<TimeoutConfig>,
}

/// When the job is cancelled by itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AbortConfig {
    /// Any of these is enough; at least one.
    pub criteria_list: Vec<AbortCriteria>,
}

/// One reason to cancel the job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AbortCriteria {
    /// What is done: there is but one choice.
    pub action: AbortAction,
    /// Which failures count.
    pub failure_type: AbortFailure,
    /// Devices that must have got the deployment before it is looked at; at least 1.
    pub min_number_of_executed_things: i32,
    /// Per cent of failures, up to 100, with two decimals.
    pub threshold_percentage: f64,
}

/// What an abort does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AbortAction {
    /// Cancels the job.
    #[default]
    Cancel,
}

/// Which failures count for an abort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AbortFailure {
    /// The deployment failed on the device.
    Failed,
    /// The device refused it.
    Rejected,
    /// It took too long.
    TimedOut,
    /// Any of them.
    #[default]
    All,
}

/// How fast devices are told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RolloutConfig {
    /// A rate that grows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exponential_rate: Option<ExponentialRate>,
    /// Devices a minute at most, 1 to 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_per_minute: Option<i32>,
}

/// A rate that grows with what has been done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExponentialRate {
    /// Devices a minute to begin with, 1 to 1,000.
    pub base_rate_per_minute: i32,
    /// By how much the rate is multiplied, 1 to 5, with one decimal.
    pub increment_factor: f64,
    /// When it is.
    pub rate_increase_criteria: RateIncrease,
}

/// When the rate grows: one of the two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateIncrease {
    /// Devices told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_notified_things: Option<i32>,
    /// Devices that succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_succeeded_things: Option<i32>,
}

/// How long each device may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeoutConfig {
    /// Minutes from the beginning on the device, 1 to 10,080.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_progress_timeout_in_minutes: Option<i64>,
}
