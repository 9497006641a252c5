//! The canonical form of a document and its hash: two documents with the same hash mean the same for a device.
//!
//! Only components and policies count. Configuration is compared as JSON and not as text, reset paths as a set, and
//! policies with the service's defaults filled in. Name, tags and job do not reach the component set of a device.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    document::{ComponentSpec, DeploymentDocument, DeploymentPolicies},
    json,
};

/// A SHA-256.
pub type Digest = [u8; 32];

/// A component's canonical hash and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) digest: Digest,
    /// Bytes of the component as it stands in a request, without its name.
    pub(crate) bytes: usize,
}

/// The parts of a configuration update in canonical form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Canonical {
    /// The configuration that is merged; `None` where that changes nothing.
    pub(crate) merge: Option<String>,
    /// Sorted, each path once.
    pub(crate) reset: Vec<String>,
    /// As JSON; `None` where nothing is said.
    pub(crate) run_with: Option<String>,
}

impl Canonical {
    pub(crate) fn of(component: &ComponentSpec) -> Self {
        let update = component.configuration_update.as_ref();
        let mut reset = update.map_or_else(Vec::new, |update| update.reset.clone());
        reset.sort_unstable();
        reset.dedup();
        Self {
            merge: update
                .and_then(|update| update.merge.as_deref())
                .and_then(merge),
            reset,
            run_with: component
                .run_with
                .as_ref()
                .map(plain)
                .filter(|text| text != "{}"),
        }
    }
}

/// The canonical text of a merge. What is no JSON stays as it is; an empty object merges nothing.
fn merge(text: &str) -> Option<String> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(map)) if map.is_empty() => None,
        Ok(value) => Some(json::canonical(&value)),
        Err(_) => Some(text.to_owned()),
    }
}

/// What serde writes of our own types: their keys are in order, and they have no maps that could fail.
pub(crate) fn plain<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Hash and size of a component.
pub(crate) fn mark(component: &ComponentSpec) -> Mark {
    let canonical = Canonical::of(component);
    let mut hash = Sha256::new();
    part(&mut hash, component.component_version.as_bytes());
    part(&mut hash, canonical.merge.unwrap_or_default().as_bytes());
    count(&mut hash, canonical.reset.len());
    for path in &canonical.reset {
        part(&mut hash, path.as_bytes());
    }
    part(&mut hash, canonical.run_with.unwrap_or_default().as_bytes());
    Mark {
        digest: hash.finalize().into(),
        bytes: plain(component).len(),
    }
}

/// The hash of a document by those of its components, in the order of their names.
pub(crate) fn of_marks<'a>(
    components: impl ExactSizeIterator<Item = (&'a str, Digest)>,
    policies: Option<&DeploymentPolicies>,
) -> Digest {
    let mut hash = Sha256::new();
    count(&mut hash, components.len());
    for (name, digest) in components {
        part(&mut hash, name.as_bytes());
        hash.update(digest);
    }
    let policies = DeploymentPolicies::effective(policies);
    part(&mut hash, plain(&policies).as_bytes());
    hash.finalize().into()
}

/// Parts are hashed with their lengths, so that no two lists of parts give the same bytes.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    count(hash, bytes.len());
    hash.update(bytes);
}

fn count(hash: &mut Sha256, count: usize) {
    hash.update((count as u64).to_le_bytes());
}

impl DeploymentDocument {
    /// SHA-256 over components and policies in canonical form: the same for documents that mean the same for a device.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let components = self
            .components
            .iter()
            .map(|(name, component)| (name.as_str(), mark(component).digest));
        of_marks(components, self.deployment_policies.as_ref())
    }

    /// Whether both mean the same for a device.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.digest() == other.digest()
    }
}
