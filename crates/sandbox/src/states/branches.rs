//! Parallel, and Map in INLINE mode: branches of the same execution.

use serde_json::{Value, json};

use super::model::{Branches, Failure, Step};
use super::place::{Here, frame};
use super::run::{Extra, Place, Run};

/// How many items of an inline map run at once at most (Developer Guide, "Map state in Inline mode").
const MOST: usize = 40;

impl Run<'_> {
    pub(super) fn start_branches(&mut self, place: Place, here: &Here) {
        let input = match here.get("Arguments") {
            Some(template) => match self.fill(place, template, Extra::default()) {
                Ok(input) => input,
                Err(failure) => return self.fail(place, here, failure),
            },
            None => self
                .frame(place)
                .map_or(Value::Null, |frame| frame.input.clone()),
        };
        let count = here
            .get("Branches")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        self.note(place, "ParallelStateStarted", None, json!({}));
        self.start_all(place, here, vec![input; count], count);
    }

    pub(super) fn start_items(&mut self, place: Place, here: &Here) {
        let (items, at_once) = match self.items(place, here) {
            Ok(items) => items,
            Err(failure) => return self.fail(place, here, failure),
        };
        self.note(
            place,
            "MapStateStarted",
            None,
            json!({ "length": items.len() }),
        );
        let at_once = usize::try_from(at_once).unwrap_or(MOST);
        let at_once = if at_once == 0 {
            MOST
        } else {
            at_once.min(MOST)
        };
        self.start_all(place, here, items, at_once);
    }

    /// The items of a map without a reader, and how many run at once.
    pub(super) fn items(
        &mut self,
        place: Place,
        here: &Here,
    ) -> Result<(Vec<Value>, u64), Failure> {
        let items = match here.get("Items") {
            Some(template) => self.fill(place, template, Extra::default())?,
            None => self
                .frame(place)
                .map_or(Value::Null, |frame| frame.input.clone()),
        };
        let Value::Array(items) = items else {
            let cause = format!("The items of '{}' are no array.", here.name);
            return Err(Failure::new("States.QueryEvaluationError", cause));
        };
        Ok((
            items,
            self.figure(place, here, "MaxConcurrency")?.unwrap_or(0),
        ))
    }

    /// A field that is a whole number, or an expression that gives one.
    pub(super) fn figure(
        &mut self,
        place: Place,
        here: &Here,
        field: &str,
    ) -> Result<Option<u64>, Failure> {
        let Some(template) = here.get(field) else {
            return Ok(None);
        };
        let value = self.fill(place, template, Extra::default())?;
        value.as_u64().map(Some).ok_or_else(|| {
            let cause = format!("'{field}' is {value}, which is no number from 0.");
            Failure::new("States.QueryEvaluationError", cause)
        })
    }

    fn start_all(&mut self, place: Place, here: &Here, items: Vec<Value>, at_once: usize) {
        let results = vec![None; items.len()];
        let branches = Branches {
            items,
            next: 0,
            at_once,
            results,
        };
        self.rest(place, Step::Branches(branches));
        self.fill_branches(place, here);
    }

    /// Starts as many branches as may run, or leaves the state when all have ended.
    fn fill_branches(&mut self, place: Place, here: &Here) {
        loop {
            let Some(execution) = self.execution(place.execution) else {
                return;
            };
            let running = execution
                .frames
                .values()
                .filter(|frame| {
                    frame
                        .parent
                        .is_some_and(|(parent, _)| parent == place.frame)
                })
                .count();
            let Some(own) = execution.frames.get_mut(&place.frame) else {
                return;
            };
            let variables = own.variables.clone();
            let Step::Branches(branches) = &mut own.step else {
                return;
            };
            if branches.next >= branches.items.len() && running == 0 {
                let results = branches
                    .results
                    .iter()
                    .map(|result| result.clone().unwrap_or_default());
                let results = results.collect();
                let done = if here.kind() == "Map" {
                    "MapStateSucceeded"
                } else {
                    "ParallelStateSucceeded"
                };
                self.note(place, done, None, json!({}));
                return self.leave(place, here, Some(results));
            }
            if running >= branches.at_once {
                return;
            }
            let number = branches.next;
            let Some(item) = branches.items.get(number).cloned() else {
                return;
            };
            branches.next += 1;
            let map = here.kind() == "Map";
            let block = if map {
                format!("{}/ItemProcessor", here.pointer)
            } else {
                format!("{}/Branches/{number}", here.pointer)
            };
            let input = match here.get("ItemSelector").filter(|_| map) {
                Some(template) => match self.select(place, template, number, &item) {
                    Ok(input) => input,
                    Err(failure) => return self.one_failed(place.execution, place.frame, failure),
                },
                None => item.clone(),
            };
            let first = self.first_of(place, &block);
            let mut branch = frame(Some((place.frame, number)), &block, first, input, variables);
            branch.item = map.then(|| (u64::try_from(number).unwrap_or(u64::MAX), item));
            let Some(execution) = self.execution(place.execution) else {
                return;
            };
            let made = execution.frames_made;
            execution.frames_made += 1;
            execution.frames.insert(made, branch);
            if map {
                self.note(place, "MapIterationStarted", None, json!({}));
            }
            let begun = Place {
                execution: place.execution,
                frame: made,
            };
            self.at_time(begun, self.at, Step::Enter);
        }
    }

    /// An item as ItemSelector makes it.
    pub(super) fn select(
        &mut self,
        place: Place,
        template: &Value,
        number: usize,
        item: &Value,
    ) -> Result<Value, Failure> {
        let before = self.frame(place).and_then(|frame| {
            let number = u64::try_from(number).unwrap_or(u64::MAX);
            frame.item.replace((number, item.clone()))
        });
        let selected = self.fill(place, template, Extra::default());
        if let Some(frame) = self.frame(place) {
            frame.item = before;
        }
        selected
    }

    fn first_of(&mut self, place: Place, block: &str) -> String {
        let definition = self
            .execution(place.execution)
            .map(|execution| execution.definition);
        definition
            .and_then(|definition| self.state.definitions.get(definition))
            .and_then(|whole| whole.pointer(block)?.get("StartAt")?.as_str())
            .unwrap_or_default()
            .to_owned()
    }

    /// A branch gave its result.
    pub(super) fn branch_ended(&mut self, place: Place, parent: u32, branch: usize, output: Value) {
        if let Some(execution) = self.execution(place.execution) {
            execution.frames.remove(&place.frame);
        }
        let above = Place {
            execution: place.execution,
            frame: parent,
        };
        if let Some(frame) = self.frame(above)
            && let Step::Branches(branches) = &mut frame.step
            && let Some(result) = branches.results.get_mut(branch)
        {
            *result = Some(output);
        }
        if let Some(here) = self.definition(above) {
            if here.kind() == "Map" {
                self.note(above, "MapIterationSucceeded", None, json!({}));
            }
            self.fill_branches(above, &here);
        }
    }

    /// One branch failed: the others are given up, and the state above has the error.
    pub(super) fn one_failed(&mut self, execution: u64, parent: u32, failure: Failure) {
        self.give_up(execution, parent);
        let above = Place {
            execution,
            frame: parent,
        };
        if let Some(here) = self.definition(above) {
            let failed = if here.kind() == "Map" {
                "MapStateFailed"
            } else {
                "ParallelStateFailed"
            };
            self.note(above, failed, None, json!({}));
            self.fail(above, &here, failure);
        }
    }

    /// Takes away the branches below a frame.
    fn give_up(&mut self, execution: u64, parent: u32) {
        let below: Vec<u32> =
            self.execution(execution)
                .map_or_else(Vec::new, |execution| {
                    let below = execution.frames.iter().filter(|(_, frame)| {
                        frame.parent.is_some_and(|(above, _)| above == parent)
                    });
                    below.map(|(id, _)| *id).collect()
                });
        for frame in below {
            self.give_up(execution, frame);
            let gone = self
                .execution(execution)
                .and_then(|execution| execution.frames.remove(&frame));
            if let Some(gone) = gone {
                if let Some(due) = gone.due_ms {
                    self.due.remove(&(due, execution, frame));
                }
                if let Step::MapRun(map_run) = gone.step {
                    self.abort_map_run(map_run);
                }
            }
        }
    }
}
