//! Reads JSON with what a plain reading drops silently: keys that stand twice, digits of numbers.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

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
    // The shortest text that reads as the same 64-bit float is what will be written.
    number
        .parse::<f64>()
        .is_ok_and(|kept| digits(number) != digits(&format!("{kept:e}")))
}

/// The digits of a number that count, wherever its point stands.
fn digits(number: &str) -> String {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let all: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    all.trim_matches('0').to_owned()
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
