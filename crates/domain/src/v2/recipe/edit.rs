//! Edits that change what they are to change and leave the rest of the text, its comments and its order as they are. Each
//! result is read again and compared with what was intended; where it differs, nothing is edited.

mod configuration;
mod write;

use std::ops::Range;

use serde_json::Value;
use thiserror::Error;

use super::{
    ArtifactUri, BucketFault, NotARecipe, NotAVersion, Recipe, bucket_fault,
    docker_run::options_first,
    is_placeholder,
    node::{Kind, Node, below},
    parse_version,
    uri::written_bucket,
};

/// Why a recipe is not edited.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotEdited {
    /// The result would not say what was intended: the text is written in a way that this app does not edit.
    #[error(
        "the recipe is written in a way in which this cannot be changed without changing more; edit it by hand"
    )]
    Differs,
    /// The result could not be read.
    #[error("the result could not be read: {0}")]
    Unreadable(#[from] NotARecipe),
    /// The new version is none.
    #[error(transparent)]
    Version(#[from] NotAVersion),
    /// The new bucket is none.
    #[error(transparent)]
    Bucket(#[from] BucketFault),
}

/// A change of the text: these bytes become that.
pub(super) type Change = (Range<usize>, String);

impl Recipe {
    /// The stand-ins for buckets in the artifacts' URIs, each once, in the order of the text.
    #[must_use]
    pub fn placeholder_buckets(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for artifact in self.component().artifacts() {
            let bucket = written_bucket(&artifact.uri)
                .filter(|bucket| is_placeholder(bucket) || bucket_fault(bucket).is_some());
            if let Some(bucket) = bucket.filter(|b| !found.iter().any(|other| other == b)) {
                found.push(bucket.to_owned());
            }
        }
        found
    }

    /// The recipe with one bucket's name in place of another, in every value of it; comments stay as they are.
    ///
    /// # Errors
    /// [`NotEdited`].
    pub fn with_bucket(&self, from: &str, to: &str) -> Result<Self, NotEdited> {
        if let Some(fault) = bucket_fault(to) {
            return Err(fault.into());
        }
        self.rewritten(&|_, text| replaced(text, from, to))
    }

    /// The recipe with another `ComponentVersion`.
    ///
    /// # Errors
    /// [`NotEdited`].
    pub fn with_version(&self, version: &str) -> Result<Self, NotEdited> {
        parse_version(version)?;
        let mut intended = self.value();
        let change = match self.root.field("ComponentVersion") {
            Some(entry) => {
                set(&mut intended, &[&entry.key], Value::from(version));
                (entry.value.span.clone(), self.scalar(&entry.value, version))
            }
            None => {
                set(&mut intended, &["ComponentVersion"], Value::from(version));
                let first = self.root.entries().first().ok_or(NotEdited::Differs)?;
                self.before(first, "ComponentVersion", &Value::from(version))
            }
        };
        self.changed(vec![change], &intended)
    }

    /// The recipe with its own version in the place of another one in the keys of its artifacts.
    ///
    /// # Errors
    /// [`NotEdited`].
    pub fn with_artifact_versions(&self) -> Result<Self, NotEdited> {
        let version = self.component().version.clone();
        parse_version(&version)?;
        let of_artifact: Vec<String> = self
            .component()
            .artifacts()
            .map(|artifact| artifact.path.to_ascii_lowercase())
            .collect();
        self.rewritten(&|path, text| {
            let path = path.to_ascii_lowercase();
            let is_uri = path
                .strip_suffix("/uri")
                .is_some_and(|artifact| of_artifact.iter().any(|other| other == artifact));
            match ArtifactUri::parse(text) {
                Ok(ArtifactUri::S3 { .. }) if is_uri => {
                    let parts = text.split('/').map(|part| match parse_version(part) {
                        Ok(_) => version.as_str(),
                        Err(_) => part,
                    });
                    parts.collect::<Vec<_>>().join("/")
                }
                _ => text.to_owned(),
            }
        })
    }

    /// The recipe with those options of `docker run` in front of the image that stand after it. Where a script is written in a
    /// way in which they cannot be moved, it stays as it is.
    ///
    /// # Errors
    /// [`NotEdited`].
    pub fn with_docker_options_first(&self) -> Result<Self, NotEdited> {
        let scripts: Vec<&str> = self
            .component()
            .scripts()
            .map(|s| s.path.as_str())
            .collect();
        self.rewritten(&|path, text| {
            if scripts.contains(&path) {
                options_first(text)
            } else {
                text.to_owned()
            }
        })
    }

    /// The recipe with each text in it rewritten; `rewrite` gets the path and the text, and treats the way in which it is
    /// written as it treats the text.
    fn rewritten(&self, rewrite: &dyn Fn(&str, &str) -> String) -> Result<Self, NotEdited> {
        let mut changes: Vec<Change> = Vec::new();
        let mut scalars = Vec::new();
        self.root.scalars("", &mut scalars);
        for (path, node) in &scalars {
            let written = self.text().get(node.span.clone()).unwrap_or_default();
            // Within quotes: they are no part of the text.
            let quoted = written.len() >= 2 && written.starts_with(['"', '\'']);
            let inner = if quoted {
                1..written.len() - 1
            } else {
                0..written.len()
            };
            let text = written.get(inner.clone()).unwrap_or_default();
            let new = rewrite(path, text);
            let at = node.span.start + inner.start;
            let change = (at..at + text.len(), new);
            // An alias stands for a value that is written once.
            if change.1 != text && !changes.contains(&change) {
                changes.push(change);
            }
        }
        let intended = rewritten_value(&self.root, "", rewrite);
        self.changed(changes, &intended)
    }

    /// The recipe with these changes, if it then says what is intended.
    fn changed(&self, mut changes: Vec<Change>, intended: &Value) -> Result<Self, NotEdited> {
        changes.sort_by_key(|(span, _)| (span.start, span.end));
        let mut text = String::with_capacity(self.text().len());
        let mut done = 0;
        for (span, new) in changes {
            let kept = self
                .text()
                .get(done..span.start)
                .ok_or(NotEdited::Differs)?;
            text.push_str(kept);
            text.push_str(&new);
            done = span.end;
        }
        text.push_str(self.text().get(done..).ok_or(NotEdited::Differs)?);
        let result = Self::parse(&text)?;
        if result.format() == self.format() && result.value() == *intended {
            Ok(result)
        } else {
            Err(NotEdited::Differs)
        }
    }
}

/// `from` replaced where it is a name of its own, not a part of a longer one.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in text.match_indices(from).filter(|_| !from.is_empty()) {
        let end = at + from.len();
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(end..).and_then(|t| t.chars().next());
        let longer = joins(before) && joins(from.chars().next())
            || joins(after) && joins(from.chars().next_back());
        if at >= done && !longer {
            out.push_str(text.get(done..at).unwrap_or_default());
            out.push_str(to);
            done = end;
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

fn rewritten_value(node: &Node, path: &str, rewrite: &dyn Fn(&str, &str) -> String) -> Value {
    match &node.kind {
        Kind::Scalar { value, .. } => match value.as_str() {
            Some(text) => Value::from(rewrite(path, text)),
            None => value.clone(),
        },
        Kind::List(items) => {
            let items = items.iter().enumerate();
            let of = |(at, item): (usize, &Node)| {
                rewritten_value(item, &below(path, &at.to_string()), rewrite)
            };
            items.map(of).collect()
        }
        Kind::Map(entries) => {
            let entries = entries.iter();
            let of = |e: &super::node::Entry| {
                let path = below(path, &e.key);
                (e.key.clone(), rewritten_value(&e.value, &path, rewrite))
            };
            Value::Object(entries.map(of).collect())
        }
    }
}

/// Sets a field of nested objects, which are made where they are missing.
fn set(value: &mut Value, path: &[&str], new: Value) {
    let Some((first, rest)) = path.split_first() else {
        *value = new;
        return;
    };
    if !value.is_object() {
        *value = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(fields) = value {
        set(fields.entry(*first).or_insert(Value::Null), rest, new);
    }
}

#[cfg(test)]
mod tests;
