//! Reading a definition: what the sandbox interprets is checked, what it does not is refused and not guessed at.

use serde_json::{Map, Value};

use super::expression;
use super::integration::operation_of;

/// One thing wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// Such as `MISSING_TRANSITION_TARGET`.
    pub(super) code: &'static str,
    pub(super) message: String,
    /// JSON pointer.
    pub(super) location: String,
}

/// Reads a definition.
///
/// # Errors
/// Everything that is wrong with it, at least one thing.
pub(super) fn read(text: &str) -> Result<Value, Vec<Finding>> {
    let finding = |code, message: String| Finding {
        code,
        message,
        location: String::new(),
    };
    let definition: Value = serde_json::from_str(text)
        .map_err(|error| vec![finding("INVALID_JSON_DESCRIPTION", error.to_string())])?;
    let Some(top) = definition.as_object() else {
        return Err(vec![finding(
            "SCHEMA_VALIDATION_FAILED",
            "The definition is not an object.".to_owned(),
        )]);
    };
    let mut check = Check(Vec::new());
    if top.get("QueryLanguage").and_then(Value::as_str) != Some("JSONata") {
        check.0.push(finding(
            "SCHEMA_VALIDATION_FAILED",
            "This sandbox interprets definitions whose QueryLanguage is JSONata.".to_owned(),
        ));
    }
    check.block(top, "");
    if check.0.is_empty() {
        Ok(definition)
    } else {
        Err(check.0)
    }
}

/// The fields beside states that are interpreted, or mean nothing.
const BLOCK: [&str; 6] = [
    "Comment",
    "ProcessorConfig",
    "QueryLanguage",
    "StartAt",
    "States",
    "Version",
];

struct Check(Vec<Finding>);

impl Check {
    fn wrong(&mut self, at: &str, message: impl Into<String>) {
        self.find("SCHEMA_VALIDATION_FAILED", at, message);
    }

    fn find(&mut self, code: &'static str, at: &str, message: impl Into<String>) {
        self.0.push(Finding {
            code,
            message: message.into(),
            location: at.to_owned(),
        });
    }

    /// An object with `StartAt` and `States`.
    fn block(&mut self, block: &Map<String, Value>, at: &str) {
        for field in block.keys() {
            if !BLOCK.contains(&field.as_str()) {
                self.wrong(
                    at,
                    format!("The field '{field}' is not interpreted by this sandbox."),
                );
            }
        }
        let Some(states) = block.get("States").and_then(Value::as_object) else {
            return self.wrong(at, "The field 'States' is required.");
        };
        match block.get("StartAt").and_then(Value::as_str) {
            Some(first) if states.contains_key(first) => {}
            Some(first) => self.find(
                "MISSING_TRANSITION_TARGET",
                &format!("{at}/StartAt"),
                format!("The state '{first}' of StartAt is not there."),
            ),
            None => self.wrong(at, "The field 'StartAt' is required."),
        }
        for (name, state) in states {
            let at = format!("{at}/States/{name}");
            match state.as_object() {
                Some(state) => self.state(state, states, &at),
                None => self.wrong(&at, "A state is an object."),
            }
        }
    }

    fn state(&mut self, state: &Map<String, Value>, states: &Map<String, Value>, at: &str) {
        let kind = state
            .get("Type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let known: &[&str] = match kind {
            "Pass" => &["Output", "Assign"],
            "Task" => &[
                "Resource",
                "Arguments",
                "Output",
                "Assign",
                "Retry",
                "Catch",
                "TimeoutSeconds",
            ],
            "Choice" => &["Choices", "Default", "Output", "Assign"],
            "Wait" => &["Seconds", "Timestamp", "Output", "Assign"],
            "Succeed" => &["Output"],
            "Fail" => &["Error", "Cause"],
            "Parallel" => &[
                "Branches",
                "Arguments",
                "Output",
                "Assign",
                "Retry",
                "Catch",
            ],
            "Map" => &[
                "Items",
                "ItemReader",
                "ItemSelector",
                "ItemProcessor",
                "MaxConcurrency",
                "ToleratedFailurePercentage",
                "ToleratedFailureCount",
                "ResultWriter",
                "Label",
                "Output",
                "Assign",
                "Retry",
                "Catch",
            ],
            "" => return self.wrong(at, "The field 'Type' is required."),
            other => return self.wrong(at, format!("There is no state of Type '{other}'.")),
        };
        for field in state.keys() {
            let everywhere = matches!(
                field.as_str(),
                "Type" | "Comment" | "Next" | "End" | "QueryLanguage"
            );
            if !everywhere && !known.contains(&field.as_str()) {
                self.wrong(
                    at,
                    format!(
                        "The field '{field}' of a {kind} state is not interpreted by this sandbox."
                    ),
                );
            }
        }
        if state
            .get("QueryLanguage")
            .is_some_and(|language| language != "JSONata")
        {
            self.wrong(at, "This sandbox interprets JSONata only.");
        }
        for (field, value) in state {
            if !matches!(field.as_str(), "ItemProcessor" | "Branches" | "Comment") {
                self.expressions(value, &format!("{at}/{field}"));
            }
        }
        self.transitions(kind, state, states, at);
        match kind {
            "Task" => {
                let resource = state
                    .get("Resource")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                if operation_of(resource).is_none() {
                    self.wrong(
                        at,
                        format!("This sandbox does not carry out the resource '{resource}'."),
                    );
                }
            }
            "Wait" if state.contains_key("Seconds") == state.contains_key("Timestamp") => {
                self.wrong(at, "A Wait state has either 'Seconds' or 'Timestamp'.");
            }
            "Map" => self.map(state, at),
            "Parallel" => match state.get("Branches").and_then(Value::as_array) {
                Some(branches) if !branches.is_empty() => {
                    for (place, branch) in branches.iter().enumerate() {
                        self.inner(Some(branch), &format!("{at}/Branches/{place}"));
                    }
                }
                _ => self.wrong(at, "The field 'Branches' is required."),
            },
            _ => {}
        }
    }

    fn inner(&mut self, block: Option<&Value>, at: &str) {
        match block.and_then(Value::as_object) {
            Some(block) => self.block(block, at),
            None => self.wrong(at, "An object with 'StartAt' and 'States' is required."),
        }
    }

    fn map(&mut self, state: &Map<String, Value>, at: &str) {
        let processor = state.get("ItemProcessor");
        self.inner(processor, &format!("{at}/ItemProcessor"));
        let config = processor.and_then(|processor| processor.get("ProcessorConfig"));
        let text = |name: &str| config.and_then(|config| config.get(name)?.as_str());
        let distributed = text("Mode") == Some("DISTRIBUTED");
        if distributed && text("ExecutionType") != Some("STANDARD") {
            self.wrong(
                at,
                "Children of a map run are of ExecutionType STANDARD in this sandbox.",
            );
        }
        if !distributed {
            for field in ["ItemReader", "ResultWriter", "Label"] {
                if state.contains_key(field) {
                    self.wrong(
                        at,
                        format!("'{field}' belongs to a Map in DISTRIBUTED mode."),
                    );
                }
            }
        }
        if let Some(reader) = state.get("ItemReader") {
            let resource = reader
                .get("Resource")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let kind = reader
                .pointer("/ReaderConfig/InputType")
                .and_then(Value::as_str);
            if !resource.ends_with(":states:::s3:getObject")
                || !matches!(kind, Some("JSON" | "JSONL"))
            {
                self.wrong(
                    at,
                    "This sandbox reads items by s3:getObject with InputType JSON or JSONL.",
                );
            }
        }
        if let Some(writer) = state.get("ResultWriter") {
            let resource = writer
                .get("Resource")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if !resource.ends_with(":states:::s3:putObject") || writer.get("WriterConfig").is_some()
            {
                self.wrong(
                    at,
                    "This sandbox writes results by s3:putObject without a WriterConfig.",
                );
            }
        }
    }

    fn transitions(
        &mut self,
        kind: &str,
        state: &Map<String, Value>,
        states: &Map<String, Value>,
        at: &str,
    ) {
        let mut targets = Vec::new();
        let ends = matches!(kind, "Succeed" | "Fail");
        match (state.get("Next"), state.get("End")) {
            (None, None) if ends || kind == "Choice" => {}
            (Some(next), None) if !ends && kind != "Choice" => targets.push(next),
            (None, Some(Value::Bool(true))) if !ends && kind != "Choice" => {}
            _ => self.wrong(
                at,
                format!("'Next' and 'End' do not fit a {kind} state, or each other."),
            ),
        }
        if kind == "Choice" {
            match state.get("Choices").and_then(Value::as_array) {
                Some(choices) if !choices.is_empty() => {
                    for choice in choices {
                        if !choice
                            .get("Condition")
                            .is_some_and(|value| value.is_boolean() || value.is_string())
                        {
                            self.wrong(at, "Each choice has a 'Condition'.");
                        }
                        match choice.get("Next") {
                            Some(next) => targets.push(next),
                            None => self.wrong(at, "Each choice has a 'Next'."),
                        }
                    }
                }
                _ => self.wrong(at, "The field 'Choices' is required."),
            }
            targets.extend(state.get("Default"));
        }
        for (field, needed) in [("Retry", None), ("Catch", Some("Next"))] {
            for rule in state
                .get(field)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                let errors = rule.get("ErrorEquals").and_then(Value::as_array);
                if errors
                    .is_none_or(|errors| errors.is_empty() || !errors.iter().all(Value::is_string))
                {
                    self.wrong(at, format!("Each rule of {field} has 'ErrorEquals'."));
                }
                match needed.map(|needed| rule.get(needed)) {
                    Some(Some(next)) => targets.push(next),
                    Some(None) => self.wrong(at, format!("Each rule of {field} has a 'Next'.")),
                    None => {}
                }
            }
        }
        for target in targets {
            match target.as_str() {
                Some(name) if states.contains_key(name) => {}
                _ => self.find(
                    "MISSING_TRANSITION_TARGET",
                    at,
                    format!("The state {target} to go to is not there."),
                ),
            }
        }
    }

    fn expressions(&mut self, value: &Value, at: &str) {
        match value {
            Value::String(text) => {
                if let Some(Err(error)) = expression::inside(text).map(expression::check) {
                    self.find("INVALID_JSONATA", at, error);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.expressions(item, at)),
            Value::Object(members) => members
                .values()
                .for_each(|value| self.expressions(value, at)),
            _ => {}
        }
    }
}
