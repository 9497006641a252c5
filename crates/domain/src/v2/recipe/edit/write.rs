//! How values are written into a recipe's text.

use serde_json::Value;

use super::{Change, Recipe};
use crate::v2::recipe::{
    RecipeFormat,
    node::{Entry, Kind, Node, Style},
    read_yaml,
};

impl Recipe {
    /// A text in the way in which another one stands there: its quotes are kept where they can be.
    pub(super) fn scalar(&self, present: &Node, text: &str) -> String {
        let style = match &present.kind {
            Kind::Scalar { style, .. } if self.format() == RecipeFormat::Yaml => *style,
            _ => Style::Double,
        };
        match style {
            Style::Plain if is_plain(text) => text.to_owned(),
            Style::Single if !text.contains(['\n', '\r', '\t']) => {
                format!("'{}'", text.replace('\'', "''"))
            }
            // JSON's strings are YAML's double-quoted ones.
            _ => Value::from(text).to_string(),
        }
    }

    /// A new field of an object that has some already, before one of them.
    pub(super) fn before(&self, entry: &Entry, key: &str, value: &Value) -> Change {
        let indent = self.indent(entry.at);
        let written = if self.in_block(entry.at) {
            let value = indented(value, indent.len() + 2);
            format!("{key}: {value}\n{indent}")
        } else {
            let value = indented(value, indent.len());
            format!(
                "{}: {value},{}",
                Value::from(key),
                self.gap(entry.at, &indent)
            )
        };
        (entry.at..entry.at, written)
    }

    /// A new field of an object that has some already, after the last of them.
    pub(super) fn after(&self, last: &Entry, key: &str, value: &Value) -> Change {
        let indent = self.indent(last.at);
        let end = last.value.span.end;
        let written = if self.in_block(last.at) {
            let value = indented(value, indent.len() + 2);
            format!("\n{indent}{}: {value}", Value::from(key))
        } else {
            let value = indented(value, indent.len());
            format!(
                ",{}{}: {value}",
                self.gap(last.at, &indent),
                Value::from(key)
            )
        };
        (end..end, written)
    }

    /// A value instead of another one.
    pub(super) fn instead(&self, present: &Node, value: &Value) -> Change {
        let start = present.span.start;
        let width = if self.in_block(start) {
            self.column(start)
        } else {
            self.indent(start).len()
        };
        (present.span.clone(), indented(value, width))
    }

    /// Whether a field's name at a place stands in a block of YAML, not between brackets.
    fn in_block(&self, at: usize) -> bool {
        self.format() == RecipeFormat::Yaml && !in_flow(&self.root, at)
    }

    /// Spaces as wide as what stands before a place on its line.
    fn indent(&self, at: usize) -> String {
        let line = self.line_before(at);
        let list = line.trim_start_matches([' ', '\t', '-']).is_empty();
        let width = if list {
            line.chars().count()
        } else {
            line.chars().take_while(|c| c.is_whitespace()).count()
        };
        " ".repeat(width)
    }

    fn column(&self, at: usize) -> usize {
        self.line_before(at).chars().count()
    }

    fn line_before(&self, at: usize) -> &str {
        let before = self.text().get(..at).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or(before)
    }

    /// What divides fields between brackets: a new line where the one there has its own, a space elsewhere.
    fn gap(&self, at: usize, indent: &str) -> String {
        if self.line_before(at).trim().is_empty() {
            format!("\n{indent}")
        } else {
            " ".to_owned()
        }
    }
}

fn in_flow(node: &Node, at: usize) -> bool {
    let inside = |node: &Node| node.span.start < at && at < node.span.end;
    if !inside(node) && node.span.start != at {
        return false;
    }
    let children = node.entries().iter().map(|e| &e.value).chain(node.items());
    node.flow && inside(node) || children.into_iter().any(|child| in_flow(child, at))
}

/// A value as JSON over several lines; those after the first begin with `width` spaces.
fn indented(value: &Value, width: usize) -> String {
    format!("{value:#}").replace('\n', &format!("\n{}", " ".repeat(width)))
}

/// Whether a text needs no quotes, in a block or between brackets.
fn is_plain(text: &str) -> bool {
    let safe = |c: char| c.is_alphanumeric() || "._-+/".contains(c);
    text.starts_with(|c: char| c.is_alphanumeric() || c == '/')
        && text.chars().all(safe)
        && read_yaml::plain(text).is_string()
}
