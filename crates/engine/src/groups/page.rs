//! Pages of the inventory.

use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension};

use super::{
    GroupRow, GroupsPage, GroupsQuery, Inventory, filter::Conditions, index::Index, stored,
};
use crate::{Error, Session};
use overseed_domain::Millis;

/// Rows of a page at most.
pub(crate) const PAGE: u32 = 500;

/// How complete and how old the inventory is, and what of it is selected.
///
/// # Errors
/// Those of the store.
pub async fn groups_status(session: &Session) -> Result<Inventory, Error> {
    let (cell, scope) = (session.index.clone(), session.scope);
    session
        .store()
        .read(move |connection| {
            let index = cell.current(connection, scope)?;
            status(connection, scope, &index)
        })
        .await
}

fn status(connection: &Connection, scope: i64, index: &Index) -> Result<Inventory, Error> {
    let listing: Option<(Option<i64>, Option<i64>)> = connection
        .query_row(
            "SELECT ended_at, complete_at FROM listing WHERE scope = ?1",
            [scope],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let selection = stored::selection(connection, scope)?;
    let mut not_deployable = index.positions(&selection);
    not_deployable.and_not(&index.can_be_deployed());
    Ok(Inventory {
        groups: count(index.len() as u64),
        listed_at: listing.and_then(|(_, complete)| complete).map(Millis),
        partial: listing.is_some_and(|(ended, _)| ended.is_none()),
        selected: count(selection.len()),
        selected_not_deployable: not_deployable.count(),
    })
}

/// One page of the groups that match a filter.
///
/// # Errors
/// [`ErrorCode::InvalidInput`](crate::ErrorCode::InvalidInput) for a filter that cannot be read; those of the store.
pub async fn groups_page(session: &Session, query: GroupsQuery) -> Result<GroupsPage, Error> {
    let conditions = Conditions::read(&query.filter, session.clock().now())?;
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
    let selection = stored::selection(connection, scope)?;
    let selected = index.positions(&selection);
    let matches = conditions.matches(index, &selected);
    let in_order = index.order(query.sort);
    let on_page = |position: &u32| matches.contains(*position as usize);
    let (offset, limit) = (query.offset as usize, query.limit.min(PAGE) as usize);
    let positions: Vec<u32> = if query.descending {
        in_order
            .iter()
            .rev()
            .copied()
            .filter(on_page)
            .skip(offset)
            .take(limit)
            .collect()
    } else {
        in_order
            .iter()
            .copied()
            .filter(on_page)
            .skip(offset)
            .take(limit)
            .collect()
    };
    let mut rows = Vec::with_capacity(positions.len());
    let mut statement = connection.prepare_cached(
        "SELECT id, name, latest_version, created_at, updated_at, deployable
         FROM inventory_group WHERE ordinal = ?1",
    )?;
    for ordinal in positions
        .iter()
        .filter_map(|&position| index.ordinal(position as usize))
    {
        // A group that another process has deleted since the index was made is left out.
        if let Some(row) = row(&mut statement, ordinal, &selection)? {
            rows.push(row);
        }
    }
    let mut unselected = matches.clone();
    unselected.and_not(&selected);
    unselected.and(&index.can_be_deployed());
    Ok(GroupsPage {
        rows,
        matches: matches.count(),
        matches_unselected: unselected.count(),
        selected: count(selection.len()),
        total: count(index.len() as u64),
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

/// A count for the wire, where numbers have 32 bits.
pub(crate) fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
