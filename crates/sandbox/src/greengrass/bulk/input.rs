//! Reading an input file as the service does: line by line, up to the first bad one.

use std::io::{self, BufRead};

use serde::Deserialize;
use serde_json::value::RawValue;

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
    group: Option<&'a RawValue>,
    #[serde(rename = "GroupVersionId", borrow, default)]
    version: Option<&'a RawValue>,
    #[serde(rename = "DeploymentType", borrow, default)]
    kind: Option<&'a RawValue>,
}

/// Reads all lines and hands GroupId and GroupVersionId of each to `record`. AWS says nothing about blank lines,
/// carriage returns and a byte-order mark: they are passed over.
///
/// # Errors
/// The first fault of the file.
pub(super) fn read(
    mut file: impl BufRead,
    mut record: impl FnMut(&str, &str),
) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    let (mut line, mut records) = (0, 0_u32);
    while file.read_until(b'\n', &mut bytes)? > 0 {
        line += 1;
        let content = content(&bytes, line == 1);
        let text = std::str::from_utf8(content);
        let too_long = content.len() >= TOO_LONG
            && text.map_or(content.len(), |text| text.chars().count()) >= TOO_LONG;
        if too_long {
            return Err(Fault::TooLong { line });
        }
        let text = text.map_err(|_| Fault::NotJson { line })?.trim();
        if !text.is_empty() {
            read_line(text, line, &mut record)?;
            records += 1;
        }
        bytes.clear();
    }
    if records == 0 {
        Err(Fault::Empty)
    } else {
        Ok(())
    }
}

fn read_line(text: &str, line: u32, record: &mut impl FnMut(&str, &str)) -> Result<(), Fault> {
    // An array of three values would be taken for the struct otherwise.
    if !text.starts_with('{') {
        return Err(Fault::NotJson { line });
    }
    let parsed: Line<'_> = serde_json::from_str(text).map_err(|_| Fault::NotJson { line })?;
    let group = solid(parsed.group, "GroupId", line)?;
    let version = solid(parsed.version, "GroupVersionId", line)?;
    let kind = parsed
        .kind
        .and_then(|kind| serde_json::from_str::<String>(kind.get()).ok());
    if kind.as_deref() != Some("NewDeployment") {
        return Err(Fault::DeploymentType { line });
    }
    record(&group, &version);
    Ok(())
}

/// A member that is a text with something in it.
fn solid(value: Option<&RawValue>, member: &'static str, line: u32) -> Result<String, Fault> {
    value
        .and_then(|value| serde_json::from_str::<String>(value.get()).ok())
        .filter(|text| !text.trim().is_empty())
        .ok_or(Fault::Missing { member, line })
}

/// The line without its line feed, or carriage return and line feed, and the first one without byte-order mark.
fn content(line: &[u8], first: bool) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match line.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) if first => rest,
        _ => line,
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
        assert_eq!(
            fault(br#"{"GroupId":1}"#),
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
            b"[\"g\",\"v\",\"NewDeployment\"]",
            b"\xff\xfe",
            b"\xef\xbb\xbf{}",
            b"{} {}",
        ] {
            assert_eq!(
                fault(broken),
                "Failed to parse input file at line number: 2"
            );
        }
    }

    #[test]
    fn a_file_without_records_is_refused() {
        for file in [&b""[..], b"\n \r\n"] {
            let fault = read(file, |_, _| {}).unwrap_err();
            assert_eq!(
                fault.to_string(),
                "InvalidInputFile: The file has no records."
            );
        }
    }

    #[test]
    fn line_ends_blank_lines_and_further_members_are_tolerated() {
        let padded = format!("{GOOD}{}", " ".repeat(255 - GOOD.len()));
        let file = format!(
            "\u{feff}{GOOD}\r\n\n{padded}\r\n{{\"Note\":[1],{}",
            &GOOD[1..]
        );
        let mut seen = Vec::new();
        read(file.as_bytes(), |group, version| {
            seen.push((group.to_owned(), version.to_owned()))
        })
        .unwrap();
        assert_eq!(seen, vec![("g".to_owned(), "v".to_owned()); 3]);
    }
}
