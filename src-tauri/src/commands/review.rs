//! The preflight checks.

use overseed_engine::{
    job::JobKind,
    review::{self as engine, Review},
};
use tauri::State;

use crate::{error::Answer, state::Shell};

/// The plan with all checks.
#[tauri::command]
#[specta::specta]
pub async fn review(shell: State<'_, Shell>) -> Answer<Review> {
    shell
        .job(JobKind::Review, |session, progress| async move {
            engine::review(&session, &progress).await
        })
        .await
}

/// Stops another bulk deployment, waits until it has stopped, and checks again.
#[tauri::command]
#[specta::specta]
pub async fn other_stop(shell: State<'_, Shell>, id: String) -> Answer<Review> {
    shell
        .job(JobKind::StopOther, |session, progress| async move {
            engine::other_stop(&session, &id, &progress).await?;
            engine::review(&session, &progress).await
        })
        .await
}
