//! The components that the targets of a plan get, in one place: what is looked at for each of them is looked at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use overseed_domain::v2::{document::DeploymentDocument, kinds};

/// Different merges of one component version that are kept.
const MERGES: usize = 50;

/// A component version of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlannedComponent {
    pub(crate) name: String,
    pub(crate) version: String,
    /// What is merged into its configuration, as JSON: the first different ones, and the first of each shape.
    pub(crate) merges: BTreeSet<String>,
    /// Whether there are more of them than are kept.
    pub(crate) has_more: bool,
    shapes: HashSet<u64>,
}

impl PlannedComponent {
    fn merged(&mut self, merge: &str) {
        let is_new = self.shapes.len() < MERGES
            && serde_json::from_str(merge)
                .is_ok_and(|value| self.shapes.insert(kinds::shape(&value)));
        if is_new || self.merges.len() < MERGES {
            self.merges.insert(merge.to_owned());
        } else {
            self.has_more |= !self.merges.contains(merge);
        }
    }
}

/// All of them, and which documents have which.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents {
    pub(crate) components: Vec<PlannedComponent>,
    known: HashMap<(String, String), u32>,
    /// Places among the components, by document.
    by_document: HashMap<u32, Box<[u32]>>,
}

impl Contents {
    /// Takes a document in that targets get.
    pub(super) fn take(&mut self, number: u32, document: &DeploymentDocument) {
        let mut places = Vec::with_capacity(document.components.len());
        for (name, spec) in &document.components {
            let next = u32::try_from(self.components.len()).unwrap_or(u32::MAX);
            let key = (name.clone(), spec.component_version.clone());
            let place = *self.known.entry(key).or_insert(next);
            if place == next {
                self.components.push(PlannedComponent {
                    name: name.clone(),
                    version: spec.component_version.clone(),
                    merges: BTreeSet::new(),
                    has_more: false,
                    shapes: HashSet::new(),
                });
            }
            let merge = spec
                .configuration_update
                .as_ref()
                .and_then(|update| update.merge.as_ref());
            let at = usize::try_from(place).unwrap_or(usize::MAX);
            if let (Some(component), Some(merge)) = (self.components.get_mut(at), merge) {
                component.merged(merge);
            }
            places.push(place);
        }
        self.by_document.insert(number, places.into());
    }

    /// Places among the components of a document.
    pub(crate) fn of_document(&self, number: u32) -> &[u32] {
        self.by_document.get(&number).map_or(&[], AsRef::as_ref)
    }
}
