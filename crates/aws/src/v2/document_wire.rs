//! Between a deployment document and the SDK's shapes of it.

use aws_sdk_greengrassv2::{error::BuildError, types};
use overseed_domain::v2::{
    document::{
        ComponentSpec, ComponentUpdatePolicy, ConfigurationUpdate, ConfigurationValidationPolicy,
        DeploymentPolicies, FailureHandling, RunWith, SystemResourceLimits, UpdateAction,
    },
    job::{
        AbortAction, AbortConfig, AbortCriteria, AbortFailure, ExponentialRate,
        IotJobConfiguration, RateIncrease, RolloutConfig, TimeoutConfig,
    },
};
use thiserror::Error;

/// A deployment says a word that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} is “{word}”")]
pub struct UnknownWord {
    /// Where, by the service model's name.
    pub field: &'static str,
    /// The word.
    pub word: String,
}

fn unknown(field: &'static str, word: &str) -> UnknownWord {
    UnknownWord {
        field,
        word: word.to_owned(),
    }
}

pub(super) fn component_to_wire(
    spec: &ComponentSpec,
) -> Result<types::ComponentDeploymentSpecification, BuildError> {
    let update = spec.configuration_update.as_ref().map(|update| {
        types::ComponentConfigurationUpdate::builder()
            .set_merge(update.merge.clone())
            .set_reset((!update.reset.is_empty()).then(|| update.reset.clone()))
            .build()
    });
    let run_with = spec.run_with.as_ref().map(|run| {
        let limits = run.system_resource_limits.as_ref().map(|limits| {
            types::SystemResourceLimits::builder()
                .set_memory(limits.memory)
                .set_cpus(limits.cpus)
                .build()
        });
        types::ComponentRunWith::builder()
            .set_posix_user(run.posix_user.clone())
            .set_windows_user(run.windows_user.clone())
            .set_system_resource_limits(limits)
            .build()
    });
    types::ComponentDeploymentSpecification::builder()
        .component_version(&spec.component_version)
        .set_configuration_update(update)
        .set_run_with(run_with)
        .build()
}

pub(super) fn component_of_wire(spec: types::ComponentDeploymentSpecification) -> ComponentSpec {
    ComponentSpec {
        component_version: spec.component_version,
        configuration_update: spec.configuration_update.map(|update| ConfigurationUpdate {
            merge: update.merge,
            reset: update.reset.unwrap_or_default(),
        }),
        run_with: spec.run_with.map(|run| RunWith {
            posix_user: run.posix_user,
            windows_user: run.windows_user,
            // The SDK reads a limit that is absent as zero, and none at zero can be meant.
            system_resource_limits: run
                .system_resource_limits
                .map(|limits| SystemResourceLimits {
                    memory: (limits.memory != 0).then_some(limits.memory),
                    cpus: (limits.cpus != 0.0).then_some(limits.cpus),
                }),
        }),
    }
}

pub(super) fn policies_to_wire(policies: &DeploymentPolicies) -> types::DeploymentPolicies {
    let update = policies.component_update_policy.map(|policy| {
        types::DeploymentComponentUpdatePolicy::builder()
            .set_timeout_in_seconds(policy.timeout_in_seconds)
            .set_action(policy.action.map(|action| match action {
                UpdateAction::NotifyComponents => {
                    types::DeploymentComponentUpdatePolicyAction::NotifyComponents
                }
                UpdateAction::SkipNotifyComponents => {
                    types::DeploymentComponentUpdatePolicyAction::SkipNotifyComponents
                }
            }))
            .build()
    });
    let validation = policies.configuration_validation_policy.map(|policy| {
        types::DeploymentConfigurationValidationPolicy::builder()
            .set_timeout_in_seconds(policy.timeout_in_seconds)
            .build()
    });
    let failure = policies.failure_handling_policy.map(|policy| match policy {
        FailureHandling::Rollback => types::DeploymentFailureHandlingPolicy::Rollback,
        FailureHandling::DoNothing => types::DeploymentFailureHandlingPolicy::DoNothing,
    });
    types::DeploymentPolicies::builder()
        .set_failure_handling_policy(failure)
        .set_component_update_policy(update)
        .set_configuration_validation_policy(validation)
        .build()
}

pub(super) fn policies_of_wire(
    policies: types::DeploymentPolicies,
) -> Result<DeploymentPolicies, UnknownWord> {
    let failure = policies
        .failure_handling_policy
        .map(|policy| match policy {
            types::DeploymentFailureHandlingPolicy::Rollback => Ok(FailureHandling::Rollback),
            types::DeploymentFailureHandlingPolicy::DoNothing => Ok(FailureHandling::DoNothing),
            other => Err(unknown("failureHandlingPolicy", other.as_str())),
        })
        .transpose()?;
    let update = policies
        .component_update_policy
        .map(|policy| {
            let action = policy.action.map(|action| match action {
                types::DeploymentComponentUpdatePolicyAction::NotifyComponents => {
                    Ok(UpdateAction::NotifyComponents)
                }
                types::DeploymentComponentUpdatePolicyAction::SkipNotifyComponents => {
                    Ok(UpdateAction::SkipNotifyComponents)
                }
                other => Err(unknown("componentUpdatePolicy.action", other.as_str())),
            });
            Ok(ComponentUpdatePolicy {
                timeout_in_seconds: policy.timeout_in_seconds,
                action: action.transpose()?,
            })
        })
        .transpose()?;
    Ok(DeploymentPolicies {
        failure_handling_policy: failure,
        component_update_policy: update,
        configuration_validation_policy: policies.configuration_validation_policy.map(|policy| {
            ConfigurationValidationPolicy {
                timeout_in_seconds: policy.timeout_in_seconds,
            }
        }),
    })
}

pub(super) fn job_to_wire(
    job: &IotJobConfiguration,
) -> Result<types::DeploymentIoTJobConfiguration, BuildError> {
    let rollout = job
        .job_executions_rollout_config
        .as_ref()
        .map(rollout_to_wire)
        .transpose()?;
    let abort = job
        .abort_config
        .as_ref()
        .map(|abort| {
            let criteria = abort
                .criteria_list
                .iter()
                .map(abort_to_wire)
                .collect::<Result<Vec<_>, _>>()?;
            types::IoTJobAbortConfig::builder()
                .set_criteria_list(Some(criteria))
                .build()
        })
        .transpose()?;
    let timeout = job.timeout_config.as_ref().map(|timeout| {
        types::IoTJobTimeoutConfig::builder()
            .set_in_progress_timeout_in_minutes(timeout.in_progress_timeout_in_minutes)
            .build()
    });
    Ok(types::DeploymentIoTJobConfiguration::builder()
        .set_job_executions_rollout_config(rollout)
        .set_abort_config(abort)
        .set_timeout_config(timeout)
        .build())
}

pub(super) fn job_of_wire(
    job: types::DeploymentIoTJobConfiguration,
) -> Result<IotJobConfiguration, UnknownWord> {
    let abort = job
        .abort_config
        .map(|abort| {
            let criteria = abort.criteria_list.into_iter().map(abort_of_wire);
            Ok(AbortConfig {
                criteria_list: criteria.collect::<Result<_, _>>()?,
            })
        })
        .transpose()?;
    Ok(IotJobConfiguration {
        job_executions_rollout_config: job.job_executions_rollout_config.map(|rollout| {
            RolloutConfig {
                exponential_rate: rollout.exponential_rate.map(|rate| {
                    let criteria = rate.rate_increase_criteria;
                    ExponentialRate {
                        base_rate_per_minute: rate.base_rate_per_minute,
                        increment_factor: rate.increment_factor,
                        rate_increase_criteria: criteria
                            .map(|criteria| RateIncrease {
                                number_of_notified_things: criteria.number_of_notified_things,
                                number_of_succeeded_things: criteria.number_of_succeeded_things,
                            })
                            .unwrap_or_default(),
                    }
                }),
                maximum_per_minute: rollout.maximum_per_minute,
            }
        }),
        abort_config: abort,
        timeout_config: job.timeout_config.map(|timeout| TimeoutConfig {
            in_progress_timeout_in_minutes: timeout.in_progress_timeout_in_minutes,
        }),
    })
}

fn rollout_to_wire(
    rollout: &RolloutConfig,
) -> Result<types::IoTJobExecutionsRolloutConfig, BuildError> {
    let exponential = rollout
        .exponential_rate
        .as_ref()
        .map(|rate| {
            let criteria = &rate.rate_increase_criteria;
            types::IoTJobExponentialRolloutRate::builder()
                .base_rate_per_minute(rate.base_rate_per_minute)
                .increment_factor(rate.increment_factor)
                .rate_increase_criteria(
                    types::IoTJobRateIncreaseCriteria::builder()
                        .set_number_of_notified_things(criteria.number_of_notified_things)
                        .set_number_of_succeeded_things(criteria.number_of_succeeded_things)
                        .build(),
                )
                .build()
        })
        .transpose()?;
    Ok(types::IoTJobExecutionsRolloutConfig::builder()
        .set_exponential_rate(exponential)
        .set_maximum_per_minute(rollout.maximum_per_minute)
        .build())
}

fn abort_to_wire(criteria: &AbortCriteria) -> Result<types::IoTJobAbortCriteria, BuildError> {
    let failure = match criteria.failure_type {
        AbortFailure::Failed => types::IoTJobExecutionFailureType::Failed,
        AbortFailure::Rejected => types::IoTJobExecutionFailureType::Rejected,
        AbortFailure::TimedOut => types::IoTJobExecutionFailureType::TimedOut,
        AbortFailure::All => types::IoTJobExecutionFailureType::All,
    };
    let AbortAction::Cancel = criteria.action;
    types::IoTJobAbortCriteria::builder()
        .failure_type(failure)
        .action(types::IoTJobAbortAction::Cancel)
        .threshold_percentage(criteria.threshold_percentage)
        .min_number_of_executed_things(criteria.min_number_of_executed_things)
        .build()
}

fn abort_of_wire(criteria: types::IoTJobAbortCriteria) -> Result<AbortCriteria, UnknownWord> {
    Ok(AbortCriteria {
        action: match criteria.action {
            types::IoTJobAbortAction::Cancel => AbortAction::Cancel,
            other => return Err(unknown("abortConfig.action", other.as_str())),
        },
        failure_type: match criteria.failure_type {
            types::IoTJobExecutionFailureType::Failed => AbortFailure::Failed,
            types::IoTJobExecutionFailureType::Rejected => AbortFailure::Rejected,
            types::IoTJobExecutionFailureType::TimedOut => AbortFailure::TimedOut,
            types::IoTJobExecutionFailureType::All => AbortFailure::All,
            other => return Err(unknown("abortConfig.failureType", other.as_str())),
        },
        min_number_of_executed_things: criteria.min_number_of_executed_things,
        threshold_percentage: criteria.threshold_percentage,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn what_is_sent_is_what_is_read() {
        let spec: ComponentSpec = serde_json::from_value(serde_json::json!({
            "componentVersion": "1.0.0",
            "configurationUpdate": { "merge": "{}", "reset": ["/a"] },
            "runWith": { "posixUser": "u", "systemResourceLimits": { "cpus": 0.5 } },
        }))
        .unwrap();
        assert_eq!(component_of_wire(component_to_wire(&spec).unwrap()), spec);
        for (failure, action) in [
            (FailureHandling::Rollback, UpdateAction::NotifyComponents),
            (
                FailureHandling::DoNothing,
                UpdateAction::SkipNotifyComponents,
            ),
        ] {
            let policies = DeploymentPolicies {
                failure_handling_policy: Some(failure),
                component_update_policy: Some(ComponentUpdatePolicy {
                    action: Some(action),
                    timeout_in_seconds: Some(90),
                }),
                configuration_validation_policy: None,
            };
            assert_eq!(
                policies_of_wire(policies_to_wire(&policies)).unwrap(),
                policies
            );
        }
        for failure in ["FAILED", "REJECTED", "TIMED_OUT", "ALL"] {
            let job: IotJobConfiguration = serde_json::from_value(serde_json::json!({
                "abortConfig": { "criteriaList": [{
                    "action": "CANCEL", "failureType": failure,
                    "minNumberOfExecutedThings": 2, "thresholdPercentage": 12.5,
                }] },
                "jobExecutionsRolloutConfig": { "exponentialRate": {
                    "baseRatePerMinute": 5, "incrementFactor": 1.5,
                    "rateIncreaseCriteria": { "numberOfSucceededThings": 10 },
                }, "maximumPerMinute": 50 },
                "timeoutConfig": { "inProgressTimeoutInMinutes": 30 },
            }))
            .unwrap();
            assert_eq!(job_of_wire(job_to_wire(&job).unwrap()).unwrap(), job);
        }
    }

    #[test]
    fn words_that_are_not_known_are_told() {
        let policies = types::DeploymentPolicies::builder()
            .failure_handling_policy("WAIT".into())
            .build();
        let told = policies_of_wire(policies).unwrap_err();
        assert_eq!(told.to_string(), "failureHandlingPolicy is “WAIT”");
    }
}
