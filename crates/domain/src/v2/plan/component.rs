//! One component: its present specification with what the layers want put over it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::{
    digest::{self, Canonical, Marked},
    document::{ComponentSpec, ConfigurationUpdate},
    finding::{PlanFinding, PlanFindingCode as Code},
    intent::{self, Op, Set},
    json::{self, Taken},
    kinds::{OtherKind, other_kinds},
    pin,
};

/// Gives the value of a name for the target at hand.
pub(crate) type Lookup<'a, 'v> = &'a dyn Fn(&str) -> Option<&'v str>;

/// A component of a present document, its merge read once.
#[derive(Debug)]
pub(crate) struct PresentSpec {
    pub(crate) spec: ComponentSpec,
    pub(crate) marked: Marked,
    /// The merge as an object, empty where there is none; `None` where it is no object.
    merge: Option<Map<String, Value>>,
}

impl PresentSpec {
    pub(crate) fn new(spec: ComponentSpec) -> Self {
        let merge = match merge_text(&spec) {
            Some(text) => json::object(text),
            None => Some(Map::new()),
        };
        let canonical = match &merge {
            Some(map) => Canonical::with(&spec, digest::object(map)),
            None => Canonical::of(&spec),
        };
        Self {
            marked: digest::marked(&spec, canonical),
            spec,
            merge,
        }
    }
}

fn merge_text(spec: &ComponentSpec) -> Option<&str> {
    spec.configuration_update.as_ref()?.merge.as_deref()
}

/// What all layers together want of one component.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// Whether the present one counts no more.
    removed: bool,
    sets: Vec<&'a Set>,
}

impl<'a> Wanted<'a> {
    /// Puts a later layer's word over the earlier ones'.
    pub(crate) fn then(&mut self, op: &'a Op) {
        match op {
            Op::Keep => *self = Self::default(),
            Op::Remove => {
                self.removed = true;
                self.sets.clear();
            }
            Op::Set(set) => self.sets.push(set),
        }
    }
}

/// What came of a component.
#[derive(Debug)]
pub(crate) enum Became {
    /// Nothing was changed.
    Kept,
    /// It is not there.
    Gone,
    /// It is now this.
    Changed(Box<(ComponentSpec, Marked)>),
}

/// Tells what becomes of a component.
pub(crate) fn become_of(
    name: &str,
    present: Option<&PresentSpec>,
    wanted: &Wanted<'_>,
    lookup: Lookup<'_, '_>,
    findings: &mut Vec<PlanFinding>,
) -> Became {
    if wanted.removed && present.is_none() && wanted.sets.is_empty() {
        let message = format!("{name} is to be removed, but the deployment does not have it.");
        findings.push(PlanFinding::of(Code::RemoveAbsent, name, message));
    }
    let base = present.filter(|_| !wanted.removed);
    // What is for targets that have the component counts where it is there, or where any layer adds it: a later one as
    // well, or planning again on the outcome would come to something else.
    let there = base.is_some() || wanted.sets.iter().any(|set| !set.where_present);
    let sets = if there { wanted.sets.as_slice() } else { &[] };
    if sets.is_empty() {
        return match (present, base) {
            (Some(_), None) => Became::Gone,
            _ => Became::Kept,
        };
    }
    let mut working = Working::on(name, base, findings);
    for set in sets {
        working.put(set, lookup);
    }
    working.done()
}

struct Working<'a> {
    name: &'a str,
    base: Option<&'a PresentSpec>,
    findings: &'a mut Vec<PlanFinding>,
    version: Option<String>,
    /// The configuration, once it is no longer the present one.
    merge: Option<Map<String, Value>>,
    reset: Vec<String>,
    run_with: Option<super::super::document::RunWith>,
    missing: BTreeSet<String>,
    refused: bool,
}

impl<'a> Working<'a> {
    fn on(
        name: &'a str,
        base: Option<&'a PresentSpec>,
        findings: &'a mut Vec<PlanFinding>,
    ) -> Self {
        let spec = base.map(|base| &base.spec);
        Self {
            name,
            base,
            findings,
            version: spec.map(|spec| spec.component_version.clone()),
            merge: None,
            reset: spec
                .and_then(|spec| spec.configuration_update.as_ref())
                .map_or_else(Vec::new, |update| update.reset.clone()),
            run_with: spec.and_then(|spec| spec.run_with.clone()),
            missing: BTreeSet::new(),
            refused: false,
        }
    }

    fn put(&mut self, set: &Set, lookup: Lookup<'_, '_>) {
        if let Some(version) = &set.version {
            let before = self.missing.len();
            let version = version.fill(lookup, &mut self.missing);
            if self.missing.len() == before && !pin::is_exact(&version) {
                self.refuse(intent::not_exact(self.name, &version));
            }
            self.version = Some(version);
        }
        if let Some(run_with) = &set.run_with {
            self.run_with = Some(run_with.clone());
        }
        for (text, path) in &set.reset {
            self.reset(text, path);
        }
        if let Some(shape) = &set.merge
            && let Value::Object(new) = shape.fill(lookup, &mut self.missing)
            && !new.is_empty()
            && let Some(merge) = self.merge()
        {
            let other = other_kinds(merge, &new);
            json::merge(merge, new);
            for other in other {
                self.other_kind(&other);
            }
        }
    }

    fn other_kind(&mut self, OtherKind { path, was, gets }: &OtherKind) {
        let message = format!(
            "{path} of {} is {was} in the configuration over which it is merged, and becomes {gets}. Check that the \
             component takes that.",
            self.name
        );
        let finding = PlanFinding::of(Code::OtherKind, self.name, message);
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// The device resets before it merges: what is reset must not be merged again, so it leaves the present merge.
    fn reset(&mut self, text: &str, path: &[String]) {
        if let Some(merge) = self.merge()
            && json::take(merge, path) == Taken::InList
        {
            let message = format!(
                "{text} leads into a list of {}: a device resets whole lists only.",
                self.name
            );
            self.findings
                .push(PlanFinding::of(Code::ResetInList, self.name, message));
        }
        if path.is_empty() {
            // Everything is asked for with one empty path and no other (guide, "Reset updates").
            self.reset.clear();
        } else if self.reset.iter().any(String::is_empty) {
            return;
        }
        if !self.reset.iter().any(|present| present == text) {
            self.reset.push(text.to_owned());
        }
    }

    /// The configuration to change; `None` where the present one cannot be read.
    fn merge(&mut self) -> Option<&mut Map<String, Value>> {
        if self.merge.is_none() {
            let present = match self.base {
                None => Some(Map::new()),
                Some(base) => base.merge.clone(),
            };
            if present.is_none() {
                let message = format!(
                    "The present configuration of {} is no JSON object, so nothing can be merged over it. Remove the \
                     component and set it anew, or mend the deployment first.",
                    self.name
                );
                self.refuse(PlanFinding::of(
                    Code::PresentMergeUnreadable,
                    self.name,
                    message,
                ));
            } else if let Some(number) = self
                .base
                .and_then(|base| merge_text(&base.spec))
                .and_then(json::rounded_number)
            {
                self.findings.push(intent::rounded(self.name, number));
            }
            self.merge = present;
        }
        self.merge.as_mut()
    }

    fn refuse(&mut self, finding: PlanFinding) {
        self.refused = true;
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    fn done(mut self) -> Became {
        for missing in std::mem::take(&mut self.missing) {
            self.refuse(no_value(Some(self.name), &missing));
        }
        let Some(component_version) = self.version.take() else {
            self.refuse(PlanFinding::of(
                Code::VersionMissing,
                self.name,
                format!(
                    "The deployment does not have {} yet, and no version of it is given. Give one, or change the \
                     component only where it is present.",
                    self.name
                ),
            ));
            return Became::Kept;
        };
        // What cannot be deployed is not made up: the present component stands, beside the finding.
        if self.refused {
            return Became::Kept;
        }
        let (merge, canonical) = self.merged();
        let update = ConfigurationUpdate {
            merge,
            reset: self.reset,
        };
        let changed = ComponentSpec {
            component_version,
            configuration_update: (update != ConfigurationUpdate::default()).then_some(update),
            run_with: self.run_with,
        };
        if self.base.is_some_and(|base| base.spec == changed) {
            return Became::Kept;
        }
        let canonical = Canonical::with(&changed, canonical);
        let marked = digest::marked(&changed, canonical);
        Became::Changed(Box::new((changed, marked)))
    }

    /// The merge's text, and its canonical form. The text is the present one where the configuration has not changed, so
    /// that nothing is rewritten without need.
    fn merged(&mut self) -> (Option<String>, Option<String>) {
        let present = self.base.map(|base| {
            let text = merge_text(&base.spec).map(str::to_owned);
            (text, base.marked.canonical.merge.clone())
        });
        let unchanged = match (&self.merge, self.base) {
            (None, _) => true,
            (Some(merge), Some(base)) => base.merge.as_ref() == Some(merge),
            (Some(_), None) => false,
        };
        if unchanged {
            return present.unwrap_or_default();
        }
        let text = self.merge.take().as_ref().and_then(digest::object);
        (text.clone(), text)
    }
}

pub(crate) fn no_value(component: Option<&str>, name: &str) -> PlanFinding {
    let place = component.map_or_else(
        || "The deployment's name".to_owned(),
        |component| format!("The change of {component}"),
    );
    let message = format!(
        "{place} wants {{{name}}}, for which this target has no value. Add a column {name} to its row, or write \
         {{{{{name}}} if the braces are meant."
    );
    PlanFinding {
        code: Code::UnknownTemplate,
        component: component.map(str::to_owned),
        message,
    }
}
