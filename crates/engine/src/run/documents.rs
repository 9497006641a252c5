//! Documents, targets and waves' files of a V2 run that is being recorded, from the plan in its folder.

use overseed_domain::input_file::FileSummary;
use rusqlite::params;

use super::{
    record::{BATCH, changed, plan_file, plan_hash, wave_file},
    rows::Run,
    slices::Rows,
};
use crate::{
    Error, Session,
    input_file::Passing,
    store::Store,
    v2::plan::{Before, Loaded, WaveFiles, begin_reading, cut},
};

/// Bytes of documents written in one transaction.
const BYTES: usize = 4_000_000;

/// Writes down the documents and targets of a run, and makes the files of its waves.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`] where the plan in the folder is not the one that the run was begun with.
pub(super) fn take_in(session: &Session, run: &Run) -> Result<Vec<FileSummary>, Error> {
    let mut plan = Loaded::read(&plan_file(session, run), session.engine.data_dir())?;
    if plan_hash(&run.settings.plan(), &plan.summary.sha256)? != run.plan_hash {
        return Err(changed(
            "the plan in the data folder is not the one that the run was begun with",
        ));
    }
    documents(session.store(), run.ordinal, &mut plan)?;
    let cut = cut(&run.settings.waves, &plan.targets);
    let hashes = hashes(&plan);
    let mut rows = Rows::new(session, run);
    let mut before = Befores::new(session.store(), run.ordinal);
    let mut passing = Vec::with_capacity(cut.waves.len());
    let written = WaveFiles::new(session, &run.id).write(
        &mut plan,
        &cut,
        |number| {
            let file = Passing::beside(&wave_file(session, &run.id, number))?;
            let open = file.create()?;
            passing.push(file);
            Ok(open)
        },
        |to| {
            rows.push((
                to.position,
                to.wave,
                to.line,
                to.target.thing.to_string(),
                to.hash.to_owned(),
            ))?;
            match to.target.before {
                Before::Unknown => Ok(()),
                Before::Nothing => before.push(to.position, String::new()),
                Before::Document(number) => {
                    let place = usize::try_from(number).unwrap_or(usize::MAX);
                    before.push(to.position, hashes.get(place).cloned().unwrap_or_default())
                }
            }
        },
    )?;
    rows.flush()?;
    before.flush()?;
    // What is read of these devices so far is about to change.
    let (scope, now) = (run.scope, session.clock().now());
    session
        .store()
        .write_now(|tx| begin_reading(tx, scope, now))?;
    let mut files = Vec::with_capacity(written.len());
    for ((number, passing), (file, summary)) in (1..).zip(passing).zip(written) {
        let place = wave_file(session, &run.id, number);
        file.sync_all().map_err(Error::file(&place))?;
        passing.put(&place)?;
        files.push(summary);
    }
    Ok(files)
}

fn hashes(plan: &Loaded) -> Vec<String> {
    (0..)
        .take(plan.shelf.len())
        .map(|number| plan.shelf.hash(number).to_owned())
        .collect()
}

fn documents(store: &Store, run: i64, plan: &mut Loaded) -> Result<(), Error> {
    let count = u32::try_from(plan.shelf.len()).unwrap_or(u32::MAX);
    let mut next = 0;
    while next < count {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while next < count && bytes < BYTES && batch.len() < BATCH as usize {
            let body = plan.shelf.body(next)?;
            bytes += body.len();
            batch.push((plan.shelf.hash(next).to_owned(), body));
            next += 1;
        }
        store.write_now(|tx| {
            let mut statement = tx.prepare_cached(
                "INSERT OR REPLACE INTO document (run, hash, body) VALUES (?1, ?2, ?3)",
            )?;
            for (hash, body) in &batch {
                statement.execute(params![run, hash, body])?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// What targets had before, on its way into the store.
struct Befores<'a> {
    store: &'a Store,
    run: i64,
    batch: Vec<(u32, String)>,
}

impl<'a> Befores<'a> {
    const fn new(store: &'a Store, run: i64) -> Self {
        Self {
            store,
            run,
            batch: Vec::new(),
        }
    }

    fn push(&mut self, position: u32, hash: String) -> Result<(), Error> {
        self.batch.push((position, hash));
        if self.batch.len() == BATCH as usize {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        let (run, batch) = (self.run, &mut self.batch);
        self.store.write_now(|tx| {
            let mut statement = tx.prepare_cached(
                "INSERT OR REPLACE INTO target_before (run, position, document) VALUES (?1, ?2, ?3)",
            )?;
            for (position, hash) in batch.drain(..) {
                statement.execute(params![run, position, hash])?;
            }
            Ok(())
        })
    }
}
