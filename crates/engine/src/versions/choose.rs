//! Choosing the version of one group, or the latest for all again; comparing two versions.

use overseed_domain::group::{DefinitionDifference, bare_id};
use rusqlite::{OptionalExtension, params};
use tokio_util::sync::CancellationToken;

use super::{VersionOption, known};
use crate::{Error, ErrorCode, Problem, Session, draft};

/// The versions that a group could get, newest first. One call, unless they were read within a minute.
///
/// # Errors
/// Those of ListGroupVersions ([`ErrorCode::NotFound`] for a group that does not exist); those of the store.
pub async fn group_versions(session: &Session, group: &str) -> Result<Vec<VersionOption>, Error> {
    let versions = known::versions_of(session, group, &CancellationToken::new()).await?;
    let (scope, id) = (session.scope, bare_id(group).to_owned());
    let (latest, chosen) = session
        .store()
        .read(move |connection| {
            let Some(group) = known::find(connection, scope, &id)? else {
                return Ok((None, None));
            };
            let chosen: Option<Option<String>> = connection
                .query_row(
                    "SELECT version FROM draft_version WHERE scope = ?1 AND ordinal = ?2",
                    params![scope, group.ordinal],
                    |row| row.get(0),
                )
                .optional()?;
            Ok((group.latest, chosen))
        })
        .await?;
    // A group that is not in the inventory: its newest version is the latest.
    let latest = latest.or_else(|| versions.first().map(|version| version.version.clone()));
    let chosen = chosen.unwrap_or_else(|| latest.clone());
    Ok(versions
        .into_iter()
        .map(|version| VersionOption {
            latest: latest.as_ref() == Some(&version.version),
            chosen: chosen.as_ref() == Some(&version.version),
            version: version.version,
            created_at: version.created_at,
        })
        .collect())
}

/// Chooses a version of a group for the draft; `None` for the latest.
///
/// # Errors
/// [`ErrorCode::NotFound`] where the inventory has no such group or the group no such version; those of
/// ListGroupVersions; those of the store.
pub async fn version_choose(
    session: &Session,
    group: &str,
    version: Option<&str>,
) -> Result<(), Error> {
    if let Some(version) = version {
        let versions = known::versions_of(session, group, &CancellationToken::new()).await?;
        if !versions.iter().any(|known| known.version == version) {
            return Err(Problem::new(
                ErrorCode::NotFound,
                "The group has no such version (any more)",
            )
            .detail(format!("version {version} of group {group}"))
            .hint("Choose another of its versions.")
            .into());
        }
    }
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    let (group, version) = (group.to_owned(), version.map(str::to_owned));
    session
        .store()
        .write(move |tx| {
            draft::load_or_make(tx, scope, sandbox)?;
            let known = known::known(tx, scope, &group)?;
            match &version {
                Some(version) => {
                    known::write_choice(tx, scope, known.ordinal, "chosen", Ok(version))?;
                }
                None => {
                    tx.execute(
                        "DELETE FROM draft_version WHERE scope = ?1 AND ordinal = ?2",
                        params![scope, known.ordinal],
                    )?;
                }
            }
            draft::targets_changed(tx, scope)
        })
        .await
}

/// Chooses the latest version for all groups again.
///
/// # Errors
/// Those of the store.
pub async fn versions_reset(session: &Session) -> Result<(), Error> {
    let scope = session.scope;
    session
        .store()
        .write(move |tx| {
            if tx.execute("DELETE FROM draft_version WHERE scope = ?1", [scope])? > 0 {
                draft::targets_changed(tx, scope)?;
            }
            Ok(())
        })
        .await
}

/// What differs between two versions of a group, by the definitions that they point to (two calls).
///
/// # Errors
/// Those of GetGroupVersion; [`ErrorCode::NotFound`] for a version that does not exist.
pub async fn versions_compare(
    session: &Session,
    group: &str,
    before: &str,
    after: &str,
) -> Result<Vec<DefinitionDifference>, Error> {
    let group = bare_id(group);
    let (before, after) = tokio::try_join!(
        session.clients.get_group_version(group, before),
        session.clients.get_group_version(group, after),
    )?;
    Ok(before.differences(&after))
}
