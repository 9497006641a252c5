//! Which operation a request is, before its service reads it: faults and counts go by its name.

use http::{HeaderMap, Method};

use super::protocol::Destination;
use crate::iam::params::Params;

/// The operation's name in the service model; `Unknown` where the service will say so itself.
#[must_use]
pub fn name(
    destination: Destination,
    method: &Method,
    path: &str,
    query: &[(String, String)],
    headers: &HeaderMap,
    body: &[u8],
) -> String {
    match destination {
        Destination::Iam | Destination::Sts => Params::parse(body)
            .get("Action")
            .unwrap_or("Unknown")
            .to_owned(),
        Destination::Greengrass => {
            crate::greengrass::operation(method, path).unwrap_or_else(|| "Unknown".to_owned())
        }
        Destination::States => crate::states::operation(headers)
            .unwrap_or("Unknown")
            .to_owned(),
        Destination::GreengrassV2 => crate::greengrassv2::operation(method, path)
            .unwrap_or("Unknown")
            .to_owned(),
        Destination::Iot => crate::iot::operation(method, path)
            .unwrap_or("Unknown")
            .to_owned(),
        Destination::SecretsManager => crate::secretsmanager::operation(headers)
            .unwrap_or("Unknown")
            .to_owned(),
        Destination::S3 => s3_operation(method, path, query, headers).to_owned(),
    }
}

fn s3_operation(
    method: &Method,
    path: &str,
    query: &[(String, String)],
    headers: &HeaderMap,
) -> &'static str {
    let has = |name: &str| query.iter().any(|(key, _)| key == name);
    let rest = path.trim_start_matches('/');
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let level = (!bucket.is_empty(), !key.is_empty());
    match (method.as_str(), level) {
        ("GET", (false, _)) => "ListBuckets",
        ("GET", (true, false)) if has("location") => "GetBucketLocation",
        ("GET", (true, false)) if has("encryption") => "GetBucketEncryption",
        ("GET", (true, false)) if has("policy") => "GetBucketPolicy",
        ("GET", (true, false)) if has("publicAccessBlock") => "GetPublicAccessBlock",
        ("GET", (true, false)) if has("uploads") => "ListMultipartUploads",
        ("GET", (true, false)) if has("list-type") => "ListObjectsV2",
        ("GET", (true, false)) => "ListObjects",
        ("HEAD", (true, false)) => "HeadBucket",
        ("PUT", (true, false)) if has("encryption") => "PutBucketEncryption",
        ("PUT", (true, false)) if has("policy") => "PutBucketPolicy",
        ("PUT", (true, false)) if has("publicAccessBlock") => "PutPublicAccessBlock",
        ("PUT", (true, false)) => "CreateBucket",
        ("DELETE", (true, false)) if has("encryption") => "DeleteBucketEncryption",
        ("DELETE", (true, false)) if has("policy") => "DeleteBucketPolicy",
        ("DELETE", (true, false)) if has("publicAccessBlock") => "DeletePublicAccessBlock",
        ("DELETE", (true, false)) => "DeleteBucket",
        ("POST", (true, false)) if has("delete") => "DeleteObjects",
        ("GET", (true, true)) if has("uploadId") => "ListParts",
        ("GET", (true, true)) => "GetObject",
        ("HEAD", (true, true)) => "HeadObject",
        ("PUT", (true, true)) if has("partNumber") => "UploadPart",
        ("PUT", (true, true)) if headers.contains_key("x-amz-copy-source") => "CopyObject",
        ("PUT", (true, true)) => "PutObject",
        ("POST", (true, true)) if has("uploads") => "CreateMultipartUpload",
        ("POST", (true, true)) if has("uploadId") => "CompleteMultipartUpload",
        ("DELETE", (true, true)) if has("uploadId") => "AbortMultipartUpload",
        ("DELETE", (true, true)) => "DeleteObject",
        _ => "Unknown",
    }
}
