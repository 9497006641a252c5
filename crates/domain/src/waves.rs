//! Waves: a plan cut into slices that are deployed one after the other, and the gate that each has to pass before
//! the next one is started. The API knows neither.

mod cut;
mod gate;

use std::fmt;

use serde::{Deserialize, Serialize};
use specta::Type;
use thiserror::Error;

pub use cut::{Cut, CutWave, cut};
pub use gate::{Tally, judge};

/// Waves that a plan may be cut into at most; more would be hours of settling and nothing to look at.
pub const MOST_WAVES: usize = 50;

/// How a plan is cut into waves, and what has to be so before the next one is started.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Waves {
    /// The waves in order; none of them means that the plan is one wave. What they leave over is a last wave.
    pub cuts: Vec<WaveCut>,
    /// In which order sizes are filled.
    pub order: WaveOrder,
    /// What stands between a wave and the next one.
    pub gate: Gate,
}

/// What a wave takes of the targets that earlier waves have left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum WaveCut {
    /// So many targets.
    Count {
        /// From 1.
        targets: u32,
    },
    /// A share of the whole plan, rounded up to whole targets.
    Percent {
        /// Above 0, at most 100.
        #[specta(type = u32)]
        percent: f64,
    },
    /// All targets with a text in name or id, whichever case it is written in.
    Matching {
        /// The text.
        text: String,
    },
    /// All that is left. Only the last wave may be that; it is there without being said.
    Rest,
}

/// In which order [`WaveCut::Count`], [`WaveCut::Percent`] and [`WaveCut::Rest`] take targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum WaveOrder {
    /// As the plan lists them.
    #[default]
    Listed,
    /// By chance; the same seed gives the same waves.
    Random {
        /// Any number.
        seed: u32,
    },
}

/// How many targets may fail.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Limit {
    /// So many, and no more.
    Count {
        /// From 0.
        targets: u32,
    },
    /// A share, and no more.
    Percent {
        /// From 0 to 100.
        #[specta(type = u32)]
        percent: f64,
    },
}

/// What happens when more have failed than a gate allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum GateAction {
    /// The run waits for the user.
    #[default]
    Hold,
    /// The run ends; the waves that are left are not started.
    Abort,
}

/// What stands between a wave and the next one. Failed and unknown targets count against it alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    /// How many of a wave's targets may fail.
    pub max_failed: Option<Limit>,
    /// How many may fail in all waves so far; a share is one of the whole plan.
    pub max_failed_in_all: Option<Limit>,
    /// What happens when it is more.
    pub then: GateAction,
    /// Whether the run waits for the user after each wave, however well it went.
    pub hold_after_each: bool,
}

/// What a gate said of a wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The next wave may be started.
    GoOn,
    /// The run waits for the user.
    Hold {
        /// Why, in a sentence.
        reason: String,
    },
    /// The run ends here.
    Abort {
        /// Why, in a sentence.
        reason: String,
    },
    /// More did not succeed than may, but it was the last wave: there was nothing to hold or to abort.
    Exceeded {
        /// Why, in a sentence.
        reason: String,
    },
    /// The gate was not asked: the wave was stopped before all of it was attempted.
    Stopped {
        /// How far it came, in a sentence.
        reason: String,
    },
    /// The gate was not asked: what was to deploy the wave failed as a whole.
    Failed {
        /// The service's words.
        reason: String,
    },
}

/// Why waves cannot be what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WavesError {
    /// A wave of no targets.
    #[error("wave {0} takes no targets: its size has to be at least 1")]
    NoTargets(usize),
    /// A share that is none.
    #[error("the share of wave {0} has to be above 0 % and at most 100 %")]
    Share(usize),
    /// Nothing to look for.
    #[error("wave {0} looks for no text")]
    NoText(usize),
    /// A rest that leaves nothing to the waves after it.
    #[error("wave {0} takes the rest, so it has to be the last one")]
    RestNotLast(usize),
    /// Too many.
    #[error("{0} waves are too many: at most {MOST_WAVES}")]
    TooMany(usize),
    /// A limit that is no share.
    #[error("the share of targets that may fail has to be from 0 % to 100 %")]
    LimitShare,
}

impl Waves {
    /// Whether they can be cut and judged as they are.
    ///
    /// # Errors
    /// [`WavesError`]: the first that is wrong.
    pub fn validate(&self) -> Result<(), WavesError> {
        // The rest may be a wave of its own that nobody wrote down.
        let rest = self
            .cuts
            .last()
            .is_some_and(|last| !matches!(last, WaveCut::Rest));
        let waves = self.cuts.len() + usize::from(rest);
        if waves > MOST_WAVES {
            return Err(WavesError::TooMany(waves));
        }
        for (number, cut) in (1..).zip(&self.cuts) {
            match cut {
                WaveCut::Count { targets: 0 } => return Err(WavesError::NoTargets(number)),
                WaveCut::Percent { percent } if !(*percent > 0.0 && *percent <= 100.0) => {
                    return Err(WavesError::Share(number));
                }
                WaveCut::Matching { text } if text.trim().is_empty() => {
                    return Err(WavesError::NoText(number));
                }
                WaveCut::Rest if number != self.cuts.len() => {
                    return Err(WavesError::RestNotLast(number));
                }
                _ => {}
            }
        }
        for limit in [self.gate.max_failed, self.gate.max_failed_in_all] {
            if let Some(Limit::Percent { percent }) = limit
                && !(0.0..=100.0).contains(&percent)
            {
                return Err(WavesError::LimitShare);
            }
        }
        Ok(())
    }

    /// Whether there is nothing to cut: the plan is one wave.
    #[must_use]
    pub const fn is_one(&self) -> bool {
        self.cuts.is_empty()
    }
}

impl fmt::Display for WaveCut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { targets: 1 } => f.write_str("1 group"),
            Self::Count { targets } => write!(f, "{targets} groups"),
            Self::Percent { percent } => write!(f, "{percent} % of the plan"),
            Self::Matching { text } => write!(f, "groups with “{text}” in name or id"),
            Self::Rest => f.write_str("the rest"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { targets } => write!(f, "{targets}"),
            Self::Percent { percent } => write!(f, "{percent} %"),
        }
    }
}
