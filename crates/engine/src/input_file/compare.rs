//! Compares what S3 has stored with what was sent.

use overseed_aws::{Checksum, ObjectHead, Put};
use overseed_domain::figures::{bytes, grouped};
use overseed_domain::input_file::FILE_LIMIT_BYTES;
use sha2::{Digest, Sha256};

use super::upload::{cancellable, denied_or};
use crate::{Error, ErrorCode, Problem, Session, job::Progress};

/// How the stored object compares with what was sent.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Same,
    Differs(String),
    /// The endpoint keeps no checksum.
    Unknown,
}

fn judge(put: &Put, stored: &ObjectHead) -> Verdict {
    if stored.bytes != put.bytes {
        let sizes = format!(
            "{} were sent, {} are stored",
            bytes(put.bytes),
            grouped(stored.bytes)
        );
        return Verdict::Differs(sizes);
    }
    match stored.checksum.as_ref().or(put.stored.as_ref()) {
        None => Verdict::Unknown,
        // Some endpoints answer the checksum of the whole for an object sent in parts.
        Some(checksum) if *checksum == put.checksum || is_whole(Some(checksum), &put.sha256) => {
            Verdict::Same
        }
        Some(_) => Verdict::Differs("the checksums differ".to_owned()),
    }
}

/// Size and checksum. Where the endpoint keeps no checksum, the object is read back.
pub(crate) async fn compare(
    session: &Session,
    bucket: &str,
    key: &str,
    put: &Put,
    stored: &ObjectHead,
    progress: &Progress,
) -> Result<(), Error> {
    match judge(put, stored) {
        Verdict::Same => return Ok(()),
        Verdict::Differs(how) => return Err(mismatch(bucket, key, &how).into()),
        Verdict::Unknown => {}
    }
    let limit = usize::try_from(FILE_LIMIT_BYTES).unwrap_or(usize::MAX);
    let read = session.clients.get_object_bytes(bucket, key, limit);
    let bytes = cancellable(progress, async { Ok(read.await?) })
        .await
        .map_err(|error| denied_or(error, bucket))?;
    if hex::encode(Sha256::digest(&bytes)) == put.sha256 {
        Ok(())
    } else {
        Err(mismatch(bucket, key, "the bytes read back differ").into())
    }
}

/// Whether it is the checksum of a whole object with this SHA-256.
pub(crate) fn is_whole(checksum: Option<&Checksum>, sha256: &str) -> bool {
    let Some(checksum) = checksum.filter(|checksum| checksum.parts.is_none()) else {
        return false;
    };
    hex::decode(sha256).is_ok_and(|bytes| base64(&bytes) == checksum.base64)
}

fn base64(bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(bytes)
}

pub(crate) fn mismatch(bucket: &str, key: &str, how: &str) -> Problem {
    Problem::new(
        ErrorCode::ObjectMismatch,
        format!("What is stored as s3://{bucket}/{key} is not what was sent"),
    )
    .detail(how)
    .hint("Upload it again; if it stays so, look who else writes to this bucket.")
}

#[cfg(test)]
mod tests {
    use overseed_aws::Encryption;

    use super::*;

    fn put(checksum: Checksum) -> Put {
        Put {
            etag: None,
            request_id: None,
            bytes: 3,
            sha256: hex::encode(Sha256::digest(b"abc")),
            checksum,
            stored: None,
            encryption: Encryption::SseS3,
        }
    }

    fn stored(bytes: u64, checksum: Option<Checksum>) -> ObjectHead {
        ObjectHead {
            bytes,
            checksum,
            encryption: Encryption::SseS3,
            etag: None,
        }
    }

    #[test]
    fn size_and_checksum_decide_and_neither_is_guessed() {
        let whole = Checksum {
            base64: base64(&Sha256::digest(b"abc")),
            parts: None,
        };
        let composite = Checksum {
            base64: "Y29tcG9zaXRl".to_owned(),
            parts: Some(2),
        };
        let other = Checksum {
            base64: base64(&Sha256::digest(b"abd")),
            parts: None,
        };
        let sent = put(composite.clone());
        assert_eq!(judge(&sent, &stored(3, Some(composite))), Verdict::Same);
        assert_eq!(judge(&sent, &stored(3, Some(whole.clone()))), Verdict::Same);
        assert!(matches!(
            judge(&sent, &stored(3, Some(other))),
            Verdict::Differs(_)
        ));
        assert!(matches!(
            judge(&sent, &stored(4, Some(whole.clone()))),
            Verdict::Differs(_)
        ));
        assert_eq!(judge(&sent, &stored(3, None)), Verdict::Unknown);
        let answered = Put {
            stored: Some(whole),
            ..sent
        };
        assert_eq!(judge(&answered, &stored(3, None)), Verdict::Same);
    }
}
