//! What faces do with runs.

use std::{path::Path, time::Duration};

use overseed_domain::{
    input_file::FileSummary,
    rollout::{Generation, RunState},
};
use tokio_util::sync::CancellationToken;

use super::{
    HoldReason, RunRow, RunSnapshot, Sample, driver,
    drivers::Why,
    foreign, here,
    intents::{self, Ask},
    reader::{Reader, scope_or_none},
    record::{self, NewRun},
    rows, samples, snapshot,
};
use crate::{
    Engine, Error, ErrorCode, Problem, Session, draft,
    job::Progress,
    plan::{PlanSettings, source_of},
    review::{checks::none_failed, review},
    v2::{plan::sweep_fixed, review::reviewed},
};

/// Between two looks at the store while a run is watched.
const WATCH: Duration = Duration::from_millis(500);

/// Starts the draft: checks it once more, records the run, and drives it in the background. The draft is empty
/// afterwards.
///
/// # Errors
/// [`ErrorCode::PreflightFailed`] where a check fails; those of recording.
pub async fn run_start(session: &Session, progress: &Progress) -> Result<RunSnapshot, Error> {
    let review = review(session, progress).await?;
    none_failed(&review.checks)?;
    let draft = review.draft;
    let Some(file) = draft.file.clone() else {
        return Err(
            Problem::new(ErrorCode::FileInvalid, "There is no input file yet")
                .hint("Make it in the input file step.")
                .into(),
        );
    };
    let from = draft::file_path(&session.engine, session.scope);
    let run = record::record(
        session,
        NewRun {
            id: draft.plan.clone(),
            generation: Generation::V1,
            name: draft.name.clone(),
            settings: PlanSettings {
                role: draft.role.clone(),
                bucket: draft.bucket.clone(),
                prefix: draft.prefix.clone(),
                pack: draft.pack,
                read_by: draft.read_by,
                settle_minutes: draft.settle_minutes,
                waves: draft.waves.clone(),
                v2: None,
            },
            role_arn: Some(review.role_arn.clone()).filter(|arn| !arn.is_empty()),
            provision: false,
            summary: file.summary,
            upload: draft.upload.clone(),
            parent: draft.parent.clone(),
        },
        &from,
    )
    .await?;
    let (scope, id) = (session.scope, run.id.clone());
    session
        .store()
        .write(move |tx| draft::begin_next(tx, scope, &draft, Some(id)).map(|_| ()))
        .await?;
    session.engine.drivers.start(session, &run.id, Why::Begin);
    run_get(session, &run.id).await
}

/// Starts the draft of a V2 deployment: plans and checks it once more, records the run, and drives it in the background.
/// The draft is empty afterwards. Where Step Functions makes the deployments the driver sees to its role.
///
/// # Errors
/// [`ErrorCode::PreflightFailed`] where a check fails; those of exporting the draft and of recording.
pub async fn device_run_start(
    session: &Session,
    progress: &Progress,
) -> Result<RunSnapshot, Error> {
    let (review, plan) = reviewed(session, progress).await?;
    none_failed(&review.checks)?;
    let Some(plan) = plan else {
        return Err(
            Problem::new(ErrorCode::PreflightFailed, "There is no plan to start")
                .hint("Look at the review: it says what stands in the way.")
                .into(),
        );
    };
    let run = run_start_plan(session, plan.path()).await?;
    let (scope, id) = (session.scope, run.row.id.clone());
    session
        .store()
        .write(move |tx| draft::begin_next(tx, scope, &review.draft, Some(id)).map(|_| ()))
        .await?;
    sweep_fixed(session).await?;
    session
        .engine
        .drivers
        .start(session, &run.row.id, Why::Begin);
    run_get(session, &run.row.id).await
}

/// Records the run of a plan file, or finds the one that was recorded before. It is not driven yet: see
/// [`run_drive`] and [`run_resume`].
///
/// # Errors
/// [`ErrorCode::RunElsewhere`] where the plan is for another account, Region or sandbox,
/// [`ErrorCode::PlanInvalid`], [`ErrorCode::FileInvalid`]; [`Error::File`].
pub async fn run_start_plan(session: &Session, plan: &Path) -> Result<RunSnapshot, Error> {
    let (plan, engine) = (plan.to_owned(), session.engine.clone());
    let (header, summary, made) =
        tokio::task::spawn_blocking(move || source_of(&plan, engine.data_dir())).await??;
    header.connection.check(session)?;
    startable(&summary)?;
    let run = record::record(
        session,
        NewRun {
            id: header.id.clone(),
            generation: header.generation,
            name: header.name.clone(),
            settings: header.settings.clone(),
            role_arn: None,
            provision: true,
            summary,
            upload: None,
            parent: header.parent.clone(),
        },
        made.path(),
    )
    .await?;
    run_get(session, &run.id).await
}

/// Drives a run here and now, to its end, to a hold or until `cancel`.
///
/// # Errors
/// [`ErrorCode::RunDriven`], [`ErrorCode::RunElsewhere`], [`Error::Cancelled`]; those of the store.
pub async fn run_drive(
    session: &Session,
    run: &str,
    cancel: &CancellationToken,
) -> Result<RunSnapshot, Error> {
    let run = found(&session.engine, run).await?;
    foreign::not_driven(&run)?;
    driver::drive(session, &run.id, Why::Resume, cancel).await?;
    run_get(session, &run.id).await
}

/// Drives a run on in the background. One that waits for a decision, as at a gate, is left as it is: see
/// [`super::run_continue`].
///
/// # Errors
/// [`ErrorCode::RunElsewhere`], [`ErrorCode::NotFound`].
pub async fn run_resume(session: &Session, run: &str) -> Result<RunSnapshot, Error> {
    let run = found(&session.engine, run).await?;
    if run.hold.is_some_and(HoldReason::is_decision) {
        here(session, &run)?;
        return run_get(session, &run.id).await;
    }
    go_on(session, &run).await
}

/// The same whatever it waits for.
///
/// # Errors
/// As [`run_resume`].
pub(super) async fn go_on(session: &Session, run: &rows::Run) -> Result<RunSnapshot, Error> {
    here(session, run)?;
    foreign::not_driven(run)?;
    if !run.state.is_terminal() {
        // The driver that brought it to a hold may be about to end.
        let why = if run.state == RunState::Hold {
            Why::Resume
        } else {
            Why::Begin
        };
        session.engine.drivers.start(session, &run.id, why);
    }
    run_get(session, &run.id).await
}

/// Asks the run's driver to stop. Where nothing drives it, this process does, to carry out the stop.
///
/// # Errors
/// [`ErrorCode::RunElsewhere`], [`ErrorCode::NotFound`].
pub async fn run_stop(session: &Session, run: &str) -> Result<RunSnapshot, Error> {
    let run = found(&session.engine, run).await?;
    here(session, &run)?;
    if run.found_bulk.is_some() {
        return foreign::stop(session, &run).await;
    }
    if !run.state.is_terminal() {
        intents::ask(&session.engine, &run.id, Ask::Stop).await?;
        session.engine.drivers.start(session, &run.id, Why::Stop);
    }
    run_get(session, &run.id).await
}

/// The same, and the V2 deployments that were made and have not ended are cancelled: devices that have them already stay
/// as they are, the others never get them. Without it they are left to the devices.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] for a V1 run, whose deployments cannot be cancelled; else as [`run_stop`].
pub async fn run_stop_and_cancel(session: &Session, run: &str) -> Result<RunSnapshot, Error> {
    let run = found(&session.engine, run).await?;
    here(session, &run)?;
    if run.generation != Generation::V2 {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            "Deployments of Greengrass V1 cannot be cancelled",
        )
        .hint("Stop the run: groups that were not attempted get none.")
        .into());
    }
    if !run.state.is_terminal() {
        intents::ask(&session.engine, &run.id, Ask::Cancel).await?;
    }
    run_stop(session, &run.id).await
}

/// All runs of this computer, newest first; those of other scopes are marked as not `here`.
///
/// # Errors
/// Those of the store.
pub async fn runs_list(reader: &impl Reader) -> Result<Vec<RunRow>, Error> {
    let (engine, scope) = (reader.engine().clone(), scope_or_none(reader));
    reader
        .engine()
        .store
        .read(move |c| snapshot::run_rows(c, &engine, scope))
        .await
}

/// A run, whole. A beginning of the id is enough where only one run begins so.
///
/// # Errors
/// [`ErrorCode::NotFound`]; those of the store.
pub async fn run_get(reader: &impl Reader, run: &str) -> Result<RunSnapshot, Error> {
    let (engine, scope) = (reader.engine().clone(), scope_or_none(reader));
    let run = run.to_owned();
    reader
        .engine()
        .store
        .read(move |c| snapshot::snapshot(c, &engine, scope, &run))
        .await
}

/// Hands on a snapshot at once and after each change, until `cancel` or until `on` answers `false`. It only
/// reads: the run goes on without it.
///
/// # Errors
/// [`ErrorCode::NotFound`]; those of the store.
pub async fn run_watch(
    reader: &impl Reader,
    run: &str,
    cancel: &CancellationToken,
    mut on: impl FnMut(RunSnapshot) -> bool + Send,
) -> Result<(), Error> {
    let mut last = None;
    loop {
        let snapshot = run_get(reader, run).await?;
        if last.as_ref() != Some(&snapshot) {
            if !on(snapshot.clone()) {
                return Ok(());
            }
            last = Some(snapshot);
        }
        tokio::select! {
            () = cancel.cancelled() => return Ok(()),
            () = reader.engine().clock.sleep(WATCH) => {}
        }
    }
}

/// Readings for the chart, thinned evenly to 300 at most; first and last are always among them.
///
/// # Errors
/// Those of the store.
pub async fn run_samples(reader: &impl Reader, run: &str) -> Result<Vec<Sample>, Error> {
    let run = run.to_owned();
    reader
        .engine()
        .store
        .read(move |c| samples::samples(c, rows::ordinal(c, &run)?))
        .await
}

pub(super) async fn found(engine: &Engine, run: &str) -> Result<rows::Run, Error> {
    let run = run.to_owned();
    engine.store.read(move |c| rows::run(c, &run)).await
}

/// A plan's file that the service would refuse is not recorded.
fn startable(summary: &FileSummary) -> Result<(), Error> {
    if summary.records == 0 {
        return Err(
            Problem::new(ErrorCode::NothingSelected, "The plan has no targets")
                .hint("Make a plan with at least one target.")
                .into(),
        );
    }
    if summary.refusals > 0 {
        return Err(Problem::new(
            ErrorCode::FileInvalid,
            "Greengrass would refuse the plan's input file",
        )
        .detail(format!("{} of {} lines", summary.refusals, summary.lines))
        .hint("Check the ids and versions of the plan's targets, and its size.")
        .into());
    }
    Ok(())
}
