//! What a document says, whatever its form.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::{Document, Statement};
use crate::Arn;

/// Version and the set of statements, each as a list of (field, values).
pub(super) type Meaning = (String, BTreeSet<BTreeSet<(String, BTreeSet<String>)>>);

/// A document without `Version` is one of 2008 (IAM: "IAM JSON policy elements: Version").
pub(super) fn of(document: &Document) -> Meaning {
    let version = document.version().unwrap_or("2008-10-17").to_owned();
    (
        version,
        document.statements().iter().map(statement).collect(),
    )
}

fn statement(statement: &Statement) -> BTreeSet<(String, BTreeSet<String>)> {
    let mut parts = BTreeSet::new();
    for (name, value) in statement.fields() {
        match (name.as_str(), value) {
            // A name for people.
            ("Sid", _) => {}
            ("Action" | "NotAction", value) => {
                let actions = texts(value)
                    .into_iter()
                    .map(|text| text.to_ascii_lowercase());
                parts.insert((name.clone(), actions.collect()));
            }
            ("Principal" | "NotPrincipal", Value::Object(kinds)) => {
                for (kind, ids) in kinds {
                    let ids = texts(ids).into_iter().map(|id| principal(kind, id));
                    parts.insert((format!("{name} {kind}"), ids.collect()));
                }
            }
            // Anyone: the same as every AWS principal (IAM: "AWS JSON policy elements: Principal").
            ("Principal" | "NotPrincipal", value) => {
                parts.insert((format!("{name} AWS"), texts(value)));
            }
            ("Condition", Value::Object(operators)) => {
                for (operator, keys) in operators {
                    let Value::Object(keys) = keys else {
                        parts.insert((format!("{name} {operator}"), texts(keys)));
                        continue;
                    };
                    for (key, values) in keys {
                        let place = format!("{name} {operator} {key}").to_ascii_lowercase();
                        parts.insert((place, texts(values)));
                    }
                }
            }
            (_, value) => {
                parts.insert((name.clone(), texts(value)));
            }
        }
    }
    parts
}

/// The account's number and the ARN of its root are the same principal (IAM).
fn principal(kind: &str, id: String) -> String {
    match Arn::parse(&id) {
        Ok(arn) if kind == "AWS" && arn.service == "iam" && arn.resource == "root" => {
            arn.account.to_owned()
        }
        _ => id,
    }
}

/// One text or a list of them; `true` and `"true"`, `5` and `"5"` are the same in conditions (IAM).
fn texts(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        single => BTreeSet::from([text(single)]),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
