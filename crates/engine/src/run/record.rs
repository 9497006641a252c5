//! Recording a run: its targets and waves are in the store, and its input file is in the data folder, before
//! anything is done in the account.

use std::path::{Path, PathBuf};

use overseed_domain::{
    arn::role_arn,
    rollout::{Generation, RunState, TargetState, WaveState},
};
use rusqlite::{Transaction, params};
use sha2::{Digest, Sha256};

use super::{
    lock::run_folder,
    rows::{self, Run, RunSettings, json, word},
};
use crate::{
    Error, ErrorCode, Problem, Session,
    draft::Upload,
    input_file,
    plan::PlanSettings,
};

/// Rows of one transaction.
const BATCH: usize = 5_000;

/// What a run is made from.
#[derive(Debug)]
pub(crate) struct NewRun {
    pub id: String,
    pub generation: Generation,
    pub name: String,
    pub settings: PlanSettings,
    /// The role's ARN, where it is known already.
    pub role_arn: Option<String>,
    pub provision: bool,
    pub sha256: String,
    pub bytes: u64,
    pub records: u32,
    pub upload: Option<Upload>,
}

impl NewRun {
    /// What two starts of one plan have in common: settings and the input file's bytes.
    fn plan_hash(&self) -> Result<String, Error> {
        let mut hash = Sha256::new();
        hash.update(json(&self.settings)?);
        hash.update(&self.sha256);
        Ok(hex::encode(hash.finalize()))
    }
}

/// The input file of a run's wave in the data folder.
#[must_use]
pub(crate) fn wave_file(session: &Session, run: &str, wave: u32) -> PathBuf {
    run_folder(&session.engine, run).join(format!("wave-{wave:03}.jsonl"))
}

/// Records a run, or answers the one that was recorded from the same plan before.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`] where a run with this id was made from other settings or targets.
pub(crate) async fn record(session: &Session, new: NewRun) -> Result<Run, Error> {
    let plan_hash = new.plan_hash()?;
    let id = new.id.clone();
    let known = session.store().read(move |c| rows::find(c, &id)).await?;
    if let Some(run) = known.filter(|run| run.id == new.id) {
        if run.plan_hash != plan_hash {
            return Err(Problem::new(
                ErrorCode::PlanInvalid,
                "A run was started from this plan's id before, with other targets or settings",
            )
            .hint("Make a new plan instead of changing one that was started: its id names its run.")
            .into());
        }
        return finish_recording(session, run, &new).await;
    }
    let (scope, at) = (session.scope, session.clock().now());
    let connection = &session.connection;
    let settings = json(&RunSettings {
        role: new.settings.role.clone(),
        role_arn: new.role_arn.clone().unwrap_or_else(|| {
            role_arn(connection.partition, &connection.account, &new.settings.role)
        }),
        bucket: new.settings.bucket.clone(),
        prefix: new.settings.prefix.clone(),
        settle_minutes: new.settings.settle_minutes,
        provision: new.provision,
    })?;
    let request = json(&connection.request)?;
    let identity = connection.identity.clone();
    let (id, name, generation) = (new.id.clone(), new.name.clone(), word(&new.generation)?);
    let run = session
        .store()
        .write(move |tx| {
            tx.execute(
                "INSERT INTO run (id, scope, generation, name, state, stage, connection, settings, plan_hash,
                                  started_by, started_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                params![
                    id,
                    scope,
                    generation,
                    name,
                    word(&RunState::Preparing)?,
                    "Writing down the targets",
                    request,
                    settings,
                    plan_hash,
                    identity,
                    at.0
                ],
            )?;
            rows::run(tx, &id)
        })
        .await?;
    finish_recording(session, run, &new).await
}

/// Writes down targets and waves, from the beginning where a crash cut it off.
async fn finish_recording(session: &Session, run: Run, new: &NewRun) -> Result<Run, Error> {
    if run.recorded {
        return Ok(run);
    }
    let (ordinal, id) = (run.ordinal, run.id.clone());
    let file = wave_file(session, &run.id, 1);
    let store = session.store().clone();
    let upload = new.upload.clone();
    let key = input_file::object_key(&new.settings.prefix, &new.id, 1);
    let upload = upload.filter(|u| u.bucket == new.settings.bucket && u.key == key);
    let (bucket, sha256) = (new.settings.bucket.clone(), new.sha256.clone());
    let (bytes, records) = (new.bytes, new.records);
    tokio::task::spawn_blocking(move || {
        store.write_now(|tx| {
            tx.execute("DELETE FROM target WHERE run = ?1", [ordinal])?;
            tx.execute("DELETE FROM wave WHERE run = ?1", [ordinal])?;
            Ok(())
        })?;
        let recorded = record_targets(&store, ordinal, &file)?;
        if recorded != records {
            return Err(Error::from(
                Problem::new(ErrorCode::PlanInvalid, "The input file changed while the run was recorded")
                    .detail(format!("{records} records were checked, {recorded} were read"))
                    .hint("Make the input file again and start anew."),
            ));
        }
        store.write_now(|tx| {
            tx.execute(
                "INSERT INTO wave (run, number, state, first_position, targets, bucket, key, sha256, bytes,
                                   uploaded_at)
                 VALUES (?1, 1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    ordinal,
                    word(&WaveState::Waiting)?,
                    records,
                    bucket,
                    key,
                    sha256,
                    i64::try_from(bytes).unwrap_or(i64::MAX),
                    upload.map(|u| u.checked_at.0)
                ],
            )?;
            tx.execute("UPDATE run SET recorded = 1, stage = '' WHERE ordinal = ?1", [ordinal])?;
            rows::run(tx, &id)
        })
    })
    .await?
}

fn record_targets(store: &crate::store::Store, run: i64, file: &Path) -> Result<u32, Error> {
    let mut position = 0;
    let mut batch: Vec<(u32, String, String)> = Vec::with_capacity(BATCH);
    let mut flush = |batch: &mut Vec<(u32, String, String)>| {
        store.write_now(|tx| insert(tx, run, &mut position, batch))
    };
    input_file::for_each_record(file, &mut |line, group, version| {
        batch.push((line, group.to_owned(), version.to_owned()));
        if batch.len() == BATCH { flush(&mut batch) } else { Ok(()) }
    })?;
    flush(&mut batch)?;
    Ok(position)
}

fn insert(
    tx: &Transaction<'_>,
    run: i64,
    position: &mut u32,
    batch: &mut Vec<(u32, String, String)>,
) -> Result<(), Error> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO target (run, position, target, version, wave, line, state)
         VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6)",
    )?;
    for (line, target, version) in batch.drain(..) {
        let state = TargetState::Waiting.number();
        statement.execute(params![run, *position, target, version, line, state])?;
        *position += 1;
    }
    Ok(())
}
