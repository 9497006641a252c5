//! Members of requests and answers: the service has them small, definitions have them with a capital letter.

use serde_json::{Map, Value};

use super::model::Failure;

/// The refusal of arguments that are none.
pub(super) fn unfit(arguments: &Value, why: &str) -> Failure {
    let cause =
        format!("The Parameters '{arguments}' could not be used to start the Task: [{why}]");
    Failure::new("States.Runtime", cause)
}

/// Members whose own members are names of the user's, not of the model.
fn is_map(member: &str) -> bool {
    matches!(member, "components" | "tags" | "attributes" | "platform")
}

/// Members as the service has them. Definitions have them with a capital letter, and no others.
pub(super) fn small(value: &Value, names: bool) -> Result<Value, Failure> {
    match value {
        Value::Array(items) => items.iter().map(|item| small(item, false)).collect(),
        Value::Object(members) => {
            let mut renamed = Map::new();
            for (name, inner) in members {
                if names {
                    renamed.insert(name.clone(), small(inner, false)?);
                } else if name.starts_with(|first: char| first.is_ascii_uppercase()) {
                    let name = lower(name);
                    let inner = small(inner, is_map(&name))?;
                    renamed.insert(name, inner);
                } else {
                    return Err(unfit(
                        value,
                        &format!("The field \"{name}\" is not supported by Step Functions"),
                    ));
                }
            }
            Ok(Value::Object(renamed))
        }
        plain => Ok(plain.clone()),
    }
}

/// Members as definitions have them; times as text.
pub(super) fn large(value: &Value, names: bool) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| large(item, false)).collect(),
        Value::Object(members) => {
            let renamed =
                members
                    .iter()
                    .filter(|(_, inner)| !inner.is_null())
                    .map(|(name, inner)| {
                        if names {
                            return (name.clone(), large(inner, false));
                        }
                        let inner = match inner.as_f64().filter(|_| name.ends_with("imestamp")) {
                            #[expect(
                                clippy::cast_possible_truncation,
                                reason = "a time of our era in milliseconds"
                            )]
                            Some(seconds) => {
                                Value::String(super::text_of((seconds * 1_000.0) as i64))
                            }
                            None => large(inner, is_map(name)),
                        };
                        (capital(name), inner)
                    });
            Value::Object(renamed.collect())
        }
        plain => plain.clone(),
    }
}

pub(super) fn capital(name: &str) -> String {
    first_letter(name, char::to_ascii_uppercase)
}

pub(super) fn lower(name: &str) -> String {
    first_letter(name, char::to_ascii_lowercase)
}

fn first_letter(name: &str, change: impl Fn(&char) -> char) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| change(&first));
    first.into_iter().chain(letters).collect()
}
