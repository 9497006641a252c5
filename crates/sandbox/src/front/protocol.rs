//! How each service says no before it looks at a request, and which operation a request is.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::exchange::Response;
use crate::iam::Failure;
use crate::xml::Element;

/// The services behind the front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// REST-JSON.
    Greengrass,
    /// REST-JSON, with the signing name of the former.
    GreengrassV2,
    /// REST-JSON.
    Iot,
    /// awsJson1.1.
    SecretsManager,
    /// The query protocol.
    Iam,
    /// The query protocol.
    Sts,
    /// REST-XML.
    S3,
    /// awsJson1.0.
    States,
}

/// A refusal that is the same in each service but for its code and wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Unsigned,
    OldSignature,
    UnknownKey,
    WrongSignature,
    /// The times in the message: when it was signed, and when it is.
    Skewed {
        signed: String,
        now: String,
    },
    Expired,
    WrongToken,
    WrongScope(String),
    Throttled,
    Status(u16),
    TooLarge,
}

impl Destination {
    /// By the service in the credential scope.
    #[must_use]
    pub fn of_service(service: &str) -> Option<Self> {
        match service {
            "greengrass" => Some(Self::Greengrass),
            "iot" => Some(Self::Iot),
            "secretsmanager" => Some(Self::SecretsManager),
            "iam" => Some(Self::Iam),
            "sts" => Some(Self::Sts),
            "s3" => Some(Self::S3),
            "states" => Some(Self::States),
            _ => None,
        }
    }

    /// The prefix of operation names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Greengrass => "greengrass",
            Self::GreengrassV2 => "greengrassv2",
            Self::Iot => "iot",
            Self::SecretsManager => "secretsmanager",
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::S3 => "s3",
            Self::States => "states",
        }
    }

    /// The answer that refuses.
    #[must_use]
    pub fn refuse(self, refusal: &Refusal, request_id: &str) -> Response {
        let (status, code, message) = self.words(refusal);
        match self {
            Self::Greengrass | Self::GreengrassV2 | Self::Iot => {
                Response::json_error(status, code, &message)
            }
            Self::SecretsManager => crate::secretsmanager::refused(status, code, &message),
            Self::States => crate::states::refused(status, code, &message),
            Self::Iam | Self::Sts => query_error(
                self,
                &Failure {
                    status,
                    code,
                    message,
                },
                request_id,
            ),
            Self::S3 => s3_error(status, code, &message, request_id),
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table of codes and words")]
    fn words(self, refusal: &Refusal) -> (StatusCode, &'static str, String) {
        const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
        let pick = |json, query, s3| match self {
            Self::Greengrass
            | Self::GreengrassV2
            | Self::Iot
            | Self::SecretsManager
            | Self::States => json,
            Self::Iam | Self::Sts => query,
            Self::S3 => s3,
        };
        match refusal {
            Refusal::Unsigned => (
                FORBIDDEN,
                pick(
                    "MissingAuthenticationTokenException",
                    "MissingAuthenticationToken",
                    "AccessDenied",
                ),
                pick(
                    "Missing Authentication Token",
                    "Request is missing Authentication Token",
                    "Access Denied",
                )
                .to_owned(),
            ),
            Refusal::OldSignature => (
                StatusCode::BAD_REQUEST,
                pick("IncompleteSignatureException", "IncompleteSignature", "InvalidRequest"),
                "The authorization mechanism you have provided is not supported. Please use \
                 AWS4-HMAC-SHA256."
                    .to_owned(),
            ),
            Refusal::UnknownKey | Refusal::WrongToken => {
                let s3 = match refusal {
                    Refusal::UnknownKey => "InvalidAccessKeyId",
                    _ => "InvalidToken",
                };
                (
                    if self == Self::S3 && s3 == "InvalidToken" { StatusCode::BAD_REQUEST } else { FORBIDDEN },
                    pick("UnrecognizedClientException", "InvalidClientTokenId", s3),
                    pick(
                        "The security token included in the request is invalid.",
                        "The security token included in the request is invalid.",
                        match s3 {
                            "InvalidToken" => {
                                "The provided token is malformed or otherwise invalid."
                            }
                            _ => "The AWS Access Key Id you provided does not exist in our records.",
                        },
                    )
                    .to_owned(),
                )
            }
            Refusal::WrongSignature => (
                FORBIDDEN,
                pick("InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch"),
                "The request signature we calculated does not match the signature you provided. Check \
                 your AWS Secret Access Key and signing method. Consult the service documentation for \
                 details."
                    .to_owned(),
            ),
            Refusal::Skewed { signed, now } => (
                FORBIDDEN,
                pick("InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed"),
                match self {
                    Self::S3 => {
                        "The difference between the request time and the current time is too large."
                            .to_owned()
                    }
                    _ if signed < now => {
                        format!("Signature expired: {signed} is now earlier than {now} - 15 min.")
                    }
                    _ => format!(
                        "Signature not yet current: {signed} is still later than {now} + 15 min."
                    ),
                },
            ),
            Refusal::Expired => (
                if self == Self::S3 { StatusCode::BAD_REQUEST } else { FORBIDDEN },
                pick("ExpiredTokenException", "ExpiredToken", "ExpiredToken"),
                pick(
                    "The security token included in the request is expired",
                    "The security token included in the request is expired",
                    "The provided token has expired.",
                )
                .to_owned(),
            ),
            Refusal::WrongScope(expected) => (
                FORBIDDEN,
                pick(
                    "InvalidSignatureException",
                    "SignatureDoesNotMatch",
                    "SignatureDoesNotMatch",
                ),
                format!("Credential should be scoped to {expected}."),
            ),
            Refusal::Throttled => (
                match self {
                    Self::Greengrass | Self::GreengrassV2 | Self::Iot => {
                        StatusCode::TOO_MANY_REQUESTS
                    }
                    Self::Iam | Self::Sts | Self::SecretsManager | Self::States => {
                        StatusCode::BAD_REQUEST
                    }
                    Self::S3 => StatusCode::SERVICE_UNAVAILABLE,
                },
                match self {
                    Self::States | Self::GreengrassV2 | Self::Iot | Self::SecretsManager => {
                        "ThrottlingException"
                    }
                    _ => pick("TooManyRequestsException", "Throttling", "SlowDown"),
                },
                pick("Too Many Requests", "Rate exceeded", "Please reduce your request rate.")
                    .to_owned(),
            ),
            Refusal::Status(503) => (
                StatusCode::SERVICE_UNAVAILABLE,
                pick("ServiceUnavailableException", "ServiceUnavailable", "ServiceUnavailable"),
                "Service is temporarily unavailable. Please try again.".to_owned(),
            ),
            Refusal::Status(status) => (
                StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                pick("InternalServerErrorException", "InternalFailure", "InternalError"),
                "We encountered an internal error. Please try again.".to_owned(),
            ),
            Refusal::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                pick("RequestEntityTooLargeException", "RequestEntityTooLarge", "EntityTooLarge"),
                "Request size exceeded the limit".to_owned(),
            ),
        }
    }
}

/// An error of the query protocol.
#[must_use]
pub fn query_error(service: Destination, failure: &Failure, request_id: &str) -> Response {
    let fault = if failure.status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    let error = Element::new("Error")
        .text("Type", fault)
        .text("Code", failure.code)
        .text("Message", &failure.message);
    let body = format!(
        "<ErrorResponse xmlns=\"{}\">{}<RequestId>{request_id}</RequestId></ErrorResponse>\n",
        namespace(service),
        error.render()
    );
    Response::xml(failure.status, body)
}

/// A success of the query protocol.
#[must_use]
pub fn query_answer(
    service: Destination,
    action: &str,
    inner: Option<Element>,
    request_id: &str,
) -> Response {
    let result = inner.map_or_else(String::new, |inner| {
        format!("<{action}Result>{}</{action}Result>", inner.into_inner())
    });
    let body = format!(
        "<{action}Response xmlns=\"{}\">{result}<ResponseMetadata><RequestId>{request_id}</RequestId>\
         </ResponseMetadata></{action}Response>\n",
        namespace(service)
    );
    Response::xml(StatusCode::OK, body)
}

fn namespace(service: Destination) -> &'static str {
    match service {
        Destination::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        _ => "https://iam.amazonaws.com/doc/2010-05-08/",
    }
}

/// An error of S3 that its own code did not make.
fn s3_error(status: StatusCode, code: &str, message: &str, request_id: &str) -> Response {
    let error = Element::new("Error")
        .text("Code", code)
        .text("Message", message)
        .text("RequestId", request_id);
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}",
        error.render()
    );
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/xml"),
    );
    Response {
        status,
        headers,
        body: Bytes::from(body),
    }
}
