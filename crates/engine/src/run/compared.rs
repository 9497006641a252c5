//! Two runs merged by the ids of their targets: both are read once, in the order of the id, from indices that hold
//! all that is needed.

use std::cmp::Ordering;

use overseed_domain::rollout::TargetState;
use rusqlite::{Connection, Rows};

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
    const IN_ORDER: &str = "SELECT target, position FROM target INDEXED BY target_by_id
         WHERE run = ?1 ORDER BY target, position";
    let mut statements = (connection.prepare(IN_ORDER)?, connection.prepare(IN_ORDER)?);
    let mut a = Side::begin(statements.0.query([a])?, fleet::states(connection, a)?)?;
    let mut b = Side::begin(statements.1.query([b])?, fleet::states(connection, b)?)?;
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

/// One run's targets, those of one id as one.
struct Side<'a> {
    rows: Rows<'a>,
    states: String,
    ahead: Option<Target>,
}

impl<'a> Side<'a> {
    fn begin(rows: Rows<'a>, states: String) -> Result<Self, Error> {
        let mut side = Self {
            rows,
            states,
            ahead: None,
        };
        side.ahead = side.read()?;
        Ok(side)
    }

    fn read(&mut self) -> Result<Option<Target>, Error> {
        let Some(row) = self.rows.next()? else {
            return Ok(None);
        };
        let position: u32 = row.get(1)?;
        let digit = self.states.as_bytes().get(position as usize);
        let number = digit.map(|digit| digit.wrapping_sub(b'0'));
        Ok(Some(Target {
            target: row.get(0)?,
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
