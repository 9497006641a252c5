//! One target's row, and what it wants.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Column, RowFinding, RowFindingCode, Stored, column};
use crate::v2::{
    intent::{Compiled, ComponentIntent, ComponentSet, Intent},
    json,
};

/// One target's row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub(super) columns: &'a [Column],
    pub(super) stored: &'a Stored,
}

impl<'a> Row<'a> {
    /// Its line, from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.stored.line
    }

    /// Its thing.
    #[must_use]
    pub const fn thing(&self) -> &'a str {
        &self.stored.thing
    }

    /// Its value for a template's name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&'a str> {
        self.cells().find_map(|(column, cell)| match column {
            Column::Value(column) if column == name => Some(cell),
            _ => None,
        })
    }

    /// What it wants of its target, ready to be planned with.
    #[must_use]
    pub fn compile(&self) -> Compiled {
        self.intent().compile()
    }

    /// What it wants of its target.
    #[must_use]
    pub fn intent(&self) -> Intent {
        let mut words: BTreeMap<&str, &str> = BTreeMap::new();
        let mut sets: BTreeMap<&str, ComponentSet> = BTreeMap::new();
        for (column, cell) in self.cells() {
            match column {
                Column::Component(name) if column::is_word(cell) => {
                    words.insert(name, cell);
                }
                Column::Component(name) => {
                    sets.entry(name).or_default().version = Some(cell.to_owned());
                }
                Column::Merge(name) => over(sets.entry(name).or_default(), cell),
                Column::Reset(name) => {
                    sets.entry(name).or_default().reset =
                        serde_json::from_str(cell).unwrap_or_default();
                }
                _ => {}
            }
        }
        // Single values count more than the object that they belong to, wherever their columns stand.
        for (column, cell) in self.cells() {
            if let Column::Config {
                component, path, ..
            } = column
            {
                let value = serde_json::from_str(cell).unwrap_or_default();
                if let Some(object) = json::nested(path, value) {
                    let text = Value::Object(object).to_string();
                    over(sets.entry(component).or_default(), &text);
                }
            }
        }
        let sets = sets
            .into_iter()
            .map(|(name, set)| (name.to_owned(), ComponentIntent::Set(set)));
        let words = words.into_iter().map(|(name, word)| {
            let wanted = if word == column::REMOVE {
                ComponentIntent::Remove
            } else {
                ComponentIntent::Keep
            };
            (name.to_owned(), wanted)
        });
        Intent {
            components: sets.chain(words).collect(),
            ..Intent::default()
        }
    }

    fn cells(&self) -> impl Iterator<Item = (&'a Column, &'a str)> {
        let columns = self.columns;
        self.stored
            .cells
            .iter()
            .filter_map(move |(number, cell)| Some((columns.get(usize::from(*number))?, &**cell)))
    }
}

/// Merges a further configuration over that of a set. A text that is no object is left to be found as such.
fn over(set: &mut ComponentSet, text: &str) {
    let merged = set.merge.as_deref().and_then(|present| {
        let mut present: Map<String, Value> = json::object(present)?;
        json::merge(&mut present, json::object(text)?);
        Some(Value::Object(present).to_string())
    });
    match merged {
        Some(merged) => set.merge = Some(merged),
        None if set.merge.is_none() => set.merge = Some(text.to_owned()),
        // The one that cannot be read stands, so that it is found.
        None if set.merge.as_deref().and_then(json::object).is_some() => {
            set.merge = Some(text.to_owned());
        }
        None => {}
    }
}

impl Row<'_> {
    /// What is wrong with what it wants.
    pub(super) fn told(&self) -> Vec<RowFinding> {
        let mut told: Vec<RowFinding> = self
            .compile()
            .findings()
            .iter()
            .map(|finding| RowFinding {
                line: self.line(),
                column: None,
                code: RowFindingCode::Wanted,
                plan: Some(finding.code),
                message: finding.message.clone(),
            })
            .collect();
        for (column, cell) in self.cells() {
            let Column::Component(name) = column else {
                continue;
            };
            if column::is_word(cell) && self.cells().any(|(other, _)| other.configures(name)) {
                told.push(RowFinding {
                    line: self.line(),
                    column: Some(format!("component:{name}")),
                    code: RowFindingCode::BadCell,
                    plan: None,
                    message: format!(
                        "{name} is to be left ({cell}) and configured at once. Give a version, or leave its other \
                         cells empty."
                    ),
                });
            }
        }
        told
    }
}
