//! Which core devices a plan is for.

use overseed_domain::Millis;
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    Error, ErrorCode, Problem, Session,
    inventory::{Conditions, Filter, Index, stored},
    v2::devices::CORE_DEVICES,
};

/// Names that a refusal tells.
const NAMED: usize = 10;

/// A core device that is to get a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    /// In the inventory.
    pub(crate) ordinal: u32,
    pub(crate) thing: Box<str>,
}

/// Devices that something is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum DevicesMeant {
    /// All of the plan.
    #[default]
    All,
    /// Those of the plan that match a filter.
    Matching {
        /// The filter.
        filter: Filter,
    },
    /// These.
    Named {
        /// Names of their things.
        names: Vec<String>,
    },
}

/// The selected devices that are still core devices, in the order of ordinals.
pub(crate) fn selected(connection: &Connection, scope: i64) -> Result<Vec<Device>, Error> {
    let (selection, _) = stored::selections(connection, &CORE_DEVICES, scope)?;
    of_ordinals(connection, scope, &selection)
}

/// Those of these ordinals that are still core devices, in their order.
pub(crate) fn of_ordinals(
    connection: &Connection,
    scope: i64,
    ordinals: &RoaringBitmap,
) -> Result<Vec<Device>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT ordinal, thing_name FROM core_device WHERE scope = ?1 AND deployable = 0 ORDER BY ordinal",
    )?;
    let mut rows = statement.query([scope])?;
    let mut devices = Vec::with_capacity(usize::try_from(ordinals.len()).unwrap_or(0));
    while let Some(row) = rows.next()? {
        let ordinal = row.get(0)?;
        if ordinals.contains(ordinal) {
            let thing = stored::text(row, 1)?.unwrap_or_default().into();
            devices.push(Device { ordinal, thing });
        }
    }
    Ok(devices)
}

/// The ordinals of all devices that match a filter.
pub(crate) fn matching(
    connection: &Connection,
    scope: i64,
    index: &Index,
    filter: &Filter,
    now: Millis,
) -> Result<RoaringBitmap, Error> {
    let conditions = Conditions::read(&CORE_DEVICES, filter, now)?;
    let (selection, _) = stored::selections(connection, &CORE_DEVICES, scope)?;
    let matches = conditions.matches(index, &index.positions(&selection));
    Ok(index.members(&matches))
}

/// The ordinals of devices by the names or ARNs of their things.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] for names that the inventory does not have.
pub(crate) fn named<'a>(
    connection: &Connection,
    scope: i64,
    names: impl Iterator<Item = &'a str>,
) -> Result<RoaringBitmap, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT ordinal FROM core_device WHERE scope = ?1 AND thing_name = ?2 AND deployable = 0",
    )?;
    let (mut found, mut unknown, mut more) = (RoaringBitmap::new(), Vec::new(), 0_u32);
    for name in names {
        let thing = (CORE_DEVICES.normal)(name.trim());
        let ordinal: Option<u32> = statement
            .query_row(params![scope, thing], |row| row.get(0))
            .optional()?;
        match ordinal {
            Some(ordinal) => {
                found.insert(ordinal);
            }
            None if unknown.len() < NAMED => unknown.push(thing.to_owned()),
            None => more += 1,
        }
    }
    if unknown.is_empty() {
        return Ok(found);
    }
    let and_more = if more > 0 {
        format!(", and {more} more")
    } else {
        String::new()
    };
    Err(Problem::new(
        ErrorCode::InvalidInput,
        "Some of these are no core devices of the account",
    )
    .detail(format!("{}{and_more}", unknown.join(", ")))
    .hint("Check the names, or list the core devices again (devices refresh).")
    .into())
}

/// The index of the devices in memory.
pub(crate) async fn index(session: &Session) -> Result<std::sync::Arc<Index>, Error> {
    let (cell, scope) = (session.devices.clone(), session.scope);
    session
        .store()
        .read(move |connection| cell.current(connection, scope))
        .await
}
