//! Greengrass V1 groups: what the inventory knows of them and whether they can be deployed.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::Millis;

/// A group as ListGroups answers it (service model: `GroupInformation`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The id, as the service gives it; it may come prefixed with the account (`123456789012:uuid`).
    pub id: String,
    /// The name that people gave it; not unique.
    pub name: String,
    /// The group's ARN.
    pub arn: String,
    /// The id of the latest version; absent where the group has none.
    pub latest_version: Option<String>,
    /// The ARN of the latest version.
    pub latest_version_arn: Option<String>,
    /// When the group was created.
    pub created_at: Option<Millis>,
    /// When the group was changed last.
    pub updated_at: Option<Millis>,
}

/// One version of a group (service model: `VersionInformation`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GroupVersion {
    /// The version's id (the field `Version` of the service model; `Id` there is the group's).
    pub version: String,
    /// The version's ARN.
    pub arn: String,
    /// When it was created.
    pub created_at: Option<Millis>,
}

/// Whether a group can be deployed (facts: its version has a core definition version with exactly one core).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Deployable {
    /// It has a version; its core has not been looked at (one or two calls a group).
    Yes,
    /// It has no version at all.
    NoVersion,
    /// Its version names no core.
    NoCore,
    /// Its version names more than one core.
    ManyCores,
    /// It was in an earlier listing and is no longer listed.
    Gone,
}

impl Deployable {
    /// Whether the group may go into a plan.
    #[must_use]
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}

/// What a group version points to (service model: `GroupVersion`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GroupDefinition {
    /// ARN of the core definition version.
    pub core: Option<String>,
    /// ARN of the device definition version.
    pub device: Option<String>,
    /// ARN of the function definition version.
    pub function: Option<String>,
    /// ARN of the resource definition version.
    pub resource: Option<String>,
    /// ARN of the subscription definition version.
    pub subscription: Option<String>,
    /// ARN of the connector definition version.
    pub connector: Option<String>,
    /// ARN of the logger definition version.
    pub logger: Option<String>,
}

/// One definition that differs between two versions of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DefinitionDifference {
    /// Which definition: `core`, `device`, `function`, `resource`, `subscription`, `connector` or `logger`.
    pub definition: String,
    /// ARN in the first version, if it has one.
    pub before: Option<String>,
    /// ARN in the second version, if it has one.
    pub after: Option<String>,
}

impl GroupDefinition {
    /// What changes from this version to `other`; empty where both point to the same definitions.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<DefinitionDifference> {
        [
            ("core", &self.core, &other.core),
            ("device", &self.device, &other.device),
            ("function", &self.function, &other.function),
            ("resource", &self.resource, &other.resource),
            ("subscription", &self.subscription, &other.subscription),
            ("connector", &self.connector, &other.connector),
            ("logger", &self.logger, &other.logger),
        ]
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(definition, before, after)| DefinitionDifference {
            definition: definition.to_owned(),
            before: before.clone(),
            after: after.clone(),
        })
        .collect()
    }
}

/// A group id without the account that some answers put before it.
#[must_use]
pub fn bare_id(id: &str) -> &str {
    match id.split_once(':') {
        Some((account, rest))
            if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) =>
        {
            rest
        }
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_a_difference() {
        let old = GroupDefinition {
            core: Some("c1".into()),
            ..GroupDefinition::default()
        };
        let new = GroupDefinition {
            function: Some("f1".into()),
            ..old.clone()
        };
        let differences = old.differences(&new);
        assert_eq!(differences.len(), 1);
        assert_eq!(
            differences.first().map(|d| d.definition.as_str()),
            Some("function")
        );
        assert!(old.differences(&old).is_empty());
    }

    #[test]
    fn an_account_before_an_id_is_no_part_of_it() {
        assert_eq!(bare_id("123456789012:abc"), "abc");
        assert_eq!(bare_id("abc:def"), "abc:def");
    }
}
