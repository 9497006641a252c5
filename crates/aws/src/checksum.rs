//! SHA-256 checksums as S3 keeps them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// A SHA-256 checksum of an object in S3's form (S3 User Guide, "Checking object integrity").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    /// Base64 of the SHA-256 of the whole object; where `parts` is set, of the parts' SHA-256 one after the other.
    pub base64: String,
    /// How many parts a composite checksum is made of.
    pub parts: Option<u32>,
}

impl Checksum {
    /// Reads `BASE64`, or `BASE64-PARTS` for a composite one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let composite = text
            .rsplit_once('-')
            .and_then(|(base64, parts)| Some((base64, parts.parse::<u32>().ok()?)));
        match composite {
            Some((base64, parts)) => Self {
                base64: base64.to_owned(),
                parts: Some(parts),
            },
            None => Self {
                base64: text.to_owned(),
                parts: None,
            },
        }
    }

    /// Of an object sent as one.
    pub(crate) fn whole(digest: &[u8]) -> Self {
        Self {
            base64: STANDARD.encode(digest),
            parts: None,
        }
    }

    /// Of an object sent in parts with these digests.
    pub(crate) fn composite(digests: &[[u8; 32]]) -> Self {
        let mut hasher = Sha256::new();
        for digest in digests {
            hasher.update(digest);
        }
        let parts = u32::try_from(digests.len()).unwrap_or(u32::MAX);
        Self {
            base64: STANDARD.encode(hasher.finalize()),
            parts: Some(parts),
        }
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        assert_eq!(
            Checksum::parse("abc="),
            Checksum {
                base64: "abc=".to_owned(),
                parts: None
            }
        );
        assert_eq!(
            Checksum::parse("abc=-3"),
            Checksum {
                base64: "abc=".to_owned(),
                parts: Some(3)
            }
        );
    }

    #[test]
    fn a_composite_is_the_digest_of_the_digests() {
        let one: [u8; 32] = Sha256::digest(b"a").into();
        let two: [u8; 32] = Sha256::digest(b"b").into();
        let expected = Sha256::digest([one, two].concat());
        assert_eq!(
            Checksum::composite(&[one, two]),
            Checksum {
                base64: STANDARD.encode(expected),
                parts: Some(2)
            }
        );
    }
}
