//! What an account may have: GetAccountSummary.

use super::attach::ATTACHED;
use super::inline::ROLE_INLINE_SIZE;
use super::managed::{MANAGED_SIZE, VERSIONS};
use super::model::Iam;
use super::{Answer, result};
use crate::xml::Element;

impl Iam {
    pub(super) fn account_summary(&self) -> Answer {
        let own = self
            .policies
            .values()
            .filter(|policy| !policy.is_aws())
            .count();
        let keys = [
            ("Users", self.users.len()),
            ("UsersQuota", 5000),
            ("Roles", self.roles.len()),
            ("RolesQuota", 1000),
            ("Policies", own),
            ("PoliciesQuota", 1500),
            ("PolicySizeQuota", MANAGED_SIZE),
            ("RolePolicySizeQuota", ROLE_INLINE_SIZE),
            ("UserPolicySizeQuota", 2048),
            ("AssumeRolePolicySizeQuota", 2048),
            ("AttachedPoliciesPerRoleQuota", ATTACHED),
            ("AttachedPoliciesPerUserQuota", ATTACHED),
            ("VersionsPerPolicyQuota", VERSIONS),
            ("AccessKeysPerUserQuota", 2),
        ];
        let mut map = Element::new("SummaryMap");
        for (key, value) in keys {
            map = map.child(
                Element::new("entry")
                    .text("key", key)
                    .text("value", value.to_string()),
            );
        }
        Ok(Some(result().child(map)))
    }
}
