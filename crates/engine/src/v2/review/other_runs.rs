//! Other runs of this app that are under way on the same devices.

use std::collections::HashSet;

use overseed_domain::rollout::TargetState;
use rusqlite::{Connection, params};

use crate::{
    Error,
    review::{Check, CheckState},
    run::SKIPPED,
    v2::plan::Whole,
};

/// Runs that are named.
const NAMED: usize = 3;

/// A run that has not ended.
struct Other {
    id: String,
    name: String,
    /// Devices of the plan to which it has not deployed yet.
    to_come: u32,
    /// Those that are at work on what it has deployed.
    at_work: u32,
}

/// No other run deploys to the same devices. What it has not made yet would be overtaken, or would overtake this plan;
/// where it has, its deployments are replaced.
pub(super) fn check(
    connection: &Connection,
    scope: i64,
    plan: &str,
    whole: &Whole,
) -> Result<Check, Error> {
    let others = find(connection, scope, plan, whole)?;
    let words: Vec<String> = others
        .iter()
        .take(NAMED)
        .map(|other| {
            format!(
                "{} ({}) has not deployed yet to {} of these devices, and {} are at work on what it has deployed.",
                other.name, other.id, other.to_come, other.at_work
            )
        })
        .collect();
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
    Ok(Check::new("other_runs", title, state, detail))
}

fn find(
    connection: &Connection,
    scope: i64,
    plan: &str,
    whole: &Whole,
) -> Result<Vec<Other>, Error> {
    let mut runs = connection.prepare_cached(
        "SELECT ordinal, id, name FROM run
         WHERE scope = ?1 AND generation = 'v2' AND id <> ?2 AND state NOT IN ('finished', 'stopped', 'failed')
         ORDER BY ordinal DESC",
    )?;
    let runs: Vec<(i64, String, String)> = runs
        .query_map(params![scope, plan], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
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
    for (ordinal, id, name) in runs {
        let mut other = Other {
            id,
            name,
            to_come: 0,
            at_work: 0,
        };
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
    Ok(others)
}
