//! The states that do no work of others: leaving, choosing, waiting, failing; and what errors lead to.

use serde_json::{Value, json};

use super::model::{Failure, Status, Step};
use super::place::Here;
use super::run::{Extra, Place, Run};

impl Run<'_> {
    /// Leaves a state with what it gave; none: its input.
    pub(super) fn leave(&mut self, place: Place, here: &Here, result: Option<Value>) {
        let extra = Extra {
            result: result.as_ref(),
            error: None,
        };
        match self.finished(place, here.get("Output"), here.get("Assign"), extra) {
            Ok(output) => {
                let next = here.get("Next").and_then(Value::as_str).map(str::to_owned);
                self.go_to(place, here, output, next);
            }
            Err(failure) => self.fail(place, here, failure),
        }
    }

    /// Output and variables by these fields, where there are any.
    fn finished(
        &mut self,
        place: Place,
        output: Option<&Value>,
        assign: Option<&Value>,
        extra: Extra<'_>,
    ) -> Result<Value, Failure> {
        let given = match output {
            Some(template) => self.fill(place, template, extra)?,
            None => match extra {
                Extra {
                    result: Some(result),
                    ..
                } => result.clone(),
                Extra {
                    error: Some(failure),
                    ..
                } => {
                    json!({ "Error": failure.error, "Cause": failure.cause })
                }
                _ => self
                    .frame(place)
                    .map_or(Value::Null, |frame| frame.input.clone()),
            },
        };
        if let Some(template) = assign {
            let assigned = self.fill(place, template, extra)?;
            if let (Value::Object(assigned), Some(frame)) = (assigned, self.frame(place)) {
                frame.variables.extend(assigned);
            }
        }
        Ok(given)
    }

    /// Goes to the next state, or ends the branch where there is none.
    fn go_to(&mut self, place: Place, here: &Here, output: Value, next: Option<String>) {
        let kind = match here.kind() {
            "Pass" => "PassStateExited",
            "Task" => "TaskStateExited",
            "Choice" => "ChoiceStateExited",
            "Wait" => "WaitStateExited",
            "Succeed" => "SucceedStateExited",
            "Map" => "MapStateExited",
            _ => "ParallelStateExited",
        };
        let payload = self.payload(place, "output", &output);
        self.note(place, kind, Some(&here.name), payload);
        let Some(frame) = self.frame(place) else {
            return;
        };
        match next {
            Some(next) => {
                frame.state = next;
                frame.input = output;
                self.at_time(place, self.at, Step::Enter);
            }
            None => match frame.parent {
                Some((parent, branch)) => self.branch_ended(place, parent, branch, output),
                None => self.end(place.execution, Status::Succeeded, Some(output), None),
            },
        }
    }

    pub(super) fn choose(&mut self, place: Place, here: &Here) {
        let choices = here.get("Choices").and_then(Value::as_array);
        for choice in choices.into_iter().flatten() {
            let condition = choice.get("Condition").unwrap_or(&Value::Null);
            match self.fill(place, condition, Extra::default()) {
                Ok(Value::Bool(false)) => {}
                Ok(Value::Bool(true)) => {
                    let done = self.finished(
                        place,
                        choice.get("Output"),
                        choice.get("Assign"),
                        Extra::default(),
                    );
                    let next = choice
                        .get("Next")
                        .and_then(Value::as_str)
                        .map(str::to_owned);
                    return match done {
                        Ok(output) => self.go_to(place, here, output, next),
                        Err(failure) => self.fail(place, here, failure),
                    };
                }
                Ok(other) => {
                    let cause =
                        format!("The condition {condition} gave {other}, which is no boolean.");
                    return self.fail(
                        place,
                        here,
                        Failure::new("States.QueryEvaluationError", cause),
                    );
                }
                Err(failure) => return self.fail(place, here, failure),
            }
        }
        let Some(default) = here.get("Default").and_then(Value::as_str) else {
            let failure = Failure::new(
                "States.NoChoiceMatched",
                "No choice matched, and there is no Default.",
            );
            return self.fail(place, here, failure);
        };
        let default = default.to_owned();
        match self.finished(
            place,
            here.get("Output"),
            here.get("Assign"),
            Extra::default(),
        ) {
            Ok(output) => self.go_to(place, here, output, Some(default)),
            Err(failure) => self.fail(place, here, failure),
        }
    }

    pub(super) fn wait(&mut self, place: Place, here: &Here) {
        let wrong = |what: &Value| {
            Failure::new(
                "States.QueryEvaluationError",
                format!("{what} is no time to wait."),
            )
        };
        if let Some(template) = here.get("Seconds") {
            return match self.fill(place, template, Extra::default()) {
                Ok(seconds) => match seconds
                    .as_f64()
                    .filter(|seconds| (0.0..1e8).contains(seconds))
                {
                    Some(seconds) => self.later(place, seconds, Step::Waiting),
                    None => self.fail(place, here, wrong(&seconds)),
                },
                Err(failure) => self.fail(place, here, failure),
            };
        }
        let template = here.get("Timestamp").unwrap_or(&Value::Null);
        match self.fill(place, template, Extra::default()) {
            Ok(time) => match time
                .as_str()
                .and_then(|text| text.parse::<jiff::Timestamp>().ok())
            {
                Some(time) => {
                    self.at_time(place, time.as_millisecond().max(self.at), Step::Waiting)
                }
                None => self.fail(place, here, wrong(&time)),
            },
            Err(failure) => self.fail(place, here, failure),
        }
    }

    pub(super) fn fail_state(&mut self, place: Place, here: &Here) {
        let mut said = |field: &str| match here.get(field) {
            Some(template) => self
                .fill(place, template, Extra::default())
                .map(|value| value.as_str().map(str::to_owned).unwrap_or_default()),
            None => Ok(String::new()),
        };
        let failure = match (said("Error"), said("Cause")) {
            (Ok(error), Ok(cause)) => Failure { error, cause },
            (Err(failure), _) | (_, Err(failure)) => failure,
        };
        self.branch_failed(place, failure);
    }

    /// An error of a state: tried again, caught, or the end of its branch.
    pub(super) fn fail(&mut self, place: Place, here: &Here, failure: Failure) {
        if failure.error == "States.QueryEvaluationError" {
            let details =
                json!({ "error": failure.error, "cause": failure.cause, "state": here.name });
            self.note(place, "EvaluationFailed", None, details);
        }
        if let Some(seconds) = self.try_again(place, here, &failure) {
            return self.later(place, seconds, Step::Work);
        }
        let caught = rules(here, "Catch").find(|rule| takes(rule, &failure));
        let Some(rule) = caught else {
            return self.branch_failed(place, failure);
        };
        let extra = Extra {
            result: None,
            error: Some(&failure),
        };
        let next = rule.get("Next").and_then(Value::as_str).map(str::to_owned);
        match self.finished(place, rule.get("Output"), rule.get("Assign"), extra) {
            Ok(output) => self.go_to(place, here, output, next),
            Err(failure) => self.branch_failed(place, failure),
        }
    }

    /// How many simulated seconds until the state's work is tried again, if it is.
    fn try_again(&mut self, place: Place, here: &Here, failure: &Failure) -> Option<f64> {
        let (number, rule) = rules(here, "Retry")
            .enumerate()
            .find(|(_, rule)| takes(rule, failure))?;
        let at = self.at;
        let figure = |name: &str, otherwise: f64| {
            rule.get(name).and_then(Value::as_f64).unwrap_or(otherwise)
        };
        let most = rule.get("MaxAttempts").and_then(Value::as_u64).unwrap_or(3);
        let seed = self.inside.seed();
        let frame = self.frame(place)?;
        if frame.retried.len() <= number {
            frame.retried.resize(number + 1, 0);
        }
        let used = frame.retried.get_mut(number)?;
        if u64::from(*used) >= most {
            return None;
        }
        let backoff = figure("BackoffRate", 2.0).powi(i32::try_from(*used).unwrap_or(i32::MAX));
        let delay =
            (figure("IntervalSeconds", 1.0) * backoff).min(figure("MaxDelaySeconds", f64::MAX));
        *used += 1;
        let full = rule
            .get("JitterStrategy")
            .is_some_and(|strategy| strategy == "FULL");
        let drawn = [
            seed,
            place.execution,
            u64::from(place.frame),
            at.unsigned_abs(),
        ];
        Some(if full {
            delay * crate::greengrass::draw::unit(&drawn)
        } else {
            delay
        })
    }

    /// A branch, or the whole execution, ends with an error.
    pub(super) fn branch_failed(&mut self, place: Place, failure: Failure) {
        match self.frame(place).and_then(|frame| frame.parent) {
            Some((parent, _)) => self.one_failed(place.execution, parent, failure),
            None => self.end(place.execution, Status::Failed, None, Some(failure)),
        }
    }
}

fn rules<'a>(here: &'a Here, field: &str) -> impl Iterator<Item = &'a Value> {
    here.get(field)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// Whether a rule of Retry or Catch is for this error. `States.ALL` is not for errors that no retry can mend, and
/// `States.TaskFailed` not for time-outs (Developer Guide, "Handling errors").
fn takes(rule: &Value, failure: &Failure) -> bool {
    let names = rule.get("ErrorEquals").and_then(Value::as_array);
    names
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .any(|name| match name {
            "States.ALL" => !matches!(
                failure.error.as_str(),
                "States.Runtime" | "States.DataLimitExceeded"
            ),
            "States.TaskFailed" => {
                failure.error != "States.Timeout"
                    && (!failure.error.starts_with("States.") || failure.error == name)
            }
            name => name == failure.error,
        })
}
