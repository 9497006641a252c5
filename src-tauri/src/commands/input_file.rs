//! The draft's input file.

use overseed_engine::{
    draft::{Draft, draft_get},
    input_file::{self as engine, FindingsPage},
    job::JobKind,
};
use tauri::State;

use crate::{
    dialogs::{self, Files},
    error::{Answer, Wire},
    state::{Shell, shown},
};

const FILES: Files = Files {
    title: "Input file",
    kind: "JSON lines",
    endings: &["jsonl", "json", "txt"],
};

/// Makes the input file from selection and versions.
#[tauri::command]
#[specta::specta]
pub async fn file_make(shell: State<'_, Shell>) -> Answer<Draft> {
    shell
        .job(JobKind::InputFile, |session, progress| async move {
            engine::file_make(&session, &progress).await
        })
        .await
}

/// Takes a file from disk instead; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn file_open(shell: State<'_, Shell>) -> Answer<Option<Draft>> {
    let Some(path) = dialogs::open(FILES).await else {
        return Ok(None);
    };
    shell
        .job(JobKind::InputFile, |session, progress| async move {
            engine::file_open(&session, &path, &progress).await
        })
        .await
        .map(Some)
}

/// One page of findings.
#[tauri::command]
#[specta::specta]
pub async fn file_findings(
    shell: State<'_, Shell>,
    offset: u32,
    limit: u32,
) -> Answer<FindingsPage> {
    let session = shell.session()?;
    engine::file_findings(&session, offset, limit).await.wire()
}

/// Writes the input file where the user says; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn file_export(shell: State<'_, Shell>) -> Answer<Option<String>> {
    let session = shell.session()?;
    let plan = draft_get(&session).await.wire()?.plan;
    let path = dialogs::save(FILES, &format!("overseed-{plan}.jsonl")).await;
    if let Some(path) = &path {
        engine::file_export(&session, path).await.wire()?;
    }
    shown(path)
}

/// Uploads the input file and compares what arrived.
#[tauri::command]
#[specta::specta]
pub async fn file_upload(shell: State<'_, Shell>) -> Answer<Draft> {
    shell
        .job(JobKind::Upload, |session, progress| async move {
            engine::file_upload(&session, &progress).await
        })
        .await
}
