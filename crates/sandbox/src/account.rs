//! The account as its services see it.

use iam_rs::Decision;

use crate::cloud::{AssumeFailure, Cloud, KnownSecret, ObjectFailure, RoleSession, StoredObject};
use crate::exchange::Caller;
use crate::iam::evaluate::{Asker, Compiled};
use crate::s3::state::{Encryption, Object};
use crate::world::World;

/// Simulated seconds until other services see a new role or a changed trust policy.
const VISIBLE_AFTER_SECONDS: f64 = 8.0;

impl Cloud for World {
    fn assume_role(
        &self,
        role_arn: &str,
        service_principal: &str,
        source_account: &str,
        source_arn: &str,
    ) -> Result<RoleSession, AssumeFailure> {
        let iam = self.iam();
        let role = iam.role_by_arn(role_arn).ok_or(AssumeFailure::NoSuchRole)?;
        let visible_ms = role.trust_changed_ms + self.settings.real_ms(VISIBLE_AFTER_SECONDS);
        if self.now_ms() < visible_ms {
            return Err(AssumeFailure::NotVisibleYet);
        }
        let moment = self.moment();
        let mut context = vec![
            ("aws:SourceAccount", source_account),
            ("aws:SourceArn", source_arn),
        ];
        context.extend(moment.iter().map(|(key, value)| (*key, value.as_str())));
        let decision = Compiled::new([role.trust.as_str()]).decide(
            Asker::Service(service_principal),
            "sts:AssumeRole",
            role_arn,
            &context,
        );
        if decision != Decision::Allow {
            return Err(AssumeFailure::TrustDenies);
        }
        Ok(RoleSession {
            role_arn: role_arn.to_owned(),
            role_name: role.name.clone(),
        })
    }

    fn allowed(
        &self,
        role: &RoleSession,
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
    ) -> bool {
        let permissions = self.permissions(&role.role_arn, None);
        let asker = Asker::Aws(&role.role_arn);
        let moment = self.moment();
        let mut all = vec![
            ("aws:PrincipalArn", role.role_arn.as_str()),
            ("aws:PrincipalAccount", &self.settings.account),
            ("aws:SecureTransport", "true"),
        ];
        all.extend(moment.iter().map(|(key, value)| (*key, value.as_str())));
        all.extend_from_slice(context);
        permissions.decide(asker, action, resource, &all) == Decision::Allow
    }

    fn caller_allowed(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
    ) -> Result<(), String> {
        self.authorize(caller, action, resource, context, None)
    }

    fn object_as(
        &self,
        role: &RoleSession,
        bucket: &str,
        key: &str,
        region: &str,
    ) -> Result<StoredObject, ObjectFailure> {
        let found = self.may_as(role, "s3:GetObject", bucket, key, region)?;
        let object = found.object;
        let object = object.ok_or(ObjectFailure::NoSuchKey)?;
        if object.encryption.is_kms() {
            return Err(ObjectFailure::KmsEncrypted);
        }
        Ok(StoredObject {
            path: self.shelf.path(&object.file),
            size: object.size,
            etag: object.etag,
        })
    }

    fn object_for(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        region: &str,
    ) -> Result<StoredObject, ObjectFailure> {
        let stock = self.stock();
        let found = stock
            .buckets
            .get(bucket)
            .ok_or(ObjectFailure::NoSuchBucket)?;
        if found.region != region {
            return Err(ObjectFailure::WrongRegion {
                region: found.region.clone(),
            });
        }
        let object = found.objects.get(key).cloned();
        let policy = found.policy.as_deref().map(|text| self.bucket_policy(text));
        drop(stock);
        let resource = format!("arn:{}:s3:::{bucket}/{key}", self.settings.partition());
        self.authorize(caller, "s3:GetObject", &resource, &[], policy.as_deref())
            .map_err(|_| ObjectFailure::AccessDenied)?;
        let object = object.ok_or(ObjectFailure::NoSuchKey)?;
        Ok(StoredObject {
            path: self.shelf.path(&object.file),
            size: object.size,
            etag: object.etag,
        })
    }

    fn secret(&self, id: &str) -> Option<KnownSecret> {
        self.secrets().known(id)
    }

    fn bucket_region(&self, bucket: &str) -> Option<String> {
        self.stock()
            .buckets
            .get(bucket)
            .map(|bucket| bucket.region.clone())
    }

    fn role_exists(&self, role_arn: &str) -> bool {
        self.iam().role_by_arn(role_arn).is_some()
    }
}

/// What is known of a key that a role may use.
#[derive(Debug)]
pub(crate) struct Permitted {
    pub(crate) object: Option<Object>,
    /// What the bucket encrypts by.
    pub(crate) encryption: Encryption,
}

impl World {
    /// Whether a role may do something with a key, by its own policies or the bucket's.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_as(
        &self,
        role: &RoleSession,
        action: &str,
        bucket: &str,
        key: &str,
        region: &str,
    ) -> Result<Permitted, ObjectFailure> {
        let stock = self.stock();
        let found = stock
            .buckets
            .get(bucket)
            .ok_or(ObjectFailure::NoSuchBucket)?;
        if found.region != region {
            return Err(ObjectFailure::WrongRegion {
                region: found.region.clone(),
            });
        }
        let permitted = Permitted {
            object: found.objects.get(key).cloned(),
            encryption: found.encryption.clone(),
        };
        let policy = found.policy.as_deref().map(|text| self.bucket_policy(text));
        drop(stock);
        let partition = self.settings.partition();
        let resource = format!("arn:{partition}:s3:::{bucket}/{key}");
        let asker = Asker::Aws(&role.role_arn);
        let moment = self.moment();
        let mut context = vec![
            ("aws:PrincipalArn", role.role_arn.as_str()),
            ("aws:PrincipalAccount", &self.settings.account),
            ("aws:SecureTransport", "true"),
        ];
        context.extend(moment.iter().map(|(key, value)| (*key, value.as_str())));
        let own = self
            .permissions(&role.role_arn, None)
            .decide(asker, action, &resource, &context);
        let by_bucket = policy.map_or(Decision::NotApplicable, |policy| {
            policy.decide(asker, action, &resource, &context)
        });
        let denied = own == Decision::Deny || by_bucket == Decision::Deny;
        let allowed = own == Decision::Allow || by_bucket == Decision::Allow;
        if denied || !allowed {
            return Err(ObjectFailure::AccessDenied);
        }
        Ok(permitted)
    }
}
