//! Settings and the diagnostics bundle.

use overseed_engine::{
    diagnostics,
    settings::{self as engine, Settings},
};
use tauri::State;

use crate::{
    dialogs::{self, Files},
    error::{Answer, Wire},
    state::{Shell, shown},
};

/// The settings.
#[tauri::command]
#[specta::specta]
pub async fn settings_get(shell: State<'_, Shell>) -> Answer<Settings> {
    engine::settings_get(&shell.engine).await.wire()
}

/// Stores the settings.
#[tauri::command]
#[specta::specta]
pub async fn settings_set(shell: State<'_, Shell>, settings: Settings) -> Answer<Settings> {
    let settings = engine::settings_set(&shell.engine, settings).await.wire()?;
    shell.settings_changed.notify_one();
    Ok(settings)
}

/// Writes a diagnostics bundle without secrets; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn diagnostics_export(shell: State<'_, Shell>) -> Answer<Option<String>> {
    let files = Files {
        title: "Diagnostics bundle",
        kind: "ZIP archives",
        endings: &["zip"],
    };
    let path = dialogs::save(files, "overseed-diagnostics.zip").await;
    if let Some(path) = &path {
        diagnostics::diagnostics_export(&shell.engine, path)
            .await
            .wire()?;
    }
    shown(path)
}
