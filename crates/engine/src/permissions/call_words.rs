//! What a call says to people, and what of it is written down.

use overseed_domain::permissions::{BUCKET_POLICY_LIMIT, Document, POLICY_NAME};

use super::{
    calls::Call,
    found::{Limits, number},
    wire::PermissionChange,
};

fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

impl Call {
    /// The AWS operation.
    pub(crate) const fn operation(&self) -> &'static str {
        match self {
            Self::CreateRole { .. } => "iam:CreateRole",
            Self::DeleteRole => "iam:DeleteRole",
            Self::UpdateTrust { .. } => "iam:UpdateAssumeRolePolicy",
            Self::PutInline { .. } => "iam:PutRolePolicy",
            Self::DeleteInline { .. } => "iam:DeleteRolePolicy",
            Self::CreatePolicy { .. } => "iam:CreatePolicy",
            Self::CreateVersion { .. } => "iam:CreatePolicyVersion",
            Self::DeleteVersion { .. } => "iam:DeletePolicyVersion",
            Self::DeletePolicy { .. } => "iam:DeletePolicy",
            Self::Attach { .. } => "iam:AttachRolePolicy",
            Self::Detach { .. } => "iam:DetachRolePolicy",
            Self::PutBucketPolicy { after: Some(_), .. } => "s3:PutBucketPolicy",
            Self::PutBucketPolicy { after: None, .. } => "s3:DeleteBucketPolicy",
        }
    }

    /// What it is about: the role, the policy's ARN, the bucket, or role and inline policy.
    pub(crate) fn subject(&self, role: &str) -> String {
        match self {
            Self::CreateVersion { arn, .. }
            | Self::DeleteVersion { arn, .. }
            | Self::DeletePolicy { arn, .. }
            | Self::Attach { arn }
            | Self::Detach { arn } => arn.clone(),
            Self::CreatePolicy { name, .. } => name.clone(),
            Self::PutBucketPolicy { bucket, .. } => bucket.clone(),
            Self::PutInline { policy, .. } | Self::DeleteInline { policy, .. }
                if policy != POLICY_NAME =>
            {
                format!("{role}/{policy}")
            }
            _ => role.to_owned(),
        }
    }

    fn title(&self, role: &str) -> String {
        match self {
            Self::CreateRole { path, of, .. } if path != "/" => {
                format!(
                    "Create the role {role} under {path}, which {} may assume",
                    of.who()
                )
            }
            Self::CreateRole { of, .. } => {
                format!("Create the role {role}, which {} may assume", of.who())
            }
            Self::DeleteRole => format!("Delete the role {role}"),
            Self::UpdateTrust { of, .. } => {
                format!("Let {} assume {role}; all other statements stay", of.who())
            }
            Self::PutInline {
                policy,
                before: None,
                ..
            } => {
                format!("Add the inline policy {policy}; all other policies stay")
            }
            Self::PutInline { policy, .. } => {
                format!("Replace the inline policy {policy}; all other policies stay")
            }
            Self::DeleteInline { policy, .. } => {
                format!("Delete the inline policy {policy}, which is not needed any more")
            }
            Self::CreatePolicy { name, .. } => format!("Create the managed policy {name}"),
            Self::CreateVersion { arn, .. } => {
                format!("Give the managed policy {} a new version", name_of(arn))
            }
            Self::DeleteVersion { arn, version } => format!(
                "Delete version {version} of {}, which does not hold any more",
                name_of(arn)
            ),
            Self::DeletePolicy { arn, .. } => format!(
                "Delete the managed policy {}, which is not needed any more",
                name_of(arn)
            ),
            Self::Attach { arn } => {
                format!("Attach the managed policy {} to {role}", name_of(arn))
            }
            Self::Detach { arn } => {
                format!("Detach the managed policy {} from {role}", name_of(arn))
            }
            Self::PutBucketPolicy {
                bucket,
                before: None,
                ..
            } => format!("Give the bucket {bucket} a policy that lets {role} read the input files"),
            Self::PutBucketPolicy {
                bucket,
                after: None,
                ..
            } => {
                format!("Delete the policy of the bucket {bucket}, which holds our statement only")
            }
            Self::PutBucketPolicy { bucket, .. } => format!(
                "Change our one statement in the policy of the bucket {bucket}; all others stay as they are"
            ),
        }
    }

    /// A name for the screen, unique within a list of changes.
    pub(crate) fn id(&self) -> String {
        let numbered = |verb: &str, name: &str| format!("{verb}-{}", number(name));
        match self {
            Self::CreateRole { .. } => "role".to_owned(),
            Self::DeleteRole => "delete-role".to_owned(),
            Self::UpdateTrust { .. } => "trust".to_owned(),
            Self::PutInline { .. } => "policy".to_owned(),
            Self::DeleteInline { .. } => "delete-policy".to_owned(),
            Self::CreatePolicy { name, .. } => numbered("create", name),
            Self::CreateVersion { arn, .. } => numbered("version", arn),
            Self::DeleteVersion { arn, version } => {
                format!("{}-{version}", numbered("delete-version", arn))
            }
            Self::DeletePolicy { arn, .. } => numbered("delete", arn),
            Self::Attach { arn } => numbered("attach", arn),
            Self::Detach { arn } => numbered("detach", arn),
            Self::PutBucketPolicy { .. } => "bucket".to_owned(),
        }
    }

    /// As it is shown. `inline_room` is what our inline policy may have.
    pub(crate) fn change(&self, role: &str, limits: Limits, inline_room: u32) -> PermissionChange {
        let text = |document: &Document| document.canonical();
        let bucket_text =
            |text: &String| Document::parse(text).map_or_else(|_| text.clone(), |d| d.canonical());
        let (before, after, size, limit) = match self {
            Self::CreateRole { trust, .. } => (None, Some(text(trust)), trust.size(), limits.trust),
            Self::UpdateTrust { before, after, .. } => (
                Some(text(before)),
                Some(text(after)),
                after.size(),
                limits.trust,
            ),
            Self::PutInline { before, after, .. } => (
                before.as_ref().map(text),
                Some(text(after)),
                after.size(),
                inline_room,
            ),
            Self::CreatePolicy { document, .. } => {
                (None, Some(text(document)), document.size(), limits.managed)
            }
            Self::CreateVersion { before, after, .. } => (
                Some(text(before)),
                Some(text(after)),
                after.size(),
                limits.managed,
            ),
            Self::DeleteInline { before, .. } | Self::DeletePolicy { before, .. } => {
                (Some(text(before)), None, 0, 0)
            }
            Self::PutBucketPolicy { before, after, .. } => (
                before.as_ref().map(bucket_text),
                after.as_ref().map(bucket_text),
                after
                    .as_ref()
                    .map_or(0, |text| u32::try_from(text.len()).unwrap_or(u32::MAX)),
                after.as_ref().map_or(0, |_| BUCKET_POLICY_LIMIT),
            ),
            Self::DeleteRole
            | Self::DeleteVersion { .. }
            | Self::Attach { .. }
            | Self::Detach { .. } => (None, None, 0, 0),
        };
        PermissionChange {
            id: self.id(),
            title: self.title(role),
            operation: self.operation().to_owned(),
            before,
            after,
            size,
            limit,
            outcome: None,
        }
    }

    /// What is written down before the call: the documents as they are there and as they are sent.
    pub(crate) fn documents(&self) -> (Option<String>, Option<String>) {
        let text = |document: &Document| Some(document.compact());
        match self {
            Self::CreateRole { trust, .. } => (None, text(trust)),
            Self::UpdateTrust { before, after, .. } | Self::CreateVersion { before, after, .. } => {
                (text(before), text(after))
            }
            Self::PutInline { before, after, .. } => {
                (before.as_ref().map(Document::compact), text(after))
            }
            Self::CreatePolicy { document, .. } => (None, text(document)),
            Self::DeleteInline { before, .. } | Self::DeletePolicy { before, .. } => {
                (text(before), None)
            }
            Self::PutBucketPolicy { before, after, .. } => (before.clone(), after.clone()),
            Self::DeleteRole
            | Self::DeleteVersion { .. }
            | Self::Attach { .. }
            | Self::Detach { .. } => (None, None),
        }
    }
}
