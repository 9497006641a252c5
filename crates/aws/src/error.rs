//! One classification for the errors of all operations.

use thiserror::Error;

/// What kind of error it is, whatever the service calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No credentials were found.
    CredentialsMissing,
    /// The credentials have ended.
    CredentialsExpired,
    /// The key is not known or the signature is refused.
    CredentialsInvalid,
    /// The profile does not exist or cannot be read.
    ProfileInvalid,
    /// No Region, or none of that name.
    RegionUnknown,
    /// The clock is too far off.
    ClockSkew,
    /// The host cannot be reached at all: no network, no such name.
    NetworkUnreachable,
    /// The host refuses the connection or breaks it off.
    EndpointUnreachable,
    /// The certificate is not trusted.
    CertificateUntrusted,
    /// No answer in time.
    Timeout,
    /// The caller may not.
    AccessDenied,
    /// It does not exist.
    NotFound,
    /// It exists already, or was changed meanwhile.
    Conflict,
    /// A quota is used up.
    LimitExceeded,
    /// Too many requests.
    Throttled,
    /// Another bulk deployment has not ended.
    ConcurrentBulkDeployment,
    /// The execution role cannot be assumed.
    AssumeRole,
    /// The bucket lies in another Region.
    WrongRegion,
    /// The request is refused as it is.
    BadRequest,
    /// The service failed.
    ServiceFault,
    /// The answer cannot be read.
    Unreadable,
    /// Cancelled by the user.
    Cancelled,
    /// A local file cannot be read.
    File,
}

/// An error of one call, with the service's own words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{operation}: {message}{}", .code.as_ref().map(|c| format!(" ({c})")).unwrap_or_default())]
pub struct Error {
    /// The call, such as `greengrass:ListGroups`.
    pub operation: &'static str,
    /// The kind.
    pub kind: Kind,
    /// The service's code, where it gave one.
    pub code: Option<String>,
    /// The service's words, or those of the layer underneath.
    pub message: String,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// AWS's request id.
    pub request_id: Option<String>,
}

impl Error {
    /// Whether the same call may succeed a moment later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            Kind::Throttled
                | Kind::ServiceFault
                | Kind::Timeout
                | Kind::NetworkUnreachable
                | Kind::EndpointUnreachable
                | Kind::Unreadable
        )
    }
}
