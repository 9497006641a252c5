//! Inline policies of roles and users.

use super::document::{self, Use};
use super::model::{Grants, Iam};
use super::{Answer, Call, Failure, encoded, paged, result};

/// All inline policies of a role together, in characters without white space (IAM quotas).
pub const ROLE_INLINE_SIZE: usize = 10_240;
/// The same of a user.
const USER_INLINE_SIZE: usize = 2048;

/// `Role` or `User`, whichever the operation's name holds.
fn is_role(call: &Call<'_>) -> bool {
    call.action.contains("Role")
}

impl Iam {
    /// The entity that an operation such as PutRolePolicy or AttachUserPolicy is about: name and grants.
    pub(super) fn entity(&self, call: &Call<'_>) -> Result<(&str, &Grants), Failure> {
        if is_role(call) {
            self.role(call)
                .map(|role| (role.name.as_str(), &role.grants))
        } else {
            self.user(call)
                .map(|user| (user.name.as_str(), &user.grants))
        }
    }

    pub(super) fn grants_mut(&mut self, call: &Call<'_>) -> Result<&mut Grants, Failure> {
        if is_role(call) {
            self.role_mut(call).map(|role| &mut role.grants)
        } else {
            self.user_mut(call).map(|user| &mut user.grants)
        }
    }

    pub(super) fn put_inline(&mut self, call: &Call<'_>) -> Answer {
        let policy = call.params.name("PolicyName", 128)?;
        let text = call.params.document("PolicyDocument")?;
        let (name, grants) = self.entity(call)?;
        document::check(text, Use::Identity)
            .map_err(|message| Failure::new("MalformedPolicyDocument", message))?;
        let others = grants.inline.iter().filter(|(other, _)| *other != policy);
        let size =
            document::size(text) + others.map(|(_, text)| document::size(text)).sum::<usize>();
        let (kind, most) = if is_role(call) {
            ("role", ROLE_INLINE_SIZE)
        } else {
            ("user", USER_INLINE_SIZE)
        };
        if size > most {
            return Err(Failure::new(
                "LimitExceeded",
                format!("Maximum policy size of {most} bytes exceeded for {kind} {name}"),
            ));
        }
        self.grants_mut(call)?
            .inline
            .insert(policy.to_owned(), text.to_owned());
        Ok(None)
    }

    pub(super) fn get_inline(&self, call: &Call<'_>) -> Answer {
        let policy = call.params.name("PolicyName", 128)?;
        let (name, grants) = self.entity(call)?;
        let text = grants
            .inline
            .get(policy)
            .ok_or_else(|| no_policy(call, policy))?;
        let field = if is_role(call) {
            "RoleName"
        } else {
            "UserName"
        };
        Ok(Some(
            result()
                .text(field, name)
                .text("PolicyName", policy)
                .text("PolicyDocument", encoded(text)),
        ))
    }

    pub(super) fn list_inline(&self, call: &Call<'_>) -> Answer {
        let (_, grants) = self.entity(call)?;
        let (page, marker) = call.params.page(grants.inline.keys().collect())?;
        Ok(Some(paged(result().texts("PolicyNames", page), marker)))
    }

    pub(super) fn delete_inline(&mut self, call: &Call<'_>) -> Answer {
        let policy = call.params.name("PolicyName", 128)?;
        let removed = self.grants_mut(call)?.inline.remove(policy);
        removed.map(|_| None).ok_or_else(|| no_policy(call, policy))
    }
}

fn no_policy(call: &Call<'_>, policy: &str) -> Failure {
    let kind = if is_role(call) { "role" } else { "user" };
    Failure::no_such(format!(
        "The {kind} policy with name {policy} cannot be found."
    ))
}
