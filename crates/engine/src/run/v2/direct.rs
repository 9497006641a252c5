//! The direct way: this app makes the deployments of a wave, one call a device, a few at once.
//!
//! A target is noted as handed over before its call and gets its deployment right after the answer. Whoever comes after
//! a crash or a lost answer looks in the account for the deployments of those in between, and repeats a call with the
//! same client token only where there is none. So no device gets two.

use std::time::Duration;

use futures::future::join_all;
use overseed_aws::{Kind, v2::CreatedDeployment};
use overseed_domain::{
    rollout::{BulkStatus, RunState, TargetState, WaveState},
    v2::line::LineRecord,
};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{
    super::{
        driver::Driver,
        intents::{self, Ask},
        pace::{Api, V2_AT_ONCE},
        readings::read_at,
        record::wave_file,
        rows::{self, Run, WaveRow, word},
        samples,
    },
    failure::Failure,
    lines::{self, WaveLines},
    log, looks,
    overtaken::Otherwise,
    targets::{self, ToMake},
};
use crate::{Error, ErrorCode, Problem};

/// The call, as the log names it.
const CREATE: &str = "greengrass:CreateDeployment";

/// How often a call is repeated that is refused because something else happens to the target at the moment.
const PATIENCE: u8 = 3;

/// Before such a call is repeated.
const MOMENT: Duration = Duration::from_secs(2);

/// Milliseconds between two points of the chart while deployments are made.
const SAMPLED: i64 = 2_000;

/// What became of a target's call.
enum Became {
    Made(String),
    Failed(Failure),
    /// The service did nothing.
    NotMade,
    /// The service may have done it, or may be doing it.
    InDoubt,
}

impl Driver {
    /// Nothing is needed beside the file.
    pub(super) async fn prepare_direct(&self, run: &Run, wave: &WaveRow) -> Result<(), Error> {
        if wave.sent() == 0 {
            // All of its targets were left out.
            return self.move_wave(wave.wave.number, WaveState::Skipped).await;
        }
        self.ready(run, wave).await
    }

    /// From here on deployments may be there.
    pub(super) async fn start_direct(&self, wave: &WaveRow, stop: bool) -> Result<(), Error> {
        if stop {
            return self.skip_rest().await;
        }
        let number = wave.wave.number;
        let summary = format!(
            "Make the deployments of wave {number}, one for each of {} core devices",
            wave.sent()
        );
        self.intend_once(CREATE, summary).await?;
        let (run, at) = (self.ordinal, self.session.clock().now());
        self.session
            .store()
            .write(move |tx| {
                tx.execute(
                    "UPDATE wave SET state = ?3, bulk_status = ?4, started_at = ?5
                     WHERE run = ?1 AND number = ?2",
                    params![
                        run,
                        number,
                        word(&WaveState::Running)?,
                        word(&BulkStatus::Running)?,
                        at.0
                    ],
                )?;
                rows::set_state(tx, run, RunState::Running, "Making the deployments")
            })
            .await
    }

    /// One turn: makes a few deployments and looks at a few devices.
    pub(super) async fn run_on_direct(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        stop: bool,
    ) -> Result<(), Error> {
        if stop {
            self.say(RunState::Stopping, "Stopping to make deployments")
                .await?;
            return match self.stop_making(run, wave).await {
                Err(error) => self.pause_after(Err(error)).await,
                ended => ended,
            };
        }
        self.say(RunState::Running, "Making the deployments")
            .await?;
        let turn = match self.make_some(run, wave).await {
            Ok(true) => self.look_at_next(wave).await,
            Ok(false) => return self.all_made(wave, BulkStatus::Completed).await,
            Err(error) => Err(error),
        };
        match turn {
            Ok(()) => {
                self.pace.after_reading(true);
                Ok(())
            }
            Err(error) => self.pause_after(Err(error)).await,
        }
    }

    /// Makes the deployments of the next few targets; answers whether there was any.
    async fn make_some(&mut self, run: &Run, wave: &WaveRow) -> Result<bool, Error> {
        let in_doubt = self.in_doubt(wave).await?;
        if !in_doubt.is_empty() {
            let unmade = self.look_up(run, wave, in_doubt).await?;
            let unmade = self.not_overtaken(wave, unmade).await?;
            self.make(wave, unmade).await?;
            return Ok(true);
        }
        let (ordinal, positions) = (self.ordinal, wave.positions());
        let store = self.session.store();
        let next = store
            .read(move |c| targets::waiting(c, ordinal, &positions, V2_AT_ONCE))
            .await?;
        if next.is_empty() {
            return Ok(false);
        }
        let next = self.with_lines(wave, next).await?;
        let next = self.not_overtaken(wave, next).await?;
        if next.is_empty() {
            return Ok(true);
        }
        let positions: Vec<u32> = next.iter().map(|(target, _)| target.position).collect();
        self.session
            .store()
            .write(move |tx| targets::hand_over(tx, ordinal, &positions, false))
            .await?;
        self.make(wave, next).await?;
        Ok(true)
    }

    /// Those that still have what the plan was made against; of the others it is written down.
    async fn not_overtaken(
        &mut self,
        wave: &WaveRow,
        batch: Vec<(ToMake, LineRecord)>,
    ) -> Result<Vec<(ToMake, LineRecord)>, Error> {
        let (fine, others) = self.as_expected(wave.wave.number, batch).await?;
        if !others.is_empty() {
            let outcomes = others.into_iter().map(|(position, other)| match other {
                Otherwise::Own(deployment) => (position, Became::Made(deployment)),
                Otherwise::Overtaken(failure) => (position, Became::Failed(failure)),
            });
            self.write_down(wave, outcomes.collect()).await?;
        }
        Ok(fine)
    }

    async fn in_doubt(&self, wave: &WaveRow) -> Result<Vec<ToMake>, Error> {
        let (run, positions) = (self.ordinal, wave.positions());
        self.session
            .store()
            .read(move |c| targets::in_doubt(c, run, &positions, V2_AT_ONCE))
            .await
    }

    /// Looks for the deployments of targets in doubt; answers those that have none.
    async fn look_up(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        in_doubt: Vec<ToMake>,
    ) -> Result<Vec<(ToMake, LineRecord)>, Error> {
        let mut unmade = Vec::new();
        for (target, record) in self.with_lines(wave, in_doubt).await? {
            match self
                .find_made(run, wave.wave.number, &record.target_arn)
                .await?
            {
                Some(deployment) => {
                    let (run, position) = (self.ordinal, target.position);
                    self.session
                        .store()
                        .write(move |tx| targets::set_made(tx, run, position, &deployment))
                        .await?;
                }
                None => unmade.push((target, record)),
            }
        }
        Ok(unmade)
    }

    /// Targets with their lines of the wave's file.
    pub(super) async fn with_lines(
        &mut self,
        wave: &WaveRow,
        targets: Vec<ToMake>,
    ) -> Result<Vec<(ToMake, LineRecord)>, Error> {
        let (number, sha256) = (wave.wave.number, wave.wave.sha256.clone());
        let known = self.v2.lines.take().filter(|l| l.is_of(number, &sha256));
        let place = wave_file(&self.session, &self.id, number);
        let (lines, found) = tokio::task::spawn_blocking(move || {
            let lines = match known {
                Some(lines) => lines,
                None => WaveLines::open(number, &place, &sha256)?,
            };
            let numbers: Vec<u32> = targets.iter().map(|target| target.line).collect();
            let records = lines.read(&numbers)?;
            let found: Vec<_> = targets.into_iter().zip(records).collect();
            match found
                .iter()
                .find(|(t, record)| t.thing != record.thing_name)
            {
                None => Ok::<_, Error>((lines, found)),
                Some((target, record)) => Err(Problem::new(
                    ErrorCode::FileInvalid,
                    format!("Line {} is not that of {}", target.line, target.thing),
                )
                .detail(format!("It is that of {}", record.thing_name))
                .hint("Stop the run and start its plan anew.")
                .into()),
            }
        })
        .await??;
        self.v2.lines = Some(lines);
        Ok(found)
    }

    /// Makes some deployments at once, and writes down what became of each.
    async fn make(
        &mut self,
        wave: &WaveRow,
        batch: Vec<(ToMake, LineRecord)>,
    ) -> Result<(), Error> {
        let now = self.session.clock().now();
        let mut calls = Vec::with_capacity(batch.len());
        for (_, record) in &batch {
            let wait = self.pace.before_request(Api::Deployments, now);
            calls.push((lines::call(record), wait));
        }
        let made = join_all(calls.iter().map(|(request, wait)| {
            self.call(async {
                self.session.clock().sleep(*wait).await;
                self.session.clients.create_deployment(request).await
            })
        }))
        .await;
        let results: Vec<(u32, Result<CreatedDeployment, Error>)> = batch
            .iter()
            .map(|(target, _)| target.position)
            .zip(made)
            .collect();
        let granted = results.iter().any(|(_, made)| made.is_ok()) || self.made_any().await?;
        let (mut outcomes, mut failed, mut busy) = (Vec::new(), None, false);
        for (position, result) in results {
            let became = match result {
                Ok(made) => Became::Made(made.id),
                Err(Error::Aws(error)) => {
                    let became = self.refused(position, &error, granted);
                    match became {
                        Became::Failed(_) => {}
                        Became::InDoubt if error.kind == Kind::Conflict => busy = true,
                        _ => failed = Some(Error::Aws(error)),
                    }
                    became
                }
                Err(error) => {
                    failed = Some(error);
                    Became::InDoubt
                }
            };
            outcomes.push((position, became));
        }
        self.write_down(wave, outcomes).await?;
        match failed {
            Some(error) => Err(error),
            None if busy => self.wait(MOMENT).await,
            None => Ok(()),
        }
    }

    /// What the refusal of one call means for its target. That the caller may not is the target's own matter only where
    /// the caller may otherwise.
    fn refused(&mut self, position: u32, error: &overseed_aws::Error, granted: bool) -> Became {
        match error.kind {
            Kind::NotFound | Kind::BadRequest => Became::Failed(Failure::of_call(error)),
            Kind::AccessDenied if granted => Became::Failed(Failure::of_call(error)),
            Kind::Conflict => {
                let tries = self.v2.refused.entry(position).or_default();
                *tries = tries.saturating_add(1);
                if *tries >= PATIENCE {
                    Became::Failed(Failure::of_call(error))
                } else {
                    Became::InDoubt
                }
            }
            _ if error.status.is_some_and(|s| (400..500).contains(&s)) => Became::NotMade,
            _ => Became::InDoubt,
        }
    }

    /// Whether the run has made any deployment.
    async fn made_any(&self) -> Result<bool, Error> {
        let run = self.ordinal;
        self.session
            .store()
            .read(move |c| {
                let found: Option<u32> = c
                    .prepare_cached(
                        "SELECT position FROM target WHERE run = ?1 AND deployment IS NOT NULL LIMIT 1",
                    )?
                    .query_row([run], |row| row.get(0))
                    .optional()?;
                Ok(found.is_some())
            })
            .await
    }

    async fn write_down(
        &mut self,
        wave: &WaveRow,
        outcomes: Vec<(u32, Became)>,
    ) -> Result<(), Error> {
        let (run, number, at) = (self.ordinal, wave.wave.number, self.session.clock().now());
        let due = self
            .v2
            .sampled_at
            .is_none_or(|last| at.since(last) >= SAMPLED);
        if due {
            self.v2.sampled_at = Some(at);
        }
        let (sent, skipped) = (wave.sent(), wave.wave.skipped);
        let missed_after = due.then(|| self.pace.missed_after());
        self.session
            .store()
            .write(move |tx| {
                let (mut refused, mut answered) = (0_u32, false);
                for (position, became) in &outcomes {
                    match became {
                        Became::Made(deployment) => {
                            answered = true;
                            targets::set_made(tx, run, *position, deployment)?;
                        }
                        Became::Failed(failure) => {
                            answered = true;
                            refused += 1;
                            let failed = TargetState::Failed;
                            looks::set_state(tx, run, *position, failed, Some(failure))?;
                        }
                        Became::NotMade => targets::hand_over(tx, run, &[*position], true)?,
                        Became::InDoubt => {}
                    }
                }
                let counts = rows::recount(tx, run, number)?;
                let processed = sent.saturating_sub(counts.waiting.saturating_sub(skipped));
                tx.prepare_cached(
                    "UPDATE wave SET records_processed = ?3, invalid_input_records = invalid_input_records + ?4
                     WHERE run = ?1 AND number = ?2",
                )?
                .execute(params![run, number, processed, refused])?;
                if answered {
                    read_at(tx, run, at)?;
                }
                if let Some(missed_after) = missed_after {
                    samples::add(tx, run, at, missed_after)?;
                }
                Ok(())
            })
            .await
    }

    /// Makes no more. Of those in doubt it is looked up whether they were made.
    async fn stop_making(&mut self, run: &Run, wave: &WaveRow) -> Result<(), Error> {
        loop {
            let in_doubt = self.in_doubt(wave).await?;
            if in_doubt.is_empty() {
                break;
            }
            let unmade = self.look_up(run, wave, in_doubt).await?;
            let outcomes = unmade.iter().map(|(t, _)| (t.position, Became::NotMade));
            self.write_down(wave, outcomes.collect()).await?;
        }
        self.all_made(wave, BulkStatus::Stopped).await
    }

    /// No more deployments are made: the devices get time to settle.
    async fn all_made(&self, wave: &WaveRow, status: BulkStatus) -> Result<(), Error> {
        let (run, id, wave) = (self.ordinal, self.id.clone(), wave.clone());
        let at = self.session.clock().now();
        self.session
            .store()
            .write(move |tx| {
                let number = wave.wave.number;
                let counts = rows::recount(tx, run, number)?;
                let left = counts.waiting.saturating_sub(wave.wave.skipped);
                // A stop that came after the last one stopped nothing of this wave.
                let status = if left == 0 {
                    BulkStatus::Completed
                } else {
                    status
                };
                tx.execute(
                    "UPDATE wave SET state = ?3, bulk_status = ?4, ended_at = ?5
                     WHERE run = ?1 AND number = ?2 AND state = ?6",
                    params![
                        run,
                        number,
                        word(&WaveState::Settling)?,
                        word(&status)?,
                        at.0,
                        word(&WaveState::Running)?
                    ],
                )?;
                intents::obeyed(tx, run, Ask::Stop, at)?;
                let refused = refused(tx, run, number)?;
                let made = wave.sent().saturating_sub(left + refused);
                let detail = format!("{made} made, {refused} refused, {left} not tried");
                log::done(tx, &id, CREATE, &detail, at)
            })
            .await
    }
}

fn refused(tx: &Transaction<'_>, run: i64, wave: u32) -> Result<u32, Error> {
    let refused = tx.query_row(
        "SELECT invalid_input_records FROM wave WHERE run = ?1 AND number = ?2",
        params![run, wave],
        |row| row.get(0),
    )?;
    Ok(refused)
}
