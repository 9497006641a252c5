//! Exit statuses.

use overseed_domain::rollout::RunState;
use overseed_engine::{Error, ErrorCode, Problem, run::RunSnapshot};

/// How a command ended; `--help` documents the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Outcome {
    /// What was asked for is done.
    Well = 0,
    /// The service would refuse the file or the policies, permissions are missing, or a target did not succeed.
    Findings = 1,
    /// The command line is not valid.
    Usage = 2,
    /// The run waits for someone.
    Holds = 3,
    /// No connection, or no valid credentials.
    Connection = 4,
    /// Anything else.
    Failed = 5,
    /// Interrupted, as shells number SIGINT.
    Interrupted = 130,
    /// Nobody reads standard output any more, as shells number SIGPIPE.
    Unread = 141,
}

impl Outcome {
    /// How a run stands for its caller.
    pub fn of_run(run: &RunSnapshot) -> Self {
        let counts = &run.row.counts;
        match run.row.state {
            RunState::Finished if counts.succeeded == counts.total() => Self::Well,
            state if state.is_terminal() => Self::Findings,
            _ => Self::Holds,
        }
    }

    /// How an error ends the program.
    pub fn of_error(error: &Error, problem: &Problem) -> Self {
        if let Error::File { source, .. } = error
            && source.kind() == std::io::ErrorKind::BrokenPipe
        {
            return Self::Unread;
        }
        match problem.code {
            ErrorCode::Cancelled => Self::Interrupted,
            ErrorCode::InvalidInput => Self::Usage,
            ErrorCode::FileInvalid | ErrorCode::PolicyTooLarge => Self::Findings,
            ErrorCode::NotConnected
            | ErrorCode::CredentialsMissing
            | ErrorCode::CredentialsExpired
            | ErrorCode::CredentialsInvalid
            | ErrorCode::ProfileInvalid
            | ErrorCode::ClockSkew
            | ErrorCode::RegionUnknown
            | ErrorCode::NetworkUnreachable
            | ErrorCode::EndpointUnreachable
            | ErrorCode::CertificateUntrusted
            | ErrorCode::Timeout
            | ErrorCode::SandboxFailed => Self::Connection,
            _ => Self::Failed,
        }
    }
}
