//! The draft of the wizard.

use overseed_engine::draft::{self as engine, Draft, DraftChange};
use tauri::State;

use crate::{
    error::{Answer, Wire},
    state::Shell,
};

/// The draft of the connection.
#[tauri::command]
#[specta::specta]
pub async fn draft_get(shell: State<'_, Shell>) -> Answer<Draft> {
    let session = shell.session()?;
    engine::draft_get(&session).await.wire()
}

/// Changes what was told; absent fields stay.
#[tauri::command]
#[specta::specta]
pub async fn draft_set(shell: State<'_, Shell>, change: DraftChange) -> Answer<Draft> {
    let session = shell.session()?;
    engine::draft_set(&session, change).await.wire()
}

/// Begins a new draft.
#[tauri::command]
#[specta::specta]
pub async fn draft_reset(shell: State<'_, Shell>) -> Answer<Draft> {
    let session = shell.session()?;
    engine::draft_reset(&session).await.wire()
}
