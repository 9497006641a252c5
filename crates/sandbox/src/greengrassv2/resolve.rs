//! The components that a device ends up with: what its deployments ask for, and all that these depend on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::call::Call;
use super::document::merge;
use super::ledger::Target;
use super::recipe::Recipe;
use super::troubles::Trouble;
use super::version;

const NUCLEUS: &str = "aws.greengrass.Nucleus";

/// What recipes choose a manifest by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Platform {
    pub(crate) os: &'static str,
    pub(crate) architecture: &'static str,
}

/// What all deployments of a device ask for: by component, who asks for which version and configuration.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    roots: BTreeMap<String, Vec<(String, String)>>,
    merges: BTreeMap<String, Value>,
}

/// The components of a device that can be had.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resolved {
    pub(crate) versions: BTreeMap<String, String>,
    pub(crate) recipes: BTreeMap<String, Recipe>,
}

impl Wanted {
    /// Adds the components of one deployment's document.
    pub(crate) fn add(&mut self, target: &Target, document: &Value, call: &Call<'_>) {
        let asker = match target {
            Target::Thing(thing) => format!("thing/{}", call.thing_name(*thing)),
            Target::Group(name) => format!("thinggroup/{name}"),
        };
        for (component, fields) in document
            .get("components")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let version = fields
                .get("componentVersion")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let asked = (asker.clone(), version.to_owned());
            self.roots.entry(component.clone()).or_default().push(asked);
            let text = fields
                .pointer("/configurationUpdate/merge")
                .and_then(Value::as_str);
            if let Some(value) = text.and_then(|text| serde_json::from_str(text).ok()) {
                self.merges.insert(component.clone(), value);
            }
        }
    }

    /// The version that was asked for last, by component.
    pub(crate) fn versions(&self) -> BTreeMap<String, String> {
        let roots = self.roots.iter();
        roots
            .filter_map(|(component, asked)| Some((component.clone(), asked.last()?.1.clone())))
            .collect()
    }

    /// All versions that are asked for, by component.
    pub(crate) fn all_versions(&self) -> BTreeMap<&str, Vec<&str>> {
        let roots = self.roots.iter();
        roots
            .map(|(component, asked)| {
                let versions = asked.iter().map(|(_, version)| version.as_str());
                (component.as_str(), versions.collect())
            })
            .collect()
    }

    /// A component's configuration: its recipe's own with what the deployment merges into it.
    pub(crate) fn configuration(&self, component: &str, recipe: &Recipe) -> Value {
        let mut whole = recipe.configuration.clone();
        if let Some(update) = self.merges.get(component) {
            merge(&mut whole, update);
        }
        whole
    }
}

impl Call<'_> {
    /// A deployable version of a component: the account's own come before AWS's.
    fn deployable(&self, component: &str, text: &str) -> Option<Recipe> {
        [false, true].into_iter().find_map(|public| {
            let found = self.component(public, component, text)?;
            (found.state == "DEPLOYABLE").then(|| Recipe::read(&found.recipe))?
        })
    }

    /// Finds versions for everything that is wanted, dependencies included.
    ///
    /// # Errors
    /// What a nucleus says that finds none.
    pub(crate) fn resolve(
        &self,
        wanted: &Wanted,
        platform: &Platform,
        nucleus: &str,
        installed: &BTreeMap<String, String>,
    ) -> Result<Resolved, Box<Trouble>> {
        let mut resolved = Resolved::default();
        let mut needs: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (component, asked) in &wanted.roots {
            let exact = asked
                .iter()
                .map(|(asker, text)| (asker.clone(), format!("={text}")));
            needs.insert(component.clone(), exact.collect());
        }
        let mut open: BTreeSet<String> = needs.keys().cloned().collect();
        // Each round settles one component; new needs may unsettle another, so rounds are bounded.
        for _ in 0..1_000 {
            let Some(component) = open.pop_first() else {
                return Ok(resolved);
            };
            let constraints = needs.get(&component).cloned().unwrap_or_default();
            let pinned = wanted.roots.contains_key(&component);
            let (text, recipe) = self.choose(
                &component,
                &constraints,
                platform,
                (nucleus, pinned),
                installed,
            )?;
            for (dependency, requirement) in &recipe.dependencies {
                let constraint = (component.clone(), requirement.clone());
                let known = needs.entry(dependency.clone()).or_default();
                if !known.contains(&constraint) {
                    known.push(constraint);
                    open.insert(dependency.clone());
                }
            }
            resolved.versions.insert(component.clone(), text);
            resolved.recipes.insert(component, recipe);
        }
        Err(Box::new(Trouble::early(
            &["COMPONENT_CIRCULAR_DEPENDENCY_ERROR"],
            "REQUEST_ERROR",
            "Circular dependency detected for components",
        )))
    }

    fn choose(
        &self,
        component: &str,
        constraints: &[(String, String)],
        platform: &Platform,
        (nucleus, pinned): (&str, bool),
        installed: &BTreeMap<String, String>,
    ) -> Result<(String, Recipe), Box<Trouble>> {
        let fits = |text: &String| {
            version::version(text).is_some_and(|found| {
                constraints
                    .iter()
                    .all(|(_, requirement)| version::satisfies(&found, requirement))
            })
        };
        // What is on the device is kept where it fits; else the newest that does.
        let present = if component == NUCLEUS {
            Some(nucleus.to_owned())
        } else {
            installed.get(component).cloned()
        };
        let mut candidates: Vec<String> = present.into_iter().collect();
        candidates.extend(self.versions_of(false, component));
        candidates.extend(self.versions_of(true, component));
        let mut foreign = false;
        for text in candidates.iter().filter(|text| fits(text)) {
            let Some(recipe) = self.deployable(component, text) else {
                continue;
            };
            if recipe
                .manifest_for(platform.os, platform.architecture)
                .is_none()
            {
                foreign = true;
                continue;
            }
            let minor = |text: &str| version::version(text).map(|found| (found.major, found.minor));
            if component == NUCLEUS && !pinned && minor(text) != minor(nucleus) {
                return Err(Box::new(Trouble::early(
                    &["UNAUTHORIZED_NUCLEUS_MINOR_VERSION_UPDATE"],
                    "REQUEST_ERROR",
                    format!(
                        "The deployment attempts to update the nucleus from {NUCLEUS}-{nucleus} to {NUCLEUS}-{text} but no component of type nucleus was included as target component, please add the desired nucleus version as top level component if you wish to update the nucleus to a different minor/major version"
                    ),
                )));
            }
            return Ok((text.clone(), recipe));
        }
        let list: Vec<String> = constraints
            .iter()
            .map(|(asker, requirement)| format!("{asker} requires {requirement}"))
            .collect();
        let list = list.join(", ");
        let words = format!(
            "No local or cloud component version satisfies the requirements. Check whether the version constraints conflict and that the component exists in your AWS account with a version that matches the version constraints. If the version constraints conflict, revise deployments to resolve the conflict. Component {component} version constraints: {list}."
        );
        let words = if foreign {
            format!(
                "{words} No version claims platform compatibility with os {}, architecture {}.",
                platform.os, platform.architecture
            )
        } else {
            words
        };
        let conflict = constraints.len() > 1 && candidates.len() > 1;
        let stack: &[&str] = if conflict {
            &[
                "NO_AVAILABLE_COMPONENT_VERSION",
                "COMPONENT_VERSION_REQUIREMENTS_NOT_MET",
            ]
        } else {
            &["NO_AVAILABLE_COMPONENT_VERSION"]
        };
        Err(Box::new(Trouble::early(stack, "REQUEST_ERROR", words)))
    }
}
