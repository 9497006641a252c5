//! Which generation of Greengrass the wizard is for.

use overseed_domain::rollout::Generation;
use overseed_engine::generation as engine;
use tauri::State;

use crate::{
    error::{Answer, Wire},
    state::Shell,
};

/// What the connection's wizard deploys to.
#[tauri::command]
#[specta::specta]
pub async fn generation_get(shell: State<'_, Shell>) -> Answer<Generation> {
    let session = shell.session()?;
    engine::generation_get(&session).await.wire()
}

/// Chooses what it deploys to.
#[tauri::command]
#[specta::specta]
pub async fn generation_set(shell: State<'_, Shell>, generation: Generation) -> Answer<Generation> {
    let session = shell.session()?;
    engine::generation_set(&session, generation).await.wire()
}
