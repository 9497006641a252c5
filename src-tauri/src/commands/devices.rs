//! The inventory of core devices and thing groups, and the selection of devices.

use overseed_engine::{
    groups::{ImportReport, Selection},
    job::JobKind,
    v2::devices::{
        self as engine, DeviceInventory, DeviceRow, DeviceSelectionChange, DevicesPage,
        DevicesQuery, ThingGroupRow, ThingGroupsPage,
    },
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
pub async fn devices_status(shell: State<'_, Shell>) -> Answer<DeviceInventory> {
    let session = shell.session()?;
    engine::devices_status(&session).await.wire()
}

/// Lists all core devices and thing groups of the account anew.
#[tauri::command]
#[specta::specta]
pub async fn devices_refresh(shell: State<'_, Shell>) -> Answer<DeviceInventory> {
    shell
        .job(JobKind::Devices, |session, progress| async move {
            engine::devices_refresh(&session, &progress).await
        })
        .await
}

/// One page of core devices.
#[tauri::command]
#[specta::specta]
pub async fn devices_page(shell: State<'_, Shell>, query: DevicesQuery) -> Answer<DevicesPage> {
    let session = shell.session()?;
    engine::devices_page(&session, query).await.wire()
}

/// Reads nucleus and thing groups of these devices, unless they were read a moment ago.
#[tauri::command]
#[specta::specta]
pub async fn devices_read(shell: State<'_, Shell>, names: Vec<String>) -> Answer<Vec<DeviceRow>> {
    shell
        .beside(JobKind::DeviceDetails, |session, progress| async move {
            engine::devices_read(&session, &names, &progress).await
        })
        .await
}

/// Changes the selection.
#[tauri::command]
#[specta::specta]
pub async fn devices_select(
    shell: State<'_, Shell>,
    change: DeviceSelectionChange,
) -> Answer<Selection> {
    let session = shell.session()?;
    engine::devices_select(&session, change).await.wire()
}

/// Selects the devices that a pasted list names.
#[tauri::command]
#[specta::specta]
pub async fn devices_import_text(shell: State<'_, Shell>, text: String) -> Answer<ImportReport> {
    shell
        .job(JobKind::Import, |session, progress| async move {
            engine::devices_import_text(&session, text, &progress).await
        })
        .await
}

/// Selects the devices that a file names; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn devices_import_file(shell: State<'_, Shell>) -> Answer<Option<ImportReport>> {
    let files = Files {
        title: "Import a list of core devices",
        kind: "Lists of thing names",
        endings: &["txt", "csv", "json", "jsonl"],
    };
    let Some(path) = dialogs::open(files).await else {
        return Ok(None);
    };
    shell
        .job(JobKind::Import, |session, progress| async move {
            engine::devices_import_file(&session, path, &progress).await
        })
        .await
        .map(Some)
}

/// One page of thing groups that have a text in their names.
#[tauri::command]
#[specta::specta]
pub async fn thing_groups_page(
    shell: State<'_, Shell>,
    text: String,
    offset: u32,
    limit: u32,
) -> Answer<ThingGroupsPage> {
    let session = shell.session()?;
    engine::thing_groups_page(&session, &text, offset, limit)
        .await
        .wire()
}

/// Reads who is in a thing group, so that the filter `thingGroup = NAME` finds its core devices.
#[tauri::command]
#[specta::specta]
pub async fn thing_group_read(shell: State<'_, Shell>, name: String) -> Answer<ThingGroupRow> {
    shell
        .job(JobKind::DeviceDetails, |session, progress| async move {
            engine::thing_group_read(&session, &name, &progress).await
        })
        .await
}
