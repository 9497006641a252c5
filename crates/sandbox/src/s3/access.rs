//! Who may do what in S3, and which Region a bucket is in.

use http::{HeaderMap, HeaderValue};
use s3s::access::{S3Access, S3AccessContext};
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::{SignedRegion, Store, refuse};
use crate::exchange::Caller;

/// The IAM action of an operation.
fn action_of(operation: &str) -> &str {
    match operation {
        "HeadObject" => "GetObject",
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => "ListBucket",
        "ListBuckets" => "ListAllMyBuckets",
        "GetBucketEncryption" => "GetEncryptionConfiguration",
        "PutBucketEncryption" | "DeleteBucketEncryption" => "PutEncryptionConfiguration",
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "PutPublicAccessBlock" | "DeletePublicAccessBlock" => "PutBucketPublicAccessBlock",
        "CreateMultipartUpload" | "UploadPart" | "CompleteMultipartUpload" => "PutObject",
        "ListParts" => "ListMultipartUploadParts",
        "ListMultipartUploads" => "ListBucketMultipartUploads",
        other => other,
    }
}

#[async_trait::async_trait]
impl S3Access for Store {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let denied = |message: String| refuse(S3ErrorCode::AccessDenied, message);
        let Some(caller) = cx.extensions_mut().get::<Caller>().cloned() else {
            return Err(denied("Access Denied".to_owned()));
        };
        if cx.credentials().is_none() {
            return Err(denied("Access Denied".to_owned()));
        }
        let signed = cx.extensions_mut().get::<SignedRegion>().cloned();
        let operation = cx.s3_op().name();
        let bucket = cx.s3_path().get_bucket_name().map(str::to_owned);
        let key = cx.s3_path().get_object_key().map(str::to_owned);
        let partition = self.world.settings.partition();
        let resource = match (&bucket, &key) {
            (None, _) => "*".to_owned(),
            (Some(bucket), None) => format!("arn:{partition}:s3:::{bucket}"),
            (Some(bucket), Some(key)) => format!("arn:{partition}:s3:::{bucket}/{key}"),
        };
        let (region, policy) = match &bucket {
            Some(name) => {
                let stock = self.world.stock();
                let found = stock.buckets.get(name);
                (
                    found.map(|bucket| bucket.region.clone()),
                    found.and_then(|bucket| bucket.policy.clone()),
                )
            }
            None => (None, None),
        };
        // Deleting many asks for each key by itself, in the operation.
        if operation != "DeleteObjects" {
            let prefix = cx.uri().query().and_then(|query| {
                url::form_urlencoded::parse(query.as_bytes())
                    .find(|(name, _)| name == "prefix")
                    .map(|(_, value)| value.into_owned())
            });
            let context: Vec<(&str, &str)> = prefix
                .iter()
                .map(|prefix| ("s3:prefix", prefix.as_str()))
                .collect();
            let action = format!("s3:{}", action_of(operation));
            let policy = policy.map(|text| self.world.bucket_policy(&text));
            self.world
                .authorize(&caller, &action, &resource, &context, policy.as_deref())
                .map_err(denied)?;
        }
        // A bucket's Region can be asked for from anywhere; all else goes to the bucket's own Region.
        match (region, signed) {
            (Some(region), Some(SignedRegion(signed)))
                if region != signed && operation != "GetBucketLocation" =>
            {
                Err(elsewhere(&region))
            }
            _ => Ok(()),
        }
    }
}

/// The answer of another Region's endpoint: SDKs take the bucket's Region from its header.
fn elsewhere(region: &str) -> S3Error {
    let mut error = refuse(
        S3ErrorCode::PermanentRedirect,
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please \
         send all future requests to this endpoint.",
    );
    let mut headers = HeaderMap::new();
    if let Ok(region) = HeaderValue::from_str(region) {
        headers.insert("x-amz-bucket-region", region);
    }
    headers.insert("content-type", HeaderValue::from_static("application/xml"));
    error.set_headers(headers);
    error
}
