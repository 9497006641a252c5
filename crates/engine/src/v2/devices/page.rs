//! Pages of core devices.

use overseed_domain::Millis;
use roaring::RoaringBitmap;
use rusqlite::{Connection, Row, params};

use super::{CORE_DEVICES, DeviceInventory, DeviceRow, DevicesPage, DevicesQuery};
use crate::{
    Error, Session,
    inventory::{Asked, Conditions, Standing, count, standing, window},
};

/// The columns that [`row`] reads.
pub(super) const COLUMNS: &str =
    "ordinal, thing_name, status, last_status_at, platform, architecture, runtime,
     nucleus, thing_groups, detail_read_at, deployable";

/// How complete and how old the inventory is, and what of it is selected.
///
/// # Errors
/// Those of the store.
pub async fn devices_status(session: &Session) -> Result<DeviceInventory, Error> {
    let (cell, scope) = (session.devices.clone(), session.scope);
    session
        .store()
        .read(move |connection| {
            let index = cell.current(connection, scope)?;
            let Standing {
                total,
                listed_at,
                partial,
                selected,
                selected_not_deployable,
            } = standing(connection, scope, &index)?;
            Ok(DeviceInventory {
                devices: total,
                thing_groups: thing_groups(connection, scope)?,
                listed_at,
                partial,
                selected,
                selected_gone: selected_not_deployable,
                thing_groups_problem: None,
            })
        })
        .await
}

/// Thing groups in the store.
pub(super) fn thing_groups(connection: &Connection, scope: i64) -> Result<u32, Error> {
    Ok(connection.query_row(
        "SELECT count(*) FROM thing_group WHERE scope = ?1",
        [scope],
        |row| row.get(0),
    )?)
}

/// One page of the core devices that match a filter.
///
/// # Errors
/// [`ErrorCode::InvalidInput`](crate::ErrorCode::InvalidInput) for a filter that cannot be read; those of the store.
pub async fn devices_page(session: &Session, query: DevicesQuery) -> Result<DevicesPage, Error> {
    let conditions = Conditions::read(&CORE_DEVICES, &query.filter, session.clock().now())?;
    let asked = Asked {
        order: query.sort.into(),
        descending: query.descending,
        offset: query.offset,
        limit: query.limit,
    };
    let (cell, scope) = (session.devices.clone(), session.scope);
    session
        .store()
        .read(move |connection| {
            let index = cell.current(connection, scope)?;
            let window = window(connection, scope, &index, &conditions, asked)?;
            Ok(DevicesPage {
                rows: rows(connection, &window.ordinals, &window.selection)?,
                matches: window.matches,
                matches_unselected: window.matches_unselected,
                selected: count(window.selection.len()),
                total: window.total,
            })
        })
        .await
}

/// The rows of these ordinals; one that another process has deleted meanwhile is left out.
pub(super) fn rows(
    connection: &Connection,
    ordinals: &[u32],
    selection: &RoaringBitmap,
) -> Result<Vec<DeviceRow>, Error> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM core_device WHERE ordinal = ?1"
    ))?;
    let mut found = Vec::with_capacity(ordinals.len());
    for ordinal in ordinals {
        let mut rows = statement.query(params![ordinal])?;
        if let Some(row) = rows.next()? {
            found.push(device(row, selection)?);
        }
    }
    Ok(found)
}

pub(super) fn device(row: &Row<'_>, selection: &RoaringBitmap) -> Result<DeviceRow, Error> {
    let groups: Option<String> = row.get(8)?;
    let deployable: i64 = row.get(10)?;
    Ok(DeviceRow {
        selected: selection.contains(row.get(0)?),
        thing_name: row.get(1)?,
        status: row.get(2)?,
        last_status_at: row.get::<_, Option<i64>>(3)?.map(Millis),
        platform: row.get(4)?,
        architecture: row.get(5)?,
        runtime: row.get(6)?,
        nucleus: row.get(7)?,
        thing_groups: groups
            .unwrap_or_default()
            .lines()
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        read_at: row.get::<_, Option<i64>>(9)?.map(Millis),
        gone: deployable != 0,
    })
}
