//! The names by which plans refer to documents.

use std::collections::BTreeMap;

use overseed_domain::v2::{digest::Digest, document::DeploymentDocument, line::OWN_TAGS};
use sha2::{Digest as _, Sha256};

/// Hexadecimal digits of a hash; 64 bits are enough to tell the documents of one plan apart.
const DIGITS: usize = 16;

/// The hash by which a plan refers to a document whose canonical hash is known: 16 hexadecimal digits of that. Where
/// the document has name, tags and the like, which do not reach a device, they are hashed along with it, so that a
/// document is one request and not only one meaning.
#[must_use]
pub fn document_hash(document: &DeploymentDocument, digest: &Digest) -> String {
    let rest = DeploymentDocument {
        components: BTreeMap::new(),
        deployment_policies: None,
        deployment_name: document.deployment_name.clone(),
        iot_job_configuration: document.iot_job_configuration.clone(),
        parent_target_arn: document.parent_target_arn.clone(),
        tags: document.tags.clone(),
    };
    let mut hex = if rest == DeploymentDocument::default() {
        hex::encode(digest)
    } else {
        let mut hash = Sha256::new();
        hash.update(digest);
        // Our own types have no maps that could fail.
        hash.update(serde_json::to_string(&rest).unwrap_or_default());
        hex::encode(hash.finalize())
    };
    hex.truncate(DIGITS);
    hex
}

/// Takes off what belonged to an earlier deployment only: tags that AWS or an earlier run has set. They are not sent
/// again, and would make documents differ that are the same.
pub(super) fn without_passing_tags(document: &mut DeploymentDocument) {
    document
        .tags
        .retain(|key, _| !key.is_empty() && !key.starts_with(OWN_TAGS) && !key.starts_with("aws:"));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::*;

    fn named(name: Option<&str>) -> DeploymentDocument {
        DeploymentDocument {
            deployment_name: name.map(str::to_owned),
            ..DeploymentDocument::default()
        }
    }

    #[test]
    fn the_hash_tells_requests_apart_and_not_only_meanings() {
        let hash = |document: &DeploymentDocument| document_hash(document, &document.digest());
        let bare = named(None);
        assert_eq!(hash(&bare), hex::encode(bare.digest())[..16]);
        assert_ne!(hash(&bare), hash(&named(Some("a"))));
        assert_ne!(hash(&named(Some("a"))), hash(&named(Some("b"))));
        assert_eq!(hash(&named(Some("a"))), hash(&named(Some("a"))));
    }

    #[test]
    fn tags_of_earlier_runs_are_taken_off() {
        let mut document = named(None);
        for key in ["overseed:run", "aws:created", "team", ""] {
            document.tags.insert(key.to_owned(), "x".to_owned());
        }
        without_passing_tags(&mut document);
        assert!(document.tags.keys().eq(["team"]));
    }
}
