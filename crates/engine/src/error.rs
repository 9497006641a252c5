//! What can go wrong in a use case, and the closed form in which faces show it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use specta::Type;
use thiserror::Error;

/// The closed set of codes by which faces decide; texts may change, codes may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No connection has been made yet.
    NotConnected,
    /// No credentials were found where the SDK looks for them.
    CredentialsMissing,
    /// The credentials have ended.
    CredentialsExpired,
    /// AWS does not know the key or refuses the signature.
    CredentialsInvalid,
    /// The profile does not exist or cannot be read.
    ProfileInvalid,
    /// This computer's clock is too far from AWS's.
    ClockSkew,
    /// No Region, or no Region of that name.
    RegionUnknown,
    /// There is no network.
    NetworkUnreachable,
    /// The endpoint does not answer.
    EndpointUnreachable,
    /// The endpoint's certificate is not trusted.
    CertificateUntrusted,
    /// No answer in time.
    Timeout,
    /// The caller may not do this.
    AccessDenied,
    /// What was asked for does not exist.
    NotFound,
    /// Too many requests, after all retries.
    Throttled,
    /// The service refuses the request as it is.
    BadRequest,
    /// Something of that name exists or has changed meanwhile.
    Conflict,
    /// A quota of the account is used up.
    LimitExceeded,
    /// Another bulk deployment of the account has not ended.
    ConcurrentBulkDeployment,
    /// Greengrass cannot assume the execution role.
    AssumeRole,
    /// The service failed.
    ServiceFault,
    /// The bucket does not exist.
    BucketMissing,
    /// The bucket is in another Region.
    BucketRegion,
    /// The bucket encrypts with a KMS key.
    BucketKms,
    /// The bucket may not be written or read.
    BucketDenied,
    /// What arrived in the bucket is not what was sent.
    ObjectMismatch,
    /// A file of this computer cannot be read or written.
    FileUnreadable,
    /// The file's content would be refused.
    FileInvalid,
    /// No target is selected.
    NothingSelected,
    /// The sandbox could not be started or found.
    SandboxFailed,
    /// What was typed is not valid.
    InvalidInput,
    /// The policies do not fit.
    PolicyTooLarge,
    /// A preflight check failed.
    PreflightFailed,
    /// The plan's file is not a plan, or was changed by hand.
    PlanInvalid,
    /// The run belongs to another account, Region or sandbox.
    RunElsewhere,
    /// Another process drives the run.
    RunDriven,
    /// More targets failed or are unknown than the plan's gate allows.
    GateExceeded,
    /// The store was written by a newer version of the app.
    StoreNewer,
    /// The store cannot be read or written.
    StoreFailed,
    /// Cancelled by the user.
    Cancelled,
    /// A fault of the app.
    Internal,
}

/// An error as faces get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What faces decide by.
    pub code: ErrorCode,
    /// One sentence for people.
    pub message: String,
    /// The service's own words, or the cause underneath.
    pub detail: Option<String>,
    /// AWS's request id, where there is one.
    pub request_id: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What the store can refuse.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A newer version of the app wrote it.
    #[error("{} was written by a newer version of Overseed (store version {found}, this one knows {known})", path.display())]
    Newer {
        /// The database file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest that this app knows.
        known: i64,
    },
    /// A version that never was.
    #[error("{} is not a store that Overseed can read (version {found})", path.display())]
    Unmigratable {
        /// The database file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// The data folder cannot be made.
    #[error("the folder {} cannot be made: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite's own words.
    #[error("the store: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A column holds what this version cannot read.
    #[error("the store holds something unreadable in {what}: {source}")]
    Json {
        /// Which column.
        what: &'static str,
        /// Why.
        source: serde_json::Error,
    },
}

/// What a use case can fail with.
#[derive(Debug, Error)]
pub enum Error {
    /// A call to AWS.
    #[error("{0}")]
    Aws(#[from] overseed_aws::Error),
    /// The store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A problem that a use case found by itself and put into words.
    #[error("{}", .0.message)]
    Problem(Problem),
    /// A file of this computer.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Cancelled by the user.
    #[error("cancelled")]
    Cancelled,
    /// A task of ours broke off.
    #[error("a task broke off: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        Self::Store(StoreError::Sqlite(source))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Error {
    /// A file error with its path.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// The closed form for faces.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::Aws(error) => aws_problem(error),
            Self::Store(error) => store_problem(error),
            Self::Problem(problem) => problem.clone(),
            Self::File { path, source } => file_problem(path, source),
            Self::Cancelled => Problem::new(ErrorCode::Cancelled, "Cancelled"),
            Self::Task(error) => {
                Problem::new(ErrorCode::Internal, "Something in the app broke off")
                    .detail(error)
                    .hint("Try again; if it happens again, save a diagnostics bundle in Settings.")
            }
        }
    }
}

impl Problem {
    /// A problem with a code and a sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            detail: None,
            request_id: None,
            hint: None,
        }
    }

    /// With the words of the layer underneath.
    #[must_use]
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// With a remedy.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

fn file_problem(path: &Path, source: &std::io::Error) -> Problem {
    use std::io::ErrorKind as Kind;
    let hint = match source.kind() {
        Kind::NotFound => {
            "Check the path: the file, or the folder that it is to be in, is not there."
        }
        Kind::NotADirectory => "Check the path: a part of it is a file and not a folder.",
        Kind::IsADirectory => "Name a file: this is a folder.",
        Kind::PermissionDenied => "Check that you may use the file and its folder.",
        Kind::ReadOnlyFilesystem => "Choose another place: nothing can be written to this one.",
        Kind::StorageFull | Kind::QuotaExceeded => {
            "Make room on the disk, or choose another place."
        }
        // Reading text that is none (`std::io::Read::read_to_string`).
        Kind::InvalidData => "Save the file as UTF-8 text.",
        _ => "Check that the file exists, that you may use it and that the disk has room.",
    };
    Problem::new(
        ErrorCode::FileUnreadable,
        format!("{} cannot be read or written", path.display()),
    )
    .detail(source)
    .hint(hint)
}

fn store_problem(error: &StoreError) -> Problem {
    use rusqlite::ErrorCode as Sqlite;
    match error {
        StoreError::Sqlite(source)
            if matches!(
                source.sqlite_error_code(),
                Some(Sqlite::NotADatabase | Sqlite::DatabaseCorrupt)
            ) =>
        {
            Problem::new(
                ErrorCode::StoreFailed,
                "The store is damaged, or is no store of Overseed",
            )
            .detail(error)
            .hint(
                "Move overseed.sqlite out of the data folder, or put a copy of it there that you have kept: without \
                 one, a new and empty store is made. Bulk deployments go on in AWS all the same.",
            )
        }
        StoreError::Newer { .. } => Problem::new(ErrorCode::StoreNewer, error.to_string())
            .hint("Update Overseed, or point OVERSEED_DATA_DIR at another folder."),
        _ => Problem::new(
            ErrorCode::StoreFailed,
            "What you told Overseed could not be stored or read",
        )
        .detail(error)
        .hint("Check that the disk has room and that the data folder may be written."),
    }
}

fn aws_problem(error: &overseed_aws::Error) -> Problem {
    use overseed_aws::Kind;
    let (code, message, hint) = match error.kind {
        Kind::CredentialsMissing => (
            ErrorCode::CredentialsMissing,
            "No credentials were found",
            "Sign in: `aws sso login --profile NAME` for IAM Identity Center, `aws configure` for access keys, or AWS_ACCESS_KEY_ID in the environment; or choose another profile.",
        ),
        Kind::CredentialsExpired => (
            ErrorCode::CredentialsExpired,
            "The credentials have expired",
            "Sign in again, for example with `aws sso login`, then try again. Nothing is lost.",
        ),
        Kind::CredentialsInvalid => (
            ErrorCode::CredentialsInvalid,
            "AWS does not accept these credentials",
            "Check access key, secret key and session token of the profile.",
        ),
        Kind::ProfileInvalid => (
            ErrorCode::ProfileInvalid,
            "The profile cannot be used",
            "Check its lines in the shared AWS config and credentials files.",
        ),
        Kind::RegionUnknown => (
            ErrorCode::RegionUnknown,
            "There is no Region to work in",
            "Choose a Region such as eu-west-1, or set one in the profile.",
        ),
        Kind::ClockSkew => (
            ErrorCode::ClockSkew,
            "This computer's clock is too far off for AWS",
            "Set the clock by NTP; AWS allows a difference of a few minutes.",
        ),
        Kind::NetworkUnreachable => (
            ErrorCode::NetworkUnreachable,
            "AWS cannot be reached",
            "Check the network, DNS, and HTTPS_PROXY if you use a proxy.",
        ),
        Kind::EndpointUnreachable => (
            ErrorCode::EndpointUnreachable,
            "The endpoint does not answer",
            "Check the endpoint's address and that it is up; a proxy may stand between.",
        ),
        Kind::CertificateUntrusted => (
            ErrorCode::CertificateUntrusted,
            "The endpoint's certificate is not trusted",
            "If a proxy inspects traffic, point AWS_CA_BUNDLE at its CA certificates.",
        ),
        Kind::Timeout => (
            ErrorCode::Timeout,
            "No answer in time",
            "Try again; check network and proxy if it stays so.",
        ),
        Kind::AccessDenied => (
            ErrorCode::AccessDenied,
            "You may not do this",
            "Ask an administrator to allow the action named in AWS's words below.",
        ),
        Kind::NotFound => (
            ErrorCode::NotFound,
            "It does not exist",
            "It may have been deleted meanwhile: refresh, and check account and Region.",
        ),
        Kind::Conflict => (
            ErrorCode::Conflict,
            "It exists already or was changed meanwhile",
            "Check again, then decide anew.",
        ),
        Kind::LimitExceeded => (
            ErrorCode::LimitExceeded,
            "A quota of the account is used up",
            "Delete what is no longer needed, or ask AWS for a higher quota.",
        ),
        Kind::Throttled => (
            ErrorCode::Throttled,
            "AWS asks for fewer requests",
            "Wait a little and go on; what was read so far is kept.",
        ),
        Kind::ConcurrentBulkDeployment => (
            ErrorCode::ConcurrentBulkDeployment,
            "Another bulk deployment of this account has not ended",
            "Wait for it, or stop it in the review step and wait until it has stopped.",
        ),
        Kind::AssumeRole => (
            ErrorCode::AssumeRole,
            "Greengrass cannot assume the execution role",
            "Check the role's trust policy in the permissions step; a new role needs some seconds.",
        ),
        Kind::WrongRegion => (
            ErrorCode::BucketRegion,
            "The bucket lies in another Region",
            "Choose or create a bucket in the connection's Region.",
        ),
        Kind::BadRequest => (
            ErrorCode::BadRequest,
            "AWS refuses the request as it is",
            "Read AWS's words below; they name what is wrong.",
        ),
        Kind::ServiceFault => (
            ErrorCode::ServiceFault,
            "AWS had a fault of its own",
            "Try again in a few minutes.",
        ),
        Kind::Unreadable => (
            ErrorCode::ServiceFault,
            "The answer could not be read",
            "Try again; if an endpoint of your own is set, check that it speaks this API.",
        ),
        Kind::Cancelled => (
            ErrorCode::Cancelled,
            "Cancelled",
            "Start it again when you like.",
        ),
        Kind::File => (
            ErrorCode::FileUnreadable,
            "A file of this computer cannot be read",
            "Check that it exists and that you may read it.",
        ),
    };
    Problem {
        code,
        message: message.to_owned(),
        detail: Some(error.to_string()),
        request_id: error.request_id.clone(),
        hint: Some(hint.to_owned()),
    }
}
