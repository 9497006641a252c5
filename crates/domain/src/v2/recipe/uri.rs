//! Where artifacts come from.

use std::fmt;

use thiserror::Error;

use super::image::{Image, NotAnImage};

/// An artifact's URI, by its scheme (nucleus: `ArtifactDownloaderFactory`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ArtifactUri {
    /// `s3://BUCKET/KEY`.
    S3 {
        /// The bucket.
        bucket: String,
        /// The key, not empty.
        key: String,
    },
    /// `docker:IMAGE`.
    Docker(Image),
    /// `greengrass:…`: kept by AWS for public components.
    Greengrass(String),
}

/// A text that is no artifact's URI.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAnArtifact {
    /// Nothing is there.
    #[error("it is empty")]
    Empty,
    /// There is no scheme.
    #[error("it has no scheme; s3: and docker: are the ones to use")]
    NoScheme,
    /// The nucleus does not know the scheme.
    #[error("devices do not fetch `{0}:`; s3: and docker: are the ones to use")]
    Scheme(String),
    /// `s3:` without a bucket and a key.
    #[error("an S3 artifact is written s3://BUCKET/KEY, and the key is a file, not a folder")]
    S3,
    /// A character that no URI has: the recipe is refused when it is read (nucleus: `java.net.URI`).
    #[error("{0:?} cannot stand in a URI")]
    Character(char),
    /// `docker:` without an image.
    #[error(transparent)]
    Image(#[from] NotAnImage),
}

impl ArtifactUri {
    /// Reads a URI.
    ///
    /// # Errors
    /// [`NotAnArtifact`].
    pub fn parse(text: &str) -> Result<Self, NotAnArtifact> {
        if text.trim().is_empty() {
            return Err(NotAnArtifact::Empty);
        }
        let (scheme, rest) = text.split_once(':').ok_or(NotAnArtifact::NoScheme)?;
        let letters = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        if scheme.is_empty() || !scheme.chars().all(letters) {
            return Err(NotAnArtifact::NoScheme);
        }
        let strange = |c: &char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(*c);
        if let Some(c) = text.chars().find(strange) {
            return Err(NotAnArtifact::Character(c));
        }
        match scheme.to_ascii_lowercase().as_str() {
            // The nucleus compares the scheme of S3 as it is written (`s3:\/\/([^\/]+)\/(.*)`).
            "s3" => match rest.strip_prefix("//").and_then(|r| r.split_once('/')) {
                Some((bucket, key))
                    if scheme == "s3"
                        && !bucket.is_empty()
                        && !key.is_empty()
                        && !key.ends_with('/') =>
                {
                    Ok(Self::S3 {
                        bucket: bucket.to_owned(),
                        key: key.to_owned(),
                    })
                }
                _ => Err(NotAnArtifact::S3),
            },
            "docker" => Ok(Self::Docker(Image::parse(rest)?)),
            "greengrass" => Ok(Self::Greengrass(rest.to_owned())),
            _ => Err(NotAnArtifact::Scheme(scheme.to_owned())),
        }
    }

    /// The file's name on the device: the key's last part. Images have none.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        match self {
            Self::S3 { key, .. } => Some(key.rsplit('/').next().unwrap_or(key)),
            Self::Greengrass(id) => Some(id.rsplit('/').next().unwrap_or(id)),
            Self::Docker(_) => None,
        }
    }
}

impl fmt::Display for ArtifactUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S3 { bucket, key } => write!(f, "s3://{bucket}/{key}"),
            Self::Docker(image) => write!(f, "docker:{image}"),
            Self::Greengrass(id) => write!(f, "greengrass:{id}"),
        }
    }
}

/// Why S3 has no bucket of a name (S3 User Guide, "General purpose bucket naming rules").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BucketFault {
    /// Upper-case letters.
    #[error("S3 takes no upper-case letters in a bucket's name")]
    UpperCase,
    /// Another character.
    #[error("a bucket's name has lower-case letters, digits, dots and hyphens only, not {0:?}")]
    Character(char),
    /// Too short or too long.
    #[error("a bucket's name has 3 to 63 characters, not {0}")]
    Length(usize),
    /// At the beginning or the end, or two dots in a row.
    #[error("a bucket's name begins and ends with a letter or digit and has no two dots in a row")]
    Form,
}

/// What is wrong with a bucket's name, if anything.
#[must_use]
pub fn bucket_fault(name: &str) -> Option<BucketFault> {
    let allowed = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(*c);
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        return Some(BucketFault::UpperCase);
    }
    if let Some(c) = name.chars().find(|c| !allowed(c)) {
        return Some(BucketFault::Character(c));
    }
    if !(3..=63).contains(&name.len()) {
        return Some(BucketFault::Length(name.len()));
    }
    let edge = |c: char| c == '.' || c == '-';
    (name.starts_with(edge) || name.ends_with(edge) || name.contains(".."))
        .then_some(BucketFault::Form)
}

/// Names that tutorials and templates put in a bucket's place, in lower case. `mys3repo123987` is that of the Edge Impulse
/// recipes (facts), `doc-example-bucket` and `amzn-s3-demo-bucket` those of AWS's own documents.
const PLACEHOLDERS: [&str; 12] = [
    "mys3repo123987",
    "mys3bucket123",
    "your_s3_artifact_bucket",
    "bucket_name",
    "bucket-name",
    "bucketname",
    "my-bucket",
    "mybucket",
    "example-bucket",
    "doc-example-bucket",
    "amzn-s3-demo-bucket",
    "some-bucket",
];

/// Whether a bucket's name stands for one that is to be filled in.
#[must_use]
pub fn is_placeholder(bucket: &str) -> bool {
    let lower = bucket.to_ascii_lowercase();
    let signs = [
        "your-",
        "your_",
        "yourbucket",
        "placeholder",
        "replace",
        "changeme",
    ];
    PLACEHOLDERS.contains(&lower.as_str())
        || lower.starts_with("doc-example-bucket")
        || lower.starts_with("amzn-s3-demo-")
        || signs.iter().any(|sign| lower.contains(sign))
        || lower.contains(['{', '}', '<', '>', '$', '[', ']'])
}

/// The bucket of a text that begins like an S3 URI, whatever it holds: placeholders have characters that no URI has.
pub(super) fn written_bucket(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("s3://")?;
    // `${bucket}` and the like may have slashes of their own only in theory.
    let bucket = rest.split('/').next().unwrap_or(rest);
    (!bucket.is_empty()).then_some(bucket)
}
