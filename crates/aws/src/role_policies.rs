//! IAM: the policies of a role, inline and attached.

use aws_sdk_iam::operation::RequestId as _;

use crate::{Clients, Error, classify::failed, iam::document};

/// A policy that a role has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePolicy {
    /// Its name.
    pub name: String,
    /// Its ARN where it is a managed policy; absent for inline policies.
    pub arn: Option<String>,
    /// The document as JSON; of a managed policy its default version.
    pub document: String,
}

impl Clients {
    /// All policies of a role: inline ones first, then the attached managed ones with their default version.
    ///
    /// # Errors
    /// Those of the calls; [`crate::Kind::NotFound`] where the role does not exist.
    pub async fn role_policies(&self, role: &str) -> Result<Vec<RolePolicy>, Error> {
        let mut policies = Vec::new();
        for name in self.inline_policy_names(role).await? {
            let document = self.inline_policy(role, &name).await?;
            policies.push(RolePolicy {
                name,
                arn: None,
                document,
            });
        }
        for (name, arn) in self.attached_policies(role).await? {
            let document = self.managed_policy(&arn).await?;
            policies.push(RolePolicy {
                name,
                arn: Some(arn),
                document,
            });
        }
        Ok(policies)
    }

    /// Writes an inline policy, replacing one of the same name; answers AWS's request id (PutRolePolicy).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::LimitExceeded`] where it does not fit.
    pub async fn put_role_policy(
        &self,
        role: &str,
        policy: &str,
        document: &str,
    ) -> Result<Option<String>, Error> {
        let answer = self
            .iam
            .put_role_policy()
            .role_name(role)
            .policy_name(policy)
            .policy_document(document)
            .send()
            .await
            .map_err(|error| failed("iam:PutRolePolicy", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }

    /// Deletes an inline policy; answers AWS's request id (DeleteRolePolicy).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where it does not exist.
    pub async fn delete_role_policy(
        &self,
        role: &str,
        policy: &str,
    ) -> Result<Option<String>, Error> {
        let answer = self
            .iam
            .delete_role_policy()
            .role_name(role)
            .policy_name(policy)
            .send()
            .await
            .map_err(|error| failed("iam:DeleteRolePolicy", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }

    async fn inline_policy_names(&self, role: &str) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let answer = self
                .iam
                .list_role_policies()
                .role_name(role)
                .set_marker(marker.clone())
                .send()
                .await
                .map_err(|error| failed("iam:ListRolePolicies", error))?;
            names.extend(answer.policy_names);
            let next = answer
                .marker
                .filter(|next| answer.is_truncated && !next.is_empty());
            if next.is_none() || next == marker {
                return Ok(names);
            }
            marker = next;
        }
    }

    async fn inline_policy(&self, role: &str, policy: &str) -> Result<String, Error> {
        let operation = "iam:GetRolePolicy";
        let answer = self
            .iam
            .get_role_policy()
            .role_name(role)
            .policy_name(policy)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        document(operation, &answer.policy_document)
    }

    /// Names and ARNs.
    async fn attached_policies(&self, role: &str) -> Result<Vec<(String, String)>, Error> {
        let mut policies = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let answer = self
                .iam
                .list_attached_role_policies()
                .role_name(role)
                .set_marker(marker.clone())
                .send()
                .await
                .map_err(|error| failed("iam:ListAttachedRolePolicies", error))?;
            policies.extend(
                answer
                    .attached_policies
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|policy| {
                        Some((policy.policy_name.unwrap_or_default(), policy.policy_arn?))
                    }),
            );
            let next = answer
                .marker
                .filter(|next| answer.is_truncated && !next.is_empty());
            if next.is_none() || next == marker {
                return Ok(policies);
            }
            marker = next;
        }
    }
}
