//! Maps in DISTRIBUTED mode: a map run reads the items, keeps so many children running, and writes what became of them.

use serde_json::{Value, json};

use super::files::MapFiles;
use super::history::History;
use super::integration::Asking;
use super::model::{Failure, MapRun, Phase, Status, Step};
use super::place::{Here, execution, lost};
use super::run::{Extra, Place, Run};
use crate::cloud::Cloud;

/// Simulated seconds that reading the items takes, and writing the results.
const READING_S: f64 = 1.0;
const WRITING_S: f64 = 2.0;
/// What the service runs at once where a map says 0, and at most (Developer Guide, "MaxConcurrency").
const MOST: u64 = 10_000;

impl Run<'_> {
    pub(super) fn start_map_run(&mut self, place: Place, here: &Here) {
        match self.new_map_run(place, here) {
            Ok(map_run) => {
                let number = self.state.map_runs.len();
                self.files.insert(number, MapFiles::of(self.folder, number));
                let started = json!({ "mapRunArn": map_run.arn });
                self.state.map_runs.push(map_run);
                self.note(place, "MapRunStarted", None, started);
                self.later(place, READING_S, Step::MapRun(number));
            }
            Err(failure) => self.fail(place, here, failure),
        }
    }

    fn new_map_run(&mut self, place: Place, here: &Here) -> Result<MapRun, Failure> {
        let max_concurrency = self.figure(place, here, "MaxConcurrency")?.unwrap_or(0);
        let tolerated_count = self.figure(place, here, "ToleratedFailureCount")?;
        let tolerated_percentage = match here.get("ToleratedFailurePercentage") {
            Some(template) => {
                let value = self.fill(place, template, Extra::default())?;
                let share = value.as_f64().filter(|share| (0.0..=100.0).contains(share));
                Some(share.ok_or_else(|| {
                    let cause = format!("'ToleratedFailurePercentage' is {value}.");
                    Failure::new("States.QueryEvaluationError", cause)
                })?)
            }
            None => None,
        };
        let number = u64::try_from(self.state.map_runs.len()).unwrap_or(u64::MAX);
        let id = super::uuid(&[self.inside.seed(), number, self.at.unsigned_abs(), 11]);
        let label = match here.text("Label") {
            "" => super::uuid(&[self.inside.seed(), number, 13]),
            label => label.to_owned(),
        };
        let machine = self
            .execution(place.execution)
            .ok_or_else(lost)?
            .machine_arn
            .clone();
        let arn = machine.replacen(":stateMachine:", ":mapRun:", 1);
        self.may_start(place, &machine)?;
        Ok(MapRun {
            arn: format!("{arn}/{label}:{id}"),
            id,
            execution: place.execution,
            frame: place.frame,
            label,
            started_ms: self.at,
            end: None,
            max_concurrency,
            tolerated_percentage,
            tolerated_count,
            phase: Phase::Reading,
            total: 0,
            next: 0,
            running: std::collections::BTreeSet::new(),
            ended: [0; 4],
            written: 0,
            children_bytes: 0,
        })
    }

    /// The machine's role must be allowed to start executions of the machine itself: the children.
    fn may_start(&mut self, place: Place, machine: &str) -> Result<(), Failure> {
        let role = self.inside.role(self.asking(place)?)?;
        if self
            .inside
            .world
            .allowed(&role, "states:StartExecution", machine, &[])
        {
            return Ok(());
        }
        let cause = format!(
            "The role {} is not authorized to perform: states:StartExecution on resource: {machine}",
            role.role_arn
        );
        Err(Failure::new("States.Permissions", cause))
    }

    pub(super) fn asking(&self, place: Place) -> Result<Asking<'_>, Failure> {
        let execution = self
            .state
            .executions
            .get(&place.execution)
            .ok_or_else(lost)?;
        Ok(Asking {
            role_arn: &execution.role_arn,
            machine_arn: &execution.machine_arn,
            session: &execution.name,
            at: self.at,
        })
    }

    pub(super) fn map_run_goes_on(&mut self, number: usize) {
        let Some((place, phase)) = self.map_run(number).map(|run| (home(run), run.phase)) else {
            return;
        };
        let Some(here) = self.definition(place) else {
            return;
        };
        match phase {
            Phase::Reading => match self.take_items(number, place, &here) {
                Ok(total) => {
                    if let Some(run) = self.map_run(number) {
                        run.total = total;
                        run.phase = Phase::Running;
                    }
                    self.rest(place, Step::MapRun(number));
                    self.fill_map_run(number);
                }
                Err(failure) => self.map_run_failed(number, &here, failure),
            },
            Phase::Writing { exceeded } => match self.write_results(number, place, &here) {
                Ok(_) if exceeded => {
                    let failure = Failure::new(
                        "States.ExceedToleratedFailureThreshold",
                        "The specified tolerated failure threshold was exceeded",
                    );
                    self.map_run_failed(number, &here, failure);
                }
                Ok(result) => {
                    self.map_run_over(number, Status::Succeeded);
                    self.note(place, "MapRunSucceeded", None, json!({}));
                    self.leave(place, &here, Some(result));
                }
                Err(failure) => self.map_run_failed(number, &here, failure),
            },
            Phase::Running | Phase::Over => {}
        }
    }

    pub(super) fn map_run(&mut self, number: usize) -> Option<&mut MapRun> {
        self.state.map_runs.get_mut(number)
    }

    /// Starts as many children as may run; when all have ended, goes on to the results.
    pub(super) fn fill_map_run(&mut self, number: usize) {
        loop {
            let Some(run) = self.map_run(number) else {
                return;
            };
            if run.phase != Phase::Running {
                return;
            }
            let running = u64::try_from(run.running.len()).unwrap_or(u64::MAX);
            let at_once = if run.max_concurrency == 0 {
                MOST
            } else {
                run.max_concurrency.min(MOST)
            };
            let exceeded = run.exceeded();
            if exceeded || (run.next >= run.total && running == 0) {
                run.phase = Phase::Writing { exceeded };
                let (place, children) = (home(run), run.running.clone());
                for child in children {
                    self.end(child, Status::Aborted, None, None);
                }
                return self.later(place, WRITING_S, Step::MapRun(number));
            }
            if run.next >= run.total || running >= at_once {
                return;
            }
            let item = run.next;
            run.next += 1;
            let place = home(run);
            if let Err(failure) = self.start_child(number, place, item) {
                if let Some(here) = self.definition(place) {
                    self.map_run_failed(number, &here, failure);
                }
                return;
            }
        }
    }

    fn start_child(&mut self, number: usize, place: Place, item: u64) -> Result<(), Failure> {
        let here = self.definition(place).ok_or_else(lost)?;
        let files = self.files.get(&number).ok_or_else(lost)?;
        let value = files.item(item).map_err(|error| unreadable(&error))?;
        let input = match here.get("ItemSelector") {
            Some(template) => {
                let index = usize::try_from(item).unwrap_or(usize::MAX);
                self.select(place, template, index, &value)?
            }
            None => value,
        };
        let at = self.at;
        let name = child_name(self.inside.seed(), number, item);
        let parent = self.execution(place.execution).ok_or_else(lost)?;
        let (machine, role, definition) = (
            parent.machine_arn.clone(),
            parent.role_arn.clone(),
            parent.definition,
        );
        let label = self.map_run(number).ok_or_else(lost)?.label.clone();
        let arn = machine.replacen(":stateMachine:", ":execution:", 1);
        let arn = format!("{arn}/{label}:{name}");
        let mut child = execution(arn, machine, role, definition, input, at);
        child.map_run = Some(number);
        child.history = History::new(false);
        let id = self.begin(child, &format!("{}/ItemProcessor", here.pointer));
        if let Some(run) = self.map_run(number) {
            run.running.insert(id);
        }
        Ok(())
    }

    /// A child ended: it is put away, and its place is free.
    pub(super) fn child_ended(&mut self, number: usize, id: u64, status: Status) {
        let Some(child) = self.state.executions.remove(&id) else {
            return;
        };
        let kept = self
            .files
            .get_mut(&number)
            .map(|files| files.keep_child(&child));
        if let Some(run) = self.map_run(number) {
            run.running.remove(&id);
            run.count_end(status);
            match kept {
                Some(Ok(bytes)) => run.children_bytes = bytes,
                other => tracing::error!(?other, "an ended child of a map run cannot be kept"),
            }
        }
        self.fill_map_run(number);
    }

    fn map_run_failed(&mut self, number: usize, here: &Here, failure: Failure) {
        self.map_run_over(number, Status::Failed);
        let Some(place) = self.map_run(number).map(|run| home(run)) else {
            return;
        };
        let details = json!({ "error": failure.error, "cause": failure.cause });
        self.note(place, "MapRunFailed", None, details);
        self.fail(place, here, failure);
    }

    /// The execution around it was stopped.
    pub(super) fn abort_map_run(&mut self, number: usize) {
        self.map_run_over(number, Status::Aborted);
    }

    fn map_run_over(&mut self, number: usize, status: Status) {
        let at = self.at;
        let Some(run) = self.map_run(number) else {
            return;
        };
        if run.phase == Phase::Over {
            return;
        }
        run.phase = Phase::Over;
        run.end = Some((status, at));
        for child in run.running.clone() {
            self.end(child, Status::Aborted, None, None);
        }
    }
}

/// The name of an item's child.
pub(super) fn child_name(seed: u64, map_run: usize, item: u64) -> String {
    let map_run = u64::try_from(map_run).unwrap_or(u64::MAX);
    super::uuid(&[seed, map_run, item, 17])
}

/// The frame that waits for a map run.
pub(super) fn home(run: &MapRun) -> Place {
    Place {
        execution: run.execution,
        frame: run.frame,
    }
}

pub(super) fn unreadable(error: &std::io::Error) -> Failure {
    Failure::new("States.ItemReaderFailed", error.to_string())
}

/// A member of an evaluated `Arguments`.
pub(super) fn argument<'a>(
    arguments: &'a Value,
    name: &str,
    error: &str,
) -> Result<&'a str, Failure> {
    arguments
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| Failure::new(error, format!("'{name}' is missing in {arguments}.")))
}
