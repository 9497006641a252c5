//! The service's refusals in their wire shape.

use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::exchange::Response;

/// What an operation answers: the body of a 200, or a refusal.
pub(super) type Answer = Result<Value, Refusal>;

/// An error answer: code in `x-amzn-ErrorType`, `Message` and `ErrorDetails` in the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// `DetailedErrorCode` and `DetailedErrorMessage`.
    pub(super) details: Vec<(String, String)>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: Vec::new(),
        }
    }

    /// The one code that the service model names for faults of the input or the caller.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequestException", message)
    }

    /// No such group or definition.
    pub(super) fn no_such_id(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "IdNotFoundException", message)
    }

    /// No such version of a group or definition.
    pub(super) fn no_such_version(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "VersionNotFoundException", message)
    }

    /// IAM does not allow it; `message` in IAM's words.
    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDeniedException", message)
    }

    /// Too many calls.
    pub(super) fn throttled() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "ThrottlingException",
            "Rate exceeded",
        )
    }

    /// A path or method that Greengrass V1 does not have.
    pub(super) fn unknown_operation() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "UnknownOperationException",
            "The sandbox does not know this Greengrass operation.",
        )
    }

    /// The sandbox itself could not do it (its disk, for example).
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerErrorException",
            message,
        )
    }

    /// A mandatory member of the request is missing.
    pub(super) fn missing(member: &str) -> Self {
        Self::bad_request(format!(
            "Your request is missing the following required parameter(s): {{{member}}}."
        ))
    }

    /// Adds one entry of `ErrorDetails`.
    pub(super) fn with_detail(mut self, code: &str, message: &str) -> Self {
        self.details.push((code.to_owned(), message.to_owned()));
        self
    }

    pub(super) fn into_response(self) -> Response {
        let mut body = json!({ "Message": self.message, "message": self.message });
        if let (false, Some(fields)) = (self.details.is_empty(), body.as_object_mut()) {
            fields.insert("ErrorDetails".to_owned(), details(&self.details));
        }
        let mut answer = Response::json(self.status, &body);
        answer
            .headers
            .insert("x-amzn-errortype", HeaderValue::from_static(self.code));
        answer
    }
}

/// `ErrorDetails` as status, reports and error answers carry them.
pub(super) fn details(entries: &[(String, String)]) -> Value {
    entries
        .iter()
        .map(
            |(code, message)| json!({ "DetailedErrorCode": code, "DetailedErrorMessage": message }),
        )
        .collect()
}
