//! The devices' role and the deployment engine's, and what they may do.

use overseed_engine::{
    job::JobKind,
    permissions::{HandOver, Undone},
    v2::{
        permissions::{self as engine, DevicePermissions},
        plan::device_draft_get,
    },
};
use tauri::State;

use super::permissions::handed_over;
use crate::{
    dialogs,
    error::{Answer, Wire},
    state::{Shell, shown},
};

/// What has to be true of the roles, what is so now, and what would be changed.
#[tauri::command]
#[specta::specta]
pub async fn device_permissions_check(shell: State<'_, Shell>) -> Answer<DevicePermissions> {
    shell
        .job(JobKind::DeviceRoles, |session, progress| async move {
            engine::device_permissions_check(&session, &progress).await
        })
        .await
}

/// Applies the proposed changes.
#[tauri::command]
#[specta::specta]
pub async fn device_permissions_apply(shell: State<'_, Shell>) -> Answer<DevicePermissions> {
    shell
        .job(JobKind::Permissions, |session, progress| async move {
            engine::device_permissions_apply(&session, &progress).await
        })
        .await
}

/// Takes back what was changed for the draft's plan.
#[tauri::command]
#[specta::specta]
pub async fn device_permissions_undo(shell: State<'_, Shell>) -> Answer<Vec<Undone>> {
    shell
        .job(JobKind::Permissions, |session, progress| async move {
            engine::device_permissions_undo(&session, &progress).await
        })
        .await
}

/// The roles in a form for an administrator.
#[tauri::command]
#[specta::specta]
pub async fn device_permissions_hand_over(
    shell: State<'_, Shell>,
    form: HandOver,
) -> Answer<String> {
    shell
        .beside(JobKind::DeviceRoles, move |session, progress| async move {
            engine::device_permissions_hand_over(&session, form, &progress).await
        })
        .await
}

/// Writes them in such a form where the user says; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn device_permissions_save(
    shell: State<'_, Shell>,
    form: HandOver,
) -> Answer<Option<String>> {
    let session = shell.session()?;
    let role = device_draft_get(&session).await.wire()?.device_role;
    let path = dialogs::save(handed_over(form), &form.file_name(&role)).await;
    if let Some(path) = &path {
        let to = path.clone();
        shell
            .beside(JobKind::DeviceRoles, move |session, progress| async move {
                engine::device_permissions_save(&session, form, &to, &progress).await
            })
            .await?;
    }
    shown(path)
}
