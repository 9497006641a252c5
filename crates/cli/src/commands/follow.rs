//! `run start`, `resume`, `watch` and `stop`: a run followed to its end.

use std::{path::Path, time::Duration};

use overseed_domain::{
    Millis,
    rollout::{BulkStatus, Generation, RunState, WaveState},
    v2::line::LineFinding,
    waves::WaveCut,
};
use overseed_engine::{
    Error, ErrorCode, Session,
    plan::{PlanFindings, plan_check},
    review::{Check, run_before},
    run::{
        HoldReason, Reader, RunSnapshot, Wave, run_connection, run_drive, run_get, run_start_plan,
        run_stop, run_stop_and_cancel, run_unpause, run_watch,
    },
    v2::plan::Way,
};
use tokio_util::sync::CancellationToken;

use super::{
    file::told,
    last_word::{end, end_warned, line},
    plan_v2,
    run::counted,
    waves,
};
use crate::{
    ask::{confirm, somebody},
    connect::Context,
    outcome::Outcome,
    output::time,
    progress::Shown,
};

/// How long a run has to have no driver before it is said that nobody drives it: between recording and driving,
/// and when one driver takes over from another, nobody does for a moment.
const NOBODY: Duration = Duration::from_secs(3);

/// Between two looks at whether there is a driver now.
const LOOK: Duration = Duration::from_millis(200);

/// Starts a plan, or goes on with the run that it has become.
pub async fn start(context: &Context, path: &Path, yes: bool) -> Result<Outcome, Error> {
    let (header, file, findings) = plan_check(&context.engine()?, path).await?;
    let v2 = header.generation == Generation::V2;
    let session = if v2 {
        context.session_like_v2(&header.connection.request).await?
    } else {
        context.session_like(&header.connection.request).await?
    };
    header.connection.check(&session)?;
    let by_name = |cut: &WaveCut| matches!(cut, WaveCut::Matching { .. });
    // The names of things are in the plan; those of groups are in the inventory.
    if !v2 && header.settings.waves.cuts.iter().any(by_name) {
        context.listed(&session).await?;
    }
    match &findings {
        PlanFindings::Groups(findings) => {
            for finding in findings {
                context.output.note(told(finding));
            }
        }
        PlanFindings::Devices(findings) => {
            for LineFinding { line, message, .. } in findings {
                context
                    .output
                    .note(format_args!("target {line}: {message}"));
            }
        }
    }
    if file.findings > 0 {
        let all = file.findings;
        context
            .output
            .note(format_args!("{all} findings about what would be sent"));
    }
    // One that was recorded before goes on as it was started.
    let before = run_before(&session, &header.id).await?;
    if v2 && !is_recorded(&session, &header.id).await? {
        let review = plan_v2::review(context, &session, path).await?;
        plan_v2::mind(&context.output, &review);
        review.startable()?;
    } else if let Some(before) = &before {
        context.output.note(format_args!("Mind: {}", before.detail));
    }
    if !yes {
        let instead =
            "Say --yes to start without being asked; `plan show` shows what would be done.";
        somebody("Not started", instead)?;
        let account = &header.connection.account;
        let of = if v2 { "core devices" } else { "groups" };
        confirm(
            context,
            &format!("Deploy to {} {of} in account {account}?", file.records),
        )
        .await?;
    }
    let run = match run_start_plan(&session, path).await {
        // Another start of the same plan is writing it down.
        Err(error) if is_driven(&error) => return watch_other(context, &session, &header.id).await,
        run => run?,
    };
    context.output.note(format_args!("run {}", run.row.id));
    // A gate is passed by who says so, not by starting the same plan once more.
    if waits_for_decision(&run) {
        end_warned(&context.output, &run, before.as_slice())?;
        return Ok(Outcome::of_run(&run));
    }
    drive(context, &session, &run.row.id, before.as_slice()).await
}

async fn is_recorded(session: &Session, id: &str) -> Result<bool, Error> {
    match run_get(session, id).await {
        Ok(_) => Ok(true),
        Err(Error::Problem(problem)) if problem.code == ErrorCode::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Drives a run on; one that waits for a decision, as at a gate, is left as it is.
pub async fn resume(context: &Context, run: &str) -> Result<Outcome, Error> {
    let session = session_of_run(context, run).await?;
    let run = run_get(&session, run).await?;
    if waits_for_decision(&run) {
        end(&context.output, &run)?;
        return Ok(Outcome::of_run(&run));
    }
    drive(context, &session, &run.row.id, &[]).await
}

/// Takes a pause back, or goes on with a run that holds, and drives it on.
pub async fn go_on(context: &Context, run: &str) -> Result<Outcome, Error> {
    let session = session_of_run(context, run).await?;
    let run = run_unpause(&session, run).await?;
    drive(context, &session, &run.row.id, &[]).await
}

fn waits_for_decision(run: &RunSnapshot) -> bool {
    run.hold.is_some_and(HoldReason::is_decision)
}

/// Looks on until the run ends, holds, or nobody drives it.
pub async fn watch(context: &Context, run: &str) -> Result<Outcome, Error> {
    let engine = context.engine()?;
    let run = run_get(&engine, run).await?;
    look_on(context, &engine, &run.row.id, context.output.is_json()).await
}

/// Stops a run and waits until it has stopped and what was attempted has settled; asked again, it does not wait.
///
/// With `cancel` the deployments that were made and have not ended are cancelled.
pub async fn stop(context: &Context, run: &str, cancel: bool) -> Result<Outcome, Error> {
    let session = session_of_run(context, run).await?;
    let asked = if cancel {
        run_stop_and_cancel(&session, run).await?
    } else {
        run_stop(&session, run).await?
    };
    let id = asked.row.id.clone();
    let mut shown = Shown::new(&context.output);
    let mut told = false;
    let run = until_left(context, &session, &id, |run| {
        if let Some(until) = settles_until(run).filter(|_| !told) {
            told = true;
            context.output.note(format_args!(
                "The {} that were attempted get their time to settle, until {} at most. Not to wait any longer: \
                 overseed-cli run stop {id}",
                run.row.generation.targets(),
                time(Some(until))
            ));
        }
        show(&mut shown, run);
        Ok(())
    })
    .await?;
    shown.end();
    if context.cancel.is_cancelled() {
        context.output.note(format_args!(
            "The run goes on being stopped while something drives it; see `overseed-cli run watch {id}`. To drive it: \
             overseed-cli run resume {id}"
        ));
        return Err(Error::Cancelled);
    }
    end(&context.output, &run)?;
    // One that was refused the stop holds and says so.
    Ok(if run.row.state.is_terminal() {
        Outcome::Well
    } else {
        Outcome::Holds
    })
}

/// When the settle time of a run that was stopped is over, while it waits for that.
fn settles_until(run: &RunSnapshot) -> Option<Millis> {
    let stopping = run.row.state == RunState::Stopping;
    let ends = run.waves.iter().find_map(|wave| wave.settle_until);
    ends.filter(|_| stopping)
}

/// Connects as the options say; without any, to where the run was started.
pub async fn session_of_run(context: &Context, run: &str) -> Result<Session, Error> {
    let engine = context.engine()?;
    let started_with = run_connection(&engine, run).await?;
    match run_get(&engine, run).await?.row.generation {
        Generation::V1 => context.session_like(&started_with).await,
        Generation::V2 => context.session_like_v2(&started_with).await,
    }
}

async fn drive(
    context: &Context,
    session: &Session,
    id: &str,
    warned: &[Check],
) -> Result<Outcome, Error> {
    let mut shown = Shown::new(&context.output);
    let looked_on = CancellationToken::new();
    let looking = run_watch(session, id, &looked_on, |run| {
        show(&mut shown, &run);
        true
    });
    let driving = async {
        let driven = run_drive(session, id, &context.cancel).await;
        looked_on.cancel();
        driven
    };
    let (driven, looked) = tokio::join!(driving, looking);
    shown.end();
    match driven {
        Ok(run) => {
            looked?;
            end_warned(&context.output, &run, warned)?;
            Ok(Outcome::of_run(&run))
        }
        Err(error) if is_driven(&error) => watch_other(context, session, id).await,
        Err(Error::Cancelled) => {
            let run = run_get(session, id).await?;
            context.output.note(format_args!(
                "The run stays as it is, {}. To go on driving it: overseed-cli run resume {id}",
                what_goes_on(&run)
            ));
            Err(Error::Cancelled)
        }
        Err(error) => Err(error),
    }
}

/// What becomes of a run at AWS while nobody drives it.
fn what_goes_on(run: &RunSnapshot) -> &'static str {
    let goes_on = |wave: &Wave| {
        wave.bulk_deployment.is_some() && !wave.bulk_status.is_some_and(BulkStatus::is_terminal)
    };
    let (under_way, starting, none) = match run.v2.as_ref().map(|v2| v2.way) {
        None => (
            "its bulk deployment goes on",
            "its bulk deployment may have been started",
            "no bulk deployment of it is under way",
        ),
        Some(Way::Direct) => {
            return "core devices that have deployments carry them out, and no others get any";
        }
        Some(Way::ThingGroup) => (
            "its deployment goes on",
            "its deployment may have been made",
            "no deployment of it is under way",
        ),
        Some(Way::StepFunctions) => (
            "its state machine goes on",
            "its state machine may have been started",
            "no state machine of it is at work",
        ),
    };
    if run.waves.iter().any(goes_on) {
        under_way
    } else if run
        .waves
        .iter()
        .any(|wave| wave.state == WaveState::Starting)
    {
        // The answer to the start may be on its way.
        starting
    } else {
        none
    }
}

/// Whether another process is at work on the run.
fn is_driven(error: &Error) -> bool {
    matches!(error, Error::Problem(problem) if problem.code == ErrorCode::RunDriven)
}

async fn watch_other(context: &Context, session: &Session, id: &str) -> Result<Outcome, Error> {
    context
        .output
        .note("Another window or command drives this run; watching it.");
    look_on(context, session, id, false).await
}

/// Looks on until the run has ended, nobody drives it any more, or the user has seen enough; answers it as it is then.
async fn until_left(
    context: &Context,
    reader: &impl Reader,
    id: &str,
    mut on: impl FnMut(&RunSnapshot) -> Result<(), Error> + Send,
) -> Result<RunSnapshot, Error> {
    let clock = context.clock();
    loop {
        let mut seen = Ok(());
        run_watch(reader, id, &context.cancel, |run| {
            seen = on(&run);
            seen.is_ok() && run.row.driven && !run.row.state.is_terminal()
        })
        .await?;
        seen?;
        let mut left = NOBODY;
        loop {
            let run = run_get(reader, id).await?;
            if run.row.foreign
                || run.row.state.is_terminal()
                || left.is_zero()
                || context.cancel.is_cancelled()
            {
                return Ok(run);
            }
            if run.row.driven {
                break;
            }
            tokio::select! {
                () = context.cancel.cancelled() => {}
                () = clock.sleep(LOOK) => left = left.saturating_sub(LOOK),
            }
        }
    }
}

async fn look_on(
    context: &Context,
    reader: &impl Reader,
    id: &str,
    each: bool,
) -> Result<Outcome, Error> {
    let output = &context.output;
    let mut shown = Shown::new(output);
    let run = until_left(context, reader, id, |run| {
        show(&mut shown, run);
        if each && run.row.driven && !run.row.state.is_terminal() {
            output.line(&line(run)).and_then(|()| output.flush())?;
        }
        Ok(())
    })
    .await?;
    shown.end();
    if context.cancel.is_cancelled() {
        return Err(Error::Cancelled);
    }
    end(output, &run)?;
    if run.row.foreign && !run.row.state.is_terminal() {
        output.note("It was started elsewhere and is shown as it was read last; `overseed-cli run open` with the id of its bulk deployment reads it anew.");
    } else if !run.row.state.is_terminal() && run.hold.is_none() {
        output.note(format_args!(
            "Nobody drives this run. To go on with it: overseed-cli run resume {id}"
        ));
    }
    Ok(Outcome::of_run(&run))
}

fn show(shown: &mut Shown, run: &RunSnapshot) {
    let counts = &run.row.counts;
    let blind = run
        .blind
        .as_ref()
        .map(|blind| format!("; no answer: {}", blind.problem.message));
    let more = format!("{}{}", counted(counts), blind.unwrap_or_default());
    shown.show(
        &waves::stage(run),
        u64::from(counts.settled()),
        Some(u64::from(counts.total())),
        more,
    );
}
