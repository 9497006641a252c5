//! The findings of the draft's file, on disk beside it: one JSON object a line, and where each line begins.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use overseed_domain::input_file::Finding;

use super::{FindingsPage, place::Passing};
use crate::{Error, ErrorCode, Problem, Session, draft};

/// Findings of single lines that are kept; all are counted. A file of nothing but line feeds has a hundred million.
const KEPT: usize = 1_000_000;

/// Rows of a page at most.
const PAGE: u32 = 500;

/// Bytes of a position in the index.
const POSITION: u64 = 8;

fn places(file: &Path) -> (PathBuf, PathBuf) {
    (
        file.with_extension("findings.jsonl"),
        file.with_extension("findings.index"),
    )
}

/// Gathers findings while a file is checked.
pub(super) struct Gathered {
    lines: BufWriter<File>,
    lines_file: Passing,
    index_file: Passing,
    end: u64,
    of_lines: Vec<u64>,
    of_file: Vec<u64>,
    failed: Option<std::io::Error>,
}

impl Gathered {
    /// Begins the findings of the draft's file at `file`.
    pub(super) fn begin(file: &Path) -> Result<Self, Error> {
        let (lines, index) = places(file);
        let lines_file = Passing::beside(&lines)?;
        Ok(Self {
            lines: BufWriter::new(lines_file.create()?),
            lines_file,
            index_file: Passing::beside(&index)?,
            end: 0,
            of_lines: Vec::new(),
            of_file: Vec::new(),
            failed: None,
        })
    }

    /// Keeps a finding; a failure is told by [`Gathered::put`].
    pub(super) fn keep(&mut self, finding: &Finding) {
        let list = if finding.line == 0 {
            &mut self.of_file
        } else {
            &mut self.of_lines
        };
        if list.len() >= KEPT || self.failed.is_some() {
            return;
        }
        let written = serde_json::to_vec(finding)
            .map_err(std::io::Error::from)
            .and_then(|mut line| {
                line.push(b'\n');
                self.lines.write_all(&line).map(|()| line.len() as u64)
            });
        match written {
            Ok(length) => {
                list.push(self.end);
                self.end += length;
            }
            Err(error) => self.failed = Some(error),
        }
    }

    /// Puts findings and index in the place of the earlier ones of `file`.
    pub(super) fn put(self, file: &Path) -> Result<(), Error> {
        let (lines, index) = places(file);
        if let Some(error) = self.failed {
            return Err(Error::file(lines)(error));
        }
        self.lines
            .into_inner()
            .map_err(|error| Error::file(&lines)(error.into_error()))?;
        let mut positions = BufWriter::new(self.index_file.create()?);
        for position in self.of_file.iter().chain(&self.of_lines) {
            positions
                .write_all(&position.to_le_bytes())
                .map_err(Error::file(&index))?;
        }
        positions
            .into_inner()
            .map_err(|error| Error::file(&index)(error.into_error()))?;
        self.lines_file.put(&lines)?;
        self.index_file.put(&index)
    }
}

/// A page of the findings about the draft's file. Without a file there are none.
///
/// # Errors
/// Those of the store; [`Error::File`].
pub async fn file_findings(
    session: &Session,
    offset: u32,
    limit: u32,
) -> Result<FindingsPage, Error> {
    let draft = draft::draft_get(session).await?;
    let Some(file) = draft.file else {
        return Ok(FindingsPage::default());
    };
    let total = file.summary.findings;
    if offset >= total {
        return Ok(FindingsPage {
            rows: Vec::new(),
            total,
        });
    }
    let path = draft::file_path(&session.engine, session.scope);
    let rows = tokio::task::spawn_blocking(move || read(&path, offset, limit.min(PAGE))).await??;
    Ok(FindingsPage { rows, total })
}

fn read(file: &Path, offset: u32, limit: u32) -> Result<Vec<Finding>, Error> {
    let (lines, index) = places(file);
    let mut positions = Vec::new();
    let mut at = File::open(&index).map_err(Error::file(&index))?;
    at.seek(SeekFrom::Start(u64::from(offset) * POSITION))
        .map_err(Error::file(&index))?;
    at.take(u64::from(limit) * POSITION)
        .read_to_end(&mut positions)
        .map_err(Error::file(&index))?;
    let mut reader = BufReader::new(File::open(&lines).map_err(Error::file(&lines))?);
    let mut rows = Vec::new();
    for position in positions.as_chunks::<8>().0 {
        let mut line = String::new();
        reader
            .seek(SeekFrom::Start(u64::from_le_bytes(*position)))
            .and_then(|_| reader.read_line(&mut line))
            .map_err(Error::file(&lines))?;
        rows.push(serde_json::from_str(&line).map_err(|error| {
            Problem::new(
                ErrorCode::StoreFailed,
                "The findings cannot be read any more",
            )
            .detail(error)
            .hint("Make or open the input file again.")
        })?);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use overseed_domain::input_file::FindingCode;

    use super::*;

    fn finding(line: u32) -> Finding {
        let message = format!("line {line}: ü\n\"quoted\"");
        Finding {
            line,
            code: FindingCode::BlankLine,
            message,
            service_message: None,
        }
    }

    #[test]
    fn pages_begin_with_what_concerns_the_whole_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("drafts/1.jsonl");
        let mut gathered = Gathered::begin(&file).unwrap();
        for line in [1, 2, 3, 9, 0] {
            gathered.keep(&finding(line));
        }
        gathered.put(&file).unwrap();
        let lines = |offset, limit| {
            read(&file, offset, limit)
                .unwrap()
                .iter()
                .map(|f| f.line)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(0, 3), [0, 1, 2]);
        assert_eq!(lines(3, 500), [3, 9]);
        assert!(lines(5, 500).is_empty());
        assert_eq!(read(&file, 4, 1).unwrap(), [finding(9)]);
        let left: Vec<_> = std::fs::read_dir(folder.path().join("drafts"))
            .unwrap()
            .collect();
        assert_eq!(left.len(), 2, "nothing passing is left: {left:?}");
    }
}
