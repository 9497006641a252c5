//! What there is: the role, its policies, the bucket's policy and the account's quotas. What may not be looked at is
//! told with the reason, not guessed.

use overseed_aws::{Clients, Kind};
use overseed_domain::permissions::{Document, INLINE_POLICIES_LIMIT, POLICY_NAME, TRUST_LIMIT};

use crate::Error;

/// Something that was read, or why it could not be.
#[derive(Debug, Clone)]
pub(super) enum Reading<T> {
    /// Read.
    Read(T),
    /// Not to be read by this caller; the reason in AWS's words.
    Unreadable(String),
}

/// The role as it is.
#[derive(Debug, Clone)]
pub(super) struct RoleFound {
    pub(super) arn: String,
    pub(super) trust: Document,
    /// ARN of its permissions boundary.
    pub(super) boundary: Option<String>,
}

/// One of its policies.
#[derive(Debug, Clone)]
pub(super) struct PolicyFound {
    pub(super) name: String,
    pub(super) managed: bool,
    pub(super) document: Document,
}

/// What there is.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) role: Reading<Option<RoleFound>>,
    pub(super) policies: Reading<Vec<PolicyFound>>,
    pub(super) bucket_policy: Reading<Option<Document>>,
    /// Characters of all inline policies of a role.
    pub(super) inline_limit: u32,
    /// Characters of a trust policy.
    pub(super) trust_limit: u32,
}

impl PolicyFound {
    /// Whether it is the one policy that this app writes.
    pub(super) fn is_ours(&self) -> bool {
        !self.managed && self.name == POLICY_NAME
    }
}

impl Found {
    /// Reads all of it.
    pub(super) async fn read(clients: &Clients, role: &str, bucket: &str) -> Result<Self, Error> {
        let (role_found, bucket_policy, summary) = tokio::join!(
            clients.get_role(role),
            clients.get_bucket_policy(bucket),
            clients.account_summary(),
        );
        let role_found = match reading(role_found)? {
            Reading::Read(Some(detail)) => match Document::parse(&detail.trust) {
                Ok(trust) => Reading::Read(Some(RoleFound {
                    arn: detail.arn,
                    trust,
                    boundary: detail.permissions_boundary,
                })),
                Err(reason) => Reading::Unreadable(format!("its trust policy: {reason}")),
            },
            Reading::Read(None) => Reading::Read(None),
            Reading::Unreadable(reason) => Reading::Unreadable(reason),
        };
        let policies = match &role_found {
            Reading::Read(None) => Reading::Read(Vec::new()),
            Reading::Read(Some(_)) | Reading::Unreadable(_) => {
                Self::policies(clients, role).await?
            }
        };
        let bucket_policy = match reading(bucket_policy)? {
            Reading::Read(None) => Reading::Read(None),
            Reading::Read(Some(text)) => match Document::parse(&text) {
                Ok(document) => Reading::Read(Some(document)),
                Err(reason) => Reading::Unreadable(reason.to_string()),
            },
            Reading::Unreadable(reason) => Reading::Unreadable(reason),
        };
        // The quotas refine the documented figures; without the right to read them those hold.
        let quota = |name: &str, otherwise: u32| match &summary {
            Ok(summary) => summary
                .get(name)
                .and_then(|quota| u32::try_from(*quota).ok())
                .filter(|quota| *quota > 0)
                .unwrap_or(otherwise),
            Err(reason) => {
                tracing::debug!(%reason, name, "the account's quota is not known");
                otherwise
            }
        };
        Ok(Self {
            role: role_found,
            policies,
            bucket_policy,
            inline_limit: quota("RolePolicySizeQuota", INLINE_POLICIES_LIMIT),
            trust_limit: quota("AssumeRolePolicySizeQuota", TRUST_LIMIT),
        })
    }

    async fn policies(clients: &Clients, role: &str) -> Result<Reading<Vec<PolicyFound>>, Error> {
        let policies = match reading(clients.role_policies(role).await)? {
            Reading::Read(policies) => policies,
            Reading::Unreadable(reason) => return Ok(Reading::Unreadable(reason)),
        };
        let mut found = Vec::with_capacity(policies.len());
        for policy in policies {
            match Document::parse(&policy.document) {
                Ok(document) => found.push(PolicyFound {
                    managed: policy.arn.is_some(),
                    name: policy.name,
                    document,
                }),
                Err(reason) => {
                    return Ok(Reading::Unreadable(format!(
                        "policy {}: {reason}",
                        policy.name
                    )));
                }
            }
        }
        Ok(Reading::Read(found))
    }

    /// Characters of the role's inline policies other than ours.
    pub(super) fn others_size(&self) -> u32 {
        match &self.policies {
            Reading::Read(policies) => policies
                .iter()
                .filter(|policy| !policy.managed && !policy.is_ours())
                .map(|policy| policy.document.size())
                .sum(),
            Reading::Unreadable(_) => 0,
        }
    }
}

/// Without the right to look, or where the endpoint does not know the call, there is no reading; a connection that is
/// broken as a whole is an error.
pub(super) fn reading<T>(result: Result<T, overseed_aws::Error>) -> Result<Reading<T>, Error> {
    match result {
        Ok(value) => Ok(Reading::Read(value)),
        Err(error) => match error.kind {
            Kind::AccessDenied
            | Kind::BadRequest
            | Kind::NotFound
            | Kind::ServiceFault
            | Kind::Throttled
            | Kind::Unreadable => Ok(Reading::Unreadable(error.to_string())),
            _ => Err(error.into()),
        },
    }
}
