//! Items of map runs and their ended children: too many for the service's own state.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::model::{Execution, Status};

/// The files of one map run.
#[derive(Debug, Default)]
pub(super) struct MapFiles {
    items: Lines,
    children: Lines,
    /// Of each ended child, in the order of the file.
    pub(super) marks: Vec<Mark>,
}

/// What is kept in memory of an ended child.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) name: String,
    pub(super) status: Status,
    pub(super) started_ms: i64,
    pub(super) ended_ms: i64,
}

/// What is read of a child's line to know where it is.
#[derive(Debug, Deserialize)]
struct Glance {
    name: String,
    started_ms: i64,
    end: GlanceEnd,
}

#[derive(Debug, Deserialize)]
struct GlanceEnd {
    status: Status,
    at_ms: i64,
}

/// A file of lines and where each ends.
#[derive(Debug, Default)]
struct Lines {
    path: PathBuf,
    ends: Vec<u64>,
}

impl Lines {
    fn len(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    fn read(&self, place: usize) -> io::Result<Vec<u8>> {
        let missing = || io::Error::other(format!("{}: no line {place}", self.path.display()));
        let end = *self.ends.get(place).ok_or_else(missing)?;
        let begin = match place.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().ok_or_else(missing)?,
            None => 0,
        };
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(begin))?;
        let mut line = Vec::new();
        file.take(end - begin).read_to_end(&mut line)?;
        Ok(line)
    }

    /// Looks for the lines of a file again; what is after `length` is cut off.
    fn restore(
        &mut self,
        length: Option<u64>,
        mut each: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let file = match OpenOptions::new().read(true).write(true).open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        if let Some(length) = length {
            file.set_len(length)?;
        }
        let mut reader = BufReader::new(file);
        let (mut line, mut end) = (Vec::new(), 0);
        loop {
            line.clear();
            let size = reader.read_until(b'\n', &mut line)?;
            if size == 0 {
                return Ok(());
            }
            end += u64::try_from(size).unwrap_or(0);
            self.ends.push(end);
            each(&line)?;
        }
    }
}

impl MapFiles {
    pub(super) fn of(folder: &Path, map_run: usize) -> Self {
        let lines = |name: &str| Lines {
            path: folder.join(format!("{map_run}.{name}")),
            ends: Vec::new(),
        };
        Self {
            items: lines("items"),
            children: lines("children"),
            marks: Vec::new(),
        }
    }

    /// Reads the files again; children that ended after the state was last written run again.
    ///
    /// # Errors
    /// What the file system says, or that a file is damaged.
    pub(super) fn restore(&mut self, children_bytes: u64) -> io::Result<()> {
        self.items.restore(None, |_| Ok(()))?;
        let marks = &mut self.marks;
        self.children.restore(Some(children_bytes), |line| {
            let glance: Glance = serde_json::from_slice(line)?;
            marks.push(Mark {
                name: glance.name,
                status: glance.end.status,
                started_ms: glance.started_ms,
                ended_ms: glance.end.at_ms,
            });
            Ok(())
        })
    }

    /// Keeps the items and says how many they are. What an earlier map run of this number left is gone: one that was
    /// begun but not written down before a kill.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(super) fn keep_items(
        &mut self,
        items: impl Iterator<Item = io::Result<Value>>,
    ) -> io::Result<u64> {
        File::create(&self.children.path)?;
        let mut file = BufWriter::new(File::create(&self.items.path)?);
        let (mut ends, mut end) = (Vec::new(), 0);
        for item in items {
            let mut line = serde_json::to_vec(&item?)?;
            line.push(b'\n');
            file.write_all(&line)?;
            end += u64::try_from(line.len()).unwrap_or(0);
            ends.push(end);
        }
        file.flush()?;
        self.items.ends = ends;
        Ok(u64::try_from(self.items.ends.len()).unwrap_or(u64::MAX))
    }

    /// One item.
    ///
    /// # Errors
    /// What the file system says.
    pub(super) fn item(&self, place: u64) -> io::Result<Value> {
        let line = self
            .items
            .read(usize::try_from(place).unwrap_or(usize::MAX))?;
        Ok(serde_json::from_slice(&line)?)
    }

    /// Keeps an ended child and says how long the file is now.
    ///
    /// # Errors
    /// What the file system says.
    pub(super) fn keep_child(&mut self, child: &Execution) -> io::Result<u64> {
        let end = child
            .end
            .as_ref()
            .ok_or_else(|| io::Error::other("the child runs"))?;
        let mut line = serde_json::to_vec(child)?;
        line.push(b'\n');
        let mut options = OpenOptions::new();
        let mut file = options
            .append(true)
            .create(true)
            .open(&self.children.path)?;
        file.write_all(&line)?;
        let bytes = self.children.len() + u64::try_from(line.len()).unwrap_or(0);
        self.children.ends.push(bytes);
        self.marks.push(Mark {
            name: child.name.clone(),
            status: end.status,
            started_ms: child.started_ms,
            ended_ms: end.at_ms,
        });
        Ok(bytes)
    }

    /// An ended child by its place in [`MapFiles::marks`].
    ///
    /// # Errors
    /// What the file system says.
    pub(super) fn child(&self, place: usize) -> io::Result<Execution> {
        Ok(serde_json::from_slice(&self.children.read(place)?)?)
    }
}

/// A child's line has to be read without its history in most cases; this is what the results tell of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Told {
    pub(super) execution_arn: String,
    pub(super) input: String,
    pub(super) input_details: Included,
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output_details: Option<Included>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<String>,
    pub(super) redrive_count: u32,
    pub(super) redrive_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) redrive_status_reason: Option<&'static str>,
    pub(super) start_date: String,
    pub(super) state_machine_arn: String,
    pub(super) status: &'static str,
    pub(super) stop_date: String,
}

/// Says that a payload is there.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Included {
    pub(super) included: bool,
}
