//! Long work: at most one job of each kind, with progress that faces attach to, and cancel.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use specta::Type;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{Clock, Error, Problem};

/// The kinds of long work; one job of each kind at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Listing all groups.
    Groups,
    /// Taking a list of ids or names into the selection.
    Import,
    /// Reading versions for many groups.
    Versions,
    /// Making or checking the input file.
    InputFile,
    /// Uploading the input file.
    Upload,
    /// Applying permissions.
    Permissions,
    /// The preflight checks.
    Review,
    /// Waiting until another bulk deployment has stopped.
    StopOther,
}

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// At work.
    Running,
    /// Done.
    Finished,
    /// Ended by the user.
    Cancelled,
    /// Ended by `error`.
    Failed,
}

/// A job as faces see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Which kind.
    pub kind: JobKind,
    /// How it stands.
    pub state: JobState,
    /// What it is doing, in a few words.
    pub stage: String,
    /// Units done.
    pub done: u64,
    /// Units in all, once known.
    pub total: Option<u64>,
    /// Units a second since the stage began.
    pub rate: Option<f64>,
    /// Seconds left, once it can be told.
    pub eta: Option<f64>,
    /// Why it failed.
    pub error: Option<Problem>,
}

/// The jobs of an engine.
#[derive(Debug, Clone, Default)]
pub struct Jobs {
    jobs: Arc<Mutex<HashMap<JobKind, Entry>>>,
}

#[derive(Debug)]
struct Entry {
    sender: watch::Sender<Job>,
    cancel: CancellationToken,
}

/// Given to the work: reports progress and tells whether it was cancelled.
#[derive(Debug, Clone)]
pub struct Progress {
    sender: watch::Sender<Job>,
    cancel: CancellationToken,
    clock: Clock,
    stage_began: Arc<Mutex<(i64, u64)>>,
}

impl Progress {
    /// A progress that nobody watches: for work done in line, such as by the command line.
    #[must_use]
    pub fn detached(kind: JobKind, clock: Clock) -> (Self, watch::Receiver<Job>) {
        Self::new(kind, clock, CancellationToken::new())
    }

    fn new(kind: JobKind, clock: Clock, cancel: CancellationToken) -> (Self, watch::Receiver<Job>) {
        let began = clock.now().0;
        let (sender, receiver) = watch::channel(Job {
            kind,
            state: JobState::Running,
            stage: String::new(),
            done: 0,
            total: None,
            rate: None,
            eta: None,
            error: None,
        });
        let stage_began = Arc::new(Mutex::new((began, 0)));
        (Self { sender, cancel, clock, stage_began }, receiver)
    }

    /// Begins a stage of `total` units, where that is known.
    pub fn stage(&self, stage: &str, total: Option<u64>) {
        *self.stage_began.lock().unwrap_or_else(PoisonError::into_inner) = (self.clock.now().0, 0);
        self.sender.send_modify(|job| {
            stage.clone_into(&mut job.stage);
            job.done = 0;
            job.total = total;
            job.rate = None;
            job.eta = None;
        });
    }

    /// Reports that `done` units of the stage are done.
    #[allow(clippy::cast_precision_loss, reason = "rates are for people")]
    pub fn done(&self, done: u64) {
        let (began, from) = *self.stage_began.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = self.clock.now().0.saturating_sub(began) as f64 / 1000.0;
        self.sender.send_modify(|job| {
            job.done = done;
            job.rate = (seconds > 0.2).then(|| done.saturating_sub(from) as f64 / seconds);
            job.eta = match (job.total, job.rate) {
                (Some(total), Some(rate)) if rate > 0.0 => {
                    Some(total.saturating_sub(done) as f64 / rate)
                }
                _ => None,
            };
        });
    }

    /// Cancelled when the user says so; to be raced against each wait.
    #[must_use]
    pub const fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    /// An error once the user has cancelled: to be asked in loops that do not wait.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn check(&self) -> Result<(), Error> {
        if self.cancel.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    fn end(&self, error: Option<&Error>) {
        self.sender.send_modify(|job| match error {
            None => job.state = JobState::Finished,
            Some(Error::Cancelled) => job.state = JobState::Cancelled,
            Some(error) => {
                job.state = JobState::Failed;
                job.error = Some(error.problem());
            }
        });
    }
}

impl Jobs {
    /// Does a job to its end, after cancelling an unfinished one of the same kind. The work goes on when the
    /// caller stops waiting; only [`Jobs::cancel`] ends it.
    ///
    /// # Errors
    /// Those of the work.
    pub async fn run<F, W, T>(&self, kind: JobKind, clock: &Clock, work: W) -> Result<T, Error>
    where
        W: FnOnce(Progress) -> F,
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let cancel = CancellationToken::new();
        let (progress, _) = Progress::new(kind, clock.clone(), cancel.clone());
        let entry = Entry { sender: progress.sender.clone(), cancel };
        if let Some(earlier) = self.lock().insert(kind, entry) {
            earlier.cancel.cancel();
        }
        let future = work(progress.clone());
        let task = tokio::spawn(async move {
            let result = future.await;
            match &result {
                Err(error) if !matches!(error, Error::Cancelled) => {
                    tracing::warn!(?kind, %error, "job failed");
                }
                _ => {}
            }
            progress.end(result.as_ref().err());
            result
        });
        task.await?
    }

    /// The newest job of a kind, and its changes; `None` where there has been none.
    #[must_use]
    pub fn watch(&self, kind: JobKind) -> Option<watch::Receiver<Job>> {
        self.lock().get(&kind).map(|entry| entry.sender.subscribe())
    }

    /// Cancels the job of this kind, if one is at work.
    pub fn cancel(&self, kind: JobKind) {
        if let Some(entry) = self.lock().get(&kind) {
            entry.cancel.cancel();
        }
    }

    /// Cancels and forgets all jobs: the connection they belonged to is gone.
    pub fn clear(&self) {
        for (_, entry) in self.lock().drain() {
            entry.cancel.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<JobKind, Entry>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
