//! One line read as a record: fast where it looks as nearly all do, with `serde_json` where it does not.

use std::{borrow::Cow, collections::BTreeSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::Value;

/// A group's id: 32 lower-case hexadecimal digits as a number, or whatever else stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Id<'a> {
    Uuid(u128),
    Other(&'a [u8]),
}

/// The faultless record of a line in the usual style: the three fields, each once, in any order and spacing,
/// without escapes and in ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usual<'a> {
    pub(super) group: &'a [u8],
    pub(super) group_id: Id<'a>,
    pub(super) version: &'a [u8],
}

/// Reads a line in the usual style; `None` says nothing but that [`parse`] has to look at it.
pub(super) fn usual(line: &[u8]) -> Option<Usual<'_>> {
    let mut rest = spaces(line).strip_prefix(b"{")?;
    let (mut group, mut version, mut typed) = (None, None, false);
    for left in [2, 1, 0] {
        rest = spaces(rest);
        if let Some(after) = rest.strip_prefix(b"\"GroupId\"")
            && group.is_none()
        {
            let (value, id, after) = value(after)?;
            group = Some((value, id));
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"\"GroupVersionId\"")
            && version.is_none()
        {
            let (value, _, after) = value(after)?;
            version = Some(value);
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"\"DeploymentType\"")
            && !typed
        {
            rest = spaces(spaces(after).strip_prefix(b":")?).strip_prefix(b"\"NewDeployment\"")?;
            typed = true;
        } else {
            return None;
        }
        rest = spaces(rest);
        rest = rest.strip_prefix(if left == 0 { b"}" } else { b"," })?;
    }
    if !spaces(rest).is_empty() {
        return None;
    }
    let (group, group_id) = group?;
    Some(Usual {
        group,
        group_id,
        version: version?,
    })
}

/// JSON's white space except line feeds, which end the line.
fn spaces(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\r', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

/// A colon and a text that is not empty, up to what follows its closing quote.
fn value(after_key: &[u8]) -> Option<(&[u8], Id<'_>, &[u8])> {
    let text = spaces(spaces(after_key).strip_prefix(b":")?).strip_prefix(b"\"")?;
    if let Some((head, rest)) = text.split_first_chunk::<36>()
        && let Some(uuid) = uuid(head)
        && let Some(rest) = rest.strip_prefix(b"\"")
    {
        return Some((head, Id::Uuid(uuid), rest));
    }
    let end = text
        .iter()
        .position(|b| !matches!(b, b' '..=b'~') || matches!(b, b'"' | b'\\'))?;
    let (value, rest) = text.split_at_checked(end)?;
    let rest = rest.strip_prefix(b"\"")?;
    // Empty, or perhaps nothing but spaces: the parser decides.
    let solid = value.first().is_some_and(|first| *first != b' ');
    solid.then(|| (value, id_of(value), rest))
}

/// The id without the account that may come before it, in its shortest form.
pub(super) fn id_of(group: &[u8]) -> Id<'_> {
    let bare = match group.split_at_checked(12) {
        Some((account, [b':', rest @ ..])) if account.iter().all(u8::is_ascii_digit) => rest,
        _ => group,
    };
    match <&[u8; 36]>::try_from(bare).ok().and_then(uuid) {
        Some(uuid) => Id::Uuid(uuid),
        None => Id::Other(bare),
    }
}

/// A UUID in lower case as a number; which number does not matter, as long as no two UUIDs share it.
fn uuid(text: &[u8; 36]) -> Option<u128> {
    let (a, rest) = text.split_first_chunk::<8>()?;
    let (b, rest) = rest.strip_prefix(b"-")?.split_first_chunk::<4>()?;
    let (c, rest) = rest.strip_prefix(b"-")?.split_first_chunk::<4>()?;
    let (d, rest) = rest.strip_prefix(b"-")?.split_first_chunk::<4>()?;
    let (e, rest) = rest.strip_prefix(b"-")?.split_first_chunk::<4>()?;
    let f = rest.first_chunk::<8>()?;
    let pair = |x: &[u8; 4], y: &[u8; 4]| {
        u64::from(u32::from_le_bytes(*x)) | u64::from(u32::from_le_bytes(*y)) << 32
    };
    let a = hexadecimal(u64::from_le_bytes(*a))?;
    let b = hexadecimal(pair(b, c))?;
    let c = hexadecimal(pair(d, e))?;
    let d = hexadecimal(u64::from_le_bytes(*f))?;
    Some(u128::from(a) | u128::from(b) << 32 | u128::from(c) << 64 | u128::from(d) << 96)
}

/// Eight hexadecimal digits in eight bytes, all at once; `None` where one of them is none, or upper case.
fn hexadecimal(x: u64) -> Option<u32> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let letters = (x >> 6) & EACH;
    let digits = (x & (EACH * 0x0F)).wrapping_add(letters * 9);
    // Written again from their values: whatever is no digit comes out as something else.
    let above_nine = (digits.wrapping_add(EACH * 6) >> 4) & EACH;
    let again = digits
        .wrapping_add(EACH * u64::from(b'0'))
        .wrapping_add(above_nine * 0x27);
    if again != x || digits & (EACH * 0xF0) != 0 {
        return None;
    }
    let bytes = ((digits << 4) | (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let halves = (bytes | (bytes >> 8)) & 0x0000_FFFF_0000_FFFF;
    u32::try_from((halves | (halves >> 16)) & 0xFFFF_FFFF).ok()
}

/// What a field of a record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    Absent,
    Empty,
    /// Not a text but this kind of JSON value.
    NoText(&'static str),
    Text(String),
}

/// A line that is a JSON object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) group: Field,
    pub(super) version: Field,
    pub(super) deployment_type: Field,
    /// Names of fields that the service does not know.
    pub(super) unknown: Vec<String>,
    /// Names of fields that stand more than once; the last one is taken.
    pub(super) repeated: BTreeSet<String>,
}

/// The names that stand more than once in an object.
struct Repeated(BTreeSet<String>);

impl<'de> Deserialize<'de> for Repeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self(BTreeSet::new()))
    }
}

impl<'de> Visitor<'de> for Repeated {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value::<IgnoredAny>()?;
            if let Some(name) = seen.replace(name) {
                self.0.insert(name);
            }
        }
        Ok(self)
    }
}

/// Reads any line.
///
/// # Errors
/// Why the line is no JSON object.
pub(super) fn parse(line: &str) -> Result<Parsed, String> {
    // The position in the line is worth telling; that it is serde's first line is not.
    let told =
        |error: serde_json::Error| error.to_string().replace(" at line 1 column ", " at byte ");
    let value: Value = serde_json::from_str(line).map_err(told)?;
    let Value::Object(fields) = value else {
        return Err(format!("it is {}", kind(&value)));
    };
    let mut parsed = Parsed {
        group: Field::Absent,
        version: Field::Absent,
        deployment_type: Field::Absent,
        unknown: Vec::new(),
        repeated: serde_json::from_str::<Repeated>(line).map_err(told)?.0,
    };
    for (name, value) in fields {
        let field = match value {
            Value::String(text) if text.trim().is_empty() => Field::Empty,
            Value::String(text) => Field::Text(text),
            Value::Null => Field::Absent,
            other => Field::NoText(kind(&other)),
        };
        match name.as_str() {
            "GroupId" => parsed.group = field,
            "GroupVersionId" => parsed.version = field,
            "DeploymentType" => parsed.deployment_type = field,
            _ => parsed.unknown.push(name),
        }
    }
    Ok(parsed)
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Group and version of a line, if it has both.
pub(super) fn group_and_version(line: &[u8]) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    if let Some(usual) = usual(line) {
        let group = std::str::from_utf8(usual.group).ok()?;
        let version = std::str::from_utf8(usual.version).ok()?;
        return Some((group.into(), version.into()));
    }
    let parsed = parse(std::str::from_utf8(line).ok()?).ok()?;
    match (parsed.group, parsed.version) {
        (Field::Text(group), Field::Text(version)) => Some((group.into(), version.into())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]

    use proptest::prelude::*;

    use super::*;

    const A: &str = "7f3c5a10-9c1d-4e59-8d5e-0a1b2c3d4e5f";

    #[test]
    fn the_usual_styles_are_read_fast() {
        for line in [
            format!(
                r#"{{"GroupId":"{A}","GroupVersionId":"v1","DeploymentType":"NewDeployment"}}"#
            ),
            format!(
                r#"  {{ "GroupId" : "{A}", "GroupVersionId": "v1" , "DeploymentType":"NewDeployment" }} "#
            ),
            format!(
                r#"{{"DeploymentType":"NewDeployment","GroupVersionId":"v1","GroupId":"123456789012:{A}"}}"#
            ),
        ] {
            let usual = usual(line.as_bytes()).unwrap();
            assert_eq!(usual.group_id, id_of(A.as_bytes()), "{line}");
            assert_eq!(usual.version, b"v1");
        }
    }

    #[test]
    fn whatever_is_not_usual_is_left_to_the_parser() {
        for line in [
            r#"{"GroupId":"","GroupVersionId":"v","DeploymentType":"NewDeployment"}"#,
            r#"{"GroupId":"a\u0041","GroupVersionId":"v","DeploymentType":"NewDeployment"}"#,
            r#"{"GroupId":"a","GroupId":"b","DeploymentType":"NewDeployment"}"#,
            r#"{"GroupId":"a","GroupVersionId":"v","DeploymentType":"NewDeployment"} x"#,
            r#"{"GroupId":"a","GroupVersionId":"v","DeploymentType":"NewDeployment",}"#,
            r#"{"GroupId":"ü","GroupVersionId":"v","DeploymentType":"NewDeployment"}"#,
            r#"{"GroupId":"a"#,
            "",
        ] {
            assert_eq!(usual(line.as_bytes()), None, "{line}");
        }
    }

    fn is_uuid_by_the_book(text: &str) -> bool {
        text.len() == 36
            && text.bytes().enumerate().all(|(at, b)| match at {
                8 | 13 | 18 | 23 => b == b'-',
                _ => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
            })
    }

    proptest! {
        #[test]
        fn each_byte_is_a_digit_or_is_refused(at in 0_usize..36, byte in any::<u8>()) {
            let mut text: [u8; 36] = A.as_bytes().try_into().unwrap();
            text[at] = byte;
            let expected = std::str::from_utf8(&text).is_ok_and(is_uuid_by_the_book);
            prop_assert_eq!(uuid(&text).is_some(), expected);
            prop_assert_eq!(uuid(&text) == uuid(A.as_bytes().try_into().unwrap()), text == A.as_bytes());
        }

        #[test]
        fn different_uuids_are_different_numbers(a in "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b in "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}") {
            prop_assert_eq!(id_of(a.as_bytes()) == id_of(b.as_bytes()), a == b);
            prop_assert!(matches!(id_of(a.as_bytes()), Id::Uuid(_)));
        }

        #[test]
        fn the_fast_way_and_the_parser_agree(
            line in r#"[ ]?\{ ?"(GroupId|GroupVersionId|Deploy)" ?: ?"[a-zü\\"]{0,3}" ?, ?"GroupVersionId":"[0-9a-z~]{1,3}",? ?"DeploymentType":"NewDeployment"\}?"#
        ) {
            if let Some(usual) = usual(line.as_bytes()) {
                let parsed = parse(&line).unwrap();
                let text = |bytes: &[u8]| Field::Text(String::from_utf8(bytes.to_vec()).unwrap());
                prop_assert_eq!(parsed.group, text(usual.group));
                prop_assert_eq!(parsed.version, text(usual.version));
                prop_assert!(parsed.unknown.is_empty());
            }
        }
    }
}
