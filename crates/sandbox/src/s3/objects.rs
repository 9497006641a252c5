//! Objects: put, read, look at, delete.

use futures::TryStreamExt;
use s3s::dto::*;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::intake::{Promise, take};
use super::state::{Checksums, Encryption, Object as Stored};
use super::{Store, internal, no_bucket, no_key, refuse, stamp};
use crate::exchange::Caller;

/// Fills the checksum fields that all these outputs share.
macro_rules! with_checksums {
    ($output:expr, $checksums:expr) => {{
        let sums: &Checksums = $checksums;
        $output.checksum_crc32 = sums.get("crc32").cloned();
        $output.checksum_crc32c = sums.get("crc32c").cloned();
        $output.checksum_crc64nvme = sums.get("crc64nvme").cloned();
        $output.checksum_sha1 = sums.get("sha1").cloned();
        $output.checksum_sha256 = sums.get("sha256").cloned();
    }};
}
pub(super) use with_checksums;

/// The encryption an object gets: what the request says, else what the bucket says.
pub(super) fn encryption(
    asked: Option<&ServerSideEncryption>,
    key: Option<&String>,
    bucket: &Encryption,
) -> Encryption {
    match asked {
        Some(asked) => Encryption {
            algorithm: asked.as_str().to_owned(),
            key: key.cloned(),
            bucket_key: None,
        },
        None => bucket.clone(),
    }
}

pub(super) fn sse(encryption: &Encryption) -> Option<ServerSideEncryption> {
    Some(ServerSideEncryption::from(encryption.algorithm.clone()))
}

impl Store {
    pub(super) async fn keep_object(
        &self,
        mut req: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let name = req.input.bucket.clone();
        // Refuse before the bytes are taken in; asked again when they are.
        let encryption = self.with_bucket(&name, |bucket| {
            let asked = req.input.server_side_encryption.as_ref();
            encryption(asked, req.input.ssekms_key_id.as_ref(), &bucket.encryption)
        })?;
        let promise = Promise::of(&req.headers, req.trailing_headers.take());
        let taken = take(&self.world.shelf, req.input.body.take(), promise).await?;
        let object = Stored {
            file: taken.file,
            size: taken.size,
            etag: taken.md5,
            modified_ms: self.world.now_ms(),
            content_type: req.input.content_type.clone(),
            metadata: req
                .input
                .metadata
                .take()
                .unwrap_or_default()
                .into_iter()
                .collect(),
            checksums: taken.checksums,
            checksum_type: Some("FULL_OBJECT".to_owned()),
            encryption,
        };
        let mut output = PutObjectOutput {
            e_tag: Some(ETag::Strong(object.etag.clone())),
            server_side_encryption: sse(&object.encryption),
            ssekms_key_id: object.encryption.key.clone(),
            checksum_type: Some(ChecksumType::from_static(ChecksumType::FULL_OBJECT)),
            ..PutObjectOutput::default()
        };
        with_checksums!(output, &object.checksums);
        let only_new = matches!(req.input.if_none_match, Some(ETagCondition::Any));
        self.place(&name, &req.input.key, object, only_new)?;
        Ok(S3Response::new(output))
    }

    /// Puts an object in its place and throws away what was there; on a refusal, the new bytes.
    pub(super) fn place(
        &self,
        bucket: &str,
        key: &str,
        object: Stored,
        only_new: bool,
    ) -> S3Result<()> {
        let file = object.file.clone();
        let placed = self.change_bucket(bucket, |bucket| {
            if only_new && bucket.objects.contains_key(key) {
                return Err(refuse(
                    S3ErrorCode::PreconditionFailed,
                    "At least one of the pre-conditions you specified did not hold",
                ));
            }
            Ok(bucket.objects.insert(key.to_owned(), object))
        });
        match placed {
            Ok(old) => {
                self.world
                    .shelf
                    .discard(old.iter().map(|old| old.file.as_str()));
                Ok(())
            }
            Err(error) => {
                self.world.shelf.discard([file.as_str()]);
                Err(error)
            }
        }
    }

    fn find(&self, bucket: &str, key: &str) -> S3Result<Stored> {
        self.with_bucket(bucket, |bucket| bucket.objects.get(key).cloned())?
            .ok_or_else(no_key)
    }

    pub(super) fn look_at(
        &self,
        input: &HeadObjectInput,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let object = self.find(&input.bucket, &input.key)?;
        let mut output = HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: i64::try_from(object.size).ok(),
            content_type: content_type(&object),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(stamp(object.modified_ms)),
            metadata: Some(object.metadata.clone().into_iter().collect()),
            server_side_encryption: sse(&object.encryption),
            ssekms_key_id: object.encryption.key.clone(),
            ..HeadObjectOutput::default()
        };
        if wants_checksums(input.checksum_mode.as_ref()) {
            with_checksums!(output, &object.checksums);
            output.checksum_type = object.checksum_type.map(ChecksumType::from);
        }
        Ok(S3Response::new(output))
    }

    pub(super) async fn read_object(
        &self,
        input: &GetObjectInput,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let object = self.find(&input.bucket, &input.key)?;
        let etag = ETag::Strong(object.etag.clone());
        if let Some(ETagCondition::ETag(wanted)) = &input.if_match
            && !wanted.strong_cmp(&etag)
        {
            return Err(refuse(
                S3ErrorCode::PreconditionFailed,
                "At least one of the pre-conditions you specified did not hold",
            ));
        }
        let mut file = tokio::fs::File::open(self.world.shelf.path(&object.file))
            .await
            .map_err(internal)?;
        let (start, end) = match &input.range {
            Some(range) => {
                let span = range.check(object.size).map_err(|_| {
                    refuse(
                        S3ErrorCode::InvalidRange,
                        "The requested range is not satisfiable",
                    )
                })?;
                (span.start, span.end)
            }
            None => (0, object.size),
        };
        file.seek(std::io::SeekFrom::Start(start))
            .await
            .map_err(internal)?;
        let length = end - start;
        let stream = ReaderStream::with_capacity(file.take(length), 64 * 1024);
        let body = StreamingBlob::wrap(stream.into_stream());
        let mut output = GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            body: Some(body),
            content_length: i64::try_from(length).ok(),
            content_range: input
                .range
                .map(|_| format!("bytes {start}-{}/{}", end.saturating_sub(1), object.size)),
            content_type: content_type(&object),
            e_tag: Some(etag),
            last_modified: Some(stamp(object.modified_ms)),
            metadata: Some(object.metadata.clone().into_iter().collect()),
            server_side_encryption: sse(&object.encryption),
            ssekms_key_id: object.encryption.key.clone(),
            ..GetObjectOutput::default()
        };
        if wants_checksums(input.checksum_mode.as_ref()) && input.range.is_none() {
            with_checksums!(output, &object.checksums);
            output.checksum_type = object.checksum_type.map(ChecksumType::from);
        }
        Ok(S3Response::new(output))
    }

    pub(super) fn drop_object(&self, bucket: &str, key: &str) -> S3Result<()> {
        let old = self.change_bucket(bucket, |bucket| Ok(bucket.objects.remove(key)))?;
        self.world
            .shelf
            .discard(old.iter().map(|old| old.file.as_str()));
        Ok(())
    }

    pub(super) fn drop_objects(
        &self,
        req: &S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let name = &req.input.bucket;
        let policy = self.with_bucket(name, |bucket| bucket.policy.clone())?;
        let policy = policy.map(|text| self.world.bucket_policy(&text));
        let caller = req.extensions.get::<Caller>().ok_or_else(no_bucket)?;
        let partition = self.world.settings.partition();
        let quiet = req.input.delete.quiet.unwrap_or(false);
        let mut deleted = Vec::new();
        let mut errors = Vec::new();
        for object in &req.input.delete.objects {
            let resource = format!("arn:{partition}:s3:::{name}/{}", object.key);
            let allowed =
                self.world
                    .authorize(caller, "s3:DeleteObject", &resource, &[], policy.as_deref());
            let done = allowed
                .map_err(|message| refuse(S3ErrorCode::AccessDenied, message))
                .and_then(|()| self.drop_object(name, &object.key));
            match done {
                Ok(()) if quiet => {}
                Ok(()) => deleted.push(DeletedObject {
                    key: Some(object.key.clone()),
                    ..DeletedObject::default()
                }),
                Err(error) => errors.push(error_entry(&object.key, &error)),
            }
        }
        Ok(S3Response::new(DeleteObjectsOutput {
            deleted: Some(deleted),
            errors: (!errors.is_empty()).then_some(errors),
            ..DeleteObjectsOutput::default()
        }))
    }
}

fn error_entry(key: &str, error: &S3Error) -> Error {
    Error {
        code: Some(error.code().as_str().to_owned()),
        key: Some(key.to_owned()),
        message: error.message().map(str::to_owned),
        version_id: None,
    }
}

fn content_type(object: &Stored) -> Option<String> {
    Some(
        object
            .content_type
            .clone()
            .unwrap_or_else(|| "binary/octet-stream".to_owned()),
    )
}

fn wants_checksums(mode: Option<&ChecksumMode>) -> bool {
    mode.is_some_and(|mode| mode.as_str().eq_ignore_ascii_case("ENABLED"))
}
