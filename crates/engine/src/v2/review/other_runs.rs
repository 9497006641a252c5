//! Other runs of this app that are under way on the same devices.

use std::collections::HashSet;

use overseed_domain::rollout::{RunState, TargetState};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    Error,
    review::{Check, CheckState},
    run::{HoldReason, SKIPPED},
    v2::plan::Whole,
};

/// Runs that are named.
const NAMED: usize = 3;

/// A run that has not ended and has devices of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OtherRun {
    /// Its id.
    pub run: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub state: RunState,
    /// Why it holds.
    pub hold: Option<HoldReason>,
    /// Devices of the plan to which it has not deployed yet: with any of these it stands in the way.
    pub to_come: u32,
    /// Those that are at work on what it has deployed.
    pub at_work: u32,
}

impl OtherRun {
    fn words(&self) -> String {
        let Self {
            run,
            name,
            to_come,
            at_work,
            ..
        } = self;
        let holds = match self.hold {
            _ if self.state != RunState::Hold => "",
            Some(HoldReason::Paused) => ", which is paused,",
            _ => ", which is on hold,",
        };
        format!(
            "{name} ({run}){holds} has not deployed yet to {to_come} of these devices, and {at_work} are at work on what it \
             has deployed."
        )
    }
}

/// No other run deploys to the same devices. What it has not made yet would be overtaken, or would overtake this plan;
/// where it has, its deployments are replaced.
pub(super) fn check(others: &[OtherRun]) -> Check {
    let words: Vec<String> = others.iter().take(NAMED).map(OtherRun::words).collect();
    let (state, detail) = if others.iter().any(|other| other.to_come > 0) {
        let mend = "Wait until it has ended, or stop it: devices would get the one deployment or the other.";
        (CheckState::Fail, format!("{} {mend}", words.join(" ")))
    } else if others.is_empty() {
        (
            CheckState::Pass,
            "None that this computer knows of.".to_owned(),
        )
    } else {
        let mend = "What has not come to them yet is replaced.";
        (CheckState::Warn, format!("{} {mend}", words.join(" ")))
    };
    let title = "No other run deploys to the same devices";
    Check::new("other_runs", title, state, detail)
}

/// Runs of the scope that have not ended and have devices of the plan, those that stand in its way first.
pub(super) fn find(
    connection: &Connection,
    scope: i64,
    plan: &str,
    whole: &Whole,
) -> Result<Vec<OtherRun>, Error> {
    let mut runs = connection.prepare_cached(
        "SELECT ordinal, id, name, state, hold FROM run
         WHERE scope = ?1 AND generation = 'v2' AND id <> ?2 AND state NOT IN ('finished', 'stopped', 'failed')
         ORDER BY ordinal DESC",
    )?;
    let runs: Vec<(i64, OtherRun)> = runs
        .query_map(params![scope, plan], |row| {
            let state = serde_json::Value::String(row.get(3)?);
            let hold = row
                .get::<_, Option<String>>(4)?
                .map_or(serde_json::Value::Null, serde_json::Value::String);
            let other = OtherRun {
                run: row.get(1)?,
                name: row.get(2)?,
                // Later versions of the app may know more words; the run is told all the same.
                state: serde_json::from_value(state).unwrap_or(RunState::Running),
                hold: serde_json::from_value(hold).unwrap_or_default(),
                to_come: 0,
                at_work: 0,
            };
            Ok((row.get(0)?, other))
        })?
        .collect::<Result<_, _>>()?;
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let things: HashSet<&str> = whole.targets.iter().map(|target| &*target.thing).collect();
    let mut targets = connection.prepare_cached(
        "SELECT target, state FROM target WHERE run = ?1 AND state IN (0, 1, 2) AND cause IS NOT ?2",
    )?;
    let mut others = Vec::new();
    for (ordinal, mut other) in runs {
        let mut rows = targets.query(params![ordinal, SKIPPED])?;
        while let Some(row) = rows.next()? {
            let (thing, state): (String, u8) = (row.get(0)?, row.get(1)?);
            if !things.contains(thing.as_str()) {
                continue;
            }
            if TargetState::from_number(state) == Some(TargetState::Waiting) {
                other.to_come += 1;
            } else {
                other.at_work += 1;
            }
        }
        if other.to_come + other.at_work > 0 {
            others.push(other);
        }
    }
    others.sort_by_key(|other| other.to_come == 0);
    Ok(others)
}
