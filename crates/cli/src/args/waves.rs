//! Waves and their gate, as they are typed.

use clap::{Args, ValueEnum};
use overseed_domain::waves::{Gate, GateAction, Limit, WaveCut, WaveOrder, Waves};

/// How a plan is cut into waves.
#[derive(Debug, Args)]
#[command(next_help_heading = "Waves")]
pub struct WavesArgs {
    /// A wave: so many groups (5), a share of the plan (10%), or those with a text in name or id (name~TEXT; names as they
    /// are known when the plan is started); again for each further wave. What they leave over is a last wave
    #[arg(long = "wave", value_name = "SIZE", value_parser = cut)]
    waves: Vec<WaveCut>,
    /// Say that the last wave takes the rest; it does so anyway
    #[arg(long, requires = "waves")]
    rest: bool,
    /// Take groups for sizes by chance instead of in the plan's order; the same seed gives the same waves
    #[arg(long, value_name = "SEED", requires = "waves")]
    random: Option<u32>,
    /// How many groups of a wave may fail or stay unknown, as a number or a share of the wave (2%)
    #[arg(long, value_name = "LIMIT", value_parser = limit, requires = "waves")]
    max_failed: Option<Limit>,
    /// The same for all waves so far, as a number or a share of the plan
    #[arg(long, value_name = "LIMIT", value_parser = limit, requires = "waves")]
    max_failed_in_all: Option<Limit>,
    /// What happens when it is more: the run waits for you, or it ends
    #[arg(
        long,
        value_name = "ACTION",
        requires = "waves",
        default_value = "hold"
    )]
    on_exceeded: OnExceeded,
    /// Wait for `run continue` after each wave, however well it went
    #[arg(long, requires = "waves")]
    hold_after_each: bool,
}

/// What happens when more fail than may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnExceeded {
    /// Wait for `run continue`
    Hold,
    /// Start no other wave
    Abort,
}

impl WavesArgs {
    /// The waves, as the plan has them.
    pub fn waves(self) -> Waves {
        let mut cuts = self.waves;
        if self.rest {
            cuts.push(WaveCut::Rest);
        }
        Waves {
            cuts,
            order: self
                .random
                .map_or(WaveOrder::Listed, |seed| WaveOrder::Random { seed }),
            gate: Gate {
                max_failed: self.max_failed,
                max_failed_in_all: self.max_failed_in_all,
                then: match self.on_exceeded {
                    OnExceeded::Hold => GateAction::Hold,
                    OnExceeded::Abort => GateAction::Abort,
                },
                hold_after_each: self.hold_after_each,
            },
        }
    }
}

fn cut(text: &str) -> Result<WaveCut, String> {
    if let Some(text) = text.strip_prefix("name~") {
        return Ok(WaveCut::Matching {
            text: text.to_owned(),
        });
    }
    let sizes = "a wave is a number (5), a share (10%) or name~TEXT";
    Ok(match text.strip_suffix('%') {
        Some(percent) => WaveCut::Percent {
            percent: percent.trim().parse().map_err(|_| sizes)?,
        },
        None => WaveCut::Count {
            targets: text.parse().map_err(|_| sizes)?,
        },
    })
}

fn limit(text: &str) -> Result<Limit, String> {
    let limits = "a limit is a number (5) or a share (2%)";
    Ok(match text.strip_suffix('%') {
        Some(percent) => Limit::Percent {
            percent: percent.trim().parse().map_err(|_| limits)?,
        },
        None => Limit::Count {
            targets: text.parse().map_err(|_| limits)?,
        },
    })
}
