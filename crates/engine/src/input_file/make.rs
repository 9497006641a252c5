//! Makes the draft's input file from the selection.

use std::path::PathBuf;

use overseed_domain::input_file::{FileSummary, Writer};
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::{findings::Gathered, place::Passing, read};
use crate::{
    Error, ErrorCode, Problem, Session,
    draft::{self, Draft, DraftFile},
    job::Progress,
    versions,
};

/// Records between two reports of progress.
const REPORT_EVERY: u32 = 4096;

/// A file that is complete in its place, and what it was made from.
struct Made {
    summary: FileSummary,
    first_lines: Vec<String>,
    chosen: [u8; 32],
}

/// Makes the input file from the selected groups and their versions, checks it and keeps it with the draft.
/// What was uploaded before is no longer part of the draft.
///
/// # Errors
/// [`ErrorCode::NothingSelected`]; [`ErrorCode::PreflightFailed`] where a group has no version that can be
/// deployed; [`Error::File`], [`Error::Cancelled`], those of the store.
pub async fn file_make(session: &Session, progress: &Progress) -> Result<Draft, Error> {
    let draft = draft::draft_get(session).await?;
    let path = draft::file_path(&session.engine, session.scope);
    let (at_work, watched) = (session.clone(), progress.clone());
    let selected = u64::from(draft.selected);
    let made =
        tokio::task::spawn_blocking(move || make(&at_work, &path, selected, &watched)).await??;
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| {
            let mut draft = draft::load_or_make(tx, scope, sandbox)?;
            // Selection and versions may have been changed while the file was made.
            let stale = chosen(tx, scope)? != made.chosen;
            draft.file = Some(DraftFile {
                opened: None,
                summary: made.summary,
                first_lines: made.first_lines,
                stale,
            });
            draft.upload = None;
            draft::save(tx, scope, &draft)?;
            Ok(draft)
        })
        .await
}

fn make(
    session: &Session,
    path: &PathBuf,
    selected: u64,
    progress: &Progress,
) -> Result<Made, Error> {
    progress.stage("Writing records", Some(selected));
    let passing = Passing::beside(path)?;
    let mut writer = Writer::new(passing.create()?);
    let mut records = 0_u32;
    let chosen = session.store().read_now(|connection| {
        let snapshot = connection.unchecked_transaction()?;
        versions::for_each_target(&snapshot, session.scope, &mut |group, version| {
            records += 1;
            if records.is_multiple_of(REPORT_EVERY) {
                progress.check()?;
                progress.done(u64::from(records));
            }
            writer.record(group, version).map_err(Error::file(path))
        })?;
        chosen(&snapshot, session.scope)
    })?;
    if records == 0 {
        return Err(
            Problem::new(ErrorCode::NothingSelected, "No group is selected")
                .hint("Select groups in the groups step, or open an input file from disk.")
                .into(),
        );
    }
    let (file, _) = writer.finish().map_err(Error::file(path))?;
    file.sync_all().map_err(Error::file(path))?;
    let mut gathered = Gathered::begin(path)?;
    let summary = read::check_watched(passing.path(), progress, None, &mut |finding| {
        gathered.keep(&finding);
    })?;
    let first_lines = read::first_lines(passing.path())?;
    progress.check()?;
    passing.put(path)?;
    gathered.put(path)?;
    Ok(Made {
        summary,
        first_lines,
        chosen,
    })
}

/// A hash over selection and chosen versions: what a file is made from, as far as people chose it.
fn chosen(connection: &Connection, scope: i64) -> Result<[u8; 32], Error> {
    let mut hash = Sha256::new();
    let selection: Option<Option<Vec<u8>>> = connection
        .query_row(
            "SELECT selection FROM draft WHERE scope = ?1",
            [scope],
            |row| row.get(0),
        )
        .optional()?;
    hash.update(selection.flatten().unwrap_or_default());
    let mut statement = connection.prepare_cached(
        "SELECT ordinal, choice, version FROM draft_version WHERE scope = ?1 ORDER BY ordinal",
    )?;
    let mut rows = statement.query([scope])?;
    while let Some(row) = rows.next()? {
        hash.update(row.get::<_, i64>(0)?.to_le_bytes());
        for column in [1, 2] {
            hash.update(row.get::<_, Option<String>>(column)?.unwrap_or_default());
            hash.update([0]);
        }
    }
    Ok(hash.finalize().into())
}
