//! Multipart uploads.

use std::collections::BTreeMap;

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::*;
use s3s::{S3ErrorCode, S3Request, S3Response, S3Result};

use super::intake::{Promise, checksum_headers, join, take};
use super::objects::{encryption, sse, with_checksums};
use super::parts::{chosen, composed, no_upload};
use super::state::{Checksums, Object as Stored, Upload, UploadedPart};
use super::{Store, internal, refuse, stamp};

impl Store {
    pub(super) fn begin_upload(
        &self,
        mut req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = &mut req.input;
        let encryption = self.with_bucket(&input.bucket, |bucket| {
            let asked = input.server_side_encryption.as_ref();
            encryption(asked, input.ssekms_key_id.as_ref(), &bucket.encryption)
        })?;
        let algorithm = input
            .checksum_algorithm
            .as_ref()
            .map(|name| name.as_str().to_lowercase());
        let upload = Upload {
            bucket: input.bucket.clone(),
            key: input.key.clone(),
            started_ms: self.world.now_ms(),
            content_type: input.content_type.clone(),
            metadata: input
                .metadata
                .take()
                .unwrap_or_default()
                .into_iter()
                .collect(),
            encryption: encryption.clone(),
            algorithm,
            parts: BTreeMap::new(),
        };
        let id = uuid::Uuid::new_v4().simple().to_string();
        let mut stock = self.world.stock();
        stock.uploads.insert(id.clone(), upload);
        self.world.save_stock(&stock).map_err(internal)?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket.clone()),
            key: Some(input.key.clone()),
            upload_id: Some(id),
            server_side_encryption: sse(&encryption),
            ssekms_key_id: encryption.key,
            checksum_algorithm: input.checksum_algorithm.clone(),
            checksum_type: input.checksum_algorithm.as_ref().map(|name| {
                let whole = name.as_str() == ChecksumAlgorithm::CRC64NVME;
                ChecksumType::from_static(if whole { "FULL_OBJECT" } else { "COMPOSITE" })
            }),
            ..CreateMultipartUploadOutput::default()
        }))
    }

    /// An upload, if id, bucket and key belong together.
    fn upload(&self, id: &str, bucket: &str, key: &str) -> S3Result<Upload> {
        let stock = self.world.stock();
        let upload = stock.uploads.get(id).ok_or_else(no_upload)?;
        if upload.bucket == bucket && upload.key == key {
            return Ok(upload.clone());
        }
        Err(no_upload())
    }

    pub(super) async fn keep_part(
        &self,
        mut req: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let (id, number) = (req.input.upload_id.clone(), req.input.part_number);
        let upload = self.upload(&id, &req.input.bucket, &req.input.key)?;
        if !(1..=10_000).contains(&number) {
            return Err(refuse(
                S3ErrorCode::InvalidArgument,
                "Part number must be an integer between 1 and 10000, inclusive",
            ));
        }
        let mut promise = Promise::of(&req.headers, req.trailing_headers.take());
        promise.announced.extend(upload.algorithm.clone());
        let taken = take(&self.world.shelf, req.input.body.take(), promise).await?;
        let mut output = UploadPartOutput {
            e_tag: Some(ETag::Strong(taken.md5.clone())),
            server_side_encryption: sse(&upload.encryption),
            ssekms_key_id: upload.encryption.key,
            ..UploadPartOutput::default()
        };
        with_checksums!(output, &taken.checksums);
        let file = taken.file.clone();
        let part = UploadedPart {
            file: taken.file,
            size: taken.size,
            etag: taken.md5,
            modified_ms: self.world.now_ms(),
            checksums: taken.checksums,
        };
        let mut stock = self.world.stock();
        let Some(upload) = stock.uploads.get_mut(&id) else {
            self.world.shelf.discard([file.as_str()]);
            return Err(no_upload());
        };
        let old = upload.parts.insert(number, part);
        self.world.save_stock(&stock).map_err(internal)?;
        drop(stock);
        self.world
            .shelf
            .discard(old.iter().map(|old| old.file.as_str()));
        Ok(S3Response::new(output))
    }

    pub(super) async fn finish_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = &req.input;
        let upload = self.upload(&input.upload_id, &input.bucket, &input.key)?;
        let listed = input
            .multipart_upload
            .as_ref()
            .and_then(|upload| upload.parts.as_ref());
        let parts = chosen(&upload, listed.map(Vec::as_slice).unwrap_or_default())?;
        let algorithm = upload
            .algorithm
            .clone()
            .unwrap_or_else(|| "crc64nvme".to_owned());
        let composite = upload.algorithm.is_some()
            && algorithm != "crc64nvme"
            && input
                .checksum_type
                .as_ref()
                .is_none_or(|kind| kind.as_str() != "FULL_OBJECT");
        let shelf = self.world.shelf.clone();
        let files: Vec<String> = parts.iter().map(|part| part.file.clone()).collect();
        let whole = vec![algorithm.clone()];
        let (file, size, full) = tokio::task::spawn_blocking(move || join(&shelf, &files, &whole))
            .await
            .map_err(internal)?
            .map_err(internal)?;
        let checksums = if composite {
            composed(&parts, &algorithm)
        } else {
            full
        };
        for (name, value) in checksum_headers(&req.headers) {
            if checksums.get(&name) != Some(&value) {
                self.world.shelf.discard([file.as_str()]);
                return Err(refuse(
                    S3ErrorCode::BadDigest,
                    format!(
                        "The {} you specified did not match the calculated checksum.",
                        name.to_ascii_uppercase()
                    ),
                ));
            }
        }
        let mut md5 = Md5::new();
        for part in &parts {
            md5.update(&hex::decode(&part.etag).map_err(internal)?);
        }
        let etag = format!("{}-{}", hex::encode(md5.finalize()), parts.len());
        let kind = if composite {
            "COMPOSITE"
        } else {
            "FULL_OBJECT"
        };
        let object = Stored {
            file,
            size,
            etag: etag.clone(),
            modified_ms: self.world.now_ms(),
            content_type: upload.content_type,
            metadata: upload.metadata,
            checksums,
            checksum_type: Some(kind.to_owned()),
            encryption: upload.encryption,
        };
        let mut output = CompleteMultipartUploadOutput {
            bucket: Some(input.bucket.clone()),
            key: Some(input.key.clone()),
            location: Some(format!("/{}/{}", input.bucket, input.key)),
            e_tag: Some(ETag::Strong(etag)),
            checksum_type: Some(ChecksumType::from_static(kind)),
            server_side_encryption: sse(&object.encryption),
            ssekms_key_id: object.encryption.key.clone(),
            ..CompleteMultipartUploadOutput::default()
        };
        with_checksums!(output, &object.checksums);
        let only_new = matches!(input.if_none_match, Some(ETagCondition::Any));
        self.place(&input.bucket, &input.key, object, only_new)?;
        self.forget(&input.upload_id)?;
        Ok(S3Response::new(output))
    }

    /// Ends an upload and throws its parts away.
    fn forget(&self, id: &str) -> S3Result<()> {
        let mut stock = self.world.stock();
        let upload = stock.uploads.remove(id).ok_or_else(no_upload)?;
        self.world.save_stock(&stock).map_err(internal)?;
        drop(stock);
        self.world
            .shelf
            .discard(upload.parts.values().map(|part| part.file.as_str()));
        Ok(())
    }

    pub(super) fn abort_upload(&self, input: &AbortMultipartUploadInput) -> S3Result<()> {
        self.upload(&input.upload_id, &input.bucket, &input.key)?;
        self.forget(&input.upload_id)
    }

    pub(super) fn parts_of(&self, input: &ListPartsInput) -> S3Result<ListPartsOutput> {
        let upload = self.upload(&input.upload_id, &input.bucket, &input.key)?;
        let most = usize::try_from(input.max_parts.unwrap_or(1000))
            .unwrap_or(1000)
            .min(1000);
        let after = input.part_number_marker.unwrap_or(0);
        let mut parts: Vec<Part> = upload
            .parts
            .range(after.saturating_add(1)..)
            .map(|(number, part)| {
                let mut entry = Part {
                    e_tag: Some(ETag::Strong(part.etag.clone())),
                    last_modified: Some(stamp(part.modified_ms)),
                    part_number: Some(*number),
                    size: i64::try_from(part.size).ok(),
                    ..Part::default()
                };
                with_checksums!(entry, &part.checksums);
                entry
            })
            .collect();
        let more = parts.len() > most;
        parts.truncate(most);
        Ok(ListPartsOutput {
            bucket: Some(input.bucket.clone()),
            key: Some(input.key.clone()),
            upload_id: Some(input.upload_id.clone()),
            is_truncated: Some(more),
            max_parts: i32::try_from(most).ok(),
            next_part_number_marker: parts
                .last()
                .filter(|_| more)
                .and_then(|part| part.part_number),
            part_number_marker: input.part_number_marker,
            parts: Some(parts),
            storage_class: Some(StorageClass::from_static("STANDARD")),
            ..ListPartsOutput::default()
        })
    }

    pub(super) fn uploads_of(
        &self,
        input: &ListMultipartUploadsInput,
    ) -> S3Result<ListMultipartUploadsOutput> {
        self.with_bucket(&input.bucket, |_| ())?;
        let prefix = input.prefix.as_deref().unwrap_or_default();
        let stock = self.world.stock();
        let uploads = stock
            .uploads
            .iter()
            .filter(|(_, upload)| upload.bucket == input.bucket && upload.key.starts_with(prefix));
        let uploads = uploads.map(|(id, upload)| MultipartUpload {
            initiated: Some(stamp(upload.started_ms)),
            key: Some(upload.key.clone()),
            storage_class: Some(StorageClass::from_static("STANDARD")),
            upload_id: Some(id.clone()),
            ..MultipartUpload::default()
        });
        Ok(ListMultipartUploadsOutput {
            bucket: Some(input.bucket.clone()),
            is_truncated: Some(false),
            max_uploads: Some(1000),
            prefix: input.prefix.clone(),
            uploads: Some(uploads.collect()),
            ..ListMultipartUploadsOutput::default()
        })
    }
}
