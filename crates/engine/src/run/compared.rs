//! Two runs merged by the ids of their targets: both are read once, in the order of the id, from indices that hold
//! all that is needed.

use std::cmp::Ordering;

use overseed_domain::{group::bare_id, rollout::TargetState};
use rusqlite::{Connection, Rows, Statement, params};

use super::{
    compare::{TargetChange, worse},
    fleet,
};
use crate::Error;

/// One target by its positions in run A and in run B.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub a: Option<u32>,
    pub b: Option<u32>,
}

/// Hands on each different target of both runs with its change, in the order of the id.
pub(super) fn merge(
    connection: &Connection,
    a: i64,
    b: i64,
    on: &mut dyn FnMut(TargetChange, Pair),
) -> Result<(), Error> {
    let prepare =
        || -> Result<_, Error> { Ok((connection.prepare(BARE)?, connection.prepare(PREFIXED)?)) };
    let (mut of_a, mut of_b) = (prepare()?, prepare()?);
    let mut a = Side::begin(connection, &mut of_a, a)?;
    let mut b = Side::begin(connection, &mut of_b, b)?;
    let (mut in_a, mut in_b) = (a.next()?, b.next()?);
    loop {
        let order = match (&in_a, &in_b) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.target.cmp(&b.target),
        };
        let take_a = if order.is_le() { in_a.take() } else { None };
        let take_b = if order.is_ge() { in_b.take() } else { None };
        let pair = Pair {
            a: take_a.as_ref().map(|target| target.position),
            b: take_b.as_ref().map(|target| target.position),
        };
        let change = match (&take_a, &take_b) {
            (Some(a), Some(b)) => TargetChange::between(a.state, b.state),
            (Some(_), None) => TargetChange::OnlyA,
            _ => TargetChange::OnlyB,
        };
        on(change, pair);
        if take_a.is_some() {
            in_a = a.next()?;
        }
        if take_b.is_some() {
            in_b = b.next()?;
        }
    }
}

#[derive(Debug)]
struct Target {
    target: String,
    position: u32,
    state: TargetState,
}

/// Ids as a run may have them: bare, or with the account before them (`?2` to `?3`, the characters after it). Either
/// kind comes in the order of the bare id.
const BARE: &str = "SELECT target, position FROM target INDEXED BY target_by_id
     WHERE run = ?1 AND (target < ?2 OR target >= ?3) ORDER BY target, position";
const PREFIXED: &str = "SELECT target, position FROM target INDEXED BY target_by_id
     WHERE run = ?1 AND target >= ?2 AND target < ?3 ORDER BY target, position";

/// One run's targets, those of one id as one, whichever way it is written.
struct Side<'a> {
    /// Those without and those with the account, and the next one of each.
    kinds: [(Rows<'a>, Option<(String, u32)>); 2],
    states: String,
    ahead: Option<Target>,
}

impl<'a> Side<'a> {
    fn begin(
        connection: &Connection,
        (bare, prefixed): &'a mut (Statement<'_>, Statement<'_>),
        run: i64,
    ) -> Result<Self, Error> {
        let account: String = connection.query_row(
            "SELECT account FROM scope WHERE id = (SELECT scope FROM run WHERE ordinal = ?1)",
            [run],
            |row| row.get(0),
        )?;
        // A semicolon is the character after a colon.
        let (from, to) = (format!("{account}:"), format!("{account};"));
        let mut side = Self {
            kinds: [
                (bare.query(params![run, from, to])?, None),
                (prefixed.query(params![run, from, to])?, None),
            ],
            states: fleet::states(connection, run)?,
            ahead: None,
        };
        for (rows, next) in &mut side.kinds {
            *next = next_of(rows)?;
        }
        side.ahead = side.read()?;
        Ok(side)
    }

    fn read(&mut self) -> Result<Option<Target>, Error> {
        let [(bare, first), (prefixed, second)] = &mut self.kinds;
        let of_second = match (&first, &second) {
            (None, None) => return Ok(None),
            (Some(first), Some(second)) => second.0 < first.0,
            (first, _) => first.is_none(),
        };
        let (rows, next) = if of_second {
            (prefixed, second)
        } else {
            (bare, first)
        };
        let Some((target, position)) = next.take() else {
            return Ok(None);
        };
        *next = next_of(rows)?;
        let digit = self.states.as_bytes().get(position as usize);
        let number = digit.map(|digit| digit.wrapping_sub(b'0'));
        Ok(Some(Target {
            target,
            position,
            state: number
                .and_then(TargetState::from_number)
                .unwrap_or(TargetState::Unknown),
        }))
    }

    fn next(&mut self) -> Result<Option<Target>, Error> {
        let Some(mut target) = self.ahead.take() else {
            return Ok(None);
        };
        loop {
            match self.read()? {
                Some(again) if again.target == target.target => {
                    if worse(again.state, target.state).is_gt() {
                        target = again;
                    }
                }
                ahead => {
                    self.ahead = ahead;
                    return Ok(Some(target));
                }
            }
        }
    }
}

/// The next row: the bare id and the position.
fn next_of(rows: &mut Rows<'_>) -> Result<Option<(String, u32)>, Error> {
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let id = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(Some((bare_id(id).to_owned(), row.get(1)?)))
}
