//! What there is: the role, its policies, the bucket's policy and the account's quotas. What may not be looked at is
//! told with the reason, not guessed.

use std::collections::BTreeMap;

use overseed_aws::{Clients, Kind, PolicyVersion, RolePolicy};
use overseed_domain::permissions::{
    ATTACHED_POLICIES_LIMIT, Document, INLINE_POLICIES_LIMIT, MANAGED_POLICY_LIMIT, POLICY_PATH,
    Room, TRUST_LIMIT,
};

use super::kind::managed_name;
use crate::Error;

/// The tag on policies that this app makes; its value is the name of the one role that they are for.
pub(crate) const ROLE_TAG: &str = "overseed:role";

/// Something that was read, or why it could not be.
#[derive(Debug, Clone)]
pub(crate) enum Reading<T> {
    /// Read.
    Read(T),
    /// Not to be read by this caller; the reason in AWS's words.
    Unreadable(String),
}

/// The role as it is.
#[derive(Debug, Clone)]
pub(crate) struct RoleFound {
    pub(crate) arn: String,
    pub(crate) trust: Document,
    pub(crate) boundary: Option<Boundary>,
}

/// The policy that bounds what a role's own policies may allow.
#[derive(Debug, Clone)]
pub(crate) struct Boundary {
    pub(crate) arn: String,
    pub(crate) document: Reading<Document>,
}

/// The role's policies: those of others, and ours.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policies {
    pub(crate) others: Vec<PolicyFound>,
    /// Our inline policies by name.
    pub(crate) inline: BTreeMap<String, Document>,
    /// Our managed policies, also those that an interrupted change has left unattached.
    pub(crate) managed: Vec<OwnPolicy>,
    /// Policies under our path and by our names without our tag: they are somebody else's, or were made from what was
    /// handed over.
    pub(crate) untagged: Vec<String>,
    /// Why it is not known whether there are (more) managed policies of ours.
    pub(crate) unseen: Option<String>,
}

/// A policy of others.
#[derive(Debug, Clone)]
pub(crate) struct PolicyFound {
    pub(crate) name: String,
    /// Of a managed policy.
    pub(crate) arn: Option<String>,
    pub(crate) document: Document,
}

/// A managed policy that this app made for the role.
#[derive(Debug, Clone)]
pub(crate) struct OwnPolicy {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) document: Document,
    /// Newest first.
    pub(crate) versions: Vec<PolicyVersion>,
    /// Whether the role has it.
    pub(crate) attached: bool,
    /// Whether others have it as well.
    pub(crate) elsewhere: bool,
}

/// What there is.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) role: Reading<Option<RoleFound>>,
    pub(crate) policies: Reading<Policies>,
    /// As it was read; it is a policy.
    pub(crate) bucket_policy: Reading<Option<String>>,
    pub(crate) limits: Limits,
}

/// The account's quotas, or the documented ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Characters of all inline policies of a role.
    pub(crate) inline: u32,
    /// Characters of a managed policy.
    pub(crate) managed: u32,
    /// Managed policies of a role.
    pub(crate) attached: u32,
    /// Characters of a trust policy.
    pub(crate) trust: u32,
}

impl Policies {
    /// The documents that hold: ours where they are attached.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.others().chain(self.ours())
    }

    /// Ours that hold.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &Document> {
        let managed = self.managed.iter().filter(|policy| policy.attached);
        self.inline
            .values()
            .chain(managed.map(|policy| &policy.document))
    }

    pub(crate) fn others(&self) -> impl Iterator<Item = &Document> {
        self.others.iter().map(|policy| &policy.document)
    }
}

impl Found {
    /// Reads all of it; without a bucket its policy is left out. `ours` are the names of the inline policies that are
    /// meant; they and the managed ones that stand beside them are ours, all others are others'.
    pub(crate) async fn read(
        clients: &Clients,
        role: &str,
        bucket: Option<&str>,
        ours: &[String],
    ) -> Result<Self, Error> {
        let bucket_policy = async {
            match bucket {
                Some(bucket) => clients.get_bucket_policy(bucket).await,
                None => Ok(None),
            }
        };
        let (detail, bucket_policy, summary) = tokio::join!(
            clients.get_role(role),
            bucket_policy,
            clients.account_summary(),
        );
        let detail = reading(detail)?;
        let policies = match &detail {
            // Our policies may be there without the role.
            Reading::Read(None) => {
                Self::policies(clients, role, Reading::Read(Vec::new()), ours).await?
            }
            Reading::Read(Some(_)) | Reading::Unreadable(_) => {
                let found = reading(clients.role_policies(role).await)?;
                Self::policies(clients, role, found, ours).await?
            }
        };
        let role = match detail {
            Reading::Read(Some(detail)) => match Document::parse(&detail.trust) {
                Ok(trust) => Reading::Read(Some(RoleFound {
                    arn: detail.arn,
                    trust,
                    boundary: match detail.permissions_boundary {
                        Some(arn) => Some(boundary(clients, arn).await?),
                        None => None,
                    },
                })),
                Err(reason) => Reading::Unreadable(format!("its trust policy: {reason}")),
            },
            Reading::Read(None) => Reading::Read(None),
            Reading::Unreadable(reason) => Reading::Unreadable(reason),
        };
        let bucket_policy = match reading(bucket_policy)? {
            Reading::Read(Some(text)) => match Document::parse(&text) {
                Ok(_) => Reading::Read(Some(text)),
                Err(reason) => Reading::Unreadable(reason.to_string()),
            },
            other => other,
        };
        Ok(Self {
            role,
            policies,
            bucket_policy,
            limits: Limits::of(summary),
        })
    }

    async fn policies(
        clients: &Clients,
        role: &str,
        found: Reading<Vec<RolePolicy>>,
        ours: &[String],
    ) -> Result<Reading<Policies>, Error> {
        let found = match found {
            Reading::Read(found) => found,
            Reading::Unreadable(reason) => return Ok(Reading::Unreadable(reason)),
        };
        let Own {
            attachments: mut own,
            untagged,
            unseen,
        } = own_policies(clients, role, ours).await?;
        let mut policies = Policies {
            untagged,
            unseen,
            ..Policies::default()
        };
        for policy in found {
            let document = match Document::parse(&policy.document) {
                Ok(document) => document,
                Err(reason) => {
                    let reason = format!("policy {}: {reason}", policy.name);
                    return Ok(Reading::Unreadable(reason));
                }
            };
            match policy.arn {
                None if ours.contains(&policy.name) => {
                    policies.inline.insert(policy.name, document);
                }
                Some(arn) if own.contains_key(&arn) => {
                    let elsewhere = own.remove(&arn).unwrap_or(0) > 1;
                    policies.managed.push(OwnPolicy {
                        name: policy.name,
                        versions: versions(clients, &arn).await?,
                        arn,
                        document,
                        attached: true,
                        elsewhere,
                    });
                }
                arn => policies.others.push(PolicyFound {
                    name: policy.name,
                    arn,
                    document,
                }),
            }
        }
        for (arn, attachments) in own {
            let read = match clients.managed_policy(&arn).await {
                // Listed, but deleted meanwhile.
                Err(error) if error.kind == Kind::NotFound => continue,
                read => reading(read)?,
            };
            let document = match read {
                Reading::Read(text) => Document::parse(&text).map_err(|reason| reason.to_string()),
                Reading::Unreadable(reason) => Err(reason),
            };
            let document = match document {
                Ok(document) => document,
                Err(reason) => {
                    policies.unseen.get_or_insert(reason);
                    continue;
                }
            };
            policies.managed.push(OwnPolicy {
                name: arn.rsplit('/').next().unwrap_or(&arn).to_owned(),
                versions: versions(clients, &arn).await?,
                document,
                attached: false,
                elsewhere: attachments > 0,
                arn,
            });
        }
        policies.managed.sort_by_key(|policy| number(&policy.name));
        Ok(Reading::Read(policies))
    }

    /// What is left for our policies beside those of others.
    pub(crate) fn room(&self) -> Room {
        let (inline, attached) = match &self.policies {
            Reading::Read(policies) => {
                policies
                    .others
                    .iter()
                    .fold((0_u32, 0_u32), |(size, count), policy| {
                        if policy.arn.is_some() {
                            (size, count + 1)
                        } else {
                            (size.saturating_add(policy.document.size()), count)
                        }
                    })
            }
            Reading::Unreadable(_) => (0, 0),
        };
        Room {
            inline: self.limits.inline.saturating_sub(inline),
            managed: self.limits.managed,
            attachments: self.limits.attached.saturating_sub(attached),
        }
    }
}

impl Limits {
    /// The quotas refine the documented figures; without the right to read them those hold.
    fn of(summary: Result<BTreeMap<String, i32>, overseed_aws::Error>) -> Self {
        let summary = summary.unwrap_or_else(|reason| {
            tracing::debug!(%reason, "the account's quotas are not known");
            BTreeMap::new()
        });
        let quota = |name: &str, otherwise: u32| {
            summary
                .get(name)
                .and_then(|quota| u32::try_from(*quota).ok())
                .filter(|quota| *quota > 0)
                .unwrap_or(otherwise)
        };
        Self {
            inline: quota("RolePolicySizeQuota", INLINE_POLICIES_LIMIT),
            managed: quota("PolicySizeQuota", MANAGED_POLICY_LIMIT),
            attached: quota("AttachedPoliciesPerRoleQuota", ATTACHED_POLICIES_LIMIT),
            trust: quota("AssumeRolePolicySizeQuota", TRUST_LIMIT),
        }
    }
}

/// The managed policies under our path that have one of our names for a role.
#[derive(Debug, Default)]
struct Own {
    /// By ARN, with how often each is attached: those with our tag.
    attachments: BTreeMap<String, u32>,
    /// Names of those without.
    untagged: Vec<String>,
    /// Why there may be more.
    unseen: Option<String>,
}

/// The managed policies that this app made for a role, told by path, name and tag. Where the caller may not look at them
/// the reason is told: there may be some.
async fn own_policies(clients: &Clients, role: &str, ours: &[String]) -> Result<Own, Error> {
    let mut own = Own::default();
    let listed = match reading(clients.policies_under(POLICY_PATH).await)? {
        Reading::Read(listed) => listed,
        Reading::Unreadable(reason) => {
            own.unseen = Some(reason);
            return Ok(own);
        }
    };
    for policy in listed {
        let number = number(&policy.name);
        let is_named = |ours: &String| managed_name(ours, role, number) == policy.name;
        if !ours.iter().any(is_named) {
            continue;
        }
        let tags = match clients.policy_tags(&policy.arn).await {
            Err(error) if error.kind == Kind::NotFound => continue,
            tags => reading(tags)?,
        };
        match tags {
            Reading::Read(tags) if tags.get(ROLE_TAG).is_some_and(|tag| tag == role) => {
                own.attachments.insert(policy.arn, policy.attachments);
            }
            Reading::Read(_) => own.untagged.push(policy.name),
            Reading::Unreadable(reason) => {
                own.unseen.get_or_insert(reason);
            }
        }
    }
    Ok(own)
}

/// Who may not list them meets the limit of five at the call.
async fn versions(clients: &Clients, arn: &str) -> Result<Vec<PolicyVersion>, Error> {
    Ok(match reading(clients.policy_versions(arn).await)? {
        Reading::Read(versions) => versions,
        Reading::Unreadable(reason) => {
            tracing::debug!(reason, arn, "a policy's versions cannot be listed");
            Vec::new()
        }
    })
}

/// The number at the end of a managed policy's name; 0 where there is none.
pub(crate) fn number(name: &str) -> usize {
    name.rsplit('-')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

async fn boundary(clients: &Clients, arn: String) -> Result<Boundary, Error> {
    let document = match reading(clients.managed_policy(&arn).await)? {
        Reading::Read(text) => match Document::parse(&text) {
            Ok(document) => Reading::Read(document),
            Err(reason) => Reading::Unreadable(reason.to_string()),
        },
        Reading::Unreadable(reason) => Reading::Unreadable(reason),
    };
    Ok(Boundary { arn, document })
}

/// Without the right to look, or where the endpoint does not know the call (501), there is no reading; a connection
/// that is broken as a whole, and what may pass, is an error: a role that could not be read now may not be there.
pub(crate) fn reading<T>(result: Result<T, overseed_aws::Error>) -> Result<Reading<T>, Error> {
    match result {
        Ok(value) => Ok(Reading::Read(value)),
        Err(error) => match error.kind {
            Kind::AccessDenied | Kind::BadRequest | Kind::NotFound | Kind::Unreadable => {
                Ok(Reading::Unreadable(error.to_string()))
            }
            Kind::ServiceFault if error.status == Some(501) => {
                Ok(Reading::Unreadable(error.to_string()))
            }
            _ => Err(error.into()),
        },
    }
}
