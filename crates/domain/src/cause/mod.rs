//! Causes: classes of failures, and the catalogue that says what they mean and what to try.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A class of failures in a run: all targets whose failure has the same code and normalised message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// Stable key: hash of code and normalised message, 16 hexadecimal digits.
    pub key: String,
    /// A short title: the catalogue's, or the beginning of the service's words.
    pub title: String,
    /// The service's error code, where it gave one.
    pub code: Option<String>,
    /// The service's own words, from the first target seen.
    pub message: String,
    /// Targets with this cause.
    pub targets: u32,
    /// What it means; absent for messages that the catalogue does not know.
    pub means: Option<String>,
    /// What to try, in order.
    pub remedies: Vec<String>,
    /// Title of the page that says so.
    pub source: Option<String>,
    /// Whether a change in the permissions step mends it.
    pub permissions: bool,
}
