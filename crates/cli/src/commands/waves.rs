//! What is asked of a run between its waves, and how waves are told.

use overseed_domain::{
    rollout::{Generation, WaveState},
    waves::Verdict,
};
use overseed_engine::{
    Error,
    run::{RunSnapshot, Wave, run_clean_up, run_pause, run_set_at_once, run_skip},
    v2::plan::Way,
};

use super::{follow::session_of_run, last_word::end, run::counted};
use crate::{
    connect::Context,
    outcome::Outcome,
    output::{spoken, word},
};

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

/// Sets how many core devices a state machine works on at once.
pub async fn at_once(context: &Context, run: &str, at_once: u32) -> Result<Outcome, Error> {
    let session = session_of_run(context, run).await?;
    let run = run_set_at_once(&session, run, at_once).await?;
    end(&context.output, &run)?;
    context.output.note(format_args!(
        "{at_once} core devices at once, in the waves that follow as well."
    ));
    Ok(Outcome::Well)
}

/// Deletes what an ended run has made to carry itself out.
pub async fn clean_up(context: &Context, run: &str) -> Result<Outcome, Error> {
    let session = session_of_run(context, run).await?;
    let cleaned = run_clean_up(&session, run).await?;
    if context.output.is_json() {
        context.output.line(&cleaned)?;
        return Ok(Outcome::Well);
    }
    for deleted in &cleaned.deleted {
        context.output.text(format_args!(
            "deleted {} {}",
            spoken(&deleted.kind),
            deleted.name
        ))?;
    }
    for left in &cleaned.left {
        context.output.text(format_args!(
            "left {} {}: {}",
            spoken(&left.kind),
            left.name,
            left.meaning
        ))?;
    }
    if cleaned.deleted.is_empty() && cleaned.left.is_empty() {
        context.output.note("The run has left nothing behind.");
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
        // Before the driver has said anything there is nothing to show.
        Some(wave) if run.waves.len() > 1 && !run.stage.is_empty() => {
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

/// Whose words a run's errors are.
pub const fn speaker(generation: Generation) -> &'static str {
    match generation {
        Generation::V1 => "Greengrass",
        // State machines and IoT jobs have words of their own.
        Generation::V2 => "AWS",
    }
}

/// What AWS carries a wave out as; `None` before there is anything, and where each device has a deployment of its own.
pub fn carried_out_as(run: &RunSnapshot, wave: &Wave) -> Option<String> {
    let id = wave.bulk_deployment.as_deref()?;
    let status = wave.bulk_status.as_ref().map_or_else(String::new, word);
    match run.v2.as_ref().map(|v2| v2.way) {
        None => Some(format!("bulk deployment {id} {status}")),
        Some(Way::StepFunctions) => Some(format!("execution {id} {status}")),
        Some(Way::ThingGroup) => {
            let group = wave.thing_group.as_deref().unwrap_or_default();
            Some(format!("deployment {id} to thing group {group} {status}"))
        }
        Some(Way::Direct) => None,
    }
}

/// One line about a wave.
pub fn told(of: Generation, wave: &Wave) -> String {
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
        "wave {}, {} {}{skipped}, {}: {}{verdict}",
        wave.number,
        wave.targets,
        of.targets(),
        spoken(&wave.state),
        counted(&wave.counts)
    )
}
