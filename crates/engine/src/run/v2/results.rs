//! The outcomes of a wave's children as ResultWriter has written them.

use std::{
    fmt,
    fs::File,
    io::{BufReader, BufWriter},
};

use overseed_aws::Kind;
use overseed_domain::{
    rollout::TargetState,
    v2::{
        effective::EffectiveStatus,
        state_machine::{NOT_MADE, OVERTAKEN, Outcome, UNKNOWN},
    },
};
use rusqlite::{OptionalExtension, Transaction, params};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, SeqAccess, Visitor},
};

use super::{
    super::{
        driver::Driver,
        pace::Api,
        rows::{self, WaveRow},
    },
    failure::Failure,
    looks,
    machine::results_prefix,
    targets,
};
use crate::{Error, ErrorCode, Problem, Session, input_file::Passing};

/// Bytes of a manifest: it names files, a few for each kind.
const MANIFEST_BYTES: usize = 4_000_000;

/// Outcomes written down in one transaction.
const BATCH: usize = 2_000;

/// A manifest (Step Functions Developer Guide: "ResultWriter").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Manifest {
    result_files: ResultFiles,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct ResultFiles {
    #[serde(default)]
    succeeded: Vec<ResultFile>,
    #[serde(default)]
    failed: Vec<ResultFile>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResultFile {
    key: String,
}

/// What is read of a child.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Child {
    /// JSON as text.
    #[serde(default)]
    output: Option<String>,
}

impl Driver {
    /// Reads the outcomes of a wave whose execution has ended into the store; answers whether there were any. An execution
    /// that was stopped has written none.
    pub(super) async fn read_results(
        &mut self,
        wave: &WaveRow,
        execution: &str,
    ) -> Result<bool, Error> {
        let clients = self.session.clients.clone();
        self.leave_quota(Api::States).await?;
        let maps = match self.call(clients.list_map_runs(execution, None)).await {
            Ok(maps) => maps,
            Err(Error::Aws(error)) if error.kind == Kind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let Some(map) = maps.items.first() else {
            return Ok(false);
        };
        let id = map.arn.rsplit(':').next().unwrap_or_default();
        let key = format!("{}/{id}/manifest.json", results_prefix(wave));
        let manifest = match self
            .call(clients.get_object_bytes(&wave.bucket, &key, MANIFEST_BYTES))
            .await
        {
            Ok(manifest) => manifest,
            // Without the right to list the bucket, what is not there is denied (S3).
            Err(Error::Aws(error)) if matches!(error.kind, Kind::NotFound | Kind::AccessDenied) => {
                tracing::info!(%error, "there is no manifest");
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let manifest: Manifest =
            serde_json::from_slice(&manifest).map_err(|why| unreadable(&key, why))?;
        let files = manifest.result_files;
        for file in files.succeeded.iter().chain(&files.failed) {
            self.read_file(wave, &file.key).await?;
        }
        Ok(true)
    }

    async fn read_file(&mut self, wave: &WaveRow, key: &str) -> Result<(), Error> {
        let passing = Passing::beside(&self.session.engine.data_dir().join("results.json"))?;
        let mut out = BufWriter::new(passing.create()?);
        let clients = self.session.clients.clone();
        self.call(clients.get_object_into(&wave.bucket, key, &mut out))
            .await?;
        drop(out);
        let (session, run, number, key) = (
            self.session.clone(),
            self.ordinal,
            wave.wave.number,
            key.to_owned(),
        );
        tokio::task::spawn_blocking(move || {
            let file = File::open(passing.path()).map_err(Error::file(passing.path()))?;
            let (mut batch, mut failed) = (Vec::with_capacity(BATCH), None);
            let mut deserializer = serde_json::Deserializer::from_reader(BufReader::new(file));
            let read = Children(&mut |child: Child| {
                let output = child.output.as_deref().unwrap_or_default();
                match serde_json::from_str::<Outcome>(output) {
                    Ok(outcome) => batch.push(outcome),
                    Err(error) => tracing::warn!(%error, "a child told no outcome"),
                }
                if batch.len() < BATCH {
                    return true;
                }
                let all = std::mem::take(&mut batch);
                match write_down(&session, run, number, all) {
                    Ok(()) => true,
                    Err(error) => {
                        failed = Some(error);
                        false
                    }
                }
            })
            .deserialize(&mut deserializer);
            if let Some(error) = failed {
                return Err(error);
            }
            read.map_err(|why| unreadable(&key, why))?;
            write_down(&session, run, number, batch)
        })
        .await?
    }
}

fn unreadable(key: &str, why: impl fmt::Display) -> Error {
    Problem::new(
        ErrorCode::Internal,
        format!("The results {key} cannot be read"),
    )
    .detail(why)
    .hint("Resume the run to read them again; what devices say is looked up in any case.")
    .into()
}

fn write_down(session: &Session, run: i64, wave: u32, batch: Vec<Outcome>) -> Result<(), Error> {
    session.store().write_now(|tx| {
        for outcome in &batch {
            apply(tx, run, wave, outcome)?;
        }
        rows::recount(tx, run, wave).map(|_| ())
    })
}

/// Writes one outcome down, unless the device has said its last word already.
fn apply(tx: &Transaction<'_>, run: i64, wave: u32, outcome: &Outcome) -> Result<(), Error> {
    let found: Option<(u32, u8)> = tx
        .prepare_cached(
            "SELECT position, state FROM target INDEXED BY target_by_id
             WHERE run = ?1 AND target = ?2 AND wave = ?3",
        )?
        .query_row(params![run, outcome.thing_name, wave], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((position, state)) = found else {
        tracing::warn!(
            thing = outcome.thing_name,
            "an outcome is of no target of the wave"
        );
        return Ok(());
    };
    if TargetState::from_number(state).is_some_and(TargetState::is_terminal) {
        return Ok(());
    }
    if let Some(deployment) = &outcome.deployment_id {
        targets::set_made(tx, run, position, deployment)?;
    }
    match outcome.status.as_str() {
        NOT_MADE => not_made(tx, run, wave, position, &Failure::not_made(outcome)),
        OVERTAKEN => {
            let failure =
                Failure::overtaken("", outcome.found.as_deref().unwrap_or_default(), None);
            not_made(tx, run, wave, position, &failure)
        }
        UNKNOWN => Ok(()),
        word => {
            let state = EffectiveStatus::parse(word).state();
            let failure = (state == TargetState::Failed).then(|| {
                Failure::said(
                    word,
                    outcome.reason.as_deref(),
                    &outcome.error_stack,
                    &outcome.error_types,
                )
            });
            looks::set_state(tx, run, position, state, failure.as_ref())
        }
    }
}

/// A target that got no deployment.
fn not_made(
    tx: &Transaction<'_>,
    run: i64,
    wave: u32,
    position: u32,
    failure: &Failure,
) -> Result<(), Error> {
    looks::set_state(tx, run, position, TargetState::Failed, Some(failure))?;
    tx.prepare_cached(
        "UPDATE wave SET invalid_input_records = invalid_input_records + 1 WHERE run = ?1 AND number = ?2",
    )?
    .execute(params![run, wave])?;
    Ok(())
}

/// The children of a file, one by one: a file may have gigabytes. `on` answers whether to go on.
struct Children<'a>(&'a mut dyn FnMut(Child) -> bool);

impl<'de> DeserializeSeed<'de> for Children<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Children<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the child executions of a map run")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(child) = seq.next_element()? {
            if !(self.0)(child) {
                break;
            }
        }
        Ok(())
    }
}
