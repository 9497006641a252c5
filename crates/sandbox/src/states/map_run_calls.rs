//! Map runs looked at and adjusted.

use serde_json::{Map, Value, json};

use super::call::{Call, listed, text};
use super::model::{MapRun, Status};
use super::refusal::{Answer, Refusal};

impl Call<'_, '_> {
    pub(super) fn map_run_number(&self, arn: &str) -> Result<usize, Refusal> {
        if !arn.contains(":mapRun:") {
            return Err(Refusal::new("InvalidArn", format!("Invalid Arn: '{arn}'")));
        }
        let found = self
            .run
            .state
            .map_runs
            .iter()
            .position(|map_run| map_run.arn == arn);
        found.ok_or_else(|| Refusal::no_resource(arn))
    }

    pub(super) fn list_map_runs(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = text(fields, "executionArn")?;
        self.allow("ListMapRuns", arn)?;
        let state = &self.run.state;
        let (id, execution) = state
            .executions
            .iter()
            .find(|(_, known)| known.arn == arn)
            .ok_or_else(|| Refusal::no_execution(arn))?;
        let runs = state
            .map_runs
            .iter()
            .rev()
            .filter(|map_run| map_run.execution == *id);
        let entries: Vec<Value> = runs
            .map(|map_run| {
                let mut entry = json!({
                    "executionArn": arn,
                    "mapRunArn": map_run.arn,
                    "stateMachineArn": format!("{}/{}", execution.machine_arn, map_run.label),
                    "startDate": super::moment(map_run.started_ms),
                });
                put_end(&mut entry, map_run);
                entry
            })
            .collect();
        let (page, next) = Self::page(fields, &entries)?;
        Ok(listed("mapRuns", page, next))
    }

    pub(super) fn describe_map_run(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = text(fields, "mapRunArn")?;
        self.allow("DescribeMapRun", arn)?;
        let number = self.map_run_number(arn)?;
        let state = &self.run.state;
        let map_run = state
            .map_runs
            .get(number)
            .ok_or_else(|| Refusal::no_resource(arn))?;
        let execution = state.executions.get(&map_run.execution);
        let counts = counts(map_run);
        let mut answer = json!({
            "mapRunArn": arn,
            "executionArn": execution.map(|execution| execution.arn.as_str()).unwrap_or_default(),
            "status": map_run.end.map_or("RUNNING", |(status, _)| status.name()),
            "startDate": super::moment(map_run.started_ms),
            "maxConcurrency": map_run.max_concurrency,
            "toleratedFailurePercentage": map_run.tolerated_percentage.unwrap_or(0.0),
            "toleratedFailureCount": map_run.tolerated_count.unwrap_or(0),
            "itemCounts": counts,
            "executionCounts": counts,
            "redriveCount": 0,
        });
        put_end(&mut answer, map_run);
        Ok(answer)
    }

    pub(super) fn update_map_run(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = text(fields, "mapRunArn")?;
        self.allow("UpdateMapRun", arn)?;
        let number = self.map_run_number(arn)?;
        let figure = |member: &str| match fields.get(member) {
            None => Ok(None),
            Some(value) => value
                .as_f64()
                .filter(|value| *value >= 0.0)
                .map(Some)
                .ok_or_else(|| {
                    Refusal::validation(format!("Value at '{member}' must be a number from 0"))
                }),
        };
        let concurrency = whole(figure("maxConcurrency")?);
        let share = figure("toleratedFailurePercentage")?;
        let count = whole(figure("toleratedFailureCount")?);
        if share.is_some_and(|share| share > 100.0) {
            return Err(Refusal::validation(
                "toleratedFailurePercentage is at most 100",
            ));
        }
        let Some(map_run) = self.run.map_run(number) else {
            return Err(Refusal::no_resource(arn));
        };
        if map_run.end.is_some() {
            return Err(Refusal::validation(
                "A map run that has ended cannot be updated.",
            ));
        }
        if let Some(concurrency) = concurrency {
            map_run.max_concurrency = concurrency;
        }
        map_run.tolerated_percentage = share.or(map_run.tolerated_percentage);
        map_run.tolerated_count = count.or(map_run.tolerated_count);
        self.run.fill_map_run(number);
        Ok(json!({}))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative; a cast saturates"
)]
fn whole(figure: Option<f64>) -> Option<u64> {
    figure.map(|figure| figure as u64)
}

fn put_end(entry: &mut Value, map_run: &MapRun) {
    if let (Some((_, at)), Some(members)) = (map_run.end, entry.as_object_mut()) {
        members.insert("stopDate".to_owned(), super::moment(at));
    }
}

/// Items and children are the same: a child has one item.
fn counts(map_run: &MapRun) -> Value {
    json!({
        "pending": map_run.total.saturating_sub(map_run.next),
        "running": map_run.running.len(),
        "succeeded": map_run.count(Status::Succeeded),
        "failed": map_run.count(Status::Failed),
        "timedOut": map_run.count(Status::TimedOut),
        "aborted": map_run.count(Status::Aborted),
        "total": map_run.total,
        "resultsWritten": map_run.written,
        "failuresNotRedrivable": 0,
        "pendingRedrive": 0,
    })
}
