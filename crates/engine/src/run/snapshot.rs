//! Reading a run as faces show it.

use overseed_domain::rollout::{RunState, WaveState};
use rusqlite::Connection;

use super::{
    RunRow, RunSnapshot, Sample, lock,
    rows::{self, Run, WaveRow},
};
use crate::{Engine, Error, StoreError};

/// Points of a chart.
const POINTS: usize = 300;

/// Milliseconds of readings that the rate is taken from.
const RATE_SPAN: i64 = 120_000;

/// All runs, newest first.
pub(super) fn run_rows(
    connection: &Connection,
    engine: &Engine,
    scope: i64,
) -> Result<Vec<RunRow>, Error> {
    rows::runs(connection)?
        .iter()
        .map(|run| {
            row(
                connection,
                engine,
                scope,
                run,
                &rows::waves(connection, run.ordinal)?,
            )
        })
        .collect()
}

/// One run.
pub(super) fn snapshot(
    connection: &Connection,
    engine: &Engine,
    scope: i64,
    id: &str,
) -> Result<RunSnapshot, Error> {
    let run = rows::run(connection, id)?;
    let waves = rows::waves(connection, run.ordinal)?;
    let row = row(connection, engine, scope, &run, &waves)?;
    let pace = pace(connection, &run, &waves)?;
    Ok(RunSnapshot {
        row,
        started_by: run.started_by,
        stage: run.stage,
        problem: run.problem,
        role_arn: run.settings.role_arn,
        settle_minutes: run.settings.settle_minutes,
        waves: waves.into_iter().map(|row| row.wave).collect(),
        read_at: run.read_at,
        blind: run.blind,
        rate: pace.as_ref().map(|pace| pace.rate),
        eta: pace.map(|pace| pace.eta),
        discrepancies: run.discrepancies,
    })
}

fn row(
    connection: &Connection,
    engine: &Engine,
    scope: i64,
    run: &Run,
    waves: &[WaveRow],
) -> Result<RunRow, Error> {
    let (account, region, sandbox): (String, String, String) = connection
        .prepare_cached("SELECT account, region, sandbox FROM scope WHERE id = ?1")?
        .query_row([run.scope], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    Ok(RunRow {
        id: run.id.clone(),
        name: run.name.clone(),
        generation: run.generation,
        state: run.state,
        counts: rows::sum(waves),
        started_at: run.started_at,
        ended_at: run.ended_at,
        account,
        region,
        sandbox: (!sandbox.is_empty()).then_some(sandbox),
        here: run.scope == scope,
        driven: !run.state.is_terminal() && lock::is_driven(engine, &run.id),
    })
}

/// How fast records are attempted.
struct Pace {
    /// Records a second.
    rate: f64,
    /// Seconds left, by the fastest and by the slowest part.
    eta: (f64, f64),
}

/// Records attempted a second over the last minutes, and the seconds left by the slower and the faster half
/// of that time.
#[allow(clippy::cast_precision_loss, reason = "rates are for people")]
fn pace(connection: &Connection, run: &Run, waves: &[WaveRow]) -> Result<Option<Pace>, Error> {
    let attempting = waves.iter().any(|row| row.wave.state == WaveState::Running);
    if run.state != RunState::Running || !attempting {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached(
        "SELECT at, processed FROM sample
         WHERE run = ?1 AND at >= (SELECT max(at) FROM sample WHERE run = ?1) - ?2 ORDER BY at",
    )?;
    let points = statement
        .query_map([run.ordinal, RATE_SPAN], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let speed = |a: &(i64, i64), b: &(i64, i64)| {
        let seconds = (b.0 - a.0) as f64 / 1000.0;
        (seconds > 0.0)
            .then(|| (b.1 - a.1) as f64 / seconds)
            .filter(|speed| *speed > 0.0)
    };
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Ok(None);
    };
    let Some(rate) = speed(first, last) else {
        return Ok(None);
    };
    let middle = points.get(points.len() / 2).unwrap_or(last);
    let halves = [speed(first, middle), speed(middle, last), Some(rate)];
    let speeds = halves.into_iter().flatten();
    let (slow, fast) = speeds.fold((rate, rate), |(slow, fast), speed| {
        (slow.min(speed), fast.max(speed))
    });
    let total: u32 = waves.iter().map(|row| row.wave.targets).sum();
    let processed: u32 = waves.iter().map(|row| row.wave.records_processed).sum();
    let left = f64::from(total.saturating_sub(processed));
    Ok(Some(Pace {
        rate,
        eta: (left / fast, left / slow),
    }))
}

/// Readings, thinned evenly.
pub(super) fn samples(connection: &Connection, run: i64) -> Result<Vec<Sample>, Error> {
    let mut statement = connection
        .prepare_cached("SELECT at, processed, counts FROM sample WHERE run = ?1 ORDER BY at")?;
    let all = statement
        .query_map([run], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, u32>(1)?,
                row.get::<_, String>(2)?,
            ))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let step = all.len().div_ceil(POINTS).max(1);
    let last = all.len().saturating_sub(1);
    all.into_iter()
        .enumerate()
        .filter(|(i, _)| i % step == 0 || *i == last)
        .map(|(_, (at, processed, counts))| {
            let counts = serde_json::from_str(&counts).map_err(|source| StoreError::Json {
                what: "sample.counts",
                source,
            })?;
            Ok(Sample {
                at: overseed_domain::Millis(at),
                processed,
                counts,
            })
        })
        .collect()
}
