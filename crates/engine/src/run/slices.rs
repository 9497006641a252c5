//! The targets of a run that is being recorded, in the order of its waves, and the waves' files.

use std::path::Path;

use overseed_domain::{input_file::FileSummary, rollout::TargetState, waves::Cut};
use rusqlite::params;

use super::{
    record::{BATCH, changed, place_now, wave_file},
    rows::Run,
};
use crate::{
    Error, Session,
    input_file::{self, Passing},
    store::Store,
    waves,
};

/// The targets of a plan that is one wave; its file is the plan's, byte for byte.
pub(super) fn whole(
    session: &Session,
    run: &Run,
    plan: &Path,
    summary: FileSummary,
) -> Result<Vec<FileSummary>, Error> {
    let wave = wave_file(session, &run.id, 1);
    if wave != plan {
        place_now(plan, &wave)?;
    }
    let mut rows = Rows::new(session, run);
    input_file::for_each_record(plan, &mut |line, group, version| {
        let position = rows.position;
        rows.position += 1;
        rows.push((position, 1, line, group.to_owned(), version.to_owned()))
    })?;
    rows.flush()?;
    if rows.position != summary.records {
        let found = format!(
            "{} records were checked, {} were read",
            summary.records, rows.position
        );
        return Err(changed(&found));
    }
    Ok(vec![summary])
}

/// The targets of a plan that was cut, wave after wave, and the waves' files.
pub(super) fn slices(
    session: &Session,
    run: &Run,
    plan: &Path,
    cut: &Cut,
) -> Result<Vec<FileSummary>, Error> {
    let mut starts = Vec::with_capacity(cut.waves.len());
    let mut start = 0_u32;
    for wave in &cut.waves {
        starts.push(start);
        start += wave.targets;
    }
    let mut rows = Rows::new(session, run);
    let mut passing = Vec::with_capacity(cut.waves.len());
    let written = waves::write(
        cut,
        plan,
        |number| {
            let file = Passing::beside(&wave_file(session, &run.id, number))?;
            let open = file.create()?;
            passing.push(file);
            Ok(open)
        },
        |to| {
            let wave = usize::try_from(to.wave).unwrap_or(usize::MAX) - 1;
            let start = starts.get(wave).copied().unwrap_or_default();
            let position = start + to.line - 1;
            rows.push((
                position,
                to.wave,
                to.line,
                to.group.to_owned(),
                to.version.to_owned(),
            ))
        },
    )?;
    rows.flush()?;
    let mut files = Vec::with_capacity(written.len());
    for ((number, passing), (file, summary)) in (1..).zip(passing).zip(written) {
        let place = wave_file(session, &run.id, number);
        file.sync_all().map_err(Error::file(&place))?;
        passing.put(&place)?;
        files.push(summary);
    }
    Ok(files)
}

/// Position, wave, line, target and version.
type TargetRecord = (u32, u32, u32, String, String);

/// Targets on their way into the store, some thousand in a transaction.
pub(super) struct Rows<'a> {
    store: &'a Store,
    run: i64,
    position: u32,
    batch: Vec<TargetRecord>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(session: &'a Session, run: &Run) -> Self {
        Self {
            store: session.store(),
            run: run.ordinal,
            position: 0,
            batch: Vec::with_capacity(BATCH as usize),
        }
    }

    pub(super) fn push(&mut self, row: TargetRecord) -> Result<(), Error> {
        self.batch.push(row);
        if self.batch.len() == BATCH as usize {
            self.flush()?;
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> Result<(), Error> {
        let (run, batch) = (self.run, &mut self.batch);
        self.store.write_now(|tx| {
            let mut statement = tx.prepare_cached(
                "INSERT INTO target (run, position, target, version, wave, line, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            let state = TargetState::Waiting.number();
            for (position, wave, line, target, version) in batch.drain(..) {
                statement.execute(params![run, position, target, version, wave, line, state])?;
            }
            Ok(())
        })
    }
}
