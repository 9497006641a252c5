//! A run's rows in the store.

use std::{collections::BTreeMap, ops::Range};

use overseed_domain::{
    Millis,
    rollout::{BulkStatus, Counts, Generation, RunState, TargetState},
    waves::Waves,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, types::Type as SqlType};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use super::moves::{
    move_targets, set_end, set_hold, set_state, set_wave_state, skip_waiting, skip_waiting_after,
};
use super::{Blind, HoldReason, Wave, fleet};
use crate::{
    Error, ErrorCode, Problem, StoreError,
    permissions::{Pack, ReadBy},
    plan::PlanSettings,
    v2::plan::PlanV2,
};

/// A run as the store has it.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub ordinal: i64,
    pub id: String,
    pub scope: i64,
    pub generation: Generation,
    pub name: String,
    pub state: RunState,
    pub stage: String,
    pub settings: RunSettings,
    pub plan_hash: String,
    pub started_by: String,
    pub started_at: Millis,
    pub recorded: bool,
    pub ended_at: Option<Millis>,
    pub problem: Option<Problem>,
    pub hold: Option<HoldReason>,
    pub read_at: Option<Millis>,
    pub blind: Option<Blind>,
    pub discrepancies: Vec<String>,
    pub parent: Option<String>,
    /// Of a run that was recorded from its reports and is never driven: its bulk deployment.
    pub found_bulk: Option<String>,
}

/// How a run is carried out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunSettings {
    pub role: String,
    pub role_arn: String,
    pub bucket: String,
    pub prefix: String,
    #[serde(default)]
    pub pack: Pack,
    #[serde(default)]
    pub read_by: ReadBy,
    pub settle_minutes: f64,
    #[serde(default)]
    pub waves: Waves,
    /// Whether the driver sees to the permissions by itself (the command line), or the user did (the window).
    pub provision: bool,
    /// What only V2 runs have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub v2: Option<PlanV2>,
    /// How many items a Distributed Map works on at once, where someone has said so since the run was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_once: Option<u32>,
    /// The IoT jobs of thing groups' deployments, by the number of the wave, as far as the service has told them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub jobs: BTreeMap<u32, String>,
}

impl RunSettings {
    /// What of it the plan says.
    pub fn plan(&self) -> PlanSettings {
        PlanSettings {
            role: self.role.clone(),
            bucket: self.bucket.clone(),
            prefix: self.prefix.clone(),
            pack: self.pack,
            read_by: self.read_by,
            settle_minutes: self.settle_minutes,
            waves: self.waves.clone(),
            v2: self.v2.clone(),
        }
    }
}

/// A wave as the store has it.
#[derive(Debug, Clone)]
pub(crate) struct WaveRow {
    pub wave: Wave,
    pub bucket: String,
    pub key: String,
    pub client_token: Option<String>,
    /// The position of its first target in the plan; a wave is a slice of it.
    pub first_position: u32,
}

impl WaveRow {
    /// The records of its input file: its targets without those that were left out.
    pub(crate) const fn sent(&self) -> u32 {
        self.wave.targets.saturating_sub(self.wave.skipped)
    }

    /// Whether anything was handed to AWS, or may have been.
    pub(crate) const fn is_started(&self) -> bool {
        self.wave.started_at.is_some()
    }

    /// The positions of its targets.
    pub(crate) const fn positions(&self) -> Range<u32> {
        self.first_position..self.first_position.saturating_add(self.wave.targets)
    }
}

const RUN_COLUMNS: &str = "ordinal, id, scope, generation, name, state, stage, connection, settings, plan_hash, \
     started_by, started_at, recorded, ended_at, problem, read_at, blind_since, blind_problem, discrepancies, parent, found_bulk, \
     hold";

/// The run with this id.
pub(crate) fn run(connection: &Connection, id: &str) -> Result<Run, Error> {
    find(connection, id)?.ok_or_else(|| {
        Problem::new(
            ErrorCode::NotFound,
            format!("There is no run {id} on this computer"),
        )
        .hint("List the runs; an unambiguous beginning of an id is enough.")
        .into()
    })
}

/// The run with this id, or whose id alone begins so.
pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<Run>, Error> {
    if id.is_empty() {
        return Ok(None);
    }
    let sql = format!("SELECT {RUN_COLUMNS} FROM run WHERE id >= ?1 AND id < ?2 LIMIT 2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement
        .query_map([id, &format!("{id}\u{7f}")], run_from)?
        .collect::<Result<Vec<_>, _>>()?;
    if found.len() > 1 && !found.iter().any(|run| run.id == id) {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            format!("Several runs begin with {id}"),
        )
        .hint("Give more of the id.")
        .into());
    }
    found.retain(|run| run.id.starts_with(id));
    Ok(found.into_iter().next())
}

/// All runs, newest first.
pub(crate) fn runs(connection: &Connection) -> Result<Vec<Run>, Error> {
    let sql = format!("SELECT {RUN_COLUMNS} FROM run ORDER BY started_at DESC, ordinal DESC");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement
        .query_map([], run_from)?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(rows)
}

/// A run's waves, in order.
pub(crate) fn waves(connection: &Connection, run: i64) -> Result<Vec<WaveRow>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT number, state, targets, bucket, key, sha256, bytes, uploaded_at, client_token, bulk_deployment,
                bulk_status, records_processed, invalid_input_records, retry_attempts, errors, counts,
                started_at, ended_at, first_position, verdict, skipped
         FROM wave WHERE run = ?1 ORDER BY number",
    )?;
    let rows = statement
        .query_map([run], wave_from)?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(rows)
}

/// Counts a wave's targets by state, and keeps the sums with the wave.
pub(crate) fn recount(tx: &Transaction<'_>, run: i64, wave: u32) -> Result<Counts, Error> {
    let positions = tx
        .prepare_cached("SELECT first_position, targets FROM wave WHERE run = ?1 AND number = ?2")?
        .query_row([run, i64::from(wave)], |row| {
            let first: u32 = row.get(0)?;
            Ok(first..first.saturating_add(row.get(1)?))
        })?;
    let counts = fleet::counts(tx, run, &positions)?;
    tx.execute(
        "UPDATE wave SET counts = ?3 WHERE run = ?1 AND number = ?2",
        params![run, wave, json(&counts)?],
    )?;
    Ok(counts)
}

/// The sum over waves.
pub(crate) fn sum(waves: &[WaveRow]) -> Counts {
    waves.iter().fold(Counts::default(), |mut sum, row| {
        let mut counts = row.wave.counts;
        for state in TargetState::ALL {
            *sum.of(state) += *counts.of(state);
        }
        sum
    })
}

/// The word that the store and the wire use for a state.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String, Error> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Ok(other.to_string()),
        Err(source) => Err(StoreError::Json {
            what: "state",
            source,
        }
        .into()),
    }
}

/// A value as the store keeps it.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|source| {
        StoreError::Json {
            what: "a column",
            source,
        }
        .into()
    })
}

fn run_from(row: &Row<'_>) -> rusqlite::Result<Run> {
    let blind_since: Option<i64> = row.get(16)?;
    let blind_problem: Option<Problem> = parsed(row, 17)?;
    Ok(Run {
        ordinal: row.get(0)?,
        id: row.get(1)?,
        scope: row.get(2)?,
        generation: from_word(row, 3)?,
        name: row.get(4)?,
        state: from_word(row, 5)?,
        stage: row.get(6)?,
        settings: required(row, 8)?,
        plan_hash: row.get(9)?,
        started_by: row.get(10)?,
        started_at: Millis(row.get(11)?),
        recorded: row.get(12)?,
        ended_at: row.get::<_, Option<i64>>(13)?.map(Millis),
        problem: parsed(row, 14)?,
        read_at: row.get::<_, Option<i64>>(15)?.map(Millis),
        blind: blind_since
            .zip(blind_problem)
            .map(|(since, problem)| Blind {
                since: Millis(since),
                problem,
            }),
        discrepancies: parsed(row, 18)?.unwrap_or_default(),
        parent: row.get(19)?,
        found_bulk: row.get(20)?,
        hold: row
            .get::<_, Option<String>>(21)?
            .is_some()
            .then(|| from_word(row, 21))
            .transpose()?,
    })
}

fn wave_from(row: &Row<'_>) -> rusqlite::Result<WaveRow> {
    let (bucket, key): (String, String) = (row.get(3)?, row.get(4)?);
    let bulk_status: Option<String> = row.get(10)?;
    let targets: u32 = row.get(2)?;
    let counts: String = row.get(15)?;
    // Before the first reading nothing is counted: all of the wave is waiting.
    let counts = if counts == "{}" {
        Counts {
            waiting: targets,
            ..Counts::default()
        }
    } else {
        required(row, 15)?
    };
    Ok(WaveRow {
        wave: Wave {
            number: row.get(0)?,
            state: from_word(row, 1)?,
            targets,
            counts,
            // Of a bulk deployment that was made elsewhere, Greengrass does not say.
            input_file_uri: if bucket.is_empty() {
                String::new()
            } else {
                format!("s3://{bucket}/{key}")
            },
            sha256: row.get(5)?,
            bulk_deployment: row.get(9)?,
            bulk_status: bulk_status.as_deref().map(BulkStatus::parse),
            records_processed: row.get(11)?,
            invalid_input_records: row.get(12)?,
            retry_attempts: row.get(13)?,
            errors: required(row, 14)?,
            started_at: row.get::<_, Option<i64>>(16)?.map(Millis),
            ended_at: row.get::<_, Option<i64>>(17)?.map(Millis),
            settle_until: None,
            verdict: parsed(row, 19)?,
            skipped: row.get(20)?,
            thing_group: None,
            job: None,
        },
        bucket,
        key,
        client_token: row.get(8)?,
        first_position: row.get(18)?,
    })
}

fn from_word<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_value(serde_json::Value::String(text)).map_err(|e| unreadable(column, e))
}

fn required<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|e| unreadable(column, e))
}

fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|e| unreadable(column, e)))
        .transpose()
}

fn unreadable(column: usize, error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, SqlType::Text, Box::new(error))
}

/// The run's row in the form that is needed where only its ordinal counts.
pub(crate) fn ordinal(connection: &Connection, id: &str) -> Result<i64, Error> {
    let found = connection
        .query_row("SELECT ordinal FROM run WHERE id = ?1", [id], |row| {
            row.get(0)
        })
        .optional()?;
    match found {
        Some(ordinal) => Ok(ordinal),
        None => run(connection, id).map(|run| run.ordinal),
    }
}
