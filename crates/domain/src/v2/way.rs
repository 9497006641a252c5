//! How the deployments of a plan are made.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The three ways of carrying a plan of core devices out.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The app calls CreateDeployment for one device after the other, and has to be open meanwhile.
    #[default]
    Direct,
    /// One deployment to a thing group that is made for each wave: where all targets have the same outcome.
    ThingGroup,
    /// AWS Step Functions makes the deployments, a child execution for each device, with or without the app.
    StepFunctions,
}

impl Way {
    /// Targets up to which the app proposes to make the deployments itself.
    pub const MOST_DIRECT: u32 = 200;

    /// The way that is proposed for so many targets whose outcomes differ, or may.
    #[must_use]
    pub const fn proposed(targets: u32) -> Self {
        if targets <= Self::MOST_DIRECT {
            Self::Direct
        } else {
            Self::StepFunctions
        }
    }

    /// Whether a bucket is needed for the files of its waves.
    #[must_use]
    pub const fn needs_bucket(self) -> bool {
        matches!(self, Self::StepFunctions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_plans_are_made_directly_and_large_ones_by_step_functions() {
        assert_eq!(Way::proposed(200), Way::Direct);
        assert_eq!(Way::proposed(201), Way::StepFunctions);
        assert!(Way::proposed(201).needs_bucket());
    }

    #[test]
    fn ways_are_named_as_on_the_command_line() {
        for (way, word) in [
            (Way::Direct, "\"direct\""),
            (Way::ThingGroup, "\"thing-group\""),
            (Way::StepFunctions, "\"step-functions\""),
        ] {
            assert_eq!(serde_json::to_string(&way).ok().as_deref(), Some(word));
        }
    }
}
