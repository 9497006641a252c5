//! The names of columns, and what they mean.

use crate::v2::{json, template};

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// `thingName`.
    Thing,
    /// A value for templates.
    Value(String),
    /// `component:NAME`: a version, `remove` or `keep`.
    Component(String),
    /// `merge:NAME`: a JSON object.
    Merge(String),
    /// `config:NAME/path`: one value of the configuration.
    Config {
        /// The component.
        component: String,
        /// The keys that lead to the value; at least one.
        path: Vec<String>,
        /// The path as it is written, with its slash.
        pointer: String,
    },
    /// `reset:NAME`: JSON pointers.
    Reset(String),
    /// Anything else; it is passed over.
    Unknown(String),
}

/// Takes the component off.
pub(super) const REMOVE: &str = "remove";
/// Leaves the component alone, whatever other intents say.
const KEEP: &str = "keep";

pub(super) fn is_word(cell: &str) -> bool {
    matches!(cell, REMOVE | KEEP)
}

impl Column {
    /// What a name means.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let unknown = || Self::Unknown(name.to_owned());
        if name == "thingName" {
            return Self::Thing;
        }
        let Some((kind, rest)) = name.split_once(':') else {
            return if template::is_name(name) {
                Self::Value(name.to_owned())
            } else {
                unknown()
            };
        };
        let component = rest.to_owned();
        match kind {
            "config" => Self::config(rest).unwrap_or_else(unknown),
            _ if !is_component(rest) => unknown(),
            "component" => Self::Component(component),
            "merge" => Self::Merge(component),
            "reset" => Self::Reset(component),
            _ => unknown(),
        }
    }

    fn config(rest: &str) -> Option<Self> {
        let (component, _) = rest.split_once('/')?;
        let pointer = rest.get(component.len()..)?.to_owned();
        let path = json::pointer(&pointer)?;
        let named = is_component(component) && path.iter().all(|key| !key.is_empty());
        named.then(|| Self::Config {
            component: component.to_owned(),
            path,
            pointer,
        })
    }

    /// Whether this is the column of a name.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let after = |kind: &str| {
            name.strip_prefix(kind)
                .and_then(|rest| rest.strip_prefix(':'))
        };
        match self {
            Self::Thing => name == "thingName",
            Self::Value(own) | Self::Unknown(own) => own == name,
            Self::Component(own) => after("component") == Some(own),
            Self::Merge(own) => after("merge") == Some(own),
            Self::Reset(own) => after("reset") == Some(own),
            Self::Config {
                component, pointer, ..
            } => {
                after("config").and_then(|rest| rest.strip_prefix(component.as_str()))
                    == Some(pointer.as_str())
            }
        }
    }

    /// What is to be known of a path with a number in it: no single element of a list can be merged (guide, "Merge updates").
    pub(super) fn number_in_path(&self) -> Option<String> {
        let Self::Config {
            component,
            path,
            pointer,
        } = self
        else {
            return None;
        };
        let is_number = |key: &String| key.bytes().all(|byte| byte.is_ascii_digit());
        let number = path.iter().find(|key| is_number(key))?;
        Some(format!(
            "{number} in {pointer} is a key of an object, and no place in a list: where {component} has a list there, the \
             list would go. A list is given whole, such as [1, 2] in the column of the list."
        ))
    }

    /// Whether it says something about a component's configuration.
    pub(super) fn configures(&self, name: &str) -> bool {
        match self {
            Self::Merge(own) | Self::Reset(own) => own == name,
            Self::Config { component, .. } => component == name,
            _ => false,
        }
    }
}

/// What names of components are made of (guide, "Component recipe reference").
fn is_component(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

pub(super) fn unknown(name: &str) -> String {
    let kinds = ["component", "merge", "config", "reset"];
    let kind = name.split(':').next().unwrap_or_default();
    let hint = if name.eq_ignore_ascii_case("thingname") {
        "The column is written thingName.".to_owned()
    } else if kind == "config" {
        "Write config:NAME/path, such as config:com.example.Camera/Parameters/device_name."
            .to_owned()
    } else if let Some(kind) = kinds.iter().find(|known| known.eq_ignore_ascii_case(kind)) {
        format!("Write {kind}:NAME with a component's name.")
    } else {
        "Columns are thingName, component:NAME, merge:NAME, config:NAME/path, reset:NAME, and names of letters, digits, \
         spaces and _-. for templates."
            .to_owned()
    };
    format!("The column {name:?} means nothing and is passed over. {hint}")
}
