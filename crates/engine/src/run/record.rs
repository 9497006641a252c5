//! Recording a run: its targets and waves are in the store, and its input file is in the data folder, before
//! anything is done in the account.

use std::path::{Path, PathBuf};

use overseed_domain::{
    input_file::FileSummary,
    permissions::named_role,
    rollout::{Generation, RunState, WaveState},
};
use rusqlite::{Transaction, params};
use sha2::{Digest, Sha256};

use super::{
    documents,
    lock::{RunLock, run_folder},
    rows::{self, Run, RunSettings, json, word},
    search,
    slices::{slices, whole},
};
use crate::{
    Error, ErrorCode, Problem, Session, draft::Upload, input_file, permissions, plan::PlanSettings,
    store::Store, v2::plan::Loaded, waves,
};

/// The input file of a whole plan that is cut into waves, in the run's folder.
pub(super) const WHOLE: &str = "plan.jsonl";

/// The plan of a V2 run, in the run's folder.
pub(super) const PLAN: &str = "plan.json";

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
    pub summary: FileSummary,
    pub upload: Option<Upload>,
    /// The run whose targets it retries or rolls back.
    pub parent: Option<String>,
}

impl NewRun {
    fn plan_hash(&self) -> Result<String, Error> {
        plan_hash(&self.settings, &self.summary.sha256)
    }
}

/// The input file of a run's wave in the data folder.
#[must_use]
pub(crate) fn wave_file(session: &Session, run: &str, wave: u32) -> PathBuf {
    run_folder(&session.engine, run).join(format!("wave-{wave:03}.jsonl"))
}

/// The input file of the whole plan, which is the wave's where it is one; of a V2 run the plan itself.
#[must_use]
pub(crate) fn plan_file(session: &Session, run: &Run) -> PathBuf {
    if run.generation == Generation::V2 {
        run_folder(&session.engine, &run.id).join(PLAN)
    } else if run.settings.waves.is_one() {
        wave_file(session, &run.id, 1)
    } else {
        run_folder(&session.engine, &run.id).join(WHOLE)
    }
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
        None => {
            cuttable(session, &new, from).await?;
            begin(session, &new, plan_hash).await?
        }
    };
    place(from, &plan_file(session, &run)).await?;
    write_down(session, run, new.summary, new.upload).await
}

/// A plan that cannot be cut as it says leaves no run behind.
async fn cuttable(session: &Session, new: &NewRun, from: &Path) -> Result<(), Error> {
    // Things are checked to stand in a V2 plan once, however it is cut.
    if new.settings.waves.is_one() || new.generation == Generation::V2 {
        return Ok(());
    }
    let (session, from) = (session.clone(), from.to_owned());
    let (waves, summary) = (new.settings.waves.clone(), new.summary.clone());
    tokio::task::spawn_blocking(move || {
        waves::cut_file(&session, &waves, &from, &summary).map(|_| ())
    })
    .await?
}

/// Writes down targets and waves of a run whose recording was cut off, from the file in its folder. To be
/// called by who holds the run's lock.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`] where the file is not the one that the run was begun with; [`Error::File`],
/// those of the store.
pub(crate) async fn complete(session: &Session, run: Run) -> Result<Run, Error> {
    let (file, v2) = (plan_file(session, &run), run.generation == Generation::V2);
    let folder = session.engine.data_dir().to_owned();
    let checked = tokio::task::spawn_blocking(move || {
        if v2 {
            Ok(Loaded::read(&file, &folder)?.summary)
        } else {
            input_file::file_check(&file, &mut |_| {})
        }
    })
    .await??;
    if plan_hash(&run.settings.plan(), &checked.sha256)? != run.plan_hash {
        return Err(changed(
            "its file in the data folder is not the one it was begun with",
        ));
    }
    write_down(session, run, checked, None).await
}

/// What two starts of one plan have in common: settings and the input file's bytes.
pub(super) fn plan_hash(settings: &PlanSettings, sha256: &str) -> Result<String, Error> {
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
            named_role(&new.settings.role, &permissions::place(session))
                .unwrap_or_else(|_| new.settings.role.clone())
        }),
        bucket: new.settings.bucket.clone(),
        prefix: new.settings.prefix.clone(),
        pack: new.settings.pack,
        read_by: new.settings.read_by,
        settle_minutes: new.settings.settle_minutes,
        waves: new.settings.waves.clone(),
        v2: new.settings.v2.clone(),
        at_once: None,
        jobs: std::collections::BTreeMap::new(),
        provision: new.provision,
    })?;
    let request = json(&connection.request)?;
    let (identity, parent) = (connection.identity.clone(), new.parent.clone());
    let (id, name, generation) = (new.id.clone(), new.name.clone(), word(&new.generation)?);
    session
        .store()
        .write(move |tx| {
            tx.execute(
                "INSERT INTO run (id, scope, generation, name, state, stage, connection, settings, plan_hash,
                                  started_by, started_at, parent)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
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
                    at.0,
                    parent
                ],
            )?;
            rows::run(tx, &id)
        })
        .await
}

/// Writes down targets and waves, from the beginning where a crash cut it off.
async fn write_down(
    session: &Session,
    run: Run,
    summary: FileSummary,
    upload: Option<Upload>,
) -> Result<Run, Error> {
    let session = session.clone();
    tokio::task::spawn_blocking(move || {
        let store = session.store();
        forget_targets(store, run.ordinal)?;
        let files = match run.generation {
            Generation::V1 => files_of_groups(&session, &run, summary)?,
            Generation::V2 => documents::take_in(&session, &run)?,
        };
        search::note(&session.engine, &run)?;
        store.write_now(|tx| {
            let mut first = 0_u32;
            for (number, file) in (1..).zip(&files) {
                insert_wave(tx, &run, number, first, file, upload.as_ref())?;
                first += file.records;
            }
            tx.execute(
                "UPDATE run SET recorded = 1, stage = '' WHERE ordinal = ?1",
                [run.ordinal],
            )?;
            rows::run(tx, &run.id)
        })
    })
    .await?
}

fn files_of_groups(
    session: &Session,
    run: &Run,
    summary: FileSummary,
) -> Result<Vec<FileSummary>, Error> {
    let plan = plan_file(session, run);
    let cut = waves::cut_file(session, &run.settings.waves, &plan, &summary)?;
    if cut.waves.len() == 1 {
        whole(session, run, &plan, summary)
    } else {
        slices(session, run, &plan, &cut)
    }
}

fn insert_wave(
    tx: &Transaction<'_>,
    run: &Run,
    number: u32,
    first: u32,
    file: &FileSummary,
    upload: Option<&Upload>,
) -> Result<(), Error> {
    let bucket = &run.settings.bucket;
    let key = input_file::object_key(&run.settings.prefix, &run.id, number);
    let uploaded_at = upload
        .filter(|u| u.bucket == *bucket && u.key == key)
        .map(|u| u.checked_at.0);
    tx.execute(
        "INSERT INTO wave (run, number, state, first_position, targets, bucket, key, sha256, bytes,
                           uploaded_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            run.ordinal,
            number,
            word(&WaveState::Waiting)?,
            first,
            file.records,
            bucket,
            key,
            file.sha256,
            i64::try_from(file.bytes).unwrap_or(i64::MAX),
            uploaded_at
        ],
    )?;
    Ok(())
}

pub(super) fn changed(detail: &str) -> Error {
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
    tokio::task::spawn_blocking(move || place_now(&from, &to)).await?
}

pub(super) fn place_now(from: &Path, to: &Path) -> Result<(), Error> {
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let part = to.with_extension("part");
    std::fs::copy(from, &part).map_err(Error::file(from))?;
    std::fs::File::open(&part)
        .and_then(|f| f.sync_all())
        .map_err(Error::file(&part))?;
    std::fs::rename(&part, to).map_err(Error::file(to))
}

/// Takes back what a recording wrote down before it was cut off.
fn forget_targets(store: &Store, run: i64) -> Result<(), Error> {
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
