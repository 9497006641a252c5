//! Waves: the files that a plan is cut into, and what is asked of a run between them.

use overseed_engine::{
    run::{self as engine, RunSnapshot},
    waves::{self, WavesPreview},
};
use tauri::State;

use crate::{
    error::{Answer, Wire},
    state::Shell,
};

/// The files of the draft's waves, as they will be sent.
#[tauri::command]
#[specta::specta]
pub async fn waves_preview(shell: State<'_, Shell>) -> Answer<WavesPreview> {
    let session = shell.session()?;
    waves::waves_preview(&session).await.wire()
}

/// Asks a run to wait once its present wave has settled.
#[tauri::command]
#[specta::specta]
pub async fn run_pause(shell: State<'_, Shell>, run: String) -> Answer<RunSnapshot> {
    let session = shell.session()?;
    engine::run_pause(&session, &run).await.wire()
}

/// Takes a pause back, and drives a run on that holds.
#[tauri::command]
#[specta::specta]
pub async fn run_continue(shell: State<'_, Shell>, run: String) -> Answer<RunSnapshot> {
    let session = shell.session()?;
    engine::run_continue(&session, &run).await.wire()
}

/// Leaves targets out of waves that have not been started.
#[tauri::command]
#[specta::specta]
pub async fn run_skip(
    shell: State<'_, Shell>,
    run: String,
    targets: Vec<String>,
) -> Answer<RunSnapshot> {
    let session = shell.session()?;
    engine::run_skip(&session, &run, targets).await.wire()
}
