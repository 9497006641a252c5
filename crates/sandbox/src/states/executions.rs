//! Executions: started, looked at, stopped.

use serde_json::{Map, Value, json};

use super::call::{Call, check_name, listed, text};
use super::files::Mark;
use super::model::{Execution, Failure, Status};
use super::place::execution;
use super::refusal::{Answer, Refusal};

/// The longest input (Step Functions quotas).
const LONGEST_INPUT: usize = 256 * 1024;

impl Call<'_, '_> {
    pub(super) fn start_execution(&mut self, fields: &Map<String, Value>) -> Answer {
        let machine_arn = text(fields, "stateMachineArn")?;
        self.allow("StartExecution", machine_arn)?;
        let machine = self.machine(machine_arn)?.clone();
        let input = fields.get("input").and_then(Value::as_str).unwrap_or("{}");
        let input: Value = match serde_json::from_str(input) {
            Ok(value) if input.len() <= LONGEST_INPUT => value,
            Ok(_) => {
                return Err(Refusal::new(
                    "InvalidExecutionInput",
                    "Input exceeds the maximum length.",
                ));
            }
            Err(error) => {
                let message = format!("Invalid State Machine Execution Input: '{error}'");
                return Err(Refusal::new("InvalidExecutionInput", message));
            }
        };
        let name = match fields.get("name").and_then(Value::as_str) {
            Some(name) => name.to_owned(),
            None => super::uuid(&[self.run.inside.seed(), self.run.state.started, 3]),
        };
        check_name(&name)?;
        let arn = self.arn("execution", &format!("{}:{name}", machine.name));
        if let Some(known) = self
            .run
            .state
            .executions
            .values()
            .find(|known| known.arn == arn)
        {
            // Idempotent while it runs (service model: StartExecution).
            if known.end.is_none() && known.input == input {
                return Ok(
                    json!({ "executionArn": arn, "startDate": super::moment(known.started_ms) }),
                );
            }
            let message = format!("Execution Already Exists: '{arn}'");
            return Err(Refusal::new("ExecutionAlreadyExists", message));
        }
        let begun = execution(
            arn.clone(),
            machine_arn.to_owned(),
            machine.role_arn,
            machine.definition,
            input,
            self.now,
        );
        self.run.begin(begun, "");
        Ok(json!({ "executionArn": arn, "startDate": super::moment(self.now) }))
    }

    /// An execution by its ARN, an ended child of a map run too.
    fn execution(&self, arn: &str) -> Result<Execution, Refusal> {
        let state = &self.run.state;
        if let Some(known) = state.executions.values().find(|known| known.arn == arn) {
            return Ok(known.clone());
        }
        let (before, name) = arn
            .rsplit_once(':')
            .ok_or_else(|| Refusal::no_execution(arn))?;
        for (number, map_run) in state.map_runs.iter().enumerate() {
            if !before.ends_with(&format!("/{}", map_run.label)) {
                continue;
            }
            let Some(files) = self.run.files.get(&number) else {
                continue;
            };
            if let Some(place) = files.marks.iter().position(|mark| mark.name == name) {
                return files
                    .child(place)
                    .map_err(|error| Refusal::new("InternalFailure", error.to_string()));
            }
        }
        Err(Refusal::no_execution(arn))
    }

    pub(super) fn describe_execution(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = text(fields, "executionArn")?;
        self.allow("DescribeExecution", arn)?;
        let found = self.execution(arn)?;
        let mut answer = json!({
            "executionArn": arn,
            "stateMachineArn": self.machine_arn(&found),
            "name": found.name,
            "status": found.end.as_ref().map_or("RUNNING", |end| end.status.name()),
            "startDate": super::moment(found.started_ms),
            "input": found.input.to_string(),
            "inputDetails": { "included": true },
            "redriveCount": 0,
        });
        let map_run = found
            .map_run
            .and_then(|number| self.run.state.map_runs.get(number));
        let Some(members) = answer.as_object_mut() else {
            return Ok(answer);
        };
        if let Some(map_run) = map_run {
            members.insert("mapRunArn".to_owned(), map_run.arn.clone().into());
        }
        let (status, reason) = match &found.end {
            None => (
                "NOT_REDRIVABLE",
                Some("Execution is RUNNING and cannot be redriven"),
            ),
            Some(end) if end.status == Status::Succeeded => (
                "NOT_REDRIVABLE",
                Some("Execution is SUCCEEDED and cannot be redriven"),
            ),
            Some(_) if found.map_run.is_some() => ("REDRIVABLE_BY_MAP_RUN", None),
            Some(_) => ("REDRIVABLE", None),
        };
        members.insert("redriveStatus".to_owned(), status.into());
        members.extend(reason.map(|reason| ("redriveStatusReason".to_owned(), reason.into())));
        if let Some(end) = found.end {
            members.insert("stopDate".to_owned(), super::moment(end.at_ms));
            if let Some(output) = end.output {
                members.insert("output".to_owned(), output.to_string().into());
                members.insert("outputDetails".to_owned(), json!({ "included": true }));
            }
            if let Some(failure) = end.error {
                members.insert("error".to_owned(), failure.error.into());
                members.insert("cause".to_owned(), failure.cause.into());
            }
        }
        Ok(answer)
    }

    /// A child's machine is its map run's part of the machine.
    fn machine_arn(&self, execution: &Execution) -> String {
        let map_run = execution
            .map_run
            .and_then(|number| self.run.state.map_runs.get(number));
        match map_run {
            Some(map_run) => format!("{}/{}", execution.machine_arn, map_run.label),
            None => execution.machine_arn.clone(),
        }
    }

    pub(super) fn describe_machine_of_execution(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = text(fields, "executionArn")?;
        self.allow("DescribeStateMachineForExecution", arn)?;
        let found = self.execution(arn)?;
        let definition = self.run.state.definitions.get(found.definition);
        let machine = found.machine_arn.rsplit(':').next().unwrap_or_default();
        Ok(json!({
            "stateMachineArn": self.machine_arn(&found),
            "name": machine,
            "definition": definition.map(|definition| definition.to_string()).unwrap_or_default(),
            "roleArn": found.role_arn,
            "updateDate": super::moment(found.started_ms),
        }))
    }

    pub(super) fn list_executions(&mut self, fields: &Map<String, Value>) -> Answer {
        if let Some(map_run) = fields.get("mapRunArn").and_then(Value::as_str) {
            return self.list_children(fields, map_run);
        }
        let machine = text(fields, "stateMachineArn")?;
        self.allow("ListExecutions", machine)?;
        self.machine(machine)?;
        let wanted = fields.get("statusFilter").and_then(Value::as_str);
        let mut entries: Vec<Value> = Vec::new();
        // Newest first.
        for found in self.run.state.executions.values().rev() {
            let status = found
                .end
                .as_ref()
                .map_or("RUNNING", |end| end.status.name());
            if found.machine_arn == machine
                && found.map_run.is_none()
                && wanted.is_none_or(|wanted| wanted == status)
            {
                let ended_ms = found.end.as_ref().map(|end| end.at_ms);
                entries.push(entry(
                    &found.arn,
                    machine,
                    status,
                    found.started_ms,
                    ended_ms,
                    None,
                ));
            }
        }
        let (page, next) = Self::page(fields, &entries)?;
        Ok(listed("executions", page, next))
    }

    /// The children of a map run.
    fn list_children(&mut self, fields: &Map<String, Value>, arn: &str) -> Answer {
        self.allow("ListExecutions", arn)?;
        let number = self.map_run_number(arn)?;
        let Some(map_run) = self.run.state.map_runs.get(number) else {
            return Err(Refusal::no_resource(arn));
        };
        let machine = self.run.state.executions.get(&map_run.execution);
        let machine = machine
            .map(|parent| parent.machine_arn.clone())
            .unwrap_or_default();
        let base = machine.replacen(":stateMachine:", ":execution:", 1);
        let machine = format!("{machine}/{}", map_run.label);
        let wanted = fields.get("statusFilter").and_then(Value::as_str);
        let running = map_run.running.iter().rev();
        let running = running.filter(|_| wanted.is_none_or(|wanted| wanted == "RUNNING"));
        let marks = self.run.files.get(&number);
        let marks = marks.map_or(&[][..], |files| &files.marks).iter().rev();
        let ended = marks.filter(|mark| wanted.is_none_or(|wanted| wanted == mark.status.name()));
        let all: Vec<Child<'_>> = running
            .map(|id| Child::Running(*id))
            .chain(ended.map(Child::Ended))
            .collect();
        let (page, next) = Self::page(fields, &all)?;
        let shown = page.iter().filter_map(|child| match child {
            Child::Running(id) => {
                let child = self.run.state.executions.get(id)?;
                let started_ms = child.started_ms;
                Some(entry(
                    &child.arn,
                    &machine,
                    "RUNNING",
                    started_ms,
                    None,
                    Some(arn),
                ))
            }
            Child::Ended(mark) => {
                let child = format!("{base}/{}:{}", map_run.label, mark.name);
                let (status, ended_ms) = (mark.status.name(), Some(mark.ended_ms));
                Some(entry(
                    &child,
                    &machine,
                    status,
                    mark.started_ms,
                    ended_ms,
                    Some(arn),
                ))
            }
        });
        Ok(listed("executions", shown.collect(), next))
    }

    pub(super) fn stop_execution(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = text(fields, "executionArn")?;
        self.allow("StopExecution", arn)?;
        let running = self
            .run
            .state
            .executions
            .iter()
            .find(|(_, known)| known.arn == arn);
        let Some((id, known)) = running.map(|(id, known)| (*id, known)) else {
            // An ended child is found but no longer to be stopped.
            let ended = self.execution(arn)?.end.map_or(self.now, |end| end.at_ms);
            return Ok(json!({ "stopDate": super::moment(ended) }));
        };
        if let Some(end) = &known.end {
            return Ok(json!({ "stopDate": super::moment(end.at_ms) }));
        }
        let said = |member: &str| {
            fields
                .get(member)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let failure = match (said("error"), said("cause")) {
            (None, None) => None,
            (error, cause) => Some(Failure {
                error: error.unwrap_or_default(),
                cause: cause.unwrap_or_default(),
            }),
        };
        self.run.end(id, Status::Aborted, None, failure);
        Ok(json!({ "stopDate": super::moment(self.now) }))
    }

    pub(super) fn get_history(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = text(fields, "executionArn")?;
        self.allow("GetExecutionHistory", arn)?;
        let with_payloads = fields.get("includeExecutionData") != Some(&Value::Bool(false));
        let mut events = self.execution(arn)?.history.shown(with_payloads);
        if fields.get("reverseOrder") == Some(&Value::Bool(true)) {
            events.reverse();
        }
        let (page, next) = Self::page(fields, &events)?;
        Ok(listed("events", page, next))
    }
}

/// A child of a map run that is listed.
#[derive(Clone, Copy)]
enum Child<'a> {
    Running(u64),
    Ended(&'a Mark),
}

fn entry(
    arn: &str,
    machine: &str,
    status: &str,
    started_ms: i64,
    ended_ms: Option<i64>,
    map_run: Option<&str>,
) -> Value {
    let mut entry = json!({
        "executionArn": arn,
        "stateMachineArn": machine,
        "name": arn.rsplit(':').next().unwrap_or_default(),
        "status": status,
        "startDate": super::moment(started_ms),
        "redriveCount": 0,
    });
    if let Some(members) = entry.as_object_mut() {
        members.extend(ended_ms.map(|ended| ("stopDate".to_owned(), super::moment(ended))));
        members.extend(map_run.map(|map_run| ("mapRunArn".to_owned(), map_run.into())));
        if map_run.is_some() {
            members.insert("itemCount".to_owned(), json!(1));
        }
    }
    entry
}
