//! The calls that change permissions: how each is made, and what is there afterwards.

use std::collections::BTreeMap;

use overseed_aws::{Clients, Kind, PolicyVersion, RoleDetail};
use overseed_domain::permissions::{Document, POLICY_PATH};

use super::{
    found::{Found, OwnPolicy, ROLE_TAG, Reading, RoleFound, number},
    kind::RoleKind,
};

/// The tag on roles and policies that this app makes; its value is the plan that they were made for.
pub(crate) const PLAN_TAG: &str = "overseed:plan";

/// AWS's request id, and the ARN of what was made.
pub(crate) type Answered = Result<Answer, overseed_aws::Error>;

/// What AWS answered to a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    /// The ARN of a new role or policy.
    pub(crate) arn: Option<String>,
    pub(crate) request_id: Option<String>,
}

/// A call with all that it needs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Call {
    CreateRole {
        /// `/`, or what was named.
        path: String,
        trust: Document,
        of: RoleKind,
    },
    DeleteRole,
    UpdateTrust {
        before: Document,
        after: Document,
        of: RoleKind,
    },
    PutInline {
        policy: String,
        before: Option<Document>,
        after: Document,
    },
    DeleteInline {
        policy: String,
        before: Document,
    },
    CreatePolicy {
        name: String,
        document: Document,
    },
    CreateVersion {
        arn: String,
        before: Document,
        after: Document,
    },
    DeleteVersion {
        arn: String,
        version: String,
    },
    DeletePolicy {
        arn: String,
        before: Document,
    },
    Attach {
        arn: String,
    },
    Detach {
        arn: String,
    },
    /// Both as they are written.
    PutBucketPolicy {
        bucket: String,
        before: Option<String>,
        after: Option<String>,
    },
}

impl Call {
    /// Makes the call.
    pub(crate) async fn make(&self, clients: &Clients, role: &str, plan: &str) -> Answered {
        let plain = |request_id| Answer {
            arn: None,
            request_id,
        };
        match self {
            Self::CreateRole { path, trust, of } => {
                create_role(clients, role, path, trust, (plan, *of)).await
            }
            Self::CreatePolicy { name, document } => {
                create_policy(clients, role, name, document, plan).await
            }
            Self::DeleteRole => gone(clients.delete_role(role).await).map(plain),
            Self::UpdateTrust { after, .. } => {
                let made = clients.update_trust(role, &after.compact()).await;
                made.map(plain)
            }
            Self::PutInline { policy, after, .. } => {
                let text = after.compact();
                let made = clients.put_role_policy(role, policy, &text).await;
                made.map(plain)
            }
            Self::DeleteInline { policy, .. } => {
                gone(clients.delete_role_policy(role, policy).await).map(plain)
            }
            Self::CreateVersion { arn, after, .. } => {
                let made = clients.create_policy_version(arn, &after.compact()).await;
                made.map(plain)
            }
            Self::DeleteVersion { arn, version } => {
                gone(clients.delete_policy_version(arn, version).await).map(plain)
            }
            Self::DeletePolicy { arn, .. } => gone(clients.delete_policy(arn).await).map(plain),
            Self::Attach { arn } => clients.attach_role_policy(role, arn).await.map(plain),
            Self::Detach { arn } => gone(clients.detach_role_policy(role, arn).await).map(plain),
            Self::PutBucketPolicy {
                bucket,
                before,
                after,
            } => put_bucket_policy(clients, bucket, before.as_deref(), after.as_deref())
                .await
                .map(plain),
        }
    }

    /// What is there once the call has been answered.
    pub(crate) fn took(self, found: &mut Found, answer: &Answer) {
        let own = |found: &mut Found, arn: &str, change: &dyn Fn(&mut OwnPolicy)| {
            if let Reading::Read(policies) = &mut found.policies {
                let policy = policies.managed.iter_mut().find(|policy| policy.arn == arn);
                policy.into_iter().for_each(change);
            }
        };
        match self {
            Self::CreateRole { trust, .. } => {
                found.role = Reading::Read(Some(RoleFound {
                    arn: answer.arn.clone().unwrap_or_default(),
                    trust,
                    boundary: None,
                }));
            }
            Self::DeleteRole => found.role = Reading::Read(None),
            Self::UpdateTrust { after, .. } => {
                if let Reading::Read(Some(role)) = &mut found.role {
                    role.trust = after;
                }
            }
            Self::PutInline { policy, after, .. } => {
                if let Reading::Read(policies) = &mut found.policies {
                    policies.inline.insert(policy, after);
                }
            }
            Self::DeleteInline { policy, .. } => {
                if let Reading::Read(policies) = &mut found.policies {
                    policies.inline.remove(&policy);
                }
            }
            Self::CreatePolicy { name, document } => {
                if let Reading::Read(policies) = &mut found.policies {
                    policies.managed.push(OwnPolicy {
                        name,
                        arn: answer.arn.clone().unwrap_or_default(),
                        document,
                        versions: vec![PolicyVersion {
                            id: "v1".to_owned(),
                            is_default: true,
                        }],
                        attached: false,
                        elsewhere: false,
                    });
                    policies.managed.sort_by_key(|policy| number(&policy.name));
                }
            }
            Self::CreateVersion { arn, after, .. } => own(found, &arn, &|policy| {
                policy.document = after.clone();
                for version in &mut policy.versions {
                    version.is_default = false;
                }
                let newest = policy.versions.first().map_or("", |version| &version.id);
                let next = newest.trim_start_matches('v').parse().unwrap_or(0_u64) + 1;
                let version = PolicyVersion {
                    id: format!("v{next}"),
                    is_default: true,
                };
                policy.versions.insert(0, version);
            }),
            Self::DeleteVersion { arn, version } => own(found, &arn, &|policy| {
                policy.versions.retain(|one| one.id != version);
            }),
            Self::DeletePolicy { arn, .. } => {
                if let Reading::Read(policies) = &mut found.policies {
                    policies.managed.retain(|policy| policy.arn != arn);
                }
            }
            Self::Attach { arn } => own(found, &arn, &|policy| policy.attached = true),
            Self::Detach { arn } => own(found, &arn, &|policy| policy.attached = false),
            Self::PutBucketPolicy { after, .. } => found.bucket_policy = Reading::Read(after),
        }
    }
}

/// What is not there any more needs no deleting.
fn gone(
    result: Result<Option<String>, overseed_aws::Error>,
) -> Result<Option<String>, overseed_aws::Error> {
    match result {
        Err(error) if error.kind == Kind::NotFound => Ok(error.request_id),
        other => other,
    }
}

async fn create_role(
    clients: &Clients,
    role: &str,
    path: &str,
    trust: &Document,
    (plan, of): (&str, RoleKind),
) -> Answered {
    let tags = BTreeMap::from([(PLAN_TAG.to_owned(), plan.to_owned())]);
    let description = of.description();
    match clients
        .create_role(role, path, &trust.compact(), description, &tags)
        .await
    {
        Ok((arn, request_id)) => Ok(Answer {
            arn: Some(arn),
            request_id,
        }),
        // A role that was not there a moment ago and now has the very trust policy: an answer was lost on the way, and
        // the SDK has tried again.
        Err(conflict) if conflict.kind == Kind::Conflict => {
            let found = clients.get_role(role).await?;
            let same = |found: &RoleDetail| {
                Document::parse(&found.trust).is_ok_and(|t| t.same_meaning(trust))
            };
            match found.filter(same) {
                Some(found) => Ok(Answer {
                    arn: Some(found.arn),
                    request_id: None,
                }),
                None => Err(conflict),
            }
        }
        Err(error) => Err(error),
    }
}

async fn create_policy(
    clients: &Clients,
    role: &str,
    name: &str,
    document: &Document,
    plan: &str,
) -> Answered {
    let tags = BTreeMap::from([
        (PLAN_TAG.to_owned(), plan.to_owned()),
        (ROLE_TAG.to_owned(), role.to_owned()),
    ]);
    let description = "What a role of Greengrass deployments may do, made by Overseed";
    match clients
        .create_policy(name, POLICY_PATH, &document.compact(), description, &tags)
        .await
    {
        Ok((arn, request_id)) => Ok(Answer {
            arn: Some(arn),
            request_id,
        }),
        // The same as with roles: ours only where path, tag and document are.
        Err(conflict) if conflict.kind == Kind::Conflict => {
            for policy in clients.policies_under(POLICY_PATH).await? {
                if policy.name != name {
                    continue;
                }
                let tags = clients.policy_tags(&policy.arn).await?;
                let text = clients.managed_policy(&policy.arn).await?;
                let same = Document::parse(&text).is_ok_and(|found| found.same_meaning(document));
                if same && tags.get(PLAN_TAG).is_some_and(|tag| tag == plan) {
                    return Ok(Answer {
                        arn: Some(policy.arn),
                        request_id: None,
                    });
                }
            }
            Err(conflict)
        }
        Err(error) => Err(error),
    }
}

/// S3 has no conditional write for policies: what is there is read again right before.
async fn put_bucket_policy(
    clients: &Clients,
    bucket: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<Option<String>, overseed_aws::Error> {
    let present = clients.get_bucket_policy(bucket).await?;
    if same_policy(present.as_deref(), after) {
        return Ok(None);
    }
    if !same_policy(present.as_deref(), before) {
        return Err(overseed_aws::Error::here(
            "s3:PutBucketPolicy",
            Kind::Conflict,
            "the bucket's policy has changed since it was read; nothing was written",
        ));
    }
    match after {
        Some(text) => clients.put_bucket_policy(bucket, text).await,
        None => clients.delete_bucket_policy(bucket).await,
    }
}

/// Whether two texts are the same policy, their statements in the same order.
pub(crate) fn same_policy(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            a == b || matches!((Document::parse(a), Document::parse(b)), (Ok(a), Ok(b)) if a == b)
        }
        _ => false,
    }
}
