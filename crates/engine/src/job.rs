//! Long work: at most one job of each kind, with progress that faces attach to, and cancel.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use overseed_domain::Millis;
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
    /// Listing the account's bulk deployments.
    BulkList,
    /// Reading a bulk deployment that was made elsewhere.
    BulkOpen,
    /// Reading once more what is unknown of a run that has ended.
    ReadAgain,
    /// Taking targets of a run over into a new draft.
    Retry,
    /// Listing all core devices and thing groups.
    Devices,
    /// Reading what the listing does not tell of core devices, or who is in a thing group.
    DeviceDetails,
    /// Listing components.
    Components,
    /// Holding a recipe against what the account has.
    ComponentCheck,
    /// Publishing a component version.
    Publish,
    /// Reading the present deployments of core devices.
    Present,
    /// Planning what core devices get.
    DevicePlan,
    /// Looking at what the roles of V2 may do. Not [`JobKind::Permissions`]: a look must not end changes under way.
    DeviceRoles,
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
    slots: Arc<Mutex<HashMap<JobKind, Slot>>>,
}

/// The newest job of a kind. Its watchers stay when another one begins.
#[derive(Debug, Clone)]
struct Slot {
    sender: Arc<watch::Sender<Option<Job>>>,
    number: u64,
    cancel: CancellationToken,
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            sender: Arc::new(watch::Sender::new(None)),
            number: 0,
            cancel: CancellationToken::new(),
        }
    }
}

/// Given to the work: reports progress and tells whether it was cancelled.
#[derive(Debug, Clone)]
pub struct Progress {
    sender: Arc<watch::Sender<Option<Job>>>,
    number: u64,
    jobs: Option<(Jobs, JobKind)>,
    cancel: CancellationToken,
    clock: Clock,
    stage_began: Arc<Mutex<Millis>>,
}

impl Progress {
    /// A progress without a job, for work within other work and for the command line: `cancel` ends it, and the
    /// receiver shows it.
    #[must_use]
    pub fn within(
        kind: JobKind,
        clock: Clock,
        cancel: CancellationToken,
    ) -> (Self, watch::Receiver<Option<Job>>) {
        let (sender, receiver) = watch::channel(Some(Job::begun(kind)));
        let stage_began = Arc::new(Mutex::new(clock.now()));
        let sender = Arc::new(sender);
        (
            Self {
                sender,
                number: 0,
                jobs: None,
                cancel,
                clock,
                stage_began,
            },
            receiver,
        )
    }

    /// Begins a stage of `total` units, where that is known.
    pub fn stage(&self, stage: &str, total: Option<u64>) {
        *self
            .stage_began
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = self.clock.now();
        self.change(|job| {
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
        let began = *self
            .stage_began
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let seconds = self.clock.now().since(began) as f64 / 1000.0;
        self.change(|job| {
            job.done = done;
            job.rate = (seconds > 0.2).then(|| done as f64 / seconds);
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
        if self.cancel.is_cancelled() {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }

    fn end(&self, error: Option<&Error>) {
        self.change(|job| match error {
            None => job.state = JobState::Finished,
            Some(Error::Cancelled) => job.state = JobState::Cancelled,
            Some(error) => {
                job.state = JobState::Failed;
                job.error = Some(error.problem());
            }
        });
    }

    /// Changes the job, unless a newer one of its kind has taken its place.
    fn change(&self, change: impl FnOnce(&mut Job)) {
        if let Some((jobs, kind)) = &self.jobs
            && jobs
                .lock()
                .get(kind)
                .is_none_or(|slot| slot.number != self.number)
        {
            return;
        }
        self.sender.send_modify(|job| {
            if let Some(job) = job {
                change(job);
            }
        });
    }
}

impl Job {
    fn begun(kind: JobKind) -> Self {
        Self {
            kind,
            state: JobState::Running,
            stage: String::new(),
            done: 0,
            total: None,
            rate: None,
            eta: None,
            error: None,
        }
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
        let progress = self.begin(kind, clock);
        let future = work(progress.clone());
        let broken = progress.clone();
        let task = tokio::spawn(async move {
            let result = future.await;
            if let Err(error) = &result
                && !matches!(error, Error::Cancelled)
            {
                tracing::warn!(?kind, %error, "job failed");
            }
            progress.end(result.as_ref().err());
            result
        });
        task.await.unwrap_or_else(|panicked| {
            let error = Error::from(panicked);
            broken.end(Some(&error));
            Err(error)
        })
    }

    /// The newest job of a kind and its changes, over all jobs of that kind to come.
    #[must_use]
    pub fn follow(&self, kind: JobKind) -> watch::Receiver<Option<Job>> {
        self.lock().entry(kind).or_default().sender.subscribe()
    }

    /// Cancels the job of this kind, if one is at work.
    pub fn cancel(&self, kind: JobKind) {
        if let Some(slot) = self.lock().get(&kind) {
            slot.cancel.cancel();
        }
    }

    /// Cancels and forgets all jobs: the connection they belonged to is gone.
    pub fn clear(&self) {
        for slot in self.lock().values_mut() {
            slot.cancel.cancel();
            slot.number += 1;
            slot.sender.send_replace(None);
        }
    }

    fn begin(&self, kind: JobKind, clock: &Clock) -> Progress {
        let cancel = CancellationToken::new();
        let mut slots = self.lock();
        let slot = slots.entry(kind).or_default();
        slot.cancel.cancel();
        slot.cancel = cancel.clone();
        slot.number += 1;
        slot.sender.send_replace(Some(Job::begun(kind)));
        Progress {
            sender: slot.sender.clone(),
            number: slot.number,
            jobs: Some((self.clone(), kind)),
            cancel,
            clock: clock.clone(),
            stage_began: Arc::new(Mutex::new(clock.now())),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<JobKind, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
