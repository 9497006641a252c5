//! What the listing does not tell of a device, one call each: the version of its nucleus (GetCoreDevice) and its thing
//! groups (ListThingGroupsForThing). Read for the devices that are looked at or selected, and kept.

use futures::{StreamExt, TryStreamExt, stream};
use overseed_aws::{Kind, cancellable, pages};
use overseed_domain::Millis;
use rusqlite::{OptionalExtension, params};

use super::{
    CORE_DEVICES, DeviceRow, for_each_selected_device,
    listing::cancelled,
    page::{COLUMNS, device},
};
use crate::{Error, Session, inventory::stored, job::Progress};

/// Devices asked about at once: the control plane takes about 30 calls a second together.
const AT_ONCE: usize = 8;

/// Devices written in one transaction.
const BATCH: usize = 100;

/// What was read at most this long ago is not read again because someone looks at it.
const FRESH_MILLIS: i64 = 15 * 60 * 1_000;

/// What was read of one device.
struct Detail {
    thing_name: String,
    nucleus: Option<String>,
    /// Absent where the caller may not ask.
    thing_groups: Option<Vec<String>>,
}

/// Reads what the listing does not tell of these devices, unless it was read a moment ago; answers their rows, without
/// those that the inventory does not have.
///
/// # Errors
/// Those of the calls, but for devices that are gone and refusals of ListThingGroupsForThing; [`Error::Cancelled`], with
/// what was read so far kept; those of the store.
pub async fn devices_read(
    session: &Session,
    names: &[String],
    progress: &Progress,
) -> Result<Vec<DeviceRow>, Error> {
    let since = Millis(session.clock().now().0 - FRESH_MILLIS);
    let stale = stale(session, names.to_vec(), since).await?;
    read(session, stale, progress).await?;
    let (scope, names) = (session.scope, names.to_vec());
    session
        .store()
        .read(move |connection| {
            let (selection, _) = stored::selections(connection, &CORE_DEVICES, scope)?;
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM core_device WHERE scope = ?1 AND thing_name = ?2"
            ))?;
            let mut found = Vec::with_capacity(names.len());
            for name in &names {
                let mut rows = statement.query(params![scope, name])?;
                if let Some(row) = rows.next()? {
                    found.push(device(row, &selection)?);
                }
            }
            Ok(found)
        })
        .await
}

/// Reads the same of all selected devices of which it was never read; what was read stays when it is cancelled, and is
/// not read again.
///
/// # Errors
/// As [`devices_read`].
pub async fn devices_read_selected(session: &Session, progress: &Progress) -> Result<u32, Error> {
    let scope = session.scope;
    let names = session
        .store()
        .read(move |connection| {
            let mut names = Vec::new();
            for_each_selected_device(connection, scope, &mut |_, name| {
                names.push(name.to_owned());
                Ok(())
            })?;
            Ok(names)
        })
        .await?;
    let stale = stale(session, names, Millis(i64::MIN)).await?;
    let asked = crate::inventory::count(stale.len() as u64);
    read(session, stale, progress).await?;
    Ok(asked)
}

/// Those of which nothing was read since then. Names that the inventory does not have are left out.
async fn stale(session: &Session, names: Vec<String>, since: Millis) -> Result<Vec<String>, Error> {
    let scope = session.scope;
    session
        .store()
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT detail_read_at FROM core_device
                 WHERE scope = ?1 AND thing_name = ?2 AND deployable = 0",
            )?;
            let mut stale = Vec::new();
            for name in names {
                let read_at: Option<Option<i64>> = statement
                    .query_row(params![scope, name], |row| row.get(0))
                    .optional()?;
                match read_at {
                    Some(Some(at)) if at >= since.0 => {}
                    Some(_) => stale.push(name),
                    None => {}
                }
            }
            Ok(stale)
        })
        .await
}

async fn read(session: &Session, names: Vec<String>, progress: &Progress) -> Result<(), Error> {
    progress.stage("Reading devices", Some(names.len() as u64));
    let mut details = stream::iter(names)
        .map(|name| detail(session, name, progress))
        .buffered(AT_ONCE)
        .try_chunks(BATCH);
    let mut done = 0;
    while let Some(batch) = details.next().await {
        // What came before an error is kept all the same.
        let (batch, error) = match batch {
            Ok(batch) => (batch, None),
            Err(stream::TryChunksError(batch, error)) => (batch, Some(error)),
        };
        done += batch.len() as u64;
        write(session, batch.into_iter().flatten().collect()).await?;
        progress.done(done);
        if let Some(error) = error {
            return Err(error);
        }
    }
    Ok(())
}

/// `None` for a device that is gone meanwhile: the next listing tells.
async fn detail(
    session: &Session,
    thing_name: String,
    progress: &Progress,
) -> Result<Option<Detail>, Error> {
    let clients = &session.clients;
    let call = clients.core_device(&thing_name);
    let nucleus = match cancellable("greengrass:GetCoreDevice", progress.cancel(), call).await {
        Ok(detail) => detail.nucleus,
        Err(error) if error.kind == Kind::NotFound => return Ok(None),
        Err(error) => return Err(cancelled(error)),
    };
    let name = thing_name.as_str();
    let groups = pages(
        "iot:ListThingGroupsForThing",
        progress.cancel(),
        |token: Option<String>| async move { clients.thing_groups_of(name, token.as_deref()).await },
    );
    let thing_groups = match groups.all().await {
        Ok(groups) => Some(groups.into_iter().map(|group| group.name).collect()),
        Err(error) if matches!(error.kind, Kind::AccessDenied | Kind::NotFound) => None,
        Err(error) => return Err(cancelled(error)),
    };
    Ok(Some(Detail {
        thing_name,
        nucleus,
        thing_groups,
    }))
}

async fn write(session: &Session, details: Vec<Detail>) -> Result<(), Error> {
    if details.is_empty() {
        return Ok(());
    }
    let (scope, now) = (session.scope, session.clock().now());
    session
        .store()
        .write_readable_again(move |tx| {
            let mut statement = tx.prepare_cached(
                "UPDATE core_device SET nucleus = ?3, thing_groups = coalesce(?4, thing_groups),
                     detail_read_at = ?5
                 WHERE scope = ?1 AND thing_name = ?2",
            )?;
            for detail in &details {
                let groups = detail.thing_groups.as_ref().map(|names| {
                    format!(
                        "\n{}",
                        names.iter().map(|n| format!("{n}\n")).collect::<String>()
                    )
                });
                statement.execute(params![
                    scope,
                    detail.thing_name,
                    detail.nucleus,
                    groups,
                    now.0
                ])?;
            }
            stored::inventory_changed(tx, &CORE_DEVICES, scope)
        })
        .await
}
