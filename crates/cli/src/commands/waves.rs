//! What is asked of a run between its waves, and how waves are told.

use overseed_domain::{rollout::WaveState, waves::Verdict};
use overseed_engine::{
    Error,
    run::{RunSnapshot, Wave, run_pause, run_skip},
};

use super::{
    follow::{end, session_of_run},
    run::counted,
};
use crate::{connect::Context, outcome::Outcome, output::spoken};

/// Asks for a pause and says when it begins.
pub async fn pause(context: &Context, run: &str) -> Result<Outcome, Error> {
    let session = session_of_run(context, run).await?;
    let run = run_pause(&session, run).await?;
    end(&context.output, &run)?;
    if run.pausing {
        context
            .output
            .note("It pauses once the present wave has settled.");
    }
    Ok(Outcome::Well)
}

/// Leaves targets out.
pub async fn skip(context: &Context, run: &str, targets: Vec<String>) -> Result<Outcome, Error> {
    let session = session_of_run(context, run).await?;
    let run = run_skip(&session, run, targets).await?;
    end(&context.output, &run)?;
    Ok(Outcome::Well)
}

/// What a run is doing; with several waves, in which one.
pub fn stage(run: &RunSnapshot) -> String {
    let present = run
        .waves
        .iter()
        .find(|wave| !matches!(wave.state, WaveState::Judged | WaveState::Skipped));
    match present {
        Some(wave) if run.waves.len() > 1 => {
            let pausing = if run.pausing { ", pauses after it" } else { "" };
            format!(
                "wave {} of {}{pausing}: {}",
                wave.number,
                run.waves.len(),
                run.stage
            )
        }
        _ => run.stage.clone(),
    }
}

/// One line about a wave.
pub fn told(wave: &Wave) -> String {
    let skipped = match wave.skipped {
        0 => String::new(),
        skipped => format!(", {skipped} of them left out"),
    };
    let verdict = match &wave.verdict {
        None | Some(Verdict::GoOn) => String::new(),
        Some(
            Verdict::Hold { reason } | Verdict::Abort { reason } | Verdict::Exceeded { reason },
        ) => format!("; gate: {reason}"),
        Some(Verdict::Stopped { reason } | Verdict::Failed { reason }) => {
            format!("; gate not asked: {reason}")
        }
    };
    format!(
        "wave {}, {} groups{skipped}, {}: {}{verdict}",
        wave.number,
        wave.targets,
        spoken(&wave.state),
        counted(&wave.counts)
    )
}
