//! The targets of a V2 wave in the store.

use std::ops::Range;

use overseed_domain::rollout::TargetState;
use rusqlite::{Connection, Transaction, params};

use super::super::skip::SKIPPED;
use crate::Error;

/// A target whose deployment is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToMake {
    pub(super) position: u32,
    pub(super) line: u32,
    pub(super) thing: String,
}

/// A target whose deployment was made and has not ended, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) position: u32,
    pub(super) thing: String,
    pub(super) deployment: String,
    pub(super) state: TargetState,
}

/// Targets that were handed over, and of which it is not known whether their deployments were made: a driver ended, or
/// an answer was lost.
pub(super) fn in_doubt(
    connection: &Connection,
    run: i64,
    positions: &Range<u32>,
    most: usize,
) -> Result<Vec<ToMake>, Error> {
    let and = "AND deployment IS NULL AND ?5 IS NOT NULL";
    to_make(
        connection,
        run,
        positions,
        TargetState::Submitted,
        and,
        most,
    )
}

/// Targets whose turn is next.
pub(super) fn waiting(
    connection: &Connection,
    run: i64,
    positions: &Range<u32>,
    most: usize,
) -> Result<Vec<ToMake>, Error> {
    let and = "AND cause IS NOT ?5";
    to_make(connection, run, positions, TargetState::Waiting, and, most)
}

fn to_make(
    connection: &Connection,
    run: i64,
    positions: &Range<u32>,
    state: TargetState,
    and: &str,
    most: usize,
) -> Result<Vec<ToMake>, Error> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT position, line, target FROM target
         WHERE run = ?1 AND state = ?2 AND position >= ?3 AND position < ?4 {and} ORDER BY position LIMIT ?6"
    ))?;
    let rows = statement.query_map(
        params![
            run,
            state.number(),
            positions.start,
            positions.end,
            SKIPPED,
            i64::try_from(most).unwrap_or(i64::MAX)
        ],
        |row| {
            Ok(ToMake {
                position: row.get(0)?,
                line: row.get(1)?,
                thing: row.get(2)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Moves some targets that wait to those that were handed over, or back: before any call is made for them, and where it
/// is known that none did anything.
pub(super) fn hand_over(
    tx: &Transaction<'_>,
    run: i64,
    positions: &[u32],
    back: bool,
) -> Result<(), Error> {
    let (from, to) = if back {
        (TargetState::Submitted, TargetState::Waiting)
    } else {
        (TargetState::Waiting, TargetState::Submitted)
    };
    let mut statement = tx.prepare_cached(
        "UPDATE target SET state = ?4 WHERE run = ?1 AND position = ?2 AND state = ?3 AND deployment IS NULL",
    )?;
    for position in positions {
        statement.execute(params![run, position, from.number(), to.number()])?;
    }
    Ok(())
}

/// The deployment of a target.
pub(super) fn set_made(
    tx: &Transaction<'_>,
    run: i64,
    position: u32,
    deployment: &str,
) -> Result<(), Error> {
    tx.prepare_cached(
        "UPDATE target SET deployment = ?3, state = max(state, ?4) WHERE run = ?1 AND position = ?2",
    )?
    .execute(params![
        run,
        position,
        deployment,
        TargetState::Submitted.number()
    ])?;
    Ok(())
}

/// Deployments that were made and of which the devices have not said their last word, from a position on.
pub(super) fn unended(
    connection: &Connection,
    run: i64,
    positions: &Range<u32>,
    most: usize,
) -> Result<Vec<Made>, Error> {
    made(connection, run, positions, "(1, 2)", most)
}

/// The same with those that were given up as unknown.
pub(super) fn uncancelled(
    connection: &Connection,
    run: i64,
    from: u32,
    most: usize,
) -> Result<Vec<Made>, Error> {
    made(connection, run, &(from..u32::MAX), "(1, 2, 5)", most)
}

fn made(
    connection: &Connection,
    run: i64,
    positions: &Range<u32>,
    states: &str,
    most: usize,
) -> Result<Vec<Made>, Error> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT position, target, deployment, state FROM target
         WHERE run = ?1 AND position >= ?2 AND position < ?3 AND state IN {states} AND deployment IS NOT NULL
         ORDER BY position LIMIT ?4"
    ))?;
    let rows = statement.query_map(
        params![
            run,
            positions.start,
            positions.end,
            i64::try_from(most).unwrap_or(i64::MAX)
        ],
        |row| {
            Ok(Made {
                position: row.get(0)?,
                thing: row.get(1)?,
                deployment: row.get(2)?,
                state: TargetState::from_number(row.get(3)?).unwrap_or(TargetState::Unknown),
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}
