//! Connecting to an account or the sandbox.

use overseed_engine::{
    connect as engine,
    connection::{ConnectRequest, Connection, Profile},
};
use tauri::State;

use crate::{
    error::{Answer, Wire},
    scenarios,
    state::Shell,
};

/// Profiles of the shared AWS config and credentials files.
#[tauri::command]
#[specta::specta]
pub async fn profiles_list() -> Answer<Vec<Profile>> {
    engine::profiles_list().await.wire()
}

/// Connects and takes the connection into use.
#[tauri::command]
#[specta::specta]
pub async fn connect(shell: State<'_, Shell>, request: ConnectRequest) -> Answer<Connection> {
    let sandbox = scenarios::reach(shell.engine.data_dir(), &request)
        .await
        .wire()?;
    let session = engine::connect(&shell.engine, request, sandbox)
        .await
        .wire()?;
    let connection = session.connection.as_ref().clone();
    shell.set_session(Some(session));
    Ok(connection)
}

/// Gives the connection up; runs that this process drives go on.
#[tauri::command]
#[specta::specta]
pub async fn disconnect(shell: State<'_, Shell>) -> Answer<()> {
    shell.set_session(None);
    Ok(())
}
