//! The drivers at work in this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::driver;
use crate::{Error, ErrorCode, Problem, Session};

/// Drivers by run id. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Drivers {
    at_work: Arc<Mutex<HashMap<String, CancellationToken>>>,
    count: Arc<watch::Sender<usize>>,
}

impl Default for Drivers {
    fn default() -> Self {
        Self { at_work: Arc::default(), count: Arc::new(watch::Sender::new(0)) }
    }
}

impl Drivers {
    /// How many runs this process drives, and its changes: for keeping the computer awake.
    #[must_use]
    pub fn count(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// Drives a run in the background. Must be called in a Tokio runtime.
    pub(crate) fn start(&self, session: &Session, id: &str) {
        let cancel = CancellationToken::new();
        {
            let mut at_work = self.lock();
            if at_work.contains_key(id) {
                return;
            }
            at_work.insert(id.to_owned(), cancel.clone());
            self.count.send_replace(at_work.len());
        }
        let (drivers, session, id) = (self.clone(), session.clone(), id.to_owned());
        tokio::spawn(async move {
            if let Err(error) = driver::drive(&session, &id, &cancel).await {
                match error {
                    Error::Cancelled => tracing::info!(run = %id, "driver ended, run goes on later"),
                    Error::Problem(Problem { code: ErrorCode::RunDriven, .. }) => {
                        tracing::info!(run = %id, "another process drives this run");
                    }
                    error => tracing::error!(run = %id, %error, "driver broke off"),
                }
            }
            let mut at_work = drivers.lock();
            at_work.remove(&id);
            drivers.count.send_replace(at_work.len());
        });
    }

    /// Ends all drivers of this process, leaving their runs as they stand.
    pub fn end_all(&self) {
        for cancel in self.lock().values() {
            cancel.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
