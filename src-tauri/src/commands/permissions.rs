//! The execution role and what it may do.

use overseed_engine::{
    job::JobKind,
    permissions::{self as engine, HandOver, Permissions, Role},
};
use tauri::State;

use crate::{
    error::{Answer, Wire},
    state::Shell,
};

/// Roles whose name holds a text.
#[tauri::command]
#[specta::specta]
pub async fn roles_list(shell: State<'_, Shell>, text: String) -> Answer<Vec<Role>> {
    let session = shell.session()?;
    engine::roles_list(&session, &text).await.wire()
}

/// What has to be true, what is so now, and what would be changed.
#[tauri::command]
#[specta::specta]
pub async fn permissions_check(shell: State<'_, Shell>) -> Answer<Permissions> {
    let session = shell.session()?;
    engine::permissions_check(&session).await.wire()
}

/// Applies the proposed changes.
#[tauri::command]
#[specta::specta]
pub async fn permissions_apply(shell: State<'_, Shell>) -> Answer<Permissions> {
    shell
        .job(JobKind::Permissions, |session, progress| async move {
            engine::permissions_apply(&session, &progress).await
        })
        .await
}

/// The permissions in a form for an administrator.
#[tauri::command]
#[specta::specta]
pub async fn permissions_hand_over(shell: State<'_, Shell>, form: HandOver) -> Answer<String> {
    let session = shell.session()?;
    engine::permissions_hand_over(&session, form).await.wire()
}
