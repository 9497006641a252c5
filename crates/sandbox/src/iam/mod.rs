//! IAM: users, roles, policies and what they allow.

pub mod document;
pub mod evaluate;
pub mod model;
pub mod params;

mod account;
mod attach;
mod inline;
mod managed;
mod normal;
mod roles;
mod seed;
mod simulate;
mod users;

use http::StatusCode;

use crate::exchange::Caller;
use crate::xml::Element;
use model::Iam;
use params::Params;

pub use seed::seed;

/// A refusal of IAM or STS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The HTTP status.
    pub status: StatusCode,
    /// The error code on the wire.
    pub code: &'static str,
    /// The message.
    pub message: String,
}

impl Failure {
    /// A refusal with the status that IAM gives its code.
    #[must_use]
    pub fn new(code: &'static str, message: String) -> Self {
        let status = match code {
            "NoSuchEntity" => StatusCode::NOT_FOUND,
            "EntityAlreadyExists" | "LimitExceeded" | "DeleteConflict" => StatusCode::CONFLICT,
            "AccessDenied"
            | "SignatureDoesNotMatch"
            | "InvalidClientTokenId"
            | "ExpiredToken"
            | "MissingAuthenticationToken" => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        Self {
            status,
            code,
            message,
        }
    }

    /// A parameter that is not as it must be.
    #[must_use]
    pub fn validation(message: String) -> Self {
        Self::new("ValidationError", message)
    }

    /// Something that is not there.
    #[must_use]
    pub fn no_such(message: String) -> Self {
        Self::new("NoSuchEntity", message)
    }
}

/// What an operation gives back: the inside of its `…Result` element, or nothing.
pub type Answer = Result<Option<Element>, Failure>;

/// A call with what it needs to know.
#[derive(Debug)]
pub struct Call<'a> {
    /// The operation, such as `CreateRole`.
    pub action: &'a str,
    /// Its fields.
    pub params: &'a Params,
    /// Who signed.
    pub caller: &'a Caller,
    /// The sandbox's own time.
    pub now_ms: i64,
}

/// An empty result element.
#[must_use]
pub fn result() -> Element {
    Element::new("Result")
}

impl Iam {
    /// The resource ARN that the caller must be allowed to act on; `*` for operations that know none.
    /// `None` for operations that do not exist here.
    #[must_use]
    pub fn resource_of(&self, action: &str, params: &Params, caller: &Caller) -> Option<String> {
        let role = || {
            let name = params.get("RoleName").unwrap_or_default();
            match self.roles.get(name) {
                Some(role) => self.role_arn(role),
                None => {
                    let path = if action == "CreateRole" {
                        params.get("Path")
                    } else {
                        None
                    };
                    let path = path.unwrap_or("/");
                    format!(
                        "arn:{}:iam::{}:role{path}{name}",
                        self.partition, self.account
                    )
                }
            }
        };
        let user = || {
            let own = || caller.arn.rsplit('/').next().unwrap_or_default();
            let name = params.get("UserName").unwrap_or_else(own);
            match self.users.get(name) {
                Some(user) => self.user_arn(user),
                None => format!("arn:{}:iam::{}:user/{name}", self.partition, self.account),
            }
        };
        let policy = || params.get("PolicyArn").unwrap_or_default().to_owned();
        Some(match action {
            "CreateRole"
            | "GetRole"
            | "DeleteRole"
            | "UpdateAssumeRolePolicy"
            | "UpdateRole"
            | "TagRole"
            | "UntagRole"
            | "ListRoleTags"
            | "PutRolePolicy"
            | "GetRolePolicy"
            | "ListRolePolicies"
            | "DeleteRolePolicy"
            | "AttachRolePolicy"
            | "DetachRolePolicy"
            | "ListAttachedRolePolicies"
            | "PutRolePermissionsBoundary"
            | "DeleteRolePermissionsBoundary" => role(),
            "CreateUser"
            | "GetUser"
            | "DeleteUser"
            | "PutUserPolicy"
            | "GetUserPolicy"
            | "ListUserPolicies"
            | "DeleteUserPolicy"
            | "AttachUserPolicy"
            | "DetachUserPolicy"
            | "ListAttachedUserPolicies"
            | "CreateAccessKey"
            | "DeleteAccessKey"
            | "ListAccessKeys" => user(),
            "GetPolicy"
            | "CreatePolicyVersion"
            | "GetPolicyVersion"
            | "ListPolicyVersions"
            | "SetDefaultPolicyVersion"
            | "DeletePolicyVersion"
            | "DeletePolicy"
            | "TagPolicy"
            | "UntagPolicy"
            | "ListPolicyTags"
            | "ListEntitiesForPolicy" => policy(),
            "CreatePolicy" => self.policy_arn(
                params.get("Path").unwrap_or("/"),
                params.get("PolicyName").unwrap_or_default(),
            ),
            "SimulatePrincipalPolicy" => {
                params.get("PolicySourceArn").unwrap_or_default().to_owned()
            }
            "ListRoles" | "ListPolicies" | "ListUsers" | "GetAccountSummary"
            | "ListAccountAliases" => "*".to_owned(),
            _ => return None,
        })
    }

    /// Whether an operation changes anything.
    #[must_use]
    pub fn changes(action: &str) -> bool {
        !(action.starts_with("Get") || action.starts_with("List") || action.starts_with("Simulate"))
    }

    /// Carries out an operation that the caller is allowed.
    ///
    /// # Errors
    /// The refusal in IAM's words.
    pub fn call(&mut self, call: &Call<'_>) -> Answer {
        match call.action {
            "CreateRole" => self.create_role(call),
            "GetRole" => self.get_role(call),
            "DeleteRole" => self.delete_role(call),
            "ListRoles" => self.list_roles(call),
            "UpdateAssumeRolePolicy" => self.update_assume_role_policy(call),
            "UpdateRole" => self.update_role(call),
            "TagRole" => self.tag_role(call),
            "UntagRole" => self.untag_role(call),
            "ListRoleTags" => self.list_role_tags(call),
            "PutRolePolicy" | "PutUserPolicy" => self.put_inline(call),
            "GetRolePolicy" | "GetUserPolicy" => self.get_inline(call),
            "ListRolePolicies" | "ListUserPolicies" => self.list_inline(call),
            "DeleteRolePolicy" | "DeleteUserPolicy" => self.delete_inline(call),
            "AttachRolePolicy" | "AttachUserPolicy" => self.attach(call),
            "DetachRolePolicy" | "DetachUserPolicy" => self.detach(call),
            "ListAttachedRolePolicies" | "ListAttachedUserPolicies" => self.list_attached(call),
            "PutRolePermissionsBoundary" => self.put_boundary(call),
            "DeleteRolePermissionsBoundary" => self.delete_boundary(call),
            "ListEntitiesForPolicy" => self.list_entities(call),
            "CreatePolicy" => self.create_policy(call),
            "GetPolicy" => self.get_policy(call),
            "ListPolicies" => self.list_policies(call),
            "DeletePolicy" => self.delete_policy(call),
            "CreatePolicyVersion" => self.create_policy_version(call),
            "GetPolicyVersion" => self.get_policy_version(call),
            "ListPolicyVersions" => self.list_policy_versions(call),
            "SetDefaultPolicyVersion" => self.set_default_policy_version(call),
            "DeletePolicyVersion" => self.delete_policy_version(call),
            "TagPolicy" => self.tag_policy(call),
            "UntagPolicy" => self.untag_policy(call),
            "ListPolicyTags" => self.list_policy_tags(call),
            "CreateUser" => self.create_user(call),
            "GetUser" => self.get_user(call),
            "DeleteUser" => self.delete_user(call),
            "ListUsers" => self.list_users(call),
            "CreateAccessKey" => self.create_access_key(call),
            "DeleteAccessKey" => self.delete_access_key(call),
            "ListAccessKeys" => self.list_access_keys(call),
            "GetAccountSummary" => self.account_summary(),
            "ListAccountAliases" => Ok(Some(
                result()
                    .list("AccountAliases", [])
                    .text("IsTruncated", "false"),
            )),
            "SimulatePrincipalPolicy" => self.simulate(call),
            other => Err(Failure::new(
                "InvalidAction",
                format!("Could not find operation {other} for version 2010-05-08"),
            )),
        }
    }
}

/// Adds the fields that end a paged answer.
#[must_use]
pub fn paged(element: Element, marker: Option<String>) -> Element {
    element
        .text(
            "IsTruncated",
            if marker.is_some() { "true" } else { "false" },
        )
        .maybe("Marker", marker)
}

/// `Key` and `Value` of each tag.
pub fn tag_elements(tags: &[(String, String)]) -> Vec<Element> {
    tags.iter()
        .map(|(key, value)| Element::new("member").text("Key", key).text("Value", value))
        .collect()
}

/// Puts tags; a key that is there gets the new value.
///
/// # Errors
/// `LimitExceeded` above 50 tags.
pub fn put_tags(tags: &mut model::Tags, new: Vec<(String, String)>) -> Result<(), Failure> {
    let mut merged = tags.clone();
    for (key, value) in new {
        match merged.iter_mut().find(|(old, _)| *old == key) {
            Some(entry) => entry.1 = value,
            None => merged.push((key, value)),
        }
    }
    if merged.len() > 50 {
        return Err(Failure::new(
            "LimitExceeded",
            "The number of tags has reached the maximum limit.".to_owned(),
        ));
    }
    *tags = merged;
    Ok(())
}

/// Percent-encodes a document as IAM returns it (RFC 3986).
#[must_use]
pub fn encoded(document: &str) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(document.len() * 2);
    for byte in document.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
