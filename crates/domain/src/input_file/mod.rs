//! The bulk deployment's input file: one JSON object a line, made, read and checked as a stream.

mod check;
mod hashing;
pub(crate) mod lines;
mod record;
mod records;
mod repeats;
mod wording;
mod writer;

use serde::{Deserialize, Serialize};
use specta::Type;

pub use check::{Unknown, check, check_known};
pub use records::{RecordsError, for_each_record};
pub use writer::Writer;

/// A file must be smaller than this (guide: "less than 100 MB", read as decimal megabytes).
pub const FILE_LIMIT_BYTES: u64 = 100_000_000;

/// A line must be shorter than this, in characters (guide: "Valid line is less than 256 chars").
pub const LINE_LIMIT_CHARS: u32 = 256;

/// One finding about one line of an input file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Line number, from 1; 0 where the finding concerns the whole file.
    pub line: u32,
    /// What was found.
    pub code: FindingCode,
    /// What it means and what to do, in our words.
    pub message: String,
    /// What the service would answer (`ErrorMessage`), word for word; absent where it would not refuse.
    pub service_message: Option<String>,
}

/// What can be wrong with an input file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// The line is not a JSON object. The service refuses.
    NotJson,
    /// `GroupId` is absent, empty or no text. The service refuses.
    MissingGroupId,
    /// `GroupVersionId` is absent, empty or no text. The service refuses.
    MissingGroupVersionId,
    /// `DeploymentType` is absent or not `NewDeployment`. The service refuses.
    WrongDeploymentType,
    /// 256 characters or more. The service refuses.
    LineTooLong,
    /// 100 MB or more. The service refuses.
    FileTooLarge,
    /// No record at all.
    EmptyFile,
    /// Not UTF-8.
    NotUtf8,
    /// A byte-order mark before the first line.
    ByteOrderMark,
    /// Lines end with carriage return and line feed.
    CarriageReturn,
    /// A blank line between records.
    BlankLine,
    /// A JSON array instead of lines.
    JsonArray,
    /// The same `GroupId` stands on an earlier line.
    RepeatedGroup,
    /// A field that the service does not know.
    UnknownField,
    /// A field that stands more than once in its line. What the service takes is not documented; the last one counts
    /// here.
    RepeatedField,
    /// The group is not in the inventory.
    UnknownGroup,
    /// The group has no such version, as far as the inventory knows.
    UnknownVersion,
}

impl FindingCode {
    /// Whether the service refuses the file for it (guide), or finds nothing to deploy in it.
    #[must_use]
    pub const fn is_refused(self) -> bool {
        match self {
            Self::NotJson
            | Self::MissingGroupId
            | Self::MissingGroupVersionId
            | Self::WrongDeploymentType
            | Self::LineTooLong
            | Self::FileTooLarge
            | Self::EmptyFile
            | Self::NotUtf8
            | Self::JsonArray => true,
            Self::ByteOrderMark
            | Self::CarriageReturn
            | Self::BlankLine
            | Self::RepeatedGroup
            | Self::UnknownField
            | Self::RepeatedField
            | Self::UnknownGroup
            | Self::UnknownVersion => false,
        }
    }
}

/// What a whole input file comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FileSummary {
    /// Records: lines that are not blank.
    pub records: u32,
    /// Lines, blank ones included.
    pub lines: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// Characters of the longest line.
    pub longest_line: u32,
    /// SHA-256 of the bytes, lower-case hexadecimal.
    pub sha256: String,
    /// All findings.
    pub findings: u32,
    /// Findings for which the service would refuse the file.
    pub refusals: u32,
}
