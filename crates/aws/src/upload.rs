//! S3: a file sent from disk, in one piece or in parts.

use std::path::Path;

use aws_sdk_s3::{
    operation::RequestId as _,
    types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::{fs::File, io::AsyncReadExt};
use tokio_util::sync::CancellationToken;

use crate::{
    Checksum, Clients, Encryption, Error, Kind, cancellable, checksum::hex, classify::failed,
};

/// The media type of input files: JSON, one object a line.
pub const JSON_LINES: &str = "application/x-ndjson";

/// Above this a file is sent in parts.
const WHOLE_UP_TO: u64 = 16 * 1024 * 1024;

/// Bytes of a part; S3 wants at least 5 MiB for all but the last (S3 User Guide, multipart limits).
const PART: usize = 8 * 1024 * 1024;

/// A file that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// The ETag, quotes included.
    pub etag: Option<String>,
    /// AWS's request id of PutObject or CompleteMultipartUpload.
    pub request_id: Option<String>,
    /// Bytes sent.
    pub bytes: u64,
    /// SHA-256 of all bytes sent, hexadecimal.
    pub sha256: String,
    /// The checksum that was sent, in the form in which HeadObject answers it.
    pub checksum: Checksum,
    /// The checksum that S3 answered, if it did.
    pub stored: Option<Checksum>,
    /// How the object is encrypted, by the upload's own answer.
    pub encryption: Encryption,
}

/// Where to.
#[derive(Clone, Copy)]
struct Target<'a> {
    bucket: &'a str,
    key: &'a str,
    content_type: &'a str,
}

/// What a part came to.
struct Sent {
    part: CompletedPart,
    digest: [u8; 32],
}

impl Clients {
    /// Sends an input file, as [`Self::put_file_as`] sends it.
    ///
    /// # Errors
    /// As [`Self::put_file_as`].
    pub async fn put_file(
        &self,
        bucket: &str,
        key: &str,
        path: &Path,
        on_progress: impl Fn(u64) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<Put, Error> {
        self.put_file_as(JSON_LINES, bucket, key, path, on_progress, cancel)
            .await
    }

    /// Sends a file of a media type, with SHA-256 checksums that S3 verifies; above 16 MiB in parts of 8 MiB, which are
    /// thrown away on failure or cancel. `on_progress` gets the bytes that have arrived so far.
    ///
    /// # Errors
    /// Those of the calls; [`Kind::File`] where the file cannot be read; [`Kind::Cancelled`].
    pub async fn put_file_as(
        &self,
        content_type: &str,
        bucket: &str,
        key: &str,
        path: &Path,
        on_progress: impl Fn(u64) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<Put, Error> {
        let unreadable = |error| unreadable_file(path, &error);
        let file = File::open(path).await.map_err(unreadable)?;
        let bytes = file.metadata().await.map_err(unreadable)?.len();
        let target = Target {
            bucket,
            key,
            content_type,
        };
        on_progress(0);
        if bytes <= WHOLE_UP_TO {
            let put = self.put_whole(target, path, file, cancel).await?;
            on_progress(put.bytes);
            return Ok(put);
        }
        self.put_parts(target, path, file, &on_progress, cancel)
            .await
    }

    async fn put_whole(
        &self,
        target: Target<'_>,
        path: &Path,
        mut file: File,
        cancel: &CancellationToken,
    ) -> Result<Put, Error> {
        let operation = "s3:PutObject";
        let mut body = Vec::new();
        file.read_to_end(&mut body)
            .await
            .map_err(|error| unreadable_file(path, &error))?;
        let digest = Sha256::digest(&body);
        let bytes = body.len() as u64;
        let call = self
            .s3
            .put_object()
            .bucket(target.bucket)
            .key(target.key)
            .content_type(target.content_type)
            .checksum_sha256(STANDARD.encode(digest))
            .body(Bytes::from(body).into());
        let answer = cancellable(operation, cancel, async {
            call.send().await.map_err(|error| failed(operation, error))
        })
        .await?;
        Ok(Put {
            request_id: answer.request_id().map(str::to_owned),
            bytes,
            sha256: hex(&digest),
            checksum: Checksum::whole(&digest),
            stored: answer.checksum_sha256.as_deref().map(Checksum::parse),
            encryption: Encryption::of(
                answer.server_side_encryption.as_ref(),
                answer.ssekms_key_id.as_deref(),
            ),
            etag: answer.e_tag,
        })
    }

    async fn put_parts(
        &self,
        target: Target<'_>,
        path: &Path,
        file: File,
        on_progress: &(impl Fn(u64) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<Put, Error> {
        let operation = "s3:CreateMultipartUpload";
        let call = self
            .s3
            .create_multipart_upload()
            .bucket(target.bucket)
            .key(target.key)
            .content_type(target.content_type)
            .checksum_algorithm(ChecksumAlgorithm::Sha256);
        let answer = cancellable(operation, cancel, async {
            call.send().await.map_err(|error| failed(operation, error))
        })
        .await?;
        let upload = answer
            .upload_id
            .ok_or_else(|| Error::unreadable(operation, "the answer has no UploadId"))?;
        let result = self
            .send_parts(target, &upload, path, file, on_progress, cancel)
            .await;
        if result.is_err() {
            self.abort(target, &upload).await;
        }
        result
    }

    async fn send_parts(
        &self,
        target: Target<'_>,
        upload: &str,
        path: &Path,
        mut file: File,
        on_progress: &(impl Fn(u64) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<Put, Error> {
        let mut whole = Sha256::new();
        let mut bytes = 0;
        let mut parts = Vec::new();
        let mut digests = Vec::new();
        loop {
            let chunk = read_part(&mut file)
                .await
                .map_err(|error| unreadable_file(path, &error))?;
            if chunk.is_empty() {
                break;
            }
            whole.update(&chunk);
            bytes += chunk.len() as u64;
            let number = i32::try_from(parts.len() + 1).unwrap_or(i32::MAX);
            let call = self.send_part(target, upload, number, chunk);
            let sent = cancellable("s3:UploadPart", cancel, call).await?;
            parts.push(sent.part);
            digests.push(sent.digest);
            on_progress(bytes);
        }
        let operation = "s3:CompleteMultipartUpload";
        let checksum = Checksum::composite(&digests);
        let call = self
            .s3
            .complete_multipart_upload()
            .bucket(target.bucket)
            .key(target.key)
            .upload_id(upload)
            .multipart_upload(
                CompletedMultipartUpload::builder()
                    .set_parts(Some(parts))
                    .build(),
            );
        let answer = cancellable(operation, cancel, async {
            call.send().await.map_err(|error| failed(operation, error))
        })
        .await?;
        Ok(Put {
            request_id: answer.request_id().map(str::to_owned),
            bytes,
            sha256: hex(&whole.finalize()),
            checksum,
            stored: answer.checksum_sha256.as_deref().map(Checksum::parse),
            encryption: Encryption::of(
                answer.server_side_encryption.as_ref(),
                answer.ssekms_key_id.as_deref(),
            ),
            etag: answer.e_tag,
        })
    }

    async fn send_part(
        &self,
        target: Target<'_>,
        upload: &str,
        number: i32,
        chunk: Bytes,
    ) -> Result<Sent, Error> {
        let digest: [u8; 32] = Sha256::digest(&chunk).into();
        let checksum = STANDARD.encode(digest);
        let answer = self
            .s3
            .upload_part()
            .bucket(target.bucket)
            .key(target.key)
            .upload_id(upload)
            .part_number(number)
            .checksum_sha256(&checksum)
            .body(chunk.into())
            .send()
            .await
            .map_err(|error| failed("s3:UploadPart", error))?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(answer.e_tag)
            .checksum_sha256(checksum)
            .build();
        Ok(Sent { part, digest })
    }

    /// Throws the parts away. A failure is only logged: the error that led here says more, and a lifecycle rule or
    /// the next attempt cleans up.
    async fn abort(&self, target: Target<'_>, upload: &str) {
        let call = self
            .s3
            .abort_multipart_upload()
            .bucket(target.bucket)
            .key(target.key)
            .upload_id(upload)
            .send();
        if let Err(error) = call.await {
            let error = failed("s3:AbortMultipartUpload", error);
            tracing::warn!(%error, bucket = target.bucket, key = target.key, "parts were left behind");
        }
    }
}

/// What S3 will hold of a file that [`Clients::put_file_as`] sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digested {
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of all bytes, hexadecimal.
    pub sha256: String,
    /// The checksum in the form in which HeadObject answers it.
    pub checksum: Checksum,
}

/// Reads a file for its size and checksums, in the parts in which it would be sent.
///
/// # Errors
/// [`Kind::File`] where it cannot be read; [`Kind::Cancelled`].
pub async fn digest_file(path: &Path, cancel: &CancellationToken) -> Result<Digested, Error> {
    let mut file = File::open(path)
        .await
        .map_err(|error| unreadable_file(path, &error))?;
    let (mut whole, mut bytes, mut parts) = (Sha256::new(), 0_u64, Vec::new());
    loop {
        let chunk = cancellable("read the file", cancel, async {
            read_part(&mut file)
                .await
                .map_err(|error| unreadable_file(path, &error))
        })
        .await?;
        if chunk.is_empty() {
            break;
        }
        whole.update(&chunk);
        bytes += chunk.len() as u64;
        parts.push(Sha256::digest(&chunk).into());
    }
    let digest = whole.finalize();
    Ok(Digested {
        bytes,
        sha256: hex(&digest),
        checksum: if bytes <= WHOLE_UP_TO {
            Checksum::whole(&digest)
        } else {
            Checksum::composite(&parts)
        },
    })
}

/// The next part; shorter than [`PART`] only at the end of the file, empty after it.
async fn read_part(file: &mut File) -> std::io::Result<Bytes> {
    let mut part = Vec::with_capacity(PART);
    file.take(PART as u64).read_to_end(&mut part).await?;
    Ok(part.into())
}

fn unreadable_file(path: &Path, error: &std::io::Error) -> Error {
    Error::here(
        "read the file",
        Kind::File,
        format!("{}: {error}", path.display()),
    )
}
