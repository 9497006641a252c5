//! Taking lists of ids or names into the selection.

mod lines;

use overseed_domain::figures;
use std::{collections::HashMap, path::PathBuf, sync::Arc};

use roaring::RoaringBitmap;
use rusqlite::{Connection, params};

pub(crate) use self::lines::Meaning;
use self::lines::{Entry, Named};
use super::{
    Bits, Here, ImportFinding, ImportFindingCode, ImportReport, Index, IndexCell, Shape,
    selection::replace, stored,
};
use crate::{Error, ErrorCode, Problem, Session, job::Progress};

/// The largest list that is read: an input file may have 100 MB, and a list of names and more columns some more.
const LARGEST: u64 = 256_000_000;

/// Findings that are kept.
const FINDINGS: usize = 1_000;

/// Chosen versions written in one transaction.
const BATCH: usize = 5_000;

/// Lines between two looks at the user's wish to cancel.
const CHECK_EVERY: usize = 4_096;

/// Adds the targets that a text names to the selection; nothing is deselected.
pub(crate) async fn import_text(
    session: &Session,
    cell: &IndexCell,
    text: String,
    progress: &Progress,
) -> Result<ImportReport, Error> {
    import(session, cell, text, progress).await
}

/// The same from a file.
pub(crate) async fn import_file(
    session: &Session,
    cell: &IndexCell,
    path: PathBuf,
    progress: &Progress,
) -> Result<ImportReport, Error> {
    progress.stage("Reading the list", None);
    let read = move || {
        let bytes = std::fs::metadata(&path).map_err(Error::file(&path))?.len();
        if bytes > LARGEST {
            let problem = Problem::new(ErrorCode::FileInvalid, "The list is larger than 256 MB")
                .detail(format!("{}: {}", path.display(), figures::bytes(bytes)))
                .hint("Keep just the columns that name targets, or import it in parts.");
            return Err(Error::from(problem));
        }
        Ok(lines::text(
            &std::fs::read(&path).map_err(Error::file(&path))?,
        ))
    };
    let text = tokio::task::spawn_blocking(read).await??;
    import(session, cell, text, progress).await
}

async fn import(
    session: &Session,
    cell: &IndexCell,
    text: String,
    progress: &Progress,
) -> Result<ImportReport, Error> {
    let shape = cell.shape();
    progress.stage(&format!("Looking up the {}", shape.many), None);
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    let (cell, watched, here) = (cell.clone(), progress.clone(), Here::of(session));
    let found = session
        .store()
        .read(move |connection| {
            let index = cell.current(connection, scope)?;
            Found::look_up(
                connection,
                index,
                here,
                lines::entries(&text, shape),
                &watched,
            )
        })
        .await?;
    let Found {
        members,
        versions,
        report,
        ..
    } = found;
    if let Some(choose) = shape.choose {
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
    }
    progress.check()?;
    session
        .store()
        .write(move |tx| {
            (shape.make_draft)(tx, scope, sandbox)?;
            let (now, _) = stored::selections(tx, shape, scope)?;
            replace(tx, shape, scope, &now, &(&now | &members))?;
            if !versions.is_empty() {
                (shape.changed)(tx, scope)?;
            }
            Ok(())
        })
        .await?;
    Ok(report)
}

/// What the lines of a list came to.
struct Found {
    index: Arc<Index>,
    here: Here,
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
        here: Here,
        entries: Vec<Entry>,
        progress: &Progress,
    ) -> Result<Self, Error> {
        let can_be_deployed = index.can_be_deployed();
        let mut found = Self {
            index,
            here,
            can_be_deployed,
            lines: HashMap::new(),
            members: RoaringBitmap::new(),
            versions: Vec::new(),
            report: ImportReport::default(),
        };
        let stage = format!("Looking up the {}", found.index.shape.many);
        progress.stage(&stage, Some(entries.len() as u64));
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

    fn shape(&self) -> &'static Shape {
        self.index.shape
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
            let message = format!(
                "Line {first} names the same {}; this line is left out.",
                self.shape().one
            );
            return Ok(Err((ImportFindingCode::Repeated, message)));
        }
        self.lines.insert(position, entry.line);
        let Some(ordinal) = self.index.ordinal(position as usize) else {
            return Ok(Ok(()));
        };
        if !self.can_be_deployed.contains(position as usize) {
            let message = format!(
                "The {} cannot be deployed, see the column Deployable; it is not selected.",
                self.shape().one
            );
            return Ok(Err((ImportFindingCode::NotDeployable, message)));
        }
        self.members.insert(ordinal);
        self.report.selected += 1;
        if let Some(version) = version.filter(|_| self.shape().choose.is_some()) {
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
        let shape = self.shape();
        let called = [id, name, either].into_iter().flatten();
        if let Some(message) = called.filter_map(|text| self.here.elsewhere(text)).next() {
            return Ok(Err((ImportFindingCode::Elsewhere, message)));
        }
        let mut positions: &[u32] = &[];
        let mut version = version.clone();
        // Where people call a target by its key, case decides between keys that differ in nothing else.
        if shape.id != shape.name
            && let Some(id) = id.as_deref().or(either.as_deref())
        {
            positions = self.index.equal(shape.id, (shape.normal)(id));
        }
        let by_name = if id.is_none() || shape.id == shape.name {
            id.as_deref().or(name.as_deref()).or(either.as_deref())
        } else {
            None
        };
        if let (Some(name), true) = (by_name, positions.is_empty()) {
            let name = if shape.id == shape.name {
                (shape.normal)(name)
            } else {
                name
            };
            positions = self.index.equal(shape.name, name);
            // Names of things are told apart by case (AWS IoT, "Managing things"), and the index is not.
            if positions.len() > 1 || (shape.id == shape.name && !positions.is_empty()) {
                return self
                    .only_one(connection, positions, name)
                    .map(|one| one.map(|p| (p, version)));
            }
        }
        // `id,version` in a list whose first line had no version.
        if let (true, Some((id, rest))) = (
            positions.is_empty() && shape.choose.is_some(),
            either.as_deref().and_then(|text| text.split_once(',')),
        ) {
            positions = self.index.equal(shape.id, (shape.normal)(id.trim()));
            version = Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty());
        }
        Ok(match positions {
            [position, ..] => Ok((*position, version)),
            [] => Err((
                ImportFindingCode::Unknown,
                format!(
                    "No {} of the inventory has this {}; list the {} again if it is new.",
                    shape.one,
                    if shape.id == shape.name {
                        "name"
                    } else {
                        "id or name"
                    },
                    shape.many
                ),
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
        let shape = self.shape();
        let column = shape
            .texts
            .get(shape.name)
            .map_or(shape.key, |text| text.column);
        let mut statement = connection.prepare_cached(&format!(
            "SELECT 1 FROM {} WHERE ordinal = ?1 AND {column} = ?2",
            shape.table
        ))?;
        for &position in positions {
            if statement.exists(params![self.index.ordinal(position as usize), name])? {
                exact.push(position);
            }
        }
        Ok(match exact.as_slice() {
            [one] => Ok(*one),
            [] if shape.id == shape.name => Err((
                ImportFindingCode::Unknown,
                format!(
                    "No {} of the inventory has this name in these letters: write it with the same capitals.",
                    shape.one
                ),
            )),
            _ => Err((
                ImportFindingCode::Ambiguous,
                format!(
                    "{} {} have this name; write {}.",
                    positions.len(),
                    shape.many,
                    if shape.id == shape.name {
                        "it letter by letter"
                    } else {
                        "the id instead"
                    }
                ),
            )),
        })
    }
}
