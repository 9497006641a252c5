//! A secret of AWS Secrets Manager that is to be made: its name, and the value that nobody is shown.

use crate::figures::bytes;
use std::fmt;

use serde_json::{Map, Value};

/// Bytes of a secret's text at most (API reference of Secrets Manager, CreateSecret: `SecretString`).
pub const SECRET_LIMIT: usize = 65_536;

/// Characters of a name at most (the same: `Name`).
const NAME_LIMIT: usize = 512;

/// What stands in the place of a value.
const HIDDEN: &str = "…";

/// Whether a secret can be made with this name: 1 to 512 letters, digits and `/_+=.@-` (API reference of Secrets Manager,
/// CreateSecret). An ARN is none: AWS itself chooses its last six characters.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    (1..=NAME_LIMIT).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b))
}

/// The value of a secret: the text of a JSON object of strings, at most [`SECRET_LIMIT`] bytes. It is sent to AWS and to
/// nobody else, so it can be neither printed nor serialized.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue {
    text: String,
    keys: Vec<String>,
}

impl SecretValue {
    /// Reads a file's bytes; white space around the object and a byte order mark are left off.
    ///
    /// # Errors
    /// [`SecretFault`], which says nothing of the content.
    pub fn read(bytes: &[u8]) -> Result<Self, SecretFault> {
        if bytes.len() > SECRET_LIMIT {
            return Err(SecretFault::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| SecretFault::NoText)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
        if text.is_empty() {
            return Err(SecretFault::Empty);
        }
        // The parser's own words may quote what it read; its place does not.
        let value: Value = serde_json::from_str(text).map_err(|error| SecretFault::NoJson {
            line: error.line(),
            column: error.column(),
        })?;
        let Value::Object(members) = value else {
            return Err(SecretFault::NoObject);
        };
        Ok(Self {
            text: text.to_owned(),
            keys: keys(members)?,
        })
    }

    /// Whether the object has this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|known| known == key)
    }

    /// A text in which the value is left out, whole or member by member: for words that came from elsewhere.
    #[must_use]
    pub fn hidden_in(&self, text: &str) -> String {
        let members: Map<String, Value> = serde_json::from_str(&self.text).unwrap_or_default();
        let mut hidden = text.replace(&self.text, HIDDEN);
        for member in members.values() {
            let escaped = member.to_string();
            let plain = member.as_str().unwrap_or_default();
            let inner = escaped
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            for part in [inner.unwrap_or(&escaped), plain] {
                if !part.is_empty() {
                    hidden = hidden.replace(part, HIDDEN);
                }
            }
        }
        hidden
    }

    /// The text, for the one call that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

fn keys(members: Map<String, Value>) -> Result<Vec<String>, SecretFault> {
    if members.is_empty() {
        return Err(SecretFault::Empty);
    }
    if members.values().any(|value| !value.is_string()) {
        return Err(SecretFault::NoString);
    }
    Ok(members.into_iter().map(|(key, _)| key).collect())
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

/// Why a file can be no secret's value. It never holds what the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretFault {
    /// More than [`SECRET_LIMIT`] bytes.
    TooLarge,
    /// No text in UTF-8.
    NoText,
    /// Nothing in it.
    Empty,
    /// No JSON from this place on.
    NoJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// JSON, but no object.
    NoObject,
    /// An object with a member that is no string.
    NoString,
}

impl fmt::Display for SecretFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(
                f,
                "It has more than {}, and a secret takes no more.",
                bytes(SECRET_LIMIT)
            ),
            Self::NoText => f.write_str("It is no text in UTF-8."),
            Self::Empty => f.write_str("There is nothing in it."),
            Self::NoJson { line, column } => {
                write!(f, "It is no JSON: see line {line}, column {column}.")
            }
            Self::NoObject => f.write_str("It is JSON, but not an object."),
            Self::NoString => f.write_str("A member of its object is not a string."),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn an_object_of_strings_is_a_value_and_is_not_printed() {
        let value =
            SecretValue::read("\u{feff}{\"ei_api_key\": \"ei_0123\"}\n".as_bytes()).unwrap();
        assert_eq!(value.expose(), "{\"ei_api_key\": \"ei_0123\"}");
        assert!(value.has("ei_api_key") && !value.has("other"));
        assert_eq!(format!("{value:?} {value:#?}").matches("ei_").count(), 0);
        let echoed = format!("refused: {} and ei_0123", value.expose());
        assert_eq!(value.hidden_in(&echoed), "refused: … and …");
        let quoted = SecretValue::read(br#"{"k": "say \"hi\"", "empty": ""}"#).unwrap();
        let echoed = r#"got say \"hi\" and say "hi""#;
        assert_eq!(quoted.hidden_in(echoed), "got … and …");
    }

    #[test]
    fn each_fault_is_told_and_none_quotes_the_file() {
        let large = format!("{{\"planted\":\"{}\"}}", "x".repeat(SECRET_LIMIT));
        for (text, fault) in [
            (large.as_bytes(), SecretFault::TooLarge),
            (b"planted\xff", SecretFault::NoText),
            (b" \n", SecretFault::Empty),
            (b"{}", SecretFault::Empty),
            (b"planted", SecretFault::NoJson { line: 1, column: 1 }),
            (
                b"{\"a\":\n planted}",
                SecretFault::NoJson { line: 2, column: 2 },
            ),
            (b"\"planted\"", SecretFault::NoObject),
            (b"[\"planted\"]", SecretFault::NoObject),
            (b"{\"planted\":{\"planted\":1}}", SecretFault::NoString),
            (b"{\"planted\":null}", SecretFault::NoString),
        ] {
            let told = SecretValue::read(text).unwrap_err();
            assert_eq!(told, fault);
            assert!(!format!("{told} {told:?}").contains("planted"));
        }
        let limit = format!("{{\"k\":\"{}\"}}", "x".repeat(SECRET_LIMIT - 8));
        assert_eq!(limit.len(), SECRET_LIMIT);
        SecretValue::read(limit.as_bytes()).unwrap();
    }

    #[test]
    fn names_are_those_that_the_service_takes() {
        assert!(["EI_API_KEY", "plant/key", "a+b=c.d@e-f"].map(is_secret_name) == [true; 3]);
        let long = "x".repeat(513);
        let arn = "arn:aws:secretsmanager:eu-west-1:1:secret:a-AbCdEf";
        for name in ["", "a b", "{thingName}", "ä", arn, &long] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
