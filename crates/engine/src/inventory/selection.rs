//! Changes of a selection.

use std::sync::Arc;

use roaring::RoaringBitmap;
use rusqlite::Transaction;

use super::{Conditions, Filter, IndexCell, Selection, Shape, count, index::Index, stored};
use crate::{Error, Session};

/// What a change comes down to.
#[derive(Debug)]
pub(crate) enum Step {
    /// These keys, selected or not.
    Keys(Vec<String>, bool),
    /// All that match, selected or not.
    Matching(Conditions, bool, Arc<Index>),
    /// None.
    Clear,
    /// Back to what it was.
    Undo,
}

impl Step {
    /// All that match a filter, selected or not.
    pub(crate) async fn matching(
        session: &Session,
        cell: &IndexCell,
        filter: &Filter,
        selected: bool,
    ) -> Result<Self, Error> {
        let conditions = Conditions::read(cell.shape(), filter, session.clock().now())?;
        let (cell, scope) = (cell.clone(), session.scope);
        let read = move |connection: &_| cell.current(connection, scope);
        let index = session.store().read(read).await?;
        Ok(Self::Matching(conditions, selected, index))
    }
}

/// Changes the selection. Targets that cannot be deployed, and keys that the inventory does not have, are left out
/// and counted.
pub(crate) async fn select(
    session: &Session,
    shape: &'static Shape,
    step: Step,
) -> Result<Selection, Error> {
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| {
            (shape.make_draft)(tx, scope, sandbox)?;
            change_selection(tx, shape, scope, step)
        })
        .await
}

pub(crate) fn change_selection(
    tx: &Transaction<'_>,
    shape: &Shape,
    scope: i64,
    step: Step,
) -> Result<Selection, Error> {
    let (now, before) = stored::selections(tx, shape, scope)?;
    let (next, left_out) = match step {
        Step::Clear => (RoaringBitmap::new(), 0),
        Step::Undo => (before.clone().unwrap_or_else(|| now.clone()), 0),
        Step::Keys(keys, true) => select_keys(tx, shape, scope, now.clone(), &keys)?,
        Step::Keys(keys, false) => (deselect_keys(tx, shape, scope, now.clone(), &keys)?, 0),
        Step::Matching(conditions, selected, index) => {
            let mut matches = conditions.matches(&index, &index.positions(&now));
            if selected {
                let mut refused = matches.clone();
                matches.and(&index.can_be_deployed());
                refused.and_not(&matches);
                refused.and_not(&index.positions(&now));
                (&now | &index.members(&matches), refused.count())
            } else {
                (&now - &index.members(&matches), 0)
            }
        }
    };
    let changed = replace(tx, shape, scope, &now, &next)?;
    Ok(Selection {
        selected: count(next.len()),
        left_out,
        can_undo: changed || before.is_some(),
    })
}

/// Puts `next` in the place of `now`, which can then be taken back; answers whether they differ. The draft's row
/// must exist.
pub(super) fn replace(
    tx: &Transaction<'_>,
    shape: &Shape,
    scope: i64,
    now: &RoaringBitmap,
    next: &RoaringBitmap,
) -> Result<bool, Error> {
    if now == next {
        return Ok(false);
    }
    stored::write_selections(tx, shape, scope, next, Some(now))?;
    (shape.changed)(tx, scope)?;
    Ok(true)
}

fn select_keys(
    tx: &Transaction<'_>,
    shape: &Shape,
    scope: i64,
    mut selection: RoaringBitmap,
    keys: &[String],
) -> Result<(RoaringBitmap, u32), Error> {
    let mut left_out = 0;
    for key in keys {
        match stored::find(tx, shape, scope, (shape.normal)(key))? {
            Some((ordinal, deployable)) if deployable.is_yes() => {
                selection.insert(ordinal);
            }
            Some((ordinal, _)) if selection.contains(ordinal) => {}
            _ => left_out += 1,
        }
    }
    Ok((selection, left_out))
}

fn deselect_keys(
    tx: &Transaction<'_>,
    shape: &Shape,
    scope: i64,
    mut selection: RoaringBitmap,
    keys: &[String],
) -> Result<RoaringBitmap, Error> {
    for key in keys {
        if let Some((ordinal, _)) = stored::find(tx, shape, scope, (shape.normal)(key))? {
            selection.remove(ordinal);
        }
    }
    Ok(selection)
}
