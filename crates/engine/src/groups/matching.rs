//! All groups that match a filter, for plans that are made without a draft.

use overseed_domain::group::Deployable;

use super::{Filter, GROUPS, stored};
use crate::{Error, Session, inventory::Conditions};

/// Hands on id and latest version of every deployable group that matches, in order of name, and answers how many
/// matched but cannot be deployed. Blocks while it reads.
///
/// # Errors
/// [`crate::ErrorCode::InvalidInput`] for a filter that cannot be read; those of the store and of `on`.
pub(crate) fn for_each_matching(
    session: &Session,
    filter: &Filter,
    on: &mut dyn FnMut(&str, &str) -> Result<(), Error>,
) -> Result<u32, Error> {
    let conditions = Conditions::read(&GROUPS, filter, session.clock().now())?;
    let (cell, scope) = (session.index.clone(), session.scope);
    session.store().read_now(|connection| {
        let index = cell.current(connection, scope)?;
        let selected = index.positions(&stored::selection(connection, scope)?);
        let matches = conditions.matches(&index, &selected);
        let mut left_out = 0;
        let mut statement = connection.prepare_cached(
            "SELECT id, latest_version, deployable FROM inventory_group WHERE ordinal = ?1",
        )?;
        for &position in index.in_order_of_names() {
            if !matches.contains(position as usize) {
                continue;
            }
            let Some(ordinal) = index.ordinal(position as usize) else {
                continue;
            };
            let mut rows = statement.query([ordinal])?;
            let Some(row) = rows.next()? else { continue };
            let deployable = stored::deployable_from_store(row.get(2)?)?;
            match (stored::text(row, 0)?, stored::text(row, 1)?) {
                (Some(id), Some(version)) if deployable == Deployable::Yes => on(id, version)?,
                _ => left_out += 1,
            }
        }
        Ok(left_out)
    })
}
