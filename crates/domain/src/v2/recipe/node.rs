//! A recipe's text as a tree that knows where each value stands, so that findings have lines and edits leave the rest of the
//! text alone.

use std::ops::Range;

use serde_json::{Map, Value};

/// How deep values may be nested, and how many there may be: a recipe has 16 KB, so that more is an attack or a mistake.
pub(super) const DEEPEST: usize = 100;
/// See [`DEEPEST`].
pub(super) const MOST_NODES: usize = 50_000;

/// A value of a recipe and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// Its line, from 1.
    pub line: u32,
    /// Whether it is written between brackets.
    pub flow: bool,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Text, number, boolean or null.
    Scalar {
        /// The value.
        value: Value,
        /// As it was written, quotes and escapes resolved: `1.0` stays `1.0`.
        raw: String,
        /// How it was written.
        style: Style,
    },
    /// A list.
    List(Vec<Node>),
    /// An object, in the order of the text.
    Map(Vec<Entry>),
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`.
    Single,
    /// `"…"`.
    Double,
    /// `|` or `>`.
    Block,
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// Its name.
    pub key: String,
    /// Where the name begins.
    pub at: usize,
    /// The name's line, from 1.
    pub line: u32,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// The fields of an object; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The members of a list; none of anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// Whether it is an object.
    pub const fn is_map(&self) -> bool {
        matches!(self.kind, Kind::Map(_))
    }

    /// Whether it is a list.
    pub const fn is_list(&self) -> bool {
        matches!(self.kind, Kind::List(_))
    }

    /// Whether it is null: a key without a value.
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { value, .. } if value.is_null())
    }

    /// A scalar as text. The nucleus takes a number or a boolean where it wants text (its recipe serializer).
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { value, raw, .. } if !value.is_null() => Some(raw),
            _ => None,
        }
    }

    /// The field of this name in any letter case: the last one counts (nucleus: recipe serializer).
    pub fn field(&self, name: &str) -> Option<&Entry> {
        let named = |entry: &&Entry| entry.key.eq_ignore_ascii_case(name);
        self.entries().iter().rev().find(named)
    }

    /// The value of the field of this name in any letter case.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.field(name).map(|entry| &entry.value)
    }

    /// The value without its places.
    pub fn value(&self) -> Value {
        match &self.kind {
            Kind::Scalar { value, .. } => value.clone(),
            Kind::List(items) => items.iter().map(Self::value).collect(),
            Kind::Map(entries) => {
                let fields = entries.iter();
                let fields: Map<_, _> = fields.map(|e| (e.key.clone(), e.value.value())).collect();
                Value::Object(fields)
            }
        }
    }

    /// Each scalar in the tree, with its path.
    pub fn scalars<'a>(&'a self, path: &str, found: &mut Vec<(String, &'a Self)>) {
        match &self.kind {
            Kind::Scalar { .. } => found.push((path.to_owned(), self)),
            Kind::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    item.scalars(&below(path, &at.to_string()), found);
                }
            }
            Kind::Map(entries) => {
                for entry in entries {
                    entry.value.scalars(&below(path, &entry.key), found);
                }
            }
        }
    }
}

/// The JSON pointer of a field or member (RFC 6901).
pub(in crate::v2) fn below(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}
