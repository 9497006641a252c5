//! What can be typed about plans of Greengrass V2.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use overseed_domain::v2::{
    document::{
        ComponentUpdatePolicy, ConfigurationValidationPolicy, DeploymentPolicies, FailureHandling,
        UpdateAction,
    },
    job::{
        AbortAction, AbortConfig, AbortCriteria, AbortFailure, IotJobConfiguration, RolloutConfig,
        TimeoutConfig,
    },
};
use overseed_engine::v2::plan::Way;

/// What only `plan new --v2` takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Greengrass V2")]
pub struct PlanV2Args {
    /// Plan deployments to core devices instead. --filter looks at the things' names; bucket and role are needed only where
    /// Step Functions makes the deployments
    #[arg(long, conflicts_with_all = ["groups", "pack", "read_by"])]
    pub v2: bool,
    /// A list of core devices: a thing's name or ARN on each line
    #[arg(long, value_name = "FILE", requires = "v2", conflicts_with = "filter")]
    pub devices: Option<PathBuf>,
    /// The core devices in this thing group; who is in it is read anew
    #[arg(long, value_name = "NAME", requires = "v2", conflicts_with_all = ["filter", "devices"])]
    pub thing_group: Option<String>,
    /// Add a component or change its version; again for each further one. What is not named stays as each device has it
    #[arg(long = "component", value_name = "NAME=VERSION", requires = "v2", value_parser = pair)]
    pub components: Vec<(String, String)>,
    /// Take a component off; again for each further one
    #[arg(long, value_name = "NAME", requires = "v2")]
    pub remove: Vec<String>,
    /// Merge a JSON object into a component's configuration; {thingName} and columns of --rows are filled in
    #[arg(long = "merge", value_name = "NAME=FILE", requires = "v2", value_parser = pair)]
    pub merges: Vec<(String, String)>,
    /// Take a path of a component's configuration back to its default, such as com.example.Hello=/port
    #[arg(long = "reset", value_name = "NAME=PATH", requires = "v2", value_parser = pair)]
    pub resets: Vec<(String, String)>,
    /// What single devices get, as CSV or JSON lines: thingName, component:NAME, merge:NAME, config:NAME/path, reset:NAME,
    /// and any other column for templates. A config cell in CSV is what it reads as in JSON, such as 81 or true, and else a
    /// text; "81" in quotes is one too. Without --filter, --devices and --thing-group the plan is for these devices
    #[arg(long, value_name = "FILE", requires = "v2")]
    pub rows: Option<PathBuf>,
    /// What a device does where the deployment fails
    #[arg(long, value_name = "WHAT", requires = "v2")]
    policy: Option<PolicyArg>,
    /// Ask components before they are updated; they have so many seconds to answer
    #[arg(long, value_name = "SECONDS", requires = "v2")]
    notify: Option<i32>,
    /// Do not ask components before they are updated
    #[arg(long, requires = "v2", conflicts_with = "notify")]
    skip_notify: bool,
    /// Components have so many seconds to look at their new configuration
    #[arg(long, value_name = "SECONDS", requires = "v2")]
    validate: Option<i32>,
    /// The deployments' name, with templates [default: the plan's name]
    #[arg(long, value_name = "TEXT", requires = "v2")]
    pub deployment_name: Option<String>,
    /// What makes the deployments [default: the app itself up to 200 devices, else Step Functions]
    #[arg(long, value_name = "WAY", requires = "v2")]
    way: Option<WayArg>,
    /// Devices that Step Functions works on at once to begin with [default: 5]
    #[arg(long, value_name = "NUMBER", requires = "v2")]
    pub concurrency: Option<u32>,
    /// The devices' role (token exchange role) [default: GreengrassV2TokenExchangeRole]
    #[arg(long, value_name = "NAME", requires = "v2")]
    pub device_role: Option<String>,
    /// The devices' role is to let them send logs to CloudWatch
    #[arg(long, requires = "v2")]
    pub device_logs: bool,
    /// Devices a minute that a thing group's job tells
    #[arg(long, value_name = "NUMBER", requires = "v2")]
    per_minute: Option<i32>,
    /// Per cent of failures at which a thing group's job is cancelled
    #[arg(long, value_name = "PERCENT", requires = "v2")]
    abort_at: Option<f64>,
    /// Devices that must have got the deployment before --abort-at counts
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "abort_at",
        default_value_t = 1
    )]
    abort_after: i32,
    /// Minutes that each device may take in a thing group's job
    #[arg(long, value_name = "MINUTES", requires = "v2")]
    device_timeout: Option<i64>,
    /// Deploy to devices as well for which nothing changes
    #[arg(long, requires = "v2")]
    pub unchanged: bool,
    /// Read all present deployments anew; otherwise only those that were not read in the last 15 minutes
    #[arg(long, requires = "v2")]
    pub fresh: bool,
}

/// What a device does where the deployment fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PolicyArg {
    /// Go back to what it had
    Rollback,
    /// Stay as it is
    DoNothing,
}

/// What makes the deployments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WayArg {
    /// The app itself, while it runs
    Direct,
    /// One deployment to a thing group that is made for each wave
    ThingGroup,
    /// AWS Step Functions, which goes on without the app
    StepFunctions,
}

impl PlanV2Args {
    /// The way, where one was given.
    pub fn way(&self) -> Option<Way> {
        self.way.map(|way| match way {
            WayArg::Direct => Way::Direct,
            WayArg::ThingGroup => Way::ThingGroup,
            WayArg::StepFunctions => Way::StepFunctions,
        })
    }

    /// The policies, where any were given.
    pub fn policies(&self) -> Option<DeploymentPolicies> {
        let action = if self.skip_notify {
            Some(UpdateAction::SkipNotifyComponents)
        } else {
            self.notify.map(|_| UpdateAction::NotifyComponents)
        };
        let policies = DeploymentPolicies {
            component_update_policy: action.map(|action| ComponentUpdatePolicy {
                action: Some(action),
                timeout_in_seconds: self.notify,
            }),
            configuration_validation_policy: self.validate.map(|seconds| {
                ConfigurationValidationPolicy {
                    timeout_in_seconds: Some(seconds),
                }
            }),
            failure_handling_policy: self.policy.map(|policy| match policy {
                PolicyArg::Rollback => FailureHandling::Rollback,
                PolicyArg::DoNothing => FailureHandling::DoNothing,
            }),
        };
        (policies != DeploymentPolicies::default()).then_some(policies)
    }

    /// The thing group's job, where anything was said of it.
    pub fn job(&self) -> Option<IotJobConfiguration> {
        let job = IotJobConfiguration {
            abort_config: self.abort_at.map(|threshold_percentage| AbortConfig {
                criteria_list: vec![AbortCriteria {
                    action: AbortAction::Cancel,
                    failure_type: AbortFailure::All,
                    min_number_of_executed_things: self.abort_after,
                    threshold_percentage,
                }],
            }),
            job_executions_rollout_config: self.per_minute.map(|per_minute| RolloutConfig {
                exponential_rate: None,
                maximum_per_minute: Some(per_minute),
            }),
            timeout_config: self.device_timeout.map(|minutes| TimeoutConfig {
                in_progress_timeout_in_minutes: Some(minutes),
            }),
        };
        (job != IotJobConfiguration::default()).then_some(job)
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write the component's name, =, and what it gets".to_owned()),
    }
}
