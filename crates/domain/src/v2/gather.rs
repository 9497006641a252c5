//! Gathers targets whose outcomes are the same, and counts what changes over all of them.

use std::collections::BTreeMap;

use hashbrown::{HashTable, hash_table::Entry};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    diff::DocumentChange, digest::Digest, finding::PlanFindingCode, pin::Direction, plan::Planned,
};

/// Targets with one outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeGroup {
    /// The outcome's canonical hash.
    pub digest: Digest,
    /// Targets that get it.
    pub targets: u32,
    /// Those among them for which nothing changes.
    pub unchanged: u32,
    /// The place of the first of them, from 0.
    pub first: u32,
    /// Bytes of the outcome.
    pub bytes: u32,
}

/// How many targets one change concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangeTotal {
    /// What changes.
    pub kind: ChangeKind,
    /// The component; absent for policies.
    pub component: Option<String>,
    /// The present version, where versions change or a component goes.
    pub from: Option<String>,
    /// The version that it gets, where versions change or a component comes.
    pub to: Option<String>,
    /// Whether that is later or earlier.
    pub direction: Option<Direction>,
    /// Targets.
    pub targets: u32,
}

/// Kinds of change that are counted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A component comes.
    Added,
    /// A component goes.
    Removed,
    /// Another version.
    Version,
    /// Configuration merged or reset, or whom it runs as.
    Configuration,
    /// Policies of the deployment.
    Policies,
}

/// How often something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FindingTotal {
    /// What was found.
    pub code: PlanFindingCode,
    /// The component that it concerns.
    pub component: Option<String>,
    /// Targets.
    pub targets: u32,
    /// The place of the first of them, from 0.
    pub first: u32,
    /// The words for the first of them.
    pub message: String,
}

/// What a change is counted by: kind, component, from, to.
type Counted = (ChangeKind, Option<String>, Option<String>, Option<String>);

/// What a finding is counted by: code, component, and the words of those that are about one of several thing groups.
type Found = (PlanFindingCode, Option<String>, Option<String>);

/// Targets gathered by outcome. Takes four bytes a target and about a hundred a distinct outcome.
#[derive(Debug, Default)]
pub struct Gather {
    by_digest: HashTable<u32>,
    groups: Vec<OutcomeGroup>,
    members: Vec<u32>,
    changes: BTreeMap<Counted, u32>,
    findings: BTreeMap<Found, (u32, u32, String)>,
    refused: u32,
}

/// The group of a target that cannot be deployed.
const REFUSED: u32 = u32::MAX;

impl Gather {
    /// Takes in the next target; its place is the number of targets before it. The number of its group, or `None` where
    /// it cannot be deployed.
    pub fn add(&mut self, planned: &Planned) -> Option<u32> {
        let place = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        self.count_findings(planned, place);
        if planned.is_refused() {
            self.refused = self.refused.saturating_add(1);
            self.members.push(REFUSED);
            return None;
        }
        let groups = &mut self.groups;
        let same = |number: &u32| {
            at(*number)
                .and_then(|place| groups.get(place))
                .is_some_and(|group| group.digest == planned.digest)
        };
        let rehash = |number: &u32| {
            at(*number)
                .and_then(|place| groups.get(place))
                .map_or(0, |group| hash_of(&group.digest))
        };
        let number = match self.by_digest.entry(hash_of(&planned.digest), same, rehash) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(free) => {
                let number = u32::try_from(groups.len()).unwrap_or(REFUSED);
                free.insert(number);
                groups.push(OutcomeGroup {
                    digest: planned.digest,
                    targets: 0,
                    unchanged: 0,
                    first: place,
                    bytes: planned.bytes,
                });
                number
            }
        };
        if let Some(group) = at(number).and_then(|place| self.groups.get_mut(place)) {
            group.targets = group.targets.saturating_add(1);
            group.unchanged += u32::from(planned.is_unchanged());
        }
        self.members.push(number);
        self.count_changes(planned);
        Some(number)
    }

    /// Targets taken in.
    #[must_use]
    pub fn targets(&self) -> u32 {
        u32::try_from(self.members.len()).unwrap_or(u32::MAX)
    }

    /// Targets that cannot be deployed; they are in no group.
    #[must_use]
    pub const fn refused(&self) -> u32 {
        self.refused
    }

    /// Targets for which nothing changes.
    #[must_use]
    pub fn unchanged(&self) -> u32 {
        self.groups.iter().map(|group| group.unchanged).sum()
    }

    /// The groups, in the order in which they were first met.
    #[must_use]
    pub fn groups(&self) -> &[OutcomeGroup] {
        &self.groups
    }

    /// The numbers of the groups, largest first; groups of one size in the order in which they were met.
    #[must_use]
    pub fn largest_first(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = (0..).take(self.groups.len()).collect();
        numbers.sort_by_key(|number| {
            let targets = at(*number)
                .and_then(|place| self.groups.get(place))
                .map_or(0, |group| group.targets);
            std::cmp::Reverse(targets)
        });
        numbers
    }

    /// The group of the target at a place; `None` where it cannot be deployed, or there is none.
    #[must_use]
    pub fn group_of(&self, place: u32) -> Option<u32> {
        let number = *self.members.get(at(place)?)?;
        (number != REFUSED).then_some(number)
    }

    /// The places of a group's targets, in order.
    pub fn members(&self, group: u32) -> impl Iterator<Item = u32> + '_ {
        (0..)
            .zip(&self.members)
            .filter(move |(_, number)| **number == group && group != REFUSED)
            .map(|(place, _)| place)
    }

    /// How many targets each change concerns: by kind, component and versions.
    #[must_use]
    pub fn changes(&self) -> Vec<ChangeTotal> {
        self.changes
            .iter()
            .map(|((kind, component, from, to), targets)| ChangeTotal {
                kind: *kind,
                component: component.clone(),
                from: from.clone(),
                to: to.clone(),
                direction: match (from, to) {
                    (Some(from), Some(to)) => Some(Direction::between(from, to)),
                    _ => None,
                },
                targets: *targets,
            })
            .collect()
    }

    /// How often each thing was found; refusals first.
    #[must_use]
    pub fn findings(&self) -> Vec<FindingTotal> {
        let mut all: Vec<FindingTotal> = self
            .findings
            .iter()
            .map(
                |((code, component, _), (targets, first, message))| FindingTotal {
                    code: *code,
                    component: component.clone(),
                    targets: *targets,
                    first: *first,
                    message: message.clone(),
                },
            )
            .collect();
        all.sort_by_key(|total| !total.code.is_refused());
        all
    }

    fn count_findings(&mut self, planned: &Planned, place: u32) {
        let mut told = Vec::new();
        for finding in &planned.findings {
            let words = finding.code.is_of_group().then(|| finding.message.clone());
            let key = (finding.code, finding.component.clone(), words);
            // Once a target, however often it is found there.
            if told.contains(&key) {
                continue;
            }
            self.findings
                .entry(key.clone())
                .or_insert_with(|| (0, place, finding.message.clone()))
                .0 += 1;
            told.push(key);
        }
    }

    fn count_changes(&mut self, planned: &Planned) {
        let mut told: Vec<Counted> = Vec::new();
        for change in &planned.diff.changes {
            let counted = counted(change);
            if !told.contains(&counted) {
                *self.changes.entry(counted.clone()).or_default() += 1;
                told.push(counted);
            }
        }
    }
}

fn counted(change: &DocumentChange) -> Counted {
    match change {
        DocumentChange::ComponentAdded {
            component, version, ..
        } => (
            ChangeKind::Added,
            Some(component.clone()),
            None,
            Some(version.clone()),
        ),
        DocumentChange::ComponentRemoved { component, version } => (
            ChangeKind::Removed,
            Some(component.clone()),
            Some(version.clone()),
            None,
        ),
        DocumentChange::VersionChanged {
            component,
            from,
            to,
            ..
        } => (
            ChangeKind::Version,
            Some(component.clone()),
            Some(from.clone()),
            Some(to.clone()),
        ),
        DocumentChange::MergeChanged { component, .. }
        | DocumentChange::ResetChanged { component, .. }
        | DocumentChange::RunWithChanged { component, .. } => (
            ChangeKind::Configuration,
            Some(component.clone()),
            None,
            None,
        ),
        DocumentChange::PolicyChanged { .. } => (ChangeKind::Policies, None, None, None),
    }
}

fn at(number: u32) -> Option<usize> {
    usize::try_from(number).ok()
}

/// A hash is as good as random from its first byte on.
fn hash_of(digest: &Digest) -> u64 {
    digest
        .first_chunk::<8>()
        .map_or(0, |first| u64::from_le_bytes(*first))
}
