//! Configuration as JSON: read with what would get lost on the way, merged and reset as a core device does it, and
//! written in one canonical form.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Levels of nesting that are read: those of `serde_json`.
const DEEPEST: usize = 128;

/// A JSON text with what a plain reading drops silently.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Read {
    /// The value; of keys that stand twice, the last one counts.
    pub(crate) value: Value,
    /// JSON pointers of the keys that stand more than once in their object.
    pub(crate) repeated: Vec<String>,
}

/// Reads a text as one JSON value.
///
/// # Errors
/// Why it is none, with the place.
pub(crate) fn read(text: &str) -> Result<Read, serde_json::Error> {
    let mut found = Found::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = DeserializeSeed::deserialize(Seed(&mut found), &mut deserializer)?;
    deserializer.end()?;
    Ok(Read {
        value,
        repeated: found.repeated,
    })
}

/// Reads a text as a JSON object, without looking for repeated keys.
pub(crate) fn object(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

/// The first number of a JSON text that has more digits than a 64-bit float keeps and is no 64-bit integer: merging
/// would round it.
pub(crate) fn rounded_number(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = after_string(bytes, at),
            b'-' | b'0'..=b'9' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let end = rest
                    .iter()
                    .position(|b| !matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'))
                    .map_or(bytes.len(), |length| at + length);
                let number = text.get(at..end).unwrap_or_default();
                if is_rounded(number) {
                    return Some(number);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    None
}

fn after_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' => at += 1,
            b'"' => break,
            _ => {}
        }
    }
    at
}

fn is_rounded(number: &str) -> bool {
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return false;
    }
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa
        .bytes()
        .filter(u8::is_ascii_digit)
        .skip_while(|digit| *digit == b'0')
        .count();
    // A 64-bit float keeps 15 decimal digits in any case (IEEE 754).
    digits > 15
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
    use fmt::Write as _;
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
            use fmt::Write as _;
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out.push('"');
}

#[derive(Default)]
struct Found {
    path: Vec<String>,
    repeated: Vec<String>,
}

impl Found {
    fn repeated(&mut self, key: &str) {
        let mut pointer = String::new();
        for part in self.path.iter().map(String::as_str).chain([key]) {
            pointer.push('/');
            pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
        }
        if !self.repeated.contains(&pointer) {
            self.repeated.push(pointer);
        }
    }
}

struct Seed<'a>(&'a mut Found);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        deeper::<A::Error>(self.0, String::new())?;
        loop {
            if let Some(last) = self.0.path.last_mut() {
                *last = list.len().to_string();
            }
            match seq.next_element_seed(Seed(self.0))? {
                Some(item) => list.push(item),
                None => break,
            }
        }
        self.0.path.pop();
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if object.contains_key(&key) {
                self.0.repeated(&key);
            }
            deeper::<A::Error>(self.0, key.clone())?;
            let value = map.next_value_seed(Seed(self.0))?;
            self.0.path.pop();
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

fn deeper<E: serde::de::Error>(found: &mut Found, key: String) -> Result<(), E> {
    if found.path.len() >= DEEPEST {
        return Err(E::custom("nested too deeply"));
    }
    found.path.push(key);
    Ok(())
}
