//! Calls at a steady rate.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use overseed_aws::cancellable;
use tokio_util::sync::CancellationToken;

use crate::{Clock, Error, Session, job::Progress};

/// Milliseconds between two calls: the control plane takes about 30 a second for all callers of the account together,
/// and leaves a third of them to others.
const MILLIS: i64 = 50;

/// Hands out moments at which calls may begin.
#[derive(Debug)]
pub(in crate::v2) struct Pacing {
    clock: Clock,
    /// When the next call may begin; `None` where nothing has to be waited for.
    next: Option<Mutex<i64>>,
}

impl Pacing {
    /// The sandbox is this computer's own: nobody else is kept waiting there.
    pub(in crate::v2) fn of(session: &Session) -> Self {
        Self {
            clock: session.clock().clone(),
            next: session
                .connection
                .sandbox
                .is_none()
                .then(|| Mutex::new(i64::MIN)),
        }
    }

    /// Waits until the next call may begin.
    pub(in crate::v2) async fn wait(&self, cancel: &CancellationToken) -> Result<(), Error> {
        let wait = match &self.next {
            None => 0,
            Some(next) => {
                let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                let now = self.clock.now().0;
                let begin = (*next).max(now);
                *next = begin.saturating_add(MILLIS);
                begin.saturating_sub(now)
            }
        };
        if wait > 0 {
            let wait = Duration::from_millis(u64::try_from(wait).unwrap_or_default());
            tokio::select! {
                biased;
                () = cancel.cancelled() => {}
                () = self.clock.sleep(wait) => {}
            }
        }
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        Ok(())
    }

    /// Makes a call when it may begin.
    ///
    /// # Errors
    /// Those of the call; [`Error::Cancelled`].
    pub(super) async fn call<T>(
        &self,
        operation: &'static str,
        progress: &Progress,
        call: impl Future<Output = Result<T, overseed_aws::Error>>,
    ) -> Result<T, Error> {
        self.wait(progress.cancel()).await?;
        let answered = cancellable(operation, progress.cancel(), call).await;
        answered.map_err(|error| progress.check().err().unwrap_or(Error::Aws(error)))
    }
}
