//! ListEffectiveDeployments: what a core device has to do with deployments, newest first.

use serde_json::{Map, Value};

use super::call::{Call, seconds};
use super::deployments::{Seen, Which};
use super::ledger::Target;
use super::refusal::Answer;
use super::version;

/// Nuclei below this report no error stack ("Detailed deployment error codes": from 2.8.0).
const STACKS_FROM: &str = "2.8.0";

impl Call<'_> {
    pub(crate) fn list_effective_deployments(&self, name: &str) -> Answer {
        let thing = self.core(name)?;
        let page = self.page(50, 100)?;
        let made = self.ledger.of_thing(thing).iter().rev();
        let mut entries: Vec<Value> = made
            .filter_map(|ordinal| self.effective_made(*ordinal, thing))
            .collect();
        let of_groups = self.seeded_groups_of(thing).into_iter().map(Target::Group);
        let mut seeded: Vec<Seen> = of_groups
            .chain([Target::Thing(thing)])
            .filter_map(|target| self.seeded_for(&target))
            .collect();
        seeded.sort_by_key(|seen| std::cmp::Reverse(seen.created_ms));
        entries.extend(seeded.iter().map(|seen| {
            let done = match seen.target {
                Target::Thing(_) => "COMPLETED",
                Target::Group(_) => "SUCCEEDED",
            };
            // Seeded long ago: a minute and a half after it was made, each device was done.
            let times = (seen.created_ms, seen.created_ms + 90_000);
            Value::Object(self.effective(seen, done, times, Some("SUCCESSFUL")))
        }));
        Ok(self.paged("effectiveDeployments", page, entries))
    }

    fn effective_made(&self, ordinal: u32, thing: u32) -> Option<Value> {
        let made = self.ledger.get(ordinal)?;
        let seen = self.see(Which::Made(ordinal))?;
        let execution = made.executions.get(&thing)?;
        let (status, since_ms) = made.status(execution, &self.ledger.troubles, self.now)?;
        let trouble = execution
            .mark
            .filter(|mark| self.now >= mark.ended_ms)
            .and_then(|mark| self.ledger.trouble(mark.trouble?));
        let reason = match (status.place(), trouble) {
            (_, Some(trouble)) => Some(trouble.reason.as_str()),
            (Some(0), None) => Some("SUCCESSFUL"),
            _ => None,
        };
        let word = status.effective(&made.target);
        let mut entry = self.effective(&seen, word, (execution.queued_ms, since_ms), reason);
        let tells =
            version::version(self.nucleus_of(thing).as_str()) >= version::version(STACKS_FROM);
        if let Some(trouble) = trouble.filter(|trouble| tells && !trouble.stack.is_empty()) {
            let mut details = Map::new();
            details.insert("errorStack".to_owned(), trouble.stack.clone().into());
            details.insert("errorTypes".to_owned(), trouble.types.clone().into());
            entry.insert("statusDetails".to_owned(), Value::Object(details));
        }
        Some(Value::Object(entry))
    }

    fn effective(
        &self,
        seen: &Seen,
        status: &str,
        (created_ms, modified_ms): (i64, i64),
        reason: Option<&str>,
    ) -> Map<String, Value> {
        let mut entry = Map::new();
        entry.insert("deploymentId".to_owned(), seen.id.as_str().into());
        entry.insert("deploymentName".to_owned(), seen.name.as_str().into());
        if let Some(job) = &seen.job {
            entry.insert("iotJobId".to_owned(), job.as_str().into());
            entry.insert("iotJobArn".to_owned(), self.fixed.place.job(job).into());
        }
        entry.insert("targetArn".to_owned(), self.target_arn(&seen.target).into());
        entry.insert("coreDeviceExecutionStatus".to_owned(), status.into());
        if let Some(reason) = reason {
            entry.insert("reason".to_owned(), reason.into());
        }
        entry.insert("creationTimestamp".to_owned(), seconds(created_ms));
        entry.insert("modifiedTimestamp".to_owned(), seconds(modified_ms));
        entry
    }
}
