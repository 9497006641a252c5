//! Listing all targets into the store.

use std::future::Future;

use overseed_aws::{Clients, Kind, Page, pages};
use overseed_domain::{Millis, group::Deployable};
use roaring::RoaringBitmap;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{IndexCell, Shape, stored};
use crate::{Error, ErrorCode, Problem, Session, job::Progress};

/// What is listed.
pub(crate) trait Listed: Send + 'static {
    /// One target, as the service lists it.
    type Item: Send + 'static;
    /// The call, such as `greengrass:ListGroups`.
    const OPERATION: &'static str;

    /// The index of these targets.
    fn cell(session: &Session) -> &IndexCell;

    /// Asks for a page.
    fn page(
        clients: Clients,
        token: Option<String>,
    ) -> impl Future<Output = Result<Page<Self::Item>, overseed_aws::Error>> + Send;

    /// Writes targets as listed by the listing of this number; answers whether a selected one is not what it was.
    fn write(
        tx: &Transaction<'_>,
        scope: i64,
        number: i64,
        items: &[Self::Item],
        selection: &RoaringBitmap,
    ) -> Result<bool, Error>;
}

/// Targets written in one transaction.
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
    /// Targets read so far.
    read: u64,
}

/// Lists all targets. What was read is kept when it is cancelled or fails; the next listing goes on there while
/// the service still knows the place. Targets that are no longer listed are forgotten, but for selected ones:
/// they stay as [`Deployable::Gone`].
pub(crate) async fn refresh<L: Listed>(
    session: &Session,
    progress: &Progress,
) -> Result<(), Error> {
    let cell = L::cell(session);
    let (shape, listing) = (cell.shape(), cell.listing());
    progress.stage(&format!("Listing {}", shape.many), None);
    let place = begin(session, shape, true).await?;
    let resumed = place.token.is_some();
    let result = match list::<L>(session, progress, place).await {
        Err(Error::Aws(error)) if resumed && is_token_refused(error.kind) => {
            let stage = format!("Listing {} from the beginning", shape.many);
            progress.stage(&stage, None);
            list::<L>(session, progress, begin(session, shape, false).await?).await
        }
        result => result,
    };
    drop(listing);
    result
}

const fn is_token_refused(kind: Kind) -> bool {
    matches!(kind, Kind::BadRequest | Kind::NotFound)
}

/// Opens the listing, or goes on with one that was broken off.
async fn begin(session: &Session, shape: &'static Shape, resume: bool) -> Result<Place, Error> {
    let (scope, now) = (session.scope, session.clock().now());
    session
        .store()
        .write(move |tx| {
            let last: Option<(i64, i64, Option<i64>, Option<String>)> = tx
                .query_row(
                    &format!(
                        "SELECT number, started_at, ended_at, next_token FROM {} WHERE scope = ?1",
                        shape.listing
                    ),
                    [scope],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
                )
                .optional()?;
            let number = match last {
                Some((number, started, None, token @ Some(_)))
                    if resume && now.since(Millis(started)) < RESUMABLE_MILLIS =>
                {
                    let read: u32 = tx.query_row(
                        &format!(
                            "SELECT count(*) FROM {} WHERE scope = ?1 AND listing = ?2",
                            shape.table
                        ),
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
                &format!(
                    "INSERT INTO {} (scope, number, started_at) VALUES (?1, ?2, ?3)
                     ON CONFLICT (scope) DO UPDATE SET number = excluded.number,
                         started_at = excluded.started_at, ended_at = NULL, next_token = NULL",
                    shape.listing
                ),
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

async fn list<L: Listed>(
    session: &Session,
    progress: &Progress,
    mut place: Place,
) -> Result<(), Error> {
    let clients = &session.clients;
    let mut listing = pages(L::OPERATION, progress.cancel(), |token: Option<String>| {
        L::page(clients.clone(), token)
    })
    .from(place.token.clone());
    let mut batch: Vec<L::Item> = Vec::with_capacity(BATCH);
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
                    write::<L>(session, &mut place, &mut batch, next.clone()).await?;
                    written_at = now;
                }
            }
            Ok(None) => {
                return end(session, progress, L::cell(session).shape(), place.number).await;
            }
            Err(error) => {
                if !batch.is_empty() {
                    write::<L>(session, &mut place, &mut batch, next).await?;
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
async fn write<L: Listed>(
    session: &Session,
    place: &mut Place,
    batch: &mut Vec<L::Item>,
    next: Option<String>,
) -> Result<(), Error> {
    let (scope, shape) = (session.scope, L::cell(session).shape());
    let items = std::mem::take(batch);
    let (number, expected) = (place.number, place.token.clone());
    place.token.clone_from(&next);
    session
        .store()
        .write(move |tx| {
            let mine = tx.execute(
                &format!(
                    "UPDATE {} SET next_token = ?4, revision = revision + 1
                     WHERE scope = ?1 AND number = ?2 AND next_token IS ?3 AND ended_at IS NULL",
                    shape.listing
                ),
                params![scope, number, expected, next],
            )?;
            if mine == 0 {
                return Err(taken_over(shape).into());
            }
            let (selection, _) = stored::selections(tx, shape, scope)?;
            if L::write(tx, scope, number, &items, &selection)? {
                (shape.changed)(tx, scope)?;
            }
            Ok(())
        })
        .await
}

fn taken_over(shape: &Shape) -> Problem {
    Problem::new(
        ErrorCode::Conflict,
        format!(
            "Another listing of these {} has begun meanwhile",
            shape.many
        ),
    )
    .hint(format!(
        "Wait for it: its {} appear here as well.",
        shape.many
    ))
}

/// Forgets what was not listed any more, then marks the listing as complete.
async fn end(
    session: &Session,
    progress: &Progress,
    shape: &'static Shape,
    number: i64,
) -> Result<(), Error> {
    let (scope, now) = (session.scope, session.clock().now());
    let mut after = Some(0);
    while let Some(ordinal) = after {
        progress.check()?;
        after = session
            .store()
            .write(move |tx| sweep(tx, shape, scope, number, ordinal))
            .await?;
    }
    session
        .store()
        .write(move |tx| {
            let mine = tx.execute(
                &format!(
                    "UPDATE {} SET ended_at = ?3, complete_at = ?3, next_token = NULL,
                         revision = revision + 1
                     WHERE scope = ?1 AND number = ?2",
                    shape.listing
                ),
                params![scope, number, now.0],
            )?;
            if mine == 0 {
                Err(taken_over(shape).into())
            } else {
                Ok(())
            }
        })
        .await
}

/// Forgets targets after `ordinal` that this listing did not see, a batch at a time; answers where to go on.
fn sweep(
    tx: &Transaction<'_>,
    shape: &Shape,
    scope: i64,
    number: i64,
    ordinal: u32,
) -> Result<Option<u32>, Error> {
    let unseen: Vec<(u32, String)> = tx
        .prepare_cached(&format!(
            "SELECT ordinal, {} FROM {}
             WHERE +scope = ?1 AND ordinal > ?2 AND listing <> ?3 ORDER BY ordinal LIMIT ?4",
            shape.key, shape.table
        ))?
        .query_map(params![scope, ordinal, number, BATCH as i64], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    let Some(&(last, _)) = unseen.last() else {
        return Ok(None);
    };
    let (selection, before) = stored::selections(tx, shape, scope)?;
    let mut deleted = RoaringBitmap::new();
    let mut gone = 0;
    for (ordinal, key) in &unseen {
        if selection.contains(*ordinal) {
            gone += tx
                .prepare_cached(&format!(
                    "UPDATE {} SET deployable = ?2 WHERE ordinal = ?1 AND deployable <> ?2",
                    shape.table
                ))?
                .execute(params![
                    ordinal,
                    stored::deployable_to_store(Deployable::Gone)
                ])?;
            continue;
        }
        (shape.forget)(tx, scope, *ordinal, key)?;
        tx.prepare_cached(&format!("DELETE FROM {} WHERE ordinal = ?1", shape.table))?
            .execute([ordinal])?;
        deleted.insert(*ordinal);
    }
    if let Some(before) = before
        && !before.is_disjoint(&deleted)
    {
        stored::write_selections(tx, shape, scope, &selection, Some(&(before - deleted)))?;
    }
    if gone > 0 {
        (shape.changed)(tx, scope)?;
    }
    stored::inventory_changed(tx, shape, scope)?;
    Ok((unseen.len() == BATCH).then_some(last))
}
