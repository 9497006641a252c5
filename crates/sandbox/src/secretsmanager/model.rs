//! Secrets as they are kept.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cloud::KnownSecret;

/// All secrets, by name.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    pub(super) secrets: BTreeMap<String, Secret>,
}

/// A secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Secret {
    pub(super) arn: String,
    pub(super) description: Option<String>,
    pub(super) key: Option<String>,
    pub(super) created_ms: i64,
    pub(super) changed_ms: i64,
    /// When it will be gone for good.
    pub(super) deleted_ms: Option<i64>,
    pub(super) tags: Vec<(String, String)>,
    /// Oldest first; the last one is current.
    pub(super) versions: Vec<Version>,
}

/// A version of a secret.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) id: String,
    pub(super) created_ms: i64,
    pub(super) text: Option<String>,
    /// Base64.
    pub(super) binary: Option<String>,
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Version")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Secret {
    /// The stages of a version: the last one is current, the one before it previous.
    pub(super) fn stages(&self, id: &str) -> Vec<&'static str> {
        let mut newest = self.versions.iter().rev();
        if newest.next().is_some_and(|version| version.id == id) {
            vec!["AWSCURRENT"]
        } else if newest.next().is_some_and(|version| version.id == id) {
            vec!["AWSPREVIOUS"]
        } else {
            Vec::new()
        }
    }
}

impl Secrets {
    /// The name of a secret that a name, an ARN, or an ARN without its last part means.
    pub(super) fn name_of(&self, id: &str) -> Option<&String> {
        let (name, _) = self.secrets.iter().find(|(name, secret)| {
            *name == id
                || secret.arn == id
                || secret
                    .arn
                    .rsplit_once('-')
                    .is_some_and(|(partial, _)| partial == id)
        })?;
        Some(name)
    }

    /// What devices and their components learn of a secret.
    pub(crate) fn known(&self, id: &str) -> Option<KnownSecret> {
        let secret = self.secrets.get(self.name_of(id)?)?;
        if secret.deleted_ms.is_some() {
            return None;
        }
        let current = secret.versions.last()?.text.as_deref()?;
        let keys = match serde_json::from_str(current) {
            Ok(Value::Object(fields)) => fields.into_iter().map(|(key, _)| key).collect(),
            _ => Vec::new(),
        };
        Some(KnownSecret {
            arn: secret.arn.clone(),
            keys,
        })
    }
}
