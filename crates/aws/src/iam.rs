//! IAM: roles and what they may.

use std::collections::BTreeMap;

use aws_sdk_iam::{
    operation::RequestId as _,
    types::{ContextEntry, ContextKeyTypeEnum, Role, Tag},
};

use crate::{Clients, Error, Kind, Page, classify::failed, percent, settings::interactive_retries};

/// Roles read at most when all are listed; accounts have 1,000 by default, 5,000 at most (IAM quotas).
const MOST_ROLES: usize = 10_000;

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDetail {
    /// Its name.
    pub name: String,
    /// Its ARN, path included.
    pub arn: String,
    /// The trust policy as JSON; empty where the answer has none.
    pub trust: String,
    /// ARN of the permissions boundary. ListRoles does not tell it.
    pub permissions_boundary: Option<String>,
    /// Its tags. ListRoles does not tell them.
    pub tags: BTreeMap<String, String>,
}

/// What a simulation decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// The action, such as `iam:PassRole`.
    pub action: String,
    /// The resource; `*` where none was named.
    pub resource: String,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: String,
}

impl Simulated {
    /// Whether it is allowed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.decision == "allowed"
    }
}

impl Clients {
    /// A role by its name; `None` where it does not exist (GetRole).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn get_role(&self, name: &str) -> Result<Option<RoleDetail>, Error> {
        let operation = "iam:GetRole";
        match self.iam.get_role().role_name(name).send().await {
            Ok(answer) => answer
                .role
                .map(|role| role_detail(operation, role))
                .transpose()?
                .map(Some)
                .ok_or_else(|| Error::unreadable(operation, "the answer has no Role")),
            Err(error) => absent_is_none(failed(operation, error)),
        }
    }

    /// One page of the account's roles, by name (ListRoles).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn list_roles_page(&self, marker: Option<&str>) -> Result<Page<RoleDetail>, Error> {
        let operation = "iam:ListRoles";
        let answer = self
            .iam
            .list_roles()
            .max_items(1000)
            .set_marker(marker.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .roles
            .into_iter()
            .map(|role| role_detail(operation, role))
            .collect::<Result<_, _>>()?;
        Ok(Page {
            items,
            next: answer
                .marker
                .filter(|marker| answer.is_truncated && !marker.is_empty()),
        })
    }

    /// All roles of the account, 10,000 at most (ListRoles).
    ///
    /// # Errors
    /// Those of the calls.
    pub async fn list_roles(&self) -> Result<Vec<RoleDetail>, Error> {
        let mut roles = Vec::new();
        let mut marker = None;
        loop {
            let page = self.list_roles_page(marker.as_deref()).await?;
            roles.extend(page.items);
            marker = page.next;
            if marker.is_none() || roles.len() >= MOST_ROLES {
                return Ok(roles);
            }
        }
    }

    /// Creates a role; answers its ARN and AWS's request id (CreateRole).
    ///
    /// # Errors
    /// Those of the call; [`Kind::Conflict`] where a role of that name exists.
    pub async fn create_role(
        &self,
        name: &str,
        path: &str,
        trust: &str,
        description: &str,
        tags: &BTreeMap<String, String>,
    ) -> Result<(String, Option<String>), Error> {
        let operation = "iam:CreateRole";
        let answer = self
            .iam
            .create_role()
            .role_name(name)
            .path(path)
            .assume_role_policy_document(trust)
            .description(description)
            .set_tags(tags_of(operation, tags)?)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let request_id = answer.request_id().map(str::to_owned);
        let role = answer
            .role
            .ok_or_else(|| Error::unreadable(operation, "the answer has no Role"))?;
        Ok((role.arn, request_id))
    }

    /// Replaces a role's trust policy; answers AWS's request id (UpdateAssumeRolePolicy).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn update_trust(&self, role: &str, trust: &str) -> Result<Option<String>, Error> {
        let answer = self
            .iam
            .update_assume_role_policy()
            .role_name(role)
            .policy_document(trust)
            .send()
            .await
            .map_err(|error| failed("iam:UpdateAssumeRolePolicy", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }

    /// Deletes a role that has no policies left; answers AWS's request id (DeleteRole).
    ///
    /// # Errors
    /// Those of the call; [`Kind::NotFound`] where it does not exist.
    pub async fn delete_role(&self, role: &str) -> Result<Option<String>, Error> {
        let answer = self
            .iam
            .delete_role()
            .role_name(role)
            .send()
            .await
            .map_err(|error| failed("iam:DeleteRole", error))?;
        Ok(answer.request_id().map(str::to_owned))
    }

    /// Whether a principal may, without doing it (SimulatePrincipalPolicy). Context values are strings.
    ///
    /// # Errors
    /// Those of the call; the caller may lack this right, and not every endpoint knows the operation.
    pub async fn simulate(
        &self,
        principal_arn: &str,
        actions: &[&str],
        resources: &[&str],
        context: &[(&str, &str)],
    ) -> Result<Vec<Simulated>, Error> {
        let operation = "iam:SimulatePrincipalPolicy";
        let owned = |texts: &[&str]| {
            texts
                .iter()
                .map(|&text| text.to_owned())
                .collect::<Vec<_>>()
        };
        let context = context
            .iter()
            .map(|(key, value)| {
                ContextEntry::builder()
                    .context_key_name(*key)
                    .context_key_values(*value)
                    .context_key_type(ContextKeyTypeEnum::String)
                    .build()
            })
            .collect::<Vec<_>>();
        let mut results = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let answer = self
                .iam
                .simulate_principal_policy()
                .policy_source_arn(principal_arn)
                .set_action_names(Some(owned(actions)))
                .set_resource_arns((!resources.is_empty()).then(|| owned(resources)))
                .set_context_entries((!context.is_empty()).then(|| context.clone()))
                .set_marker(marker.clone())
                .customize()
                .config_override(
                    aws_sdk_iam::config::Builder::new().retry_config(interactive_retries()),
                )
                .send()
                .await
                .map_err(|error| failed(operation, error))?;
            for result in answer.evaluation_results.unwrap_or_default() {
                let specific = result.resource_specific_results.unwrap_or_default();
                // With several resources the verdict on each stands underneath (IAM API Reference, EvaluationResult).
                if specific.is_empty() {
                    results.push(Simulated {
                        action: result.eval_action_name,
                        resource: result.eval_resource_name.unwrap_or_else(|| "*".to_owned()),
                        decision: result.eval_decision.as_str().to_owned(),
                    });
                } else {
                    results.extend(specific.into_iter().map(|one| Simulated {
                        action: result.eval_action_name.clone(),
                        resource: one.eval_resource_name,
                        decision: one.eval_resource_decision.as_str().to_owned(),
                    }));
                }
            }
            let next = answer
                .marker
                .filter(|next| answer.is_truncated && !next.is_empty());
            if next.is_none() || next == marker {
                return Ok(results);
            }
            marker = next;
        }
    }

    /// The account's quotas and counts by name, such as `RolePolicySizeQuota` (GetAccountSummary).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn account_summary(&self) -> Result<BTreeMap<String, i32>, Error> {
        let answer = self
            .iam
            .get_account_summary()
            .send()
            .await
            .map_err(|error| failed("iam:GetAccountSummary", error))?;
        let summary = answer.summary_map.unwrap_or_default();
        Ok(summary
            .into_iter()
            .map(|(key, value)| (key.as_str().to_owned(), value))
            .collect())
    }
}

/// IAM sends documents percent-encoded (IAM API Reference, RFC 3986).
pub(crate) fn document(operation: &'static str, text: &str) -> Result<String, Error> {
    percent::decode(text)
        .ok_or_else(|| Error::unreadable(operation, "a policy document is not UTF-8 when decoded"))
}

/// What does not exist is `None`, all else stays an error.
pub(crate) fn absent_is_none<T>(error: Error) -> Result<Option<T>, Error> {
    if error.kind == Kind::NotFound {
        Ok(None)
    } else {
        Err(error)
    }
}

fn role_detail(operation: &'static str, role: Role) -> Result<RoleDetail, Error> {
    Ok(RoleDetail {
        name: role.role_name,
        arn: role.arn,
        trust: document(
            operation,
            role.assume_role_policy_document.as_deref().unwrap_or(""),
        )?,
        permissions_boundary: role
            .permissions_boundary
            .and_then(|boundary| boundary.permissions_boundary_arn),
        tags: role
            .tags
            .unwrap_or_default()
            .into_iter()
            .map(|tag| (tag.key, tag.value))
            .collect(),
    })
}

/// Tags as IAM takes them; none at all is no empty list.
pub(crate) fn tags_of(
    operation: &'static str,
    tags: &BTreeMap<String, String>,
) -> Result<Option<Vec<Tag>>, Error> {
    let tags = tags
        .iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Error::here(operation, Kind::BadRequest, error.to_string()))?;
    Ok((!tags.is_empty()).then_some(tags))
}
