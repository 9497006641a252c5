//! The driver: carries a run out, step by step. Each step reads where the run is from the store and leaves it
//! there again, so that a killed driver's successor goes on with the very next step.

use std::time::Duration;

use futures::future::BoxFuture;
use overseed_domain::{
    Millis,
    rollout::{BulkStatus, Generation, RunState, WaveState},
};
use rusqlite::{Connection, params};
use tokio_util::sync::CancellationToken;

use super::{
    drivers::Why,
    intents::{self, Ask},
    lock::RunLock,
    rows::{self, Run, WaveRow},
    settle::NOT_WAITED_FOR,
    verdict,
};
use crate::{Error, Problem, Session};

/// How long a wait may last before the driver looks for intents again.
const LOOK: Duration = Duration::from_millis(500);

/// Carries one run out while it holds the run's lock.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(super) session: Session,
    pub(super) id: String,
    pub(super) ordinal: i64,
    pub(super) cancel: CancellationToken,
    pub(super) pace: super::pace::Pace,
    /// The number of the wave that the pace is for.
    wave: u32,
    /// The newest intent that the present step knows of.
    pub(super) seen: i64,
    /// What is remembered of a V2 wave from one turn to the next.
    pub(super) v2: super::v2::Memory,
    /// None where it drives nothing and only reads.
    _lock: Option<RunLock>,
}

/// Drives a run to its end, to a hold, or until `cancel`; cancelling leaves the run as it stands. A run that holds
/// because the stop was refused, which is `why` it would be driven, is left as it is.
///
/// # Errors
/// [`crate::ErrorCode::RunDriven`] where another driver is at work, [`crate::ErrorCode::RunElsewhere`] where
/// the run belongs to another account, Region or sandbox; those of the store. Errors of AWS are no errors here:
/// they are waited out, or the run holds and says why.
pub(crate) async fn drive(
    session: &Session,
    id: &str,
    why: Why,
    cancel: &CancellationToken,
) -> Result<(), Error> {
    let lock = RunLock::take(&session.engine, id).await?;
    let run = {
        let id = id.to_owned();
        session.store().read(move |c| rows::run(c, &id)).await?
    };
    super::here(session, &run)?;
    if why == Why::Stop && run.state == RunState::Hold {
        let pending = intents::newest(&session.engine, run.ordinal, Ask::Stop).await?;
        if pending == 0 {
            return Ok(());
        }
    }
    let driver = Driver::new(session, &run, cancel, Some(lock));
    driver.leave_hold(&run).await?;
    driver.carry_out().await
}

impl Driver {
    fn new(
        session: &Session,
        run: &Run,
        cancel: &CancellationToken,
        lock: Option<RunLock>,
    ) -> Self {
        Self {
            session: session.clone(),
            id: run.id.clone(),
            ordinal: run.ordinal,
            cancel: cancel.clone(),
            pace: super::pace::Pace::default(),
            wave: 0,
            seen: 0,
            v2: super::v2::Memory::default(),
            _lock: lock,
        }
    }

    /// One that reads what AWS says of a run that has ended, and does nothing else: any number of them may.
    pub(super) fn of_ended(session: &Session, run: &Run, cancel: &CancellationToken) -> Self {
        Self::new(session, run, cancel, None)
    }

    async fn carry_out(mut self) -> Result<(), Error> {
        loop {
            let (run, waves) = self.read().await?;
            if run.state.is_terminal() || run.state == RunState::Hold {
                return Ok(());
            }
            if !run.recorded {
                match self.complete(run).await {
                    Ok(()) => continue,
                    Err(Error::Store(error)) => return Err(Error::Store(error)),
                    Err(error) => return self.hold(&error.problem()).await,
                }
            }
            let failed = |row: &WaveRow| row.wave.bulk_status == Some(BulkStatus::Failed);
            let Some(wave) = waves
                .iter()
                .find(|row| !matches!(row.wave.state, WaveState::Judged | WaveState::Skipped))
                .filter(|row| {
                    // No wave is started after one whose bulk deployment failed as a whole.
                    row.wave.state != WaveState::Waiting || !waves.iter().any(failed)
                })
            else {
                return self.finish(&run, &waves).await;
            };
            if self.wave != wave.wave.number {
                self.wave = wave.wave.number;
                self.pace.next_wave();
            }
            let unstarted = matches!(wave.wave.state, WaveState::Waiting | WaveState::Starting);
            match self.step(&run, wave).await {
                Ok(()) if unstarted => self.pace.outage_over(),
                Ok(()) => {}
                Err(Error::Aws(error)) if unstarted && error.is_transient() => {
                    let error = Error::Aws(error);
                    match self.pace.in_outage(self.session.clock().now()) {
                        Some(pause) => {
                            self.blind(&error.problem()).await?;
                            self.wait(pause).await?;
                        }
                        None => return self.hold(&error.problem()).await,
                    }
                }
                Err(Error::Cancelled) => return Err(Error::Cancelled),
                Err(Error::Store(error)) => return Err(Error::Store(error)),
                // What was asked meanwhile may be the way out of it.
                Err(_) if self.asked_anew().await? => {}
                Err(error) => return self.hold(&error.problem()).await,
            }
        }
    }

    async fn step(&mut self, run: &Run, wave: &WaveRow) -> Result<(), Error> {
        self.seen = intents::newest(&self.session.engine, self.ordinal, Ask::Stop).await?;
        let stop = self.seen > 0;
        if stop {
            // What becomes of the bulk deployment is another matter: no other one is started.
            let run = self.ordinal;
            let current = wave.wave.number;
            self.session
                .store()
                .write(move |tx| rows::skip_waiting_after(tx, run, current))
                .await?;
        }
        let v2 = run.generation == Generation::V2;
        if v2 && self.cancel_made_where_asked(wave).await? {
            return Ok(());
        }
        if wave.wave.state == WaveState::Waiting && !stop {
            let (of, at) = (run.clone(), self.session.clock().now());
            let paused = self
                .session
                .store()
                .write(move |tx| verdict::pause(tx, &of, at))
                .await?;
            if paused {
                return Ok(());
            }
        }
        self.turn(run, wave, stop).await
    }

    /// What the wave's state asks for. The futures of all the ways are large: they are made in a frame that is gone
    /// when one of them is polled, or a thread's stack would be too small for them in a build that is not optimised.
    fn turn<'a>(
        &'a mut self,
        run: &'a Run,
        wave: &'a WaveRow,
        stop: bool,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let v2 = run.generation == Generation::V2;
        match wave.wave.state {
            WaveState::Waiting if stop => Box::pin(self.skip_rest()),
            WaveState::Waiting if v2 => Box::pin(self.prepare_v2(run, wave)),
            WaveState::Starting if v2 => Box::pin(self.start_v2(run, wave, stop)),
            WaveState::Running if v2 => Box::pin(self.run_on_v2(run, wave, stop)),
            WaveState::Settling if v2 => Box::pin(self.settle_v2(run, wave, stop)),
            WaveState::Waiting => Box::pin(self.prepare(run, wave)),
            WaveState::Starting => Box::pin(self.start(run, wave, stop)),
            WaveState::Running => Box::pin(self.run_on(run, wave, stop)),
            WaveState::Settling => Box::pin(self.settle(run, wave, stop)),
            WaveState::Judged | WaveState::Skipped => Box::pin(async { Ok(()) }),
        }
    }

    /// The run and its waves as the store has them now.
    pub(super) async fn read(&self) -> Result<(Run, Vec<WaveRow>), Error> {
        let (id, ordinal) = (self.id.clone(), self.ordinal);
        self.session
            .store()
            .read(move |c| Ok((rows::run(c, &id)?, rows::waves(c, ordinal)?)))
            .await
    }

    /// Goes on with a recording that was cut off; a run of which a stop was asked then needs no targets.
    async fn complete(&self, run: Run) -> Result<(), Error> {
        let stop = intents::newest(&self.session.engine, self.ordinal, Ask::Stop).await? > 0;
        match super::record::complete(&self.session, run).await {
            Ok(_) => Ok(()),
            Err(Error::Store(error)) => Err(Error::Store(error)),
            Err(_) if stop => self.skip_rest().await,
            Err(error) => Err(error),
        }
    }

    /// Whether something was asked of the driver since the present step began.
    pub(super) async fn asked_anew(&self) -> Result<bool, Error> {
        let newest = intents::newest(&self.session.engine, self.ordinal, Ask::Stop).await?;
        Ok(newest > self.seen)
    }

    /// Waits, and comes back early when something is asked of the driver that the step does not know of.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub(super) async fn wait(&self, duration: Duration) -> Result<(), Error> {
        let mut left = duration;
        while !left.is_zero() {
            let slice = left.min(LOOK);
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Err(Error::Cancelled),
                () = self.session.clock().sleep(slice) => {}
            }
            left = left.saturating_sub(slice);
            if self.asked_anew().await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Races a call against cancellation, so that ending the app does not wait for AWS.
    ///
    /// # Errors
    /// [`Error::Cancelled`], or those of the call.
    pub(super) async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, overseed_aws::Error>>,
    ) -> Result<T, Error> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Error::Cancelled),
            result = call => Ok(result?),
        }
    }

    /// Says what the run is doing.
    pub(super) async fn say(&self, state: RunState, stage: &'static str) -> Result<(), Error> {
        let run = self.ordinal;
        self.session
            .store()
            .write(move |tx| rows::set_state(tx, run, state, stage))
            .await
    }

    /// Moves a wave on.
    pub(super) async fn move_wave(&self, wave: u32, state: WaveState) -> Result<(), Error> {
        let run = self.ordinal;
        self.session
            .store()
            .write(move |tx| rows::set_wave_state(tx, run, wave, state))
            .await
    }

    /// A run that held goes on where it was: with its wave if one was started, else with preparing.
    async fn leave_hold(&self, run: &Run) -> Result<(), Error> {
        if run.state != RunState::Hold {
            return Ok(());
        }
        let (_, waves) = self.read().await?;
        let started = waves.iter().any(WaveRow::is_started);
        let state = if started {
            RunState::Running
        } else {
            RunState::Preparing
        };
        self.say(state, "Going on").await
    }

    /// The wave was not started: it and all that are left are skipped, the run is stopped.
    pub(super) async fn skip_rest(&self) -> Result<(), Error> {
        let (run, at) = (self.ordinal, self.session.clock().now());
        self.session
            .store()
            .write(move |tx| {
                tx.execute(
                    "UPDATE wave SET state = 'skipped' WHERE run = ?1 AND state IN ('waiting', 'starting')",
                    params![run],
                )?;
                intents::obeyed(tx, run, Ask::Stop, at)?;
                intents::obeyed(tx, run, Ask::Pause, at)?;
                intents::obeyed(tx, run, Ask::Cancel, at)?;
                let started = rows::waves(tx, run)?.iter().any(WaveRow::is_started);
                let stage = if started {
                    "Stopped"
                } else {
                    "Stopped before it was started"
                };
                rows::set_end(tx, run, RunState::Stopped, stage, None, at)
            })
            .await
    }

    async fn hold(&self, problem: &Problem) -> Result<(), Error> {
        tracing::warn!(run = %self.id, code = ?problem.code, detail = ?problem.detail, "run holds");
        let (run, at, problem) = (self.ordinal, self.session.clock().now(), problem.clone());
        self.session
            .store()
            .write(move |tx| {
                rows::set_end(tx, run, RunState::Hold, "Waits for you", Some(&problem), at)
            })
            .await
    }

    /// All waves are judged or skipped.
    async fn finish(&self, of: &Run, waves: &[WaveRow]) -> Result<(), Error> {
        let (run, at): (i64, Millis) = (self.ordinal, self.session.clock().now());
        let ended = |status| waves.iter().any(|row| row.wave.bulk_status == Some(status));
        let (state, stage) = if waves.iter().all(|row| row.wave.started_at.is_none()) {
            (
                RunState::Stopped,
                "Nothing was deployed: all targets were left out",
            )
        } else if ended(BulkStatus::Failed) {
            (RunState::Failed, failed_stage(of.generation))
        } else if waves
            .iter()
            .all(|row| row.wave.bulk_status == Some(BulkStatus::Completed) || row.sent() == 0)
        {
            (RunState::Finished, "Finished")
        } else {
            (RunState::Stopped, "Stopped")
        };
        let problem = (state == RunState::Failed).then(|| {
            let words: Vec<&str> =
                waves.iter().flat_map(|row| &row.wave.errors).map(String::as_str).collect();
            let what = match of.generation {
                Generation::V1 => "Greengrass ended the bulk deployment with an error",
                Generation::V2 => "What makes the deployments ended with an error",
            };
            Problem::new(crate::ErrorCode::BadRequest, what)
                .detail(words.join("\n"))
                .hint("The service's words name the line or the permission; mend it and start a new plan.")
        });
        self.session
            .store()
            .write(move |tx| {
                intents::obeyed(tx, run, Ask::Stop, at)?;
                intents::obeyed(tx, run, Ask::Pause, at)?;
                intents::obeyed(tx, run, Ask::Cancel, at)?;
                rows::skip_waiting(tx, run)?;
                let (state, stage) = if state == RunState::Finished && cut_short(tx, run)? {
                    (RunState::Stopped, "Stopped")
                } else {
                    (state, stage)
                };
                rows::set_end(tx, run, state, stage, problem.as_ref(), at)
            })
            .await
    }
}

/// Whether a stop has changed what became of a target, though all was handed to AWS before it: its deployment was
/// cancelled, or not waited for.
fn cut_short(connection: &Connection, run: i64) -> Result<bool, Error> {
    if !intents::stopped(connection, run)? {
        return Ok(false);
    }
    let cut_short = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM cause_count
                            WHERE run = ?1 AND targets > 0 AND (cause IN (?2, ?3) OR code = ?4))",
        )?
        .query_row(
            params![
                run,
                NOT_WAITED_FOR,
                super::v2::NOT_AWAITED,
                super::v2::CANCELED
            ],
            |row| row.get(0),
        )?;
    Ok(cut_short)
}

const fn failed_stage(generation: Generation) -> &'static str {
    match generation {
        Generation::V1 => "The bulk deployment failed",
        Generation::V2 => "Making the deployments failed",
    }
}
