//! The targets of a run, in pages.

use overseed_domain::{group::bare_id, rollout::TargetState};
use rusqlite::{Connection, Row, params};

use super::{TargetRow, TargetsPage, TargetsQuery, fleet, reader::Reader, rows, search};
use crate::Error;

/// Rows of a page at most.
const LARGEST_PAGE: u32 = 500;

/// One page of a run's targets, in the order of the plan.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store.
pub async fn run_targets(
    reader: &impl Reader,
    run: &str,
    query: TargetsQuery,
) -> Result<TargetsPage, Error> {
    let run = {
        let run = run.to_owned();
        reader
            .engine()
            .store
            .read(move |c| rows::run(c, &run))
            .await?
    };
    if !query.text.trim().is_empty() {
        search::prepare(reader.engine(), &run).await?;
    }
    let engine = reader.engine().clone();
    reader
        .engine()
        .store
        .read(move |c| {
            // Positions and rows of one moment.
            let moment = c.unchecked_transaction()?;
            let limit = query.limit.clamp(1, LARGEST_PAGE);
            let found = search::find(&moment, &engine, &run, &query, limit)?;
            let mut statement = moment.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM target t {} WHERE t.run = ?1 AND t.position = ?2",
                names(run.scope)
            ))?;
            let mut rows = Vec::with_capacity(found.positions.len());
            for position in found.positions {
                let mut row = statement.query_row(params![run.ordinal, position], target_row)?;
                row.before = before(&moment, run.ordinal, run.scope, &row.target)?;
                rows.push(row);
            }
            Ok(TargetsPage {
                rows,
                matches: found.matches,
            })
        })
        .await
}

/// One digit a target, in the order of the plan: the number of its state.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store.
pub async fn run_fleet(reader: &impl Reader, run: &str) -> Result<String, Error> {
    let run = run.to_owned();
    reader
        .engine()
        .store
        .read(move |c| {
            let run = rows::run(c, &run)?;
            fleet::states(c, run.ordinal)
        })
        .await
}

/// Where the targets of one cause stand in the plan, in order, up to 200,000 of them: for marking them on the fleet map.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store.
pub async fn run_cause_positions(
    reader: &impl Reader,
    run: &str,
    cause: &str,
) -> Result<Vec<u32>, Error> {
    let (run, cause) = (run.to_owned(), cause.to_owned());
    reader
        .engine()
        .store
        .read(move |c| {
            let run = rows::run(c, &run)?.ordinal;
            let mut statement = c.prepare_cached(
                "SELECT position FROM target INDEXED BY target_by_cause
                 WHERE run = ?1 AND cause = ?2 ORDER BY position LIMIT 200000",
            )?;
            let positions = statement.query_map(params![run, cause], |row| row.get(0))?;
            Ok(positions.collect::<Result<_, _>>()?)
        })
        .await
}

/// Hands on every target of a run, in the order of the plan, without the outcome of earlier runs.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store, and of `on`.
pub async fn for_each_target_row(
    reader: &impl Reader,
    run: &str,
    mut on: impl FnMut(TargetRow) -> Result<(), Error> + Send + 'static,
) -> Result<(), Error> {
    let run = run.to_owned();
    reader
        .engine()
        .store
        .read(move |c| {
            let run = rows::run(c, &run)?;
            each_row(c, &run, "", &mut on)
        })
        .await
}

/// The same in a reading of the store, of those targets `t` for which a further condition (`AND …`) holds.
pub(super) fn each_row(
    connection: &Connection,
    run: &rows::Run,
    and: &'static str,
    on: &mut dyn FnMut(TargetRow) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM target t {} WHERE t.run = ?1 {and} ORDER BY t.position",
        names(run.scope)
    ))?;
    let mut found = statement.query([run.ordinal])?;
    while let Some(row) = found.next()? {
        on(target_row(row)?)?;
    }
    Ok(())
}

const COLUMNS: &str = "t.target, g.name, t.version, t.line, t.wave, t.state, t.deployment, t.code, t.message, \
     t.details, t.position, t.cause";

/// The inventory that has the names; an id in a plan may have the account in front.
pub(super) fn names(scope: i64) -> String {
    format!(
        "LEFT JOIN inventory_group g ON g.scope = {scope} AND g.id = substr(t.target, instr(t.target, ':') + 1)"
    )
}

fn target_row(row: &Row<'_>) -> rusqlite::Result<TargetRow> {
    let details: Option<String> = row.get(9)?;
    let details = details
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|e| {
            rusqlite::Error::FromSqlConversionFailure(9, rusqlite::types::Type::Text, Box::new(e))
        })?
        .unwrap_or_default();
    Ok(TargetRow {
        position: row.get(10)?,
        target: row.get(0)?,
        name: row.get(1)?,
        version: row.get(2)?,
        line: row.get(3)?,
        wave: row.get(4)?,
        state: TargetState::from_number(row.get(5)?).unwrap_or(TargetState::Unknown),
        deployment: row.get(6)?,
        cause: row.get(11)?,
        code: row.get(7)?,
        message: row.get(8)?,
        details,
        before: None,
    })
}

/// How the last earlier run of the same scope ended for this target; the account may stand before its id in one run and
/// not in another.
fn before(
    connection: &Connection,
    run: i64,
    scope: i64,
    target: &str,
) -> Result<Option<TargetState>, Error> {
    use rusqlite::OptionalExtension;
    let number: Option<u8> = connection
        .prepare_cached(
            "SELECT t.state FROM run r
             CROSS JOIN scope s ON s.id = r.scope
             CROSS JOIN target t INDEXED BY target_by_id
                 ON t.run = r.ordinal AND t.target IN (?3, s.account || ':' || ?3)
             WHERE r.scope = ?2 AND r.ordinal < ?1 AND t.state <> 0 ORDER BY r.ordinal DESC LIMIT 1",
        )?
        .query_row(params![run, scope, bare_id(target)], |row| row.get(0))
        .optional()?;
    Ok(number.and_then(TargetState::from_number))
}
