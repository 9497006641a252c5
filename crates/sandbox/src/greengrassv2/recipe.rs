//! Recipes: what the service reads of them, what it refuses, and how it keeps them.
//! Sources: AWS IoT Greengrass V2 Developer Guide, "component recipe reference" and "troubleshooting" (messages).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{version, yaml};

/// The largest recipe, in bytes ("AWS IoT Greengrass V2 quotas": 16 KB).
pub(crate) const LARGEST: usize = 16_384;
/// Deeper configurations are cut, so that merging cannot run away.
const FORMAT: &str = "2020-01-25";

/// What matters of a recipe.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recipe {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    pub(crate) publisher: Option<String>,
    /// Requirements by component.
    pub(crate) dependencies: BTreeMap<String, String>,
    /// `ComponentConfiguration.DefaultConfiguration`.
    pub(crate) configuration: Value,
    pub(crate) manifests: Vec<Manifest>,
}

/// One entry of `Manifests`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Manifest {
    pub(crate) name: Option<String>,
    /// Attributes such as `os` and `architecture`.
    pub(crate) platform: BTreeMap<String, String>,
    /// Artifact URIs with the digest that was taken when the version was made.
    pub(crate) artifacts: Vec<(String, Option<String>)>,
}

/// Reads JSON or, where that fails, YAML; `None` if it is neither, or names no component and version.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(_) => yaml::read(text).ok()?,
    };
    let named = |member| member_text(&value, member).is_some();
    (named("ComponentName") && named("ComponentVersion")).then_some(value)
}

fn member_text(value: &Value, member: &str) -> Option<String> {
    match value.get(member)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        // `ComponentVersion: 1.0` in YAML is a number; the service sees its text.
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The values that an attribute may have: one, or several as `/aarch64|arm/`.
fn alternatives(wanted: &str) -> impl Iterator<Item = &str> {
    let inner = wanted
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'));
    inner.unwrap_or(wanted).split('|')
}

/// A member under either spelling: recipes write `URI` and `Uri`.
fn either<'a>(fields: &'a Value, names: [&str; 2]) -> Option<&'a Value> {
    names.iter().find_map(|name| fields.get(name))
}

impl Recipe {
    /// Reads the facts of a recipe that has no [`faults`].
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let dependencies = match value.get("ComponentDependencies") {
            Some(Value::Object(fields)) => fields
                .iter()
                .map(|(name, needs)| {
                    let requirement = needs.get("VersionRequirement").and_then(Value::as_str);
                    (name.clone(), requirement.unwrap_or("*").to_owned())
                })
                .collect(),
            _ => BTreeMap::new(),
        };
        let manifests = value.get("Manifests").and_then(Value::as_array);
        Some(Self {
            name: member_text(value, "ComponentName")?,
            version: member_text(value, "ComponentVersion")?,
            description: member_text(value, "ComponentDescription"),
            publisher: member_text(value, "ComponentPublisher"),
            dependencies,
            configuration: value
                .pointer("/ComponentConfiguration/DefaultConfiguration")
                .cloned()
                .unwrap_or_else(|| Value::Object(Map::new())),
            manifests: manifests
                .into_iter()
                .flatten()
                .map(Manifest::read)
                .collect(),
        })
    }

    /// The manifest that a device takes: the first that its platform fits.
    pub(crate) fn manifest_for(&self, os: &str, architecture: &str) -> Option<&Manifest> {
        self.manifests.iter().find(|manifest| {
            manifest.platform.iter().all(|(attribute, wanted)| {
                let has = match attribute.as_str() {
                    "os" => Some(os),
                    "architecture" => Some(architecture),
                    "runtime" => Some("aws_nucleus_classic"),
                    // What a device does not say, only a wildcard fits.
                    _ => None,
                };
                matches!(wanted.as_str(), "*" | "all" | "any")
                    || has.is_some_and(|has| alternatives(wanted).any(|wanted| wanted == has))
            })
        })
    }

    /// Every artifact of every manifest.
    pub(crate) fn artifacts(&self) -> impl Iterator<Item = &(String, Option<String>)> {
        self.manifests
            .iter()
            .flat_map(|manifest| &manifest.artifacts)
    }
}

impl Manifest {
    fn read(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let platform = match value.get("Platform") {
            Some(Value::Object(fields)) => fields
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
                .collect(),
            _ => BTreeMap::new(),
        };
        let artifacts = value.get("Artifacts").and_then(Value::as_array);
        Self {
            name: value.get("Name").and_then(text),
            platform,
            artifacts: artifacts
                .into_iter()
                .flatten()
                .filter_map(|artifact| {
                    let uri = either(artifact, ["Uri", "URI"])?;
                    Some((text(uri)?, artifact.get("Digest").and_then(text)))
                })
                .collect(),
        }
    }
}

/// What the service finds wrong with a recipe, each as `path = words`.
pub(crate) fn faults(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if value.get("RecipeFormatVersion").and_then(Value::as_str) != Some(FORMAT) {
        found.push(format!(
            "RecipeFormatVersion = The only supported value is {FORMAT}"
        ));
    }
    let name = member_text(value, "ComponentName").unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.len() > 128 || !name.chars().all(fits) {
        found.push(
            "ComponentName = Must have up to 128 letters, digits, periods, hyphens and underscores"
                .to_owned(),
        );
    }
    let version_text = member_text(value, "ComponentVersion").unwrap_or_default();
    if version_text.len() > 64 || version::version(&version_text).is_none() {
        found.push("ComponentVersion = Must be a semantic version such as 1.0.0".to_owned());
    }
    match value.get("ComponentDependencies") {
        None | Some(Value::Null) => {}
        Some(Value::Object(fields)) => {
            for (dependency, needs) in fields {
                let requirement = needs.get("VersionRequirement").and_then(Value::as_str);
                if !requirement.is_none_or(version::readable) {
                    found.push(format!(
                        "ComponentDependencies.{dependency}.VersionRequirement = Is not a version requirement"
                    ));
                }
            }
        }
        Some(_) => found.push("ComponentDependencies = Must be an object".to_owned()),
    }
    let configuration = value.pointer("/ComponentConfiguration/DefaultConfiguration");
    if !matches!(configuration, None | Some(Value::Null | Value::Object(_))) {
        found.push("ComponentConfiguration.DefaultConfiguration = Must be an object".to_owned());
    }
    match value.get("Manifests") {
        Some(Value::Array(manifests)) if !manifests.is_empty() => {
            for (place, manifest) in manifests.iter().enumerate() {
                manifest_faults(place, manifest, &mut found);
            }
        }
        _ => found.push("Manifests = Must have at least one manifest".to_owned()),
    }
    found
}

fn manifest_faults(place: usize, manifest: &Value, found: &mut Vec<String>) {
    let path = format!("Manifests[{place}]");
    if !manifest.is_object() {
        found.push(format!("{path} = Must be an object"));
        return;
    }
    let artifacts = match manifest.get("Artifacts") {
        None | Some(Value::Null) => return,
        Some(Value::Array(artifacts)) => artifacts,
        Some(_) => {
            found.push(format!("{path}.Artifacts = Must be a list"));
            return;
        }
    };
    for (index, artifact) in artifacts.iter().enumerate() {
        let path = format!("{path}.Artifacts[{index}]");
        let uri = either(artifact, ["Uri", "URI"])
            .and_then(Value::as_str)
            .unwrap_or_default();
        let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
        if !["s3", "docker", "greengrass"].contains(&scheme) {
            found.push(format!(
                "{path}.Uri = The scheme must be one of s3, docker and greengrass"
            ));
        } else if scheme == "s3" && s3_parts(uri).is_none() {
            found.push(format!("{path}.Uri = Must be s3://BUCKET/KEY"));
        }
        let unarchive = artifact.get("Unarchive").and_then(Value::as_str);
        // Words of a fixed set are read whatever their case.
        let known = |kind: &str| {
            ["NONE", "ZIP"]
                .iter()
                .any(|known| known.eq_ignore_ascii_case(kind))
        };
        if !unarchive.is_none_or(known) {
            found.push(format!("{path}.Unarchive = Must be NONE or ZIP"));
        }
    }
}

/// Bucket and key of an `s3://` URI.
pub(crate) fn s3_parts(uri: &str) -> Option<(&str, &str)> {
    let (bucket, key) = uri.strip_prefix("s3://")?.split_once('/')?;
    (!bucket.is_empty() && !key.is_empty()).then_some((bucket, key))
}

/// The recipe as the service keeps it: members in its order, artifacts complete and with their digests.
pub(crate) fn kept(value: &Value, digests: &BTreeMap<String, String>) -> Value {
    let mut recipe = Map::new();
    for member in [
        "RecipeFormatVersion",
        "ComponentName",
        "ComponentVersion",
        "ComponentType",
        "ComponentDescription",
        "ComponentPublisher",
        "ComponentConfiguration",
        "ComponentDependencies",
    ] {
        let found = match (member, value.get(member)) {
            ("ComponentName" | "ComponentVersion", Some(_)) => {
                member_text(value, member).map(Value::String)
            }
            ("ComponentType", None) => Some("aws.greengrass.generic".into()),
            (_, found) => found.cloned(),
        };
        if let Some(found) = found {
            recipe.insert(member.to_owned(), found);
        }
    }
    let manifests = value.get("Manifests").and_then(Value::as_array);
    let manifests = manifests.into_iter().flatten().map(|manifest| {
        let mut manifest = manifest.clone();
        if let Some(Value::Array(artifacts)) = manifest.get_mut("Artifacts") {
            for artifact in artifacts {
                *artifact = kept_artifact(artifact, digests);
            }
        }
        manifest
    });
    recipe.insert("Manifests".to_owned(), manifests.collect());
    let lifecycle = value.get("Lifecycle").cloned();
    recipe.insert(
        "Lifecycle".to_owned(),
        lifecycle.unwrap_or_else(|| Value::Object(Map::new())),
    );
    Value::Object(recipe)
}

fn kept_artifact(artifact: &Value, digests: &BTreeMap<String, String>) -> Value {
    let uri = either(artifact, ["Uri", "URI"])
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut kept = Map::new();
    kept.insert("Uri".to_owned(), uri.into());
    let word = |value: Option<&Value>, usual: &str| -> Value {
        let asked = value.and_then(Value::as_str);
        asked.unwrap_or(usual).to_ascii_uppercase().into()
    };
    kept.insert(
        "Unarchive".to_owned(),
        word(artifact.get("Unarchive"), "NONE"),
    );
    let permission = |kind: &str, usual: &str| {
        let asked = artifact
            .get("Permission")
            .and_then(|permission| permission.get(kind));
        word(asked, usual)
    };
    let permission: Map<String, Value> = [
        ("Read".to_owned(), permission("Read", "OWNER")),
        ("Execute".to_owned(), permission("Execute", "NONE")),
    ]
    .into_iter()
    .collect();
    kept.insert("Permission".to_owned(), Value::Object(permission));
    if let Some(digest) = digests.get(uri) {
        kept.insert("Digest".to_owned(), digest.as_str().into());
        kept.insert("Algorithm".to_owned(), "SHA-256".into());
    }
    Value::Object(kept)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::Recipe;
    use serde_json::json;

    #[test]
    fn the_first_manifest_that_fits_is_taken() {
        let manifest = |name: &str, platform: &serde_json::Value| json!({ "Name": name, "Platform": platform });
        let recipe = json!({
            "ComponentName": "c",
            "ComponentVersion": "1.0.0",
            "Manifests": [
                manifest("lite", &json!({ "os": "linux", "runtime": "aws_nucleus_lite" })),
                manifest("gpu", &json!({ "os": "linux", "gpu": "yes" })),
                manifest("arms", &json!({ "os": "linux", "architecture": "/aarch64|arm/", "runtime": "*" })),
                manifest("any", &json!({ "os": "all", "gpu": "*" })),
            ],
        });
        let recipe = Recipe::read(&recipe).unwrap();
        let taken = |os: &str, architecture: &str| {
            recipe
                .manifest_for(os, architecture)
                .unwrap()
                .name
                .clone()
                .unwrap()
        };
        assert_eq!(taken("linux", "arm"), "arms");
        assert_eq!(taken("linux", "aarch64"), "arms");
        assert_eq!(taken("linux", "amd64"), "any");
        assert_eq!(taken("windows", "amd64"), "any");
    }
}
