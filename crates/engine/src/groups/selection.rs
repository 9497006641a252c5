//! Changes of the selection.

use std::sync::Arc;

use roaring::RoaringBitmap;
use rusqlite::Transaction;

use super::{Selection, SelectionChange, filter::Conditions, index::Index, page::count, stored};
use crate::{Error, Session, draft};
use overseed_domain::group::bare_id;

/// What a change comes down to.
#[derive(Debug)]
pub(super) enum Step {
    Ids(Vec<String>, bool),
    Matching(Conditions, bool, Arc<Index>),
    Clear,
    Undo,
}

/// Changes the selection. Groups that cannot be deployed, and ids that the inventory does not have, are left out
/// and counted.
///
/// # Errors
/// [`ErrorCode::InvalidInput`](crate::ErrorCode::InvalidInput) for a filter that cannot be read; those of the store.
pub async fn groups_select(session: &Session, change: SelectionChange) -> Result<Selection, Error> {
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    let step = match change {
        SelectionChange::Groups { ids, selected } => Step::Ids(ids, selected),
        SelectionChange::Matching { filter, selected } => {
            let conditions = Conditions::read(&filter, session.clock().now())?;
            let cell = session.index.clone();
            let read = move |connection: &_| cell.current(connection, scope);
            Step::Matching(conditions, selected, session.store().read(read).await?)
        }
        SelectionChange::Clear => Step::Clear,
        SelectionChange::Undo => Step::Undo,
    };
    session
        .store()
        .write(move |tx| {
            draft::load_or_make(tx, scope, sandbox)?;
            change_selection(tx, scope, step)
        })
        .await
}

pub(super) fn change_selection(
    tx: &Transaction<'_>,
    scope: i64,
    step: Step,
) -> Result<Selection, Error> {
    let (now, before) = stored::selections(tx, scope)?;
    let (next, left_out) = match step {
        Step::Clear => (RoaringBitmap::new(), 0),
        Step::Undo => (before.clone().unwrap_or_else(|| now.clone()), 0),
        Step::Ids(ids, true) => select_ids(tx, scope, now.clone(), &ids)?,
        Step::Ids(ids, false) => (deselect_ids(tx, scope, now.clone(), &ids)?, 0),
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
    let changed = replace(tx, scope, &now, &next)?;
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
    scope: i64,
    now: &RoaringBitmap,
    next: &RoaringBitmap,
) -> Result<bool, Error> {
    if now == next {
        return Ok(false);
    }
    stored::write_selections(tx, scope, next, Some(now))?;
    draft::targets_changed(tx, scope)?;
    Ok(true)
}

fn select_ids(
    tx: &Transaction<'_>,
    scope: i64,
    mut selection: RoaringBitmap,
    ids: &[String],
) -> Result<(RoaringBitmap, u32), Error> {
    let mut left_out = 0;
    for id in ids {
        match stored::find(tx, scope, bare_id(id))? {
            Some((ordinal, deployable)) if deployable.is_yes() => {
                selection.insert(ordinal);
            }
            Some((ordinal, _)) if selection.contains(ordinal) => {}
            _ => left_out += 1,
        }
    }
    Ok((selection, left_out))
}

fn deselect_ids(
    tx: &Transaction<'_>,
    scope: i64,
    mut selection: RoaringBitmap,
    ids: &[String],
) -> Result<RoaringBitmap, Error> {
    for id in ids {
        if let Some((ordinal, _)) = stored::find(tx, scope, bare_id(id))? {
            selection.remove(ordinal);
        }
    }
    Ok(selection)
}
