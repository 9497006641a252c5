//! The life of a run: states of bulk deployments, targets, waves and runs, and sums over them.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The two generations of AWS IoT Greengrass that share one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Generation {
    /// Groups and StartBulkDeployment.
    #[default]
    V1,
    /// Core devices, thing groups and components.
    V2,
}

impl Generation {
    /// What the targets of a run are called, in a sentence.
    #[must_use]
    pub const fn targets(self) -> &'static str {
        match self {
            Self::V1 => "groups",
            Self::V2 => "core devices",
        }
    }
}

/// Status of a bulk deployment (service model: `BulkDeploymentStatus`).
///
/// `Completed` means that every record was attempted, not that every group succeeded (guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub enum BulkStatus {
    /// Received, not yet started.
    Initializing,
    /// Records are being attempted.
    Running,
    /// Every record has been attempted.
    Completed,
    /// A stop was asked for; still counts as running for the account's limit of one.
    Stopping,
    /// Stopped by request.
    Stopped,
    /// Ended by an error of the whole.
    Failed,
    /// A status that this version of the app does not know.
    Unrecognized,
}

impl BulkStatus {
    /// Reads the service's word for it.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "Initializing" => Self::Initializing,
            "Running" => Self::Running,
            "Completed" => Self::Completed,
            "Stopping" => Self::Stopping,
            "Stopped" => Self::Stopped,
            "Failed" => Self::Failed,
            _ => Self::Unrecognized,
        }
    }

    /// Whether the bulk deployment has ended.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Stopped | Self::Failed)
    }
}

/// The six honest states of a target.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum TargetState {
    /// Not handed to AWS yet, or never will be (the wave was skipped, aborted or stopped).
    #[default]
    Waiting = 0,
    /// In an input file that a started bulk deployment reads; no report yet.
    Submitted = 1,
    /// A deployment exists (`Building`, `InProgress`); a core that is off stays here.
    InProgress = 2,
    /// The core accepted the deployment (`Success`).
    Succeeded = 3,
    /// The deployment failed (`Failure`) or the record was refused.
    Failed = 4,
    /// No report, or not terminal when the settle time was over.
    Unknown = 5,
}

impl TargetState {
    /// All states, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Waiting,
        Self::Submitted,
        Self::InProgress,
        Self::Succeeded,
        Self::Failed,
        Self::Unknown,
    ];

    /// The number that the store and the fleet map use for it.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The state with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The state that a deployment's status stands for (service model: `DeploymentStatus`; words:
    /// `Building`, `InProgress`, `Success`, `Failure`).
    #[must_use]
    pub fn of_deployment(status: &str) -> Self {
        match status {
            "Success" => Self::Succeeded,
            "Failure" => Self::Failed,
            _ => Self::InProgress,
        }
    }

    /// Whether AWS will say no more of it.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }
}

/// How many targets are in each state; the sum is always the plan's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Targets in [`TargetState::Waiting`].
    pub waiting: u32,
    /// Targets in [`TargetState::Submitted`].
    pub submitted: u32,
    /// Targets in [`TargetState::InProgress`].
    pub in_progress: u32,
    /// Targets in [`TargetState::Succeeded`].
    pub succeeded: u32,
    /// Targets in [`TargetState::Failed`].
    pub failed: u32,
    /// Targets in [`TargetState::Unknown`].
    pub unknown: u32,
}

impl Counts {
    /// The number of targets in one state.
    pub const fn of(&mut self, state: TargetState) -> &mut u32 {
        match state {
            TargetState::Waiting => &mut self.waiting,
            TargetState::Submitted => &mut self.submitted,
            TargetState::InProgress => &mut self.in_progress,
            TargetState::Succeeded => &mut self.succeeded,
            TargetState::Failed => &mut self.failed,
            TargetState::Unknown => &mut self.unknown,
        }
    }

    /// All targets.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.waiting
            + self.submitted
            + self.in_progress
            + self.succeeded
            + self.failed
            + self.unknown
    }

    /// Targets of which the last word has been said, `unknown` included.
    #[must_use]
    pub const fn settled(&self) -> u32 {
        self.succeeded + self.failed + self.unknown
    }
}

/// Where a run is. `preparing → (wave)* → finished | stopped | failed`; hold is a state of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Making files, provisioning, uploading.
    Preparing,
    /// A wave is being carried out.
    Running,
    /// Waits for the user; the reason stands with the run.
    Hold,
    /// A stop was asked for; AWS has not confirmed it yet.
    Stopping,
    /// Every wave has been carried out and settled; targets may have failed.
    Finished,
    /// Ended by the user.
    Stopped,
    /// Ended by an error; the error stands with the run.
    Failed,
}

impl RunState {
    /// Whether nothing more will be done for it.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Finished | Self::Stopped | Self::Failed)
    }
}

/// Where a wave is: `waiting → starting → running → settling → judged`, or left out for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WaveState {
    /// Its turn has not come.
    Waiting,
    /// The client token is stored; StartBulkDeployment may or may not have been taken.
    Starting,
    /// The bulk deployment is known and not terminal.
    Running,
    /// The bulk deployment is terminal; some targets are not.
    Settling,
    /// Every target is terminal or past the settle time.
    Judged,
    /// Never started: the run was stopped, aborted or failed before, or all of its targets were left out.
    Skipped,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_number_and_its_counter() {
        let mut counts = Counts::default();
        for state in TargetState::ALL {
            assert_eq!(TargetState::from_number(state.number()), Some(state));
            *counts.of(state) += 1;
        }
        assert_eq!(counts.total(), 6);
        assert_eq!(counts.settled(), 3);
        assert_eq!(TargetState::from_number(6), None);
    }

    #[test]
    fn stopping_is_not_the_end() {
        assert!(!BulkStatus::parse("Stopping").is_terminal());
        assert!(BulkStatus::parse("Stopped").is_terminal());
        assert_eq!(BulkStatus::parse("Paused"), BulkStatus::Unrecognized);
    }
}
