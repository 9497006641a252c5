//! Between our shapes of a deployment and the SDK's.

use aws_sdk_greengrassv2::{error::BuildError, types};

use super::document::{
    AbortConfig, AbortCriterion, ComponentSpec, ComponentUpdatePolicy, ConfigurationUpdate,
    ExponentialRate, JobConfiguration, Policies, RateIncrease, ResourceLimits, RolloutConfig,
    RunWith, TimeoutConfig, ValidationPolicy,
};

impl ComponentSpec {
    pub(super) fn to_wire(&self) -> Result<types::ComponentDeploymentSpecification, BuildError> {
        let update = self.configuration_update.as_ref().map(|update| {
            types::ComponentConfigurationUpdate::builder()
                .set_merge(update.merge.clone())
                .set_reset(update.reset.clone())
                .build()
        });
        let run_with = self.run_with.as_ref().map(|run| {
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
            .component_version(&self.component_version)
            .set_configuration_update(update)
            .set_run_with(run_with)
            .build()
    }

    pub(super) fn of_wire(spec: types::ComponentDeploymentSpecification) -> Self {
        Self {
            component_version: spec.component_version,
            configuration_update: spec.configuration_update.map(|update| ConfigurationUpdate {
                merge: update.merge,
                reset: update.reset,
            }),
            run_with: spec.run_with.map(|run| RunWith {
                posix_user: run.posix_user,
                windows_user: run.windows_user,
                // The SDK reads a limit that is absent as zero, and none at zero can be meant.
                system_resource_limits: run.system_resource_limits.map(|limits| ResourceLimits {
                    memory: (limits.memory != 0).then_some(limits.memory),
                    cpus: (limits.cpus != 0.0).then_some(limits.cpus),
                }),
            }),
        }
    }
}

impl Policies {
    pub(super) fn to_wire(&self) -> types::DeploymentPolicies {
        let update = self.component_update_policy.as_ref().map(|policy| {
            types::DeploymentComponentUpdatePolicy::builder()
                .set_timeout_in_seconds(policy.timeout_in_seconds)
                .set_action(policy.action.as_deref().map(Into::into))
                .build()
        });
        let validation = self.configuration_validation_policy.as_ref().map(|policy| {
            types::DeploymentConfigurationValidationPolicy::builder()
                .set_timeout_in_seconds(policy.timeout_in_seconds)
                .build()
        });
        types::DeploymentPolicies::builder()
            .set_failure_handling_policy(self.failure_handling_policy.as_deref().map(Into::into))
            .set_component_update_policy(update)
            .set_configuration_validation_policy(validation)
            .build()
    }

    pub(super) fn of_wire(policies: types::DeploymentPolicies) -> Self {
        Self {
            failure_handling_policy: policies
                .failure_handling_policy
                .map(|policy| policy.as_str().to_owned()),
            component_update_policy: policies.component_update_policy.map(|policy| {
                ComponentUpdatePolicy {
                    timeout_in_seconds: policy.timeout_in_seconds,
                    action: policy.action.map(|action| action.as_str().to_owned()),
                }
            }),
            configuration_validation_policy: policies.configuration_validation_policy.map(
                |policy| ValidationPolicy {
                    timeout_in_seconds: policy.timeout_in_seconds,
                },
            ),
        }
    }
}

impl JobConfiguration {
    pub(super) fn to_wire(&self) -> Result<types::DeploymentIoTJobConfiguration, BuildError> {
        let rollout = self
            .job_executions_rollout_config
            .as_ref()
            .map(RolloutConfig::to_wire)
            .transpose()?;
        let abort = self
            .abort_config
            .as_ref()
            .map(|abort| {
                let criteria = abort
                    .criteria_list
                    .iter()
                    .map(AbortCriterion::to_wire)
                    .collect::<Result<Vec<_>, _>>()?;
                types::IoTJobAbortConfig::builder()
                    .set_criteria_list(Some(criteria))
                    .build()
            })
            .transpose()?;
        let timeout = self.timeout_config.as_ref().map(|timeout| {
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

    pub(super) fn of_wire(job: types::DeploymentIoTJobConfiguration) -> Self {
        Self {
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
            abort_config: job.abort_config.map(|abort| AbortConfig {
                criteria_list: abort
                    .criteria_list
                    .into_iter()
                    .map(|criterion| AbortCriterion {
                        failure_type: criterion.failure_type.as_str().to_owned(),
                        action: criterion.action.as_str().to_owned(),
                        threshold_percentage: criterion.threshold_percentage,
                        min_number_of_executed_things: criterion.min_number_of_executed_things,
                    })
                    .collect(),
            }),
            timeout_config: job.timeout_config.map(|timeout| TimeoutConfig {
                in_progress_timeout_in_minutes: timeout.in_progress_timeout_in_minutes,
            }),
        }
    }
}

impl RolloutConfig {
    fn to_wire(&self) -> Result<types::IoTJobExecutionsRolloutConfig, BuildError> {
        let exponential = self
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
            .set_maximum_per_minute(self.maximum_per_minute)
            .build())
    }
}

impl AbortCriterion {
    fn to_wire(&self) -> Result<types::IoTJobAbortCriteria, BuildError> {
        types::IoTJobAbortCriteria::builder()
            .failure_type(self.failure_type.as_str().into())
            .action(self.action.as_str().into())
            .threshold_percentage(self.threshold_percentage)
            .min_number_of_executed_things(self.min_number_of_executed_things)
            .build()
    }
}
