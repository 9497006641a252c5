//! Pages of the inventory.

use roaring::RoaringBitmap;
use rusqlite::Connection;

use super::{GROUPS, GroupRow, GroupsPage, GroupsQuery, Inventory, stored};
use crate::{
    Error, Session,
    inventory::{Asked, Conditions, Index, Standing, count, standing, window},
};
use overseed_domain::Millis;

/// How complete and how old the inventory is, and what of it is selected.
///
/// # Errors
/// Those of the store.
pub async fn groups_status(session: &Session) -> Result<Inventory, Error> {
    let (cell, scope) = (session.index.clone(), session.scope);
    let Standing {
        total,
        listed_at,
        partial,
        selected,
        selected_not_deployable,
    } = session
        .store()
        .read(move |connection| {
            let index = cell.current(connection, scope)?;
            standing(connection, scope, &index)
        })
        .await?;
    Ok(Inventory {
        groups: total,
        listed_at,
        partial,
        selected,
        selected_not_deployable,
    })
}

/// One page of the groups that match a filter.
///
/// # Errors
/// [`ErrorCode::InvalidInput`](crate::ErrorCode::InvalidInput) for a filter that cannot be read; those of the store.
pub async fn groups_page(session: &Session, query: GroupsQuery) -> Result<GroupsPage, Error> {
    let conditions = Conditions::read(&GROUPS, &query.filter, session.clock().now())?;
    let (cell, scope) = (session.index.clone(), session.scope);
    session
        .store()
        .read(move |connection| {
            let index = cell.current(connection, scope)?;
            page(connection, scope, &index, &conditions, &query)
        })
        .await
}

pub(super) fn page(
    connection: &Connection,
    scope: i64,
    index: &Index,
    conditions: &Conditions,
    query: &GroupsQuery,
) -> Result<GroupsPage, Error> {
    let asked = Asked {
        order: query.sort.into(),
        descending: query.descending,
        offset: query.offset,
        limit: query.limit,
    };
    let window = window(connection, scope, index, conditions, asked)?;
    let mut rows = Vec::with_capacity(window.ordinals.len());
    let mut statement = connection.prepare_cached(
        "SELECT id, name, latest_version, created_at, updated_at, deployable
         FROM inventory_group WHERE ordinal = ?1",
    )?;
    for &ordinal in &window.ordinals {
        // A group that another process has deleted since the index was made is left out.
        if let Some(row) = row(&mut statement, ordinal, &window.selection)? {
            rows.push(row);
        }
    }
    Ok(GroupsPage {
        rows,
        matches: window.matches,
        matches_unselected: window.matches_unselected,
        selected: count(window.selection.len()),
        total: window.total,
    })
}

fn row(
    statement: &mut rusqlite::Statement<'_>,
    ordinal: u32,
    selection: &RoaringBitmap,
) -> Result<Option<GroupRow>, Error> {
    let mut rows = statement.query([ordinal])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(GroupRow {
        id: row.get(0)?,
        name: row.get(1)?,
        latest_version: row.get(2)?,
        created_at: row.get::<_, Option<i64>>(3)?.map(Millis),
        updated_at: row.get::<_, Option<i64>>(4)?.map(Millis),
        deployable: stored::deployable_from_store(row.get(5)?)?,
        selected: selection.contains(ordinal),
    }))
}
