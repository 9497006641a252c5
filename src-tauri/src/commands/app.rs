//! What the window needs to know before anything is connected.

use overseed_engine::{
    connect::{REGIONS, connection_last},
    connection::{ConnectRequest, Connection},
    folder::folder_id,
};
use serde::Serialize;
use specta::Type;
use tauri::State;

use crate::{
    error::{Answer, Wire},
    scenarios::{self, Scenario},
    state::Shell,
};

/// How the app stands.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AppStatus {
    version: String,
    data_dir: String,
    /// The id of the data folder: what the web view remembers is kept by it.
    folder: String,
    connection: Option<Connection>,
    last: Option<ConnectRequest>,
    scenarios: Vec<Scenario>,
    regions: Vec<String>,
}

/// How the app stands: what is connected, what was connected last, and what can be chosen.
#[tauri::command]
#[specta::specta]
pub async fn app_status(shell: State<'_, Shell>) -> Answer<AppStatus> {
    Ok(AppStatus {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_dir: shell.engine.data_dir().display().to_string(),
        folder: folder_id(&shell.engine).await.wire()?,
        connection: shell
            .connected()
            .map(|session| session.connection.as_ref().clone()),
        last: connection_last(&shell.engine).await.wire()?,
        scenarios: scenarios::all(),
        regions: REGIONS.iter().map(|region| (*region).to_owned()).collect(),
    })
}
