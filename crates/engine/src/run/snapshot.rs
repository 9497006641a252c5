//! Reading a run as faces show it.

use overseed_domain::{
    Millis,
    rollout::{RunState, WaveState},
};
use rusqlite::Connection;

use super::{
    RunRow, RunSnapshot, Wave,
    intents::{self, Ask},
    lock,
    rows::{self, Run, WaveRow},
    samples, settle, v2,
};
use crate::{Engine, Error};

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
    let pausing = !run.state.is_terminal()
        && run.state != RunState::Hold
        && intents::pending(connection, run.ordinal, Ask::Pause)? > 0;
    let settle = settle::span(&run.settings);
    let of_v2 = v2::shown(connection, &run)?;
    Ok(RunSnapshot {
        row,
        started_by: run.started_by.clone(),
        stage: run.stage.clone(),
        problem: run.problem.clone(),
        hold: run.hold,
        pausing,
        rollout: run.settings.waves.clone(),
        role_arn: run.settings.role_arn.clone(),
        settle_minutes: run.settings.settle_minutes,
        waves: waves
            .into_iter()
            .map(|row| match run.found_bulk {
                // Nobody waits for what was made elsewhere.
                Some(_) => row.wave,
                None => settling(row.wave, settle),
            })
            .map(|wave| v2::with_names(&run, wave))
            .collect(),
        read_at: run.read_at,
        blind: run.blind,
        rate: pace.as_ref().map(|pace| pace.rate),
        eta: pace.map(|pace| pace.eta),
        discrepancies: run.discrepancies,
        v2: of_v2,
    })
}

/// A wave with the end of its time to settle, while that runs.
fn settling(wave: Wave, settle: i64) -> Wave {
    let settling = wave.state == WaveState::Settling;
    Wave {
        settle_until: wave
            .ended_at
            .filter(|_| settling)
            .map(|ended| Millis(ended.0.saturating_add(settle))),
        ..wave
    }
}

pub(super) fn row(
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
        foreign: run.found_bulk.is_some(),
        parent: run.parent.clone(),
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
    let points = samples::recent(connection, run.ordinal)?;
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
    let total: u32 = waves.iter().map(WaveRow::sent).sum();
    let processed: u32 = waves.iter().map(|row| row.wave.records_processed).sum();
    let left = f64::from(total.saturating_sub(processed));
    Ok(Some(Pace {
        rate,
        eta: (left / fast, left / slow),
    }))
}
