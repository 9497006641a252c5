//! Recipes in YAML: read into JSON values, and written for `GetComponent`.

use std::collections::HashMap;
use std::fmt::Write;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

/// Deeper recipes are refused instead of being followed.
const DEEPEST: usize = 64;

/// Booleans for readers of YAML 1.1: quoted, so that all readers see texts.
const OLD_BOOLEANS: [&str; 6] = ["y", "yes", "n", "no", "on", "off"];

/// A collection that is being read.
#[derive(Debug)]
enum Open {
    Sequence(Vec<Value>),
    Mapping(Map<String, Value>, Option<String>),
}

/// Reads one YAML document.
///
/// # Errors
/// What is wrong with it, for people.
pub(crate) fn read(text: &str) -> Result<Value, String> {
    let mut open: Vec<(Open, usize)> = Vec::new();
    let mut anchors: HashMap<usize, Value> = HashMap::new();
    let mut whole = None;
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => (scalar(&text, style), anchor),
            Event::Alias(anchor) => {
                let known = anchors.get(&anchor).cloned();
                (known.ok_or("an alias names no anchor")?, 0)
            }
            Event::SequenceStart(anchor, _) => {
                open.push((Open::Sequence(Vec::new()), anchor));
                continue;
            }
            Event::MappingStart(anchor, _) => {
                open.push((Open::Mapping(Map::new(), None), anchor));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some((Open::Sequence(items), anchor)) => (Value::Array(items), anchor),
                Some((Open::Mapping(fields, _), anchor)) => (Value::Object(fields), anchor),
                None => return Err("a collection ends that never began".to_owned()),
            },
            _ => continue,
        };
        if open.len() > DEEPEST {
            return Err("the document is nested too deeply".to_owned());
        }
        if anchor != 0 {
            anchors.insert(anchor, value.clone());
        }
        match open.last_mut() {
            None if whole.is_some() => return Err("there is more than one document".to_owned()),
            None => whole = Some(value),
            Some((Open::Sequence(items), _)) => items.push(value),
            Some((Open::Mapping(fields, key), _)) => match key.take() {
                Some(name) => {
                    fields.insert(name, value);
                }
                None => {
                    *key = Some(match value {
                        Value::String(text) => text,
                        other => other.to_string(),
                    });
                }
            },
        }
    }
    whole.ok_or_else(|| "the document is empty".to_owned())
}

/// A scalar by YAML's core schema.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => {
            let number = text.parse::<i64>().map(Number::from).ok().or_else(|| {
                let digits = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
                digits
                    .then(|| text.parse::<f64>().ok())?
                    .and_then(Number::from_f64)
            });
            number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
        }
    }
}

/// Writes a value as block-style YAML; texts of several lines become literal blocks.
pub(crate) fn write(value: &Value) -> String {
    let mut text = String::from("---\n");
    block(&mut text, value, 0);
    text
}

fn block(text: &mut String, value: &Value, depth: usize) {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                // Writing to a String cannot fail.
                let _ = write!(text, "{pad}{}:", flow(&Value::String(name.clone())));
                below(text, value, depth);
            }
        }
        Value::Array(items) => {
            for item in items {
                let _ = write!(text, "{pad}-");
                below(text, item, depth);
            }
        }
        other => {
            let _ = writeln!(text, "{pad}{}", flow(other));
        }
    }
}

/// What comes after `name:` or `-`.
fn below(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            text.push('\n');
            block(text, value, depth + 1);
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            block(text, value, depth + 1);
        }
        Value::String(lines) if is_block(lines) => {
            text.push_str(if lines.ends_with('\n') {
                " |\n"
            } else {
                " |-\n"
            });
            let pad = "  ".repeat(depth + 1);
            for line in lines.lines() {
                let _ = writeln!(text, "{}", format!("{pad}{line}").trim_end());
            }
        }
        other => {
            let _ = writeln!(text, " {}", flow(other));
        }
    }
}

/// Whether a text survives as a literal block: more than one line, nothing that the block would change.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && text.lines().all(|line| line.trim_end() == line)
        && !text.contains(['\t', '\r'])
}

/// A scalar or an empty collection; JSON's quoting is YAML's as well.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c))
                && scalar(text, ScalarStyle::Plain) == *value
                && !OLD_BOOLEANS
                    .iter()
                    .any(|word| word.eq_ignore_ascii_case(text));
            if plain {
                text.clone()
            } else {
                value.to_string()
            }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::{read, write};
    use serde_json::json;

    #[test]
    fn a_recipe_is_read_as_people_write_it() {
        let text = "RecipeFormatVersion: 2020-01-25\nComponentVersion: \"1.0.0\"\nManifests:\n- Platform: {os: linux}\n  Lifecycle:\n    Run: |\n      one\n      two\n  Size: 3\n  On: true\n";
        let value = json!({
            "RecipeFormatVersion": "2020-01-25",
            "ComponentVersion": "1.0.0",
            "Manifests": [{
                "Platform": { "os": "linux" },
                "Lifecycle": { "Run": "one\ntwo\n" },
                "Size": 3,
                "On": true,
            }],
        });
        assert_eq!(read(text).unwrap(), value);
        assert!(read("a: [1").is_err());
        assert!(read("").is_err());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let value = json!({
            "text": "2020-01-25", "number": 1.5, "looks": "1.5", "yes": "true", "empty": {}, "none": null,
            "lines": "a\n b\n", "odd": " x\n\n", "list": [1, ["a", {}], { "k": [] }], "with: colon": "#",
        });
        assert_eq!(read(&write(&value)).unwrap(), value);
        assert_eq!(write(&json!({ "install": "no" })), "---\ninstall: \"no\"\n");
    }
}
