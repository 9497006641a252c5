//! How Step Functions says no.

use http::StatusCode;
use serde_json::{Value, json};

use crate::exchange::Response;

/// A refused call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    code: &'static str,
    message: String,
}

/// What an operation answers.
pub(super) type Answer = Result<Value, Refusal>;

impl Refusal {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(super) fn denied(message: String) -> Self {
        Self::new("AccessDeniedException", message)
    }

    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    pub(super) fn no_machine(arn: &str) -> Self {
        Self::new(
            "StateMachineDoesNotExist",
            format!("State Machine Does Not Exist: '{arn}'"),
        )
    }

    pub(super) fn no_execution(arn: &str) -> Self {
        Self::new(
            "ExecutionDoesNotExist",
            format!("Execution Does Not Exist: '{arn}'"),
        )
    }

    pub(super) fn no_resource(arn: &str) -> Self {
        Self::new("ResourceNotFound", format!("Resource not found: '{arn}'"))
    }

    pub(super) fn into_response(self) -> Response {
        refused(StatusCode::BAD_REQUEST, self.code, &self.message)
    }
}

/// A refusal as awsJson has it: the code in the body.
pub(crate) fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    answer(status, &json!({ "__type": code, "message": message }))
}

/// An answer of awsJson1.0.
pub(super) fn answer(status: StatusCode, body: &Value) -> Response {
    let mut answer = Response::json(status, body);
    answer.headers.insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    answer
}
