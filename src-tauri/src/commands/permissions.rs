//! The execution role and what it may do.

use overseed_engine::{
    draft::draft_get,
    job::JobKind,
    permissions::{self as engine, HandOver, Permissions, Role, Undone},
};
use tauri::State;

use crate::{
    dialogs::{self, Files},
    error::{Answer, Wire},
    state::{Shell, shown},
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

/// Takes back what was changed for the draft's plan.
#[tauri::command]
#[specta::specta]
pub async fn permissions_undo(shell: State<'_, Shell>) -> Answer<Vec<Undone>> {
    shell
        .job(JobKind::Permissions, |session, progress| async move {
            engine::permissions_undo(&session, &progress).await
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

/// Writes them in such a form where the user says; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn permissions_save(shell: State<'_, Shell>, form: HandOver) -> Answer<Option<String>> {
    let session = shell.session()?;
    let role = draft_get(&session).await.wire()?.role;
    let path = dialogs::save(handed_over(form), &form.file_name(&role)).await;
    if let Some(path) = &path {
        engine::permissions_save(&session, form, path)
            .await
            .wire()?;
    }
    shown(path)
}

/// The files of a form, for the dialog.
pub(super) fn handed_over(form: HandOver) -> Files {
    let (kind, endings): (_, &'static [&'static str]) = match form {
        HandOver::Json | HandOver::Caller => ("Policies", &["json"]),
        HandOver::AwsCli => ("Shell scripts", &["sh"]),
        HandOver::Cloudformation => ("CloudFormation templates", &["json"]),
        HandOver::Terraform => ("Terraform configurations", &["tf"]),
    };
    Files {
        title: "Permissions to hand over",
        kind,
        endings,
    }
}
