//! How the IoT job behind a thing group's deployment is rolled out (service model: `DeploymentIoTJobConfiguration`).

use serde::{Deserialize, Serialize};
use specta::Type;

/// Devices a minute (service model: `IoTJobMaxExecutionsPerMin`, `IoTJobRolloutBaseRatePerMinute`).
const MOST_PER_MINUTE: i32 = 1_000;

/// Minutes of a week (AWS IoT API: `TimeoutConfig`).
const MOST_MINUTES: i64 = 10_080;

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

impl IotJobConfiguration {
    /// What AWS IoT Jobs would refuse, one sentence each. It says so only when the deployment is made, and by then the thing
    /// group is there.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut wants = |is_so: bool, sentence: &str, is: String| {
            if !is_so {
                faults.push(format!("{sentence}, not {is}."));
            }
        };
        let per_minute = 1..=MOST_PER_MINUTE;
        let rollout = self.job_executions_rollout_config.as_ref();
        if let Some(most) = rollout.and_then(|rollout| rollout.maximum_per_minute) {
            let sentence = "Devices a minute have to be 1 to 1,000";
            wants(per_minute.contains(&most), sentence, most.to_string());
        }
        if let Some(growing) = rollout.and_then(|rollout| rollout.exponential_rate.as_ref()) {
            let (base, factor) = (growing.base_rate_per_minute, growing.increment_factor);
            let sentence = "The first rate has to be 1 to 1,000 devices a minute";
            wants(per_minute.contains(&base), sentence, base.to_string());
            let is_factor = (1.1..=5.0).contains(&factor) && decimals(factor) <= 1;
            let sentence = "The rate's factor has to be 1.1 to 5, with one decimal at most";
            wants(is_factor, sentence, factor.to_string());
            let RateIncrease {
                number_of_notified_things: notified,
                number_of_succeeded_things: succeeded,
            } = growing.rate_increase_criteria;
            let sentence = "The rate has to grow after a number of devices, 1 or more";
            let after = notified.or(succeeded);
            let is = after.map_or_else(|| "after none".to_owned(), |after| after.to_string());
            let given = [notified, succeeded].into_iter().flatten();
            wants(
                after.is_some() && given.min().is_some_and(|least| least >= 1),
                sentence,
                is,
            );
        }
        if let Some(abort) = &self.abort_config {
            let is_some = !abort.criteria_list.is_empty();
            wants(is_some, "An abort needs a reason", "none".to_owned());
            for reason in &abort.criteria_list {
                let (percent, least) = (
                    reason.threshold_percentage,
                    reason.min_number_of_executed_things,
                );
                let is_share = percent > 0.0 && percent <= 100.0 && decimals(percent) <= 2;
                let sentence = "The share of failures at which the job is cancelled has to be above 0 and up to 100 per cent, \
                                with two decimals at most";
                wants(is_share, sentence, percent.to_string());
                let sentence = "The devices after which failures count have to be 1 or more";
                wants(least >= 1, sentence, least.to_string());
            }
        }
        let timeout = self.timeout_config.as_ref();
        if let Some(minutes) = timeout.and_then(|timeout| timeout.in_progress_timeout_in_minutes) {
            let sentence = "The minutes that each device may take have to be 1 to 10,080";
            wants(
                (1..=MOST_MINUTES).contains(&minutes),
                sentence,
                minutes.to_string(),
            );
        }
        faults
    }
}

/// Digits behind the point, as the number is written.
fn decimals(number: f64) -> usize {
    let written = number.to_string();
    written
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn faults(text: &str) -> Vec<String> {
        serde_json::from_str::<IotJobConfiguration>(text)
            .unwrap()
            .faults()
    }

    fn abort(percent: &str, least: i64) -> String {
        format!(
            "{{\"abortConfig\":{{\"criteriaList\":[{{\"action\":\"CANCEL\",\"failureType\":\"ALL\",\
             \"minNumberOfExecutedThings\":{least},\"thresholdPercentage\":{percent}}}]}}}}"
        )
    }

    fn growing(base: i64, factor: &str, criteria: &str) -> String {
        format!(
            "{{\"jobExecutionsRolloutConfig\":{{\"exponentialRate\":{{\"baseRatePerMinute\":{base},\
             \"incrementFactor\":{factor},\"rateIncreaseCriteria\":{criteria}}}}}}}"
        )
    }

    fn per_minute(rate: i64) -> String {
        format!("{{\"jobExecutionsRolloutConfig\":{{\"maximumPerMinute\":{rate}}}}}")
    }

    fn timeout(minutes: i64) -> String {
        format!("{{\"timeoutConfig\":{{\"inProgressTimeoutInMinutes\":{minutes}}}}}")
    }

    #[test]
    fn what_the_service_takes_has_no_faults() {
        let notified = "{\"numberOfNotifiedThings\":1}";
        for text in [
            "{}".to_owned(),
            per_minute(1),
            per_minute(1_000),
            abort("0.01", 1),
            abort("100", 2_000),
            timeout(1),
            timeout(10_080),
            growing(1, "1.1", notified),
            growing(1_000, "5", "{\"numberOfSucceededThings\":9}"),
        ] {
            assert_eq!(faults(&text), [""; 0], "{text}");
        }
    }

    #[test]
    fn each_setting_out_of_range_is_one_sentence() {
        let notified = "{\"numberOfNotifiedThings\":1}";
        for (text, words) in [
            (per_minute(0), "not 0."),
            (per_minute(1_001), "not 1001."),
            (abort("0", 1), "not 0."),
            (abort("-1", 1), "not -1."),
            (abort("100.01", 1), "not 100.01."),
            (abort("10.999", 1), "not 10.999."),
            (abort("10", 0), "1 or more, not 0."),
            ("{\"abortConfig\":{\"criteriaList\":[]}}".to_owned(), "none"),
            (timeout(0), "not 0."),
            (timeout(10_081), "not 10081."),
            (growing(0, "2", notified), "not 0."),
            (growing(1_001, "2", notified), "not 1001."),
            (growing(9, "1", notified), "not 1."),
            (growing(9, "1.55", notified), "not 1.55."),
            (growing(9, "5.1", notified), "not 5.1."),
            (growing(9, "2", "{}"), "after none"),
            (growing(9, "2", "{\"numberOfSucceededThings\":0}"), "not 0."),
        ] {
            let found = faults(&text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found.concat().contains(words), "{text}: {found:?}");
        }
    }
}
