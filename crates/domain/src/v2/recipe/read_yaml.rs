//! YAML with the places of its values.
//!
//! The nucleus and the cloud read YAML by Jackson, which knows the core schema's scalars (nucleus: recipe serializer):
//! `yes` and dates are text.

use std::{collections::HashMap, ops::Range};

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, StructureStyle, Tag};
use serde_json::{Number, Value};

use super::{
    NotARecipe,
    node::{DEEPEST, Entry, Kind, MOST_NODES, Node, Style},
};

/// Reads the first and only document of a YAML text.
pub(super) fn read(text: &str) -> Result<Node, NotARecipe> {
    let mut reading = Reading {
        parser: Parser::new_from_str(text),
        text,
        anchors: HashMap::new(),
        nodes: 0,
    };
    let mut found = None;
    loop {
        let (event, span) = reading.next()?;
        match event {
            Event::StreamEnd => break,
            Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
            _ if found.is_some() => {
                let line = line(&span);
                return Err(NotARecipe::SeveralDocuments { line });
            }
            event => found = Some(reading.node(event, &span, 0)?),
        }
    }
    found.ok_or(NotARecipe::Empty)
}

struct Reading<'a> {
    parser: Parser<'a, StrInput<'a>>,
    text: &'a str,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

impl<'a> Reading<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), NotARecipe> {
        loop {
            match self.parser.next_event() {
                // They are part of the text, not of what it says.
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok(event)) => return Ok(event),
                Some(Err(error)) => {
                    return Err(NotARecipe::Syntax {
                        format: "YAML",
                        line: u32::try_from(error.marker().line()).unwrap_or(u32::MAX),
                        reason: error.info().to_owned(),
                    });
                }
                None => return Err(NotARecipe::Empty),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, NotARecipe> {
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST_NODES {
            return Err(NotARecipe::TooDeep);
        }
        let bytes = self.bytes(span);
        let mut start = bytes.start;
        let mut flow = false;
        let (kind, end, anchor) = match event {
            Event::Scalar(raw, style, anchor, tag) => {
                let raw = raw.into_owned();
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                let value = scalar(&raw, style, tag.as_deref());
                let end = if style == Style::Block {
                    start = self.header(start);
                    self.trimmed(bytes.end)
                } else {
                    bytes.end
                };
                (Kind::Scalar { value, raw, style }, end, anchor)
            }
            Event::SequenceStart(style, anchor, _) => {
                flow = style == StructureStyle::Flow;
                let mut items = Vec::new();
                let end = loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        let last = items.last().map(|item: &Node| item.span.end);
                        break self.end(flow, last, &span);
                    }
                    items.push(self.node(event, &span, depth + 1)?);
                };
                (Kind::List(items), end, anchor)
            }
            Event::MappingStart(style, anchor, _) => {
                flow = style == StructureStyle::Flow;
                let mut entries = Vec::new();
                let end = loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::MappingEnd) {
                        let last = entries.last().map(|entry: &Entry| entry.value.span.end);
                        break self.end(flow, last, &span);
                    }
                    entries.push(self.entry(event, &span, depth)?);
                };
                (Kind::Map(entries), end, anchor)
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let mut node = node.ok_or(NotARecipe::TooDeep)?;
                self.nodes += count(&node);
                node.span = bytes;
                node.line = line(span);
                return Ok(node);
            }
            _ => return Err(NotARecipe::Empty),
        };
        let node = Node {
            kind,
            span: start..end.max(start),
            line: line(span),
            flow,
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn entry(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Entry, NotARecipe> {
        let key = self.node(event, span, depth + 1)?;
        let line = key.line;
        let at = key.span.start;
        let Kind::Scalar { raw, .. } = key.kind else {
            return Err(NotARecipe::Syntax {
                format: "YAML",
                line,
                reason: "the name of a field has to be text".to_owned(),
            });
        };
        let (event, span) = self.next()?;
        let value = self.node(event, &span, depth + 1)?;
        Ok(Entry {
            key: raw,
            at,
            line,
            value,
        })
    }

    /// Where a block scalar's `|` or `>` stands: the parser tells where its first line begins.
    fn header(&self, start: usize) -> usize {
        let before = self.text.get(..start).unwrap_or_default().trim_end();
        let from = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.get(from..).unwrap_or_default();
        let line = line.split(" #").next().unwrap_or(line);
        line.rfind(['|', '>']).map_or(start, |at| from + at)
    }

    /// The parser's end of a block scalar is where the next thing begins.
    fn trimmed(&self, end: usize) -> usize {
        let before = self.text.get(..end).unwrap_or_default();
        before.trim_end().len()
    }

    /// The end of a flow collection is its bracket; that of a block collection the end of its last member.
    fn end(&self, flow: bool, last: Option<usize>, span: &Span) -> usize {
        let of_event = self.bytes(span).end;
        last.filter(|_| !flow).unwrap_or(of_event)
    }

    fn bytes(&self, span: &Span) -> Range<usize> {
        let end = self.text.len();
        let byte = |marker: granit_parser::Marker| marker.byte_offset().unwrap_or(end);
        byte(span.start)..byte(span.end)
    }
}

fn line(span: &Span) -> u32 {
    u32::try_from(span.start.line()).unwrap_or(u32::MAX)
}

fn count(node: &Node) -> usize {
    let of_items: usize = node.items().iter().map(count).sum();
    let of_entries: usize = node.entries().iter().map(|e| count(&e.value)).sum();
    1 + of_items + of_entries
}

/// A scalar by the core schema (YAML 1.2.2, 10.3.2).
fn scalar(raw: &str, style: Style, tag: Option<&Tag>) -> Value {
    let tag = tag.filter(|tag| tag.is_yaml_core_schema());
    let text = || Value::from(raw);
    match tag.map(Tag::suffix) {
        Some("str") => return text(),
        None if style != Style::Plain => return text(),
        _ => {}
    }
    plain(raw)
}

/// What a text without quotes is.
pub(super) fn plain(raw: &str) -> Value {
    match raw {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::from(true),
        "false" | "False" | "FALSE" => Value::from(false),
        _ => number(raw).map_or_else(|| Value::from(raw), Value::Number),
    }
}

fn number(raw: &str) -> Option<Number> {
    let body = raw.strip_prefix(['+', '-']).unwrap_or(raw);
    let (digits, radix) = match (body.strip_prefix("0x"), body.strip_prefix("0o")) {
        (Some(hex), _) if body == raw => (hex, 16),
        (_, Some(octal)) if body == raw => (octal, 8),
        _ => (body, 10),
    };
    if radix != 10 {
        return u64::from_str_radix(digits, radix).ok().map(Number::from);
    }
    let first = body.chars().find(|c| *c != '.')?;
    let shape = body
        .bytes()
        .all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    if !first.is_ascii_digit() || !shape {
        return None;
    }
    let unsigned = raw.strip_prefix('+').unwrap_or(raw);
    if body.bytes().all(|b| b.is_ascii_digit()) {
        let whole = unsigned.parse::<i64>().map(Number::from).ok();
        return whole.or_else(|| unsigned.parse::<u64>().map(Number::from).ok());
    }
    Number::from_f64(unsigned.parse().ok()?)
}
