//! Buckets and objects: what is known of them; the bytes are files.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::settings::Settings;

/// How a bucket or an object is encrypted at rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encryption {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub algorithm: String,
    /// The KMS key, for the last two.
    pub key: Option<String>,
    pub bucket_key: Option<bool>,
}

impl Encryption {
    /// What S3 does unless told otherwise (since January 2023).
    #[must_use]
    pub fn sse_s3() -> Self {
        Self {
            algorithm: "AES256".to_owned(),
            key: None,
            bucket_key: Some(false),
        }
    }

    /// Whether a KMS key is needed to read.
    #[must_use]
    pub fn is_kms(&self) -> bool {
        self.algorithm.starts_with("aws:kms")
    }
}

/// BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets.
pub type AccessBlock = [bool; 4];

/// A bucket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bucket {
    pub region: String,
    pub created_ms: i64,
    pub encryption: Encryption,
    pub policy: Option<String>,
    pub access_block: Option<AccessBlock>,
    pub objects: BTreeMap<String, Object>,
}

/// Checksums by their lower-case algorithm (`crc32`, `crc32c`, `crc64nvme`, `sha1`, `sha256`), base64.
pub type Checksums = BTreeMap<String, String>;

/// An object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Object {
    /// The file's name in the folder of objects.
    pub file: String,
    pub size: u64,
    /// Without quotes.
    pub etag: String,
    pub modified_ms: i64,
    pub content_type: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub checksums: Checksums,
    /// `FULL_OBJECT` or `COMPOSITE`.
    pub checksum_type: Option<String>,
    pub encryption: Encryption,
}

/// A multipart upload under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Upload {
    pub bucket: String,
    pub key: String,
    pub started_ms: i64,
    pub content_type: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub encryption: Encryption,
    /// Lower-case algorithm, if the client named one.
    pub algorithm: Option<String>,
    pub parts: BTreeMap<i32, UploadedPart>,
}

/// A part of a multipart upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UploadedPart {
    pub file: String,
    pub size: u64,
    pub etag: String,
    pub modified_ms: i64,
    pub checksums: Checksums,
}

/// All of S3 but the bytes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Stock {
    pub buckets: BTreeMap<String, Bucket>,
    pub uploads: BTreeMap<String, Upload>,
}

/// The three buckets a new sandbox has: one as it should be, one in another Region, one with SSE-KMS.
#[must_use]
pub fn seed(settings: &Settings, now_ms: i64) -> Stock {
    let Settings {
        account, region, ..
    } = settings;
    let elsewhere = if region == "us-west-2" {
        "eu-west-1"
    } else {
        "us-west-2"
    };
    let key = format!(
        "arn:{}:kms:{region}:{account}:key/0a1b2c3d-0000-4000-8000-00000000feed",
        settings.partition()
    );
    let kms = Encryption {
        algorithm: "aws:kms".to_owned(),
        key: Some(key),
        bucket_key: Some(true),
    };
    let bucket = |region: &str, encryption| Bucket {
        region: region.to_owned(),
        created_ms: now_ms - 20 * 86_400_000,
        encryption,
        policy: None,
        access_block: Some([true; 4]),
        objects: BTreeMap::new(),
    };
    Stock {
        buckets: BTreeMap::from([
            (
                format!("overseed-demo-{account}"),
                bucket(region, Encryption::sse_s3()),
            ),
            (
                format!("overseed-elsewhere-{account}"),
                bucket(elsewhere, Encryption::sse_s3()),
            ),
            (format!("overseed-kms-{account}"), bucket(region, kms)),
        ]),
        uploads: BTreeMap::new(),
    }
}

/// Where the bytes of objects and parts are.
#[derive(Debug, Clone)]
pub struct Shelf(pub PathBuf);

impl Shelf {
    /// The path of a file by its name.
    #[must_use]
    pub fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    /// Throws away the files that a kill left between the writing of bytes and of what is known of them.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn tidy(&self, stock: &Stock) -> io::Result<()> {
        let objects = stock
            .buckets
            .values()
            .flat_map(|bucket| bucket.objects.values());
        let parts = stock
            .uploads
            .values()
            .flat_map(|upload| upload.parts.values());
        let objects = objects.map(|object| object.file.as_str());
        let known: HashSet<&str> = objects
            .chain(parts.map(|part| part.file.as_str()))
            .collect();
        for entry in std::fs::read_dir(&self.0)? {
            let name = entry?.file_name();
            if let Some(name) = name.to_str().filter(|name| !known.contains(name)) {
                self.discard([name]);
            }
        }
        Ok(())
    }

    /// Throws files away. One that cannot be removed is left over, which harms nobody, but is said.
    pub fn discard<'a>(&self, files: impl IntoIterator<Item = &'a str>) {
        for file in files {
            if let Err(error) = std::fs::remove_file(self.path(file)) {
                tracing::warn!(%error, file, "an object's file cannot be removed");
            }
        }
    }
}
