//! The typed view of a recipe. It keeps the text as it is.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;
use thiserror::Error;

use super::{
    lifecycle::{Script, scripts},
    node::{Node, below},
    read_json, read_yaml,
};

/// How a recipe is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum RecipeFormat {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

/// A text that is no recipe at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotARecipe {
    /// There is nothing in it.
    #[error("the text is empty")]
    Empty,
    /// Neither JSON nor YAML.
    #[error("line {line}: this is no {format}: {reason}")]
    Syntax {
        /// Which of both it seems to be.
        format: &'static str,
        /// The line, from 1.
        line: u32,
        /// The parser's words.
        reason: String,
    },
    /// More than one YAML document.
    #[error("line {line}: a second document begins; a recipe is one document")]
    SeveralDocuments {
        /// Where the second one begins, from 1.
        line: u32,
    },
    /// It is JSON or YAML, but no object.
    #[error("a recipe is an object with fields such as ComponentName")]
    NoObject,
    /// Nested deeper, or with more values, than any recipe.
    #[error("the text is nested too deep, or its aliases make it too large, for a recipe")]
    TooDeep,
}

impl NotARecipe {
    /// The line at fault, from 1, where there is one.
    #[must_use]
    pub const fn line(&self) -> Option<u32> {
        match self {
            Self::Syntax { line, .. } | Self::SeveralDocuments { line } => Some(*line),
            _ => None,
        }
    }
}

/// A recipe: its text, and what it says. What is wrong with it is told by [`super::check`], not here.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    text: String,
    format: RecipeFormat,
    pub(super) root: Node,
    component: Component,
}

/// What a recipe says of its component. A field that is missing or of another type is empty; the finding is in the check.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Component {
    /// `RecipeFormatVersion`.
    pub format_version: Option<String>,
    /// `ComponentName`; empty where there is none.
    pub name: String,
    /// `ComponentVersion` as it is written; empty where there is none.
    pub version: String,
    /// `ComponentDescription`.
    pub description: Option<String>,
    /// `ComponentPublisher`.
    pub publisher: Option<String>,
    /// `ComponentType`; AWS sets it for most recipes.
    pub component_type: Option<String>,
    /// `ComponentSource`: the Lambda function that an imported component stands for.
    pub source: Option<String>,
    /// `ComponentDependencies`, in the order of the text.
    pub dependencies: Vec<Dependency>,
    /// `ComponentConfiguration.DefaultConfiguration`.
    pub default_configuration: Option<Value>,
    /// `Manifests`, in the order of the text: the first that fits a device is used.
    pub manifests: Vec<Manifest>,
    /// The scripts of the top-level `Lifecycle`, for manifests without one of their own.
    pub global_scripts: Vec<Script>,
}

/// One component that another needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// `VersionRequirement`, npm style; empty where there is none.
    pub requirement: String,
    /// `DependencyType`: `HARD` (also when absent) or `SOFT`.
    pub kind: Option<String>,
    /// Where it stands in the recipe.
    pub path: String,
}

/// What holds for one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// `Name`, for people.
    pub name: Option<String>,
    /// `Platform`: attributes and what they have to be; empty means any device.
    pub platform: Vec<(String, String)>,
    /// Whether it has a `Lifecycle` of its own, which the global one then does not add to.
    pub own_lifecycle: bool,
    /// The scripts of its `Lifecycle`.
    pub scripts: Vec<Script>,
    /// `Selections`: which parts of the global lifecycle it takes.
    pub selections: Vec<String>,
    /// `Artifacts`, in the order of the text.
    pub artifacts: Vec<Artifact>,
    /// Where it stands in the recipe.
    pub path: String,
}

/// A file or an image that a device fetches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// `URI`; empty where there is none.
    pub uri: String,
    /// `Unarchive`: `NONE` (also when absent) or `ZIP`.
    pub unarchive: Option<String>,
    /// `Permission.Read`: `NONE`, `OWNER` (also when absent) or `ALL`.
    pub read: Option<String>,
    /// `Permission.Execute`: `NONE` (also when absent), `OWNER` or `ALL`.
    pub execute: Option<String>,
    /// `Digest`, which AWS fills in when the version is created.
    pub digest: Option<String>,
    /// Where it stands in the recipe.
    pub path: String,
    /// Its line, from 1.
    pub line: u32,
}

impl Recipe {
    /// Reads a recipe. JSON is tried first where the text begins with a brace; such a text may be YAML all the same.
    ///
    /// # Errors
    /// [`NotARecipe`].
    pub fn parse(text: &str) -> Result<Self, NotARecipe> {
        let (format, root) = if text.trim_start().starts_with('{') {
            match read_json::read(text) {
                Ok(root) => (RecipeFormat::Json, root),
                Err(error) => match read_yaml::read(text) {
                    Ok(root) => (RecipeFormat::Yaml, root),
                    Err(_) => return Err(error),
                },
            }
        } else {
            (RecipeFormat::Yaml, read_yaml::read(text)?)
        };
        if !root.is_map() {
            return Err(if root.is_null() {
                NotARecipe::Empty
            } else {
                NotARecipe::NoObject
            });
        }
        Ok(Self {
            text: text.to_owned(),
            format,
            component: Component::of(&root),
            root,
        })
    }

    /// The text as it was read, byte for byte.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it is written.
    #[must_use]
    pub const fn format(&self) -> RecipeFormat {
        self.format
    }

    /// What it says.
    #[must_use]
    pub const fn component(&self) -> &Component {
        &self.component
    }

    /// The whole recipe as JSON.
    #[must_use]
    pub fn value(&self) -> Value {
        self.root.value()
    }

    /// The line, from 1, on which the value of a JSON pointer begins.
    #[must_use]
    pub fn line_of(&self, path: &str) -> Option<u32> {
        let mut node = &self.root;
        let mut line = node.line;
        for step in path.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            if let Some(entry) = node.entries().iter().rev().find(|e| e.key == step) {
                line = entry.line;
                node = &entry.value;
            } else {
                node = node.items().get(step.parse::<usize>().ok()?)?;
                line = node.line;
            }
        }
        Some(line)
    }
}

impl Component {
    fn of(root: &Node) -> Self {
        let text = |name: &str| root.get(name).and_then(Node::text).map(str::to_owned);
        let dependencies = root.field("ComponentDependencies").map(|entry| {
            let path = below("", &entry.key);
            let of = |e: &super::node::Entry| Dependency {
                name: e.key.clone(),
                requirement: owned(&e.value, "VersionRequirement").unwrap_or_default(),
                kind: owned(&e.value, "DependencyType"),
                path: below(&path, &e.key),
            };
            entry.value.entries().iter().map(of).collect()
        });
        let manifests = root.field("Manifests").map(|entry| {
            let path = below("", &entry.key);
            let manifests = entry.value.items().iter().enumerate();
            let of = |(at, node): (usize, &Node)| manifest(node, &below(&path, &at.to_string()));
            manifests.map(of).collect()
        });
        let configuration = root.get("ComponentConfiguration");
        let global = root.field("Lifecycle").map(|entry| {
            let path = below("", &entry.key);
            scripts(&entry.value, &path)
        });
        Self {
            format_version: text("RecipeFormatVersion"),
            name: text("ComponentName").unwrap_or_default(),
            version: text("ComponentVersion").unwrap_or_default(),
            description: text("ComponentDescription"),
            publisher: text("ComponentPublisher"),
            component_type: text("ComponentType"),
            source: text("ComponentSource"),
            dependencies: dependencies.unwrap_or_default(),
            default_configuration: configuration
                .and_then(|node| node.get("DefaultConfiguration"))
                .filter(|node| !node.is_null())
                .map(Node::value),
            manifests: manifests.unwrap_or_default(),
            global_scripts: global.unwrap_or_default(),
        }
    }

    /// `name` version `version`, for messages.
    #[must_use]
    pub fn title(&self) -> String {
        match (self.name.as_str(), self.version.as_str()) {
            ("", _) => "A recipe without ComponentName".to_owned(),
            (name, "") => name.to_owned(),
            (name, version) => format!("{name} {version}"),
        }
    }

    /// Each script of the recipe, those of manifests first.
    pub fn scripts(&self) -> impl Iterator<Item = &Script> {
        let own = self.manifests.iter().flat_map(|manifest| &manifest.scripts);
        own.chain(&self.global_scripts)
    }

    /// Each artifact of the recipe, manifest by manifest.
    pub fn artifacts(&self) -> impl Iterator<Item = &Artifact> {
        self.manifests
            .iter()
            .flat_map(|manifest| &manifest.artifacts)
    }

    /// Whether it depends on a component of this name.
    #[must_use]
    pub fn depends_on(&self, name: &str) -> bool {
        self.dependencies.iter().any(|other| other.name == name)
    }
}

fn manifest(node: &Node, path: &str) -> Manifest {
    let platform = node.get("Platform").map(|platform| {
        let entries = platform.entries().iter();
        let of = |e: &super::node::Entry| Some((e.key.clone(), e.value.text()?.to_owned()));
        entries.filter_map(of).collect()
    });
    let lifecycle = node.field("Lifecycle");
    let artifacts = node.field("Artifacts").map(|entry| {
        let path = below(path, &entry.key);
        let items = entry.value.items().iter().enumerate();
        let of = |(at, node): (usize, &Node)| artifact(node, below(&path, &at.to_string()));
        items.map(of).collect()
    });
    let selections = node.get("Selections").map(|node| {
        let items = node.items().iter().filter_map(Node::text);
        items.map(str::to_owned).collect()
    });
    Manifest {
        name: owned(node, "Name"),
        platform: platform.unwrap_or_default(),
        own_lifecycle: lifecycle.is_some_and(|e| !e.value.entries().is_empty()),
        scripts: lifecycle.map_or_else(Vec::new, |e| scripts(&e.value, &below(path, &e.key))),
        selections: selections.unwrap_or_default(),
        artifacts: artifacts.unwrap_or_default(),
        path: path.to_owned(),
    }
}

fn artifact(node: &Node, path: String) -> Artifact {
    let permission = node.get("Permission");
    let right = |name: &str| permission.and_then(|node| owned(node, name));
    Artifact {
        uri: owned(node, "URI").unwrap_or_default(),
        unarchive: owned(node, "Unarchive"),
        read: right("Read"),
        execute: right("Execute"),
        digest: owned(node, "Digest"),
        path,
        line: node.line,
    }
}

fn owned(node: &Node, name: &str) -> Option<String> {
    node.get(name).and_then(Node::text).map(str::to_owned)
}
