//! Whether the next wave may be started.

use super::{Gate, GateAction, Limit, Verdict};
use crate::rollout::{Counts, Generation};

/// What a gate looks at: how many of how many did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Targets that count: those of the wave's file, or of the whole plan.
    pub targets: u32,
    /// Failed.
    pub failed: u32,
    /// No report, or not terminal when the settle time was over.
    pub unknown: u32,
    /// What the targets are.
    pub generation: Generation,
}

impl Tally {
    /// The outcome of so many targets.
    #[must_use]
    pub const fn of(counts: &Counts, targets: u32, generation: Generation) -> Self {
        Self {
            targets,
            failed: counts.failed,
            unknown: counts.unknown,
            generation,
        }
    }

    const fn against(self) -> u32 {
        self.failed.saturating_add(self.unknown)
    }

    fn words(self) -> String {
        let of = format!("{} {}", self.targets, self.generation.targets());
        match (self.failed, self.unknown) {
            (failed, 0) => format!("{failed} of {of} failed"),
            (0, unknown) => format!("{unknown} of {of} are unknown"),
            (failed, unknown) => format!(
                "{} of {of} failed or are unknown ({failed} and {unknown})",
                self.against()
            ),
        }
    }
}

impl Limit {
    /// Whether more have failed than may.
    fn exceeded(self, tally: Tally) -> bool {
        match self {
            Self::Count { targets } => tally.against() > targets,
            Self::Percent { percent } => {
                let allowed = percent * f64::from(tally.targets) / 100.0;
                f64::from(tally.against()) > allowed + 1e-9
            }
        }
    }
}

impl Gate {
    /// What is more than the gate allows, in a sentence; `None` where all is within its limits.
    #[must_use]
    pub fn exceeded(&self, wave: Tally, all: Tally) -> Option<String> {
        let of_wave = self
            .max_failed
            .filter(|limit| limit.exceeded(wave))
            .map(|limit| format!("In this wave {}; at most {limit} may.", wave.words()));
        of_wave.or_else(|| {
            self.max_failed_in_all
                .filter(|limit| limit.exceeded(all))
                .map(|limit| {
                    format!(
                        "In all waves so far {}; at most {limit} of the plan may.",
                        all.words()
                    )
                })
        })
    }
}

/// What a gate says once a wave has settled: `wave` is its outcome, `all` the outcome of the plan so far.
#[must_use]
pub fn judge(gate: &Gate, wave: Tally, all: Tally) -> Verdict {
    match (gate.exceeded(wave, all), gate.then) {
        (Some(reason), GateAction::Hold) => Verdict::Hold { reason },
        (Some(reason), GateAction::Abort) => Verdict::Abort { reason },
        (None, _) if gate.hold_after_each => Verdict::Hold {
            reason: "The plan waits for you after each wave.".to_owned(),
        },
        (None, _) => Verdict::GoOn,
    }
}
