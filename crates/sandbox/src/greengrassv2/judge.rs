//! What becomes of a deployment on a device, decided when the device takes it, by what is there at that time.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde_json::Value;

use super::call::Call;
use super::ledger::{Deployment, Due, Entry, Stop, Target};
use super::refusal::Refusal;
use super::resolve::{Resolved, Wanted};
use super::troubles::Trouble;

/// What was found out in one go: the same for all devices.
#[derive(Debug, Default)]
struct Known {
    /// Trouble with artifacts.
    artifacts: HashMap<String, Option<Trouble>>,
    /// Components by what devices have and want.
    resolved: HashMap<String, Rc<Resolved>>,
}

impl Call<'_> {
    /// Carries out what has become due since the last request.
    pub(crate) fn advance(&mut self) -> Result<(), Refusal> {
        self.settle_components();
        let mut known = Known::default();
        let mut entries = Vec::new();
        while let Some((at_ms, deployment, thing, due)) = self.ledger.next_due(self.now) {
            match due {
                Due::Taken => self.take(at_ms, deployment, thing, &mut known, &mut entries),
                Due::Ended => self.end(at_ms, deployment, thing, &mut entries),
            }
            // Later decisions build on earlier ones.
            if !entries.is_empty() {
                self.note(std::mem::take(&mut entries))?;
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        at_ms: i64,
        deployment: u32,
        thing: u32,
        known: &mut Known,
        entries: &mut Vec<Entry>,
    ) {
        let Some(made) = self.ledger.get(deployment) else {
            return;
        };
        let stopped = made.stopped.is_some_and(|(stop, _)| stop <= at_ms);
        let waiting = made
            .executions
            .get(&thing)
            .is_some_and(|execution| execution.mark.is_none());
        if stopped || !waiting || self.state.gone_cores.contains(&thing) {
            return;
        }
        // A device works on one deployment at a time.
        let others = self
            .ledger
            .of_thing(thing)
            .iter()
            .filter(|other| **other != deployment);
        let ends = others.filter_map(|other| {
            let mark = self.ledger.get(*other)?.executions.get(&thing)?.mark?;
            (mark.taken_ms <= at_ms && at_ms < mark.ended_ms).then_some(mark.ended_ms)
        });
        if let Some(free_ms) = ends.max() {
            self.ledger.put_off(free_ms + 1, deployment, thing);
            return;
        }
        let document = made.document.clone();
        let trouble = self.judge(deployment, made, thing, known);
        let pace = &self.fixed.pace;
        let mut working_s = pace.working_s(deployment, thing);
        let value: Value = serde_json::from_str(&document).unwrap_or_default();
        let limit = value.pointer("/iotJobConfiguration/timeoutConfig/inProgressTimeoutInMinutes");
        let limit_s = limit.and_then(Value::as_f64).map(|minutes| minutes * 60.0);
        let trouble = match limit_s {
            Some(limit_s) if limit_s < working_s => {
                working_s = limit_s;
                Some(Trouble::timed_out())
            }
            _ => trouble,
        };
        let place = trouble.map(|trouble| match self.ledger.place_of(&trouble) {
            Some(place) => place,
            None => {
                entries.push(Entry::Trouble(Box::new(trouble)));
                u32::try_from(self.ledger.troubles.len()).unwrap_or(u32::MAX)
            }
        });
        entries.push(Entry::Judged {
            deployment,
            thing,
            taken_ms: at_ms,
            ended_ms: pace.after_ms(at_ms, working_s),
            trouble: place,
        });
    }

    /// Counts an execution that ended, and stops the job where its abort criteria say so.
    fn end(&mut self, at_ms: i64, deployment: u32, thing: u32, entries: &mut Vec<Entry>) {
        let status = self.ledger.get(deployment).and_then(|made| {
            let execution = made.executions.get(&thing)?;
            made.status(execution, &self.ledger.troubles, at_ms)
        });
        let Some(kind) = status.and_then(|(status, _)| status.place()) else {
            return;
        };
        let Some(made) = self.ledger.count(deployment, kind) else {
            return;
        };
        if made.stopped.is_none() && kind > 0 && aborts(made) {
            entries.push(Entry::Stopped {
                deployment,
                at_ms,
                why: Stop::Aborted,
            });
        }
    }

    /// What goes wrong, if anything: first what is truly wrong, then what is drawn.
    fn judge(
        &self,
        ordinal: u32,
        made: &Deployment,
        thing: u32,
        known: &mut Known,
    ) -> Option<Trouble> {
        let mut wanted = Wanted::default();
        let mut installed = BTreeMap::new();
        for applied in self.applied(thing) {
            let document: Value = serde_json::from_str(&applied.document).unwrap_or_default();
            let mut before = Wanted::default();
            before.add(&applied.target, &document, self);
            installed.extend(before.versions());
            if applied.target != made.target {
                wanted.add(&applied.target, &document, self);
            }
        }
        let document: Value = serde_json::from_str(&made.document).unwrap_or_default();
        wanted.add(&made.target, &document, self);
        let platform = self.platform(thing);
        let nucleus = self.nucleus_of(thing);
        let versions = wanted.all_versions();
        let alike = format!("{versions:?} {platform:?} {nucleus} {installed:?}");
        let resolved = match known.resolved.get(&alike) {
            Some(resolved) => Rc::clone(resolved),
            None => match self.resolve(&wanted, &platform, &nucleus, &installed) {
                Ok(resolved) => {
                    let resolved = Rc::new(resolved);
                    known.resolved.insert(alike, Rc::clone(&resolved));
                    resolved
                }
                Err(trouble) => return Some(*trouble),
            },
        };
        for (component, recipe) in &resolved.recipes {
            if installed.get(component) == Some(&recipe.version) {
                continue;
            }
            let manifest = recipe.manifest_for(platform.os, platform.architecture);
            for (uri, digest) in manifest
                .into_iter()
                .flat_map(|manifest| &manifest.artifacts)
            {
                let key = format!("{component} {} {uri}", recipe.version);
                let artifact = (uri.as_str(), component.as_str(), recipe.version.as_str());
                let found = known
                    .artifacts
                    .entry(key)
                    .or_insert_with(|| self.download(artifact, digest.as_deref(), &resolved));
                if let Some(trouble) = found {
                    return Some(trouble.clone());
                }
            }
        }
        let rolls_back = super::present::rolls_back(&made.document);
        self.missing_secret(&wanted, &resolved, rolls_back)
            .or_else(|| self.drawn(ordinal, made, thing, &document))
    }
}

/// Whether a job's abort criteria are met.
fn aborts(made: &Deployment) -> bool {
    if !matches!(made.target, Target::Group(_)) {
        return false;
    }
    let document: Value = serde_json::from_str(&made.document).unwrap_or_default();
    let criteria = document.pointer("/iotJobConfiguration/abortConfig/criteriaList");
    let [_, failed, rejected, timed_out] = made.tally;
    let executed: u32 = made.tally.iter().sum();
    criteria
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .any(|criterion| {
            let count = match criterion.get("failureType").and_then(Value::as_str) {
                Some("FAILED") => failed,
                Some("REJECTED") => rejected,
                Some("TIMED_OUT") => timed_out,
                _ => failed + rejected + timed_out,
            };
            let number = |member: &str| criterion.get(member).and_then(Value::as_f64);
            let least = number("minNumberOfExecutedThings").unwrap_or(1.0);
            let threshold = number("thresholdPercentage").unwrap_or(100.0);
            f64::from(executed) >= least
                && f64::from(count) * 100.0 >= threshold * f64::from(executed)
        })
}
