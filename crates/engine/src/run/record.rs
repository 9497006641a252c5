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
    lock::{RunLock, run_folder},
    rows::{self, Run, RunSettings, json, word},
};
use crate::{Error, ErrorCode, Problem, Session, draft::Upload, input_file, plan::PlanSettings};

/// Rows of one transaction.
pub(super) const BATCH: u32 = 5_000;

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
    fn plan_hash(&self) -> Result<String, Error> {
        plan_hash(&self.settings, &self.sha256)
    }
}

/// The input file of a run's wave in the data folder.
#[must_use]
pub(crate) fn wave_file(session: &Session, run: &str, wave: u32) -> PathBuf {
    run_folder(&session.engine, run).join(format!("wave-{wave:03}.jsonl"))
}

/// Takes the input file at `from` and records a run, or answers the one that was recorded from the same plan
/// before. The run's lock is held meanwhile, so that two starts of one plan do not write at once.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`] where a run with this id was made from other settings or targets,
/// [`ErrorCode::RunDriven`] where another start is recording it now; [`Error::File`], those of the store.
pub(crate) async fn record(session: &Session, new: NewRun, from: &Path) -> Result<Run, Error> {
    let plan_hash = new.plan_hash()?;
    if let Some(run) = known(session, &new.id, &plan_hash)
        .await?
        .filter(|run| run.recorded)
    {
        return Ok(run);
    }
    let _lock = RunLock::take(&session.engine, &new.id).await?;
    let run = match known(session, &new.id, &plan_hash).await? {
        Some(run) if run.recorded => return Ok(run),
        Some(run) => run,
        None => begin(session, &new, plan_hash).await?,
    };
    place(from, &wave_file(session, &run.id, 1)).await?;
    let file = Recorded {
        sha256: new.sha256,
        bytes: new.bytes,
        records: new.records,
    };
    write_down(session, run, file, new.upload).await
}

/// Writes down targets and waves of a run whose recording was cut off, from the file in its folder. To be
/// called by who holds the run's lock.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`] where the file is not the one that the run was begun with; [`Error::File`],
/// those of the store.
pub(crate) async fn complete(session: &Session, run: Run) -> Result<Run, Error> {
    let file = wave_file(session, &run.id, 1);
    let checked =
        tokio::task::spawn_blocking(move || input_file::file_check(&file, &mut |_| {})).await??;
    if plan_hash(&run.settings.plan(), &checked.sha256)? != run.plan_hash {
        return Err(changed(
            "its file in the data folder is not the one it was begun with",
        ));
    }
    let file = Recorded {
        sha256: checked.sha256,
        bytes: checked.bytes,
        records: checked.records,
    };
    write_down(session, run, file, None).await
}

/// What two starts of one plan have in common: settings and the input file's bytes.
fn plan_hash(settings: &PlanSettings, sha256: &str) -> Result<String, Error> {
    let mut hash = Sha256::new();
    hash.update(json(settings)?);
    hash.update(sha256);
    Ok(hex::encode(hash.finalize()))
}

async fn known(session: &Session, id: &str, plan_hash: &str) -> Result<Option<Run>, Error> {
    let of = id.to_owned();
    let found = session.store().read(move |c| rows::find(c, &of)).await?;
    match found.filter(|run| run.id == id) {
        Some(run) if run.plan_hash != plan_hash => Err(Problem::new(
            ErrorCode::PlanInvalid,
            "A run was started from this plan's id before, with other targets or settings",
        )
        .hint("Make a new plan instead of changing one that was started: its id names its run.")
        .into()),
        found => Ok(found),
    }
}

async fn begin(session: &Session, new: &NewRun, plan_hash: String) -> Result<Run, Error> {
    let (scope, at) = (session.scope, session.clock().now());
    let connection = &session.connection;
    let settings = json(&RunSettings {
        role: new.settings.role.clone(),
        role_arn: new.role_arn.clone().unwrap_or_else(|| {
            role_arn(
                connection.partition,
                &connection.account,
                &new.settings.role,
            )
        }),
        bucket: new.settings.bucket.clone(),
        prefix: new.settings.prefix.clone(),
        pack: new.settings.pack,
        read_by: new.settings.read_by,
        settle_minutes: new.settings.settle_minutes,
        provision: new.provision,
    })?;
    let request = json(&connection.request)?;
    let identity = connection.identity.clone();
    let (id, name, generation) = (new.id.clone(), new.name.clone(), word(&new.generation)?);
    session
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
        .await
}

/// The input file of a run that is being recorded.
#[derive(Debug)]
struct Recorded {
    sha256: String,
    bytes: u64,
    records: u32,
}

/// Writes down targets and waves, from the beginning where a crash cut it off.
async fn write_down(
    session: &Session,
    run: Run,
    recorded: Recorded,
    upload: Option<Upload>,
) -> Result<Run, Error> {
    let (ordinal, id) = (run.ordinal, run.id.clone());
    let file = wave_file(session, &run.id, 1);
    let store = session.store().clone();
    let bucket = run.settings.bucket.clone();
    let key = input_file::object_key(&run.settings.prefix, &run.id, 1);
    let upload = upload.filter(|u| u.bucket == bucket && u.key == key);
    tokio::task::spawn_blocking(move || {
        forget_targets(&store, ordinal)?;
        let found = record_targets(&store, ordinal, &file)?;
        if found != recorded.records {
            let found = format!("{} records were checked, {found} were read", recorded.records);
            return Err(changed(&found));
        }
        store.write_now(|tx| {
            tx.execute(
                "INSERT INTO wave (run, number, state, first_position, targets, bucket, key, sha256, bytes,
                                   uploaded_at)
                 VALUES (?1, 1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    ordinal,
                    word(&WaveState::Waiting)?,
                    recorded.records,
                    bucket,
                    key,
                    recorded.sha256,
                    i64::try_from(recorded.bytes).unwrap_or(i64::MAX),
                    upload.map(|u| u.checked_at.0)
                ],
            )?;
            tx.execute("UPDATE run SET recorded = 1, stage = '' WHERE ordinal = ?1", [ordinal])?;
            rows::run(tx, &id)
        })
    })
    .await?
}

fn changed(detail: &str) -> Error {
    Problem::new(
        ErrorCode::PlanInvalid,
        "The input file changed while the run was recorded",
    )
    .detail(detail)
    .hint("Make the input file again and start anew.")
    .into()
}

/// Copies a file into a run's folder and makes sure that it is on disk.
async fn place(from: &Path, to: &Path) -> Result<(), Error> {
    let (from, to) = (from.to_owned(), to.to_owned());
    tokio::task::spawn_blocking(move || {
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let part = to.with_extension("part");
        std::fs::copy(&from, &part).map_err(Error::file(&from))?;
        std::fs::File::open(&part)
            .and_then(|f| f.sync_all())
            .map_err(Error::file(&part))?;
        std::fs::rename(&part, &to).map_err(Error::file(&to))
    })
    .await?
}

/// Takes back what a recording wrote down before it was cut off.
fn forget_targets(store: &crate::store::Store, run: i64) -> Result<(), Error> {
    loop {
        let gone = store.write_now(|tx| {
            tx.execute("DELETE FROM wave WHERE run = ?1", [run])?;
            Ok(tx.execute(
                "DELETE FROM target WHERE run = ?1 AND position IN
                     (SELECT position FROM target WHERE run = ?1 LIMIT ?2)",
                params![run, BATCH],
            )?)
        })?;
        if gone == 0 {
            return Ok(());
        }
    }
}

fn record_targets(store: &crate::store::Store, run: i64, file: &Path) -> Result<u32, Error> {
    let mut position = 0;
    let mut batch: Vec<(u32, String, String)> = Vec::with_capacity(BATCH as usize);
    let mut flush = |batch: &mut Vec<(u32, String, String)>| {
        store.write_now(|tx| insert(tx, run, &mut position, batch))
    };
    input_file::for_each_record(file, &mut |line, group, version| {
        batch.push((line, group.to_owned(), version.to_owned()));
        if batch.len() == BATCH as usize {
            flush(&mut batch)
        } else {
            Ok(())
        }
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
