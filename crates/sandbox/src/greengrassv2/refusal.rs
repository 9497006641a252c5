//! Refusals of Greengrass V2 and of IoT in their wire shapes.

use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use crate::exchange::Response;

/// What an operation answers: the body of a success, or a refusal.
pub(crate) type Answer = Result<Value, Refusal>;

/// An error answer: the code in `x-amzn-ErrorType`, message and details in the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Further members of the body, such as `resourceId`.
    pub(crate) more: Map<String, Value>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            code,
            message: message.into(),
            more: Map::new(),
        }
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }

    /// A member of the request is not what the model asks for; `field` is its name.
    pub(crate) fn field(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let fields = json!([{ "name": field, "message": message }]);
        Self::new(400, "ValidationException", message)
            .with("reason", "FIELD_VALIDATION_FAILED".into())
            .with("fields", fields)
    }

    /// The request is understood and cannot be accepted.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationException", message).with("reason", "OTHER".into())
    }

    pub(crate) fn not_found(kind: &str, id: &str) -> Self {
        let message = format!("Resource not found: {kind} {id}");
        Self::new(404, "ResourceNotFoundException", message)
            .with("resourceId", id.into())
            .with("resourceType", kind.into())
    }

    pub(crate) fn conflict(kind: &str, id: &str, message: impl Into<String>) -> Self {
        Self::new(409, "ConflictException", message)
            .with("resourceId", id.into())
            .with("resourceType", kind.into())
    }

    /// IAM does not allow it; `message` in IAM's words.
    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(403, "AccessDeniedException", message)
    }

    pub(crate) fn throttled() -> Self {
        Self::new(429, "ThrottlingException", "Rate exceeded")
            .with("quotaCode", "".into())
            .with("serviceCode", "greengrass".into())
    }

    pub(crate) fn unknown_operation() -> Self {
        Self::new(
            404,
            "UnknownOperationException",
            "The sandbox does not know this operation.",
        )
    }

    /// The sandbox itself could not do it (its disk, for example).
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "InternalServerException", message)
    }

    pub(crate) fn into_response(self) -> Response {
        let mut body = self.more;
        body.insert("message".to_owned(), self.message.into());
        let mut answer = Response::json(self.status, &Value::Object(body));
        answer
            .headers
            .insert("x-amzn-errortype", HeaderValue::from_static(self.code));
        answer
    }
}
