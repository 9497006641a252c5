//! AWS IoT Greengrass V2 and what it stands on: core devices, components and deployments, thing groups and jobs of AWS
//! IoT, secrets, and state machines that carry a plan out. All shapes are named by the services' models.

mod components;
mod cores;
mod deployments;
mod document_wire;
mod jobs;
mod lazy;
mod map_runs;
mod secrets;
mod state_machines;
mod thing_groups;

pub use components::{
    Component, ComponentDetail, ComponentState, ComponentVersion, CreatedComponent, Platform,
    RecipeFormat, Scope,
};
pub use cores::{CoreDevice, CoreDeviceDetail, EffectiveDeployment, InstalledComponent};
pub use deployments::{CreateDeployment, CreatedDeployment, Deployment, ListedDeployment};
pub use document_wire::UnknownWord;
pub use jobs::{Job, JobCounts, JobExecution};
pub(crate) use lazy::Lazy;
pub use map_runs::{MapRun, MapRunCounts, MapRunDetail, MapRunPace};
pub use secrets::{CreatedSecret, Secret};
pub use state_machines::{Execution, StartedExecution, StateMachine};
pub use thing_groups::{ThingGroup, ThingGroupDetail};

use std::collections::BTreeMap;

/// Tags as the services answer them, in order.
fn tags(tags: Option<std::collections::HashMap<String, String>>) -> BTreeMap<String, String> {
    tags.unwrap_or_default().into_iter().collect()
}

/// Text that is there and not empty.
fn text(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// A count that the service gives as a signed number.
fn count(number: impl TryInto<u64>) -> u64 {
    number.try_into().unwrap_or(0)
}
