//! How a V2 plan is carried out.

use overseed_domain::v2::{job::IotJobConfiguration, roles::Wishes};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{Error, ErrorCode, Problem};

/// Targets up to which a plan is carried out directly, unless said otherwise: at five calls a second that is less than a
/// minute, and nothing has to be made in the account.
pub const DIRECT_TARGETS: u32 = 200;

/// What makes the deployments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// This app, one call a target, from the run's own journal. Goes on only while the app runs.
    #[default]
    Direct,
    /// One deployment to a thing group that is made for the wave; all targets get the same.
    ThingGroup,
    /// A Distributed Map of AWS Step Functions, which goes on without the app.
    StepFunctions,
}

/// What only V2 plans say of how they are carried out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanV2 {
    /// What makes the deployments.
    pub way: Way,
    /// Rate, abort and timeout of the thing group's job; for [`Way::ThingGroup`] only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<IotJobConfiguration>,
    /// Items that the Distributed Map works on at once to begin with, 1 to 10,000; for [`Way::StepFunctions`] only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// The devices' role, by name or ARN; absent for the one that AWS's guide names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_role: Option<String>,
    /// What that role is to have beside what the components say.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wishes: Wishes,
}

/// The name that AWS's installer gives the devices' role unless told another (guide: "Install AWS IoT Greengrass Core
/// software with automatic resource provisioning").
pub const DEVICE_ROLE: &str = "GreengrassV2TokenExchangeRole";

fn is_default(wishes: &Wishes) -> bool {
    *wishes == Wishes::default()
}

/// The way that is proposed for so many targets.
#[must_use]
pub const fn proposed_way(targets: u32) -> Way {
    if targets <= DIRECT_TARGETS {
        Way::Direct
    } else {
        Way::StepFunctions
    }
}

impl PlanV2 {
    /// The devices' role.
    #[must_use]
    pub fn device_role(&self) -> &str {
        let named = self.device_role.as_deref().map(str::trim);
        named.filter(|role| !role.is_empty()).unwrap_or(DEVICE_ROLE)
    }

    /// Refuses what the services would refuse.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`].
    pub(crate) fn valid(&self) -> Result<(), Error> {
        let bad = |message: &str, hint: &str| {
            Err(Problem::new(ErrorCode::InvalidInput, message)
                .hint(hint)
                .into())
        };
        // Distributed Map takes 0 for the most it can, 10,000 (Step Functions Developer Guide, "MaxConcurrency").
        if self.concurrency.is_some_and(|c| !(1..=10_000).contains(&c)) {
            return bad(
                "So many items cannot be worked on at once",
                "Give 1 to 10,000; 5 is a careful beginning.",
            );
        }
        if self.job.is_some() && self.way != Way::ThingGroup {
            return bad(
                "Rate, abort and timeout of a job count for a thing group's deployment only",
                "Choose the thing group as the way, or leave the job out.",
            );
        }
        let faults = self.job.as_ref().map(IotJobConfiguration::faults);
        if let Some(faults) = faults.filter(|faults| !faults.is_empty()) {
            return Err(Problem::new(
                ErrorCode::InvalidInput,
                "AWS IoT would not take the settings of the thing group's job",
            )
            .detail(faults.join(" "))
            .hint("Give what is named another value, or leave it out.")
            .into());
        }
        Ok(())
    }
}
