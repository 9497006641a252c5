//! S3: objects.

use aws_sdk_s3::types::ChecksumMode;
use bytes::Bytes;

use crate::{
    Checksum, Clients, Encryption, Error, Kind, classify::failed, iam::absent_is_none,
    transport::words,
};

/// What HeadObject tells of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectHead {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 checksum, where S3 keeps one.
    pub checksum: Option<Checksum>,
    /// How it is encrypted.
    pub encryption: Encryption,
    /// Its ETag, quotes included.
    pub etag: Option<String>,
}

impl Clients {
    /// Size, checksum and encryption of an object; `None` where it does not exist (HeadObject).
    ///
    /// # Errors
    /// Those of the call. HEAD answers carry no words: a refusal has its status only.
    pub async fn head_object(&self, bucket: &str, key: &str) -> Result<Option<ObjectHead>, Error> {
        let operation = "s3:HeadObject";
        let answer = self
            .s3
            .head_object()
            .bucket(bucket)
            .key(key)
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return absent_is_none(failed(operation, error)),
        };
        let bytes = answer
            .content_length
            .and_then(|bytes| u64::try_from(bytes).ok())
            .ok_or_else(|| Error::unreadable(operation, "the answer has no Content-Length"))?;
        Ok(Some(ObjectHead {
            bytes,
            checksum: answer.checksum_sha256.as_deref().map(Checksum::parse),
            encryption: Encryption::of(
                answer.server_side_encryption.as_ref(),
                answer.ssekms_key_id.as_deref(),
            ),
            etag: answer.e_tag,
        }))
    }

    /// A small object, of `limit` bytes at most (GetObject).
    ///
    /// # Errors
    /// Those of the call; [`Kind::NotFound`] where it does not exist; [`Kind::LimitExceeded`] where it is larger.
    pub async fn get_object_bytes(
        &self,
        bucket: &str,
        key: &str,
        limit: usize,
    ) -> Result<Bytes, Error> {
        let operation = "s3:GetObject";
        let mut answer = self
            .s3
            .get_object()
            .bucket(bucket)
            .key(key)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.body.next().await {
            let chunk = chunk.map_err(|error| {
                Error::here(operation, Kind::EndpointUnreachable, words(&error))
            })?;
            if bytes.len() + chunk.len() > limit {
                let message = format!("s3://{bucket}/{key} has more than {limit} bytes");
                return Err(Error::here(operation, Kind::LimitExceeded, message));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.into())
    }

    /// An object of any size, written to `out` part by part (GetObject). What was written before an error is not the
    /// object. Answers its bytes.
    ///
    /// # Errors
    /// Those of the call; [`Kind::NotFound`] where it does not exist; [`Kind::File`] where it cannot be written.
    pub async fn get_object_into(
        &self,
        bucket: &str,
        key: &str,
        out: &mut (impl std::io::Write + Send),
    ) -> Result<u64, Error> {
        let operation = "s3:GetObject";
        let mut answer = self
            .s3
            .get_object()
            .bucket(bucket)
            .key(key)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let written = |error: std::io::Error| Error::here(operation, Kind::File, error.to_string());
        let mut bytes = 0_u64;
        while let Some(chunk) = answer.body.next().await {
            let chunk = chunk.map_err(|error| {
                Error::here(operation, Kind::EndpointUnreachable, words(&error))
            })?;
            bytes += chunk.len() as u64;
            out.write_all(&chunk).map_err(written)?;
        }
        out.flush().map_err(written)?;
        Ok(bytes)
    }

    /// Deletes an object; no error where it does not exist (DeleteObject).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn delete_object(&self, bucket: &str, key: &str) -> Result<(), Error> {
        self.s3
            .delete_object()
            .bucket(bucket)
            .key(key)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| failed("s3:DeleteObject", error))
    }
}
