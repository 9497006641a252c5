//! The draft of a V2 deployment and its rows.

use overseed_engine::v2::plan::{self as engine, DeviceDraft, DeviceDraftChange};
use tauri::State;

use crate::{
    dialogs::{self, Files},
    error::{Answer, Wire},
    state::Shell,
};

/// The draft of the connection.
#[tauri::command]
#[specta::specta]
pub async fn device_draft_get(shell: State<'_, Shell>) -> Answer<DeviceDraft> {
    let session = shell.session()?;
    engine::device_draft_get(&session).await.wire()
}

/// Changes what was told; absent fields stay.
#[tauri::command]
#[specta::specta]
pub async fn device_draft_set(
    shell: State<'_, Shell>,
    change: DeviceDraftChange,
) -> Answer<DeviceDraft> {
    let session = shell.session()?;
    engine::device_draft_set(&session, change).await.wire()
}

/// Begins a new draft.
#[tauri::command]
#[specta::specta]
pub async fn device_draft_reset(shell: State<'_, Shell>) -> Answer<DeviceDraft> {
    let session = shell.session()?;
    engine::device_draft_reset(&session).await.wire()
}

/// Takes a file of rows into the draft; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn device_rows_open(shell: State<'_, Shell>) -> Answer<Option<DeviceDraft>> {
    let session = shell.session()?;
    let files = Files {
        title: "Open rows for single devices",
        kind: "CSV and JSON lines",
        endings: &["csv", "jsonl", "json"],
    };
    let Some(path) = dialogs::open(files).await else {
        return Ok(None);
    };
    engine::device_rows_open(&session, &path)
        .await
        .wire()
        .map(Some)
}

/// Takes rows from a text into the draft.
#[tauri::command]
#[specta::specta]
pub async fn device_rows_paste(shell: State<'_, Shell>, text: String) -> Answer<DeviceDraft> {
    let session = shell.session()?;
    engine::device_rows_paste(&session, text).await.wire()
}

/// Takes the rows off the draft.
#[tauri::command]
#[specta::specta]
pub async fn device_rows_clear(shell: State<'_, Shell>) -> Answer<DeviceDraft> {
    let session = shell.session()?;
    engine::device_rows_clear(&session).await.wire()
}

/// Takes the fixed documents off the draft.
#[tauri::command]
#[specta::specta]
pub async fn device_fixed_clear(shell: State<'_, Shell>) -> Answer<DeviceDraft> {
    let session = shell.session()?;
    engine::device_fixed_clear(&session).await.wire()
}
