//! The parts of a multipart upload: which count, and the checksum of them together.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use s3s::dto::CompletedPart;
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::intake::{hasher, values};
use super::refuse;
use super::state::{Checksums, Upload, UploadedPart};

/// All parts but the last have at least 5 MiB.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;

pub(super) fn no_upload() -> S3Error {
    refuse(
        S3ErrorCode::NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been \
         aborted or completed.",
    )
}

/// The parts that the client lists, each as it was uploaded.
pub(super) fn chosen(upload: &Upload, listed: &[CompletedPart]) -> S3Result<Vec<UploadedPart>> {
    let mut parts = Vec::new();
    let mut before = 0;
    for entry in listed {
        let number = entry.part_number.unwrap_or(0);
        if number <= before {
            return Err(refuse(
                S3ErrorCode::InvalidPartOrder,
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
            ));
        }
        before = number;
        let found = upload.parts.get(&number);
        let found = found.filter(|part| {
            entry
                .e_tag
                .as_ref()
                .is_none_or(|etag| etag.value() == part.etag)
        });
        let part = found.ok_or_else(|| {
            refuse(
                S3ErrorCode::InvalidPart,
                "One or more of the specified parts could not be found. The part may not have been \
                 uploaded, or the specified entity tag may not match the part's entity tag.",
            )
        })?;
        parts.push(part.clone());
    }
    if parts.is_empty() {
        return Err(refuse(
            S3ErrorCode::MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema",
        ));
    }
    let all_but_last = parts.len() - 1;
    if parts
        .iter()
        .take(all_but_last)
        .any(|part| part.size < SMALLEST_PART)
    {
        return Err(refuse(
            S3ErrorCode::EntityTooSmall,
            "Your proposed upload is smaller than the minimum allowed size",
        ));
    }
    Ok(parts)
}

/// The checksum of the parts' checksums, with their number behind it.
pub(super) fn composed(parts: &[UploadedPart], algorithm: &str) -> Checksums {
    let mut sums = hasher(&[algorithm.to_owned()]);
    for part in parts {
        let value = part
            .checksums
            .get(algorithm)
            .and_then(|text| STANDARD.decode(text).ok());
        sums.update(&value.unwrap_or_default());
    }
    values(sums.finalize())
        .into_iter()
        .map(|(name, value)| (name, format!("{value}-{}", parts.len())))
        .collect()
}
