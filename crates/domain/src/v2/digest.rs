//! The canonical form of a document and its hash: two documents with the same hash mean the same for a device.
//!
//! Only components and policies count. Configuration is compared as JSON and not as text, reset paths as a set, and
//! policies with the service's defaults filled in. Name, tags and job do not reach the component set of a device.

use std::io;

use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{
    document::{ComponentSpec, DeploymentDocument, DeploymentPolicies},
    json,
};

/// A SHA-256.
pub type Digest = [u8; 32];

/// A component's canonical form, its hash and its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marked {
    pub(crate) digest: Digest,
    /// Bytes of the component as it stands in a request, without its name.
    pub(crate) bytes: usize,
    pub(crate) canonical: Canonical,
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
        let text = component
            .configuration_update
            .as_ref()
            .and_then(|update| update.merge.as_deref());
        Self::with(component, text.and_then(merge))
    }

    /// The canonical form of a component whose merge is known in its own.
    pub(crate) fn with(component: &ComponentSpec, merge: Option<String>) -> Self {
        let mut reset = component
            .configuration_update
            .as_ref()
            .map_or_else(Vec::new, |update| update.reset.clone());
        reset.sort_unstable();
        reset.dedup();
        let run_with = component
            .run_with
            .as_ref()
            .map(plain)
            .filter(|text| text != "{}");
        Self {
            merge,
            reset,
            run_with,
        }
    }
}

/// The canonical text of a merge. What is no JSON stays as it is; an empty object merges nothing.
fn merge(text: &str) -> Option<String> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(map)) => object(&map),
        Ok(value) => Some(json::canonical(&value)),
        Err(_) => Some(text.to_owned()),
    }
}

/// The canonical text of a merge that is an object.
pub(crate) fn object(map: &Map<String, Value>) -> Option<String> {
    (!map.is_empty()).then(|| json::canonical_object(map))
}

/// What serde writes of our own types: their keys are in order, and they have no maps that could fail.
pub(crate) fn plain<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Hash and size of a component by its canonical form.
pub(crate) fn marked(component: &ComponentSpec, canonical: Canonical) -> Marked {
    let mut hash = Sha256::new();
    part(&mut hash, component.component_version.as_bytes());
    let merge = canonical.merge.as_deref().unwrap_or_default();
    part(&mut hash, merge.as_bytes());
    count(&mut hash, canonical.reset.len());
    for path in &canonical.reset {
        part(&mut hash, path.as_bytes());
    }
    let run_with = canonical.run_with.as_deref().unwrap_or_default();
    part(&mut hash, run_with.as_bytes());
    let mut bytes = Counted(0);
    // Counting cannot fail, and neither can writing our own types.
    let _ = serde_json::to_writer(&mut bytes, component);
    Marked {
        digest: hash.finalize().into(),
        bytes: bytes.0,
        canonical,
    }
}

/// Counts bytes and keeps none.
struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn digest(component: &ComponentSpec) -> Digest {
    marked(component, Canonical::of(component)).digest
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
            .map(|(name, component)| (name.as_str(), digest(component)));
        of_marks(components, self.deployment_policies.as_ref())
    }

    /// Whether both mean the same for a device.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.digest() == other.digest()
    }
}
