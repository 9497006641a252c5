//! Requests and answers of the services that are not S3, after the signature was verified.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};

/// Who signed a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// `arn:…:iam::ACCOUNT:user/NAME` or `arn:…:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    pub arn: String,
    /// Twelve digits.
    pub account: String,
    /// `AIDA…` of a user, `AROA…:SESSION` of a session.
    pub user_id: String,
    /// The access key id that signed.
    pub access_key: String,
}

/// A verified request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The path, percent-decoded, beginning with `/`.
    pub path: String,
    /// The query's names and values, percent-decoded, in their order.
    pub query: Vec<(String, String)>,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// Who signed.
    pub caller: Caller,
    /// The request id that the front puts on the answer.
    pub request_id: String,
}

impl Request {
    /// The first value of a query parameter.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A header's value if it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// An answer; the front adds request id and date.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: StatusCode,
    /// Headers without those of the front.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Response {
    /// A JSON answer.
    #[must_use]
    pub fn json(status: StatusCode, body: &serde_json::Value) -> Self {
        Self::with_type(status, "application/json", Bytes::from(body.to_string()))
    }

    /// An XML answer as the query protocol sends it.
    #[must_use]
    pub fn xml(status: StatusCode, body: String) -> Self {
        Self::with_type(status, "text/xml", Bytes::from(body))
    }

    /// A REST-JSON error: the code in `x-amzn-ErrorType`, the message in the body.
    #[must_use]
    pub fn json_error(status: StatusCode, code: &str, message: &str) -> Self {
        let mut answer = Self::json(
            status,
            &serde_json::json!({ "Message": message, "message": message }),
        );
        if let Ok(value) = HeaderValue::from_str(code) {
            answer.headers.insert("x-amzn-errortype", value);
        }
        answer
    }

    fn with_type(status: StatusCode, content_type: &'static str, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            status,
            headers,
            body,
        }
    }
}
