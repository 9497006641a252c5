//! Reading input files from disk: records, and the check.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use overseed_domain::input_file::{self as rules, FileSummary, Finding, RecordsError, Unknown};

use crate::{Error, ErrorCode, Problem, job::Progress};

/// Lines that a preview shows.
const FIRST_LINES: usize = 20;

/// Bytes of a line that a preview shows; a valid line has fewer.
const FIRST_LINE_BYTES: u64 = 1024;

/// What a callback or the file stopped the reading with.
enum Stop {
    Records(RecordsError),
    Callback(Error),
}

impl From<RecordsError> for Stop {
    fn from(error: RecordsError) -> Self {
        Self::Records(error)
    }
}

/// Calls `f` with line number (from 1), group id and version id of each record of a file that has been checked.
///
/// # Errors
/// [`Error::File`]; [`ErrorCode::FileInvalid`] where a line is no record; what `f` fails with.
pub fn for_each_record(
    path: &Path,
    f: &mut dyn FnMut(u32, &str, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    rules::for_each_record(file, |line, group, version| {
        f(line, group, version).map_err(Stop::Callback)
    })
    .map_err(|stop| match stop {
        Stop::Callback(error) => error,
        Stop::Records(RecordsError::Read(error)) => Error::file(path)(error),
        Stop::Records(error @ RecordsError::NoRecord(_)) => {
            Problem::new(ErrorCode::FileInvalid, "The input file cannot be read to its end")
                .detail(error)
                .hint("Check the file in the input file step, mend the lines that are named, and open it again.")
                .into()
        }
    })
}

/// Checks a file and hands on each finding; for a file at any place, without a connection.
///
/// # Errors
/// [`Error::File`].
pub fn file_check(path: &Path, sink: &mut dyn FnMut(Finding)) -> Result<FileSummary, Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    rules::check(file, sink).map_err(Error::file(path))
}

/// What an inventory says of a group and a version.
type Known<'a> = &'a mut dyn FnMut(&str, &str) -> Option<Unknown>;

/// The same with progress in bytes, cancel, and what the inventory knows.
pub(super) fn check_watched(
    path: &Path,
    progress: &Progress,
    known: Option<Known<'_>>,
    sink: &mut dyn FnMut(Finding),
) -> Result<FileSummary, Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    let bytes = file.metadata().map_err(Error::file(path))?.len();
    progress.stage("Checking all lines", Some(bytes));
    let reader = Watched {
        inner: file,
        progress,
        done: 0,
    };
    let checked = match known {
        Some(known) => rules::check_known(reader, known, sink),
        None => rules::check(reader, sink),
    };
    checked.map_err(|error| cancelled_or(progress, path, error))
}

/// A reader that reports what it has read and ends when the work is cancelled.
pub(super) struct Watched<'a, R> {
    pub(super) inner: R,
    pub(super) progress: &'a Progress,
    pub(super) done: u64,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.progress.cancel().is_cancelled() {
            // `Interrupted` would only be tried again.
            return Err(io::Error::other("cancelled"));
        }
        let read = self.inner.read(room)?;
        self.done += read as u64;
        self.progress.done(self.done);
        Ok(read)
    }
}

pub(super) fn cancelled_or(progress: &Progress, path: &Path, error: io::Error) -> Error {
    match progress.check() {
        Err(cancelled) => cancelled,
        Ok(()) => Error::file(path)(error),
    }
}

/// The first lines of a file as text, whatever it holds.
pub(super) fn first_lines(path: &Path) -> Result<Vec<String>, Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    let mut reader = BufReader::new(file);
    let mut lines = Vec::new();
    while lines.len() < FIRST_LINES {
        let mut line = Vec::new();
        let read = reader
            .by_ref()
            .take(FIRST_LINE_BYTES)
            .read_until(b'\n', &mut line)
            .map_err(Error::file(path))?;
        if read == 0 {
            break;
        }
        let whole = line.ends_with(b"\n");
        let mut text = String::from_utf8_lossy(&line)
            .trim_end_matches(['\r', '\n'])
            .to_owned();
        if !whole && read as u64 == FIRST_LINE_BYTES {
            text.push('…');
            reader.skip_until(b'\n').map_err(Error::file(path))?;
        }
        lines.push(text);
    }
    Ok(lines)
}
