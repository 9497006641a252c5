//! Runs: started, watched, stopped, resumed, diagnosed.

use overseed_domain::cause::Cause;
use overseed_engine::{
    job::JobKind,
    run::{
        self as engine, ChangeRow, CleanedUp, RunRow, RunSnapshot, Sample, TargetDocuments,
        TargetsPage, TargetsQuery,
    },
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

/// Asks the driver of a V2 run to stop, and to cancel the deployments that were made and have not ended.
#[tauri::command]
#[specta::specta]
pub async fn run_stop_and_cancel(shell: State<'_, Shell>, run: String) -> Answer<RunSnapshot> {
    let session = shell.session()?;
    engine::run_stop_and_cancel(&session, &run).await.wire()
}

/// Sets how many core devices the state machine of a run works on at once.
#[tauri::command]
#[specta::specta]
pub async fn run_set_at_once(
    shell: State<'_, Shell>,
    run: String,
    at_once: u32,
) -> Answer<RunSnapshot> {
    let session = shell.session()?;
    engine::run_set_at_once(&session, &run, at_once)
        .await
        .wire()
}

/// Reads once more what is unknown of a run that has ended.
#[tauri::command]
#[specta::specta]
pub async fn run_read_again(shell: State<'_, Shell>, run: String) -> Answer<RunSnapshot> {
    shell
        .job(JobKind::ReadAgain, |session, progress| async move {
            engine::run_read_again(&session, &run, &progress).await
        })
        .await
}

/// Deletes the state machines that an ended run has left behind; says what stays.
#[tauri::command]
#[specta::specta]
pub async fn run_clean_up(shell: State<'_, Shell>, run: String) -> Answer<CleanedUp> {
    let session = shell.session()?;
    engine::run_clean_up(&session, &run).await.wire()
}

/// What a target of a V2 run gets, component by component.
#[tauri::command]
#[specta::specta]
pub async fn target_documents(
    shell: State<'_, Shell>,
    run: String,
    target: String,
) -> Answer<TargetDocuments> {
    engine::target_documents(&shell.reading(), &run, &target)
        .await
        .wire()
}

/// All runs of this computer.
#[tauri::command]
#[specta::specta]
pub async fn runs_list(shell: State<'_, Shell>) -> Answer<Vec<RunRow>> {
    engine::runs_list(&shell.reading()).await.wire()
}

/// A run, whole.
#[tauri::command]
#[specta::specta]
pub async fn run_get(shell: State<'_, Shell>, run: String) -> Answer<RunSnapshot> {
    engine::run_get(&shell.reading(), &run).await.wire()
}

/// Hands on a run and its changes until the watch is ended. It only reads.
#[tauri::command]
#[specta::specta]
pub async fn run_watch(
    shell: State<'_, Shell>,
    run: String,
    channel: Channel<RunSnapshot>,
) -> Answer<u32> {
    let reading = shell.reading();
    engine::run_get(&reading, &run).await.wire()?;
    let (id, ended) = shell.watch_begin();
    tauri::async_runtime::spawn(async move {
        let watched = engine::run_watch(&reading, &run, &ended, |snapshot| {
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
    engine::run_samples(&shell.reading(), &run).await.wire()
}

/// One page of targets.
#[tauri::command]
#[specta::specta]
pub async fn run_targets(
    shell: State<'_, Shell>,
    run: String,
    query: TargetsQuery,
) -> Answer<TargetsPage> {
    engine::run_targets(&shell.reading(), &run, query)
        .await
        .wire()
}

/// One digit a target, in the order of the plan: its state.
#[tauri::command]
#[specta::specta]
pub async fn run_fleet(shell: State<'_, Shell>, run: String) -> Answer<String> {
    engine::run_fleet(&shell.reading(), &run).await.wire()
}

/// Where the targets of one cause stand in the plan.
#[tauri::command]
#[specta::specta]
pub async fn run_cause_positions(
    shell: State<'_, Shell>,
    run: String,
    cause: String,
) -> Answer<Vec<u32>> {
    engine::run_cause_positions(&shell.reading(), &run, &cause)
        .await
        .wire()
}

/// The causes of a run's failures, largest first.
#[tauri::command]
#[specta::specta]
pub async fn run_causes(shell: State<'_, Shell>, run: String) -> Answer<Vec<Cause>> {
    engine::run_causes(&shell.reading(), &run).await.wire()
}

/// The calls of a run that changed something.
#[tauri::command]
#[specta::specta]
pub async fn run_changes(shell: State<'_, Shell>, run: String) -> Answer<Vec<ChangeRow>> {
    engine::run_changes(&shell.reading(), &run).await.wire()
}
