//! The words of each finding.

use crate::figures::{bytes, counted, grouped};
use serde_json::Value;

use super::{LINE_LIMIT_BYTES, LineFinding, LineFindingCode as Code, schema::of_line};

/// Characters of a foreign text that a message quotes.
const QUOTED_CHARS: usize = 60;

fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(QUOTED_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{short}`")
}

fn field(line: u32, at: &str, code: Code, message: String) -> LineFinding {
    LineFinding {
        line,
        code,
        at: Some(at.to_owned()),
        message,
    }
}

pub(super) fn not_json(line: u32, why: &str) -> LineFinding {
    let message = format!(
        "The line is not a JSON object: {why}. Write one object with thingName, clientToken and request."
    );
    of_line(line, Code::NotJson, message)
}

pub(super) fn not_utf8(line: u32, at: usize) -> LineFinding {
    let message = format!(
        "The line is not UTF-8 from its byte {} on. Save the file as UTF-8.",
        at + 1
    );
    of_line(line, Code::NotUtf8, message)
}

pub(super) fn byte_order_mark() -> LineFinding {
    let message = "A byte-order mark stands before the first line, which then may not be read as JSON. Save the file as \
                   UTF-8 without it."
        .to_owned();
    of_line(1, Code::ByteOrderMark, message)
}

pub(super) fn carriage_return(line: u32) -> LineFinding {
    let message = "The line ends with carriage return and line feed, and so may later ones: only the first is named. Save \
                   the file with line feeds only."
        .to_owned();
    of_line(line, Code::CarriageReturn, message)
}

pub(super) fn blank(line: u32) -> LineFinding {
    let message = "The line is blank. Delete it.".to_owned();
    of_line(line, Code::BlankLine, message)
}

pub(super) fn array(line: u32) -> LineFinding {
    let message = "The file is a JSON array; its lines were not looked at one by one. Write one object on each line, \
                   without brackets and commas around them."
        .to_owned();
    of_line(line, Code::JsonArray, message)
}

pub(super) fn empty() -> LineFinding {
    let message = "The file has no line. Put in one for each core device.".to_owned();
    of_line(0, Code::EmptyFile, message)
}

pub(super) fn too_long(line: u32) -> LineFinding {
    let message = format!(
        "The line has {} or more, which is more than an execution takes as its input. Leave \
         configuration out that is the component's default, or fetch it on the device.",
        bytes(LINE_LIMIT_BYTES)
    );
    of_line(line, Code::LineTooLong, message)
}

pub(super) fn missing(line: u32, at: &str) -> LineFinding {
    field(line, at, Code::MissingField, format!("{at} is missing."))
}

pub(super) fn unknown(line: u32, at: &str, known: Option<&str>) -> LineFinding {
    let message = match known {
        Some(known) => format!("{at} is written {known}."),
        None => format!("{at} is no field that the service knows. Leave it out."),
    };
    field(line, at, Code::UnknownField, message)
}

pub(super) fn repeated(line: u32, at: &str) -> LineFinding {
    let message =
        format!("{at} stands more than once. Leave one of them: the last one counts here.");
    field(line, at, Code::RepeatedField, message)
}

pub(super) fn wrong_kind(line: u32, at: &str, value: &Value, wants: &str) -> LineFinding {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let message = format!("{at} is {kind}; it has to be {wants}.");
    field(line, at, Code::WrongKind, message)
}

pub(super) fn bad(line: u32, at: &str, value: &str, wants: &str) -> LineFinding {
    let message = format!("{at} is {}; it has to be {wants}.", quoted(value));
    field(line, at, Code::BadValue, message)
}

pub(super) fn length(line: u32, at: &str, chars: usize, least: usize, most: usize) -> LineFinding {
    let message = if most == usize::MAX {
        format!(
            "{at} has {}; at least {} are needed.",
            counted(chars, "character"),
            grouped(least)
        )
    } else {
        format!(
            "{at} has {}; {} to {} are allowed.",
            counted(chars, "character"),
            grouped(least),
            grouped(most)
        )
    };
    field(line, at, Code::BadValue, message)
}

pub(super) fn too_many(line: u32, at: &str, number: usize, most: usize) -> LineFinding {
    let message = format!("{at} has {number} entries; at most {most} are allowed.");
    field(line, at, Code::BadValue, message)
}

pub(super) fn bad_name(line: u32, at: &str, name: &str) -> LineFinding {
    let message = if name.is_empty() {
        format!("{at} has no name.")
    } else {
        format!("The name {} is longer than 128 characters.", quoted(name))
    };
    field(line, at, Code::BadValue, message)
}

pub(super) fn repeated_thing(line: u32, thing: &str, earlier: u32) -> LineFinding {
    let message = format!(
        "{} stands on line {earlier} already. Keep one of the two: the later deployment would replace the other.",
        quoted(thing)
    );
    field(line, "/thingName", Code::RepeatedThing, message)
}

pub(super) fn repeated_token(line: u32, token: &str, earlier: u32) -> LineFinding {
    let message = format!(
        "The client token {} stands on line {earlier} already: the service would take the two for one and the same \
         request.",
        quoted(token)
    );
    field(line, "/clientToken", Code::RepeatedToken, message)
}

pub(super) fn other_token(line: u32) -> LineFinding {
    let message = "The request's ClientToken is not the line's clientToken. Write the same one in both places."
        .to_owned();
    field(line, "/request/ClientToken", Code::OtherToken, message)
}

pub(super) fn other_target(line: u32, thing: &str, target: &str) -> LineFinding {
    let message = format!(
        "The request is for {}, the line for {}. Write the same thing in both places.",
        quoted(target),
        quoted(thing)
    );
    field(line, "/request/TargetArn", Code::OtherTarget, message)
}

pub(super) fn unknown_thing(line: u32, thing: &str) -> LineFinding {
    let message = format!(
        "{} is not among the core devices. Refresh the list, and check account and Region.",
        quoted(thing)
    );
    field(line, "/thingName", Code::UnknownThing, message)
}

pub(super) fn no_components(line: u32) -> LineFinding {
    let message = "The deployment has no component, so it takes all components of its previous deployment off the device."
        .to_owned();
    field(line, "/request/Components", Code::NoComponents, message)
}
