//! The calls of a run that changed something.

use overseed_domain::Millis;
use rusqlite::Connection;

use super::{ChangeRow, api::found, reader::Reader};
use crate::Error;

/// The calls of a run, and of the plan it came from, that changed something.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store.
pub async fn run_changes(reader: &impl Reader, run: &str) -> Result<Vec<ChangeRow>, Error> {
    let run = found(reader.engine(), run).await?.id;
    reader.engine().store.read(move |c| changes(c, &run)).await
}

/// The same in a reading of the store, by the run's whole id.
pub(super) fn changes(connection: &Connection, run: &str) -> Result<Vec<ChangeRow>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT at, operation, summary, identity, outcome, request_id, detail
         FROM change WHERE plan = ?1 ORDER BY id",
    )?;
    let rows = statement
        .query_map([run], |row| {
            Ok(ChangeRow {
                at: Millis(row.get(0)?),
                operation: row.get(1)?,
                summary: row.get(2)?,
                identity: row.get(3)?,
                outcome: row.get(4)?,
                request_id: row.get(5)?,
                detail: row.get(6)?,
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(rows)
}
