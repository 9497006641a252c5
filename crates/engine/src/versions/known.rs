//! Versions of single groups: read by ListGroupVersions, kept in the store.

use overseed_aws::{Kind, pages};
use overseed_domain::{
    Millis,
    group::{Deployable, GroupVersion, bare_id},
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use tokio_util::sync::CancellationToken;

use crate::{Error, ErrorCode, Problem, Session, draft, groups::stored};

/// Versions that were read at most this long ago are not asked for again when one group is looked at.
const FRESH_MILLIS: i64 = 60_000;

/// A group of the inventory.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) ordinal: u32,
    pub(super) latest: Option<String>,
}

/// Looks a group up by its id; the account before it is no part of it.
pub(super) fn find(
    connection: &Connection,
    scope: i64,
    group: &str,
) -> Result<Option<Known>, Error> {
    Ok(connection
        .prepare_cached(
            "SELECT ordinal, latest_version FROM inventory_group WHERE scope = ?1 AND id = ?2",
        )?
        .query_row(params![scope, bare_id(group)], |row| {
            Ok(Known {
                ordinal: row.get(0)?,
                latest: row.get(1)?,
            })
        })
        .optional()?)
}

/// The group, or a problem that says what to do.
pub(super) fn known(connection: &Connection, scope: i64, group: &str) -> Result<Known, Error> {
    find(connection, scope, group)?.ok_or_else(|| {
        Problem::new(ErrorCode::NotFound, "The inventory has no group of this id")
            .detail(group)
            .hint("List the groups again; check account and Region.")
            .into()
    })
}

/// All versions of a group, newest first; from the store where they were read just now.
pub(super) async fn versions_of(
    session: &Session,
    group: &str,
    cancel: &CancellationToken,
) -> Result<Vec<GroupVersion>, Error> {
    let (scope, now) = (session.scope, session.clock().now());
    let id = bare_id(group).to_owned();
    let kept = {
        let id = id.clone();
        session
            .store()
            .read(move |connection| kept(connection, scope, &id))
            .await?
    };
    if let Some((versions, read_at)) = kept
        && now.since(read_at) < FRESH_MILLIS
    {
        return Ok(versions);
    }
    let versions = ask(session, &id, cancel).await?;
    let stored = versions.clone();
    session
        .store()
        .write(move |tx| {
            if remember(tx, scope, &id, &stored, now)? {
                draft::targets_changed(tx, scope)?;
            }
            Ok(())
        })
        .await?;
    Ok(versions)
}

/// ListGroupVersions, all pages, newest first. The order of the answer is not documented: times decide.
pub(super) async fn ask(
    session: &Session,
    id: &str,
    cancel: &CancellationToken,
) -> Result<Vec<GroupVersion>, Error> {
    let listing = pages(
        "greengrass:ListGroupVersions",
        cancel,
        |token: Option<String>| async move {
            session
                .clients
                .list_group_versions(id, token.as_deref())
                .await
        },
    );
    let mut versions = listing.all().await.map_err(cancelled)?;
    versions.sort_by_key(|version| std::cmp::Reverse(version.created_at));
    Ok(versions)
}

/// A call that was cancelled is no failure of AWS.
pub(super) fn cancelled(error: overseed_aws::Error) -> Error {
    if error.kind == Kind::Cancelled {
        Error::Cancelled
    } else {
        error.into()
    }
}

/// Versions that the store has of a group, and when they were read.
pub(super) fn kept(
    connection: &Connection,
    scope: i64,
    id: &str,
) -> Result<Option<(Vec<GroupVersion>, Millis)>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT version, arn, created_at, read_at FROM group_version
         WHERE scope = ?1 AND group_id = ?2 ORDER BY position",
    )?;
    let mut rows = statement.query(params![scope, id])?;
    let mut versions = Vec::new();
    let mut read_at = None;
    while let Some(row) = rows.next()? {
        versions.push(GroupVersion {
            version: row.get(0)?,
            arn: row.get(1)?,
            created_at: row.get::<_, Option<i64>>(2)?.map(Millis),
        });
        read_at = Some(Millis(row.get(3)?));
    }
    Ok(read_at.map(|read_at| (versions, read_at)))
}

/// Keeps a group's versions. Where the newest is another than the inventory's latest, the inventory learns of it;
/// answers whether that changes a target of the draft.
pub(super) fn remember(
    tx: &Transaction<'_>,
    scope: i64,
    id: &str,
    versions: &[GroupVersion],
    now: Millis,
) -> Result<bool, Error> {
    tx.prepare_cached("DELETE FROM group_version WHERE scope = ?1 AND group_id = ?2")?
        .execute(params![scope, id])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO group_version (scope, group_id, position, version, arn, created_at, read_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (position, version) in (0_i64..).zip(versions) {
        let created = version.created_at.map(|at| at.0);
        insert.execute(params![
            scope,
            id,
            position,
            version.version,
            version.arn,
            created,
            now.0
        ])?;
    }
    let Some(group) = find(tx, scope, id)? else {
        return Ok(false);
    };
    let newest = versions.first();
    if newest.map(|version| &version.version) == group.latest.as_ref() {
        return Ok(false);
    }
    let cores: Option<u32> = tx
        .query_row(
            "SELECT cores FROM core_count WHERE scope = ?1 AND version_arn = ?2",
            params![scope, newest.map(|version| &version.arn)],
            |row| row.get(0),
        )
        .optional()?;
    let deployable = match newest {
        None => Deployable::NoVersion,
        Some(_) => cores.map_or(Deployable::Yes, stored::deployable_with),
    };
    tx.execute(
        "UPDATE inventory_group SET latest_version = ?2, latest_version_arn = ?3, deployable = ?4
         WHERE ordinal = ?1",
        params![
            group.ordinal,
            newest.map(|version| &version.version),
            newest.map(|version| &version.arn),
            stored::deployable_to_store(deployable)
        ],
    )?;
    stored::inventory_changed(tx, scope)?;
    Ok(stored::selection(tx, scope)?.contains(group.ordinal))
}

/// Writes what was chosen for a group of the draft.
pub(crate) fn write_choice(
    tx: &Transaction<'_>,
    scope: i64,
    ordinal: u32,
    choice: &str,
    chosen: Result<&str, &str>,
) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO draft_version (scope, ordinal, choice, version, problem)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (scope, ordinal) DO UPDATE
             SET choice = ?3, version = ?4, problem = ?5",
    )?
    .execute(params![scope, ordinal, choice, chosen.ok(), chosen.err()])?;
    Ok(())
}
