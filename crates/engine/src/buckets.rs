//! The bucket for the input file: found, checked or created.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A bucket that the caller can see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its Region, where the listing tells.
    pub region: Option<String>,
}

/// Whether a bucket suits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BucketCheck {
    /// Its name.
    pub name: String,
    /// Its Region, if it could be read.
    pub region: Option<String>,
    /// `none`, `SSE-S3`, `SSE-KMS` or absent if it could not be read.
    pub encryption: Option<String>,
    /// Findings that stand against it; empty where it suits.
    pub problems: Vec<crate::Problem>,
}
