//! AWS IoT Greengrass V1: groups, their versions, and what the account has set up for them.

use overseed_domain::group::{Group, GroupDefinition, GroupVersion};

use crate::{Clients, Error, Kind, Page, classify::failed, timestamp::millis};

/// Items asked for with one page. The service model gives no bound; the service answers fewer where it likes.
pub(crate) const PAGE: &str = "1000";

impl Clients {
    /// One page of the account's groups, each with its latest version (ListGroups).
    ///
    /// # Errors
    /// Those of the call. A token that the service no longer knows is [`Kind::BadRequest`].
    pub async fn list_groups(&self, token: Option<&str>) -> Result<Page<Group>, Error> {
        let operation = "greengrass:ListGroups";
        let answer = self
            .greengrass
            .list_groups()
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .groups
            .unwrap_or_default()
            .into_iter()
            .map(|group| {
                Ok(Group {
                    id: required(operation, "Id", group.id)?,
                    name: group.name.unwrap_or_default(),
                    arn: required(operation, "Arn", group.arn)?,
                    latest_version: group.latest_version.filter(|v| !v.is_empty()),
                    latest_version_arn: group.latest_version_arn.filter(|v| !v.is_empty()),
                    created_at: group.creation_timestamp.as_deref().and_then(millis),
                    updated_at: group.last_updated_timestamp.as_deref().and_then(millis),
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// One page of a group's versions, newest first (ListGroupVersions).
    ///
    /// # Errors
    /// Those of the call; [`Kind::NotFound`] where the group does not exist.
    pub async fn list_group_versions(
        &self,
        group: &str,
        token: Option<&str>,
    ) -> Result<Page<GroupVersion>, Error> {
        let operation = "greengrass:ListGroupVersions";
        let answer = self
            .greengrass
            .list_group_versions()
            .group_id(group)
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .versions
            .unwrap_or_default()
            .into_iter()
            .map(|version| {
                Ok(GroupVersion {
                    version: required(operation, "Version", version.version)?,
                    arn: required(operation, "Arn", version.arn)?,
                    created_at: version.creation_timestamp.as_deref().and_then(millis),
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// What a group version points to (GetGroupVersion).
    ///
    /// # Errors
    /// Those of the call; [`Kind::NotFound`] where group or version does not exist.
    pub async fn get_group_version(
        &self,
        group: &str,
        version: &str,
    ) -> Result<GroupDefinition, Error> {
        let operation = "greengrass:GetGroupVersion";
        let answer = self
            .greengrass
            .get_group_version()
            .group_id(group)
            .group_version_id(version)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let definition = answer
            .definition
            .ok_or_else(|| Error::unreadable(operation, "the answer has no Definition"))?;
        Ok(GroupDefinition {
            core: definition.core_definition_version_arn,
            device: definition.device_definition_version_arn,
            function: definition.function_definition_version_arn,
            resource: definition.resource_definition_version_arn,
            subscription: definition.subscription_definition_version_arn,
            connector: definition.connector_definition_version_arn,
            logger: definition.logger_definition_version_arn,
        })
    }

    /// How many cores a core definition version names; a group can be deployed with exactly one
    /// (GetCoreDefinitionVersion).
    ///
    /// # Errors
    /// Those of the call; [`Kind::BadRequest`] where the ARN is not that of a core definition version.
    pub async fn core_count(&self, core_definition_version_arn: &str) -> Result<u32, Error> {
        let operation = "greengrass:GetCoreDefinitionVersion";
        let (definition, version) =
            core_definition_ids(core_definition_version_arn).ok_or_else(|| {
                Error::here(
                    operation,
                    Kind::BadRequest,
                    format!(
                        "`{core_definition_version_arn}` is not the ARN of a core definition version"
                    ),
                )
            })?;
        let answer = self
            .greengrass
            .get_core_definition_version()
            .core_definition_id(definition)
            .core_definition_version_id(version)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let cores = answer
            .definition
            .and_then(|d| d.cores)
            .unwrap_or_default()
            .len();
        Ok(u32::try_from(cores).unwrap_or(u32::MAX))
    }

    /// ARN of the Greengrass service role of this account and Region; absent where none is associated
    /// (GetServiceRoleForAccount).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn service_role(&self) -> Result<Option<String>, Error> {
        let operation = "greengrass:GetServiceRoleForAccount";
        match self.greengrass.get_service_role_for_account().send().await {
            Ok(answer) => Ok(answer.role_arn.filter(|arn| !arn.is_empty())),
            Err(error) => {
                let error = failed(operation, error);
                if error.is_service_role_missing() {
                    Ok(None)
                } else {
                    Err(error)
                }
            }
        }
    }
}

impl Error {
    /// The service's ways to say that no service role is associated: status 404, or a refusal in these words
    /// ("You need to attach an IAM role to this deployment group").
    fn is_service_role_missing(&self) -> bool {
        let words = self.message.to_ascii_lowercase();
        self.kind == Kind::NotFound
            || (self
                .status
                .is_some_and(|status| (400..500).contains(&status))
                && (words.contains("attach an iam role") || words.contains("not associated")))
    }
}

/// Definition and version id of `…:/greengrass/definition/cores/ID/versions/VERSION`.
fn core_definition_ids(arn: &str) -> Option<(&str, &str)> {
    let (_, tail) = arn.split_once("/definition/cores/")?;
    let (definition, version) = tail.split_once("/versions/")?;
    (!definition.is_empty() && !version.is_empty() && !version.contains('/'))
        .then_some((definition, version))
}

/// An empty token ends a listing as an absent one does.
pub(crate) fn next(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}

/// A field without which an answer means nothing.
pub(crate) fn required(
    operation: &'static str,
    field: &str,
    value: Option<String>,
) -> Result<String, Error> {
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Error::unreadable(operation, format!("the answer has no {field}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_definition_is_found_in_its_arn() {
        let arn = "arn:aws:greengrass:eu-west-1:123456789012:/greengrass/definition/cores/d-1/versions/v-1";
        assert_eq!(core_definition_ids(arn), Some(("d-1", "v-1")));
        assert_eq!(
            core_definition_ids("arn:aws:greengrass:eu-west-1:1:/greengrass/groups/g"),
            None
        );
        assert_eq!(core_definition_ids("x/definition/cores/d-1"), None);
    }

    #[test]
    fn a_missing_service_role_is_told_from_other_refusals() {
        let error = |status, message: &str| Error {
            status: Some(status),
            ..Error::here(
                "greengrass:GetServiceRoleForAccount",
                Kind::BadRequest,
                message.to_owned(),
            )
        };
        let words = "You need to attach an IAM role to this deployment group.";
        assert!(error(400, words).is_service_role_missing());
        assert!(!error(500, words).is_service_role_missing());
        assert!(!error(400, "Invalid request").is_service_role_missing());
    }
}
