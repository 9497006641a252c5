//! The members of a thing group: what a group chosen as a target stands for.

use std::collections::HashSet;

use overseed_aws::{Kind, pages};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{
    CORE_DEVICES, ThingGroupRow,
    listing::{cancelled, unknown},
};
use crate::{
    Error, Session,
    inventory::{count, stored},
    job::Progress,
};

/// Devices written in one transaction.
const BATCH: usize = 2_000;

/// Reads who is in a thing group, those of its child groups included, so that the filter `thingGroup = NAME` finds the
/// core devices among them. The answer counts both.
///
/// # Errors
/// [`ErrorCode::NotFound`](crate::ErrorCode::NotFound) where there is no such group; those of ListThingsInThingGroup;
/// [`Error::Cancelled`], with what was known before; those of the store.
pub async fn thing_group_read(
    session: &Session,
    name: &str,
    progress: &Progress,
) -> Result<ThingGroupRow, Error> {
    progress.stage(&format!("Reading who is in {name}"), None);
    let clients = &session.clients;
    let mut listing = pages(
        "iot:ListThingsInThingGroup",
        progress.cancel(),
        |token: Option<String>| {
            let (clients, name) = (clients.clone(), name.to_owned());
            async move { clients.things_in_thing_group(&name, token.as_deref()).await }
        },
    );
    let mut things: Vec<String> = Vec::new();
    loop {
        match listing.next().await {
            Ok(Some(page)) => things.extend(page.items),
            Ok(None) => break,
            Err(error) if error.kind == Kind::NotFound => {
                return Err(unknown("thing group", name).into());
            }
            Err(error) => return Err(cancelled(error)),
        }
        progress.done(things.len() as u64);
    }
    for batch in things.chunks(BATCH) {
        let (scope, name, batch) = (session.scope, name.to_owned(), batch.to_vec());
        session
            .store()
            .write(move |tx| add(tx, scope, &name, &batch))
            .await?;
    }
    let (scope, name, now) = (session.scope, name.to_owned(), session.clock().now());
    session
        .store()
        .write(move |tx| {
            let members: HashSet<&str> = things.iter().map(String::as_str).collect();
            let devices = keep_only(tx, scope, &name, &members)?;
            let things = count(members.len() as u64);
            tx.execute(
                "UPDATE thing_group SET things = ?3, devices = ?4, members_read_at = ?5
                 WHERE scope = ?1 AND name = ?2",
                params![scope, name, things, devices, now.0],
            )?;
            stored::inventory_changed(tx, &CORE_DEVICES, scope)?;
            let arn: Option<String> = tx
                .query_row(
                    "SELECT arn FROM thing_group WHERE scope = ?1 AND name = ?2",
                    params![scope, name],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(ThingGroupRow {
                arn: arn.ok_or_else(|| unknown("thing group", &name))?,
                name,
                things: Some(things),
                devices: Some(devices),
                read_at: Some(now),
            })
        })
        .await
}

fn add(tx: &Transaction<'_>, scope: i64, group: &str, things: &[String]) -> Result<(), Error> {
    let mut statement = tx.prepare_cached(
        "UPDATE core_device SET thing_groups = coalesce(nullif(thing_groups, ''), char(10)) || ?3 || char(10)
         WHERE scope = ?1 AND thing_name = ?2
             AND instr(coalesce(thing_groups, ''), char(10) || ?3 || char(10)) = 0",
    )?;
    for thing in things {
        statement.execute(params![scope, thing, group])?;
    }
    Ok(())
}

/// Takes the group from devices that are not in it any more; answers how many are in it.
fn keep_only(
    tx: &Transaction<'_>,
    scope: i64,
    group: &str,
    members: &HashSet<&str>,
) -> Result<u32, Error> {
    let mut statement = tx.prepare(
        "SELECT ordinal, thing_name FROM core_device
         WHERE scope = ?1 AND instr(thing_groups, char(10) || ?2 || char(10)) > 0",
    )?;
    let mut rows = statement.query(params![scope, group])?;
    let (mut devices, mut left) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        if members.contains(stored::text(row, 1)?.unwrap_or_default()) {
            devices += 1;
        } else {
            left.push(row.get::<_, u32>(0)?);
        }
    }
    let mut remove = tx.prepare_cached(
        "UPDATE core_device SET thing_groups = replace(thing_groups, char(10) || ?2 || char(10), char(10))
         WHERE ordinal = ?1",
    )?;
    for ordinal in left {
        remove.execute(params![ordinal, group])?;
    }
    Ok(devices)
}
