//! Watching and cancelling long work.

use overseed_engine::job::{Job, JobKind};
use tauri::{State, ipc::Channel};

use crate::{error::Answer, state::Shell};

/// Hands on the job of a kind and its changes, over all jobs of that kind, until the watch is ended.
#[tauri::command]
#[specta::specta]
pub async fn job_watch(
    shell: State<'_, Shell>,
    kind: JobKind,
    channel: Channel<Job>,
) -> Answer<u32> {
    let (id, ended) = shell.watch_begin();
    let mut jobs = shell.engine.jobs.follow(kind);
    tauri::async_runtime::spawn(async move {
        loop {
            let job = jobs.borrow_and_update().clone();
            if job.is_some_and(|job| channel.send(job).is_err()) {
                return;
            }
            tokio::select! {
                () = ended.cancelled() => return,
                changed = jobs.changed() => if changed.is_err() { return },
            }
        }
    });
    Ok(id)
}

/// Ends a watch of a job or of a run.
#[tauri::command]
#[specta::specta]
pub async fn watch_end(shell: State<'_, Shell>, id: u32) -> Answer<()> {
    shell.watch_end(id);
    Ok(())
}

/// Cancels the job of a kind, if one is at work.
#[tauri::command]
#[specta::specta]
pub async fn job_cancel(shell: State<'_, Shell>, kind: JobKind) -> Answer<()> {
    shell.engine.jobs.cancel(kind);
    Ok(())
}
