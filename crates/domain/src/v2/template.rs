//! Texts with places that each target fills with its own: `{thingName}`, or `{site}` for a column of its row.
//!
//! `{{` stands for one brace. Braces around anything but a name are text like any other, so that a core device's own
//! recipe variables, such as `{iot:thingName}` or `{artifacts:path}`, and shell or JSON within a text stay as they are.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A text with places to fill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

/// A brace before a name that is never closed: `{thingName`. The name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclosed(pub String);

/// Whether a text can stand between braces: letters, digits, `_`, `-`, `.` and spaces, a letter or `_` first.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && name_length(text) == text.len() && !text.ends_with(' ')
}

/// Bytes of the longest beginning that could be a name.
fn name_length(text: &str) -> usize {
    if !text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return 0;
    }
    text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ')))
        .unwrap_or(text.len())
}

/// The text with its braces doubled, so that as a template it stands for itself.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('{', "{{")
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// [`Unclosed`].
    pub fn parse(text: &str) -> Result<Self, Unclosed> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            plain.push_str(before);
            let length = name_length(after);
            let (name, behind) = after.split_at_checked(length).unwrap_or(("", after));
            if let Some(second) = after.strip_prefix('{') {
                plain.push('{');
                rest = second;
            } else if let Some(behind) = behind.strip_prefix('}').filter(|_| !name.is_empty()) {
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::Name(name.to_owned()));
                rest = behind;
            } else if !name.is_empty() && behind.is_empty() {
                return Err(Unclosed(name.to_owned()));
            } else {
                plain.push('{');
                rest = after;
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// The names that it wants, in order; a name may stand more than once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Fills the places. What has no value stays as it was written, and its name is told to `missing`.
    pub fn fill<'v>(
        &self,
        value: &dyn Fn(&str) -> Option<&'v str>,
        missing: &mut BTreeSet<String>,
    ) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Name(name) => match value(name) {
                    Some(value) => out.push_str(value),
                    None => {
                        missing.insert(name.clone());
                        out.push('{');
                        out.push_str(name);
                        out.push('}');
                    }
                },
            }
        }
        out
    }
}

/// A configuration whose texts are templates.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Without a place to fill.
    Plain(Value),
    Text(Template),
    List(Vec<Shape>),
    Object(Vec<(String, Shape)>),
}

/// What was met while a configuration was read as a template.
#[derive(Debug, Default)]
pub(crate) struct Met {
    /// Names wanted anywhere.
    pub(crate) names: BTreeSet<String>,
    /// Names whose brace is not closed.
    pub(crate) unclosed: Vec<String>,
    /// Keys that look like templates; keys are not filled.
    pub(crate) in_keys: Vec<String>,
}

impl Shape {
    /// Reads each text of a configuration as a template; an unclosed one stays as it is.
    pub(crate) fn of(value: Value, met: &mut Met) -> Self {
        match value {
            Value::String(text) if text.contains('{') => match Template::parse(&text) {
                Ok(template) => {
                    met.names.extend(template.names().map(str::to_owned));
                    Self::Text(template)
                }
                Err(Unclosed(name)) => {
                    met.unclosed.push(name);
                    Self::Plain(Value::String(text))
                }
            },
            Value::Array(list) => {
                let shapes: Vec<Self> = list.into_iter().map(|item| Self::of(item, met)).collect();
                match plain(&shapes) {
                    Some(values) => Self::Plain(Value::Array(values)),
                    None => Self::List(shapes),
                }
            }
            Value::Object(map) => Self::of_object(map, met),
            value => Self::Plain(value),
        }
    }

    fn of_object(map: Map<String, Value>, met: &mut Met) -> Self {
        let mut keys = Vec::with_capacity(map.len());
        let mut shapes = Vec::with_capacity(map.len());
        for (key, value) in map {
            if Template::parse(&key).is_ok_and(|template| template.names().next().is_some()) {
                met.in_keys.push(key.clone());
            }
            keys.push(key);
            shapes.push(Self::of(value, met));
        }
        match plain(&shapes) {
            Some(values) => Self::Plain(Value::Object(keys.into_iter().zip(values).collect())),
            None => Self::Object(keys.into_iter().zip(shapes).collect()),
        }
    }

    /// Fills every place.
    pub(crate) fn fill<'v>(
        &self,
        value: &dyn Fn(&str) -> Option<&'v str>,
        missing: &mut BTreeSet<String>,
    ) -> Value {
        match self {
            Self::Plain(plain) => plain.clone(),
            Self::Text(template) => Value::String(template.fill(value, missing)),
            Self::List(list) => list.iter().map(|item| item.fill(value, missing)).collect(),
            Self::Object(map) => Value::Object(
                map.iter()
                    .map(|(key, item)| (key.clone(), item.fill(value, missing)))
                    .collect(),
            ),
        }
    }
}

/// The values, where all of them are without places to fill.
fn plain(shapes: &[Shape]) -> Option<Vec<Value>> {
    shapes
        .iter()
        .map(|shape| match shape {
            Shape::Plain(value) => Some(value.clone()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn filled(text: &str) -> (String, Vec<String>) {
        let mut missing = BTreeSet::new();
        let values = |name: &str| match name {
            "thingName" => Some("pump-7"),
            "site" => Some("{thingName}"),
            _ => None,
        };
        let text = Template::parse(text).unwrap().fill(&values, &mut missing);
        (text, missing.into_iter().collect())
    }

    #[test]
    fn names_are_filled_once() {
        assert_eq!(filled("a/{thingName}/b").0, "a/pump-7/b");
        assert_eq!(filled("{site}").0, "{thingName}", "a value is no template");
        assert_eq!(filled("{{thingName}").0, "{thingName}");
        assert_eq!(filled("{{{thingName}}").0, "{pump-7}");
    }

    #[test]
    fn what_has_no_value_stays_and_is_named() {
        assert_eq!(
            filled("{line} {thingName} {line}"),
            ("{line} pump-7 {line}".to_owned(), vec!["line".to_owned()])
        );
    }

    #[test]
    fn other_braces_are_text() {
        for text in [
            "{iot:thingName}",
            "{artifacts:path}/run.sh",
            "{}",
            "{ }",
            "{\"a\":{\"b\":1}}",
            "awk '{print $1}'",
            "${7}",
            "}{",
        ] {
            assert_eq!(filled(text), (text.to_owned(), vec![]));
        }
        assert_eq!(
            Template::parse("x {thingName"),
            Err(Unclosed("thingName".into()))
        );
    }

    proptest! {
        #[test]
        fn an_escaped_text_stands_for_itself(text in "[a{}: \"é]{0,24}") {
            let template = Template::parse(&escape(&text)).unwrap();
            let mut missing = BTreeSet::new();
            prop_assert_eq!(template.fill(&|_| Some("lost"), &mut missing), text);
            prop_assert!(missing.is_empty());
        }

        #[test]
        fn filling_names_with_themselves_changes_nothing_but_doubled_braces(text in "[a{}: \"é]{0,24}") {
            if let Ok(template) = Template::parse(&text) {
                let filled = template.fill(&|_| None, &mut BTreeSet::new());
                prop_assert_eq!(filled, text.replace("{{", "{"));
            }
        }
    }
}
