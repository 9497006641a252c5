//! Taking lists of ids or names into the selection.

mod lines;

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use overseed_domain::group::bare_id;
use roaring::RoaringBitmap;
use rusqlite::{Connection, Transaction, params};

use self::lines::{Entry, Named};
use super::{
    GroupSort, ImportFinding, ImportFindingCode, ImportReport, bits::Bits, index::Index,
    selection::replace, stored,
};
use crate::{Error, ErrorCode, Problem, Session, draft, job::Progress};

/// The largest list that is read: an input file may have 100 MB, and a list of names and more columns some more.
const LARGEST: u64 = 256_000_000;

/// Findings that are kept.
const FINDINGS: usize = 1_000;

/// Chosen versions written in one transaction.
const BATCH: usize = 5_000;

/// Lines between two looks at the user's wish to cancel.
const CHECK_EVERY: usize = 4_096;

/// Adds the groups that a text names to the selection: one id or name a line, CSV (columns id, name, version), or
/// JSON lines of an input file. Nothing is deselected. A version that the list names is chosen for its group.
///
/// # Errors
/// [`Error::Cancelled`], with the selection as it was; those of the store.
pub async fn groups_import_text(
    session: &Session,
    text: String,
    progress: &Progress,
) -> Result<ImportReport, Error> {
    import(session, text, progress).await
}

/// The same from a file.
///
/// # Errors
/// [`ErrorCode::FileUnreadable`]; [`ErrorCode::FileInvalid`] beyond 256 MB; as [`groups_import_text`].
pub async fn groups_import_file(
    session: &Session,
    path: PathBuf,
    progress: &Progress,
) -> Result<ImportReport, Error> {
    progress.stage("Reading the list", None);
    let read = move || {
        let bytes = std::fs::metadata(&path).map_err(Error::file(&path))?.len();
        if bytes > LARGEST {
            let problem = Problem::new(ErrorCode::FileInvalid, "The list is larger than 256 MB")
                .detail(format!("{}: {bytes} bytes", path.display()))
                .hint("Keep just the columns of ids and versions, or import it in parts.");
            return Err(Error::from(problem));
        }
        Ok(lines::text(
            &std::fs::read(&path).map_err(Error::file(&path))?,
        ))
    };
    let text = tokio::task::spawn_blocking(read).await??;
    import(session, text, progress).await
}

async fn import(
    session: &Session,
    text: String,
    progress: &Progress,
) -> Result<ImportReport, Error> {
    progress.stage("Looking up the groups", None);
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    let (cell, watched) = (session.index.clone(), progress.clone());
    let found = session
        .store()
        .read(move |connection| {
            let index = cell.current(connection, scope)?;
            Found::look_up(connection, index, lines::entries(&text), &watched)
        })
        .await?;
    let Found {
        members,
        versions,
        report,
        ..
    } = found;
    progress.stage("Taking over the versions", Some(versions.len() as u64));
    let mut done = 0;
    for batch in versions.chunks(BATCH) {
        progress.check()?;
        let batch = batch.to_vec();
        done += batch.len() as u64;
        session
            .store()
            .write(move |tx| choose(tx, scope, &batch))
            .await?;
        progress.done(done);
    }
    progress.check()?;
    session
        .store()
        .write(move |tx| {
            draft::load_or_make(tx, scope, sandbox)?;
            let now = stored::selection(tx, scope)?;
            replace(tx, scope, &now, &(&now | &members))?;
            if !versions.is_empty() {
                draft::targets_changed(tx, scope)?;
            }
            Ok(())
        })
        .await?;
    Ok(report)
}

fn choose(tx: &Transaction<'_>, scope: i64, versions: &[(u32, String)]) -> Result<(), Error> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO draft_version (scope, ordinal, choice, version) VALUES (?1, ?2, 'chosen', ?3)
         ON CONFLICT (scope, ordinal) DO UPDATE SET choice = 'chosen', version = ?3, problem = NULL",
    )?;
    for (ordinal, version) in versions {
        statement.execute(params![scope, ordinal, version])?;
    }
    Ok(())
}

/// What the lines of a list came to.
struct Found {
    index: Arc<Index>,
    can_be_deployed: Bits,
    /// The line that named a position first.
    lines: HashMap<u32, u32>,
    members: RoaringBitmap,
    versions: Vec<(u32, String)>,
    report: ImportReport,
}

impl Found {
    fn look_up(
        connection: &Connection,
        index: Arc<Index>,
        entries: Vec<Entry>,
        progress: &Progress,
    ) -> Result<Self, Error> {
        let can_be_deployed = index.can_be_deployed();
        let mut found = Self {
            index,
            can_be_deployed,
            lines: HashMap::new(),
            members: RoaringBitmap::new(),
            versions: Vec::new(),
            report: ImportReport::default(),
        };
        progress.stage("Looking up the groups", Some(entries.len() as u64));
        for (number, entry) in entries.into_iter().enumerate() {
            if number % CHECK_EVERY == 0 {
                progress.check()?;
                progress.done(number as u64);
            }
            found.report.lines += 1;
            if let Err((code, message)) = found.take(connection, &entry)? {
                found.report.findings_total += 1;
                if found.report.findings.len() < FINDINGS {
                    let Entry { line, text, .. } = entry;
                    found.report.findings.push(ImportFinding {
                        line,
                        text,
                        code,
                        message,
                    });
                }
            }
        }
        Ok(found)
    }

    /// Takes one line; the inner error is a finding.
    fn take(
        &mut self,
        connection: &Connection,
        entry: &Entry,
    ) -> Result<Result<(), (ImportFindingCode, String)>, Error> {
        let named = match &entry.named {
            Ok(named) => named,
            Err(message) => return Ok(Err((ImportFindingCode::Unreadable, message.clone()))),
        };
        let (position, version) = match self.find(connection, named)? {
            Ok(found) => found,
            Err(finding) => return Ok(Err(finding)),
        };
        if let Some(first) = self.lines.get(&position) {
            let message = format!("Line {first} names the same group; this line is left out.");
            return Ok(Err((ImportFindingCode::Repeated, message)));
        }
        self.lines.insert(position, entry.line);
        let Some(ordinal) = self.index.ordinal(position as usize) else {
            return Ok(Ok(()));
        };
        if !self.can_be_deployed.contains(position as usize) {
            let message =
                "The group cannot be deployed, see the column Deployable; it is not selected.";
            return Ok(Err((ImportFindingCode::NotDeployable, message.to_owned())));
        }
        self.members.insert(ordinal);
        self.report.selected += 1;
        if let Some(version) = version {
            self.versions.push((ordinal, version));
            self.report.versions_chosen += 1;
        }
        Ok(Ok(()))
    }

    #[expect(
        clippy::type_complexity,
        reason = "a position and a version, or a finding"
    )]
    fn find(
        &self,
        connection: &Connection,
        named: &Named,
    ) -> Result<Result<(u32, Option<String>), (ImportFindingCode, String)>, Error> {
        let Named {
            id,
            name,
            either,
            version,
        } = named;
        let mut positions: &[u32] = &[];
        let mut version = version.clone();
        if let Some(id) = id.as_deref().or(either.as_deref()) {
            positions = self.index.equal(GroupSort::Id, bare_id(id));
        }
        let by_name = if id.is_none() {
            name.as_deref().or(either.as_deref())
        } else {
            None
        };
        if let (Some(name), true) = (by_name, positions.is_empty()) {
            positions = self.index.equal(GroupSort::Name, name);
            if positions.len() > 1 {
                return self
                    .only_one(connection, positions, name)
                    .map(|one| one.map(|p| (p, version)));
            }
        }
        // `id,version` in a list whose first line had no version.
        if let (true, Some((id, rest))) = (
            positions.is_empty(),
            either.as_deref().and_then(|text| text.split_once(',')),
        ) {
            positions = self.index.equal(GroupSort::Id, bare_id(id.trim()));
            version = Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty());
        }
        Ok(match positions {
            [position, ..] => Ok((*position, version)),
            [] => Err((
                ImportFindingCode::Unknown,
                "No group of the inventory has this id or name; list the groups again if it is new."
                    .to_owned(),
            )),
        })
    }

    /// The one of several groups whose name is the same letter by letter.
    fn only_one(
        &self,
        connection: &Connection,
        positions: &[u32],
        name: &str,
    ) -> Result<Result<u32, (ImportFindingCode, String)>, Error> {
        let mut exact = Vec::new();
        let mut statement = connection
            .prepare_cached("SELECT 1 FROM inventory_group WHERE ordinal = ?1 AND name = ?2")?;
        for &position in positions {
            if statement.exists(params![self.index.ordinal(position as usize), name])? {
                exact.push(position);
            }
        }
        Ok(match exact.as_slice() {
            [one] => Ok(*one),
            _ => Err((
                ImportFindingCode::Ambiguous,
                format!(
                    "{} groups have this name; write the id instead.",
                    positions.len()
                ),
            )),
        })
    }
}
