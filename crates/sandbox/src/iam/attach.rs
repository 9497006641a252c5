//! Managed policies on roles and users, and permissions boundaries.

use super::model::{Grants, Iam, ManagedPolicy};
use super::{Answer, Call, Failure, paged, result};
use crate::xml::Element;

/// Managed policies a role or user can have by default (IAM quotas; 20 at most on request).
pub const ATTACHED: usize = 10;

impl Iam {
    /// The policy of an ARN if it can be attached.
    pub(super) fn attachable(&self, arn: &str) -> Result<&ManagedPolicy, Failure> {
        self.policies.get(arn).ok_or_else(|| {
            Failure::no_such(format!("Policy {arn} does not exist or is not attachable."))
        })
    }

    pub(super) fn attach(&mut self, call: &Call<'_>) -> Answer {
        let arn = call.params.need("PolicyArn")?;
        self.entity(call)?;
        self.attachable(arn)?;
        let kind = if call.action.contains("Role") {
            "Role"
        } else {
            "User"
        };
        let grants = self.grants_mut(call)?;
        if grants.attached.iter().any(|other| other == arn) {
            return Ok(None);
        }
        if grants.attached.len() >= ATTACHED {
            return Err(Failure::new(
                "LimitExceeded",
                format!("Cannot exceed quota for PoliciesPer{kind}: {ATTACHED}"),
            ));
        }
        grants.attached.push(arn.to_owned());
        Ok(None)
    }

    pub(super) fn detach(&mut self, call: &Call<'_>) -> Answer {
        let arn = call.params.need("PolicyArn")?;
        let grants = self.grants_mut(call)?;
        let before = grants.attached.len();
        grants.attached.retain(|other| other != arn);
        if grants.attached.len() == before {
            return Err(Failure::no_such(format!("Policy {arn} was not found.")));
        }
        Ok(None)
    }

    pub(super) fn list_attached(&self, call: &Call<'_>) -> Answer {
        let (_, grants) = self.entity(call)?;
        let attached = grants
            .attached
            .iter()
            .filter_map(|arn| self.policies.get(arn))
            .collect();
        let (page, marker) = call.params.page(attached)?;
        let members = page.into_iter().map(|policy| {
            Element::new("member")
                .text("PolicyName", &policy.name)
                .text("PolicyArn", &policy.arn)
        });
        Ok(Some(paged(
            result().list("AttachedPolicies", members),
            marker,
        )))
    }

    pub(super) fn put_boundary(&mut self, call: &Call<'_>) -> Answer {
        let arn = call.params.need("PermissionsBoundary")?;
        self.attachable(arn)?;
        self.grants_mut(call)?.boundary = Some(arn.to_owned());
        Ok(None)
    }

    pub(super) fn delete_boundary(&mut self, call: &Call<'_>) -> Answer {
        self.grants_mut(call)?.boundary = None;
        Ok(None)
    }

    pub(super) fn list_entities(&self, call: &Call<'_>) -> Answer {
        let arn = call.params.need("PolicyArn")?;
        self.managed(arn)?;
        let has = |grants: &Grants| grants.attached.iter().any(|other| other == arn);
        let roles = self
            .roles
            .values()
            .filter(|role| has(&role.grants))
            .map(|role| {
                Element::new("member")
                    .text("RoleName", &role.name)
                    .text("RoleId", &role.id)
            });
        let users = self
            .users
            .values()
            .filter(|user| has(&user.grants))
            .map(|user| {
                Element::new("member")
                    .text("UserName", &user.name)
                    .text("UserId", &user.id)
            });
        let (wants_roles, wants_users) = match call.params.get("EntityFilter") {
            Some("Role") => (true, false),
            Some("User") => (false, true),
            _ => (true, true),
        };
        let answer = result()
            .list("PolicyGroups", [])
            .list("PolicyUsers", users.filter(|_| wants_users))
            .list("PolicyRoles", roles.filter(|_| wants_roles));
        Ok(Some(paged(answer, None)))
    }
}
