//! Taking in bytes: a stream goes to a file while its checksums are calculated.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;
use http::HeaderMap;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use s3s::dto::{Checksum, StreamingBlob};
use s3s::{S3ErrorCode, S3Result, TrailingHeaders};
use tokio::io::AsyncWriteExt;

use super::state::{Checksums, Shelf};
use super::{internal, refuse};

/// The algorithms by the names that headers use.
pub const ALGORITHMS: [&str; 5] = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];

/// What a client says of the bytes that it sends.
#[derive(Debug, Default)]
pub struct Promise {
    /// Checksums in the headers.
    pub checksums: Checksums,
    /// The algorithms that trailers will tell.
    pub announced: Vec<String>,
    /// Content-MD5, base64.
    pub md5: Option<String>,
    /// Content-Length of the object itself.
    pub length: Option<i64>,
    /// The trailers, readable after the stream.
    pub trailers: Option<TrailingHeaders>,
}

impl Promise {
    /// Reads the checksum headers. The typed inputs of s3s hold the same, field by field.
    pub fn of(headers: &HeaderMap, trailers: Option<TrailingHeaders>) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let announced = ALGORITHMS.iter().filter(|name| {
            let trailer = format!("x-amz-checksum-{name}");
            text("x-amz-trailer").is_some_and(|names| {
                names
                    .split(',')
                    .any(|one| one.trim().eq_ignore_ascii_case(&trailer))
            }) || text("x-amz-sdk-checksum-algorithm")
                .is_some_and(|algorithm| algorithm.eq_ignore_ascii_case(name))
        });
        let length = text("x-amz-decoded-content-length").or_else(|| text("content-length"));
        Self {
            checksums: checksum_headers(headers),
            announced: announced.map(|name| (*name).to_owned()).collect(),
            md5: text("content-md5").map(str::to_owned),
            length: length.and_then(|length| length.parse().ok()),
            trailers,
        }
    }
}

/// The checksums among headers or trailers.
pub fn checksum_headers(headers: &HeaderMap) -> Checksums {
    let value = |name: &str| headers.get(format!("x-amz-checksum-{name}"))?.to_str().ok();
    ALGORITHMS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value(name)?.to_owned())))
        .collect()
}

/// Bytes that were taken in.
#[derive(Debug)]
pub struct Taken {
    pub file: String,
    pub size: u64,
    /// MD5 in hex, the ETag of a simple object.
    pub md5: String,
    pub checksums: Checksums,
}

/// Hashers for these algorithms.
pub fn hasher(algorithms: &[String]) -> ChecksumHasher {
    let wants = |name: &str| algorithms.iter().any(|one| one == name);
    ChecksumHasher {
        crc32: wants("crc32").then(Crc32::new),
        crc32c: wants("crc32c").then(Crc32c::new),
        sha1: wants("sha1").then(Sha1::new),
        sha256: wants("sha256").then(Sha256::new),
        crc64nvme: wants("crc64nvme").then(Crc64Nvme::new),
    }
}

/// A finished hasher's values by algorithm.
pub fn values(sums: Checksum) -> Checksums {
    [
        ("crc32", sums.checksum_crc32),
        ("crc32c", sums.checksum_crc32c),
        ("crc64nvme", sums.checksum_crc64nvme),
        ("sha1", sums.checksum_sha1),
        ("sha256", sums.checksum_sha256),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

/// Writes a stream to a new file and checks it against what was promised. On a refusal the file is gone.
///
/// # Errors
/// `BadDigest`, `IncompleteBody`, `XAmzContentSHA256Mismatch`, or `InternalError` of the disk.
pub async fn take(
    shelf: &Shelf,
    body: Option<StreamingBlob>,
    mut promise: Promise,
) -> S3Result<Taken> {
    let mut algorithms: Vec<String> = promise.checksums.keys().cloned().collect();
    algorithms.append(&mut promise.announced);
    if algorithms.is_empty() {
        // S3 adds this one itself where the client names none.
        algorithms.push("crc64nvme".to_owned());
    }
    let file = uuid::Uuid::new_v4().simple().to_string();
    let taken = match write(shelf, &file, body, hasher(&algorithms)).await {
        Ok((size, md5, checksums)) => Taken {
            file,
            size,
            md5: hex::encode(md5),
            checksums,
        },
        Err(error) => {
            shelf.discard([file.as_str()]);
            return Err(error);
        }
    };
    if let Err(error) = check(&taken, &promise) {
        shelf.discard([taken.file.as_str()]);
        return Err(error);
    }
    Ok(taken)
}

async fn write(
    shelf: &Shelf,
    file: &str,
    body: Option<StreamingBlob>,
    mut sums: ChecksumHasher,
) -> S3Result<(u64, [u8; 16], Checksums)> {
    let mut out = tokio::fs::File::create(shelf.path(file))
        .await
        .map_err(internal)?;
    let mut md5 = Md5::new();
    let mut size = 0u64;
    if let Some(mut body) = body {
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| {
                // s3s reports these by their text only.
                let text = error.to_string();
                if text.contains("Sha256Mismatch") {
                    refuse(
                        S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into()),
                        "The provided 'x-amz-content-sha256' header does not match what was computed.",
                    )
                } else if text.contains("SignatureMismatch") {
                    refuse(
                        S3ErrorCode::SignatureDoesNotMatch,
                        "The request signature we calculated does not match the signature you provided.",
                    )
                } else {
                    refuse(
                        S3ErrorCode::IncompleteBody,
                        "You did not provide the number of bytes specified by the Content-Length HTTP \
                         header",
                    )
                }
            })?;
            md5.update(&chunk);
            sums.update(&chunk);
            size += chunk.len() as u64;
            out.write_all(&chunk).await.map_err(internal)?;
        }
    }
    out.flush().await.map_err(internal)?;
    Ok((size, md5.finalize(), values(sums.finalize())))
}

fn check(taken: &Taken, promise: &Promise) -> S3Result<()> {
    if promise
        .length
        .is_some_and(|length| u64::try_from(length) != Ok(taken.size))
    {
        return Err(refuse(
            S3ErrorCode::IncompleteBody,
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        ));
    }
    if let Some(md5) = &promise.md5
        && STANDARD.decode(md5).map(hex::encode).ok().as_deref() != Some(taken.md5.as_str())
    {
        return Err(refuse(
            S3ErrorCode::BadDigest,
            "The Content-MD5 you specified did not match what we received.",
        ));
    }
    let trailing = promise
        .trailers
        .as_ref()
        .and_then(|trailers| trailers.read(checksum_headers));
    for (name, value) in promise.checksums.iter().chain(trailing.iter().flatten()) {
        if taken.checksums.get(name) != Some(value) {
            return Err(refuse(
                S3ErrorCode::BadDigest,
                format!(
                    "The {} you specified did not match the calculated checksum.",
                    name.to_ascii_uppercase()
                ),
            ));
        }
    }
    Ok(())
}

/// Puts files together into a new one; the checksum of the whole on the way.
///
/// # Errors
/// Whatever the file system says.
pub fn join(
    shelf: &Shelf,
    parts: &[String],
    algorithms: &[String],
) -> io::Result<(String, u64, Checksums)> {
    use std::io::{Read, Write};
    let file = uuid::Uuid::new_v4().simple().to_string();
    let mut out = std::fs::File::create(shelf.path(&file))?;
    let mut sums = hasher(algorithms);
    let mut buffer = vec![0; 256 * 1024];
    let mut size = 0u64;
    for part in parts {
        let mut from = std::fs::File::open(shelf.path(part))?;
        loop {
            let read = from.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            sums.update(bytes);
            out.write_all(bytes)?;
            size += bytes.len() as u64;
        }
    }
    Ok((file, size, values(sums.finalize())))
}
