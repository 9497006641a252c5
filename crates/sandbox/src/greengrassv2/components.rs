//! Components and their versions: AWS's own, the account's seeded ones, and those made here.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::call::{Call, seconds};
use super::place::ComponentName;
use super::recipe::{self, Recipe};
use super::refusal::{Answer, Refusal};
use super::state::MadeComponent;
use super::{version, yaml};
use crate::settings::Scenario;

/// Simulated seconds after which a new version is being worked on, and after which it is done.
const INITIATED_S: f64 = 2.0;
const DONE_S: f64 = 8.0;
/// The same where starting is slow.
const SLOW_S: f64 = 240.0;

/// A component version that there is.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) arn: String,
    pub(crate) recipe: Value,
    pub(crate) created_ms: i64,
    /// `componentState`.
    pub(crate) state: &'static str,
    /// Why it failed, by artifact.
    pub(crate) errors: BTreeMap<String, String>,
}

impl Call<'_> {
    /// The versions of a component, newest first.
    pub(crate) fn versions_of(&self, public: bool, name: &str) -> Vec<String> {
        let seeded = self.fixed.catalogue.families(public);
        let seeded = seeded.iter().filter(|(known, _)| *known == name);
        let mut versions: Vec<String> = seeded
            .flat_map(|(_, versions)| versions.iter())
            .filter(|text| {
                let arn = self.fixed.place.component_version(public, name, text);
                !self.state.gone_components.contains(&arn)
            })
            .cloned()
            .collect();
        if !public {
            let made = self.state.components.iter();
            versions.extend(
                made.filter(|made| made.name == name && !made.deleted)
                    .map(|made| made.version.clone()),
            );
        }
        versions.sort_by_cached_key(|text| std::cmp::Reverse(version::version(text)));
        versions
    }

    /// A version made here that was not deleted.
    pub(crate) fn made_component(&self, name: &str, version: &str) -> Option<&MadeComponent> {
        let mut made = self.state.components.iter().rev();
        made.find(|made| made.name == name && made.version == version && !made.deleted)
    }

    /// Whether the service is done with a version made here.
    pub(crate) fn is_done(&self, made: &MadeComponent) -> bool {
        let slow_s = match self.fixed.settings.scenario {
            Scenario::SlowStart => SLOW_S,
            _ => 0.0,
        };
        self.now >= self.fixed.pace.after_ms(made.created_ms, DONE_S + slow_s)
    }

    /// `componentState` of a version made here.
    pub(crate) fn component_state(&self, made: &MadeComponent) -> &'static str {
        if self.now < self.fixed.pace.after_ms(made.created_ms, INITIATED_S) {
            "REQUESTED"
        } else if !self.is_done(made) {
            "INITIATED"
        } else if made.failed.is_empty() {
            "DEPLOYABLE"
        } else {
            "FAILED"
        }
    }

    /// A component version by owner, name and version.
    pub(crate) fn component(&self, public: bool, name: &str, text: &str) -> Option<Found> {
        let arn = self.fixed.place.component_version(public, name, text);
        if !public && let Some(made) = self.made_component(name, text) {
            let state = self.component_state(made);
            return Some(Found {
                arn,
                recipe: made.recipe.clone(),
                created_ms: made.created_ms,
                state,
                errors: if state == "FAILED" {
                    made.failed.clone()
                } else {
                    BTreeMap::new()
                },
            });
        }
        if self.state.gone_components.contains(&arn) {
            return None;
        }
        let recipe = self.fixed.catalogue.recipe(public, name, text)?;
        let age = version::version(text).map_or(0, |version| version.minor * 30 + version.patch);
        Some(Found {
            arn,
            recipe,
            // Older versions are older; all are older than the seeded deployments.
            created_ms: self.seeded_before_ms()
                - 86_400_000 * (700 - i64::try_from(age % 600).unwrap_or(0)),
            state: "DEPLOYABLE",
            errors: BTreeMap::new(),
        })
    }

    /// The version that an ARN names.
    pub(crate) fn found_component(&self, arn: &str) -> Result<Found, Refusal> {
        let unknown = || Refusal::not_found("Component", arn);
        let ComponentName {
            public,
            name,
            version,
        } = self.fixed.place.read_component(arn).ok_or_else(|| {
            Refusal::field("arn", format!("Value '{arn}' is not a component's ARN"))
        })?;
        let version = version.ok_or_else(|| {
            Refusal::field(
                "arn",
                format!("Value '{arn}' names no version of the component"),
            )
        })?;
        self.component(public, name, version).ok_or_else(unknown)
    }

    pub(crate) fn list_components(&self) -> Answer {
        let public = match self.request.query_value("scope") {
            None | Some("" | "PRIVATE") => false,
            Some("PUBLIC") => true,
            Some(other) => {
                return Err(Refusal::field(
                    "scope",
                    format!("Value '{other}' must be one of PRIVATE, PUBLIC"),
                ));
            }
        };
        let page = self.page(50, 100)?;
        let seeded = self.fixed.catalogue.families(public);
        let mut names: Vec<&str> = seeded.iter().map(|(name, _)| *name).collect();
        if !public {
            names.extend(self.state.components.iter().map(|made| made.name.as_str()));
        }
        names.sort_unstable();
        names.dedup();
        let entry = |name: &str| {
            let latest = self.versions_of(public, name).into_iter().next()?;
            let found = self.component(public, name, &latest)?;
            let read = Recipe::read(&found.recipe)?;
            let mut version = Map::new();
            version.insert("arn".to_owned(), found.arn.as_str().into());
            version.insert("componentVersion".to_owned(), latest.into());
            version.insert("creationTimestamp".to_owned(), seconds(found.created_ms));
            for (member, text) in [
                ("description", &read.description),
                ("publisher", &read.publisher),
            ] {
                if let Some(text) = text {
                    version.insert(member.to_owned(), text.as_str().into());
                }
            }
            version.insert("platforms".to_owned(), platforms(&read));
            let arn = self.fixed.place.component(public, name);
            Some(json!({ "arn": arn, "componentName": name, "latestVersion": version }))
        };
        let all = names.into_iter().filter_map(entry).collect();
        Ok(self.paged("components", page, all))
    }

    pub(crate) fn list_component_versions(&self, arn: &str) -> Answer {
        let page = self.page(50, 100)?;
        let named = self
            .fixed
            .place
            .read_component(arn)
            .filter(|named| named.version.is_none())
            .ok_or_else(|| {
                Refusal::field("arn", format!("Value '{arn}' is not a component's ARN"))
            })?;
        let versions = self.versions_of(named.public, named.name);
        if versions.is_empty() {
            return Err(Refusal::not_found("Component", arn));
        }
        let entry = |version: String| {
            let arn = self
                .fixed
                .place
                .component_version(named.public, named.name, &version);
            json!({ "arn": arn, "componentName": named.name, "componentVersion": version })
        };
        let all = versions.into_iter().map(entry).collect();
        Ok(self.paged("componentVersions", page, all))
    }

    pub(crate) fn describe_component(&self, arn: &str) -> Answer {
        let found = self.found_component(arn)?;
        let read = Recipe::read(&found.recipe)
            .ok_or_else(|| Refusal::internal("the recipe cannot be read"))?;
        let mut answer = Map::new();
        answer.insert("arn".to_owned(), found.arn.as_str().into());
        answer.insert("componentName".to_owned(), read.name.as_str().into());
        answer.insert("componentVersion".to_owned(), read.version.as_str().into());
        answer.insert("creationTimestamp".to_owned(), seconds(found.created_ms));
        for (member, text) in [
            ("description", &read.description),
            ("publisher", &read.publisher),
        ] {
            if let Some(text) = text {
                answer.insert(member.to_owned(), text.as_str().into());
            }
        }
        answer.insert("status".to_owned(), status(found.state, &found.errors));
        answer.insert("platforms".to_owned(), platforms(&read));
        answer.insert("tags".to_owned(), self.tags_of(arn));
        Ok(Value::Object(answer))
    }

    pub(crate) fn get_component(&self, arn: &str) -> Answer {
        let found = self.found_component(arn)?;
        let format = match self.request.query_value("recipeOutputFormat") {
            None | Some("" | "JSON") => "JSON",
            Some("YAML") => "YAML",
            Some(other) => {
                return Err(Refusal::field(
                    "recipeOutputFormat",
                    format!("Value '{other}' must be one of JSON, YAML"),
                ));
            }
        };
        let text = if format == "YAML" {
            yaml::write(&found.recipe)
        } else {
            found.recipe.to_string()
        };
        Ok(json!({
            "recipe": STANDARD.encode(text),
            "recipeOutputFormat": format,
            "tags": self.tags_of(arn),
        }))
    }

    /// Artifacts of AWS's own components are behind a signed address that leads nowhere here; the account's are in S3.
    pub(crate) fn get_component_version_artifact(&self, arn: &str, name: &str) -> Answer {
        let found = self.found_component(arn)?;
        let read = Recipe::read(&found.recipe)
            .ok_or_else(|| Refusal::internal("the recipe cannot be read"))?;
        let known = read.artifacts().any(|(uri, _)| {
            uri.strip_prefix("greengrass:")
                .is_some_and(|rest| rest == name)
        });
        if !known {
            return Err(Refusal::not_found("Artifact", name));
        }
        let region = &self.fixed.settings.region;
        let address = format!(
            "https://greengrass-artifacts-{region}.s3.{region}.amazonaws.com/{name}?X-Amz-Expires=900"
        );
        Ok(json!({ "preSignedUrl": address }))
    }

    pub(crate) fn delete_component(&mut self, arn: &str) -> Answer {
        self.found_component(arn)?;
        let named = self.fixed.place.read_component(arn);
        if named.is_some_and(|named| named.public) {
            return Err(Refusal::denied(
                "Components that AWS provides cannot be deleted",
            ));
        }
        let made = named.and_then(|named| {
            let version = named.version?;
            let mut made = self.state.components.iter_mut().rev();
            made.find(|made| made.name == named.name && made.version == version && !made.deleted)
        });
        match made {
            Some(made) => made.deleted = true,
            None => {
                self.state.gone_components.insert(arn.to_owned());
            }
        }
        self.changed = true;
        Ok(Value::Null)
    }
}

/// `CloudComponentStatus`.
pub(crate) fn status(state: &str, errors: &BTreeMap<String, String>) -> Value {
    let message = match errors.iter().next() {
        Some((path, words)) => {
            format!("Encountered following errors in Artifacts: {{{path} = {words}}}")
        }
        None => "NONE".to_owned(),
    };
    json!({
        "componentState": state,
        "message": message,
        "errors": errors,
        "vendorGuidance": "ACTIVE",
    })
}

fn platforms(read: &Recipe) -> Value {
    let platform = |manifest: &recipe::Manifest| {
        let mut platform = Map::new();
        if let Some(name) = &manifest.name {
            platform.insert("name".to_owned(), name.as_str().into());
        }
        platform.insert("attributes".to_owned(), json!(manifest.platform));
        Value::Object(platform)
    };
    read.manifests.iter().map(platform).collect()
}
