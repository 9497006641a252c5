//! The words of each finding: ours, and the service's where it would refuse (guide, "Create bulk deployments for
//! groups", "Troubleshoot input file errors"; the four texts stand there as they are here).

use super::{FILE_LIMIT_BYTES, Finding, FindingCode, LINE_LIMIT_CHARS, record::Field};
use crate::figures::{self, grouped};

/// Characters of a foreign text that a message quotes.
const QUOTED_CHARS: usize = 60;

fn finding(line: u32, code: FindingCode, message: String, service: Option<String>) -> Finding {
    Finding {
        line,
        code,
        message,
        service_message: service,
    }
}

fn unparsed(line: u32) -> Option<String> {
    Some(format!("Failed to parse input file at line number: {line}"))
}

fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(QUOTED_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!(
        "`{}`",
        short
            .escape_debug()
            .to_string()
            .replace("\\\"", "\"")
            .replace("\\'", "'")
    )
}

pub(super) fn not_json(line: u32, why: &str) -> Finding {
    let message = format!(
        "The line is not a JSON object: {why}. Write one object with GroupId, GroupVersionId and DeploymentType."
    );
    finding(line, FindingCode::NotJson, message, unparsed(line))
}

pub(super) fn not_utf8(line: u32, at: usize) -> Finding {
    let message = format!(
        "The line is not UTF-8 from its byte {} on. Save the file as UTF-8 without a byte-order mark.",
        at + 1
    );
    finding(line, FindingCode::NotUtf8, message, unparsed(line))
}

pub(super) fn utf16() -> Finding {
    let message =
        "The file is UTF-16, not UTF-8; its lines were not looked at. Save it as UTF-8 without a \
                   byte-order mark."
            .to_owned();
    finding(1, FindingCode::NotUtf8, message, unparsed(1))
}

/// `field` is `GroupId` or `GroupVersionId`.
pub(super) fn missing(line: u32, code: FindingCode, field: &str, found: &Field) -> Finding {
    let how = match found {
        Field::Empty => format!("{field} is empty"),
        Field::NoText(kind) => format!("{field} is {kind}, not a text in quotes"),
        Field::Absent | Field::Text(_) => format!("{field} is missing"),
    };
    let what = if code == FindingCode::MissingGroupId {
        "Put in the group's id."
    } else {
        "Put in the id of the version that the group shall get."
    };
    let service = format!("InvalidInputFile: Missing {field} at line number: {line}");
    finding(line, code, format!("{how}. {what}"), Some(service))
}

pub(super) fn wrong_type(line: u32, found: &Field) -> Finding {
    let how = match found {
        Field::Absent => "DeploymentType is missing".to_owned(),
        Field::Empty => "DeploymentType is empty".to_owned(),
        Field::NoText(kind) => format!("DeploymentType is {kind}, not a text in quotes"),
        Field::Text(text) => format!("DeploymentType is {}", quoted(text)),
    };
    let message = format!("{how}. Bulk deployments know NewDeployment only, written just so.");
    let service = format!(
        "InvalidInputFile: Invalid deployment type at line number : {line}. Only valid type is 'NewDeployment'."
    );
    finding(
        line,
        FindingCode::WrongDeploymentType,
        message,
        Some(service),
    )
}

pub(super) fn too_long(line: u32, chars: u64) -> Finding {
    let message = format!(
        "The line has {} characters; fewer than {LINE_LIMIT_CHARS} are allowed. Leave out spaces and fields \
         that are not needed.",
        grouped(chars)
    );
    let service = format!("Line {line} is too long in S3 File. Valid line is less than 256 chars.");
    finding(line, FindingCode::LineTooLong, message, Some(service))
}

pub(super) fn too_large(bytes: u64) -> Finding {
    let message = format!(
        "The file has {}; it must have fewer than {} (100 MB). Make several files, one \
         for each wave. Repeated groups were looked for within the first 100 MB only.",
        figures::bytes(bytes),
        grouped(FILE_LIMIT_BYTES)
    );
    finding(0, FindingCode::FileTooLarge, message, None)
}

pub(super) fn empty() -> Finding {
    let message = "The file has no record. Put in one line for each group.".to_owned();
    finding(0, FindingCode::EmptyFile, message, None)
}

pub(super) fn byte_order_mark() -> Finding {
    let message = "A byte-order mark stands before the first line, which then may not be read as JSON. Save the \
                   file as UTF-8 without it."
        .to_owned();
    finding(1, FindingCode::ByteOrderMark, message, None)
}

pub(super) fn carriage_return(line: u32) -> Finding {
    let message = "The line ends with carriage return and line feed, as on Windows, and so may later ones: only \
                   the first is named. Save the file with line feeds only."
        .to_owned();
    finding(line, FindingCode::CarriageReturn, message, None)
}

pub(super) fn blank(line: u32) -> Finding {
    let message = "The line is blank; the service may take it for an unreadable record. Delete it."
        .to_owned();
    finding(line, FindingCode::BlankLine, message, None)
}

pub(super) fn array(line: u32, chars: u64) -> Finding {
    let message = "The file is a JSON array; its lines were not looked at one by one. Write one object on each \
                   line, without the brackets and without commas between the lines."
        .to_owned();
    let service = if chars >= u64::from(LINE_LIMIT_CHARS) {
        too_long(line, chars).service_message
    } else {
        unparsed(line)
    };
    finding(line, FindingCode::JsonArray, message, service)
}

pub(super) fn repeated(line: u32, group: &str, earlier: u32) -> Finding {
    let message = format!(
        "Group {} stands on line {earlier} already. Keep one of the two lines: a group gets one version.",
        quoted(group)
    );
    finding(line, FindingCode::RepeatedGroup, message, None)
}

pub(super) fn unknown_field(line: u32, name: &str) -> Finding {
    let known = ["GroupId", "GroupVersionId", "DeploymentType"];
    let message = match known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        Some(known) => format!("{} is written {known}.", quoted(name)),
        None => format!("{} is no field of a record. Leave it out.", quoted(name)),
    };
    finding(line, FindingCode::UnknownField, message, None)
}

pub(super) fn repeated_field(line: u32, name: &str) -> Finding {
    let message = format!(
        "{} stands more than once in the line. Leave one of them: the last one counts here, and which one Greengrass \
         takes is not documented.",
        quoted(name)
    );
    finding(line, FindingCode::RepeatedField, message, None)
}

pub(super) fn unknown_group(line: u32, group: &str) -> Finding {
    let message = format!(
        "Group {} is not in the list of groups. Refresh the list, and check account and Region.",
        quoted(group)
    );
    finding(line, FindingCode::UnknownGroup, message, None)
}

pub(super) fn unknown_version(line: u32, group: &str, version: &str) -> Finding {
    let message = format!(
        "Group {} has no version {}, as far as its versions were read. Choose one in the versions step.",
        quoted(group),
        quoted(version)
    );
    finding(line, FindingCode::UnknownVersion, message, None)
}
