//! Kinds of values in configurations: a program that reads a number seldom reads a text in its place.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

use super::recipe::below;

/// A value that is of another kind than the one in whose place it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherKind {
    /// JSON pointer.
    pub path: String,
    /// What stands there, with its article: "a number".
    pub was: &'static str,
    /// What comes there.
    pub gets: &'static str,
}

/// Values of an object that come in the place of others of another kind when it is merged over `old`. Null is no kind: it
/// stands for what is not there.
#[must_use]
pub fn other_kinds(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<OtherKind> {
    let mut found = Vec::new();
    compare("", old, new, &mut found);
    found
}

fn compare(
    path: &str,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    found: &mut Vec<OtherKind>,
) {
    for (key, new) in new {
        match (old.get(key), new) {
            (None | Some(Value::Null), _) | (_, Value::Null) => {}
            (Some(Value::Object(old)), Value::Object(new)) => {
                // Most configurations are flat, so the path is seldom made in vain.
                compare(&below(path, key), old, new, found);
            }
            (Some(old), new) if kind(old) == kind(new) => {}
            (Some(old), new) => found.push(OtherKind {
                path: below(path, key),
                was: kind(old),
                gets: kind(new),
            }),
        }
    }
}

/// What a value is, with its article.
#[must_use]
pub const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The same number for values with the same keys and kinds at the same paths.
#[must_use]
pub fn shape(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash(value, &mut hasher);
    hasher.finish()
}

fn hash(value: &Value, hasher: &mut DefaultHasher) {
    kind(value).hash(hasher);
    if let Value::Object(members) = value {
        // Whatever their order is.
        let sum = members.iter().fold(0_u64, |sum, (key, value)| {
            let mut member = DefaultHasher::new();
            key.hash(&mut member);
            hash(value, &mut member);
            sum.wrapping_add(member.finish())
        });
        sum.hash(hasher);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    fn told(old: &Value, new: &Value) -> Vec<String> {
        other_kinds(old.as_object().unwrap(), new.as_object().unwrap())
            .into_iter()
            .map(|OtherKind { path, was, gets }| format!("{path}: {was}, {gets}"))
            .collect()
    }

    #[test]
    fn each_value_of_another_kind_is_told_with_its_path() {
        let old = json!({ "port": 80, "on": true, "list": [1], "net": { "a/b": "x", "deep": {} }, "was": null });
        let same = json!({ "port": 81, "on": false, "list": [], "net": { "a/b": "" }, "was": 1, "new": [] });
        assert_eq!(told(&old, &same), [""; 0]);
        let nulls = json!({ "port": null, "net": null });
        assert_eq!(told(&old, &nulls), [""; 0]);
        let other =
            json!({ "port": "81", "on": 1, "list": { "0": 5 }, "net": { "a/b": 3, "deep": "x" } });
        assert_eq!(
            told(&old, &other),
            [
                "/port: a number, a text",
                "/on: true or false, a number",
                "/list: a list, an object",
                "/net/a~1b: a text, a number",
                "/net/deep: an object, a text",
            ]
        );
    }

    #[test]
    fn values_have_one_shape_where_keys_and_kinds_are_the_same() {
        let one = json!({ "a": 1, "b": { "c": "x" } });
        assert_eq!(shape(&one), shape(&json!({ "b": { "c": "y" }, "a": 2.5 })));
        for other in [
            json!({ "a": "1", "b": { "c": "x" } }),
            json!({ "a": 1, "b": { "d": "x" } }),
            json!({ "a": 1, "b": { "c": "x" }, "e": null }),
            json!({ "a": 1, "c": { "b": "x" } }),
            json!([1]),
        ] {
            assert_ne!(shape(&one), shape(&other), "{other}");
        }
    }
}
