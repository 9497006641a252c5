//! Whether a version that is there says what a recipe says. The service adds to recipes what it knows by itself (type,
//! checksums, rights by default), so they are compared by what they mean.

use std::collections::BTreeMap;

use overseed_domain::v2::recipe::{Artifact, Component, Manifest, Recipe, Script};

/// What differs between the recipe that is there and ours, in words; `digests` are the SHA-256 of our files by URI, in
/// Base64. Empty where they are the same.
pub(super) fn differences(
    there: &Recipe,
    ours: &Recipe,
    digests: &BTreeMap<String, String>,
) -> Vec<String> {
    let (a, b) = (there.component(), ours.component());
    let mut differences = Vec::new();
    let mut differ = |is: bool, what: &str| {
        if is {
            differences.push(what.to_owned());
        }
    };
    differ(a.description != b.description, "ComponentDescription");
    differ(a.publisher != b.publisher, "ComponentPublisher");
    differ(dependencies(a) != dependencies(b), "ComponentDependencies");
    differ(
        configuration(a) != configuration(b),
        "ComponentConfiguration",
    );
    differ(
        scripts(&a.global_scripts) != scripts(&b.global_scripts),
        "Lifecycle",
    );
    differ(
        a.manifests.iter().map(manifest).collect::<Vec<_>>()
            != b.manifests.iter().map(manifest).collect::<Vec<_>>(),
        "Manifests",
    );
    for artifact in a.artifacts() {
        let ours = digests.get(&artifact.uri);
        if let (Some(there), Some(ours)) = (&artifact.digest, ours)
            && there != ours
        {
            differ(true, &format!("the bytes of {}", artifact.uri));
        }
    }
    differences
}

fn dependencies(component: &Component) -> BTreeMap<&str, (&str, &str)> {
    component
        .dependencies
        .iter()
        .map(|dependency| {
            let kind = dependency.kind.as_deref().unwrap_or("HARD");
            (
                dependency.name.as_str(),
                (dependency.requirement.as_str(), kind),
            )
        })
        .collect()
}

/// No default configuration means the same as an empty one.
fn configuration(component: &Component) -> Option<&serde_json::Value> {
    component
        .default_configuration
        .as_ref()
        .filter(|value| value.as_object().is_none_or(|fields| !fields.is_empty()))
}

fn scripts(scripts: &[Script]) -> Vec<(&str, &str, Option<u64>)> {
    let mut all: Vec<_> = scripts
        .iter()
        .map(|script| {
            (
                script.step.as_str(),
                script.text.as_str(),
                script.timeout_seconds,
            )
        })
        .collect();
    all.sort_unstable();
    all
}

type Meant<'a> = (
    BTreeMap<&'a str, &'a str>,
    Vec<(&'a str, &'a str, Option<u64>)>,
    Vec<[&'a str; 4]>,
);

fn manifest(manifest: &Manifest) -> Meant<'_> {
    let platform = manifest
        .platform
        .iter()
        .map(|(attribute, value)| (attribute.as_str(), value.as_str()))
        .collect();
    let artifacts = manifest.artifacts.iter().map(artifact).collect();
    (platform, scripts(&manifest.scripts), artifacts)
}

/// What a recipe may leave out has these defaults (recipe reference).
fn artifact(artifact: &Artifact) -> [&str; 4] {
    [
        &artifact.uri,
        artifact.unarchive.as_deref().unwrap_or("NONE"),
        artifact.read.as_deref().unwrap_or("OWNER"),
        artifact.execute.as_deref().unwrap_or("NONE"),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const OURS: &str = r"
RecipeFormatVersion: '2020-01-25'
ComponentName: a
ComponentVersion: 1.0.0
ComponentDependencies:
  b:
    VersionRequirement: ~2.0.0
Manifests:
  - Platform:
      os: linux
    Lifecycle:
      Run: echo hello
    Artifacts:
      - URI: s3://bucket/a.py
";

    const THERE: &str = r#"{"RecipeFormatVersion":"2020-01-25","ComponentName":"a","ComponentVersion":"1.0.0",
"ComponentType":"aws.greengrass.generic",
"ComponentDependencies":{"b":{"VersionRequirement":"~2.0.0","DependencyType":"HARD"}},
"Manifests":[{"Platform":{"os":"linux"},"Lifecycle":{"Run":"echo hello"},"Artifacts":[{"URI":"s3://bucket/a.py",
"Digest":"AAAA","Algorithm":"SHA-256","Unarchive":"NONE","Permission":{"Read":"OWNER","Execute":"NONE"}}]}],
"Lifecycle":{}}"#;

    #[test]
    fn what_the_service_adds_is_no_difference() {
        let (there, ours) = (Recipe::parse(THERE).unwrap(), Recipe::parse(OURS).unwrap());
        let digest = |of: &str| BTreeMap::from([("s3://bucket/a.py".to_owned(), of.to_owned())]);
        assert!(differences(&there, &ours, &digest("AAAA")).is_empty());
        assert!(differences(&there, &ours, &BTreeMap::new()).is_empty());
        assert_eq!(
            differences(&there, &ours, &digest("BBBB")),
            ["the bytes of s3://bucket/a.py"]
        );
        let other = OURS
            .replace("echo hello", "echo bye")
            .replace("~2.0.0", "~2.1.0");
        let other = Recipe::parse(&other).unwrap();
        assert_eq!(
            differences(&there, &other, &digest("AAAA")),
            ["ComponentDependencies", "Manifests"]
        );
    }
}
