//! Targets and selections as the store has them, whatever kind they are.

use overseed_domain::group::Deployable;
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Shape;
use crate::{Error, ErrorCode, Problem, draft};

/// The number that stands for it in the store.
pub(crate) const fn deployable_to_store(deployable: Deployable) -> u8 {
    match deployable {
        Deployable::Yes => 0,
        Deployable::NoVersion => 1,
        Deployable::NoCore => 2,
        Deployable::ManyCores => 3,
        Deployable::Gone => 4,
    }
}

/// What a number in the store stands for.
pub(crate) fn deployable_from_store(number: i64) -> Result<Deployable, Error> {
    Ok(match number {
        0 => Deployable::Yes,
        1 => Deployable::NoVersion,
        2 => Deployable::NoCore,
        3 => Deployable::ManyCores,
        4 => Deployable::Gone,
        other => {
            return Err(
                Problem::new(ErrorCode::StoreFailed, "The inventory cannot be read")
                    .detail(format!("deployable is {other}"))
                    .hint("List the targets again.")
                    .into(),
            );
        }
    })
}

/// A text column without a copy.
pub(crate) fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<Option<&'a str>, Error> {
    Ok(row
        .get_ref(column)?
        .as_str_or_null()
        .map_err(rusqlite::Error::from)?)
}

/// The selection of the scope's draft, as ordinals, and the one before it where there is one.
pub(crate) fn selections(
    connection: &Connection,
    shape: &Shape,
    scope: i64,
) -> Result<(RoaringBitmap, Option<RoaringBitmap>), Error> {
    type Columns = (Option<Vec<u8>>, Option<Vec<u8>>);
    let row: Option<Columns> = connection
        .prepare_cached(&format!(
            "SELECT selection, previous_selection FROM {} WHERE scope = ?1",
            shape.draft
        ))?
        .query_row([scope], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (now, before) = row.unwrap_or_default();
    let now = now
        .map(|bytes| draft::bitmap(&bytes))
        .transpose()?
        .unwrap_or_default();
    Ok((now, before.map(|bytes| draft::bitmap(&bytes)).transpose()?))
}

/// Writes both selections; the draft's row must exist.
pub(crate) fn write_selections(
    tx: &Transaction<'_>,
    shape: &Shape,
    scope: i64,
    now: &RoaringBitmap,
    before: Option<&RoaringBitmap>,
) -> Result<(), Error> {
    tx.execute(
        &format!(
            "UPDATE {} SET selection = ?2, previous_selection = ?3 WHERE scope = ?1",
            shape.draft
        ),
        params![scope, bytes(now)?, before.map(bytes).transpose()?],
    )?;
    Ok(())
}

fn bytes(bitmap: &RoaringBitmap) -> Result<Vec<u8>, Error> {
    let mut compact = bitmap.clone();
    compact.optimize();
    let mut bytes = Vec::with_capacity(compact.serialized_size());
    compact
        .serialize_into(&mut bytes)
        .map_err(Error::file("the selection"))?;
    Ok(bytes)
}

/// Marks a change of the inventory, so that every process makes its index anew.
pub(crate) fn inventory_changed(
    tx: &Transaction<'_>,
    shape: &Shape,
    scope: i64,
) -> Result<(), Error> {
    tx.prepare_cached(&format!(
        "UPDATE {} SET revision = revision + 1 WHERE scope = ?1",
        shape.listing
    ))?
    .execute([scope])?;
    Ok(())
}

/// A target's ordinal and whether it can be deployed; `None` where the inventory does not have the key.
pub(crate) fn find(
    connection: &Connection,
    shape: &Shape,
    scope: i64,
    key: &str,
) -> Result<Option<(u32, Deployable)>, Error> {
    let found: Option<(u32, i64)> = connection
        .prepare_cached(&format!(
            "SELECT ordinal, deployable FROM {} WHERE scope = ?1 AND {} = ?2",
            shape.table, shape.key
        ))?
        .query_row(params![scope, key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found
        .map(|(ordinal, number)| Ok((ordinal, deployable_from_store(number)?)))
        .transpose()
}
