//! The draft: everything that the wizard has been told so far. It is in the store after each change, so that
//! nothing typed is lost by going back, by an error or by closing the app.

use overseed_domain::{Millis, input_file::FileSummary};
use serde::{Deserialize, Serialize};
use specta::Type;

/// The draft of a deployment. There is one for each scope (partition, account, Region, sandbox).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Draft {
    /// The id that the plan will have; the object key carries it.
    pub plan: String,
    /// The last step that was open: `groups`, `versions`, `file`, `permissions`, `review`.
    pub step: String,
    /// A name for people.
    pub name: String,
    /// Groups selected.
    pub selected: u32,
    /// The bucket for the input file.
    pub bucket: String,
    /// The key's prefix, without a slash at the end.
    pub prefix: String,
    /// The execution role's name.
    pub role: String,
    /// Minutes that targets get to settle after their bulk deployment has ended.
    pub settle_minutes: f64,
    /// The input file, once it is made or opened.
    pub file: Option<DraftFile>,
    /// The uploaded object, once its size and checksum were compared.
    pub upload: Option<Upload>,
    /// The run that was started from this draft, while it is the last one.
    pub run: Option<String>,
}

/// What of the draft a face may change. Absent fields stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftChange {
    /// The last step that was open.
    pub step: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// The bucket.
    pub bucket: Option<String>,
    /// The key's prefix.
    pub prefix: Option<String>,
    /// The execution role's name.
    pub role: Option<String>,
    /// Minutes to settle.
    pub settle_minutes: Option<f64>,
}

/// Where the draft's input file comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftFile {
    /// The name of the file that was opened from disk; absent where it was generated from the selection.
    pub opened: Option<String>,
    /// What it comes to.
    pub summary: FileSummary,
    /// Its first lines, up to 20.
    pub first_lines: Vec<String>,
    /// Whether selection or versions have changed since it was generated.
    pub stale: bool,
}

/// An input file that arrived in S3 as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    /// The bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// Bytes stored.
    pub bytes: u64,
    /// SHA-256 of what was sent.
    pub sha256: String,
    /// When it was compared.
    pub checked_at: Millis,
}
