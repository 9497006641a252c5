//! Pages of thing groups.

use overseed_domain::Millis;
use rusqlite::params;

use super::{ThingGroupRow, ThingGroupsPage, page::thing_groups};
use crate::{Error, Session, inventory::count};

/// Rows of a page at most.
const PAGE: u32 = 500;

/// One page of the thing groups that have a text in their names, without regard to case.
///
/// # Errors
/// Those of the store.
pub async fn thing_groups_page(
    session: &Session,
    text: &str,
    offset: u32,
    limit: u32,
) -> Result<ThingGroupsPage, Error> {
    let (scope, text) = (session.scope, text.to_lowercase());
    session
        .store()
        .read(move |connection| {
            let matches: i64 = connection.query_row(
                "SELECT count(*) FROM thing_group WHERE scope = ?1 AND instr(lower(name), ?2) > 0",
                params![scope, text],
                |row| row.get(0),
            )?;
            let mut statement = connection.prepare_cached(
                "SELECT name, arn, things, devices, members_read_at FROM thing_group
                 WHERE scope = ?1 AND instr(lower(name), ?2) > 0 ORDER BY name LIMIT ?3 OFFSET ?4",
            )?;
            let rows = statement
                .query_map(params![scope, text, limit.min(PAGE), offset], |row| {
                    Ok(ThingGroupRow {
                        name: row.get(0)?,
                        arn: row.get(1)?,
                        things: row.get(2)?,
                        devices: row.get(3)?,
                        read_at: row.get::<_, Option<i64>>(4)?.map(Millis),
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(ThingGroupsPage {
                rows,
                matches: count(u64::try_from(matches).unwrap_or(0)),
                total: thing_groups(connection, scope)?,
            })
        })
        .await
}
