//! Planning: what each target has, with what is wanted put over it.
//!
//! CreateDeployment replaces a target's previous deployment as a whole, so the outcome is the present document with
//! the intents applied: what no intent names stays, and a component goes only where that is said.

mod component;
mod notes;
mod presents;
mod through;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    sync::Arc,
};

use thiserror::Error;

use self::{
    component::{Became, Wanted, become_of, no_value},
    presents::{Prepared, Presents},
};
use super::{
    diff::DocumentDiff,
    digest::{self, Digest},
    document::{DeploymentDocument, DeploymentPolicies, NAME_CHARS},
    finding::{PlanFinding, PlanFindingCode as Code},
    intent::{Compiled, Intent},
};

pub use notes::{GROUP_BYTES, THING_BYTES};
pub use through::{GroupDeployment, contradictions};

/// The present deployment of a target.
#[derive(Debug, Clone, Copy)]
pub enum Present<'a> {
    /// It has none.
    None,
    /// A document.
    Document(&'a DeploymentDocument),
    /// A document as JSON, as serde writes it. Read once for all targets that have the same text.
    Text(&'a str),
}

/// Kinds of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TargetKind {
    /// A core device.
    #[default]
    Thing,
    /// A thing group.
    ThingGroup,
}

/// One target to plan.
#[derive(Clone, Copy)]
pub struct PlanTarget<'a> {
    /// The thing's name, or the thing group's.
    pub name: &'a str,
    /// What it is.
    pub kind: TargetKind,
    /// What it has.
    pub present: Present<'a>,
    /// The document that the layers are put over in the place of the present one. What differs is told against the
    /// present one all the same.
    pub fixed: Option<Present<'a>>,
    /// The layers that apply to it, in order: places in the list that the planner was made with.
    pub layers: &'a [u32],
    /// The intent of its own, after all layers.
    pub own: Option<&'a Compiled>,
    /// Its values for templates; `thingName` is known without.
    pub values: &'a dyn Fn(&str) -> Option<&'a str>,
}

impl fmt::Debug for PlanTarget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlanTarget")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("present", &self.present)
            .field("fixed", &self.fixed)
            .field("layers", &self.layers)
            .field("own", &self.own)
            .finish_non_exhaustive()
    }
}

/// What comes of a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// What is to be deployed. Where a finding is a refusal it is not what was wanted, and must not be deployed.
    pub outcome: DeploymentDocument,
    /// The outcome's canonical hash ([`DeploymentDocument::digest`]).
    pub digest: Digest,
    /// What differs from the present document.
    pub diff: DocumentDiff,
    /// What is wrong, or worth knowing.
    pub findings: Vec<PlanFinding>,
    /// Bytes of components and policies as they are sent, without white space.
    pub bytes: u32,
}

impl Planned {
    /// Whether nothing changes for the device: such targets can be left out.
    #[must_use]
    pub const fn is_unchanged(&self) -> bool {
        self.diff.is_empty()
    }

    /// Whether it cannot be deployed.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.code.is_refused())
    }
}

/// Why a target or a fleet cannot be planned.
#[derive(Debug, Error)]
pub enum PlanError {
    /// Intents that are wrong for every target.
    #[error("{} of the wanted changes cannot be carried out", .0.len())]
    Intents(Vec<PlanFinding>),
    /// A present document that is none.
    #[error("the present deployment cannot be read: {0}")]
    Present(#[from] serde_json::Error),
    /// A layer that the planner was not made with.
    #[error("there is no layer {0}")]
    Layer(u32),
}

/// Plans a single target, `intents` being its layers in order.
///
/// # Errors
/// [`PlanError::Intents`].
pub fn plan(
    name: &str,
    present: Option<&DeploymentDocument>,
    intents: &[Intent],
) -> Result<Planned, PlanError> {
    let mut planner = Planner::new(intents.iter().map(Intent::compile).collect())?;
    let layers: Vec<u32> = (0..).take(intents.len()).collect();
    let planned = planner.plan(&PlanTarget {
        name,
        kind: TargetKind::Thing,
        present: present.map_or(Present::None, Present::Document),
        fixed: None,
        layers: &layers,
        own: None,
        values: &|_| None,
    })?;
    Ok(Arc::unwrap_or_clone(planned))
}

/// What outcomes without templates depend on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Same {
    present: u32,
    fixed: Option<u32>,
    layers: Vec<u32>,
    thing: bool,
}

/// Plans many targets. Documents of the same text are read once, and where no template is used what came of them as well. Memory: bounded, whatever the number of targets.
#[derive(Debug)]
pub struct Planner {
    layers: Vec<Compiled>,
    presents: Presents,
    /// Outcomes without templates.
    known: HashMap<Same, Arc<Planned>>,
    most_known: usize,
}

/// Outcomes that are kept for targets that have the same.
const MOST_KNOWN: usize = 4_096;

impl Planner {
    /// Takes the layers that targets refer to.
    ///
    /// # Errors
    /// [`PlanError::Intents`], with all findings of all layers, where one of them is a refusal.
    pub fn new(layers: Vec<Compiled>) -> Result<Self, PlanError> {
        if layers.iter().any(Compiled::is_refused) {
            let findings = layers
                .iter()
                .flat_map(|layer| layer.findings().iter().cloned())
                .collect();
            return Err(PlanError::Intents(findings));
        }
        Ok(Self {
            layers,
            presents: Presents::default(),
            known: HashMap::new(),
            most_known: MOST_KNOWN,
        })
    }

    /// Plans one target.
    ///
    /// # Errors
    /// [`PlanError::Present`], [`PlanError::Layer`].
    pub fn plan(&mut self, target: &PlanTarget<'_>) -> Result<Arc<Planned>, PlanError> {
        let mut layers = Vec::with_capacity(target.layers.len() + 1);
        for number in target.layers {
            let layer = usize::try_from(*number)
                .ok()
                .and_then(|place| self.layers.get(place));
            layers.push(layer.ok_or(PlanError::Layer(*number))?);
        }
        let uniform = target.own.is_none() && layers.iter().all(|layer| layer.names().is_empty());
        layers.extend(target.own);
        let (number, present) = self.presents.of(target.present)?;
        let fixed = target
            .fixed
            .map(|fixed| self.presents.of(fixed))
            .transpose()?;
        let base = fixed.as_ref().map_or(&present, |(_, base)| base);
        let same = match (number, &fixed) {
            (Some(present), None) => Some((present, None)),
            (Some(present), Some((Some(fixed), _))) => Some((present, Some(*fixed))),
            _ => None,
        };
        let Some((number, fixed)) = same.filter(|_| uniform) else {
            return Ok(Arc::new(put_over(base, &present, &layers, target)));
        };
        let key = Same {
            present: number,
            fixed,
            layers: target.layers.to_vec(),
            thing: target.kind == TargetKind::Thing,
        };
        if let Some(planned) = self.known.get(&key) {
            return Ok(Arc::clone(planned));
        }
        let planned = Arc::new(put_over(base, &present, &layers, target));
        if self.known.len() >= self.most_known {
            self.known.clear();
        }
        self.known.insert(key, Arc::clone(&planned));
        Ok(planned)
    }
}

/// The base with the layers put over it, and what of that the target does not have at present. The base is the present
/// document itself unless it is fixed.
fn put_over(
    base: &Prepared,
    present: &Prepared,
    layers: &[&Compiled],
    target: &PlanTarget<'_>,
) -> Planned {
    let mut wanted: BTreeMap<&str, Wanted<'_>> = BTreeMap::new();
    for layer in layers {
        for (name, op) in &layer.components {
            wanted.entry(name).or_default().then(op);
        }
    }
    let lookup = |name: &str| match name {
        "thingName" => Some(target.name),
        _ => (target.values)(name),
    };
    // Layers that are refused make no planner: what is left are notes, which nobody else tells.
    let mut findings: Vec<PlanFinding> = layers
        .iter()
        .flat_map(|layer| layer.findings().iter().cloned())
        .collect();
    let mut diff = DocumentDiff::default();
    let mut outcome = DeploymentDocument::default();
    let mut marks = Vec::with_capacity(base.components.len() + wanted.len());
    let mut bytes = 0;
    let fixed = !std::ptr::eq(base, present);
    let also = fixed.then_some(&present.components);
    let names: BTreeSet<&str> = base
        .components
        .keys()
        .chain(also.into_iter().flat_map(BTreeMap::keys))
        .map(String::as_str)
        .chain(wanted.keys().copied())
        .collect();
    for name in names {
        let (from, before) = (base.components.get(name), present.components.get(name));
        let side = before.map(|before| (&before.spec, Cow::Borrowed(&before.marked.canonical)));
        let became = match wanted.get(name) {
            None => Became::Kept,
            Some(wanted) => become_of(name, from, wanted, &lookup, &mut findings),
        };
        let (after, digest, length) = match (became, from) {
            (Became::Kept, Some(from)) => {
                if fixed {
                    let now = (&from.spec, Cow::Borrowed(&from.marked.canonical));
                    diff.component(name, side, Some(now));
                } else {
                    diff.kept.push(name.to_owned());
                }
                (from.spec.clone(), from.marked.digest, from.marked.bytes)
            }
            (Became::Changed(changed), _) => {
                let (after, marked) = *changed;
                let now = (&after, Cow::Borrowed(&marked.canonical));
                diff.component(name, side, Some(now));
                (after, marked.digest, marked.bytes)
            }
            (Became::Gone, _) | (Became::Kept, None) => {
                diff.component(name, side, None);
                continue;
            }
        };
        bytes += length + name.len() + notes::AROUND_COMPONENT;
        marks.push((name, digest));
        outcome.components.insert(name.to_owned(), after);
    }
    outcome.deployment_policies = policies(base.policies(), layers);
    diff.policies(present.policies(), outcome.deployment_policies.as_ref());
    let digest = digest::of_marks(marks.into_iter(), outcome.deployment_policies.as_ref());
    bytes += outcome
        .deployment_policies
        .as_ref()
        .map_or(0, |policies| digest::plain(policies).len());
    rest(
        base,
        layers,
        target.kind,
        &lookup,
        &mut outcome,
        &mut findings,
    );
    notes::of(&outcome, bytes, target.kind, &mut findings);
    Planned {
        outcome,
        digest,
        diff,
        findings,
        bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
    }
}

fn policies(
    present: Option<&DeploymentPolicies>,
    layers: &[&Compiled],
) -> Option<DeploymentPolicies> {
    layers
        .iter()
        .filter_map(|layer| layer.policies.as_ref())
        .fold(present.cloned(), |before, new| {
            Some(before.unwrap_or_default().with(new))
        })
        .filter(|policies| present.is_some() || *policies != DeploymentPolicies::default())
}

/// Name, job, parent and tags: what does not reach the device's components.
fn rest<'v>(
    present: &Prepared,
    layers: &[&Compiled],
    kind: TargetKind,
    lookup: &dyn Fn(&str) -> Option<&'v str>,
    outcome: &mut DeploymentDocument,
    findings: &mut Vec<PlanFinding>,
) {
    let before = &present.rest;
    outcome.deployment_name.clone_from(&before.deployment_name);
    outcome
        .iot_job_configuration
        .clone_from(&before.iot_job_configuration);
    outcome
        .parent_target_arn
        .clone_from(&before.parent_target_arn);
    outcome.tags.clone_from(&before.tags);
    if let Some(name) = layers.iter().rev().find_map(|layer| layer.name.as_ref()) {
        let mut missing = BTreeSet::new();
        let name = name.fill(lookup, &mut missing);
        for missing in &missing {
            findings.push(no_value(None, missing));
        }
        let length = name.chars().count();
        if missing.is_empty() && !(1..=NAME_CHARS).contains(&length) {
            let message = format!(
                "The deployment's name has {length} characters. Give it 1 to {NAME_CHARS}, or none."
            );
            findings.push(PlanFinding::whole(Code::BadDeploymentName, message));
        }
        outcome.deployment_name = Some(name);
    }
    if let Some(job) = layers.iter().rev().find_map(|layer| layer.job.as_ref()) {
        if kind == TargetKind::ThingGroup {
            outcome.iot_job_configuration = Some(job.clone());
        } else {
            let message = "Rate, abort and timeout of a job count for thing groups only; this target is a core \
                           device, which gets its deployment at once."
                .to_owned();
            findings.push(PlanFinding::whole(Code::JobOnlyForGroups, message));
        }
    }
}
