//! All targets of a run at once: a state and a cause each, from the rows that the store keeps for it (see
//! `tallies.sql`), so that no screen reads 700,000 targets.

use std::ops::Range;

use overseed_domain::rollout::{Counts, TargetState};
use rusqlite::{Connection, params};

use crate::Error;

/// Targets of one row.
pub(super) const CHUNK: u32 = 500;

/// Digits of a cause's number.
const CAUSE_DIGITS: usize = 5;

/// Targets of a run.
pub(super) fn targets(connection: &Connection, run: i64) -> Result<u32, Error> {
    let targets = connection
        .prepare_cached("SELECT coalesce(max(position) + 1, 0) FROM target WHERE run = ?1")?
        .query_row([run], |row| row.get(0))?;
    Ok(targets)
}

/// One digit a target, in the order of the plan: the number of its state.
pub(super) fn states(connection: &Connection, run: i64) -> Result<String, Error> {
    let targets = targets(connection, run)?;
    let mut states = String::with_capacity(targets as usize + CHUNK as usize);
    let mut statement =
        connection.prepare_cached("SELECT states FROM fleet WHERE run = ?1 ORDER BY chunk")?;
    let mut rows = statement.query([run])?;
    while let Some(row) = rows.next()? {
        states.push_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
    }
    states.truncate(targets as usize);
    Ok(states)
}

/// The number of each target's cause, in the order of the plan; 0 for none.
pub(super) fn causes(connection: &Connection, run: i64) -> Result<Vec<u32>, Error> {
    let targets = targets(connection, run)?;
    let mut causes = Vec::with_capacity(targets as usize + CHUNK as usize);
    let mut statement =
        connection.prepare_cached("SELECT causes FROM fleet WHERE run = ?1 ORDER BY chunk")?;
    let mut rows = statement.query([run])?;
    while let Some(row) = rows.next()? {
        let digits = row.get_ref(0)?.as_bytes().map_err(rusqlite::Error::from)?;
        causes.extend(digits.chunks_exact(CAUSE_DIGITS).map(number));
    }
    causes.truncate(targets as usize);
    Ok(causes)
}

/// How many targets of a slice of the plan are in each state.
pub(super) fn counts(
    connection: &Connection,
    run: i64,
    positions: &Range<u32>,
) -> Result<Counts, Error> {
    let mut counts = Counts::default();
    let mut statement = connection.prepare_cached(
        "SELECT chunk, states FROM fleet WHERE run = ?1 AND chunk >= ?2 AND chunk <= ?3",
    )?;
    let last = positions.end.saturating_sub(1) / CHUNK;
    let mut rows = statement.query(params![run, positions.start / CHUNK, last])?;
    while let Some(row) = rows.next()? {
        let first = row.get::<_, u32>(0)?.saturating_mul(CHUNK);
        let states = row.get_ref(1)?.as_bytes().map_err(rusqlite::Error::from)?;
        let (from, to) = (
            positions.start.saturating_sub(first) as usize,
            positions.end.saturating_sub(first).min(CHUNK) as usize,
        );
        for digit in states.get(from..to.min(states.len())).unwrap_or_default() {
            let state = TargetState::from_number(digit.wrapping_sub(b'0'));
            *counts.of(state.unwrap_or(TargetState::Unknown)) += 1;
        }
    }
    Ok(counts)
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| {
        let value = char::from(*digit).to_digit(16).unwrap_or_default();
        number * 16 + value
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_five_hexadecimal_digits() {
        assert_eq!(number(b"00000"), 0);
        assert_eq!(number(b"0001f"), 31);
        assert_eq!(number(b"aae60"), 700_000);
    }
}
