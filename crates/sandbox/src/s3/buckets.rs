//! Buckets and what is set on them.

use std::collections::BTreeMap;

use s3s::dto::*;
use s3s::{S3ErrorCode, S3Request, S3Response, S3Result};
use serde_json::Value;

use super::state::{Bucket as Stored, Encryption};
use super::{SignedRegion, Store, internal, no_bucket, refuse, stamp};
use crate::exchange::Caller;
use crate::iam::document::{self, Use};

/// Characters of a bucket policy (20 KB).
const POLICY_SIZE: usize = 20 * 1024;

impl Store {
    pub(super) fn make_bucket(
        &self,
        req: &S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        let name = &req.input.bucket;
        let signed = req
            .extensions
            .get::<SignedRegion>()
            .map(|region| region.0.clone());
        let signed = signed.unwrap_or_else(|| self.world.settings.region.clone());
        let asked = req.input.create_bucket_configuration.as_ref();
        let asked = asked.and_then(|configuration| configuration.location_constraint.as_ref());
        let region = match asked.map(BucketLocationConstraint::as_str) {
            None | Some("") if signed == "us-east-1" => signed,
            None | Some("") => {
                return Err(refuse(
                    S3ErrorCode::Custom("IllegalLocationConstraintException".into()),
                    "The unspecified location constraint is incompatible for the region specific \
                     endpoint this request was sent to.",
                ));
            }
            Some("EU") if matches!(signed.as_str(), "us-east-1" | "eu-west-1") => {
                "eu-west-1".to_owned()
            }
            Some(asked) if asked == signed || signed == "us-east-1" => asked.to_owned(),
            Some(asked) => {
                return Err(refuse(
                    S3ErrorCode::Custom("IllegalLocationConstraintException".into()),
                    format!(
                        "The {asked} location constraint is incompatible for the region specific \
                         endpoint this request was sent to."
                    ),
                ));
            }
        };
        let mut stock = self.world.stock();
        if stock.buckets.contains_key(name) {
            return Err(refuse(
                S3ErrorCode::BucketAlreadyOwnedByYou,
                "Your previous request to create the named bucket succeeded and you already own it.",
            ));
        }
        let bucket = Stored {
            region,
            created_ms: self.world.now_ms(),
            encryption: Encryption::sse_s3(),
            policy: None,
            // New buckets block public access (since April 2023).
            access_block: Some([true; 4]),
            objects: BTreeMap::new(),
        };
        stock.buckets.insert(name.clone(), bucket);
        self.world.save_stock(&stock).map_err(internal)?;
        Ok(S3Response::new(CreateBucketOutput {
            location: Some(format!("/{name}")),
        }))
    }

    pub(super) fn drop_bucket(&self, name: &str) -> S3Result<()> {
        let mut stock = self.world.stock();
        let bucket = stock.buckets.get(name).ok_or_else(no_bucket)?;
        if !bucket.objects.is_empty() {
            return Err(refuse(
                S3ErrorCode::BucketNotEmpty,
                "The bucket you tried to delete is not empty",
            ));
        }
        stock.buckets.remove(name);
        let parts = stock
            .uploads
            .extract_if(.., |_, upload| upload.bucket == name);
        let parts: Vec<String> = parts
            .flat_map(|(_, upload)| upload.parts.into_values())
            .map(|part| part.file)
            .collect();
        self.world.save_stock(&stock).map_err(internal)?;
        self.world.shelf.discard(parts.iter().map(String::as_str));
        Ok(())
    }

    pub(super) fn all_buckets(&self, input: &ListBucketsInput) -> ListBucketsOutput {
        let stock = self.world.stock();
        let prefix = input.prefix.as_deref().unwrap_or_default();
        let after = input.continuation_token.as_deref().unwrap_or_default();
        let most = usize::try_from(input.max_buckets.unwrap_or(10_000)).unwrap_or(10_000);
        let wanted = stock.buckets.iter().filter(|(name, bucket)| {
            name.starts_with(prefix)
                && name.as_str() > after
                && input
                    .bucket_region
                    .as_ref()
                    .is_none_or(|region| *region == bucket.region)
        });
        let mut page: Vec<Bucket> = wanted
            .map(|(name, bucket)| Bucket {
                bucket_region: Some(bucket.region.clone()),
                creation_date: Some(stamp(bucket.created_ms)),
                name: Some(name.clone()),
            })
            .collect();
        let more = page.len() > most;
        page.truncate(most);
        let token = page
            .last()
            .filter(|_| more)
            .and_then(|bucket| bucket.name.clone());
        ListBucketsOutput {
            buckets: Some(page),
            continuation_token: token,
            owner: Some(Owner {
                display_name: None,
                id: Some(self.world.settings.account.clone()),
            }),
            prefix: input.prefix.clone(),
        }
    }

    pub(super) fn encryption_of(&self, name: &str) -> S3Result<GetBucketEncryptionOutput> {
        self.with_bucket(name, |bucket| {
            let rule = ServerSideEncryptionRule {
                apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
                    kms_master_key_id: bucket.encryption.key.clone(),
                    sse_algorithm: ServerSideEncryption::from(bucket.encryption.algorithm.clone()),
                }),
                bucket_key_enabled: bucket.encryption.bucket_key,
            };
            let configuration = ServerSideEncryptionConfiguration { rules: vec![rule] };
            GetBucketEncryptionOutput {
                server_side_encryption_configuration: Some(configuration),
            }
        })
    }

    pub(super) fn set_encryption(&self, input: &PutBucketEncryptionInput) -> S3Result<()> {
        let malformed = || {
            refuse(
                S3ErrorCode::MalformedXML,
                "The XML you provided was not well-formed or did not validate against our published \
                 schema",
            )
        };
        let [rule] = input.server_side_encryption_configuration.rules.as_slice() else {
            return Err(malformed());
        };
        let by_default = rule
            .apply_server_side_encryption_by_default
            .as_ref()
            .ok_or_else(malformed)?;
        let algorithm = by_default.sse_algorithm.as_str();
        if !matches!(algorithm, "AES256" | "aws:kms" | "aws:kms:dsse") {
            return Err(malformed());
        }
        let encryption = Encryption {
            algorithm: algorithm.to_owned(),
            key: by_default.kms_master_key_id.clone(),
            bucket_key: Some(rule.bucket_key_enabled.unwrap_or(false)),
        };
        self.change_bucket(&input.bucket, |bucket| {
            bucket.encryption = encryption;
            Ok(())
        })
    }

    pub(super) fn set_policy(&self, req: &S3Request<PutBucketPolicyInput>) -> S3Result<()> {
        let malformed = |message: String| refuse(S3ErrorCode::MalformedPolicy, message);
        let (name, text) = (&req.input.bucket, &req.input.policy);
        let parsed = document::check(text, Use::Bucket).map_err(malformed)?;
        if text.len() > POLICY_SIZE {
            return Err(malformed(
                "Policy exceeds the maximum allowed document size.".to_owned(),
            ));
        }
        let own = format!("arn:{}:s3:::{name}", self.world.settings.partition());
        let inside = |resource: &str| {
            resource == own
                || resource
                    .strip_prefix(&own)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let known =
            |(kind, id): (&str, &str)| kind != "AWS" || self.world.iam().principal_exists(id);
        if !document::principals(&parsed).into_iter().all(known) {
            return Err(malformed("Invalid principal in policy".to_owned()));
        }
        let mut public = false;
        for statement in document::statements(&parsed) {
            if !texts(statement.get("Resource"))
                .iter()
                .all(|resource| inside(resource))
            {
                return Err(malformed("Policy has invalid resource".to_owned()));
            }
            let principal = statement.get("Principal");
            let named = texts(principal.and_then(|principal| principal.get("AWS")));
            let anyone = principal.and_then(Value::as_str) == Some("*") || named.contains(&"*");
            let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
            public |= anyone && allows && statement.get("Condition").is_none();
        }
        let caller = req
            .extensions
            .get::<Caller>()
            .map(|caller| caller.arn.clone());
        self.change_bucket(name, |bucket| {
            if public
                && bucket
                    .access_block
                    .is_some_and(|[_, _, blocked, _]| blocked)
            {
                let arn = caller.unwrap_or_default();
                return Err(refuse(
                    S3ErrorCode::AccessDenied,
                    format!(
                        "User: {arn} is not authorized to perform: s3:PutBucketPolicy on resource: \
                         \"{own}\" because public policies are prevented by the BlockPublicPolicy \
                         setting in S3 Block Public Access."
                    ),
                ));
            }
            bucket.policy = Some(text.clone());
            Ok(())
        })
    }

    pub(super) fn access_block_of(&self, name: &str) -> S3Result<GetPublicAccessBlockOutput> {
        let block = self.with_bucket(name, |bucket| bucket.access_block)?;
        let [block_acls, ignore_acls, block_policy, restrict] = block.ok_or_else(|| {
            refuse(
                S3ErrorCode::Custom("NoSuchPublicAccessBlockConfiguration".into()),
                "The public access block configuration was not found",
            )
        })?;
        Ok(GetPublicAccessBlockOutput {
            public_access_block_configuration: Some(PublicAccessBlockConfiguration {
                block_public_acls: Some(block_acls),
                ignore_public_acls: Some(ignore_acls),
                block_public_policy: Some(block_policy),
                restrict_public_buckets: Some(restrict),
            }),
        })
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
