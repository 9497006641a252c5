//! Listing all groups into the store.

use overseed_aws::{Kind, pages};
use overseed_domain::{
    Millis,
    group::{Deployable, Group, bare_id},
};
use roaring::RoaringBitmap;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{Inventory, page::groups_status, stored};
use crate::{Error, ErrorCode, Problem, Session, draft, job::Progress};

/// Groups written in one transaction.
const BATCH: usize = 2_000;

/// A batch is written after this many milliseconds even where it is small, so that little is lost by a crash.
const BATCH_MILLIS: i64 = 1_000;

/// A listing that was broken off is gone on with for a day: how long a token lives is not documented, and
/// what came before it ages.
const RESUMABLE_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// Where a listing stands.
#[derive(Debug, Clone)]
struct Place {
    number: i64,
    /// Asks for the next page; absent at the beginning.
    token: Option<String>,
    /// Groups read so far.
    read: u64,
}

/// Lists all groups. What was read is kept when it is cancelled or fails; the next listing goes on there while
/// the service still knows the place. Groups that are no longer listed are forgotten, but for selected ones:
/// they stay as [`Deployable::Gone`].
///
/// # Errors
/// Those of ListGroups; [`ErrorCode::Conflict`] where another process lists the same groups;
/// [`Error::Cancelled`]; those of the store.
pub async fn groups_refresh(session: &Session, progress: &Progress) -> Result<Inventory, Error> {
    let listing = session.index.listing();
    progress.stage("Listing groups", None);
    let place = begin(session, true).await?;
    let resumed = place.token.is_some();
    let result = match list(session, progress, place).await {
        Err(Error::Aws(error)) if resumed && is_token_refused(error.kind) => {
            progress.stage("Listing groups from the beginning", None);
            list(session, progress, begin(session, false).await?).await
        }
        result => result,
    };
    drop(listing);
    result?;
    groups_status(session).await
}

const fn is_token_refused(kind: Kind) -> bool {
    matches!(kind, Kind::BadRequest | Kind::NotFound)
}

/// Opens the listing, or goes on with one that was broken off.
async fn begin(session: &Session, resume: bool) -> Result<Place, Error> {
    let (scope, now) = (session.scope, session.clock().now());
    session
        .store()
        .write(move |tx| {
            let last: Option<(i64, i64, Option<i64>, Option<String>)> = tx
                .query_row(
                    "SELECT number, started_at, ended_at, next_token FROM listing WHERE scope = ?1",
                    [scope],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
                )
                .optional()?;
            let number = match last {
                Some((number, started, None, token @ Some(_)))
                    if resume && now.since(Millis(started)) < RESUMABLE_MILLIS =>
                {
                    let read: u32 = tx.query_row(
                        "SELECT count(*) FROM inventory_group WHERE scope = ?1 AND listing = ?2",
                        [scope, number],
                        |row| row.get(0),
                    )?;
                    return Ok(Place {
                        number,
                        token,
                        read: u64::from(read),
                    });
                }
                Some((number, ..)) => number + 1,
                None => 1,
            };
            tx.execute(
                "INSERT INTO listing (scope, number, started_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (scope) DO UPDATE SET number = excluded.number,
                     started_at = excluded.started_at, ended_at = NULL, next_token = NULL",
                params![scope, number, now.0],
            )?;
            Ok(Place {
                number,
                token: None,
                read: 0,
            })
        })
        .await
}

async fn list(session: &Session, progress: &Progress, mut place: Place) -> Result<(), Error> {
    let clients = &session.clients;
    let mut listing = pages(
        "greengrass:ListGroups",
        progress.cancel(),
        |token: Option<String>| {
            let clients = clients.clone();
            async move { clients.list_groups(token.as_deref()).await }
        },
    )
    .from(place.token.clone());
    let mut batch: Vec<Group> = Vec::with_capacity(BATCH);
    let mut next = place.token.clone();
    let mut written_at = session.clock().now();
    progress.done(place.read);
    loop {
        match listing.next().await {
            Ok(Some(page)) => {
                place.read += page.items.len() as u64;
                progress.done(place.read);
                batch.extend(page.items);
                next = page.next;
                let now = session.clock().now();
                if batch.len() >= BATCH || now.since(written_at) >= BATCH_MILLIS || next.is_none() {
                    write(session, &mut place, &mut batch, next.clone()).await?;
                    written_at = now;
                }
            }
            Ok(None) => return end(session, progress, place.number).await,
            Err(error) => {
                if !batch.is_empty() {
                    write(session, &mut place, &mut batch, next).await?;
                }
                return Err(match error.kind {
                    Kind::Cancelled => Error::Cancelled,
                    _ => error.into(),
                });
            }
        }
    }
}

/// Writes a batch together with the place to go on from.
async fn write(
    session: &Session,
    place: &mut Place,
    batch: &mut Vec<Group>,
    next: Option<String>,
) -> Result<(), Error> {
    let scope = session.scope;
    let groups = std::mem::take(batch);
    let (number, expected) = (place.number, place.token.clone());
    place.token.clone_from(&next);
    session
        .store()
        .write(move |tx| {
            let mine = tx.execute(
                "UPDATE listing SET next_token = ?4, revision = revision + 1
                 WHERE scope = ?1 AND number = ?2 AND next_token IS ?3 AND ended_at IS NULL",
                params![scope, number, expected, next],
            )?;
            if mine == 0 {
                return Err(taken_over().into());
            }
            let selection = stored::selection(tx, scope)?;
            if upsert(tx, scope, number, &groups, &selection)? {
                draft::targets_changed(tx, scope)?;
            }
            Ok(())
        })
        .await
}

fn taken_over() -> Problem {
    Problem::new(
        ErrorCode::Conflict,
        "Another listing of these groups has begun meanwhile",
    )
    .hint("Wait for it: its groups appear here as well.")
}

/// Writes groups as listed; answers whether a selected one has another latest version than before.
fn upsert(
    tx: &Transaction<'_>,
    scope: i64,
    number: i64,
    groups: &[Group],
    selection: &RoaringBitmap,
) -> Result<bool, Error> {
    // Not INSERT … ON CONFLICT: that would use up an ordinal for each group that is known.
    let mut known = tx.prepare_cached(
        "SELECT ordinal, latest_version FROM inventory_group WHERE scope = ?1 AND id = ?2",
    )?;
    let mut update = tx.prepare_cached(
        "UPDATE inventory_group SET name = ?2, arn = ?3, latest_version = ?4,
             latest_version_arn = ?5, created_at = ?6, updated_at = ?7, listing = ?8, deployable = ?9
         WHERE ordinal = ?1",
    )?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO inventory_group (scope, id, name, arn, latest_version, latest_version_arn,
             created_at, updated_at, listing, deployable)
         VALUES (?1, ?10, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut changed = false;
    for group in groups {
        let id = bare_id(&group.id);
        let found: Option<(u32, Option<String>)> = known
            .query_row(params![scope, id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let deployable = stored::deployable_to_store(deployable(tx, scope, group)?);
        let created = group.created_at.map(|at| at.0);
        let updated = group.updated_at.map(|at| at.0);
        let Group {
            name,
            arn,
            latest_version,
            latest_version_arn,
            ..
        } = group;
        match found {
            Some((ordinal, latest)) => {
                changed |= &latest != latest_version && selection.contains(ordinal);
                update.execute(params![
                    ordinal,
                    name,
                    arn,
                    latest_version,
                    latest_version_arn,
                    created,
                    updated,
                    number,
                    deployable
                ])?;
            }
            None => {
                insert.execute(params![
                    scope,
                    name,
                    arn,
                    latest_version,
                    latest_version_arn,
                    created,
                    updated,
                    number,
                    deployable,
                    id
                ])?;
            }
        }
    }
    Ok(changed)
}

/// Whether a listed group can be deployed, by what is known of its latest version's cores.
fn deployable(tx: &Transaction<'_>, scope: i64, group: &Group) -> Result<Deployable, Error> {
    if group.latest_version.is_none() {
        return Ok(Deployable::NoVersion);
    }
    let cores: Option<u32> = tx
        .prepare_cached("SELECT cores FROM core_count WHERE scope = ?1 AND version_arn = ?2")?
        .query_row(params![scope, group.latest_version_arn], |row| row.get(0))
        .optional()?;
    Ok(cores.map_or(Deployable::Yes, stored::deployable_with))
}

/// Forgets what was not listed any more, then marks the listing as complete.
async fn end(session: &Session, progress: &Progress, number: i64) -> Result<(), Error> {
    let (scope, now) = (session.scope, session.clock().now());
    let mut after = Some(0);
    while let Some(ordinal) = after {
        progress.check()?;
        after = session
            .store()
            .write(move |tx| sweep(tx, scope, number, ordinal))
            .await?;
    }
    session
        .store()
        .write(move |tx| {
            let mine = tx.execute(
                "UPDATE listing SET ended_at = ?3, complete_at = ?3, next_token = NULL,
                     revision = revision + 1
                 WHERE scope = ?1 AND number = ?2",
                params![scope, number, now.0],
            )?;
            if mine == 0 {
                Err(taken_over().into())
            } else {
                Ok(())
            }
        })
        .await
}

/// Forgets groups after `ordinal` that this listing did not see, a batch at a time; answers where to go on.
fn sweep(
    tx: &Transaction<'_>,
    scope: i64,
    number: i64,
    ordinal: u32,
) -> Result<Option<u32>, Error> {
    let unseen: Vec<(u32, String)> = tx
        .prepare_cached(
            "SELECT ordinal, id FROM inventory_group
             WHERE +scope = ?1 AND ordinal > ?2 AND listing <> ?3 ORDER BY ordinal LIMIT ?4",
        )?
        .query_map(params![scope, ordinal, number, BATCH as i64], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    let Some(&(last, _)) = unseen.last() else {
        return Ok(None);
    };
    let (selection, before) = stored::selections(tx, scope)?;
    let mut deleted = RoaringBitmap::new();
    let mut gone = 0;
    for (ordinal, id) in &unseen {
        if selection.contains(*ordinal) {
            gone += tx
                .prepare_cached(
                    "UPDATE inventory_group SET deployable = ?2 WHERE ordinal = ?1 AND deployable <> ?2",
                )?
                .execute(params![ordinal, stored::deployable_to_store(Deployable::Gone)])?;
            continue;
        }
        tx.prepare_cached("DELETE FROM draft_version WHERE scope = ?1 AND ordinal = ?2")?
            .execute(params![scope, ordinal])?;
        tx.prepare_cached("DELETE FROM group_version WHERE scope = ?1 AND group_id = ?2")?
            .execute(params![scope, id])?;
        tx.prepare_cached("DELETE FROM inventory_group WHERE ordinal = ?1")?
            .execute([ordinal])?;
        deleted.insert(*ordinal);
    }
    if let Some(before) = before
        && !before.is_disjoint(&deleted)
    {
        stored::write_selections(tx, scope, &selection, Some(&(before - deleted)))?;
    }
    if gone > 0 {
        draft::targets_changed(tx, scope)?;
    }
    stored::inventory_changed(tx, scope)?;
    Ok((unseen.len() == BATCH).then_some(last))
}
