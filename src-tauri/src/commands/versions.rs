//! Which version each selected group gets.

use overseed_domain::group::DefinitionDifference;
use overseed_engine::{
    job::JobKind,
    versions::{self as engine, VersionOption, VersionsPage, VersionsQuery},
};
use tauri::State;

use crate::{
    error::{Answer, Wire},
    state::Shell,
};

/// One page of selected groups with their versions.
#[tauri::command]
#[specta::specta]
pub async fn versions_page(shell: State<'_, Shell>, query: VersionsQuery) -> Answer<VersionsPage> {
    let session = shell.session()?;
    engine::versions_page(&session, query).await.wire()
}

/// The versions that a group could get.
#[tauri::command]
#[specta::specta]
pub async fn group_versions(shell: State<'_, Shell>, group: String) -> Answer<Vec<VersionOption>> {
    let session = shell.session()?;
    engine::group_versions(&session, &group).await.wire()
}

/// Chooses a version for a group; `null` for the latest.
#[tauri::command]
#[specta::specta]
pub async fn version_choose(
    shell: State<'_, Shell>,
    group: String,
    version: Option<String>,
) -> Answer<()> {
    let session = shell.session()?;
    engine::version_choose(&session, &group, version.as_deref())
        .await
        .wire()
}

/// Chooses the version before the latest for all selected groups.
#[tauri::command]
#[specta::specta]
pub async fn versions_choose_previous(shell: State<'_, Shell>) -> Answer<VersionsPage> {
    shell
        .job(JobKind::Versions, |session, progress| async move {
            engine::versions_choose_previous(&session, &progress).await?;
            engine::versions_page(
                &session,
                VersionsQuery {
                    limit: 1,
                    ..VersionsQuery::default()
                },
            )
            .await
        })
        .await
}

/// Back to the latest version for all selected groups.
#[tauri::command]
#[specta::specta]
pub async fn versions_reset(shell: State<'_, Shell>) -> Answer<()> {
    let session = shell.session()?;
    engine::versions_reset(&session).await.wire()
}

/// What differs between two versions of a group.
#[tauri::command]
#[specta::specta]
pub async fn versions_compare(
    shell: State<'_, Shell>,
    group: String,
    before: String,
    after: String,
) -> Answer<Vec<DefinitionDifference>> {
    let session = shell.session()?;
    engine::versions_compare(&session, &group, &before, &after)
        .await
        .wire()
}
