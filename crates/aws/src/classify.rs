//! From the SDK's errors to ours: first by code, then by the stable part of the message, then by HTTP status. No
//! words of a service are ever dropped.

mod codes;
mod details;
mod page;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::{
    client::{orchestrator::HttpResponse, result::SdkError},
    http::Headers,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::{
    Error, Kind,
    transport::{chain, kind_of_chain, words},
};

/// Characters of an answer's body that are kept where it is all there is.
const BODY_KEPT: usize = 400;

/// Turns the SDK's error of one call into ours.
pub(crate) fn failed<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let response = error.raw_response();
    let status = response.map(|response| response.status().as_u16());
    let request_id = response.and_then(|response| request_id(response.headers()));
    match &error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            let code = meta
                .code()
                .map(str::to_owned)
                .filter(|code| !code.is_empty());
            let message = meta
                .message()
                .map(str::to_owned)
                .filter(|message| !message.is_empty())
                .or_else(|| response.and_then(web_page))
                .or_else(|| response.and_then(body_words))
                .unwrap_or_else(|| without_words(status));
            let message = match response.and_then(details::details) {
                Some(details) => format!("{message} [{details}]"),
                None => message,
            };
            let kind = redirected(operation, code.as_deref(), status)
                .or_else(|| meant(operation, code.as_deref(), &message))
                .unwrap_or_else(|| kind_of_answer(code.as_deref(), &message, status));
            Error {
                operation,
                kind,
                code,
                message,
                status,
                request_id,
            }
        }
        SdkError::ResponseError(_) => {
            let kind = redirected(operation, None, status)
                .or_else(|| kind_of_chain(&error))
                .unwrap_or(Kind::Unreadable);
            let kind = if status.is_some_and(|s| s >= 500) {
                Kind::ServiceFault
            } else {
                kind
            };
            let message = match (response.and_then(web_page), response.and_then(body_words)) {
                (Some(page), _) => page,
                (None, Some(body)) => format!("{}; the answer begins: {body}", words(&error)),
                (None, None) => words(&error),
            };
            Error {
                operation,
                kind,
                code: None,
                message,
                status,
                request_id,
            }
        }
        SdkError::TimeoutError(_) => Error::here(operation, Kind::Timeout, words(&error)),
        SdkError::DispatchFailure(dispatch) => {
            let kind = kind_of_credentials(&error)
                .or_else(|| kind_of_chain(&error))
                .unwrap_or(if dispatch.is_timeout() {
                    Kind::Timeout
                } else if dispatch.is_user() {
                    Kind::BadRequest
                } else {
                    Kind::EndpointUnreachable
                });
            Error::here(operation, kind, words(&error))
        }
        _ => {
            let kind = kind_of_credentials(&error)
                .or_else(|| kind_of_chain(&error))
                .unwrap_or(Kind::BadRequest);
            Error::here(operation, kind, words(&error))
        }
    }
}

impl Error {
    /// An error that arose on this side of the wire.
    #[must_use]
    pub fn here(operation: &'static str, kind: Kind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            operation,
            kind,
            code: None,
            message,
            status: None,
            request_id: None,
        }
    }

    /// An answer that lacks what it has to have.
    pub(crate) fn unreadable(operation: &'static str, message: impl Into<String>) -> Self {
        Self::here(operation, Kind::Unreadable, message)
    }
}

/// AWS's request id, under the names that the services use for it.
pub(crate) fn request_id(headers: &Headers) -> Option<String> {
    ["x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"]
        .into_iter()
        .find_map(|name| headers.get(name))
        .map(str::to_owned)
}

fn web_page(response: &HttpResponse) -> Option<String> {
    let body = String::from_utf8_lossy(response.body().bytes()?);
    page::page_words(response.status().as_u16(), &body)
}

fn body_words(response: &HttpResponse) -> Option<String> {
    let text = String::from_utf8_lossy(response.body().bytes()?);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then(|| text.chars().take(BODY_KEPT).collect())
}

/// S3 sends those who ask the wrong Region's endpoint elsewhere; HEAD answers have no code to say so (Amazon S3 API
/// Reference, "Error responses": `PermanentRedirect`, 301).
fn redirected(operation: &str, code: Option<&str>, status: Option<u16>) -> Option<Kind> {
    let elsewhere = code == Some("PermanentRedirect") || (code.is_none() && status == Some(301));
    (operation.starts_with("s3:") && elsewhere).then_some(Kind::WrongRegion)
}

/// What an operation says in words that mean something else elsewhere.
fn meant(operation: &str, code: Option<&str>, message: &str) -> Option<Kind> {
    // A recipe that is not valid is refused as if it were a right: the action is `null`.
    if operation == "greengrass:CreateComponentVersion"
        && message.contains("not authorized to perform: null")
    {
        return Some(Kind::BadRequest);
    }
    // Step Functions means its own tokens of pages and tasks, S3 a session's.
    (operation.starts_with("states:") && code == Some("InvalidToken")).then_some(Kind::BadRequest)
}

fn without_words(status: Option<u16>) -> String {
    match status {
        Some(status) => format!("HTTP {status} without an AWS error"),
        None => "the service gave no words".to_owned(),
    }
}

/// The kind of a refusal that a service answered.
pub(crate) fn kind_of_answer(code: Option<&str>, message: &str, status: Option<u16>) -> Kind {
    // A code may carry a namespace before `#` or an address after `:` (Smithy, restJson1 error identity).
    let code = code.map(|code| {
        let code = code.rsplit('#').next().unwrap_or(code);
        code.split(':').next().unwrap_or(code)
    });
    code.and_then(codes::kind_of_code)
        .map(|kind| match kind {
            // These codes stand for many things: the words say which.
            Kind::BadRequest | Kind::AccessDenied | Kind::LimitExceeded | Kind::Conflict => {
                kind_of_words(message).unwrap_or(kind)
            }
            // A wrong clock gives a signature of another time (IAM User Guide, troubleshooting SigV4).
            Kind::CredentialsInvalid
                if message.contains("Signature expired")
                    || message.contains("Signature not yet current") =>
            {
                Kind::ClockSkew
            }
            kind => kind,
        })
        .or_else(|| kind_of_words(message))
        .unwrap_or_else(|| kind_of_status(status))
}

/// Greengrass's model knows `BadRequestException` only; what is meant stands in the words.
fn kind_of_words(message: &str) -> Option<Kind> {
    let words = message.to_ascii_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let all = |parts: &[&str]| parts.iter().all(|part| words.contains(part));
    if all(&["bulk deployment"])
        && any(&[
            "concurrent",
            "already running",
            "already in progress",
            "another bulk",
            "one bulk deployment",
        ])
    {
        return Some(Kind::ConcurrentBulkDeployment);
    }
    let assumes = any(&[
        "assume the role",
        "assume role",
        "assume this role",
        "assume the execution role",
        "assume execution role",
        // Step Functions (CreateStateMachine): "Neither the global service principal … is authorized to assume the
        // provided role."
        "assume the provided role",
    ]) || all(&["unable to assume"])
        || all(&["cannot assume"]);
    // The caller's own right to sts:AssumeRole is named as an action; that is not about the execution role.
    if assumes && !words.contains("perform: sts:assumerole") {
        return Some(Kind::AssumeRole);
    }
    if any(&[
        "security token included in the request is expired",
        "token has expired",
    ]) {
        return Some(Kind::CredentialsExpired);
    }
    if any(&["security token included in the request is invalid"]) {
        return Some(Kind::CredentialsInvalid);
    }
    if all(&["is not authorized to perform"]) {
        return Some(Kind::AccessDenied);
    }
    if any(&["rate exceeded", "too many requests"]) {
        return Some(Kind::Throttled);
    }
    None
}

const fn kind_of_status(status: Option<u16>) -> Kind {
    match status {
        Some(401 | 403) => Kind::AccessDenied,
        Some(404) => Kind::NotFound,
        Some(408 | 504) => Kind::Timeout,
        Some(409 | 412) => Kind::Conflict,
        Some(429) => Kind::Throttled,
        Some(400..=499) => Kind::BadRequest,
        Some(500..=599) => Kind::ServiceFault,
        _ => Kind::Unreadable,
    }
}

/// The kind of an error of the credentials chain, if there is one underneath.
pub(crate) fn kind_of_credentials(error: &(dyn std::error::Error + 'static)) -> Option<Kind> {
    let credentials = chain(error).find_map(|e| e.downcast_ref::<CredentialsError>())?;
    let words = words(credentials).to_ascii_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    // The SDK gives these no types of their own to tell them apart by.
    if any(&["expired", "token is invalid", "refresh token"]) {
        return Some(Kind::CredentialsExpired);
    }
    if let Some(kind) = chain(credentials).find_map(kind_of_underlying) {
        return Some(kind);
    }
    Some(match credentials {
        CredentialsError::CredentialsNotLoaded(_) => Kind::CredentialsMissing,
        CredentialsError::ProviderTimedOut(_) => Kind::Timeout,
        CredentialsError::InvalidConfiguration(_) => Kind::ProfileInvalid,
        _ if any(&["profile"]) => Kind::ProfileInvalid,
        _ => kind_of_chain(credentials).unwrap_or(Kind::CredentialsMissing),
    })
}

/// What STS or SSO answered while a role was assumed or a token was exchanged.
fn kind_of_underlying(error: &(dyn std::error::Error + 'static)) -> Option<Kind> {
    use aws_sdk_sts::{
        error::SdkError as StsError,
        operation::{
            assume_role::AssumeRoleError,
            assume_role_with_web_identity::AssumeRoleWithWebIdentityError,
        },
    };
    let (code, message) = if let Some(e) = error.downcast_ref::<AssumeRoleError>() {
        (e.meta().code(), e.meta().message())
    } else if let Some(e) = error.downcast_ref::<AssumeRoleWithWebIdentityError>() {
        (e.meta().code(), e.meta().message())
    } else if let Some(StsError::ServiceError(e)) =
        error.downcast_ref::<StsError<AssumeRoleError, HttpResponse>>()
    {
        (e.err().meta().code(), e.err().meta().message())
    } else {
        return None;
    };
    Some(
        match kind_of_answer(code, message.unwrap_or_default(), None) {
            // Here the caller's own role is meant, not the execution role.
            Kind::AssumeRole | Kind::Unreadable => Kind::AccessDenied,
            kind => kind,
        },
    )
}

#[cfg(test)]
mod tests;
