//! The drivers at work in this process.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::driver;
use crate::{Error, ErrorCode, Problem, Session};

/// Drivers by run id. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Drivers {
    at_work: Arc<Mutex<HashMap<String, AtWork>>>,
    count: Arc<watch::Sender<usize>>,
}

#[derive(Debug)]
struct AtWork {
    cancel: CancellationToken,
    /// Whether to drive on once the driver has come to its end, why, and over which connection.
    again: Option<(Session, Why)>,
}

/// Why a run is to be driven. Where a driver is at work already, a resume and a stop make it look once more when
/// it has come to its end: they may come in the moment in which it gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// It was started, or goes on without having held.
    Begin,
    /// Someone wants a run that holds to go on.
    Resume,
    /// Someone has asked for a stop. Where that was refused meanwhile, the run holds to say so, and stays so.
    Stop,
}

impl Default for Drivers {
    fn default() -> Self {
        Self {
            at_work: Arc::default(),
            count: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Drivers {
    /// How many runs this process drives, and its changes: for keeping the computer awake.
    #[must_use]
    pub fn count(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// The ids of the runs that this process drives now, in order.
    #[must_use]
    pub fn at_work(&self) -> BTreeSet<String> {
        self.lock().keys().cloned().collect()
    }

    /// Drives a run in the background. Must be called in a Tokio runtime.
    pub(crate) fn start(&self, session: &Session, id: &str, why: Why) {
        let cancel = CancellationToken::new();
        {
            let mut at_work = self.lock();
            if let Some(driver) = at_work.get_mut(id) {
                let resumed = matches!(driver.again, Some((_, Why::Resume)));
                if why != Why::Begin && !resumed {
                    driver.again = Some((session.clone(), why));
                }
                return;
            }
            at_work.insert(
                id.to_owned(),
                AtWork {
                    cancel: cancel.clone(),
                    again: None,
                },
            );
            self.count.send_replace(at_work.len());
        }
        let (drivers, id) = (self.clone(), id.to_owned());
        let (mut session, mut why) = (session.clone(), why);
        tokio::spawn(async move {
            loop {
                log_end(&id, driver::drive(&session, &id, why, &cancel).await);
                match drivers.end(&id) {
                    Some(again) => (session, why) = again,
                    None => return,
                }
            }
        });
    }

    /// Takes a driver off the list, unless it has to look once more.
    fn end(&self, id: &str) -> Option<(Session, Why)> {
        let mut at_work = self.lock();
        let driver = at_work.get_mut(id)?;
        if !driver.cancel.is_cancelled()
            && let Some(again) = driver.again.take()
        {
            return Some(again);
        }
        at_work.remove(id);
        self.count.send_replace(at_work.len());
        None
    }

    /// Ends all drivers of this process, leaving their runs as they stand.
    pub fn end_all(&self) {
        for driver in self.lock().values() {
            driver.cancel.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, AtWork>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn log_end(id: &str, end: Result<(), Error>) {
    match end {
        Ok(()) => {}
        Err(Error::Cancelled) => tracing::info!(run = %id, "driver ended, run goes on later"),
        Err(Error::Problem(Problem {
            code: ErrorCode::RunDriven,
            ..
        })) => {
            tracing::info!(run = %id, "another process drives this run");
        }
        Err(error) => tracing::error!(run = %id, %error, "driver broke off"),
    }
}
