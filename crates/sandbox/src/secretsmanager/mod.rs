//! Secrets Manager as far as components need it: secrets with versions, made, read and deleted.

mod model;
mod operations;
mod values;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

pub use self::model::Secrets;

use crate::exchange::{Request, Response};
use crate::world::World;

/// What the name of an operation is preceded by in `X-Amz-Target`.
const TARGET: &str = "secretsmanager.";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// A refusal: status, code and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            message: message.into(),
        }
    }

    fn not_found() -> Self {
        Self::new(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        )
    }

    fn parameter(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    fn request(message: impl Into<String>) -> Self {
        Self::new("InvalidRequestException", message)
    }
}

/// A request with everything around it.
#[derive(Debug)]
struct Call<'a> {
    world: &'a World,
    request: &'a Request,
    fields: Map<String, Value>,
}

/// The operation that a request's headers name.
#[must_use]
pub fn operation(headers: &HeaderMap) -> Option<&str> {
    headers
        .get("x-amz-target")?
        .to_str()
        .ok()?
        .strip_prefix(TARGET)
}

/// Answers one verified request.
#[must_use]
pub fn answer(world: &World, request: &Request) -> Response {
    match carry_out(world, request) {
        Ok(body) => respond(StatusCode::OK, &body),
        Err(refusal) => refused(refusal.status, refusal.code, &refusal.message),
    }
}

fn carry_out(world: &World, request: &Request) -> Result<Value, Refusal> {
    let operation = operation(&request.headers).unwrap_or_default();
    let Ok(Value::Object(fields)) = serde_json::from_slice(&request.body) else {
        return Err(Refusal::new(
            "SerializationException",
            "The body is not a JSON object",
        ));
    };
    let call = Call {
        world,
        request,
        fields,
    };
    match operation {
        "CreateSecret" => call.create(),
        "DescribeSecret" => call.describe(),
        "ListSecrets" => call.list(),
        "GetSecretValue" => call.value(),
        "PutSecretValue" => call.put_value(),
        "DeleteSecret" => call.delete(),
        _ => Err(Refusal::new(
            "UnknownOperationException",
            "The sandbox does not know this operation of Secrets Manager",
        )),
    }
}

/// An error as awsJson1.1 has it.
#[must_use]
pub fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    respond(
        status,
        &json!({ "__type": code, "Message": message, "message": message }),
    )
}

fn respond(status: StatusCode, body: &Value) -> Response {
    let mut answer = Response::json(status, body);
    answer
        .headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    answer
}
