//! Where an execution is: its frames, and the states of its definition.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::history::History;
use super::model::{Execution, Failure, Frame, Step};

/// A state of a definition.
#[derive(Debug, Clone)]
pub(super) struct Here {
    pub(super) whole: Arc<Value>,
    /// JSON pointer to the state.
    pub(super) pointer: String,
    pub(super) name: String,
}

impl Here {
    /// A field of the state.
    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        self.whole.pointer(&self.pointer)?.get(field)
    }

    pub(super) fn text(&self, field: &str) -> &str {
        self.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn kind(&self) -> &str {
        self.text("Type")
    }

    pub(super) fn distributed(&self) -> bool {
        let mode = self
            .get("ItemProcessor")
            .and_then(|processor| processor.pointer("/ProcessorConfig/Mode"));
        mode.is_some_and(|mode| mode == "DISTRIBUTED")
    }
}

/// A frame that is about to enter a state.
pub(super) fn frame(
    parent: Option<(u32, usize)>,
    block: &str,
    state: String,
    input: Value,
    variables: Map<String, Value>,
) -> Frame {
    Frame {
        parent,
        block: block.to_owned(),
        state,
        input,
        variables,
        item: None,
        step: Step::Enter,
        entered_ms: 0,
        retried: Vec::new(),
        due_ms: None,
    }
}

/// An execution that has not begun.
pub(super) fn execution(
    arn: String,
    machine_arn: String,
    role_arn: String,
    definition: usize,
    input: Value,
    started_ms: i64,
) -> Execution {
    Execution {
        name: arn.rsplit(':').next().unwrap_or_default().to_owned(),
        arn,
        machine_arn,
        role_arn,
        definition,
        input,
        started_ms,
        end: None,
        frames: BTreeMap::new(),
        frames_made: 0,
        history: History::new(true),
        map_run: None,
    }
}

pub(super) fn lost() -> Failure {
    Failure::new("States.Runtime", "The sandbox lost an execution's place.")
}

/// `$states.context`.
pub(super) fn context(execution: &Execution, frame: &Frame) -> Value {
    let machine = execution.machine_arn.rsplit(':').next().unwrap_or_default();
    let mut context = json!({
        "Execution": {
            "Id": execution.arn,
            "Input": execution.input,
            "Name": execution.name,
            "RoleArn": execution.role_arn,
            "StartTime": super::text_of(execution.started_ms),
            "RedriveCount": 0,
        },
        "StateMachine": { "Id": execution.machine_arn, "Name": machine },
        "State": {
            "Name": frame.state,
            "EnteredTime": super::text_of(frame.entered_ms),
            "RetryCount": frame.retried.iter().sum::<u32>(),
        },
    });
    if let (Some((index, value)), Some(members)) = (&frame.item, context.as_object_mut()) {
        let item = json!({ "Item": { "Index": index, "Value": value } });
        members.insert("Map".to_owned(), item);
    }
    context
}
