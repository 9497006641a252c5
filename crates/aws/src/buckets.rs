//! S3: buckets.

use aws_sdk_s3::{
    operation::RequestId as _,
    types::{
        BucketLocationConstraint, CreateBucketConfiguration, PublicAccessBlockConfiguration,
        ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
        ServerSideEncryptionRule,
    },
};

use crate::{Clients, Error, Kind, classify::failed, iam::absent_is_none};

/// Buckets read at most; accounts have 10,000 by default (S3 quotas).
const MOST_BUCKETS: usize = 20_000;

/// How a bucket encrypts what has no encryption of its own, or how an object is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all, or not told.
    None,
    /// With S3's own keys (`AES256`).
    SseS3,
    /// With a KMS key; absent where it is the account's default key.
    SseKms(Option<String>),
    /// Twice, with a KMS key (`aws:kms:dsse`).
    DsseKms(Option<String>),
    /// In a way that is new.
    Other(String),
}

impl Encryption {
    pub(crate) fn of(algorithm: Option<&ServerSideEncryption>, key: Option<&str>) -> Self {
        let key = key.map(str::to_owned);
        match algorithm.map(ServerSideEncryption::as_str) {
            None | Some("") => Self::None,
            Some("AES256") => Self::SseS3,
            Some("aws:kms") => Self::SseKms(key),
            Some("aws:kms:dsse") => Self::DsseKms(key),
            Some(other) => Self::Other(other.to_owned()),
        }
    }

    /// Whether a KMS key is involved: Greengrass does not read such input files (guide).
    #[must_use]
    pub const fn is_kms(&self) -> bool {
        matches!(self, Self::SseKms(_) | Self::DsseKms(_))
    }
}

impl Clients {
    /// All buckets of the account with their Regions, where the listing tells (ListBuckets).
    ///
    /// # Errors
    /// Those of the calls.
    pub async fn list_buckets(&self) -> Result<Vec<(String, Option<String>)>, Error> {
        let mut buckets = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let answer = self
                .s3
                .list_buckets()
                .max_buckets(1000)
                .set_continuation_token(token.clone())
                .send()
                .await
                .map_err(|error| failed("s3:ListBuckets", error))?;
            buckets.extend(
                answer
                    .buckets
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|bucket| {
                        Some((
                            bucket.name?,
                            bucket.bucket_region.filter(|region| !region.is_empty()),
                        ))
                    }),
            );
            let next = answer.continuation_token.filter(|next| !next.is_empty());
            if next.is_none() || next == token || buckets.len() >= MOST_BUCKETS {
                return Ok(buckets);
            }
            token = next;
        }
    }

    /// A bucket's Region: from HeadBucket, whose refusals name it as well, else from GetBucketLocation.
    ///
    /// # Errors
    /// Those of the calls; [`Kind::NotFound`] where the bucket does not exist.
    pub async fn bucket_region(&self, bucket: &str) -> Result<String, Error> {
        match self.s3.head_bucket().bucket(bucket).send().await {
            Ok(answer) => match answer.bucket_region.filter(|region| !region.is_empty()) {
                Some(region) => Ok(region),
                None => self.bucket_location(bucket).await,
            },
            Err(error) => {
                let told = error
                    .raw_response()
                    .and_then(|answer| answer.headers().get("x-amz-bucket-region"))
                    .filter(|region| !region.is_empty())
                    .map(str::to_owned);
                let error = failed("s3:HeadBucket", error);
                match (told, error.kind) {
                    (Some(region), kind) if kind != Kind::NotFound => Ok(region),
                    (None, Kind::AccessDenied | Kind::BadRequest | Kind::WrongRegion) => {
                        self.bucket_location(bucket).await
                    }
                    _ => Err(error),
                }
            }
        }
    }

    /// An empty location stands for us-east-1, `EU` for eu-west-1 (S3 API Reference, GetBucketLocation).
    async fn bucket_location(&self, bucket: &str) -> Result<String, Error> {
        let answer = self
            .s3
            .get_bucket_location()
            .bucket(bucket)
            .send()
            .await
            .map_err(|error| failed("s3:GetBucketLocation", error))?;
        Ok(
            match answer
                .location_constraint
                .as_ref()
                .map(BucketLocationConstraint::as_str)
            {
                None | Some("") => "us-east-1".to_owned(),
                Some("EU") => "eu-west-1".to_owned(),
                Some(region) => region.to_owned(),
            },
        )
    }

    /// How a bucket encrypts by default (GetBucketEncryption).
    ///
    /// # Errors
    /// Those of the call; [`Kind::NotFound`] with the code `NoSuchBucket` where the bucket does not exist.
    pub async fn bucket_encryption(&self, bucket: &str) -> Result<Encryption, Error> {
        let answer = match self.s3.get_bucket_encryption().bucket(bucket).send().await {
            Ok(answer) => answer,
            Err(error) => {
                let error = failed("s3:GetBucketEncryption", error);
                let none =
                    error.code.as_deref() == Some("ServerSideEncryptionConfigurationNotFoundError");
                return if none {
                    Ok(Encryption::None)
                } else {
                    Err(error)
                };
            }
        };
        let rule = answer
            .server_side_encryption_configuration
            .and_then(|configuration| configuration.rules.into_iter().next())
            .and_then(|rule| rule.apply_server_side_encryption_by_default);
        Ok(rule.map_or(Encryption::None, |rule| {
            Encryption::of(Some(&rule.sse_algorithm), rule.kms_master_key_id.as_deref())
        }))
    }

    /// Creates a bucket in this Region, encrypted with S3's own keys and closed to the public; answers the request
    /// id of CreateBucket. Where a later call fails the bucket exists: its operation is in the error.
    ///
    /// # Errors
    /// Those of CreateBucket, PutPublicAccessBlock and PutBucketEncryption; [`Kind::Conflict`] where the name is taken.
    pub async fn create_bucket(&self, bucket: &str) -> Result<Option<String>, Error> {
        let region = self.region();
        // us-east-1 is not a location constraint (S3 API Reference, CreateBucket).
        let configuration = (region != "us-east-1").then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(region))
                .build()
        });
        let answer = self
            .s3
            .create_bucket()
            .bucket(bucket)
            .set_create_bucket_configuration(configuration)
            .send()
            .await
            .map_err(|error| failed("s3:CreateBucket", error))?;
        let blocked = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        self.s3
            .put_public_access_block()
            .bucket(bucket)
            .public_access_block_configuration(blocked)
            .send()
            .await
            .map_err(|error| failed("s3:PutPublicAccessBlock", error))?;
        let operation = "s3:PutBucketEncryption";
        let invalid = |error: aws_smithy_types::error::operation::BuildError| {
            Error::here(operation, Kind::BadRequest, error.to_string())
        };
        let by_default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::Aes256)
            .build()
            .map_err(invalid)?;
        let rule = ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(by_default)
            .build();
        let encryption = ServerSideEncryptionConfiguration::builder()
            .rules(rule)
            .build()
            .map_err(invalid)?;
        self.s3
            .put_bucket_encryption()
            .bucket(bucket)
            .server_side_encryption_configuration(encryption)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        Ok(answer.request_id().map(str::to_owned))
    }

    /// A bucket's policy as JSON; `None` where it has none (GetBucketPolicy).
    ///
    /// # Errors
    /// Those of the call; [`Kind::NotFound`] where the bucket does not exist.
    pub async fn get_bucket_policy(&self, bucket: &str) -> Result<Option<String>, Error> {
        match self.s3.get_bucket_policy().bucket(bucket).send().await {
            Ok(answer) => Ok(answer.policy.filter(|policy| !policy.is_empty())),
            Err(error) => {
                let error = failed("s3:GetBucketPolicy", error);
                if error.code.as_deref() == Some("NoSuchBucket") {
                    Err(error)
                } else {
                    absent_is_none(error)
                }
            }
        }
    }

    /// Replaces a bucket's policy; answers AWS's request id (PutBucketPolicy).
    ///
    /// # Errors
    /// Those of the call; [`Kind::BadRequest`] with the code `MalformedPolicy` where a principal does not exist (yet).
    pub async fn put_bucket_policy(
        &self,
        bucket: &str,
        policy: &str,
    ) -> Result<Option<String>, Error> {
        let answer = self
            .s3
            .put_bucket_policy()
            .bucket(bucket)
            .policy(policy)
            .send()
            .await
            .map_err(|error| failed("s3:PutBucketPolicy", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }

    /// Deletes a bucket's policy; answers AWS's request id (DeleteBucketPolicy).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn delete_bucket_policy(&self, bucket: &str) -> Result<Option<String>, Error> {
        let answer = self
            .s3
            .delete_bucket_policy()
            .bucket(bucket)
            .send()
            .await
            .map_err(|error| failed("s3:DeleteBucketPolicy", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encryption_is_told_by_its_algorithm() {
        let of = |algorithm: &str| {
            Encryption::of(Some(&ServerSideEncryption::from(algorithm)), Some("key"))
        };
        assert_eq!(of("AES256"), Encryption::SseS3);
        assert_eq!(of("aws:kms"), Encryption::SseKms(Some("key".to_owned())));
        assert!(of("aws:kms:dsse").is_kms());
        assert_eq!(of("aws:new"), Encryption::Other("aws:new".to_owned()));
        assert_eq!(Encryption::of(None, None), Encryption::None);
    }
}
