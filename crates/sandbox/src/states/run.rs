//! Carrying executions on. Nothing ticks: what has become due since the last question is done then, in the order of
//! time and each thing at its own time, so that whoever asks finds everything as if it had gone on all the while.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::expression::{self, Scope};
use super::files::MapFiles;
use super::history;
use super::integration::Inside;
use super::model::{End, Execution, Failure, Frame, State, Status, Step};
use super::place::{Here, context, frame, lost};

/// Simulated seconds of a call of another service.
pub(super) const CALL_S: f64 = 0.2;

/// When which frame of which execution goes on.
pub(super) type Due = BTreeSet<(i64, u64, u32)>;

/// What carries executions on.
#[derive(Debug)]
pub(super) struct Run<'a> {
    pub(super) state: &'a mut State,
    pub(super) due: &'a mut Due,
    pub(super) files: &'a mut BTreeMap<usize, MapFiles>,
    pub(super) folder: &'a Path,
    pub(super) inside: &'a Inside,
    /// The time of what is being done.
    pub(super) at: i64,
}

/// A frame of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) execution: u64,
    pub(super) frame: u32,
}

/// What `$states` has besides input and context.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extra<'a> {
    pub(super) result: Option<&'a Value>,
    pub(super) error: Option<&'a Failure>,
}

impl Run<'_> {
    /// Does everything that is due until `now`, and says whether there was anything.
    pub(super) fn advance(&mut self, now: i64) -> bool {
        let mut moved = false;
        while let Some(&(due, execution, frame)) = self.due.first()
            && due <= now
        {
            self.due.pop_first();
            self.at = due;
            moved = true;
            self.go_on(Place { execution, frame });
        }
        self.at = now;
        moved
    }

    pub(super) fn execution(&mut self, id: u64) -> Option<&mut Execution> {
        self.state.executions.get_mut(&id)
    }

    pub(super) fn frame(&mut self, place: Place) -> Option<&mut Frame> {
        self.execution(place.execution)?
            .frames
            .get_mut(&place.frame)
    }

    /// The definition of the state that a frame is in.
    pub(super) fn definition(&mut self, place: Place) -> Option<Here> {
        let execution = self.state.executions.get(&place.execution)?;
        let frame = execution.frames.get(&place.frame)?;
        let whole = Arc::clone(self.state.definitions.get(execution.definition)?);
        let name = frame.state.replace('~', "~0").replace('/', "~1");
        Some(Here {
            pointer: format!("{}/States/{name}", frame.block),
            name: frame.state.clone(),
            whole,
        })
    }

    /// Lets a frame go on after so many simulated seconds.
    pub(super) fn later(&mut self, place: Place, seconds: f64, step: Step) {
        let due = self.at + self.inside.real_ms(seconds);
        self.at_time(place, due, step);
    }

    pub(super) fn at_time(&mut self, place: Place, due: i64, step: Step) {
        if let Some(frame) = self.frame(place) {
            frame.step = step;
            let before = frame.due_ms.replace(due);
            if let Some(before) = before {
                self.due.remove(&(before, place.execution, place.frame));
            }
            self.due.insert((due, place.execution, place.frame));
        }
    }

    /// Lets a frame wait for others.
    pub(super) fn rest(&mut self, place: Place, step: Step) {
        if let Some(frame) = self.frame(place) {
            frame.step = step;
            if let Some(before) = frame.due_ms.take() {
                self.due.remove(&(before, place.execution, place.frame));
            }
        }
    }

    /// Adds an event to an execution's history.
    pub(super) fn note(
        &mut self,
        place: Place,
        kind: &'static str,
        state: Option<&str>,
        details: Value,
    ) {
        let at = self.at;
        if let Some(execution) = self.execution(place.execution) {
            execution.history.add(kind, at, state, details);
        }
    }

    /// Whether an execution's history keeps payloads.
    pub(super) fn keeps(&self, place: Place) -> bool {
        let execution = self.state.executions.get(&place.execution);
        execution.is_some_and(|execution| execution.history.whole)
    }

    /// A payload for an event, if the execution's history keeps any.
    pub(super) fn payload(&self, place: Place, name: &str, value: &Value) -> Value {
        if self.keeps(place) {
            json!({ name: value.to_string() })
        } else {
            Value::Null
        }
    }

    /// What the expressions of a frame's state see.
    pub(super) fn fill(
        &mut self,
        place: Place,
        template: &Value,
        extra: Extra<'_>,
    ) -> Result<Value, Failure> {
        let at = self.at;
        let seed = self.inside.seed() ^ place.execution.rotate_left(32) ^ u64::from(place.frame);
        let states = self.states(place, extra, template);
        let frame = self.frame(place).ok_or_else(lost)?;
        let scope = Scope {
            states,
            variables: &frame.variables,
            now_ms: at,
            seed: crate::greengrass::draw::draw(&[seed, at.unsigned_abs()]),
        };
        scope.fill(template)
    }

    /// `$states`, with what the template's expressions may use: it is made anew for each.
    fn states(&self, place: Place, extra: Extra<'_>, template: &Value) -> Value {
        let execution = self.state.executions.get(&place.execution);
        let frame = execution.and_then(|execution| execution.frames.get(&place.frame));
        let (Some(execution), Some(frame)) = (execution, frame) else {
            return Value::Null;
        };
        let mut states = Map::new();
        if expression::uses(template, "input") {
            states.insert("input".to_owned(), frame.input.clone());
        }
        if expression::uses(template, "context") {
            states.insert("context".to_owned(), context(execution, frame));
        }
        if let Some(result) = extra
            .result
            .filter(|_| expression::uses(template, "result"))
        {
            states.insert("result".to_owned(), result.clone());
        }
        if let Some(failure) = extra.error {
            states.insert(
                "errorOutput".to_owned(),
                json!({ "Error": failure.error, "Cause": failure.cause }),
            );
        }
        Value::Object(states)
    }

    /// Starts an execution and says its id.
    pub(super) fn begin(&mut self, mut execution: Execution, block: &str) -> u64 {
        let id = self.state.started;
        self.state.started += 1;
        let first = self
            .state
            .definitions
            .get(execution.definition)
            .and_then(|whole| whole.pointer(block)?.get("StartAt")?.as_str())
            .unwrap_or_default()
            .to_owned();
        let started =
            json!({ "input": execution.input.to_string(), "roleArn": execution.role_arn });
        execution
            .history
            .add("ExecutionStarted", self.at, None, started);
        let input = execution.input.clone();
        execution.frames_made = 1;
        execution
            .frames
            .insert(0, frame(None, block, first, input, Map::new()));
        self.state.executions.insert(id, execution);
        let place = Place {
            execution: id,
            frame: 0,
        };
        self.at_time(place, self.at, Step::Enter);
        id
    }

    /// Ends an execution: its frames are gone, and whoever waits for it is told.
    pub(super) fn end(
        &mut self,
        id: u64,
        status: Status,
        output: Option<Value>,
        error: Option<Failure>,
    ) {
        let at = self.at;
        let Some(execution) = self.state.executions.get_mut(&id) else {
            return;
        };
        let said = error.as_ref().map_or_else(
            || json!({}),
            |failure| json!({ "error": failure.error, "cause": failure.cause }),
        );
        match status {
            Status::Succeeded => {
                let output = output.clone().unwrap_or_default().to_string();
                execution
                    .history
                    .add("ExecutionSucceeded", at, None, json!({ "output": output }));
            }
            Status::Failed => execution.history.add("ExecutionFailed", at, None, said),
            Status::TimedOut => execution.history.add("ExecutionTimedOut", at, None, said),
            Status::Aborted => execution.history.add("ExecutionAborted", at, None, said),
        }
        execution.end = Some(End {
            status,
            at_ms: at,
            output,
            error,
        });
        let frames = std::mem::take(&mut execution.frames);
        let child_of = execution.map_run;
        for (frame, gone) in frames {
            if let Some(due) = gone.due_ms {
                self.due.remove(&(due, id, frame));
            }
            if let Step::MapRun(map_run) = gone.step {
                self.abort_map_run(map_run);
            }
        }
        if let Some(map_run) = child_of {
            self.child_ended(map_run, id, status);
        }
    }

    fn go_on(&mut self, place: Place) {
        let Some(frame) = self.frame(place) else {
            return;
        };
        frame.due_ms = None;
        let step = match &mut frame.step {
            Step::Call(arguments) => Step::Call(std::mem::take(arguments)),
            other => other.clone(),
        };
        let Some(here) = self.definition(place) else {
            return;
        };
        let long = self
            .execution(place.execution)
            .is_some_and(|execution| execution.history.len() >= history::LONGEST - 1);
        if long {
            let cause = format!(
                "The execution reached the maximum number of history events ({}).",
                history::LONGEST
            );
            let failure = Failure::new("States.Runtime", cause);
            return self.end(place.execution, Status::Failed, None, Some(failure));
        }
        match step {
            Step::Enter => self.enter(place, &here),
            Step::Work => self.work(place, &here),
            Step::Waiting => self.leave(place, &here, None),
            Step::Call(arguments) => self.call(place, &here, &arguments),
            Step::Branches(_) => {}
            Step::MapRun(map_run) => self.map_run_goes_on(map_run),
        }
    }

    fn enter(&mut self, place: Place, here: &Here) {
        let at = self.at;
        let Some(frame) = self.frame(place) else {
            return;
        };
        frame.entered_ms = at;
        frame.retried.clear();
        let input = frame.input.clone();
        let input = self.payload(place, "input", &input);
        let kind = match here.kind() {
            "Pass" => "PassStateEntered",
            "Task" => "TaskStateEntered",
            "Choice" => "ChoiceStateEntered",
            "Wait" => "WaitStateEntered",
            "Succeed" => "SucceedStateEntered",
            "Fail" => "FailStateEntered",
            "Map" => "MapStateEntered",
            _ => "ParallelStateEntered",
        };
        self.note(place, kind, Some(&here.name), input);
        self.work(place, here);
    }

    fn work(&mut self, place: Place, here: &Here) {
        match here.kind() {
            "Pass" | "Succeed" => self.leave(place, here, None),
            "Fail" => self.fail_state(place, here),
            "Choice" => self.choose(place, here),
            "Wait" => self.wait(place, here),
            "Task" => self.schedule(place, here),
            "Map" if here.distributed() => self.start_map_run(place, here),
            "Map" => self.start_items(place, here),
            _ => self.start_branches(place, here),
        }
    }
}
