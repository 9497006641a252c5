//! Configuration as JSON: read with what would get lost on the way, merged and reset as a core device does it, and
//! written in one canonical form.

mod read;

use serde_json::{Map, Number, Value};

pub(crate) use read::{read, rounded_number};

/// Reads a text as a JSON object, without looking for repeated keys.
pub(crate) fn object(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

/// Merges `new` over `old`: objects key by key, everything else replaced; `null` is a value like any other (guide,
/// "Merge updates": null, empty texts, lists and objects can be merged; a list is replaced as a whole).
pub(crate) fn merge(old: &mut Map<String, Value>, new: Map<String, Value>) {
    for (key, new) in new {
        match (old.get_mut(&key), new) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (Some(old), new) => *old = new,
            (None, new) => {
                old.insert(key, new);
            }
        }
    }
}

/// The parts of a JSON pointer (RFC 6901); `None` where it is none.
pub(crate) fn pointer(text: &str) -> Option<Vec<String>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.strip_prefix('/')?
        .split('/')
        .map(|part| {
            let mut escaped = part.split('~');
            let mut plain = escaped.next().unwrap_or_default().to_owned();
            for rest in escaped {
                plain.push(match rest.as_bytes().first()? {
                    b'0' => '~',
                    b'1' => '/',
                    _ => return None,
                });
                plain.push_str(rest.get(1..)?);
            }
            Some(plain)
        })
        .collect()
}

/// What came of taking a path out of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It was there and is gone.
    Gone,
    /// It was not there.
    Absent,
    /// It leads into a list, of which no single element can be reset (guide, "Reset updates").
    InList,
}

/// Takes what stands at the path out of an object; an empty path empties it. Objects on the way stay, even when empty.
pub(crate) fn take(object: &mut Map<String, Value>, path: &[String]) -> Taken {
    let Some((first, rest)) = path.split_first() else {
        let taken = if object.is_empty() {
            Taken::Absent
        } else {
            Taken::Gone
        };
        object.clear();
        return taken;
    };
    if rest.is_empty() {
        // `shift_remove` keeps the order of the others.
        return match object.shift_remove(first) {
            Some(_) => Taken::Gone,
            None => Taken::Absent,
        };
    }
    match object.get_mut(first) {
        Some(Value::Object(inner)) => take(inner, rest),
        Some(Value::Array(_)) => Taken::InList,
        _ => Taken::Absent,
    }
}

/// An object that holds the value at the path; `None` for an empty path and a value that is no object.
pub(crate) fn nested(path: &[String], value: Value) -> Option<Map<String, Value>> {
    let value = path.iter().rev().fold(value, |value, key| {
        Value::Object(std::iter::once((key.clone(), value)).collect())
    });
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// JSON without white space and with the keys of each object in order.
pub(crate) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value);
    out
}

/// [`canonical`] for an object.
pub(crate) fn canonical_object(map: &Map<String, Value>) -> String {
    let mut out = String::new();
    write_object(&mut out, map);
    out
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Array(list) => {
            out.push('[');
            for (place, item) in list.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => write_object(out, map),
        Value::String(text) => write_text(out, text),
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number),
    }
}

fn write_object(out: &mut String, map: &Map<String, Value>) {
    let mut keys: Vec<(&String, &Value)> = map.iter().collect();
    keys.sort_unstable_by(|a, b| a.0.cmp(b.0));
    out.push('{');
    for (place, (key, value)) in keys.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write_text(out, key);
        out.push(':');
        write(out, value);
    }
    out.push('}');
}

fn write_number(out: &mut String, number: &Number) {
    use std::fmt::Write as _;
    // Writing to a `String` cannot fail.
    let _ = write!(out, "{number}");
}

/// Writes a text as a JSON string.
pub(crate) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1F => "",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        if escape.is_empty() {
            use std::fmt::Write as _;
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out.push('"');
}

#[cfg(test)]
mod tests;
