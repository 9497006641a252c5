//! Moving a run, its waves and its targets on, in the store.

use std::ops::Range;

use overseed_domain::{
    Millis,
    rollout::{RunState, TargetState, WaveState},
};
use rusqlite::{Transaction, params};

use super::{
    HoldReason,
    record::BATCH,
    rows::{json, word},
    skip::SKIPPED,
};
use crate::{Error, Problem, store::Store};

/// Says what the run is doing.
pub(crate) fn set_state(
    tx: &Transaction<'_>,
    run: i64,
    state: RunState,
    stage: &str,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE run SET state = ?2, stage = ?3, problem = NULL, hold = NULL WHERE ordinal = ?1",
        params![run, word(&state)?, stage],
    )?;
    Ok(())
}

/// Says how the run ended, or which problem it holds for.
pub(crate) fn set_end(
    tx: &Transaction<'_>,
    run: i64,
    state: RunState,
    stage: &str,
    problem: Option<&Problem>,
    at: Millis,
) -> Result<(), Error> {
    let ended_at = state.is_terminal().then_some(at.0);
    tx.execute(
        // Nothing ends before it has begun, though the clock be set back; of what has not ended, max is NULL.
        "UPDATE run SET state = ?2, stage = ?3, problem = ?4, ended_at = max(?5, started_at), hold = ?6,
                blind_since = NULL, blind_problem = NULL WHERE ordinal = ?1",
        params![
            run,
            word(&state)?,
            stage,
            problem.map(json).transpose()?,
            ended_at,
            (state == RunState::Hold)
                .then(|| word(&HoldReason::Problem))
                .transpose()?
        ],
    )?;
    Ok(())
}

/// Makes the run wait for the user, and says why.
pub(crate) fn set_hold(
    tx: &Transaction<'_>,
    run: i64,
    reason: HoldReason,
    stage: &str,
    problem: Option<&Problem>,
    at: Millis,
) -> Result<(), Error> {
    set_end(tx, run, RunState::Hold, stage, problem, at)?;
    tx.execute(
        "UPDATE run SET hold = ?2 WHERE ordinal = ?1",
        params![run, word(&reason)?],
    )?;
    Ok(())
}

/// Moves a wave on.
pub(crate) fn set_wave_state(
    tx: &Transaction<'_>,
    run: i64,
    wave: u32,
    state: WaveState,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE wave SET state = ?3 WHERE run = ?1 AND number = ?2",
        params![run, wave, word(&state)?],
    )?;
    Ok(())
}

/// Waves whose turn has not come are not started any more.
pub(crate) fn skip_waiting(tx: &Transaction<'_>, run: i64) -> Result<(), Error> {
    skip_waiting_after(tx, run, 0)
}

/// The same of the waves after this one.
pub(crate) fn skip_waiting_after(tx: &Transaction<'_>, run: i64, wave: u32) -> Result<(), Error> {
    tx.prepare_cached("UPDATE wave SET state = ?3 WHERE run = ?1 AND number > ?2 AND state = ?4")?
        .execute(params![
            run,
            wave,
            word(&WaveState::Skipped)?,
            word(&WaveState::Waiting)?
        ])?;
    Ok(())
}

/// Moves targets of a wave from one state to another, in transactions of some thousand rows; those that were left
/// out stay as they are.
pub(crate) async fn move_targets(
    store: &Store,
    run: i64,
    positions: Range<u32>,
    (from, to): (TargetState, TargetState),
    cause: Option<&'static str>,
) -> Result<(), Error> {
    // The index of states carries no causes: rows are looked at only where some may have been left out.
    let spared = if from == TargetState::Waiting {
        "AND cause IS NOT ?8"
    } else {
        "AND ?8 IS NOT NULL"
    };
    loop {
        let positions = positions.clone();
        let moved = store
            .write(move |tx| {
                let mut statement = tx.prepare_cached(&format!(
                    "UPDATE target SET state = ?5, cause = ?6 WHERE run = ?1 AND position IN
                         (SELECT position FROM target
                          WHERE run = ?1 AND state = ?2 AND position >= ?3 AND position < ?4 {spared} LIMIT ?7)",
                ))?;
                Ok(statement.execute(params![
                    run,
                    from.number(),
                    positions.start,
                    positions.end,
                    to.number(),
                    cause,
                    BATCH,
                    SKIPPED
                ])?)
            })
            .await?;
        if moved == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn no_run_ends_before_it_has_begun() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let ended = |state: RunState, at: i64| {
            store.write_now(|tx| {
                set_end(tx, 1, state, "", None, Millis(at))?;
                let ended: Option<i64> =
                    tx.query_row("SELECT ended_at FROM run", [], |row| row.get(0))?;
                Ok(ended)
            })
        };
        store
            .write_now(|tx| {
                tx.execute_batch(
                    "INSERT INTO scope VALUES (1, 'aws', '123456789012', 'eu-west-1', '', NULL);
                     INSERT INTO run (ordinal, id, scope, generation, name, state, stage, connection, settings,
                                      plan_hash, started_by, started_at)
                     VALUES (1, 'a', 1, 'v1', '', 'running', '', '', '', '', '', 5000)",
                )?;
                Ok(())
            })
            .unwrap();
        // The clock was set back meanwhile.
        assert_eq!(ended(RunState::Stopped, 4000).unwrap(), Some(5000));
        assert_eq!(ended(RunState::Finished, 6000).unwrap(), Some(6000));
        assert_eq!(ended(RunState::Hold, 7000).unwrap(), None);
    }
}
