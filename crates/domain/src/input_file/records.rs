//! Reads the records of a file that has been checked.

use std::io::{self, Read};

use thiserror::Error;

use super::{lines::Lines, record};

/// The byte-order mark of UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// Why records could not be read.
#[derive(Debug, Error)]
pub enum RecordsError {
    /// The file.
    #[error("{0}")]
    Read(#[from] io::Error),
    /// A line without group or version: the file has not been checked, or was changed since.
    #[error("line {0} is not a record with GroupId and GroupVersionId")]
    NoRecord(u32),
}

/// Calls `f` with line number (from 1), group id and version id of each record, in the order of the file. Blank
/// lines and a byte-order mark are passed over. Holds one chunk of the file in memory.
///
/// # Errors
/// [`RecordsError`], or the first one of `f`.
pub fn for_each_record<E: From<RecordsError>>(
    reader: impl Read,
    mut f: impl FnMut(u32, &str, &str) -> Result<(), E>,
) -> Result<(), E> {
    let mut lines = Lines::new(reader);
    while let Some(line) = lines.next().map_err(RecordsError::from)? {
        let mut bytes = line.bytes;
        if line.number == 1 {
            bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        }
        if line.overlong.is_none() && bytes.trim_ascii().is_empty() {
            continue;
        }
        match record::group_and_version(bytes) {
            Some((group, version)) if line.overlong.is_none() => f(line.number, &group, &version)?,
            _ => return Err(RecordsError::NoRecord(line.number).into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn all(text: &str) -> Result<Vec<(u32, String, String)>, RecordsError> {
        let mut records = Vec::new();
        for_each_record(text.as_bytes(), |line, group, version| {
            records.push((line, group.to_owned(), version.to_owned()));
            Ok::<(), RecordsError>(())
        })?;
        Ok(records)
    }

    #[test]
    fn records_come_in_order_with_their_line() {
        let text = "\u{feff}{\"GroupId\":\"a\",\"GroupVersionId\":\"1\",\"DeploymentType\":\"NewDeployment\"}\r\n\n\
                    {\"GroupVersionId\":\"\\u0032\",\"GroupId\":\"ü\"}";
        assert_eq!(
            all(text).unwrap(),
            [(1, "a".into(), "1".into()), (3, "ü".into(), "2".into())]
        );
    }

    #[test]
    fn a_line_that_is_no_record_is_named() {
        let error = all("{\"GroupId\":\"a\",\"GroupVersionId\":\"1\"}\n{}\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2 is not a record with GroupId and GroupVersionId"
        );
    }
}
