//! The targets of a run, in pages.

use overseed_domain::rollout::TargetState;
use rusqlite::{Connection, Row, params_from_iter, types::Value};

use super::{TargetRow, TargetsPage, TargetsQuery, reader::Reader, rows};
use crate::{Error, Session};

/// Rows of a page at most.
const LARGEST_PAGE: u32 = 500;

/// One page of a run's targets, in the order of the plan.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store.
pub async fn run_targets(
    session: &Session,
    run: &str,
    query: TargetsQuery,
) -> Result<TargetsPage, Error> {
    let run = run.to_owned();
    session
        .store()
        .read(move |c| {
            let run = rows::run(c, &run)?;
            let found = Found::of(&run, &query);
            let matches = c
                .prepare_cached(&format!("SELECT count(*) {}", found.from))?
                .query_row(params_from_iter(&found.values), |row| row.get(0))?;
            let limit = query.limit.clamp(1, LARGEST_PAGE);
            let mut statement = c.prepare_cached(&found.page(limit, query.offset))?;
            let mut rows = statement
                .query_map(params_from_iter(&found.values), target_row)?
                .collect::<Result<Vec<_>, _>>()?;
            for row in &mut rows {
                row.before = before(c, run.ordinal, run.scope, &row.target)?;
            }
            Ok(TargetsPage { rows, matches })
        })
        .await
}

/// One digit a target, in the order of the plan: the number of its state.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store.
pub async fn run_fleet(session: &Session, run: &str) -> Result<String, Error> {
    let run = run.to_owned();
    session
        .store()
        .read(move |c| {
            let run = rows::run(c, &run)?;
            let mut fleet = String::new();
            let mut statement =
                c.prepare_cached("SELECT state FROM target WHERE run = ?1 ORDER BY position")?;
            let mut found = statement.query([run.ordinal])?;
            while let Some(row) = found.next()? {
                fleet.push(char::from(b'0' + row.get::<_, u8>(0)?.min(9)));
            }
            Ok(fleet)
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
            let mut statement = c.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM target t {} WHERE t.run = ?1 ORDER BY t.position",
                names(&run)
            ))?;
            let mut found = statement.query([run.ordinal])?;
            while let Some(row) = found.next()? {
                on(target_row(row)?)?;
            }
            Ok(())
        })
        .await
}

const COLUMNS: &str = "t.target, g.name, t.version, t.line, t.wave, t.state, t.deployment, t.code, t.message, \
     t.details";

/// The inventory that has the names.
fn names(run: &rows::Run) -> String {
    format!(
        "LEFT JOIN inventory_group g ON g.scope = {} AND g.id = t.target",
        run.scope
    )
}

/// Where the targets that a query asks for are.
struct Found {
    /// From `FROM` on. Names are looked up here only where the query asks for a text: for each of 700,000
    /// targets that would take a second.
    from: String,
    values: Vec<Value>,
    /// The inventory that has the names.
    names: String,
}

impl Found {
    fn of(run: &rows::Run, query: &TargetsQuery) -> Self {
        let names = names(run);
        let mut values = vec![Value::from(run.ordinal)];
        let mut condition = String::from("t.run = ?1");
        // Named, since SQLite takes the primary key for as good and then reads all targets of the run.
        let mut index = "";
        if let Some(state) = query.state {
            values.push(Value::from(i64::from(state.number())));
            condition.push_str(&format!(" AND t.state = ?{}", values.len()));
            index = "INDEXED BY target_by_state";
        }
        if let Some(cause) = &query.cause {
            values.push(Value::from(cause.clone()));
            condition.push_str(&format!(" AND t.cause = ?{}", values.len()));
            index = "INDEXED BY target_by_cause";
        }
        let text = query.text.trim();
        let mut joined = "";
        if !text.is_empty() {
            values.push(Value::from(text.to_lowercase()));
            let n = values.len();
            condition.push_str(&format!(
                " AND (instr(lower(t.target), ?{n}) OR instr(lower(coalesce(g.name, '')), ?{n}) \
                   OR instr(lower(coalesce(t.message, '')), ?{n}))"
            ));
            joined = &names;
        }
        let from = format!("FROM target t {index} {joined} WHERE {condition}");
        Self {
            from,
            values,
            names,
        }
    }

    /// One page of rows with their names, in the order of the plan. The positions come from an index, so that
    /// rows before the page are not touched.
    fn page(&self, limit: u32, offset: u32) -> String {
        format!(
            "SELECT {COLUMNS} FROM target t {} WHERE t.run = ?1 AND t.position IN
                 (SELECT t.position {} ORDER BY t.position LIMIT {limit} OFFSET {offset})
             ORDER BY t.position",
            self.names, self.from
        )
    }
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
        target: row.get(0)?,
        name: row.get(1)?,
        version: row.get(2)?,
        line: row.get(3)?,
        wave: row.get(4)?,
        state: TargetState::from_number(row.get(5)?).unwrap_or(TargetState::Unknown),
        deployment: row.get(6)?,
        code: row.get(7)?,
        message: row.get(8)?,
        details,
        before: None,
    })
}

/// How the last earlier run of the same scope ended for this target.
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
             CROSS JOIN target t INDEXED BY target_by_id ON t.run = r.ordinal AND t.target = ?3
             WHERE r.scope = ?2 AND r.ordinal < ?1 AND t.state <> 0 ORDER BY r.ordinal DESC LIMIT 1",
        )?
        .query_row(rusqlite::params![run, scope, target], |row| row.get(0))
        .optional()?;
    Ok(number.and_then(TargetState::from_number))
}
