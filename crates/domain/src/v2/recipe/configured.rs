//! A component as a device gets it: its recipe and the configuration that holds there.

use serde_json::Value;

use super::Recipe;

/// A recipe and the configuration that results from its default and a deployment's merge.
#[derive(Debug, Clone)]
pub struct Configured<'a> {
    /// The recipe.
    pub recipe: &'a Recipe,
    /// The configuration that holds.
    pub configuration: Value,
}

impl<'a> Configured<'a> {
    /// With its default configuration.
    #[must_use]
    pub fn by_default(recipe: &'a Recipe) -> Self {
        let default = recipe.component().default_configuration.clone();
        Self {
            recipe,
            configuration: default.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
        }
    }

    /// With a deployment's `merge` laid over the default.
    #[must_use]
    pub fn with_merge(recipe: &'a Recipe, merge: &Value) -> Self {
        let default = Self::by_default(recipe).configuration;
        Self {
            recipe,
            configuration: merged(default, merge),
        }
    }
}

/// A configuration with another laid over it: objects field by field, everything else as a whole (guide: "Update component
/// configurations").
#[must_use]
pub fn merged(base: Value, over: &Value) -> Value {
    match (base, over) {
        (Value::Object(mut base), Value::Object(over)) => {
            for (key, value) in over {
                let present = base.shift_remove(key).unwrap_or(Value::Null);
                base.insert(key.clone(), merged(present, value));
            }
            Value::Object(base)
        }
        (_, over) => over.clone(),
    }
}

/// Each value of a configuration that is no object and no list, with its path.
pub(super) fn leaves<'a>(value: &'a Value, path: &str, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                leaves(value, &super::node::below(path, key), found);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                leaves(value, &super::node::below(path, &at.to_string()), found);
            }
        }
        leaf => found.push((path.to_owned(), leaf)),
    }
}

/// The leaves whose key has this name in any letter case: the path and the text of the value.
pub(super) fn named(configuration: &Value, name: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    leaves(configuration, "", &mut all);
    let of_name = |path: &str| {
        let key = path.rsplit('/').next().unwrap_or(path);
        key.eq_ignore_ascii_case(name)
    };
    let found = all.into_iter().filter(|(path, _)| of_name(path));
    found.map(|(path, value)| (path, written(value))).collect()
}

/// A leaf as text: as it is for text.
pub(super) fn written(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether a value says yes, in one of the ways that recipes say it.
pub(super) fn says_yes(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "yes" | "true" | "on" | "1"
    )
}
