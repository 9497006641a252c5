//! The plan as a file, and each step as AWS CLI commands.

use overseed_engine::{
    command_text::{self, CommandStep},
    draft::{NextDraft, draft_get},
    job::JobKind,
    plan as engine,
};
use tauri::State;

use crate::{
    dialogs::{self, Files},
    error::{Answer, Wire},
    state::{Shell, shown},
};

/// Plan files.
pub const FILES: Files = Files {
    title: "Plan",
    kind: "Overseed plans",
    endings: &["json"],
};

/// Writes the plan where the user says; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn plan_export(shell: State<'_, Shell>) -> Answer<Option<String>> {
    let session = shell.session()?;
    let plan = draft_get(&session).await.wire()?.plan;
    let path = dialogs::save(FILES, &format!("plan-{plan}.json")).await;
    if let Some(path) = &path {
        engine::plan_export(&session, path).await.wire()?;
    }
    shown(path)
}

/// Makes the draft from a plan file, of the generation that the plan is for; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn plan_open(shell: State<'_, Shell>) -> Answer<Option<NextDraft>> {
    let Some(path) = dialogs::open(FILES).await else {
        return Ok(None);
    };
    shell
        .job(JobKind::InputFile, |session, progress| async move {
            engine::plan_open(&session, &path, &progress).await
        })
        .await
        .map(Some)
}

/// A step as AWS CLI commands.
#[tauri::command]
#[specta::specta]
pub async fn command_text(
    shell: State<'_, Shell>,
    step: CommandStep,
    run: Option<String>,
) -> Answer<String> {
    let session = shell.session()?;
    command_text::command_text(&session, step, run.as_deref())
        .await
        .wire()
}
