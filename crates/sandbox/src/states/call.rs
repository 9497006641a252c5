//! One request being answered.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::refusal::{Answer, Refusal};
use super::run::Run;
use crate::cloud::Cloud;
use crate::exchange::Request;

/// A request with everything around it.
#[derive(Debug)]
pub(super) struct Call<'a, 'r> {
    pub(super) run: &'a mut Run<'r>,
    pub(super) request: &'a Request,
    pub(super) now: i64,
}

impl Call<'_, '_> {
    pub(super) fn answer(&mut self) -> Answer {
        let operation = super::operation(&self.request.headers).unwrap_or_default();
        let fields = match serde_json::from_slice(&self.request.body) {
            Ok(Value::Object(fields)) => fields,
            _ if self.request.body.is_empty() => Map::new(),
            _ => {
                return Err(Refusal::new(
                    "SerializationException",
                    "The body is no JSON object.",
                ));
            }
        };
        match operation {
            "CreateStateMachine" => self.create_machine(&fields),
            "UpdateStateMachine" => self.update_machine(&fields),
            "DescribeStateMachine" => self.describe_machine(&fields),
            "DescribeStateMachineForExecution" => self.describe_machine_of_execution(&fields),
            "DeleteStateMachine" => self.delete_machine(&fields),
            "ListStateMachines" => self.list_machines(&fields),
            "ValidateStateMachineDefinition" => self.validate_definition(&fields),
            "TagResource" => self.tag(&fields),
            "UntagResource" => self.untag(&fields),
            "ListTagsForResource" => self.list_tags(&fields),
            "StartExecution" => self.start_execution(&fields),
            "DescribeExecution" => self.describe_execution(&fields),
            "ListExecutions" => self.list_executions(&fields),
            "StopExecution" => self.stop_execution(&fields),
            "GetExecutionHistory" => self.get_history(&fields),
            "ListMapRuns" => self.list_map_runs(&fields),
            "DescribeMapRun" => self.describe_map_run(&fields),
            "UpdateMapRun" => self.update_map_run(&fields),
            _ => Err(Refusal::new(
                "UnknownOperationException",
                format!("The operation {operation} is not there."),
            )),
        }
    }

    /// Refuses callers that may not do this.
    pub(super) fn allow(&self, operation: &str, resource: &str) -> Result<(), Refusal> {
        self.run
            .inside
            .world
            .caller_allowed(
                &self.request.caller,
                &format!("states:{operation}"),
                resource,
                &[],
            )
            .map_err(Refusal::denied)
    }

    /// `arn:…:states:REGION:ACCOUNT:KIND:NAME`.
    pub(super) fn arn(&self, kind: &str, name: &str) -> String {
        let settings = &self.run.inside.world.settings;
        let (partition, region, account) =
            (settings.partition(), &settings.region, &settings.account);
        format!("arn:{partition}:states:{region}:{account}:{kind}:{name}")
    }

    /// A page of a list: entries from the token on, and the next token where there are more.
    pub(super) fn page<T: Clone>(
        fields: &Map<String, Value>,
        entries: &[T],
    ) -> Result<(Vec<T>, Option<String>), Refusal> {
        let asked = fields
            .get("maxResults")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        let size = match asked {
            0 => 100,
            asked => usize::try_from(asked).unwrap_or(1_000).min(1_000),
        };
        let from = match fields.get("nextToken").and_then(Value::as_str) {
            None => 0,
            Some(token) => URL_SAFE_NO_PAD
                .decode(token)
                .ok()
                .and_then(|bytes| {
                    String::from_utf8(bytes)
                        .ok()?
                        .strip_prefix("from ")?
                        .parse()
                        .ok()
                })
                .ok_or_else(|| Refusal::new("InvalidToken", format!("Invalid Token: '{token}'")))?,
        };
        let page: Vec<T> = entries.iter().skip(from).take(size).cloned().collect();
        let end = from + page.len();
        let next = (end < entries.len()).then(|| URL_SAFE_NO_PAD.encode(format!("from {end}")));
        Ok((page, next))
    }
}

/// A text member that must be there and not empty.
pub(super) fn text<'a>(fields: &'a Map<String, Value>, member: &str) -> Result<&'a str, Refusal> {
    match fields.get(member) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        _ => Err(Refusal::validation(format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must not be null"
        ))),
    }
}

/// A list answer.
pub(super) fn listed(member: &str, entries: Vec<Value>, next: Option<String>) -> Value {
    let mut answer = json!({ member: entries });
    if let (Some(next), Some(fields)) = (next, answer.as_object_mut()) {
        fields.insert("nextToken".to_owned(), next.into());
    }
    answer
}

/// Names of machines and executions: up to 80 characters, none of those the service refuses.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let bad = |letter: char| {
        letter.is_whitespace()
            || letter.is_control()
            || r#"<>{}[]?*"#.contains(letter)
            || r##""#%\^|~`$&,;:/"##.contains(letter)
    };
    if name.is_empty() || name.chars().count() > 80 || name.contains(bad) {
        return Err(Refusal::new(
            "InvalidName",
            format!("Invalid Name: '{name}'"),
        ));
    }
    Ok(())
}
