//! Greengrass V2: components, their versions and recipes.

use std::collections::BTreeMap;

use aws_sdk_greengrassv2::{
    operation::RequestId as _,
    types::{
        CloudComponentStatus, ComponentPlatform, ComponentVisibilityScope, RecipeOutputFormat,
    },
};
use aws_smithy_types::Blob;
use bytes::Bytes;
use overseed_domain::Millis;

use super::{cores::PAGE, tags, text};
use crate::{
    Clients, Error, Page,
    classify::failed,
    greengrass::{next, required},
    timestamp::of_date_time,
};

/// Whose components (service model: `ComponentVisibilityScope`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those of the account.
    Private,
    /// Those that AWS offers to all.
    Public,
}

/// The form in which a recipe is wanted (service model: `RecipeOutputFormat`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipeFormat {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// A platform that a component runs on (service model: `ComponentPlatform`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// Friendly name, where the recipe gives one.
    pub name: Option<String>,
    /// Attributes such as `os` and `architecture`.
    pub attributes: BTreeMap<String, String>,
}

/// A component with its latest version (service model: `Component`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// ARN without a version.
    pub arn: String,
    /// The latest version.
    pub latest_version: Option<String>,
    /// ARN of the latest version.
    pub latest_arn: Option<String>,
    /// When the latest version was created.
    pub created_at: Option<Millis>,
    /// Description of the latest version.
    pub description: Option<String>,
    /// Publisher of the latest version.
    pub publisher: Option<String>,
    /// Platforms of the latest version.
    pub platforms: Vec<Platform>,
}

/// A version of a component (service model: `ComponentVersionListItem`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentVersion {
    /// The component's name.
    pub name: String,
    /// The version.
    pub version: String,
    /// ARN of the version.
    pub arn: String,
}

/// Whether a version can be deployed (service model: `CloudComponentStatus`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentState {
    /// `REQUESTED`, `INITIATED`, `DEPLOYABLE`, `FAILED`, `DEPRECATED`, or a word that is new.
    pub word: String,
    /// The service's words.
    pub message: Option<String>,
    /// What is wrong, by what it is wrong with, such as an artifact's URI.
    pub errors: BTreeMap<String, String>,
    /// `ACTIVE`, `DISCONTINUED` or `DELETED`, for components of vendors.
    pub guidance: Option<String>,
    /// Words to the guidance.
    pub guidance_words: Option<String>,
}

impl ComponentState {
    /// Whether deployments can use the version.
    #[must_use]
    pub fn is_deployable(&self) -> bool {
        self.word == "DEPLOYABLE"
    }

    /// Whether the service is still at it.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self.word.as_str(), "REQUESTED" | "INITIATED")
    }

    fn of(status: Option<CloudComponentStatus>) -> Self {
        let Some(status) = status else {
            return Self {
                word: String::new(),
                message: None,
                errors: BTreeMap::new(),
                guidance: None,
                guidance_words: None,
            };
        };
        Self {
            word: status
                .component_state
                .map(|state| state.as_str().to_owned())
                .unwrap_or_default(),
            message: text(status.message),
            errors: tags(status.errors),
            guidance: status.vendor_guidance.map(|word| word.as_str().to_owned()),
            guidance_words: text(status.vendor_guidance_message),
        }
    }
}

/// A version as DescribeComponent answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentDetail {
    /// The component's name.
    pub name: String,
    /// The version.
    pub version: String,
    /// ARN of the version.
    pub arn: String,
    /// Whether it can be deployed.
    pub state: ComponentState,
    /// Its description.
    pub description: Option<String>,
    /// Its publisher.
    pub publisher: Option<String>,
    /// Its platforms.
    pub platforms: Vec<Platform>,
    /// When it was created.
    pub created_at: Option<Millis>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A version that was taken by CreateComponentVersion; it is not deployable at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedComponent {
    /// ARN of the version.
    pub arn: String,
    /// The component's name.
    pub name: String,
    /// The version.
    pub version: String,
    /// How far the service is.
    pub state: ComponentState,
    /// AWS's request id.
    pub request_id: Option<String>,
}

impl Clients {
    /// One page of components with their latest versions (ListComponents).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn list_components(
        &self,
        scope: Scope,
        token: Option<&str>,
    ) -> Result<Page<Component>, Error> {
        let operation = "greengrass:ListComponents";
        let answer = self
            .greengrass_v2()
            .list_components()
            .scope(match scope {
                Scope::Private => ComponentVisibilityScope::Private,
                Scope::Public => ComponentVisibilityScope::Public,
            })
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .components
            .unwrap_or_default()
            .into_iter()
            .map(|component| {
                let latest = component.latest_version;
                let of = |field: fn(
                    &aws_sdk_greengrassv2::types::ComponentLatestVersion,
                ) -> Option<String>| {
                    text(latest.as_ref().and_then(field))
                };
                Ok(Component {
                    name: required(operation, "componentName", component.component_name)?,
                    arn: required(operation, "arn", component.arn)?,
                    latest_version: of(|v| v.component_version.clone()),
                    latest_arn: of(|v| v.arn.clone()),
                    description: of(|v| v.description.clone()),
                    publisher: of(|v| v.publisher.clone()),
                    created_at: latest
                        .as_ref()
                        .and_then(|v| v.creation_timestamp)
                        .and_then(of_date_time),
                    platforms: platforms(latest.and_then(|v| v.platforms)),
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// One page of a component's versions, newest first (ListComponentVersions). The ARN has no version.
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where there is no such component.
    pub async fn component_versions(
        &self,
        component_arn: &str,
        token: Option<&str>,
    ) -> Result<Page<ComponentVersion>, Error> {
        let operation = "greengrass:ListComponentVersions";
        let answer = self
            .greengrass_v2()
            .list_component_versions()
            .arn(component_arn)
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .component_versions
            .unwrap_or_default()
            .into_iter()
            .map(|version| {
                Ok(ComponentVersion {
                    name: version.component_name.unwrap_or_default(),
                    version: required(operation, "componentVersion", version.component_version)?,
                    arn: required(operation, "arn", version.arn)?,
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// The recipe of a component version, as the service writes it out (GetComponent).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where there is no such version.
    pub async fn component_recipe(
        &self,
        version_arn: &str,
        format: RecipeFormat,
    ) -> Result<Bytes, Error> {
        let operation = "greengrass:GetComponent";
        let answer = self
            .greengrass_v2()
            .get_component()
            .arn(version_arn)
            .recipe_output_format(match format {
                RecipeFormat::Json => RecipeOutputFormat::Json,
                RecipeFormat::Yaml => RecipeOutputFormat::Yaml,
            })
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        Ok(answer.recipe.into_inner().into())
    }

    /// Metadata of a component version, and whether it can be deployed (DescribeComponent).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where there is no such version.
    pub async fn describe_component(&self, version_arn: &str) -> Result<ComponentDetail, Error> {
        let operation = "greengrass:DescribeComponent";
        let answer = self
            .greengrass_v2()
            .describe_component()
            .arn(version_arn)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        Ok(ComponentDetail {
            name: required(operation, "componentName", answer.component_name)?,
            version: required(operation, "componentVersion", answer.component_version)?,
            arn: answer.arn.unwrap_or_else(|| version_arn.to_owned()),
            state: ComponentState::of(answer.status),
            description: text(answer.description),
            publisher: text(answer.publisher),
            platforms: platforms(answer.platforms),
            created_at: answer.creation_timestamp.and_then(of_date_time),
            tags: tags(answer.tags),
        })
    }

    /// Makes a component version of a recipe, JSON or YAML (CreateComponentVersion). The service takes about one call a
    /// second, and reads the artifacts with the caller's rights.
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::Conflict`] where the version exists already,
    /// [`crate::Kind::BadRequest`] where the recipe is not valid, in whatever words the service says so.
    pub async fn create_component_version(
        &self,
        recipe: Bytes,
        tags: &BTreeMap<String, String>,
        client_token: &str,
    ) -> Result<CreatedComponent, Error> {
        let operation = "greengrass:CreateComponentVersion";
        let tags = (!tags.is_empty()).then(|| tags.clone().into_iter().collect());
        let answer = self
            .greengrass_v2()
            .create_component_version()
            .inline_recipe(Blob::new(recipe))
            .set_tags(tags)
            .client_token(client_token)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let request_id = answer.request_id().map(str::to_owned);
        Ok(CreatedComponent {
            arn: required(operation, "arn", answer.arn)?,
            name: answer.component_name,
            version: answer.component_version,
            state: ComponentState::of(answer.status),
            request_id,
        })
    }
}

fn platforms(platforms: Option<Vec<ComponentPlatform>>) -> Vec<Platform> {
    platforms
        .unwrap_or_default()
        .into_iter()
        .map(|platform| Platform {
            name: text(platform.name),
            attributes: tags(platform.attributes),
        })
        .collect()
}
