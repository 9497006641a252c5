//! What is wanted of single devices, as a file of rows that belongs to the draft.

use overseed_domain::figures;
use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use overseed_domain::v2::rows::{Column, RowFinding, RowFormat, Rows};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use specta::Type;

use super::draft::DeviceDraft;
use crate::{Engine, Error, ErrorCode, Problem, Session, draft::kept, input_file::Passing};

/// Findings that are kept; the others are counted.
const NAMED: usize = 200;

/// Bytes that a file of rows may have.
const MOST_BYTES: u64 = 256_000_000;

/// The draft's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftRows {
    /// The file's name; absent where they were pasted.
    pub opened: Option<String>,
    /// How they are written.
    pub format: RowFormat,
    /// Rows that count.
    pub rows: u32,
    /// The names that templates can use.
    pub values: Vec<String>,
    /// The components that rows say something about.
    pub components: Vec<String>,
    /// The first findings.
    pub findings: Vec<RowFinding>,
    /// All findings.
    pub findings_total: u32,
    /// Of these, those for which a row cannot be used as it is.
    pub refusals: u32,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Takes a file of rows into the draft, in the place of those that it had. Rows with findings are told and stay what
/// they are.
///
/// # Errors
/// [`ErrorCode::FileUnreadable`]; [`ErrorCode::FileInvalid`] beyond 256 MB; those of the store.
pub async fn device_rows_open(session: &Session, path: &Path) -> Result<DeviceDraft, Error> {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    let (from, to) = (path.to_owned(), place(&session.engine, session.scope));
    let rows = tokio::task::spawn_blocking(move || {
        let bytes = std::fs::metadata(&from).map_err(Error::file(&from))?.len();
        if bytes > MOST_BYTES {
            return Err(
                Problem::new(ErrorCode::FileInvalid, "The file is too large for rows")
                    .detail(format!(
                        "{}; at most {}",
                        figures::bytes(bytes),
                        figures::grouped(MOST_BYTES)
                    ))
                    .hint("Cut it into several, and make a plan of each.")
                    .into(),
            );
        }
        let mut source = File::open(&from).map_err(Error::file(&from))?;
        let passing = Passing::beside(&to)?;
        let mut file = passing.create()?;
        std::io::copy(&mut source, &mut file)
            .and_then(|_| file.sync_all())
            .map_err(Error::file(&from))?;
        take(passing, &to, Some(name))
    })
    .await??;
    keep(session, Some(rows)).await
}

/// The same of a text.
///
/// # Errors
/// [`Error::File`]; those of the store.
pub async fn device_rows_paste(session: &Session, text: String) -> Result<DeviceDraft, Error> {
    let to = place(&session.engine, session.scope);
    let rows = tokio::task::spawn_blocking(move || {
        let passing = Passing::beside(&to)?;
        let mut file = passing.create()?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(Error::file(passing.path()))?;
        take(passing, &to, None)
    })
    .await??;
    keep(session, Some(rows)).await
}

/// Takes the rows off the draft.
///
/// # Errors
/// Those of the store.
pub async fn device_rows_clear(session: &Session) -> Result<DeviceDraft, Error> {
    keep(session, None).await
}

async fn keep(session: &Session, rows: Option<DraftRows>) -> Result<DeviceDraft, Error> {
    kept::change(session, |draft: &mut DeviceDraft| {
        draft.rows = rows;
        Ok(true)
    })
    .await
}

fn take(passing: Passing, to: &Path, opened: Option<String>) -> Result<DraftRows, Error> {
    let mut findings = Vec::new();
    let (rows, format) = rows_of(passing.path(), &mut |finding| {
        if findings.len() < NAMED {
            findings.push(finding);
        }
    })?;
    let mut hash = Sha256::new();
    let mut file = File::open(passing.path()).map_err(Error::file(passing.path()))?;
    std::io::copy(&mut file, &mut hash).map_err(Error::file(passing.path()))?;
    let (findings_total, refusals) = rows.findings();
    let mut components: Vec<String> = rows.columns().iter().filter_map(component).collect();
    components.sort_unstable();
    components.dedup();
    let values = rows.columns().iter().filter_map(|column| match column {
        Column::Value(name) => Some(name.clone()),
        _ => None,
    });
    let taken = DraftRows {
        opened,
        format,
        rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        values: values.collect(),
        components,
        findings,
        findings_total,
        refusals,
        sha256: hex::encode(hash.finalize()),
    };
    passing.put(to)?;
    Ok(taken)
}

fn component(column: &Column) -> Option<String> {
    match column {
        Column::Component(name) | Column::Merge(name) | Column::Reset(name) => Some(name.clone()),
        Column::Config { component, .. } => Some(component.clone()),
        Column::Thing | Column::Value(_) | Column::Unknown(_) => None,
    }
}

/// Reads a file of rows: JSON lines where the first thing in it is an opening brace, otherwise CSV.
///
/// # Errors
/// [`Error::File`].
pub(crate) fn rows_of(
    path: &Path,
    sink: &mut dyn FnMut(RowFinding),
) -> Result<(Rows, RowFormat), Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    let mut reader = BufReader::new(file);
    let beginning = reader.fill_buf().map_err(Error::file(path))?;
    let beginning = beginning
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(beginning)
        .trim_ascii_start();
    let format = if beginning.starts_with(b"{") {
        RowFormat::JsonLines
    } else {
        RowFormat::Csv
    };
    let rows = Rows::read(reader, format, sink).map_err(Error::file(path))?;
    Ok((rows, format))
}

/// The rows of the draft, once more from its file.
pub(crate) fn of_draft(session: &Session, draft: &DeviceDraft) -> Result<Option<Arc<Rows>>, Error> {
    if draft.rows.is_none() {
        return Ok(None);
    }
    let path = place(&session.engine, session.scope);
    Ok(Some(Arc::new(rows_of(&path, &mut |_| {})?.0)))
}

/// The draft's rows in the data folder.
fn place(engine: &Engine, scope: i64) -> PathBuf {
    engine
        .data_dir()
        .join("drafts")
        .join(format!("{scope}.rows"))
}
