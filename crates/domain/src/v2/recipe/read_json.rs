//! JSON with the places of its values.

use serde_json::Value;

use super::{
    NotARecipe,
    node::{DEEPEST, Entry, Kind, MOST_NODES, Node, Style},
};

/// Reads JSON. `serde_json` says first whether it is JSON, so that the walk meets no surprise.
pub(super) fn read(text: &str) -> Result<Node, NotARecipe> {
    if let Err(error) = serde_json::from_str::<Value>(text) {
        return Err(NotARecipe::Syntax {
            format: "JSON",
            line: u32::try_from(error.line()).unwrap_or(u32::MAX),
            reason: error.to_string(),
        });
    }
    let mut walk = Walk {
        text,
        at: 0,
        line: 1,
        nodes: 0,
    };
    walk.value(0)
}

struct Walk<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    nodes: usize,
}

impl Walk<'_> {
    fn value(&mut self, depth: usize) -> Result<Node, NotARecipe> {
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST_NODES {
            return Err(NotARecipe::TooDeep);
        }
        self.space();
        let (start, line) = (self.at, self.line);
        let kind = match self.peek() {
            Some(b'{') => Kind::Map(self.entries(depth)?),
            Some(b'[') => Kind::List(self.items(depth)?),
            Some(b'"') => {
                let raw = self.string()?;
                Kind::Scalar {
                    value: Value::from(raw.as_str()),
                    raw,
                    style: Style::Double,
                }
            }
            _ => {
                while self.peek().is_some_and(|b| !b",]} \t\r\n".contains(&b)) {
                    self.at += 1;
                }
                let raw = self.between(start).to_owned();
                Kind::Scalar {
                    value: serde_json::from_str(&raw).map_err(|error| self.strange(&error))?,
                    raw,
                    style: Style::Plain,
                }
            }
        };
        let span = start..self.at;
        let flow = !matches!(kind, Kind::Scalar { .. });
        Ok(Node {
            kind,
            span,
            line,
            flow,
        })
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, NotARecipe> {
        let mut entries = Vec::new();
        self.at += 1;
        loop {
            self.space();
            match self.peek() {
                Some(b'"') => {
                    let (at, line) = (self.at, self.line);
                    let key = self.string()?;
                    self.space();
                    // The colon.
                    self.at += 1;
                    let value = self.value(depth + 1)?;
                    entries.push(Entry {
                        key,
                        at,
                        line,
                        value,
                    });
                }
                Some(b',') => self.at += 1,
                _ => break,
            }
        }
        self.at += 1;
        Ok(entries)
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, NotARecipe> {
        let mut items = Vec::new();
        self.at += 1;
        loop {
            self.space();
            match self.peek() {
                Some(b']') | None => break,
                Some(b',') => self.at += 1,
                _ => items.push(self.value(depth + 1)?),
            }
        }
        self.at += 1;
        Ok(items)
    }

    fn string(&mut self) -> Result<String, NotARecipe> {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
        serde_json::from_str(self.between(start)).map_err(|error| self.strange(&error))
    }

    fn space(&mut self) {
        while let Some(byte) = self.peek().filter(u8::is_ascii_whitespace) {
            self.line += u32::from(byte == b'\n');
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn between(&self, start: usize) -> &str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn strange(&self, error: &serde_json::Error) -> NotARecipe {
        NotARecipe::Syntax {
            format: "JSON",
            line: self.line,
            reason: error.to_string(),
        }
    }
}
