//! Another default configuration.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Change, NotEdited, Recipe, set};
use crate::v2::recipe::node::{Entry, Node};

impl Recipe {
    /// The recipe with another default configuration. Values that stay keep their place and their comments; where a field
    /// goes, the object around it is written anew as JSON, which YAML takes too.
    ///
    /// # Errors
    /// [`NotEdited`].
    pub fn with_default_configuration(&self, new: &Value) -> Result<Self, NotEdited> {
        const OUTER: &str = "ComponentConfiguration";
        const INNER: &str = "DefaultConfiguration";
        let mut intended = self.value();
        let Some(outer) = self.root.field(OUTER) else {
            set(&mut intended, &[OUTER, INNER], new.clone());
            let entries = self.root.entries();
            let next = self.root.field("Manifests").or_else(|| entries.last());
            let next = next.ok_or(NotEdited::Differs)?;
            let change = self.before(next, OUTER, &json!({ INNER: new }));
            return self.changed(vec![change], &intended);
        };
        let Some(inner) = outer.value.field(INNER) else {
            set(&mut intended, &[&outer.key, INNER], new.clone());
            let change = match outer.value.entries().first() {
                Some(first) => self.before(first, INNER, new),
                None => self.filled(outer, &json!({ INNER: new })),
            };
            return self.changed(vec![change], &intended);
        };
        set(&mut intended, &[&outer.key, &inner.key], new.clone());
        let mut changes = Vec::new();
        self.small(inner, new, &mut changes);
        // Where the small changes do not give what is meant, the whole value is written anew.
        match self.changed(changes, &intended) {
            Ok(recipe) => Ok(recipe),
            Err(_) => self.changed(vec![self.filled(inner, new)], &intended),
        }
    }

    /// The changes that make a field's value the wanted one.
    fn small(&self, entry: &Entry, wanted: &Value, changes: &mut Vec<Change>) {
        let present = entry.value.value();
        if present == *wanted {
            return;
        }
        if let (Value::Object(present), Value::Object(wanted)) = (&present, wanted) {
            let keys: BTreeSet<&String> = present.keys().collect();
            let kept = keys.iter().all(|key| wanted.contains_key(*key));
            let entries = entry.value.entries();
            if let Some(last) = entries
                .last()
                .filter(|_| kept && entries.len() == keys.len())
            {
                for entry in entries {
                    if let Some(value) = wanted.get(&entry.key) {
                        self.small(entry, value, changes);
                    }
                }
                for (key, value) in wanted.iter().filter(|(key, _)| !keys.contains(key)) {
                    changes.push(self.after(last, key, value));
                }
                return;
            }
        }
        changes.push(match (&present, wanted) {
            (Value::String(_), Value::String(text)) => {
                let node: &Node = &entry.value;
                (node.span.clone(), self.scalar(node, text))
            }
            _ => self.filled(entry, wanted),
        });
    }

    /// A field's value written anew. A field without one (`Key:`) has no place for it but after the colon.
    fn filled(&self, entry: &Entry, value: &Value) -> Change {
        if !entry.value.span.is_empty() {
            return self.instead(&entry.value, value);
        }
        let line = self.text().get(entry.at..).unwrap_or_default();
        let end = entry.at + line.find(':').map_or(0, |colon| colon + 1);
        let (_, written) = self.instead(&entry.value, value);
        (end..end, format!(" {written}"))
    }
}
