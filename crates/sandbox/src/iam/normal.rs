//! Policies in the form in which `iam-rs` says what IAM says.
//!
//! Sources: IAM User Guide, "Policy variables", "Condition operators", "Principal", "Resource".

use serde_json::{Map, Value, json};

use super::document;

/// Characters with a meaning in patterns, and those of the private use area that stand for them where they are meant as
/// they are: `iam-rs` has no escape.
const LITERAL: [(char, char); 3] = [('*', '\u{E000}'), ('?', '\u{E001}'), ('$', '\u{E002}')];

/// A text in which nothing is a wildcard or a variable.
pub(super) fn literal(text: &str) -> String {
    let as_it_is = |c| {
        let found = LITERAL.iter().find(|(special, _)| *special == c);
        found.map_or(c, |(_, literal)| *literal)
    };
    text.chars().map(as_it_is).collect()
}

/// A resource as the last part of an ARN: `iam-rs` takes no wildcard for the service, IAM does.
pub(super) fn resource(text: &str) -> String {
    format!("arn:any:any:::{text}")
}

/// A copy that `iam-rs` reads: it wants a Version, and one kind of principal a statement. A trust policy has no resource;
/// the role itself is meant.
pub(super) fn policy(text: &str) -> Result<Value, serde_json::Error> {
    let document: Value = serde_json::from_str(text)?;
    // The version of 2008, which is meant where none is named, knows no variables.
    let variables = document.get("Version").and_then(Value::as_str) == Some("2012-10-17");
    let mut statements = Vec::new();
    for statement in document::statements(&document) {
        let Some(fields) = statement.as_object() else {
            continue;
        };
        let mut fields = fields.clone();
        if !fields.contains_key("Resource") && !fields.contains_key("NotResource") {
            fields.insert("Resource".to_owned(), Value::from("*"));
        }
        for name in ["Resource", "NotResource"] {
            if let Some(value) = fields.get_mut(name) {
                each(value, &|text| match text {
                    "*" => text.to_owned(),
                    text => resource(&meant(text, true, variables)),
                });
            }
        }
        if let Some(Value::Object(operators)) = fields.get("Condition") {
            let operators = conditions(operators, variables);
            fields.insert("Condition".to_owned(), operators);
        }
        if fields.get("Effect").and_then(Value::as_str) == Some("Deny")
            && let Some(Value::Object(kinds)) = fields.get_mut("Principal")
            && let Some(ids) = kinds.get_mut("AWS")
        {
            *ids = whole_accounts(ids);
        }
        statements.extend(by_principal(fields));
    }
    Ok(json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// A text with `${*}`, `${?}` and `${$}` as the characters themselves; other variables stay.
fn meant(text: &str, wildcards: bool, variables: bool) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let variable = rest
            .strip_prefix("${")
            .filter(|_| variables)
            .and_then(|inside| inside.split_once('}'));
        match variable {
            Some((name, after)) => {
                if matches!(name, "*" | "?" | "$") {
                    found.push_str(&literal(name));
                } else {
                    found.push_str(&format!("${{{name}}}"));
                }
                rest = after;
            }
            None => {
                if wildcards && matches!(c, '*' | '?') {
                    found.push(c);
                } else {
                    found.push_str(&literal(&c.to_string()));
                }
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    found
}

/// `ArnEquals` takes wildcards as `ArnLike` does. Values that are `true` or `false` are booleans in the context, and are
/// compared so.
fn conditions(operators: &Map<String, Value>, variables: bool) -> Value {
    let mut normal = Map::new();
    for (operator, keys) in operators {
        let mut keys = keys.clone();
        let name = operator
            .replace("ArnEquals", "ArnLike")
            .replace("ArnNotEquals", "ArnNotLike");
        if name.contains("String") || name.contains("Arn") {
            let wildcards = name.contains("Like");
            for value in keys.as_object_mut().into_iter().flat_map(Map::values_mut) {
                each(value, &|text| meant(text, wildcards, variables));
            }
        }
        let truths = |value: &Value| {
            texts(value)
                .iter()
                .all(|text| matches!(text.as_str(), "true" | "false"))
        };
        let name = match (name.as_str(), keys.as_object()) {
            ("StringEquals", Some(keys)) if keys.values().all(truths) => "Bool".to_owned(),
            _ => name,
        };
        match (normal.get_mut(&name).and_then(Value::as_object_mut), keys) {
            (Some(there), Value::Object(keys)) => there.extend(keys),
            (_, keys) => {
                normal.insert(name, keys);
            }
        }
    }
    Value::Object(normal)
}

/// Who denies an account denies all of its users, roles and sessions. (An account that is allowed may pass the right on:
/// its own policies decide, which others look at.)
fn whole_accounts(ids: &Value) -> Value {
    let account = |id: &str| -> Option<String> {
        let number = id
            .strip_suffix(":root")
            .and_then(|id| id.rsplit(':').next())
            .unwrap_or(id);
        (number.len() == 12 && number.bytes().all(|b| b.is_ascii_digit()))
            .then(|| number.to_owned())
    };
    let mut all = Vec::new();
    for id in texts(ids) {
        if let Some(number) = account(&id) {
            all.push(format!("arn:*:iam::{number}:*"));
            all.push(format!("arn:*:sts::{number}:*"));
        }
        all.push(id);
    }
    json!(all)
}

fn by_principal(fields: Map<String, Value>) -> Vec<Value> {
    match fields.get("Principal") {
        Some(Value::Object(kinds)) if kinds.len() > 1 => kinds
            .iter()
            .map(|(kind, ids)| {
                let mut copy = fields.clone();
                copy.insert("Principal".to_owned(), json!({ kind: ids }));
                Value::Object(copy)
            })
            .collect(),
        _ => vec![Value::Object(fields)],
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// Changes each text of a text or list of texts.
fn each(value: &mut Value, change: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(list) => list.iter_mut().for_each(|one| each(one, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_characters_and_other_variables_stay() {
        let found = meant("a${?}b*/${aws:username}", true, true);
        assert_eq!(found, format!("a{}b*/${{aws:username}}", literal("?")));
        assert_eq!(meant("a*", false, true), literal("a*"));
        assert_eq!(meant("${*}", true, false), format!("{}{{*}}", literal("$")));
    }

    #[test]
    fn two_operators_that_become_one_keep_their_keys() {
        let both = json!({"ArnEquals": {"a": "1"}, "ArnLike": {"b": "2"}});
        let found = conditions(both.as_object().unwrap_or(&Map::new()), true);
        assert_eq!(found, json!({"ArnLike": {"a": "1", "b": "2"}}));
    }
}
