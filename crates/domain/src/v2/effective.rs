//! Effective deployments: what a core device says of its deployments, and the state of a target that it stands for.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::rollout::TargetState;

/// Status of a deployment on a core device (service model: `EffectiveDeploymentExecutionStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EffectiveStatus {
    /// Waits for the device, which may be off.
    Queued,
    /// The device works on it.
    InProgress,
    /// A deployment to a thing has succeeded.
    Completed,
    /// A deployment to a thing group has succeeded.
    Succeeded,
    /// It has failed.
    Failed,
    /// It has taken longer than allowed.
    TimedOut,
    /// It was cancelled before the device had it.
    Canceled,
    /// The device has refused it.
    Rejected,
    /// A word that this version of the app does not know.
    Unrecognized,
}

impl EffectiveStatus {
    /// Reads the service's word for it.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "QUEUED" => Self::Queued,
            "IN_PROGRESS" => Self::InProgress,
            "COMPLETED" => Self::Completed,
            "SUCCEEDED" => Self::Succeeded,
            "FAILED" => Self::Failed,
            "TIMED_OUT" => Self::TimedOut,
            "CANCELED" => Self::Canceled,
            "REJECTED" => Self::Rejected,
            _ => Self::Unrecognized,
        }
    }

    /// The state that it stands for, before the settle time is over. A word that is not known is no end.
    #[must_use]
    pub const fn state(self) -> TargetState {
        match self {
            Self::Queued => TargetState::Submitted,
            Self::InProgress | Self::Unrecognized => TargetState::InProgress,
            Self::Completed | Self::Succeeded => TargetState::Succeeded,
            Self::Failed | Self::TimedOut | Self::Canceled | Self::Rejected => TargetState::Failed,
        }
    }

    /// Whether the device will say no more of it.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        self.state().is_terminal()
    }
}

/// The state of a target whose deployment was made: by the device's word, if there is one, and whether the settle
/// time is over. What has not ended by then is unknown; that a device does not know the deployment yet is no failure.
#[must_use]
pub fn state_of(word: Option<&str>, settled: bool) -> TargetState {
    let state = word.map_or(TargetState::Submitted, |word| {
        EffectiveStatus::parse(word).state()
    });
    if settled && !state.is_terminal() {
        TargetState::Unknown
    } else {
        state
    }
}

/// Status of a deployment as a whole (service model: `DeploymentStatus`). It says nothing about single devices: a
/// deployment may be active while devices have failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeploymentStatus {
    /// In force, for devices that join the target later as well.
    Active,
    /// Done.
    Completed,
    /// Cancelled by a user.
    Canceled,
    /// Failed.
    Failed,
    /// Replaced by a later one.
    Inactive,
    /// A word that this version of the app does not know.
    Unrecognized,
}

impl DeploymentStatus {
    /// Reads the service's word for it.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "ACTIVE" => Self::Active,
            "COMPLETED" => Self::Completed,
            "CANCELED" => Self::Canceled,
            "FAILED" => Self::Failed,
            "INACTIVE" => Self::Inactive,
            _ => Self::Unrecognized,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_for_one_honest_state() {
        for (word, state) in [
            ("QUEUED", TargetState::Submitted),
            ("IN_PROGRESS", TargetState::InProgress),
            ("COMPLETED", TargetState::Succeeded),
            ("SUCCEEDED", TargetState::Succeeded),
            ("FAILED", TargetState::Failed),
            ("TIMED_OUT", TargetState::Failed),
            ("CANCELED", TargetState::Failed),
            ("REJECTED", TargetState::Failed),
            ("PAUSED", TargetState::InProgress),
        ] {
            assert_eq!(state_of(Some(word), false), state, "{word}");
            assert_eq!(
                state_of(Some(word), true),
                if state.is_terminal() {
                    state
                } else {
                    TargetState::Unknown
                },
                "{word}"
            );
        }
        assert_eq!(state_of(None, false), TargetState::Submitted);
        assert_eq!(state_of(None, true), TargetState::Unknown);
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for word in [
            "QUEUED",
            "IN_PROGRESS",
            "COMPLETED",
            "SUCCEEDED",
            "FAILED",
            "TIMED_OUT",
            "CANCELED",
            "REJECTED",
        ] {
            let written = serde_json::to_string(&EffectiveStatus::parse(word)).ok();
            assert_eq!(written, Some(format!("\"{word}\"")));
        }
        assert_eq!(
            DeploymentStatus::parse("INACTIVE"),
            DeploymentStatus::Inactive
        );
        assert_eq!(
            DeploymentStatus::parse("inactive"),
            DeploymentStatus::Unrecognized
        );
    }
}
