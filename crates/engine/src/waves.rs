//! Waves of a plan: the very files that will be sent, before anything is sent.

use std::{
    collections::{HashMap, HashSet},
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use overseed_domain::{
    group::bare_id,
    input_file::{FileSummary, Writer},
    waves::{Cut, WaveCut, WaveOrder, Waves, cut},
};
use roaring::RoaringBitmap;
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    Error, ErrorCode, Problem, Session,
    draft::{self, Draft},
    input_file::{self, Passing, object_key},
};

/// The input file of one wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WaveFile {
    /// The wave's number, from 1.
    pub number: u32,
    /// Its targets: the records of the file.
    pub targets: u32,
    /// The file's size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The key of its object in the bucket.
    pub key: String,
    /// What the wave takes, in words.
    pub by: String,
}

/// The waves that a draft is cut into.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WavesPreview {
    /// The files, in the order of the waves; one where the plan is not cut.
    pub waves: Vec<WaveFile>,
    /// What is to be known about them, in sentences.
    pub findings: Vec<String>,
}

/// Where a record of a plan's file goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a> {
    /// The wave's number, from 1.
    pub wave: u32,
    /// The line in the wave's file, from 1.
    pub line: u32,
    pub group: &'a str,
    pub version: &'a str,
}

/// The waves of the draft: the very files that will be sent.
///
/// # Errors
/// [`ErrorCode::FileInvalid`] where the file names a group twice and is cut; [`ErrorCode::PreflightFailed`] where names
/// are looked for and the groups have never been listed; [`Error::File`], those of the store.
pub async fn waves_preview(session: &Session) -> Result<WavesPreview, Error> {
    let draft = draft::draft_get(session).await?;
    let session = session.clone();
    tokio::task::spawn_blocking(move || of_draft(&session, &draft)).await?
}

/// All that the waves of a draft are made from.
#[derive(Debug, Clone, PartialEq)]
struct MadeFrom {
    plan: String,
    prefix: String,
    sha256: String,
    cuts: Vec<WaveCut>,
    order: WaveOrder,
    /// Of the inventory, which has the names.
    revision: Option<i64>,
}

impl MadeFrom {
    fn of(session: &Session, draft: &Draft, summary: &FileSummary) -> Result<Self, Error> {
        let revision = session.store().read_now(|c| {
            let mut query = c.prepare_cached("SELECT revision FROM listing WHERE scope = ?1")?;
            Ok(query
                .query_row([session.scope], |row| row.get(0))
                .optional()?)
        })?;
        Ok(Self {
            plan: draft.plan.clone(),
            prefix: draft.prefix.clone(),
            sha256: summary.sha256.clone(),
            cuts: draft.waves.cuts.clone(),
            order: draft.waves.order,
            revision,
        })
    }
}

/// The waves that were cut last: step after step asks for them, and a large file takes a while to read and hash.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastCut(Arc<Mutex<Option<(MadeFrom, WavesPreview)>>>);

impl LastCut {
    fn lock(&self) -> MutexGuard<'_, Option<(MadeFrom, WavesPreview)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same of a draft that has been read; blocks while it reads the file.
pub(crate) fn of_draft(session: &Session, draft: &Draft) -> Result<WavesPreview, Error> {
    let Some(file) = &draft.file else {
        return Ok(WavesPreview {
            findings: vec!["There is no input file yet, so there is nothing to cut.".to_owned()],
            ..WavesPreview::default()
        });
    };
    if file.summary.refusals > 0 && !draft.waves.is_one() {
        return Ok(WavesPreview {
            findings: vec![
                "Greengrass would refuse the input file: mend its findings, then it can be cut."
                    .to_owned(),
            ],
            ..WavesPreview::default()
        });
    }
    let made_from = MadeFrom::of(session, draft, &file.summary)?;
    let known = session.cut.lock().clone();
    let mut preview = match known {
        Some((known, preview)) if known == made_from => preview,
        _ => {
            let path = draft::file_path(&session.engine, session.scope);
            let place = (draft.prefix.as_str(), draft.plan.as_str());
            let preview = of_file(session, &draft.waves, &path, &file.summary, place)?;
            *session.cut.lock() = Some((made_from, preview.clone()));
            preview
        }
    };
    if file.stale {
        preview.findings.push(
            "Groups or versions have changed since the input file was made: make it again."
                .to_owned(),
        );
    }
    Ok(preview)
}

/// The waves of a plan's file that has been checked; blocks while it reads it. The place is the prefix of the keys and
/// the plan's id.
pub(crate) fn of_file(
    session: &Session,
    waves: &Waves,
    file: &Path,
    summary: &FileSummary,
    place: (&str, &str),
) -> Result<WavesPreview, Error> {
    let cut = cut_file(session, waves, file, summary)?;
    let mut files = Vec::new();
    if cut.waves.len() > 1 {
        files.extend(write(&cut, file, |_| Ok(std::io::sink()), |_| Ok(()))?);
    }
    let waves = described(&cut, summary, files.iter().map(|(_, file)| file), place);
    Ok(WavesPreview {
        waves,
        findings: cut.findings,
    })
}

/// The files of the draft's waves on disk, to be sent: one that is not cut is the draft's own.
pub(crate) fn make(
    session: &Session,
    draft: &Draft,
    summary: &FileSummary,
) -> Result<Vec<(WaveFile, Option<Passing>)>, Error> {
    let path = draft::file_path(&session.engine, session.scope);
    let cut = cut_file(session, &draft.waves, &path, summary)?;
    let place = (draft.prefix.as_str(), draft.plan.as_str());
    if cut.waves.len() == 1 {
        let files = described(&cut, summary, std::iter::empty(), place);
        return Ok(files.into_iter().map(|file| (file, None)).collect());
    }
    let mut passing = Vec::new();
    let written = write(
        &cut,
        &path,
        |_| {
            let file = Passing::beside(&path)?;
            let open = file.create()?;
            passing.push(Some(file));
            Ok(open)
        },
        |_| Ok(()),
    )?;
    let files = described(&cut, summary, written.iter().map(|(_, file)| file), place);
    Ok(files.into_iter().zip(passing).collect())
}

/// The same, kept beside the draft's file for those who send them by other means.
pub(crate) fn keep(
    session: &Session,
    draft: &Draft,
    summary: &FileSummary,
) -> Result<Vec<(WaveFile, PathBuf)>, Error> {
    let own = draft::file_path(&session.engine, session.scope);
    let mut files = Vec::new();
    for (file, passing) in make(session, draft, summary)? {
        let place = match passing {
            None => own.clone(),
            Some(passing) => {
                let place = own.with_extension(format!("wave-{:03}.jsonl", file.number));
                passing.put(&place)?;
                place
            }
        };
        files.push((file, place));
    }
    Ok(files)
}

/// Which record of a plan's file is in which wave; blocks while it reads the file. A file that is cut may name no
/// group twice: reports do not say which line they are about, and a group in two waves would be deployed twice.
pub(crate) fn cut_file(
    session: &Session,
    waves: &Waves,
    file: &Path,
    summary: &FileSummary,
) -> Result<Cut, Error> {
    draft::waves_valid(waves)?;
    if waves.is_one() {
        return Ok(cut(waves, summary.records, |_, _| false));
    }
    let texts = Texts::of(session, waves)?;
    let mut found: HashMap<usize, RoaringBitmap> = HashMap::new();
    let (mut seen, mut repeated, mut place) = (HashSet::new(), Vec::new(), 0_u32);
    input_file::for_each_record(file, &mut |line, group, _| {
        let bare = bare_id(group);
        if !seen.insert(bare.to_owned()) {
            repeated.push((line, bare.to_owned()));
        }
        for index in texts.found_in(group) {
            found.entry(index).or_default().insert(place);
        }
        place += 1;
        Ok(())
    })?;
    let cut = cut(waves, place, |index, place| {
        found
            .get(&index)
            .is_some_and(|places| places.contains(place))
    });
    match repeated.first() {
        Some((line, group)) if cut.waves.len() > 1 => Err(Problem::new(
            ErrorCode::FileInvalid,
            "The input file names a group more than once, so it cannot be cut into waves",
        )
        .detail(format!(
            "{} lines repeat a group; the first is line {line}, group {group}",
            repeated.len()
        ))
        .hint("Take the repeated lines out of the file, or deploy it as one wave.")
        .into()),
        _ => Ok(cut),
    }
}

/// Writes each record into its wave's file, in the order of the plan; `make` opens the file of a wave, and `on` is
/// told where each record went.
pub(crate) fn write<W: Write>(
    cut: &Cut,
    file: &Path,
    mut make: impl FnMut(u32) -> Result<W, Error>,
    mut on: impl FnMut(Placed<'_>) -> Result<(), Error>,
) -> Result<Vec<(W, FileSummary)>, Error> {
    let mut writers = Vec::new();
    for (number, _) in (1..).zip(&cut.waves) {
        writers.push((Writer::new(make(number)?), 0_u32));
    }
    let mut place = 0_u32;
    input_file::for_each_record(file, &mut |_, group, version| {
        let wave = cut.wave_of(place).ok_or_else(|| changed(file))?;
        place += 1;
        let index = usize::try_from(wave).unwrap_or(usize::MAX) - 1;
        let (writer, line) = writers.get_mut(index).ok_or_else(|| changed(file))?;
        writer.record(group, version).map_err(Error::file(file))?;
        *line += 1;
        on(Placed {
            wave,
            line: *line,
            group,
            version,
        })
    })?;
    writers
        .into_iter()
        .map(|(writer, _)| writer.finish().map_err(Error::file(file)))
        .collect()
}

fn changed(file: &Path) -> Error {
    Problem::new(
        ErrorCode::FileInvalid,
        "The input file changed while it was cut into waves",
    )
    .detail(file.display())
    .hint("Make or open it again.")
    .into()
}

/// The files of a cut; where it is one wave, that is the plan's file as it is.
fn described<'a>(
    cut: &Cut,
    whole: &'a FileSummary,
    files: impl Iterator<Item = &'a FileSummary>,
    (prefix, plan): (&str, &str),
) -> Vec<WaveFile> {
    let files = files.chain(std::iter::once(whole));
    (1..)
        .zip(cut.waves.iter().zip(files))
        .map(|(number, (wave, file))| WaveFile {
            number,
            targets: wave.targets,
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            key: object_key(prefix, plan, number),
            by: wave.by.clone(),
        })
        .collect()
}

/// The texts that waves look for, and the groups whose names have them.
struct Texts {
    texts: Vec<(usize, String, HashSet<String>)>,
}

impl Texts {
    fn of(session: &Session, waves: &Waves) -> Result<Self, Error> {
        let mut texts: Vec<(usize, String, HashSet<String>)> = waves
            .cuts
            .iter()
            .enumerate()
            .filter_map(|(index, cut)| match cut {
                WaveCut::Matching { text } => {
                    Some((index, text.trim().to_lowercase(), HashSet::new()))
                }
                _ => None,
            })
            .collect();
        if texts.is_empty() {
            return Ok(Self { texts });
        }
        let mut groups = 0_u32;
        session.store().read_now(|c| {
            let mut statement =
                c.prepare_cached("SELECT id, name FROM inventory_group WHERE scope = ?1")?;
            let mut rows = statement.query([session.scope])?;
            while let Some(row) = rows.next()? {
                groups += 1;
                let name = row.get_ref(1)?.as_str().unwrap_or_default().to_lowercase();
                for (_, text, ids) in &mut texts {
                    if name.contains(text.as_str()) {
                        ids.insert(row.get(0)?);
                    }
                }
            }
            Ok(())
        })?;
        if groups == 0 {
            return Err(Problem::new(
                ErrorCode::PreflightFailed,
                "The groups have never been listed here, so their names are not known to the waves",
            )
            .hint("List the groups first, then cut the plan.")
            .into());
        }
        Ok(Self { texts })
    }

    /// The indexes of the waves that look for this group.
    fn found_in(&self, group: &str) -> impl Iterator<Item = usize> {
        let id = group.to_lowercase();
        let bare = bare_id(group);
        self.texts
            .iter()
            .filter(move |(_, text, ids)| id.contains(text.as_str()) || ids.contains(bare))
            .map(|(index, _, _)| *index)
    }
}
