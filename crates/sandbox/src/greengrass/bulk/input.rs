//! Reading an input file as the service does: line by line, up to the first bad one.

use std::borrow::Cow;
use std::io::{self, BufRead};

use serde::Deserialize;

/// Decimal megabytes: the documented "less than 100 MB".
pub(super) const TOO_LARGE: u64 = 100_000_000;
/// A line has fewer characters.
const TOO_LONG: usize = 256;

/// Why a file cannot be used. The first four texts are the service's own (bulk-deploy-cli, "Troubleshoot input
/// file errors"); its words for the others are not known.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("InvalidInputFile: Missing {member} at line number: {line}")]
    Missing { member: &'static str, line: u32 },
    #[error(
        "InvalidInputFile: Invalid deployment type at line number : {line}. Only valid type is 'NewDeployment'."
    )]
    DeploymentType { line: u32 },
    #[error("Line {line} is too long in S3 File. Valid line is less than 256 chars.")]
    TooLong { line: u32 },
    #[error("Failed to parse input file at line number: {line}")]
    NotJson { line: u32 },
    #[error("InvalidInputFile: The file is not less than 100 MB.")]
    TooLarge,
    #[error("InvalidInputFile: The file has no records.")]
    Empty,
    #[error("The input file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "GroupId", borrow, default)]
    group: Option<Cow<'a, str>>,
    #[serde(rename = "GroupVersionId", borrow, default)]
    version: Option<Cow<'a, str>>,
    #[serde(rename = "DeploymentType", borrow, default)]
    kind: Option<Cow<'a, str>>,
}

/// Reads all lines and hands GroupId and GroupVersionId of each to `record`.
///
/// # Errors
/// The first fault of the file.
pub(super) fn read(
    mut file: impl BufRead,
    mut record: impl FnMut(&str, &str),
) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    let mut line = 0;
    while file.read_until(b'\n', &mut bytes)? > 0 {
        line += 1;
        let content = without_end(&bytes);
        let text = std::str::from_utf8(content);
        // Counted as the service's Java counts: UTF-16 units.
        let too_long = content.len() >= TOO_LONG
            && text.map_or(content.len(), |text| text.encode_utf16().count()) >= TOO_LONG;
        if too_long {
            return Err(Fault::TooLong { line });
        }
        let text = text.map_err(|_| Fault::NotJson { line })?;
        // An array of three strings would be taken for the struct otherwise.
        if !text.trim_start().starts_with('{') {
            return Err(Fault::NotJson { line });
        }
        let parsed: Line<'_> = serde_json::from_str(text).map_err(|_| Fault::NotJson { line })?;
        let present = |value: Option<Cow<'_, str>>, member| match value {
            Some(value) if !value.is_empty() => Ok(value.into_owned()),
            _ => Err(Fault::Missing { member, line }),
        };
        let group = present(parsed.group, "GroupId")?;
        let version = present(parsed.version, "GroupVersionId")?;
        if parsed.kind.as_deref() != Some("NewDeployment") {
            return Err(Fault::DeploymentType { line });
        }
        record(&group, &version);
        bytes.clear();
    }
    if line == 0 { Err(Fault::Empty) } else { Ok(()) }
}

/// The line without its line feed, or carriage return and line feed.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
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

    use super::read;

    const GOOD: &str = r#"{"GroupId":"g", "GroupVersionId":"v", "DeploymentType":"NewDeployment"}"#;

    fn fault(second_line: &[u8]) -> String {
        let mut file = format!("{GOOD}\n").into_bytes();
        file.extend_from_slice(second_line);
        read(file.as_slice(), |_, _| {}).unwrap_err().to_string()
    }

    #[test]
    fn the_four_faults_in_the_services_words() {
        let no_group = br#"{"GroupVersionId":"v","DeploymentType":"NewDeployment"}"#;
        assert_eq!(
            fault(no_group),
            "InvalidInputFile: Missing GroupId at line number: 2"
        );
        let no_version = br#"{"GroupId":"g","GroupVersionId":"","DeploymentType":"NewDeployment"}"#;
        assert_eq!(
            fault(no_version),
            "InvalidInputFile: Missing GroupVersionId at line number: 2"
        );
        for other in [
            &br#"{"GroupId":"g","GroupVersionId":"v","DeploymentType":"Redeployment"}"#[..],
            br#"{"GroupId":"g","GroupVersionId":"v"}"#,
        ] {
            assert_eq!(
                fault(other),
                "InvalidInputFile: Invalid deployment type at line number : 2. Only valid type is 'NewDeployment'."
            );
        }
        let long = format!("{GOOD}{}", " ".repeat(256 - GOOD.len()));
        assert_eq!(
            fault(long.as_bytes()),
            "Line 2 is too long in S3 File. Valid line is less than 256 chars."
        );
        for broken in [
            &b"{"[..],
            b"\n",
            b"[\"g\",\"v\",\"NewDeployment\"]",
            b"\xff\xfe",
            b"\xef\xbb\xbf{}",
            b"{\"GroupId\":1}",
        ] {
            assert_eq!(
                fault(broken),
                "Failed to parse input file at line number: 2"
            );
        }
    }

    #[test]
    fn an_empty_file_has_no_records() {
        assert!(read(&b""[..], |_, _| {}).is_err());
    }

    #[test]
    fn line_ends_and_further_members_are_tolerated() {
        let padded = format!("{GOOD}{}", " ".repeat(255 - GOOD.len()));
        let file = format!("{GOOD}\r\n{padded}\r\n{{\"Note\":[1],{}", &GOOD[1..]);
        let mut seen = Vec::new();
        read(file.as_bytes(), |group, version| {
            seen.push((group.to_owned(), version.to_owned()))
        })
        .unwrap();
        assert_eq!(seen, vec![("g".to_owned(), "v".to_owned()); 3]);
    }
}
