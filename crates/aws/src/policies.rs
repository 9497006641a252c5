//! IAM: customer-managed policies and their versions, and the roles that they are attached to.

use std::collections::BTreeMap;

use aws_sdk_iam::{operation::RequestId as _, types::PolicyScopeType};

use crate::{
    Clients, Error,
    classify::failed,
    iam::{document, tags_of},
};

/// A customer-managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// Its name.
    pub name: String,
    /// Its ARN, path included.
    pub arn: String,
    /// Users, groups and roles that it is attached to.
    pub attachments: u32,
}

/// One version of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Such as `v3`.
    pub id: String,
    /// Whether it is the one that holds.
    pub is_default: bool,
}

impl Clients {
    /// The account's own policies under a path, such as `/overseed/` (ListPolicies).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn policies_under(&self, path: &str) -> Result<Vec<ManagedPolicy>, Error> {
        let mut policies = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let answer = self
                .iam
                .list_policies()
                .scope(PolicyScopeType::Local)
                .path_prefix(path)
                .max_items(1000)
                .set_marker(marker.clone())
                .send()
                .await
                .map_err(|error| failed("iam:ListPolicies", error))?;
            let page = answer.policies.unwrap_or_default().into_iter();
            policies.extend(page.filter_map(|policy| {
                Some(ManagedPolicy {
                    name: policy.policy_name?,
                    arn: policy.arn?,
                    attachments: policy
                        .attachment_count
                        .and_then(|count| u32::try_from(count).ok())
                        .unwrap_or(0),
                })
            }));
            let next = answer
                .marker
                .filter(|next| answer.is_truncated && !next.is_empty());
            if next.is_none() || next == marker {
                return Ok(policies);
            }
            marker = next;
        }
    }

    /// The tags of a managed policy (GetPolicy, which tells them; ListPolicies does not).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where it does not exist.
    pub async fn policy_tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Error> {
        let operation = "iam:GetPolicy";
        let answer = self
            .iam
            .get_policy()
            .policy_arn(arn)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let policy = answer
            .policy
            .ok_or_else(|| Error::unreadable(operation, "the answer has no Policy"))?;
        let tags = policy.tags.unwrap_or_default();
        Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
    }

    /// The default version's document of a managed policy (GetPolicy, GetPolicyVersion).
    ///
    /// # Errors
    /// Those of the calls; [`crate::Kind::NotFound`] where it does not exist.
    pub async fn managed_policy(&self, arn: &str) -> Result<String, Error> {
        let operation = "iam:GetPolicy";
        let answer = self
            .iam
            .get_policy()
            .policy_arn(arn)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let version = answer
            .policy
            .and_then(|policy| policy.default_version_id)
            .ok_or_else(|| Error::unreadable(operation, "the answer has no DefaultVersionId"))?;
        let operation = "iam:GetPolicyVersion";
        let answer = self
            .iam
            .get_policy_version()
            .policy_arn(arn)
            .version_id(version)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let text = answer
            .policy_version
            .and_then(|version| version.document)
            .ok_or_else(|| Error::unreadable(operation, "the answer has no Document"))?;
        document(operation, &text)
    }

    /// Creates a managed policy; answers its ARN and AWS's request id (CreatePolicy).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::Conflict`] where a policy of that name exists.
    pub async fn create_policy(
        &self,
        name: &str,
        path: &str,
        document: &str,
        description: &str,
        tags: &BTreeMap<String, String>,
    ) -> Result<(String, Option<String>), Error> {
        let operation = "iam:CreatePolicy";
        let answer = self
            .iam
            .create_policy()
            .policy_name(name)
            .path(path)
            .policy_document(document)
            .description(description)
            .set_tags(tags_of(operation, tags)?)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let request_id = answer.request_id().map(str::to_owned);
        let arn = answer
            .policy
            .and_then(|policy| policy.arn)
            .ok_or_else(|| Error::unreadable(operation, "the answer has no Arn"))?;
        Ok((arn, request_id))
    }

    /// The versions of a managed policy, newest first: five at most (ListPolicyVersions).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where it does not exist.
    pub async fn policy_versions(&self, arn: &str) -> Result<Vec<PolicyVersion>, Error> {
        let answer = self
            .iam
            .list_policy_versions()
            .policy_arn(arn)
            .send()
            .await
            .map_err(|error| failed("iam:ListPolicyVersions", error))?;
        let mut versions: Vec<PolicyVersion> = answer
            .versions
            .unwrap_or_default()
            .into_iter()
            .filter_map(|version| {
                Some(PolicyVersion {
                    id: version.version_id?,
                    is_default: version.is_default_version,
                })
            })
            .collect();
        // `v10` is newer than `v9`.
        let number = |id: &str| id.trim_start_matches('v').parse::<u64>().unwrap_or(0);
        versions.sort_by_key(|version| std::cmp::Reverse(number(&version.id)));
        Ok(versions)
    }

    /// Gives a managed policy a new version, which holds from then on; answers AWS's request id (CreatePolicyVersion).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::LimitExceeded`] where it has five versions.
    pub async fn create_policy_version(
        &self,
        arn: &str,
        document: &str,
    ) -> Result<Option<String>, Error> {
        let answer = self
            .iam
            .create_policy_version()
            .policy_arn(arn)
            .policy_document(document)
            .set_as_default(true)
            .send()
            .await
            .map_err(|error| failed("iam:CreatePolicyVersion", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }

    /// Deletes a version that is not the default one; answers AWS's request id (DeletePolicyVersion).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn delete_policy_version(
        &self,
        arn: &str,
        version: &str,
    ) -> Result<Option<String>, Error> {
        let answer = self
            .iam
            .delete_policy_version()
            .policy_arn(arn)
            .version_id(version)
            .send()
            .await
            .map_err(|error| failed("iam:DeletePolicyVersion", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }

    /// Deletes a managed policy that has one version and is attached to nothing; answers AWS's request id
    /// (DeletePolicy).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where it does not exist, [`crate::Kind::Conflict`] where it is still attached.
    pub async fn delete_policy(&self, arn: &str) -> Result<Option<String>, Error> {
        let answer = self
            .iam
            .delete_policy()
            .policy_arn(arn)
            .send()
            .await
            .map_err(|error| failed("iam:DeletePolicy", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }

    /// Attaches a managed policy to a role; doing it again changes nothing. Answers AWS's request id
    /// (AttachRolePolicy).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::LimitExceeded`] where the role has as many as it may.
    pub async fn attach_role_policy(&self, role: &str, arn: &str) -> Result<Option<String>, Error> {
        let answer = self
            .iam
            .attach_role_policy()
            .role_name(role)
            .policy_arn(arn)
            .send()
            .await
            .map_err(|error| failed("iam:AttachRolePolicy", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }

    /// Takes a managed policy from a role; answers AWS's request id (DetachRolePolicy).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where it is not attached.
    pub async fn detach_role_policy(&self, role: &str, arn: &str) -> Result<Option<String>, Error> {
        let answer = self
            .iam
            .detach_role_policy()
            .role_name(role)
            .policy_arn(arn)
            .send()
            .await
            .map_err(|error| failed("iam:DetachRolePolicy", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }
}
