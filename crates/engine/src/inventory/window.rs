//! Which targets a page shows, and how the inventory stands.

use overseed_domain::Millis;
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension};

use super::{
    Conditions,
    index::{Index, Order},
    stored,
};
use crate::Error;

/// Rows of a page at most.
pub(crate) const PAGE: u32 = 500;

/// Asks for a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// In which order.
    pub order: Order,
    /// Whether it is reversed.
    pub descending: bool,
    /// Rows before the page.
    pub offset: u32,
    /// Rows of the page; [`PAGE`] at most.
    pub limit: u32,
}

/// A page, with its rows as ordinals.
#[derive(Debug)]
pub(crate) struct Window {
    /// The rows.
    pub ordinals: Vec<u32>,
    /// The selection.
    pub selection: RoaringBitmap,
    /// Targets that match the filter.
    pub matches: u32,
    /// Of these, deployable and not yet selected.
    pub matches_unselected: u32,
    /// Targets in the inventory.
    pub total: u32,
}

/// The page of the targets that match a filter.
pub(crate) fn window(
    connection: &Connection,
    scope: i64,
    index: &Index,
    conditions: &Conditions,
    asked: Asked,
) -> Result<Window, Error> {
    let (selection, _) = stored::selections(connection, index.shape, scope)?;
    let selected = index.positions(&selection);
    let matches = conditions.matches(index, &selected);
    let in_order = index.order(asked.order);
    let on_page = |position: &&u32| matches.contains(**position as usize);
    let (offset, limit) = (asked.offset as usize, asked.limit.min(PAGE) as usize);
    let ordinal = |position: &u32| index.ordinal(*position as usize);
    let ordinals = if asked.descending {
        let rows = in_order.iter().rev().filter(on_page);
        rows.skip(offset).take(limit).filter_map(ordinal).collect()
    } else {
        let rows = in_order.iter().filter(on_page);
        rows.skip(offset).take(limit).filter_map(ordinal).collect()
    };
    let mut unselected = matches.clone();
    unselected.and_not(&selected);
    unselected.and(&index.can_be_deployed());
    Ok(Window {
        ordinals,
        selection,
        matches: matches.count(),
        matches_unselected: unselected.count(),
        total: count(index.len() as u64),
    })
}

/// How complete and how old an inventory is, and what of it is selected.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Targets in the store.
    pub total: u32,
    /// When the last complete listing ended.
    pub listed_at: Option<Millis>,
    /// Whether a listing was broken off.
    pub partial: bool,
    /// Targets selected.
    pub selected: u32,
    /// Of these, those that cannot be deployed.
    pub selected_not_deployable: u32,
}

/// How an inventory stands.
pub(crate) fn standing(
    connection: &Connection,
    scope: i64,
    index: &Index,
) -> Result<Standing, Error> {
    let listing: Option<(Option<i64>, Option<i64>)> = connection
        .query_row(
            &format!(
                "SELECT ended_at, complete_at FROM {} WHERE scope = ?1",
                index.shape.listing
            ),
            [scope],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let (selection, _) = stored::selections(connection, index.shape, scope)?;
    let mut not_deployable = index.positions(&selection);
    not_deployable.and_not(&index.can_be_deployed());
    Ok(Standing {
        total: count(index.len() as u64),
        listed_at: listing.and_then(|(_, complete)| complete).map(Millis),
        partial: listing.is_some_and(|(ended, _)| ended.is_none()),
        selected: count(selection.len()),
        selected_not_deployable: not_deployable.count(),
    })
}

/// A count for the wire, where numbers have 32 bits.
pub(crate) fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
