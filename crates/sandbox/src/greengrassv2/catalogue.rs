//! The components that are there from the beginning: AWS's own with several versions each, and a few of the account's.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// AWS's own, told in few words; recipes are built from them.
const PUBLIC: &str = include_str!("catalogue.json");
/// The account's own, with whole recipes.
const OWN: &str = include_str!("own.json");

/// A component that AWS provides.
#[derive(Debug, Clone, Deserialize)]
struct Provided {
    name: String,
    description: String,
    versions: Vec<String>,
    dependencies: Map<String, Value>,
    configuration: Map<String, Value>,
    r#type: String,
    os: Vec<String>,
}

/// A component of the account.
#[derive(Debug, Clone, Deserialize)]
struct Own {
    name: String,
    versions: Vec<String>,
    recipe: Value,
}

/// All seeded components.
#[derive(Debug, Clone)]
pub(crate) struct Catalogue {
    public: Vec<Provided>,
    own: Vec<Own>,
}

impl Catalogue {
    /// # Errors
    /// If the lists that come with the program are broken.
    pub(crate) fn new() -> Result<Self, serde_json::Error> {
        Ok(Self {
            public: serde_json::from_str(PUBLIC)?,
            own: serde_json::from_str(OWN)?,
        })
    }

    /// Names with their versions, oldest first.
    pub(crate) fn families(&self, public: bool) -> Vec<(&str, &[String])> {
        if public {
            let families = self.public.iter();
            families
                .map(|family| (family.name.as_str(), family.versions.as_slice()))
                .collect()
        } else {
            let families = self.own.iter();
            families
                .map(|family| (family.name.as_str(), family.versions.as_slice()))
                .collect()
        }
    }

    /// The recipe of a seeded version, as `GetComponent` answers it.
    pub(crate) fn recipe(&self, public: bool, name: &str, version: &str) -> Option<Value> {
        if public {
            let family = self.public.iter().find(|family| family.name == name)?;
            return family
                .versions
                .iter()
                .any(|known| known == version)
                .then(|| provided(family, version));
        }
        let family = self.own.iter().find(|family| family.name == name)?;
        if !family.versions.iter().any(|known| known == version) {
            return None;
        }
        let mut recipe = family.recipe.clone();
        recipe
            .as_object_mut()?
            .insert("ComponentVersion".to_owned(), version.into());
        Some(recipe)
    }
}

fn provided(family: &Provided, version: &str) -> Value {
    let name = &family.name;
    let manifest = |os: &String| {
        let file = name.rsplit('.').next().unwrap_or(name).to_lowercase();
        json!({
            "Platform": { "os": os },
            "Lifecycle": {},
            "Artifacts": [{
                "Uri": format!("greengrass:{file}-{version}.zip"),
                "Unarchive": "ZIP",
                "Permission": { "Read": "OWNER", "Execute": "NONE" },
            }],
        })
    };
    json!({
        "RecipeFormatVersion": "2020-01-25",
        "ComponentName": name,
        "ComponentVersion": version,
        "ComponentType": family.r#type,
        "ComponentDescription": family.description,
        "ComponentPublisher": "AWS",
        "ComponentConfiguration": { "DefaultConfiguration": family.configuration },
        "ComponentDependencies": family.dependencies,
        "Manifests": family.os.iter().map(manifest).collect::<Vec<_>>(),
        "Lifecycle": {},
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::Catalogue;
    use crate::greengrassv2::{recipe, version};

    #[test]
    fn every_seeded_recipe_is_one_that_the_service_takes() {
        let catalogue = Catalogue::new().unwrap();
        for public in [true, false] {
            for (name, versions) in catalogue.families(public) {
                for text in versions {
                    let value = catalogue.recipe(public, name, text).unwrap();
                    assert_eq!(recipe::faults(&value), Vec::<String>::new(), "{name}");
                    let read = recipe::Recipe::read(&value).unwrap();
                    assert_eq!(
                        (read.name.as_str(), read.version.as_str()),
                        (name, text.as_str())
                    );
                    for (dependency, requirement) in &read.dependencies {
                        let found = [true, false].into_iter().any(|public| {
                            catalogue.families(public).iter().any(|(known, versions)| {
                                *known == dependency
                                    && versions.iter().any(|known| {
                                        version::satisfies(
                                            &version::version(known).unwrap(),
                                            requirement,
                                        )
                                    })
                            })
                        });
                        assert!(found, "{name} {text} needs {dependency} {requirement}");
                    }
                }
                let ordered = versions
                    .windows(2)
                    .all(|pair| version::version(&pair[0]) < version::version(&pair[1]));
                assert!(ordered, "{name}");
            }
        }
    }
}
