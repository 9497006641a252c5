//! What differs from the seeded world, and what has been started in it. All of it survives a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bulk::Bulk;
use super::kinds::Kind;

/// The stored part of the service. Records of bulk deployments are kept in files beside it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// The seeded fleet was last changed before this instant. Set by the first request.
    pub(super) seeded_before_ms: Option<i64>,
    /// Changes of seeded groups, and all of the groups made here, by index.
    pub(super) groups: BTreeMap<u32, GroupChange>,
    /// How many groups were made here; their indices follow those of the seeded ones.
    pub(super) groups_made: u32,
    pub(super) definitions: BTreeMap<Kind, BTreeMap<u32, DefinitionChange>>,
    pub(super) definitions_made: BTreeMap<Kind, u32>,
    /// `None` until it is changed: then the seeded role counts.
    pub(super) service_role: Option<Association>,
    pub(super) bulks: Vec<Bulk>,
    pub(super) singles: Vec<Single>,
    /// By ARN.
    pub(super) tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Answers remembered by client token.
    pub(super) tokens: BTreeMap<String, Remembered>,
    /// Calls by operation, counted where the scenario throttles.
    pub(super) calls: BTreeMap<String, u32>,
}

/// What was changed about a group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct GroupChange {
    pub(super) name: Option<String>,
    pub(super) deleted: bool,
    /// Only of groups made here.
    pub(super) created_ms: Option<i64>,
    pub(super) updated_ms: Option<i64>,
    /// Versions after the seeded ones.
    pub(super) versions: Vec<AddedVersion>,
    pub(super) role: Option<Association>,
}

/// A group version made here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AddedVersion {
    pub(super) created_ms: i64,
    /// Definition version ARNs.
    pub(super) points: BTreeMap<Kind, String>,
}

/// What was changed about a definition.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct DefinitionChange {
    pub(super) name: Option<String>,
    pub(super) deleted: bool,
    pub(super) created_ms: Option<i64>,
    pub(super) updated_ms: Option<i64>,
    /// Versions after the seeded ones: when made, and the body as it came.
    pub(super) versions: Vec<(i64, Value)>,
}

/// A role put to some use.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Association {
    /// `None`: taken away.
    pub(super) role_arn: Option<String>,
    pub(super) at_ms: i64,
}

/// A deployment made by CreateDeployment or ResetDeployments.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Single {
    pub(super) group: u32,
    /// 0 for a reset of a group.
    pub(super) version: u32,
    pub(super) kind: String,
    pub(super) created_ms: i64,
    /// How many deployments the group had before.
    pub(super) attempt: u8,
    /// Whether the account had a service role then.
    pub(super) service_role: bool,
}

/// An answer kept for its client token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Remembered {
    /// Operation, path and parameters.
    pub(super) request: String,
    pub(super) answer: Value,
}
