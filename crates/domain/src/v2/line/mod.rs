//! The input file of a V2 wave: JSON lines, one CreateDeployment request each, in the order of the plan.
//!
//! `{"thingName":"…","clientToken":"…","replaces":"…","request":{"TargetArn":"…","Components":{…},…}}`: the request as
//! the state machine's task takes it (see [`super::state_machine::task_arguments`]), so that the machine hands it on
//! unchanged. `replaces` is the target's latest deployment that the request was made against, empty where it had none
//! and absent where that is not known: where the target has another one by then, the deployment is not made.

mod check;
mod records;
mod schema;
mod wording;
mod writer;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use specta::Type;

pub use check::{check, check_known};
pub use records::{LineRecord, LinesError, for_each_line};
pub use writer::Writer;

use super::document::DeploymentDocument;

/// Bytes that one line may have: the input of a child execution (Step Functions quotas, 256 KiB).
pub const LINE_LIMIT_BYTES: usize = 262_144;

/// Tags that begin so are set by this app, for the run at hand only.
pub const OWN_TAGS: &str = "overseed:";

/// One finding about one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LineFinding {
    /// Line number, from 1; 0 where the finding concerns the whole file.
    pub line: u32,
    /// What was found.
    pub code: LineFindingCode,
    /// Where in the line, as a JSON pointer; absent where it concerns the whole line.
    pub at: Option<String>,
    /// What it means and what to do, in our words.
    pub message: String,
}

/// What can be wrong with a file of lines.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum LineFindingCode {
    /// The line is not a JSON object.
    NotJson,
    /// Not UTF-8.
    NotUtf8,
    /// A byte-order mark before the first line.
    ByteOrderMark,
    /// Lines end with carriage return and line feed.
    CarriageReturn,
    /// A blank line.
    BlankLine,
    /// A JSON array instead of lines.
    JsonArray,
    /// No line at all.
    EmptyFile,
    /// Larger than a child execution's input may be.
    LineTooLong,
    /// A field that must be there is not.
    MissingField,
    /// A field that the service does not know.
    UnknownField,
    /// A field that stands twice.
    RepeatedField,
    /// A value of the wrong kind.
    WrongKind,
    /// A value beyond the service's bounds, or none of its words.
    BadValue,
    /// The thing stands on an earlier line.
    RepeatedThing,
    /// The client token stands on an earlier line.
    RepeatedToken,
    /// The request's client token is another one than the line's.
    OtherToken,
    /// The target is another thing than the line's.
    OtherTarget,
    /// The thing is not in the inventory.
    UnknownThing,
    /// The deployment has no component: it takes all of its components off the device.
    NoComponents,
}

impl LineFindingCode {
    /// Whether the file cannot be carried out as it is.
    #[must_use]
    pub const fn is_refused(self) -> bool {
        !matches!(
            self,
            Self::ByteOrderMark
                | Self::CarriageReturn
                | Self::BlankLine
                | Self::UnknownThing
                | Self::NoComponents
        )
    }
}

/// The client token of a target's deployment: the same one for every transport retry, another one for each attempt of
/// the user's. In the form of a UUID (RFC 9562, version 8); the service takes `^[a-zA-Z0-9-]{1,64}$` and remembers a
/// token for up to 8 hours (service model).
#[must_use]
pub fn client_token(run: &str, position: u32, attempt: u32) -> String {
    let mut hash = Sha256::new();
    hash.update((run.len() as u64).to_le_bytes());
    hash.update(run);
    hash.update(position.to_le_bytes());
    hash.update(attempt.to_le_bytes());
    let mut bits = [0; 16];
    for (bit, byte) in bits.iter_mut().zip(hash.finalize()) {
        *bit = byte;
    }
    let version = (u128::from_be_bytes(bits) & !(0xF << 76 | 0x3 << 62)) | 0x8 << 76 | 0x2 << 62;
    let hex = format!("{version:032x}");
    let mut token = String::with_capacity(36);
    for (place, digit) in hex.chars().enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            token.push('-');
        }
        token.push(digit);
    }
    token
}

/// A CreateDeployment request in the service model's own names (camelCase). The document's tags go along, except those
/// that AWS sets and those of earlier runs of this app; `tags` are put over them.
#[must_use]
pub fn request(
    target_arn: &str,
    client_token: &str,
    document: &DeploymentDocument,
    tags: &BTreeMap<String, String>,
) -> Value {
    let mut all: BTreeMap<&str, &str> = document
        .tags
        .iter()
        .filter(|(key, _)| !key.starts_with(OWN_TAGS) && !key.starts_with("aws:"))
        .chain(tags)
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    all.retain(|key, _| !key.is_empty());
    let mut request = serde_json::to_value(document).unwrap_or_default();
    if let Value::Object(members) = &mut request {
        members.insert("targetArn".to_owned(), target_arn.into());
        members.insert("clientToken".to_owned(), client_token.into());
        members.shift_remove("tags");
        if !all.is_empty() {
            let all = all
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.into()));
            members.insert("tags".to_owned(), Value::Object(all.collect()));
        }
    }
    request
}
