//! Checks a file of lines as a stream and tells everything that is wrong with it, not just the first fault.

use std::{
    collections::HashMap,
    io::{self, Read},
};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{LINE_LIMIT_BYTES, LineFinding, schema, wording};
use crate::{
    input_file::{
        FileSummary,
        lines::{Line, Lines, count_chars},
    },
    v2::json,
};

/// Checks a file and gives each finding to `sink` as it is met, by line; findings of the whole file come last, with
/// line 0. Memory: one line, and about 50 bytes for each.
///
/// # Errors
/// Those of the reader.
pub fn check(reader: impl Read, sink: &mut dyn FnMut(LineFinding)) -> io::Result<FileSummary> {
    run(reader, None, sink)
}

/// The same, and asks `known` whether each thing is in the inventory.
///
/// # Errors
/// Those of the reader.
pub fn check_known(
    reader: impl Read,
    known: &mut dyn FnMut(&str) -> bool,
    sink: &mut dyn FnMut(LineFinding),
) -> io::Result<FileSummary> {
    run(reader, Some(known), sink)
}

struct Check<'a> {
    sink: &'a mut dyn FnMut(LineFinding),
    known: Option<&'a mut dyn FnMut(&str) -> bool>,
    summary: FileSummary,
    /// Hashes of things and of tokens, with the line on which each stood first.
    things: HashMap<[u8; 16], u32>,
    tokens: HashMap<[u8; 16], u32>,
    carriage_return: bool,
    /// The file is one array: lines are only counted.
    only_counts: bool,
}

fn run<'a>(
    reader: impl Read,
    known: Option<&'a mut dyn FnMut(&str) -> bool>,
    sink: &'a mut dyn FnMut(LineFinding),
) -> io::Result<FileSummary> {
    let mut lines = Lines::hashed(reader)?;
    let mut check = Check {
        sink,
        known,
        summary: FileSummary::default(),
        things: HashMap::new(),
        tokens: HashMap::new(),
        carriage_return: false,
        only_counts: false,
    };
    while let Some(line) = lines.next()? {
        check.line(&line);
    }
    if check.summary.records == 0 {
        check.tell(wording::empty());
    }
    let mut summary = check.summary;
    summary.bytes = lines.bytes();
    summary.sha256 = lines.sha256()?;
    Ok(summary)
}

impl Check<'_> {
    fn tell(&mut self, finding: LineFinding) {
        self.summary.findings = self.summary.findings.saturating_add(1);
        if finding.code.is_refused() {
            self.summary.refusals = self.summary.refusals.saturating_add(1);
        }
        (self.sink)(finding);
    }

    fn line(&mut self, line: &Line<'_>) {
        self.summary.lines = line.number;
        let mut bytes = line.bytes;
        if line.number == 1
            && let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF")
        {
            self.tell(wording::byte_order_mark());
            bytes = rest;
        }
        let chars = line.overlong.unwrap_or_else(|| count_chars(bytes));
        let chars = u32::try_from(chars).unwrap_or(u32::MAX);
        self.summary.longest_line = self.summary.longest_line.max(chars);
        let blank = line.overlong.is_none() && bytes.trim_ascii().is_empty();
        if !blank {
            self.summary.records = self.summary.records.saturating_add(1);
        }
        if self.only_counts {
            return;
        }
        if blank {
            self.tell(wording::blank(line.number));
        } else if line.overlong.is_some() || bytes.len() >= LINE_LIMIT_BYTES {
            self.tell(wording::too_long(line.number));
        } else {
            self.request(line.number, bytes);
        }
        if line.carriage_return && !std::mem::replace(&mut self.carriage_return, true) {
            self.tell(wording::carriage_return(line.number));
        }
    }

    fn request(&mut self, line: u32, bytes: &[u8]) {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => return self.tell(wording::not_utf8(line, error.valid_up_to())),
        };
        if self.summary.records == 1 && text.trim_start().starts_with('[') {
            self.only_counts = true;
            return self.tell(wording::array(line));
        }
        let read = match json::read(text) {
            Ok(read) => read,
            Err(error) => return self.tell(wording::not_json(line, &error.to_string())),
        };
        if !read.value.is_object() {
            return self.tell(wording::not_json(line, "it is another value"));
        }
        for at in &read.repeated {
            self.tell(wording::repeated(line, at));
        }
        schema::LINE.check(line, &mut String::new(), &read.value, &mut |finding| {
            self.tell(finding);
        });
        self.across(line, &read.value);
    }

    /// What has to agree within a line, and differ between lines.
    fn across(&mut self, line: u32, value: &Value) {
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
        let thing = text("/thingName");
        let token = text("/clientToken");
        if let (Some(token), Some(inner)) = (token, text("/request/ClientToken"))
            && token != inner
        {
            self.tell(wording::other_token(line));
        }
        if let (Some(thing), Some(target)) =
            (thing, text("/request/TargetArn").and_then(schema::thing_of))
            && thing != target
        {
            self.tell(wording::other_target(line, thing, target));
        }
        if let Some(thing) = thing {
            if let Some(earlier) = earlier(&mut self.things, thing, line) {
                self.tell(wording::repeated_thing(line, thing, earlier));
            }
            if self.known.as_mut().is_some_and(|known| !known(thing)) {
                self.tell(wording::unknown_thing(line, thing));
            }
        }
        if let Some(token) = token
            && let Some(earlier) = earlier(&mut self.tokens, token, line)
        {
            self.tell(wording::repeated_token(line, token, earlier));
        }
        let components = value.pointer("/request/Components");
        let request = value.get("request").is_some_and(Value::is_object);
        if request
            && components.is_none_or(|components| {
                components
                    .as_object()
                    .is_some_and(serde_json::Map::is_empty)
            })
        {
            self.tell(wording::no_components(line));
        }
    }
}

/// The line on which a text stood before; otherwise it is kept with this one.
fn earlier(seen: &mut HashMap<[u8; 16], u32>, text: &str, line: u32) -> Option<u32> {
    let hash = Sha256::digest(text);
    let key = *hash.first_chunk::<16>()?;
    match seen.entry(key) {
        std::collections::hash_map::Entry::Occupied(found) => Some(*found.get()),
        std::collections::hash_map::Entry::Vacant(free) => {
            free.insert(line);
            None
        }
    }
}
