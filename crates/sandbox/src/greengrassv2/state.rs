//! What differs from the seeded world. The small part is one file; deployments have a journal of their own.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exchange::Caller;

/// The stored part that is small: everything but deployments and their executions.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// The seeded world was last changed before this instant. Set by the first request.
    pub(crate) seeded_before_ms: Option<i64>,
    /// Things made here; their numbers follow those of the seeded core devices.
    pub(crate) things: Vec<MadeThing>,
    /// Changes of seeded thing groups, and all of the groups made here, by name.
    pub(crate) groups: BTreeMap<String, GroupChange>,
    /// Component versions made here, in that order.
    pub(crate) components: Vec<MadeComponent>,
    /// Seeded component versions that were deleted, by ARN.
    pub(crate) gone_components: BTreeSet<String>,
    /// Seeded deployments that were canceled or deleted, by id.
    pub(crate) gone_deployments: BTreeMap<String, Gone>,
    /// Core devices that were deleted.
    pub(crate) gone_cores: BTreeSet<u32>,
    /// By ARN.
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Answers remembered by client token: when, what was asked, the answer.
    pub(crate) tokens: BTreeMap<String, (i64, String, Value)>,
    /// Calls by operation, counted where the scenario throttles.
    pub(crate) calls: BTreeMap<String, u32>,
    /// When the last call of each bucket was let through, and how many may follow at once.
    pub(crate) pace: BTreeMap<String, (i64, f64)>,
}

/// A thing made here. No core device: nothing on it ever takes a deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MadeThing {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
}

/// What was changed about a thing group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct GroupChange {
    /// Only of groups made here.
    pub(crate) created_ms: Option<i64>,
    /// The number among the groups made here.
    pub(crate) ordinal: u32,
    pub(crate) deleted: bool,
    pub(crate) parent: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) attributes: BTreeMap<String, String>,
    /// Things by number.
    pub(crate) added: BTreeSet<u32>,
    pub(crate) removed: BTreeSet<u32>,
}

/// A component version made here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MadeComponent {
    pub(crate) name: String,
    pub(crate) version: String,
    /// As it is kept, in JSON.
    pub(crate) recipe: Value,
    pub(crate) created_ms: i64,
    /// Who made it, until the service is done with it: artifacts are read in this caller's name.
    pub(crate) caller: Option<Caller>,
    /// Why it became `FAILED`, by artifact; empty for good ones. Decided once, when the service is done with it.
    pub(crate) failed: BTreeMap<String, String>,
    pub(crate) deleted: bool,
}

/// What became of a seeded deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Gone {
    Canceled,
    Deleted,
}
