//! The jobs that carry deployments to thing groups.

use serde_json::{Map, Value, json};

use super::{invalid, not_found};
use crate::greengrass::ids::Named;
use crate::greengrassv2::call::{Call, seconds};
use crate::greengrassv2::course::Status;
use crate::greengrassv2::deployments::{Seen, Which};
use crate::greengrassv2::ledger::{Deployment, Execution, Stop};
use crate::greengrassv2::refusal::{Answer, Refusal};

impl Call<'_> {
    /// The deployment of a job.
    fn job(&self, id: &str) -> Result<Seen, Refusal> {
        let which = match self.fixed.ids.read(id) {
            Some(Named::GroupDeployment { index, job: true }) => Some(Which::OfGroup(index)),
            Some(Named::Made { ordinal, job: true }) => Some(Which::Made(ordinal)),
            _ => None,
        };
        which
            .and_then(|which| self.see(which))
            .filter(|seen| seen.job.as_deref() == Some(id))
            .ok_or_else(|| not_found(format!("Job with ID: {id} does not exist.")))
    }

    fn made(&self, seen: &Seen) -> Option<&Deployment> {
        match seen.which {
            Which::Made(ordinal) => self.ledger.get(ordinal),
            _ => None,
        }
    }

    /// Status and times of an execution: seeded jobs have long succeeded.
    fn execution(&self, made: &Deployment, execution: &Execution) -> Option<(Status, i64)> {
        made.status(execution, &self.ledger.troubles, self.now)
    }

    pub(crate) fn describe_job(&self, id: &str) -> Answer {
        self.allow("iot:DescribeJob", &self.fixed.place.job(id))?;
        let seen = self.job(id)?;
        let made = self.made(&seen);
        let stopped = made.and_then(|made| made.stopped);
        let canceled = stopped.is_some() || seen.status == "CANCELED" || seen.status == "INACTIVE";
        let mut counts = [0_u32; 7];
        match made {
            Some(made) => {
                for execution in made.executions.values() {
                    if let Some((status, _)) = self.execution(made, execution)
                        && let Some(count) = counts.get_mut(place(status))
                    {
                        *count += 1;
                    }
                }
            }
            None => {
                let members = self.seeded_members(&seen);
                counts = [0, 0, u32::try_from(members.len()).unwrap_or(0), 0, 0, 0, 0];
            }
        }
        let [
            queued,
            working,
            succeeded,
            failed,
            rejected,
            timed_out,
            stopped_things,
        ] = counts;
        let document: Value = serde_json::from_str(&seen.document).unwrap_or_default();
        let config = document
            .get("iotJobConfiguration")
            .cloned()
            .unwrap_or_default();
        let mut job = Map::new();
        job.insert("jobArn".to_owned(), self.fixed.place.job(id).into());
        job.insert("jobId".to_owned(), id.into());
        job.insert("targetSelection".to_owned(), "CONTINUOUS".into());
        let status = if canceled { "CANCELED" } else { "IN_PROGRESS" };
        job.insert("status".to_owned(), status.into());
        if let Some((_, Stop::Aborted)) = stopped {
            job.insert("reasonCode".to_owned(), "ABORT_CRITERIA_MET".into());
        }
        job.insert("targets".to_owned(), json!([self.target_arn(&seen.target)]));
        job.insert(
            "description".to_owned(),
            format!("Deployment {}", seen.id).into(),
        );
        for member in ["jobExecutionsRolloutConfig", "abortConfig", "timeoutConfig"] {
            if let Some(value) = config.get(member) {
                job.insert(member.to_owned(), value.clone());
            }
        }
        let changed_ms = stopped.map_or(seen.created_ms, |(at_ms, _)| at_ms);
        job.insert("createdAt".to_owned(), seconds(seen.created_ms));
        job.insert("lastUpdatedAt".to_owned(), seconds(changed_ms));
        if canceled {
            job.insert("completedAt".to_owned(), seconds(changed_ms));
        }
        let details = json!({
            "numberOfCanceledThings": stopped_things,
            "numberOfSucceededThings": succeeded,
            "numberOfFailedThings": failed,
            "numberOfRejectedThings": rejected,
            "numberOfQueuedThings": queued,
            "numberOfInProgressThings": working,
            "numberOfRemovedThings": 0,
            "numberOfTimedOutThings": timed_out,
        });
        job.insert("jobProcessDetails".to_owned(), details);
        job.insert("isConcurrent".to_owned(), false.into());
        Ok(json!({ "job": job }))
    }

    fn seeded_members(&self, seen: &Seen) -> Vec<u32> {
        match &seen.target {
            crate::greengrassv2::ledger::Target::Group(name) => (0..self.fixed.cores.count)
                .filter(|thing| self.seeded_groups_of(*thing).contains(name))
                .collect(),
            crate::greengrassv2::ledger::Target::Thing(thing) => vec![*thing],
        }
    }

    pub(crate) fn cancel_job(&mut self, id: &str) -> Answer {
        self.allow("iot:CancelJob", &self.fixed.place.job(id))?;
        let seen = self.job(id)?;
        if seen.status != "ACTIVE" {
            return Err(invalid(format!(
                "Job {id} cannot be canceled: it is no longer in progress."
            )));
        }
        self.cancel(&seen)?;
        Ok(json!({ "jobArn": self.fixed.place.job(id), "jobId": id }))
    }

    pub(crate) fn list_job_executions_for_job(&self, id: &str) -> Answer {
        self.allow("iot:ListJobExecutionsForJob", &self.fixed.place.job(id))?;
        let seen = self.job(id)?;
        let page = self.page(50, 250)?;
        let wanted = self
            .request
            .query_value("status")
            .filter(|status| !status.is_empty());
        let first = u32::try_from(page.from).unwrap_or(u32::MAX);
        let mut entries = Vec::new();
        let mut next = None;
        for (thing, status, times) in self.executions(&seen, first) {
            if wanted.is_some_and(|wanted| wanted != status.of_job()) {
                continue;
            }
            if entries.len() == page.size {
                next = Some(u64::from(thing));
                break;
            }
            let arn = self.fixed.place.thing(&self.thing_name(thing));
            entries.push(json!({ "thingArn": arn, "jobExecutionSummary": summary(status, times) }));
        }
        Ok(self.listed("executionSummaries", entries, next))
    }

    /// Executions from a thing on: thing, status, and when it was queued, taken and last changed.
    fn executions<'a>(
        &'a self,
        seen: &Seen,
        first: u32,
    ) -> Box<dyn Iterator<Item = (u32, Status, Times)> + 'a> {
        match self.made(seen) {
            Some(made) => Box::new(made.executions.range(first..).filter_map(
                |(thing, execution)| {
                    let (status, since_ms) = self.execution(made, execution)?;
                    Some((*thing, status, Times::of(execution, since_ms)))
                },
            )),
            None => {
                let times = Times {
                    queued_ms: seen.created_ms,
                    taken_ms: Some(seen.created_ms + 10_000),
                    changed_ms: seen.created_ms + 90_000,
                };
                let members = self.seeded_members(seen).into_iter();
                Box::new(
                    members
                        .filter(move |thing| *thing >= first)
                        .map(move |thing| (thing, Status::Succeeded, times)),
                )
            }
        }
    }

    pub(crate) fn describe_job_execution(&self, name: &str, id: &str) -> Answer {
        self.allow("iot:DescribeJobExecution", &self.fixed.place.thing(name))?;
        let seen = self.job(id)?;
        let missing = || {
            not_found(format!(
                "Job execution of {name} for job {id} does not exist."
            ))
        };
        let thing = self.thing(name).ok_or_else(missing)?;
        let (_, status, times) = self
            .executions(&seen, thing)
            .next()
            .filter(|(found, ..)| *found == thing)
            .ok_or_else(missing)?;
        let Value::Object(mut execution) = summary(status, times) else {
            return Err(Refusal::internal("no execution"));
        };
        execution.insert("jobId".to_owned(), id.into());
        execution.insert("thingArn".to_owned(), self.fixed.place.thing(name).into());
        execution.insert("versionNumber".to_owned(), 1.into());
        execution.insert("forceCanceled".to_owned(), false.into());
        execution.remove("retryAttempt");
        let mark = self
            .made(&seen)
            .and_then(|made| made.executions.get(&thing)?.mark);
        let trouble = mark
            .filter(|mark| self.now >= mark.ended_ms)
            .and_then(|mark| self.ledger.trouble(mark.trouble?));
        if let Some(trouble) = trouble {
            // As the nucleus reports to its job: lists as texts.
            let details = json!({
                "deployment-failure-cause": trouble.reason,
                "deployment-error-stack": format!("[{}]", trouble.stack.join(", ")),
                "deployment-error-types": format!("[{}]", trouble.types.join(", ")),
            });
            execution.insert("statusDetails".to_owned(), json!({ "detailsMap": details }));
        }
        Ok(json!({ "execution": execution }))
    }
}

/// When an execution was queued, taken and last changed.
#[derive(Debug, Clone, Copy)]
struct Times {
    queued_ms: i64,
    taken_ms: Option<i64>,
    changed_ms: i64,
}

impl Times {
    fn of(execution: &Execution, changed_ms: i64) -> Self {
        Self {
            queued_ms: execution.queued_ms,
            taken_ms: execution.mark.map(|mark| mark.taken_ms),
            changed_ms,
        }
    }
}

fn summary(status: Status, times: Times) -> Value {
    let mut summary = Map::new();
    summary.insert("status".to_owned(), status.of_job().into());
    summary.insert("queuedAt".to_owned(), seconds(times.queued_ms));
    if let Some(taken_ms) = times.taken_ms {
        summary.insert("startedAt".to_owned(), seconds(taken_ms));
    }
    summary.insert("lastUpdatedAt".to_owned(), seconds(times.changed_ms));
    summary.insert("executionNumber".to_owned(), 1.into());
    summary.insert("retryAttempt".to_owned(), 0.into());
    Value::Object(summary)
}

/// The place of a status in the counts of a job.
fn place(status: Status) -> usize {
    match status {
        Status::Queued => 0,
        Status::InProgress => 1,
        Status::Succeeded => 2,
        Status::Failed => 3,
        Status::Rejected => 4,
        Status::TimedOut => 5,
        Status::Canceled => 6,
    }
}
