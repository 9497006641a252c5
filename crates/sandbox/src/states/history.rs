//! The events of an execution. A child of a map run keeps no payloads but those of failures: thousands of children run
//! at once, and what they were given and gave is kept with the child.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The longest history; an execution that would have more fails (Step Functions quotas).
pub(super) const LONGEST: usize = 25_000;

/// The events in their order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct History {
    /// Whether payloads are kept.
    pub(super) whole: bool,
    events: Vec<Event>,
}

/// Type, Unix milliseconds, state, details.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Event(
    Cow<'static, str>,
    i64,
    #[serde(default)] Option<String>,
    #[serde(default)] Option<Map<String, Value>>,
);

impl History {
    pub(super) fn new(whole: bool) -> Self {
        Self {
            whole,
            events: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Adds an event. `details` are the members of the event's own details; payloads among them are dropped where none
    /// are kept.
    pub(super) fn add(
        &mut self,
        kind: impl Into<Cow<'static, str>>,
        at_ms: i64,
        state: Option<&str>,
        details: Value,
    ) {
        let mut details = match details {
            Value::Object(details) => details,
            _ => Map::new(),
        };
        if !self.whole {
            for payload in ["input", "output", "parameters"] {
                details.remove(payload);
            }
        }
        self.events.push(Event(
            kind.into(),
            at_ms,
            state.map(str::to_owned),
            (!details.is_empty()).then_some(details),
        ));
    }

    /// The events as GetExecutionHistory answers them.
    pub(super) fn shown(&self, with_payloads: bool) -> Vec<Value> {
        let shown = self.events.iter().enumerate().map(|(place, event)| {
            let Event(kind, at_ms, state, details) = event;
            let mut shown = Map::new();
            shown.insert("timestamp".to_owned(), super::moment(*at_ms));
            shown.insert("type".to_owned(), json!(kind));
            shown.insert("id".to_owned(), json!(place + 1));
            shown.insert("previousEventId".to_owned(), json!(place));
            if let Some(member) = member(kind) {
                let mut details = details.clone().unwrap_or_default();
                if let Some(state) = state {
                    details.insert("name".to_owned(), json!(state));
                }
                for payload in ["input", "output"] {
                    if details.contains_key(payload) {
                        if with_payloads {
                            details
                                .insert(format!("{payload}Details"), json!({ "truncated": false }));
                        } else {
                            details.remove(payload);
                        }
                    }
                }
                if kind == "TaskScheduled" {
                    // Members that the model wants there.
                    for (member, usual) in [("parameters", "{}"), ("region", "")] {
                        details.entry(member).or_insert_with(|| json!(usual));
                    }
                }
                shown.insert(member.to_owned(), Value::Object(details));
            }
            Value::Object(shown)
        });
        shown.collect()
    }
}

/// The member of a history event that holds its details.
fn member(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "ExecutionStarted" => "executionStartedEventDetails",
        "ExecutionSucceeded" => "executionSucceededEventDetails",
        "ExecutionFailed" => "executionFailedEventDetails",
        "ExecutionAborted" => "executionAbortedEventDetails",
        "ExecutionTimedOut" => "executionTimedOutEventDetails",
        "TaskScheduled" => "taskScheduledEventDetails",
        "TaskStarted" => "taskStartedEventDetails",
        "TaskSucceeded" => "taskSucceededEventDetails",
        "TaskFailed" => "taskFailedEventDetails",
        "TaskTimedOut" => "taskTimedOutEventDetails",
        "MapStateStarted" => "mapStateStartedEventDetails",
        "MapRunStarted" => "mapRunStartedEventDetails",
        "MapRunFailed" => "mapRunFailedEventDetails",
        "EvaluationFailed" => "evaluationFailedEventDetails",
        _ if kind.ends_with("StateEntered") => "stateEnteredEventDetails",
        _ if kind.ends_with("StateExited") => "stateExitedEventDetails",
        _ => return None,
    })
}
