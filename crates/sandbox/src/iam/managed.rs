//! Managed policies and their versions.

use super::document::{self, Use};
use super::model::{Iam, ManagedPolicy, PolicyVersion, new_id};
use super::{Answer, Call, Failure, encoded, paged, put_tags, result, tag_elements};
use crate::xml::{Element, timestamp};

/// Characters of a managed policy without white space (IAM quotas).
pub const MANAGED_SIZE: usize = 6144;
/// Versions a managed policy keeps (IAM quotas).
pub const VERSIONS: usize = 5;

impl Iam {
    /// The policy of an ARN.
    pub(super) fn managed(&self, arn: &str) -> Result<&ManagedPolicy, Failure> {
        self.policies.get(arn).ok_or_else(|| no_policy(arn))
    }

    fn own_policy_mut(&mut self, call: &Call<'_>) -> Result<&mut ManagedPolicy, Failure> {
        let arn = call.params.need("PolicyArn")?;
        let policy = self.policies.get_mut(arn).ok_or_else(|| no_policy(arn))?;
        if policy.is_aws() {
            return Err(Failure::new(
                "AccessDenied",
                "Cannot make changes to an AWS managed policy.".to_owned(),
            ));
        }
        Ok(policy)
    }

    fn policy_element(&self, policy: &ManagedPolicy) -> Element {
        let bounded = self.roles.values().map(|role| &role.grants);
        let bounded = bounded.chain(self.users.values().map(|user| &user.grants));
        let bounded = bounded
            .filter(|grants| grants.boundary.as_deref() == Some(&policy.arn))
            .count();
        Element::new("Policy")
            .text("PolicyName", &policy.name)
            .text("PolicyId", &policy.id)
            .text("Arn", &policy.arn)
            .text("Path", &policy.path)
            .text("DefaultVersionId", &policy.default_version)
            .text("AttachmentCount", self.attachments(&policy.arn).to_string())
            .text("PermissionsBoundaryUsageCount", bounded.to_string())
            .text("IsAttachable", "true")
            .text("CreateDate", timestamp(policy.created_ms))
            .text("UpdateDate", timestamp(policy.updated_ms))
    }

    pub(super) fn create_policy(&mut self, call: &Call<'_>) -> Answer {
        let name = call.params.name("PolicyName", 128)?;
        let path = call.params.path()?;
        let document = checked(call.params.document("PolicyDocument")?)?;
        let mut tags = Vec::new();
        put_tags(&mut tags, call.params.tags()?)?;
        let taken =
            |policy: &ManagedPolicy| !policy.is_aws() && policy.name.eq_ignore_ascii_case(name);
        if self.policies.values().any(taken) {
            return Err(Failure::new(
                "EntityAlreadyExists",
                format!("A policy called {name} already exists. Duplicate names are not allowed."),
            ));
        }
        let version = PolicyVersion {
            id: "v1".to_owned(),
            document,
            created_ms: call.now_ms,
        };
        let policy = ManagedPolicy {
            arn: self.policy_arn(path, name),
            name: name.to_owned(),
            id: new_id("ANPA"),
            path: path.to_owned(),
            description: call.params.get("Description").map(str::to_owned),
            created_ms: call.now_ms,
            updated_ms: call.now_ms,
            versions: vec![version],
            default_version: "v1".to_owned(),
            last_number: 1,
            tags,
        };
        let answer = result().child(self.policy_element(&policy));
        self.policies.insert(policy.arn.clone(), policy);
        Ok(Some(answer))
    }

    pub(super) fn get_policy(&self, call: &Call<'_>) -> Answer {
        let policy = self.managed(call.params.need("PolicyArn")?)?;
        let element = self
            .policy_element(policy)
            .maybe("Description", policy.description.as_deref());
        let element = if policy.tags.is_empty() {
            element
        } else {
            element.list("Tags", tag_elements(&policy.tags))
        };
        Ok(Some(result().child(element)))
    }

    pub(super) fn list_policies(&self, call: &Call<'_>) -> Answer {
        let scope = call.params.get("Scope").unwrap_or("All");
        let prefix = call.params.get("PathPrefix").unwrap_or("/");
        let attached_only = call.params.get("OnlyAttached") == Some("true");
        let wanted = |policy: &&ManagedPolicy| {
            (scope == "All" || (scope == "AWS") == policy.is_aws())
                && policy.path.starts_with(prefix)
                && (!attached_only || self.attachments(&policy.arn) > 0)
        };
        let (page, marker) = call
            .params
            .page(self.policies.values().filter(wanted).collect())?;
        let members = page.into_iter().map(|policy| self.policy_element(policy));
        Ok(Some(paged(result().list("Policies", members), marker)))
    }

    pub(super) fn delete_policy(&mut self, call: &Call<'_>) -> Answer {
        let policy = self.own_policy_mut(call)?;
        let (arn, versions) = (policy.arn.clone(), policy.versions.len());
        let conflict = |text: &str| Failure::new("DeleteConflict", text.to_owned());
        if self.attachments(&arn) > 0 {
            return Err(conflict("Cannot delete a policy attached to entities."));
        }
        if versions > 1 {
            return Err(conflict(
                "This policy has more than one version. Before you delete a policy, you must delete the \
                 policy's versions. The default version is deleted with the policy.",
            ));
        }
        self.policies.remove(&arn);
        Ok(None)
    }

    pub(super) fn create_policy_version(&mut self, call: &Call<'_>) -> Answer {
        let text = call.params.document("PolicyDocument")?;
        let as_default = call.params.get("SetAsDefault") == Some("true");
        let now_ms = call.now_ms;
        let policy = self.own_policy_mut(call)?;
        let document = checked(text)?;
        if policy.versions.len() >= VERSIONS {
            return Err(Failure::new(
                "LimitExceeded",
                format!(
                    "A managed policy can have up to {VERSIONS} versions. Before you create a new \
                     version, you must delete an existing version."
                ),
            ));
        }
        policy.last_number += 1;
        let id = format!("v{}", policy.last_number);
        if as_default {
            policy.default_version.clone_from(&id);
        }
        policy.updated_ms = now_ms;
        let version = PolicyVersion {
            id,
            document,
            created_ms: now_ms,
        };
        let answer = version_element(policy, &version, "PolicyVersion", false);
        policy.versions.push(version);
        Ok(Some(result().child(answer)))
    }

    pub(super) fn get_policy_version(&self, call: &Call<'_>) -> Answer {
        let policy = self.managed(call.params.need("PolicyArn")?)?;
        let id = call.params.need("VersionId")?;
        let version = policy.versions.iter().find(|version| version.id == id);
        let version = version.ok_or_else(|| no_version(&policy.arn, id))?;
        Ok(Some(result().child(version_element(
            policy,
            version,
            "PolicyVersion",
            true,
        ))))
    }

    pub(super) fn list_policy_versions(&self, call: &Call<'_>) -> Answer {
        let policy = self.managed(call.params.need("PolicyArn")?)?;
        let (page, marker) = call.params.page(policy.versions.iter().rev().collect())?;
        let members = page
            .into_iter()
            .map(|version| version_element(policy, version, "member", false));
        Ok(Some(paged(result().list("Versions", members), marker)))
    }

    pub(super) fn set_default_policy_version(&mut self, call: &Call<'_>) -> Answer {
        let id = call.params.need("VersionId")?;
        let now_ms = call.now_ms;
        let policy = self.own_policy_mut(call)?;
        if !policy.versions.iter().any(|version| version.id == id) {
            return Err(no_version(&policy.arn, id));
        }
        id.clone_into(&mut policy.default_version);
        policy.updated_ms = now_ms;
        Ok(None)
    }

    pub(super) fn delete_policy_version(&mut self, call: &Call<'_>) -> Answer {
        let id = call.params.need("VersionId")?;
        let policy = self.own_policy_mut(call)?;
        if policy.default_version == id {
            return Err(Failure::new(
                "DeleteConflict",
                "Cannot delete the default version of a policy.".to_owned(),
            ));
        }
        let before = policy.versions.len();
        policy.versions.retain(|version| version.id != id);
        if policy.versions.len() == before {
            return Err(no_version(&policy.arn, id));
        }
        Ok(None)
    }

    pub(super) fn tag_policy(&mut self, call: &Call<'_>) -> Answer {
        let tags = call.params.tags()?;
        put_tags(&mut self.own_policy_mut(call)?.tags, tags)?;
        Ok(None)
    }

    pub(super) fn untag_policy(&mut self, call: &Call<'_>) -> Answer {
        let keys = call.params.members("TagKeys");
        self.own_policy_mut(call)?
            .tags
            .retain(|(key, _)| !keys.contains(&key.as_str()));
        Ok(None)
    }

    pub(super) fn list_policy_tags(&self, call: &Call<'_>) -> Answer {
        let policy = self.managed(call.params.need("PolicyArn")?)?;
        let (page, marker) = call.params.page(tag_elements(&policy.tags))?;
        Ok(Some(paged(result().list("Tags", page), marker)))
    }
}

fn version_element(
    policy: &ManagedPolicy,
    version: &PolicyVersion,
    name: &'static str,
    whole: bool,
) -> Element {
    let is_default = policy.default_version == version.id;
    Element::new(name)
        .maybe("Document", whole.then(|| encoded(&version.document)))
        .text("VersionId", &version.id)
        .text(
            "IsDefaultVersion",
            if is_default { "true" } else { "false" },
        )
        .text("CreateDate", timestamp(version.created_ms))
}

fn checked(text: &str) -> Result<String, Failure> {
    document::check(text, Use::Identity)
        .map_err(|message| Failure::new("MalformedPolicyDocument", message))?;
    if document::size(text) > MANAGED_SIZE {
        return Err(Failure::new(
            "LimitExceeded",
            format!("Cannot exceed quota for PolicySize: {MANAGED_SIZE}"),
        ));
    }
    Ok(text.to_owned())
}

fn no_policy(arn: &str) -> Failure {
    Failure::no_such(format!("Policy {arn} was not found."))
}

fn no_version(arn: &str, id: &str) -> Failure {
    Failure::no_such(format!(
        "Policy {arn} version {id} does not exist or is not attachable."
    ))
}
