//! Listing all core devices, and all thing groups, into the store.

use overseed_aws::{
    Clients, Kind, Page, pages,
    v2::{CoreDevice, ThingGroup},
};
use roaring::RoaringBitmap;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{CORE_DEVICES, DeviceInventory, page::devices_status};
use crate::{
    Error, Problem, Session,
    inventory::{IndexCell, Listed, refresh, stored},
    job::Progress,
};

/// Thing groups written in one transaction.
const BATCH: usize = 2_000;

/// Lists all core devices, then all thing groups. What was read of the devices is kept when it is cancelled or fails;
/// the next listing goes on there while the service still knows the place. Devices that are no longer listed are
/// forgotten, but for selected ones. Where the thing groups may not be listed, the answer says why.
///
/// # Errors
/// Those of ListCoreDevices, and of ListThingGroups but for refusals;
/// [`ErrorCode::Conflict`](crate::ErrorCode::Conflict) where another process lists the same devices;
/// [`Error::Cancelled`]; those of the store.
pub async fn devices_refresh(
    session: &Session,
    progress: &Progress,
) -> Result<DeviceInventory, Error> {
    refresh::<AllDevices>(session, progress).await?;
    let thing_groups_problem = match list_thing_groups(session, progress).await {
        Ok(()) => None,
        Err(Error::Aws(error)) if error.kind == Kind::AccessDenied => {
            Some(Error::Aws(error).problem())
        }
        Err(error) => return Err(error),
    };
    Ok(DeviceInventory {
        thing_groups_problem,
        ..devices_status(session).await?
    })
}

/// The account's core devices.
struct AllDevices;

impl Listed for AllDevices {
    type Item = CoreDevice;
    const OPERATION: &'static str = "greengrass:ListCoreDevices";

    fn cell(session: &Session) -> &IndexCell {
        &session.devices
    }

    async fn page(
        clients: Clients,
        token: Option<String>,
    ) -> Result<Page<CoreDevice>, overseed_aws::Error> {
        clients.list_core_devices(token.as_deref()).await
    }

    fn write(
        tx: &Transaction<'_>,
        scope: i64,
        number: i64,
        devices: &[CoreDevice],
        _selection: &RoaringBitmap,
    ) -> Result<bool, Error> {
        // Not INSERT … ON CONFLICT: that would use up an ordinal for each device that is known.
        let mut known = tx.prepare_cached(
            "SELECT ordinal FROM core_device WHERE scope = ?1 AND thing_name = ?2",
        )?;
        let mut update = tx.prepare_cached(
            "UPDATE core_device SET status = ?2, last_status_at = ?3, platform = ?4, architecture = ?5,
                 runtime = ?6, listing = ?7, deployable = 0
             WHERE ordinal = ?1",
        )?;
        let mut insert = tx.prepare_cached(
            "INSERT INTO core_device (scope, status, last_status_at, platform, architecture, runtime,
                 listing, deployable, thing_name)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)",
        )?;
        for device in devices {
            let CoreDevice {
                thing_name,
                status,
                last_status_at,
                platform,
                architecture,
                runtime,
            } = device;
            let at = last_status_at.map(|at| at.0);
            let ordinal: Option<u32> = known
                .query_row(params![scope, thing_name], |row| row.get(0))
                .optional()?;
            match ordinal {
                Some(ordinal) => update.execute(params![
                    ordinal,
                    status,
                    at,
                    platform,
                    architecture,
                    runtime,
                    number
                ])?,
                None => insert.execute(params![
                    scope,
                    status,
                    at,
                    platform,
                    architecture,
                    runtime,
                    number,
                    thing_name
                ])?,
            };
        }
        Ok(false)
    }
}

async fn list_thing_groups(session: &Session, progress: &Progress) -> Result<(), Error> {
    progress.stage("Listing thing groups", None);
    let scope = session.scope;
    let number: i64 = session
        .store()
        .read(move |connection| {
            let table = CORE_DEVICES.listing;
            let sql = format!("SELECT number FROM {table} WHERE scope = ?1");
            Ok(connection.query_row(&sql, [scope], |row| row.get(0))?)
        })
        .await?;
    let clients = &session.clients;
    let mut listing = pages(
        "iot:ListThingGroups",
        progress.cancel(),
        |token: Option<String>| {
            let clients = clients.clone();
            async move { clients.list_thing_groups(None, token.as_deref()).await }
        },
    );
    let (mut batch, mut read) = (Vec::new(), 0);
    while let Some(page) = listing.next().await.map_err(cancelled)? {
        read += page.items.len() as u64;
        progress.done(read);
        batch.extend(page.items);
        if batch.len() >= BATCH || page.next.is_none() {
            let groups = std::mem::take(&mut batch);
            session
                .store()
                .write(move |tx| write_thing_groups(tx, scope, number, &groups))
                .await?;
        }
    }
    session
        .store()
        .write(move |tx| {
            tx.execute(
                "DELETE FROM thing_group WHERE scope = ?1 AND listing <> ?2",
                params![scope, number],
            )?;
            stored::inventory_changed(tx, &CORE_DEVICES, scope)
        })
        .await
}

fn write_thing_groups(
    tx: &Transaction<'_>,
    scope: i64,
    number: i64,
    groups: &[ThingGroup],
) -> Result<(), Error> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO thing_group (scope, name, arn, listing) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (scope, name) DO UPDATE SET arn = excluded.arn, listing = excluded.listing",
    )?;
    for ThingGroup { name, arn } in groups {
        statement.execute(params![scope, name, arn, number])?;
    }
    Ok(())
}

/// A call that was cancelled is no fault of AWS.
pub(super) fn cancelled(error: overseed_aws::Error) -> Error {
    match error.kind {
        Kind::Cancelled => Error::Cancelled,
        _ => error.into(),
    }
}

/// The problem of a group or device that the inventory does not have.
pub(super) fn unknown(what: &str, name: &str) -> Problem {
    Problem::new(
        crate::ErrorCode::NotFound,
        format!("The inventory has no {what} of this name"),
    )
    .detail(name)
    .hint("List the devices again; check account and Region.")
}
