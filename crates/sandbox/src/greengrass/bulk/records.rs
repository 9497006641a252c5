//! The records of a bulk deployment, eight bytes each, and their files: what was asked for is written once at
//! the start, what became of it is appended as the records are attempted.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The group (or the version) is not one of this account: its text is kept apart.
const UNKNOWN: u32 = u32::MAX;
const BEGINNING: &[u8; 8] = b"ggbulk1\n";

/// One line of an input file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    Known {
        group: u32,
        version: u32,
    },
    /// The group exists, this version of it does not.
    NoVersion {
        group: u32,
        version_id: String,
    },
    NoGroup {
        group_id: String,
    },
}

/// All lines of an input file in their order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    packed: Vec<(u32, u32)>,
    /// Texts of ids that are not of this account, by record.
    texts: BTreeMap<u32, String>,
}

impl Records {
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.packed.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn push(&mut self, record: Record) {
        let place = self.len();
        match record {
            Record::Known { group, version } => self.packed.push((group, version)),
            Record::NoVersion { group, version_id } => {
                self.packed.push((group, UNKNOWN));
                self.texts.insert(place, version_id);
            }
            Record::NoGroup { group_id } => {
                self.packed.push((UNKNOWN, UNKNOWN));
                self.texts.insert(place, group_id);
            }
        }
    }

    pub(super) fn get(&self, place: u32) -> Option<Record> {
        let (group, version) = *self.packed.get(usize::try_from(place).ok()?)?;
        let text = || self.texts.get(&place).cloned().unwrap_or_default();
        Some(match (group, version) {
            (UNKNOWN, _) => Record::NoGroup { group_id: text() },
            (group, UNKNOWN) => Record::NoVersion {
                group,
                version_id: text(),
            },
            (group, version) => Record::Known { group, version },
        })
    }

    /// The places of all records of a group with a known version, the last ones first.
    pub(super) fn of_group(&self, group: u32) -> impl Iterator<Item = u32> + '_ {
        let of = move |(place, record): (usize, &(u32, u32))| {
            let matches = record.0 == group && record.1 != UNKNOWN;
            matches.then(|| u32::try_from(place).unwrap_or(u32::MAX))
        };
        self.packed.iter().enumerate().rev().filter_map(of)
    }

    /// Writes all to `path`, whole or not at all.
    pub(super) fn save(&self, path: &Path) -> io::Result<()> {
        let partly = path.with_extension("partly");
        let mut file = io::BufWriter::new(File::create(&partly)?);
        file.write_all(BEGINNING)?;
        file.write_all(&self.len().to_le_bytes())?;
        for (group, version) in &self.packed {
            file.write_all(&group.to_le_bytes())?;
            file.write_all(&version.to_le_bytes())?;
        }
        serde_json::to_writer(&mut file, &self.texts)?;
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        fs::rename(partly, path)
    }

    pub(super) fn load(path: &Path) -> io::Result<Self> {
        let bytes = fs::read(path)?;
        let broken = || io::Error::new(io::ErrorKind::InvalidData, "not a file of records");
        let rest = bytes.strip_prefix(BEGINNING).ok_or_else(broken)?;
        let (count, rest) = rest.split_first_chunk().ok_or_else(broken)?;
        let length = usize::try_from(u32::from_le_bytes(*count)).map_err(|_| broken())?;
        let (packed, texts) = rest
            .split_at_checked(length.saturating_mul(8))
            .ok_or_else(broken)?;
        let word = |bytes: &[u8]| {
            bytes
                .first_chunk()
                .map_or(0, |word| u32::from_le_bytes(*word))
        };
        let pair = |bytes: &[u8]| (word(bytes), bytes.get(4..).map_or(0, word));
        let packed = packed.chunks_exact(8).map(pair).collect();
        Ok(Self {
            packed,
            texts: serde_json::from_slice(texts)?,
        })
    }
}

/// Where the files of one bulk deployment are.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub(super) records: PathBuf,
    marks: PathBuf,
}

impl Files {
    pub(super) fn of(folder: &Path, ordinal: u32) -> Self {
        Self {
            records: folder.join(format!("bulk-{ordinal:06}.records")),
            marks: folder.join(format!("bulk-{ordinal:06}.marks")),
        }
    }

    /// Puts the results of further records behind those that are there.
    pub(super) fn append_marks(&self, marks: &[u8]) -> io::Result<()> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.marks)?
            .write_all(marks)
    }

    /// The results so far; none if no record has been attempted.
    pub(super) fn marks(&self) -> io::Result<Vec<u8>> {
        match fs::read(&self.marks) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        }
    }

    /// Forgets results of a deployment that was never answered for.
    pub(super) fn clear_marks(&self) -> io::Result<()> {
        match fs::remove_file(&self.marks) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]

    use super::{Files, Record, Records};

    #[test]
    fn records_and_marks_come_back_from_disk() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::of(folder.path(), 3);
        let lines = [
            Record::Known {
                group: 4,
                version: 2,
            },
            Record::NoGroup {
                group_id: "lösch mich".to_owned(),
            },
            Record::NoVersion {
                group: 9,
                version_id: "x".to_owned(),
            },
            Record::Known {
                group: 4,
                version: 1,
            },
        ];
        let mut records = Records::default();
        lines.iter().cloned().for_each(|line| records.push(line));
        records.save(&files.records).unwrap();
        let loaded = Records::load(&files.records).unwrap();
        assert_eq!(loaded, records);
        let read: Vec<Record> = (0..loaded.len())
            .filter_map(|place| loaded.get(place))
            .collect();
        assert_eq!(read, lines);
        assert_eq!(loaded.of_group(4).collect::<Vec<_>>(), [3, 0]);
        assert_eq!(loaded.of_group(9).count(), 0);

        assert!(files.marks().unwrap().is_empty());
        files.append_marks(&[0, 1]).unwrap();
        files.append_marks(&[2]).unwrap();
        assert_eq!(files.marks().unwrap(), [0, 1, 2]);
        files.clear_marks().unwrap();
        assert!(files.marks().unwrap().is_empty());
    }

    #[test]
    fn a_broken_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.records");
        std::fs::write(&path, b"ggbulk1\n\x05\0\0\0short").unwrap();
        assert!(Records::load(&path).is_err());
    }
}
