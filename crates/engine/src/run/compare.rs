//! What changed between two runs, target by target.

use std::{
    cmp::Ordering,
    sync::{Arc, Mutex, PoisonError},
};

use overseed_domain::{Millis, group::bare_id, rollout::TargetState};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    RunRow,
    compared::{self, Pair},
    reader::{Reader, scope_or_none},
    rows, snapshot,
};
use crate::Error;

/// Rows of a page at most.
const LARGEST_PAGE: u32 = 500;

/// How a target's outcome differs from run A to run B. Failing is failed or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TargetChange {
    /// Failing in B, and not in A.
    NewlyFailing,
    /// Failing in A, succeeded in B.
    Fixed,
    /// Failing in both.
    StillFailing,
    /// Succeeded in both.
    Same,
    /// Not failing in B, and without an outcome in one of the two.
    Unsettled,
    /// A target of A alone.
    OnlyA,
    /// A target of B alone.
    OnlyB,
}

impl TargetChange {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 7] = [
        Self::NewlyFailing,
        Self::StillFailing,
        Self::Fixed,
        Self::Unsettled,
        Self::OnlyA,
        Self::OnlyB,
        Self::Same,
    ];

    /// The change of a target of both runs.
    #[must_use]
    pub fn between(a: TargetState, b: TargetState) -> Self {
        let failing = |state| matches!(state, TargetState::Failed | TargetState::Unknown);
        match (failing(a), failing(b)) {
            (true, true) => Self::StillFailing,
            (false, true) => Self::NewlyFailing,
            (true, false) if b == TargetState::Succeeded => Self::Fixed,
            (false, false) if a == TargetState::Succeeded && a == b => Self::Same,
            _ => Self::Unsettled,
        }
    }
}

/// How many targets changed how; the sum is the number of different targets of both runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangeCounts {
    /// [`TargetChange::NewlyFailing`].
    pub newly_failing: u32,
    /// [`TargetChange::Fixed`].
    pub fixed: u32,
    /// [`TargetChange::StillFailing`].
    pub still_failing: u32,
    /// [`TargetChange::Same`].
    pub same: u32,
    /// [`TargetChange::Unsettled`].
    pub unsettled: u32,
    /// [`TargetChange::OnlyA`].
    pub only_a: u32,
    /// [`TargetChange::OnlyB`].
    pub only_b: u32,
}

impl ChangeCounts {
    /// The count of one change.
    pub const fn of(&mut self, change: TargetChange) -> &mut u32 {
        match change {
            TargetChange::NewlyFailing => &mut self.newly_failing,
            TargetChange::Fixed => &mut self.fixed,
            TargetChange::StillFailing => &mut self.still_failing,
            TargetChange::Same => &mut self.same,
            TargetChange::Unsettled => &mut self.unsettled,
            TargetChange::OnlyA => &mut self.only_a,
            TargetChange::OnlyB => &mut self.only_b,
        }
    }
}

/// Asks for targets of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct CompareQuery {
    /// Only this change.
    pub change: Option<TargetChange>,
    /// Rows before the page.
    pub offset: u32,
    /// Rows of the page; 500 at most.
    pub limit: u32,
}

/// A target in one of the two runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CompareSide {
    /// Its state.
    pub state: TargetState,
    /// The version it got; empty where it is not known.
    pub version: String,
    /// Its wave, from 1.
    pub wave: u32,
    /// Its line in the wave's input file, from 1; 0 where it is not known.
    pub line: u32,
    /// The service's error code.
    pub code: Option<String>,
    /// ErrorMessage, in the service's words.
    pub message: Option<String>,
}

/// A target in both runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CompareRow {
    /// The group's id.
    pub target: String,
    /// Its name, where the inventory knows it.
    pub name: Option<String>,
    /// What changed.
    pub change: TargetChange,
    /// In run A.
    pub a: Option<CompareSide>,
    /// In run B.
    pub b: Option<CompareSide>,
}

/// Two runs beside each other. A file may name a group twice: then its worse outcome counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Run A, the one that is compared from: usually the older one.
    pub a: RunRow,
    /// Run B.
    pub b: RunRow,
    /// Targets by change.
    pub counts: ChangeCounts,
    /// The page: by change as [`TargetChange::ALL`] lists them, then by the group's id.
    pub rows: Vec<CompareRow>,
    /// Targets that match the query.
    pub matches: u32,
}

/// The last comparison, so that its pages need no new one. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Comparisons {
    last: Arc<Mutex<Option<Last>>>,
}

#[derive(Debug)]
struct Last {
    key: Key,
    compared: Arc<Compared>,
}

/// What a comparison depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key([(i64, Option<Millis>, [u32; 6]); 2]);

/// Targets by change, each by its position in A and in B.
#[derive(Debug)]
struct Compared {
    by_change: [Vec<Pair>; 7],
}

/// Compares run B with run A. The first page of two large runs takes about a second, the next ones a few
/// milliseconds.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store.
pub async fn run_compare(
    reader: &impl Reader,
    a: &str,
    b: &str,
    query: CompareQuery,
) -> Result<Comparison, Error> {
    let (engine, scope) = (reader.engine().clone(), scope_or_none(reader));
    let (a, b) = (a.to_owned(), b.to_owned());
    reader
        .engine()
        .store
        .read(move |c| {
            let snapshot = c.unchecked_transaction()?;
            let runs = [rows::run(&snapshot, &a)?, rows::run(&snapshot, &b)?];
            let [a, b] = runs.each_ref().map(|run| {
                let waves = rows::waves(&snapshot, run.ordinal)?;
                snapshot::row(&snapshot, &engine, scope, run, &waves)
            });
            let (a, b) = (a?, b?);
            let key = Key([
                (runs[0].ordinal, runs[0].read_at, numbers(&a)),
                (runs[1].ordinal, runs[1].read_at, numbers(&b)),
            ]);
            let compared = engine.comparisons.of(key, || {
                let mut by_change: [Vec<Pair>; 7] = Default::default();
                compared::merge(
                    &snapshot,
                    runs[0].ordinal,
                    runs[1].ordinal,
                    &mut |change, pair| {
                        if let Some(pairs) = by_change.get_mut(place(change)) {
                            pairs.push(pair);
                        }
                    },
                )?;
                Ok(Compared { by_change })
            })?;
            let (rows, matches) = page(&snapshot, &runs, &compared, &query)?;
            Ok(Comparison {
                a,
                b,
                counts: compared.counts(),
                rows,
                matches,
            })
        })
        .await
}

fn numbers(run: &RunRow) -> [u32; 6] {
    let mut counts = run.counts;
    TargetState::ALL.map(|state| *counts.of(state))
}

/// Where a change stands in [`TargetChange::ALL`].
fn place(change: TargetChange) -> usize {
    TargetChange::ALL
        .iter()
        .position(|listed| *listed == change)
        .unwrap_or_default()
}

impl Comparisons {
    /// The comparison with this key, made where it is not the last one.
    fn of(
        &self,
        key: Key,
        make: impl FnOnce() -> Result<Compared, Error>,
    ) -> Result<Arc<Compared>, Error> {
        {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(last) = last.as_ref().filter(|last| last.key == key) {
                return Ok(last.compared.clone());
            }
        }
        let compared = Arc::new(make()?);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Last {
            key,
            compared: compared.clone(),
        });
        Ok(compared)
    }
}

impl Compared {
    fn counts(&self) -> ChangeCounts {
        let mut counts = ChangeCounts::default();
        for (change, pairs) in TargetChange::ALL.into_iter().zip(&self.by_change) {
            *counts.of(change) = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
        }
        counts
    }
}

fn page(
    connection: &Connection,
    runs: &[rows::Run; 2],
    compared: &Compared,
    query: &CompareQuery,
) -> Result<(Vec<CompareRow>, u32), Error> {
    let listed = || {
        TargetChange::ALL
            .into_iter()
            .zip(&compared.by_change)
            .filter(|(change, _)| query.change.is_none_or(|asked| asked == *change))
    };
    let matches: usize = listed().map(|(_, pairs)| pairs.len()).sum();
    let limit = query.limit.clamp(1, LARGEST_PAGE) as usize;
    let rows = listed()
        .flat_map(|(change, pairs)| pairs.iter().map(move |pair| (change, *pair)))
        .skip(query.offset as usize)
        .take(limit)
        .map(|(change, pair)| row(connection, runs, change, pair))
        .collect::<Result<_, _>>()?;
    Ok((rows, u32::try_from(matches).unwrap_or(u32::MAX)))
}

fn row(
    connection: &Connection,
    [a, b]: &[rows::Run; 2],
    change: TargetChange,
    pair: Pair,
) -> Result<CompareRow, Error> {
    let side = |run: &rows::Run, position: Option<u32>| match position {
        Some(position) => side(connection, run.ordinal, position).map(Some),
        None => Ok(None),
    };
    let (in_a, in_b) = (side(a, pair.a)?, side(b, pair.b)?);
    let (scope, target) = match (&in_b, &in_a) {
        (Some((target, _)), _) => (b.scope, target.clone()),
        (None, Some((target, _))) => (a.scope, target.clone()),
        (None, None) => (b.scope, String::new()),
    };
    let name = connection
        .prepare_cached("SELECT name FROM inventory_group WHERE scope = ?1 AND id = ?2")?
        .query_row(params![scope, bare_id(&target)], |row| row.get(0))
        .optional()?;
    Ok(CompareRow {
        target,
        name,
        change,
        a: in_a.map(|(_, side)| side),
        b: in_b.map(|(_, side)| side),
    })
}

fn side(connection: &Connection, run: i64, position: u32) -> Result<(String, CompareSide), Error> {
    let found = connection
        .prepare_cached(
            "SELECT target, state, version, wave, line, code, message FROM target
             WHERE run = ?1 AND position = ?2",
        )?
        .query_row(params![run, position], |row| {
            Ok((
                row.get(0)?,
                CompareSide {
                    state: TargetState::from_number(row.get(1)?).unwrap_or(TargetState::Unknown),
                    version: row.get(2)?,
                    wave: row.get(3)?,
                    line: row.get(4)?,
                    code: row.get(5)?,
                    message: row.get(6)?,
                },
            ))
        })?;
    Ok(found)
}

/// Which of two states of one group in one run counts: the worse one.
pub(super) fn worse(a: TargetState, b: TargetState) -> Ordering {
    let weight = |state| match state {
        TargetState::Succeeded => 0,
        TargetState::Waiting | TargetState::Submitted | TargetState::InProgress => 1,
        TargetState::Unknown => 2,
        TargetState::Failed => 3,
    };
    weight(a).cmp(&weight(b))
}
