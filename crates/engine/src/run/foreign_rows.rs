//! The rows of a run that was made elsewhere: what its reports name are its targets.

use std::collections::HashMap;

use overseed_aws::{BulkDeploymentReport, DetailedReport};
use overseed_domain::{
    Millis,
    arn::group_id_of_arn,
    group::bare_id,
    rollout::{RunState, TargetState, WaveState},
};
use rusqlite::{Transaction, params};

use super::{
    foreign::state_of,
    reports::{apply, words},
    rows::{self, json, word},
    samples,
};
use crate::{Error, ErrorCode, Problem};

/// The only wave.
const WAVE: u32 = 1;

/// Reports of one reading that have no deployment, by group. A record that Greengrass could not attempt has none, and a
/// file may name a group more than once: only their number tells such records apart.
#[derive(Debug)]
pub(super) struct WithoutDeployment {
    seen: HashMap<String, u32>,
    counted: bool,
}

impl WithoutDeployment {
    /// None yet. While the bulk deployment is under way, pages shift and the same report may come twice: then they are not
    /// `counted`.
    pub(super) fn begin(counted: bool) -> Self {
        Self {
            seen: HashMap::new(),
            counted,
        }
    }

    /// One more of a group; answers how many there are.
    fn add(&mut self, group: &str) -> u32 {
        let seen = self.seen.entry(group.to_owned()).or_default();
        *seen += 1;
        if self.counted { *seen } else { 1 }
    }
}

/// Takes a page of reports over: those of deployments that were not seen before are new targets, and those of records
/// without a deployment of which there are more than before.
pub(super) fn take(
    tx: &Transaction<'_>,
    run: i64,
    reports: &[DetailedReport],
    without: &mut WithoutDeployment,
) -> Result<(), Error> {
    let mut position: u32 = tx.query_row(
        "SELECT coalesce(max(position) + 1, 0) FROM target WHERE run = ?1",
        [run],
        |row| row.get(0),
    )?;
    let mut seen = tx.prepare_cached(
        "SELECT count(*) FROM target INDEXED BY target_by_id
         WHERE run = ?1 AND target = ?2 AND deployment IS ?3",
    )?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO target (run, position, target, version, wave, line, state)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
    )?;
    for report in reports {
        let arn = report.group_arn.as_deref().unwrap_or_default();
        let Some(group) = group_id_of_arn(arn) else {
            continue;
        };
        let group = bare_id(group);
        let known: u32 =
            seen.query_row(params![run, group, report.deployment_id], |row| row.get(0))?;
        let expected = match report.deployment_id {
            Some(_) => 1,
            None => without.add(group),
        };
        if known < expected {
            let version = arn
                .rsplit_once("/versions/")
                .map_or("", |(_, version)| version);
            let state = TargetState::Submitted.number();
            insert.execute(params![run, position, group, version, WAVE, state])?;
            position += 1;
        }
        // One by one: a second deployment of the group in this page is another target.
        apply(tx, run, WAVE, std::slice::from_ref(report))?;
    }
    tx.execute(
        "UPDATE wave SET targets = ?3 WHERE run = ?1 AND number = ?2",
        params![run, WAVE, position],
    )?;
    rows::recount(tx, run, WAVE).map(|_| ())
}

/// Keeps how the whole stands, once all reports are read.
pub(super) fn store_status(
    tx: &Transaction<'_>,
    run: i64,
    status: &BulkDeploymentReport,
    at: Millis,
) -> Result<(), Error> {
    let counts = rows::recount(tx, run, WAVE)?;
    let ended = status.status.is_terminal();
    let errors = words(status.message.as_deref(), &status.errors);
    let wave = match (ended, counts.in_progress + counts.submitted) {
        (false, _) => WaveState::Running,
        (true, 0) => WaveState::Judged,
        (true, _) => WaveState::Settling,
    };
    tx.execute(
        "UPDATE wave SET state = ?3, bulk_status = ?4, records_processed = ?5, invalid_input_records = ?6,
                retry_attempts = ?7, errors = ?8, ended_at = NULL
         WHERE run = ?1 AND number = ?2",
        params![
            run,
            WAVE,
            word(&wave)?,
            word(&status.status)?,
            status.records_processed,
            status.invalid_input_records,
            status.retry_attempts,
            json(&errors)?
        ],
    )?;
    // When it ended, Greengrass does not say; the time of the reading is none of its own.
    let (state, stage) = state_of(status.status);
    let problem = (state == RunState::Failed).then(|| {
        Problem::new(
            ErrorCode::BadRequest,
            "Greengrass ended the bulk deployment with an error",
        )
        .detail(errors.join("\n"))
        .hint("The service's words name the line or the permission.")
    });
    tx.execute(
        "UPDATE run SET state = ?2, stage = ?3, problem = ?4, read_at = ?5, blind_since = NULL,
                blind_problem = NULL, discrepancies = ?6,
                ended_at = NULL WHERE ordinal = ?1",
        params![
            run,
            word(&state)?,
            stage,
            problem.as_ref().map(json).transpose()?,
            at.0,
            json(&discrepancies(status, counts.total()))?
        ],
    )?;
    // It is read when somebody asks: nothing is missed in between.
    samples::add(tx, run, at, i64::MAX)
}

/// RecordsProcessed and the number of reports should be equal (guide): what does not add up.
fn discrepancies(status: &BulkDeploymentReport, reports: u32) -> Vec<String> {
    let missing = status.records_processed.saturating_sub(reports);
    if missing == 0 || !status.status.is_terminal() {
        return Vec::new();
    }
    vec![format!(
        "{missing} of {} attempted records have no report of their own; which groups they name is not known.",
        status.records_processed
    )]
}
