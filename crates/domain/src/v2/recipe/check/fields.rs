//! Names, versions and the fields as such.

use crate::figures::{bytes, grouped};
use std::collections::BTreeSet;

use super::Sink;
use crate::v2::recipe::{
    RECIPE_LIMIT_BYTES, Recipe, RecipeFindingCode as Code, RecipeFormat,
    node::{Node, below},
    parse_version,
};

/// The only format there is (recipe reference).
const FORMAT: &str = "2020-01-25";
/// Characters of a name at most (service model: `ComponentNameString`).
const LONGEST_NAME: usize = 128;

/// Fields of a recipe (component-common: `recipe_schema.json`).
const FIELDS: [&str; 11] = [
    "RecipeFormatVersion",
    "ComponentName",
    "ComponentVersion",
    "ComponentDescription",
    "ComponentPublisher",
    "ComponentType",
    "ComponentSource",
    "ComponentConfiguration",
    "ComponentDependencies",
    "Manifests",
    "Lifecycle",
];
const OF_MANIFEST: [&str; 5] = ["Name", "Platform", "Lifecycle", "Artifacts", "Selections"];
const OF_ARTIFACT: [&str; 5] = ["URI", "Unarchive", "Permission", "Digest", "Algorithm"];
const OF_DEPENDENCY: [&str; 2] = ["VersionRequirement", "DependencyType"];

/// What AWS says of a recipe that it cannot read (facts).
const REFUSED: &str =
    "AWS answers \"not authorized to perform: null\" to a recipe that it cannot read.";

pub(super) fn check(recipe: &Recipe, sink: &mut Sink<'_>) {
    let root = &recipe.root;
    let size = recipe.text().len();
    if size > RECIPE_LIMIT_BYTES {
        sink.error(
            Code::RecipeTooLarge,
            "",
            format!(
                "The recipe has {}; AWS takes {}.",
                bytes(size),
                grouped(RECIPE_LIMIT_BYTES)
            ),
            "Move long scripts into artifacts.",
        );
    }
    if recipe.format() == RecipeFormat::Yaml && recipe.text().trim_start().starts_with('{') {
        sink.warning(
            Code::AlmostJson,
            "",
            "The text looks like JSON and is none; as YAML it can be read.".to_owned(),
            "Look for a comma too many, a comment, or quotes that are missing.",
        );
    }
    repeated(root, "", sink);
    known(root, "", &FIELDS, sink);
    let manifests = root.field("Manifests");
    if let Some(entry) = manifests {
        for (at, node) in entry.value.items().iter().enumerate() {
            let path = below(&below("", &entry.key), &at.to_string());
            one_manifest(node, &path, sink);
        }
    }
    if let Some(entry) = root.field("ComponentDependencies") {
        for dependency in entry.value.entries() {
            let path = below(&below("", &entry.key), &dependency.key);
            known(&dependency.value, &path, &OF_DEPENDENCY, sink);
        }
    }
    types(root, sink);
    format_version(recipe, sink);
    name(recipe, sink);
    version(recipe, sink);
    if recipe.component().publisher.is_none() {
        sink.note(
            Code::MissingField,
            "",
            "ComponentPublisher is not set.".to_owned(),
            "Say who publishes it; lists of components show it.",
        );
    }
}

fn one_manifest(node: &Node, path: &str, sink: &mut Sink<'_>) {
    if !node.is_map() {
        sink.error(
            Code::InvalidField,
            path,
            "A manifest is an object.".to_owned(),
            "Give it Platform, Lifecycle and Artifacts.",
        );
        return;
    }
    known(node, path, &OF_MANIFEST, sink);
    if let Some(artifacts) = node.field("Artifacts") {
        let path = below(path, &artifacts.key);
        for (at, artifact) in artifacts.value.items().iter().enumerate() {
            known(artifact, &below(&path, &at.to_string()), &OF_ARTIFACT, sink);
        }
        if !artifacts.value.is_list() && !artifacts.value.is_null() {
            wrong_type(&path, "a list", sink);
        }
    }
    for name in ["Platform", "Lifecycle"] {
        if let Some(entry) = node.field(name)
            && !entry.value.is_map()
            && !entry.value.is_null()
        {
            wrong_type(&below(path, &entry.key), "an object", sink);
        }
    }
}

fn types(root: &Node, sink: &mut Sink<'_>) {
    for name in [
        "ComponentConfiguration",
        "ComponentDependencies",
        "Lifecycle",
    ] {
        if let Some(entry) = root.field(name)
            && !entry.value.is_map()
            && !entry.value.is_null()
        {
            wrong_type(&below("", &entry.key), "an object", sink);
        }
    }
    match root.field("Manifests") {
        None => sink.error(
            Code::MissingField,
            "",
            "Manifests is missing: no device can install the component.".to_owned(),
            "Add Manifests with one for each kind of device; one without Platform fits all.",
        ),
        Some(entry) if !entry.value.is_list() || entry.value.items().is_empty() => {
            let path = below("", &entry.key);
            sink.error(
                Code::InvalidField,
                &path,
                "Manifests is a list with one manifest at least.".to_owned(),
                "Add a manifest; one without Platform fits all devices.",
            );
        }
        Some(_) => {}
    }
}

fn wrong_type(path: &str, wanted: &str, sink: &mut Sink<'_>) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let message = format!("{name} is {wanted}. {REFUSED}");
    sink.error(Code::InvalidField, path, message, "Write it so.");
}

fn format_version(recipe: &Recipe, sink: &mut Sink<'_>) {
    match recipe.component().format_version.as_deref() {
        None => sink.error(
            Code::MissingField,
            "",
            "RecipeFormatVersion is missing.".to_owned(),
            "Set it to 2020-01-25.",
        ),
        Some(FORMAT) => {}
        Some(other) => sink.error(
            Code::UnknownFormatVersion,
            &path(recipe, "RecipeFormatVersion"),
            format!("RecipeFormatVersion is {other}; there is {FORMAT} only."),
            "Set it to 2020-01-25.",
        ),
    }
}

fn name(recipe: &Recipe, sink: &mut Sink<'_>) {
    let name = &recipe.component().name;
    let path = path(recipe, "ComponentName");
    let strange = |c: &char| !c.is_ascii_alphanumeric() && !"-_.".contains(*c);
    if name.is_empty() {
        sink.error(
            Code::MissingField,
            "",
            "ComponentName is missing.".to_owned(),
            "Give it a name such as com.example.Name.",
        );
    } else if let Some(c) = name.chars().find(strange) {
        sink.error(
            Code::InvalidName,
            &path,
            format!("{c:?} cannot stand in a component's name."),
            "Use letters, digits, dots, hyphens and underscores.",
        );
    } else if name.len() > LONGEST_NAME {
        let length = name.len();
        sink.error(
            Code::InvalidName,
            &path,
            format!("The name has {length} characters; {LONGEST_NAME} are allowed."),
            "Shorten it.",
        );
    } else if name.starts_with("aws.greengrass") {
        sink.warning(
            Code::PublicName,
            &path,
            "Names that begin with aws.greengrass are those of AWS: a component of the same name takes the public one's \
             place on every device of the account."
                .to_owned(),
            "Choose a name of your own, such as com.example.Name.",
        );
    }
}

fn version(recipe: &Recipe, sink: &mut Sink<'_>) {
    let version = &recipe.component().version;
    if version.is_empty() {
        sink.error(
            Code::MissingField,
            "",
            "ComponentVersion is missing.".to_owned(),
            "Give it a version such as 1.0.0.",
        );
    } else if let Err(error) = parse_version(version) {
        sink.error(
            Code::InvalidVersion,
            &path(recipe, "ComponentVersion"),
            format!("{error}."),
            "Write three numbers divided by dots, such as 1.0.0.",
        );
    }
}

/// The path of a field as it is written.
fn path(recipe: &Recipe, name: &str) -> String {
    let entry = recipe.root.field(name);
    below("", entry.map_or(name, |entry| &entry.key))
}

fn known(node: &Node, path: &str, names: &[&str], sink: &mut Sink<'_>) {
    for entry in node.entries() {
        if !names
            .iter()
            .any(|name| entry.key.eq_ignore_ascii_case(name))
        {
            sink.error(
                Code::UnknownField,
                &below(path, &entry.key),
                format!("Recipes have no field {} here. {REFUSED}", entry.key),
                &format!("Remove it or correct its name: {}.", names.join(", ")),
            );
        }
    }
}

/// Names that stand twice. Those of recipes are read in any letter case; those of configurations are not looked at so.
fn repeated(node: &Node, path: &str, sink: &mut Sink<'_>) {
    let mut seen = BTreeSet::new();
    for entry in node.entries() {
        let here = below(path, &entry.key);
        if !seen.insert(&entry.key) {
            let key = &entry.key;
            sink.warning(
                Code::RepeatedField,
                &here,
                format!("{key} stands twice in one object: the last one counts."),
                "Keep one of them.",
            );
        }
        repeated(&entry.value, &here, sink);
    }
    for (at, item) in node.items().iter().enumerate() {
        repeated(item, &below(path, &at.to_string()), sink);
    }
}
