//! Roles and their trust.

use super::document::{self, Use};
use super::model::{Grants, Iam, Role, new_id};
use super::{Answer, Call, Failure, encoded, paged, put_tags, result, tag_elements};
use crate::xml::{Element, timestamp};

/// The default quota of a trust policy ("ACLSizePerRole"), in characters without white space.
const TRUST_SIZE: usize = 2048;

impl Iam {
    /// The role named by the call.
    pub(super) fn role(&self, call: &Call<'_>) -> Result<&Role, Failure> {
        let name = call.params.name("RoleName", 64)?;
        self.roles.get(name).ok_or_else(|| no_role(name))
    }

    pub(super) fn role_mut(&mut self, call: &Call<'_>) -> Result<&mut Role, Failure> {
        let name = call.params.name("RoleName", 64)?;
        self.roles.get_mut(name).ok_or_else(|| no_role(name))
    }

    fn checked_trust(&self, text: &str) -> Result<String, Failure> {
        let malformed = |message| Failure::new("MalformedPolicyDocument", message);
        let parsed = document::check(text, Use::Trust).map_err(malformed)?;
        for (kind, id) in document::principals(&parsed) {
            let known = match kind {
                "Service" => id.ends_with(".amazonaws.com") || id.ends_with(".amazonaws.com.cn"),
                "AWS" => self.principal_exists(id),
                _ => true,
            };
            if !known {
                return Err(malformed(format!(
                    "Invalid principal in policy: \"{kind}\":\"{id}\""
                )));
            }
        }
        if document::size(text) > TRUST_SIZE {
            return Err(Failure::new(
                "LimitExceeded",
                format!("Cannot exceed quota for ACLSizePerRole: {TRUST_SIZE}"),
            ));
        }
        Ok(text.to_owned())
    }

    fn role_element(&self, role: &Role, whole: bool) -> Element {
        let element = Element::new("Role")
            .text("Path", &role.path)
            .text("RoleName", &role.name)
            .text("RoleId", &role.id)
            .text("Arn", self.role_arn(role))
            .text("CreateDate", timestamp(role.created_ms))
            .text("AssumeRolePolicyDocument", encoded(&role.trust))
            .maybe("Description", role.description.as_deref())
            .text("MaxSessionDuration", role.max_session_seconds.to_string());
        if !whole {
            return element;
        }
        let element = match &role.grants.boundary {
            Some(arn) => element.child(
                Element::new("PermissionsBoundary")
                    .text("PermissionsBoundaryType", "Policy")
                    .text("PermissionsBoundaryArn", arn),
            ),
            None => element,
        };
        if role.grants.tags.is_empty() {
            return element;
        }
        element.list("Tags", tag_elements(&role.grants.tags))
    }

    pub(super) fn create_role(&mut self, call: &Call<'_>) -> Answer {
        let name = call.params.name("RoleName", 64)?;
        let path = call.params.path()?;
        let trust = self.checked_trust(call.params.document("AssumeRolePolicyDocument")?)?;
        let max_session_seconds = session_seconds(call)?.unwrap_or(3600);
        let mut grants = Grants::default();
        put_tags(&mut grants.tags, call.params.tags()?)?;
        if let Some(arn) = call.params.get("PermissionsBoundary") {
            self.attachable(arn)?;
            grants.boundary = Some(arn.to_owned());
        }
        if self
            .roles
            .keys()
            .any(|other| other.eq_ignore_ascii_case(name))
        {
            let message = format!("Role with name {name} already exists.");
            return Err(Failure::new("EntityAlreadyExists", message));
        }
        if self.roles.len() >= 1000 {
            return Err(Failure::new(
                "LimitExceeded",
                "Cannot exceed quota for RolesPerAccount: 1000".to_owned(),
            ));
        }
        let role = Role {
            name: name.to_owned(),
            id: new_id("AROA"),
            path: path.to_owned(),
            created_ms: call.now_ms,
            trust_changed_ms: call.now_ms,
            trust,
            description: call.params.get("Description").map(str::to_owned),
            max_session_seconds,
            grants,
        };
        let answer = result().child(self.role_element(&role, true));
        self.roles.insert(name.to_owned(), role);
        Ok(Some(answer))
    }

    pub(super) fn get_role(&self, call: &Call<'_>) -> Answer {
        Ok(Some(
            result().child(self.role_element(self.role(call)?, true)),
        ))
    }

    pub(super) fn list_roles(&self, call: &Call<'_>) -> Answer {
        let prefix = call.params.get("PathPrefix").unwrap_or("/");
        let roles = self
            .roles
            .values()
            .filter(|role| role.path.starts_with(prefix))
            .collect();
        let (page, marker) = call.params.page(roles)?;
        let roles = page.into_iter().map(|role| self.role_element(role, false));
        Ok(Some(paged(result().list("Roles", roles), marker)))
    }

    pub(super) fn delete_role(&mut self, call: &Call<'_>) -> Answer {
        let role = self.role(call)?;
        let conflict = |text: &str| Failure::new("DeleteConflict", text.to_owned());
        if !role.grants.inline.is_empty() {
            return Err(conflict(
                "Cannot delete entity, must delete policies first.",
            ));
        }
        if !role.grants.attached.is_empty() {
            return Err(conflict(
                "Cannot delete entity, must detach all policies first.",
            ));
        }
        let name = role.name.clone();
        self.roles.remove(&name);
        self.sessions.retain(|_, session| session.role != name);
        Ok(None)
    }

    pub(super) fn update_assume_role_policy(&mut self, call: &Call<'_>) -> Answer {
        let trust = self.checked_trust(call.params.document("PolicyDocument")?)?;
        let now_ms = call.now_ms;
        let role = self.role_mut(call)?;
        role.trust = trust;
        role.trust_changed_ms = now_ms;
        Ok(None)
    }

    pub(super) fn update_role(&mut self, call: &Call<'_>) -> Answer {
        let seconds = session_seconds(call)?;
        let description = call.params.get("Description").map(str::to_owned);
        let role = self.role_mut(call)?;
        if let Some(seconds) = seconds {
            role.max_session_seconds = seconds;
        }
        if description.is_some() {
            role.description = description;
        }
        Ok(Some(result()))
    }

    pub(super) fn tag_role(&mut self, call: &Call<'_>) -> Answer {
        let tags = call.params.tags()?;
        put_tags(&mut self.role_mut(call)?.grants.tags, tags)?;
        Ok(None)
    }

    pub(super) fn untag_role(&mut self, call: &Call<'_>) -> Answer {
        let keys = call.params.members("TagKeys");
        self.role_mut(call)?
            .grants
            .tags
            .retain(|(key, _)| !keys.contains(&key.as_str()));
        Ok(None)
    }

    pub(super) fn list_role_tags(&self, call: &Call<'_>) -> Answer {
        let tags = tag_elements(&self.role(call)?.grants.tags);
        let (page, marker) = call.params.page(tags)?;
        Ok(Some(paged(result().list("Tags", page), marker)))
    }
}

fn no_role(name: &str) -> Failure {
    Failure::no_such(format!("The role with name {name} cannot be found."))
}

fn session_seconds(call: &Call<'_>) -> Result<Option<i64>, Failure> {
    let Some(text) = call.params.get("MaxSessionDuration") else {
        return Ok(None);
    };
    match text.parse::<i64>() {
        Ok(seconds) if (3600..=43_200).contains(&seconds) => Ok(Some(seconds)),
        _ => Err(Failure::validation(format!(
            "1 validation error detected: Value '{text}' at 'maxSessionDuration' failed to satisfy \
             constraint: Member must have value between 3600 and 43200"
        ))),
    }
}
