//! Present documents, each read once.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::BuildHasher,
    sync::Arc,
};

use super::{Present, component::PresentSpec};
use crate::v2::document::{DeploymentDocument, DeploymentPolicies};

/// Bytes of texts that are kept; a document takes a few times as much in memory.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// A present document that is ready to be planned with.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    pub(super) components: BTreeMap<String, PresentSpec>,
    /// All but the components.
    pub(super) rest: DeploymentDocument,
}

impl Prepared {
    fn new(mut document: DeploymentDocument) -> Self {
        let components = std::mem::take(&mut document.components)
            .into_iter()
            .map(|(name, spec)| (name, PresentSpec::new(spec)))
            .collect();
        Self {
            components,
            rest: document,
        }
    }

    pub(super) const fn policies(&self) -> Option<&DeploymentPolicies> {
        self.rest.deployment_policies.as_ref()
    }
}

/// The documents that were read lately, by their texts. A document is kept when it is met for the second time: what only
/// one target has comes and goes.
#[derive(Debug, Default)]
pub(super) struct Presents {
    by_text: HashMap<Box<str>, (u32, Arc<Prepared>)>,
    /// Hashes of texts that were met.
    met: HashSet<u64>,
    nothing: Arc<Prepared>,
    bytes: usize,
    numbers: u32,
}

/// The number of having no deployment.
const NOTHING: u32 = 0;
/// Hashes that are kept, of eight bytes each.
const MOST_MET: usize = 500_000;

impl Presents {
    /// The document, and a number that no other one gets; a document that is not kept has none.
    pub(super) fn of(
        &mut self,
        present: Present<'_>,
    ) -> Result<(Option<u32>, Arc<Prepared>), serde_json::Error> {
        let text = match present {
            Present::None => return Ok((Some(NOTHING), Arc::clone(&self.nothing))),
            Present::Document(document) => {
                return Ok((None, Arc::new(Prepared::new(document.clone()))));
            }
            Present::Text(text) => text,
        };
        if let Some((number, prepared)) = self.by_text.get(text) {
            return Ok((Some(*number), Arc::clone(prepared)));
        }
        let prepared = Arc::new(Prepared::new(serde_json::from_str(text)?));
        let number = self
            .again(text)
            .then(|| self.numbers.checked_add(1))
            .flatten();
        if let Some(number) = number {
            self.keep(text, number, &prepared);
        }
        Ok((number, prepared))
    }

    /// Whether a text was met before.
    fn again(&mut self, text: &str) -> bool {
        if self.met.len() >= MOST_MET {
            self.met.clear();
        }
        let hash = self.by_text.hasher().hash_one(text);
        !self.met.insert(hash)
    }

    fn keep(&mut self, text: &str, number: u32, prepared: &Arc<Prepared>) {
        self.numbers = number;
        if self.bytes + text.len() > MOST_BYTES {
            self.by_text.clear();
            self.bytes = 0;
        }
        self.bytes += text.len();
        self.by_text
            .insert(text.into(), (number, Arc::clone(prepared)));
    }
}
