//! The wire error: every command fails with a [`Problem`], never with a panic or a bare string.

use overseed_engine::{Error, ErrorCode, Problem};

/// What a command answers.
pub type Answer<T> = Result<T, Problem>;

/// Maps the engine's error to the wire.
pub trait Wire<T> {
    /// The value, or the problem.
    fn wire(self) -> Answer<T>;
}

impl<T> Wire<T> for Result<T, Error> {
    fn wire(self) -> Answer<T> {
        self.map_err(|error| {
            let problem = error.problem();
            tracing::info!(code = ?problem.code, message = problem.message, request = problem.request_id, "a command failed");
            problem
        })
    }
}

/// Before anything is connected.
pub fn not_connected() -> Problem {
    Problem::new(ErrorCode::NotConnected, "Nothing is connected yet")
        .hint("Choose an account or the sandbox in the Connect step.")
}
