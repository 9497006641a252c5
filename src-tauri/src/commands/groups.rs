//! The inventory of groups and the selection.

use overseed_engine::{
    groups::{
        self as engine, GroupsPage, GroupsQuery, ImportReport, Inventory, Selection,
        SelectionChange,
    },
    job::JobKind,
};
use tauri::State;

use crate::{
    dialogs::{self, Files},
    error::{Answer, Wire},
    state::Shell,
};

/// How complete and how old the inventory is.
#[tauri::command]
#[specta::specta]
pub async fn groups_status(shell: State<'_, Shell>) -> Answer<Inventory> {
    let session = shell.session()?;
    engine::groups_status(&session).await.wire()
}

/// Lists all groups of the account anew.
#[tauri::command]
#[specta::specta]
pub async fn groups_refresh(shell: State<'_, Shell>) -> Answer<Inventory> {
    shell
        .job(JobKind::Groups, |session, progress| async move {
            engine::groups_refresh(&session, &progress).await?;
            engine::groups_status(&session).await
        })
        .await
}

/// One page of groups.
#[tauri::command]
#[specta::specta]
pub async fn groups_page(shell: State<'_, Shell>, query: GroupsQuery) -> Answer<GroupsPage> {
    let session = shell.session()?;
    engine::groups_page(&session, query).await.wire()
}

/// Changes the selection.
#[tauri::command]
#[specta::specta]
pub async fn groups_select(shell: State<'_, Shell>, change: SelectionChange) -> Answer<Selection> {
    let session = shell.session()?;
    engine::groups_select(&session, change).await.wire()
}

/// Selects the groups that a pasted list names.
#[tauri::command]
#[specta::specta]
pub async fn groups_import_text(shell: State<'_, Shell>, text: String) -> Answer<ImportReport> {
    shell
        .job(JobKind::Import, |session, progress| async move {
            engine::groups_import_text(&session, text, &progress).await
        })
        .await
}

/// Selects the groups that a file names; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn groups_import_file(shell: State<'_, Shell>) -> Answer<Option<ImportReport>> {
    let files = Files {
        title: "Import a list of groups",
        kind: "Lists of ids or names",
        endings: &["txt", "csv", "json", "jsonl"],
    };
    let Some(path) = dialogs::open(files).await else {
        return Ok(None);
    };
    shell
        .job(JobKind::Import, |session, progress| async move {
            engine::groups_import_file(&session, path, &progress).await
        })
        .await
        .map(Some)
}
