//! What Step Functions knows: machines, executions, map runs. All of it survives a restart; the items of map runs and
//! their ended children are kept in files beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::history::History;

/// The stored part of the service.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// By ARN.
    pub(super) machines: BTreeMap<String, Machine>,
    /// Definitions that machines have or had; executions go on with the one they were started with.
    pub(super) definitions: Vec<Arc<Value>>,
    /// All but the ended children of map runs.
    pub(super) executions: BTreeMap<u64, Execution>,
    pub(super) map_runs: Vec<MapRun>,
    /// How many executions there have been.
    pub(super) started: u64,
    /// By ARN.
    pub(super) tags: BTreeMap<String, BTreeMap<String, String>>,
}

/// A state machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Machine {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) role_arn: String,
    /// The text as it came.
    pub(super) text: String,
    /// The place in [`State::definitions`].
    pub(super) definition: usize,
    pub(super) created_ms: i64,
    pub(super) revised_ms: Option<i64>,
    pub(super) revision: u32,
}

/// How an execution or a map run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Status {
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

impl Status {
    pub(super) const ALL: [Self; 4] =
        [Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }
}

/// The end of an execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) status: Status,
    pub(super) at_ms: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Failure>,
}

/// An error by name and words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Failure {
    pub(super) error: String,
    pub(super) cause: String,
}

impl Failure {
    pub(super) fn new(error: &str, cause: impl Into<String>) -> Self {
        Self {
            error: error.to_owned(),
            cause: cause.into(),
        }
    }
}

/// An execution, of a machine or as a child of a map run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Execution {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) machine_arn: String,
    pub(super) role_arn: String,
    pub(super) definition: usize,
    pub(super) input: Value,
    pub(super) started_ms: i64,
    pub(super) end: Option<End>,
    pub(super) frames: BTreeMap<u32, Frame>,
    pub(super) frames_made: u32,
    pub(super) history: History,
    /// The place in [`State::map_runs`] of a child.
    pub(super) map_run: Option<usize>,
}

/// One place at which an execution is: a branch of it, with its variables.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Frame {
    /// The frame that waits for this one, and which of its branches this is.
    pub(super) parent: Option<(u32, usize)>,
    /// JSON pointer to the object with `StartAt` and `States`.
    pub(super) block: String,
    pub(super) state: String,
    pub(super) input: Value,
    pub(super) variables: Map<String, Value>,
    /// Index and value of an inline map's item.
    pub(super) item: Option<(u64, Value)>,
    pub(super) step: Step,
    pub(super) entered_ms: i64,
    /// How often each retrier was used since the state was entered.
    pub(super) retried: Vec<u32>,
    /// When it goes on by itself.
    pub(super) due_ms: Option<i64>,
}

/// What a frame is about to do, or waits for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Step {
    /// Enter the state.
    Enter,
    /// Begin a state's work, or begin it again after an error.
    Work,
    /// The Wait state's end.
    Waiting,
    /// A call with these arguments.
    Call(Value),
    /// Branches of this execution.
    Branches(Branches),
    /// A map run, by its place.
    MapRun(usize),
}

/// The branches of a Parallel or of an inline Map.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Branches {
    /// Items of a Map that have no branch yet are at `next` and after it.
    pub(super) items: Vec<Value>,
    pub(super) next: usize,
    pub(super) at_once: usize,
    pub(super) results: Vec<Option<Value>>,
}

/// A map run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MapRun {
    pub(super) arn: String,
    /// The last part of the ARN.
    pub(super) id: String,
    pub(super) execution: u64,
    pub(super) frame: u32,
    pub(super) label: String,
    pub(super) started_ms: i64,
    pub(super) end: Option<(Status, i64)>,
    /// 0: as many as the service runs at once.
    pub(super) max_concurrency: u64,
    pub(super) tolerated_percentage: Option<f64>,
    pub(super) tolerated_count: Option<u64>,
    pub(super) phase: Phase,
    pub(super) total: u64,
    /// The first item without a child.
    pub(super) next: u64,
    pub(super) running: BTreeSet<u64>,
    /// How many children ended, by [`Status::ALL`].
    pub(super) ended: [u64; 4],
    pub(super) written: u64,
    /// How long the file of ended children is.
    pub(super) children_bytes: u64,
}

/// How far a map run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
    /// The items are being read.
    Reading,
    /// Children run.
    Running,
    /// The results are being written; ends as failed where the threshold was passed.
    Writing {
        /// Whether too many children failed.
        exceeded: bool,
    },
    /// Over.
    Over,
}

impl MapRun {
    pub(super) fn count(&self, status: Status) -> u64 {
        let place = Status::ALL.iter().position(|one| *one == status);
        place
            .and_then(|place| self.ended.get(place).copied())
            .unwrap_or(0)
    }

    pub(super) fn count_end(&mut self, status: Status) {
        let place = Status::ALL.iter().position(|one| *one == status);
        if let Some(count) = place.and_then(|place| self.ended.get_mut(place)) {
            *count += 1;
        }
    }

    /// Whether more children failed than is tolerated. Without a threshold none may fail.
    pub(super) fn exceeded(&self) -> bool {
        let failed = self.count(Status::Failed) + self.count(Status::TimedOut);
        if failed == 0 {
            return false;
        }
        let by_count = self.tolerated_count.map(|count| failed > count);
        let by_share = self.tolerated_percentage.map(|share| {
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53 items")]
            let (failed, total) = (failed as f64, self.total as f64);
            failed * 100.0 > share * total
        });
        match (by_count, by_share) {
            (None, None) => true,
            (count, share) => count.unwrap_or(false) || share.unwrap_or(false),
        }
    }
}
