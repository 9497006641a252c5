//! What is on a device now: the deployments that it carried out, and the components that follow from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::call::{Call, seconds};
use super::ledger::{Mark, Target};
use super::refusal::{Answer, Refusal};
use super::resolve::{Platform, Wanted};
use super::troubles::Way;

const NUCLEUS: &str = "aws.greengrass.Nucleus";

/// A deployment that a device carried out last for one of its targets.
#[derive(Debug, Clone)]
pub(crate) struct Applied {
    pub(crate) target: Target,
    pub(crate) document: Arc<str>,
    pub(crate) at_ms: i64,
    /// A component that broke, with its status code, where nothing was rolled back.
    pub(crate) broken: Option<(String, String)>,
}

impl Call<'_> {
    /// What the device carried out last, by target: its own, and those of its thing groups.
    pub(crate) fn applied(&self, thing: u32) -> Vec<Applied> {
        let mut found: Vec<Applied> = Vec::new();
        for ordinal in self.ledger.of_thing(thing).iter().rev() {
            let Some(made) = self.ledger.get(*ordinal) else {
                continue;
            };
            let mark = made
                .executions
                .get(&thing)
                .and_then(|execution| execution.mark);
            let Some(mark) = mark.filter(|mark| mark.ended_ms <= self.now) else {
                continue;
            };
            if found.iter().any(|applied| applied.target == made.target)
                || !self.counts(&made.target, thing)
            {
                continue;
            }
            let Some(broken) = self.took_effect(mark, &made.document) else {
                continue;
            };
            found.push(Applied {
                target: made.target.clone(),
                document: Arc::clone(&made.document),
                at_ms: mark.ended_ms,
                broken,
            });
        }
        let of_groups = self.seeded_groups_of(thing).into_iter().map(Target::Group);
        for target in of_groups.chain([Target::Thing(thing)]) {
            if found.iter().any(|applied| applied.target == target) || !self.counts(&target, thing)
            {
                continue;
            }
            if let Some(seen) = self.seeded_for(&target) {
                found.push(Applied {
                    target,
                    document: seen.document,
                    at_ms: seen.created_ms + 90_000,
                    broken: None,
                });
            }
        }
        found
    }

    /// Whether a target still has a say about the device.
    fn counts(&self, target: &Target, thing: u32) -> bool {
        match target {
            Target::Thing(own) => *own == thing,
            Target::Group(name) => self.in_group(name, thing),
        }
    }

    /// Whether an ended deployment left its mark on the device: `None` if not, else what broke.
    #[expect(
        clippy::option_option,
        reason = "whether it did, and what broke if it did"
    )]
    fn took_effect(&self, mark: Mark, document: &str) -> Option<Option<(String, String)>> {
        let Some(trouble) = mark.trouble.and_then(|place| self.ledger.trouble(place)) else {
            return Some(None);
        };
        (trouble.way == Way::Broken && !rolls_back(document)).then(|| trouble.component.clone())
    }

    /// When the device was last done with a deployment, and whether something on it is broken since.
    pub(crate) fn last_end(&self, thing: u32) -> (i64, bool) {
        let mut last = (i64::MIN, false);
        for ordinal in self.ledger.of_thing(thing) {
            let Some(made) = self.ledger.get(*ordinal) else {
                continue;
            };
            let mark = made
                .executions
                .get(&thing)
                .and_then(|execution| execution.mark);
            if let Some(mark) =
                mark.filter(|mark| mark.ended_ms <= self.now && mark.ended_ms > last.0)
            {
                let broken = self.took_effect(mark, &made.document).flatten().is_some();
                last = (mark.ended_ms, broken);
            }
        }
        last
    }

    /// `coreVersion`: the nucleus that was deployed last, or the seeded one.
    pub(crate) fn nucleus_of(&self, thing: u32) -> String {
        let applied = self.applied(thing);
        let mut versions = applied.iter().filter_map(|applied| {
            let document: Value = serde_json::from_str(&applied.document).ok()?;
            let version =
                document.pointer("/components/aws.greengrass.Nucleus/componentVersion")?;
            Some((applied.at_ms, version.as_str()?.to_owned()))
        });
        let first = versions.next();
        let last = versions.fold(first, |last, next| last.max(Some(next)));
        last.map_or_else(
            || self.fixed.cores.nucleus(thing).to_owned(),
            |(_, version)| version,
        )
    }

    /// The platform of a core device.
    pub(crate) fn platform(&self, thing: u32) -> Platform {
        let (os, architecture) = self.fixed.cores.machine(thing);
        Platform { os, architecture }
    }

    pub(crate) fn list_installed_components(&self, name: &str) -> Answer {
        let thing = self.core(name)?;
        let page = self.page(50, 100)?;
        let roots_only = match self.request.query_value("topologyFilter") {
            None | Some("" | "ROOT") => true,
            Some("ALL") => false,
            Some(other) => {
                return Err(Refusal::field(
                    "topologyFilter",
                    format!("Value '{other}' must be one of ALL, ROOT"),
                ));
            }
        };
        let applied = self.applied(thing);
        let mut wanted = Wanted::default();
        let mut origins: BTreeMap<String, (i64, Option<String>)> = BTreeMap::new();
        for one in &applied {
            let document: Value = serde_json::from_str(&one.document).unwrap_or_default();
            wanted.add(&one.target, &document, self);
            for component in document
                .get("components")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                let status = one
                    .broken
                    .as_ref()
                    .filter(|(broken, _)| broken == component.0);
                origins.insert(
                    component.0.clone(),
                    (one.at_ms, status.map(|(_, code)| code.clone())),
                );
            }
        }
        let nucleus = self.nucleus_of(thing);
        let resolved = self.resolve(&wanted, &self.platform(thing), &nucleus, &BTreeMap::new());
        // What was carried out did resolve then; a version deleted since stays on the device all the same.
        let mut all = resolved.map(|found| found.versions).unwrap_or_default();
        for (component, version) in wanted.versions() {
            all.insert(component, version);
        }
        all.insert(NUCLEUS.to_owned(), nucleus);
        let (_, told_ms) = self.health(thing);
        let entries = all.into_iter().filter_map(|(component, version)| {
            let origin = origins.get(&component);
            let root = origin.is_some();
            if roots_only && !root {
                return None;
            }
            let seeded_ms = self.seeded_before_ms() - 86_400_000;
            let (at_ms, broken) = origin.cloned().unwrap_or((seeded_ms, None));
            Some(installed(
                &component,
                &version,
                (root, at_ms, told_ms),
                broken,
            ))
        });
        let entries = entries.collect();
        Ok(self.paged("installedComponents", page, entries))
    }
}

fn installed(
    component: &str,
    version: &str,
    (root, at_ms, told_ms): (bool, i64, i64),
    broken: Option<String>,
) -> Value {
    // Plugins and the nucleus have nothing that runs on by itself.
    let state = match (&broken, component) {
        (Some(_), _) => "BROKEN",
        (None, NUCLEUS) => "FINISHED",
        (None, _) => "RUNNING",
    };
    let mut entry = Map::new();
    entry.insert("componentName".to_owned(), component.into());
    entry.insert("componentVersion".to_owned(), version.into());
    entry.insert("lifecycleState".to_owned(), state.into());
    entry.insert("isRoot".to_owned(), root.into());
    entry.insert("lastStatusChangeTimestamp".to_owned(), seconds(at_ms));
    entry.insert(
        "lastReportedTimestamp".to_owned(),
        seconds(told_ms.max(at_ms)),
    );
    let codes: Vec<Value> = broken.into_iter().map(Value::String).collect();
    entry.insert("lifecycleStatusCodes".to_owned(), codes.into());
    Value::Object(entry)
}

/// Whether a deployment's failure is rolled back.
pub(crate) fn rolls_back(document: &str) -> bool {
    let value: Value = serde_json::from_str(document).unwrap_or_default();
    value
        .pointer("/deploymentPolicies/failureHandlingPolicy")
        .and_then(Value::as_str)
        != Some("DO_NOTHING")
}
