//! Runs: started, watched, stopped, resumed, diagnosed.

use overseed_domain::cause::Cause;
use overseed_engine::{
    job::JobKind,
    run::{self as engine, ChangeRow, RunRow, RunSnapshot, Sample, TargetsPage, TargetsQuery},
};
use tauri::{State, ipc::Channel};

use crate::{
    error::{Answer, Wire},
    state::Shell,
};

/// Starts the draft and drives it.
#[tauri::command]
#[specta::specta]
pub async fn run_start(shell: State<'_, Shell>) -> Answer<RunSnapshot> {
    shell
        .job(JobKind::Review, |session, progress| async move {
            engine::run_start(&session, &progress).await
        })
        .await
}

/// Drives a run on.
#[tauri::command]
#[specta::specta]
pub async fn run_resume(shell: State<'_, Shell>, run: String) -> Answer<RunSnapshot> {
    let session = shell.session()?;
    engine::run_resume(&session, &run).await.wire()
}

/// Asks the driver of a run to stop.
#[tauri::command]
#[specta::specta]
pub async fn run_stop(shell: State<'_, Shell>, run: String) -> Answer<RunSnapshot> {
    let session = shell.session()?;
    engine::run_stop(&session, &run).await.wire()
}

/// All runs of this computer.
#[tauri::command]
#[specta::specta]
pub async fn runs_list(shell: State<'_, Shell>) -> Answer<Vec<RunRow>> {
    let session = shell.session()?;
    engine::runs_list(&session).await.wire()
}

/// A run, whole.
#[tauri::command]
#[specta::specta]
pub async fn run_get(shell: State<'_, Shell>, run: String) -> Answer<RunSnapshot> {
    let session = shell.session()?;
    engine::run_get(&session, &run).await.wire()
}

/// Hands on a run and its changes until the watch is ended. It only reads.
#[tauri::command]
#[specta::specta]
pub async fn run_watch(
    shell: State<'_, Shell>,
    run: String,
    channel: Channel<RunSnapshot>,
) -> Answer<u32> {
    let session = shell.session()?;
    engine::run_get(&session, &run).await.wire()?;
    let (id, ended) = shell.watch_begin();
    tauri::async_runtime::spawn(async move {
        let watched = engine::run_watch(&session, &run, &ended, |snapshot| {
            channel.send(snapshot).is_ok()
        })
        .await;
        if let Err(error) = watched {
            tracing::warn!(%error, run, "the run is no longer watched");
        }
    });
    Ok(id)
}

/// Readings for the chart.
#[tauri::command]
#[specta::specta]
pub async fn run_samples(shell: State<'_, Shell>, run: String) -> Answer<Vec<Sample>> {
    let session = shell.session()?;
    engine::run_samples(&session, &run).await.wire()
}

/// One page of targets.
#[tauri::command]
#[specta::specta]
pub async fn run_targets(
    shell: State<'_, Shell>,
    run: String,
    query: TargetsQuery,
) -> Answer<TargetsPage> {
    let session = shell.session()?;
    engine::run_targets(&session, &run, query).await.wire()
}

/// One digit a target, in the order of the plan: its state.
#[tauri::command]
#[specta::specta]
pub async fn run_fleet(shell: State<'_, Shell>, run: String) -> Answer<String> {
    let session = shell.session()?;
    engine::run_fleet(&session, &run).await.wire()
}

/// Where the targets of one cause stand in the plan.
#[tauri::command]
#[specta::specta]
pub async fn run_cause_positions(
    shell: State<'_, Shell>,
    run: String,
    cause: String,
) -> Answer<Vec<u32>> {
    let session = shell.session()?;
    engine::run_cause_positions(&session, &run, &cause)
        .await
        .wire()
}

/// The causes of a run's failures, largest first.
#[tauri::command]
#[specta::specta]
pub async fn run_causes(shell: State<'_, Shell>, run: String) -> Answer<Vec<Cause>> {
    let session = shell.session()?;
    engine::run_causes(&session, &run).await.wire()
}

/// The calls of a run that changed something.
#[tauri::command]
#[specta::specta]
pub async fn run_changes(shell: State<'_, Shell>, run: String) -> Answer<Vec<ChangeRow>> {
    let session = shell.session()?;
    engine::run_changes(&session, &run).await.wire()
}
