//! Reading a bulk deployment: status and detailed reports, newest first, into the store.

use overseed_aws::{BulkDeploymentReport, DetailedReport, Kind, Page};
use overseed_domain::{
    Millis,
    rollout::{BulkStatus, Counts, RunState, TargetState, WaveState},
};
use rusqlite::{Transaction, params};

use super::{
    driver::Driver,
    intents::{self, Ask},
    pace::Api,
    reports::{apply, words},
    rows::{self, Run, WaveRow, json, word},
    samples,
    settle::NOT_WAITED_FOR,
};
use crate::{
    Error, Problem,
    changes::{self, Intent},
};

/// Pages after which what they brought is counted, together with a look at the status: a reading of a large fleet
/// shows that it goes on.
const COUNTED: u32 = 50;

/// What one reading found.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) counts: Counts,
    pub(super) changed: bool,
    /// Whether the bulk deployment has ended.
    pub(super) ended: bool,
    /// Whether it was broken off because something was asked of the driver.
    pub(super) broken_off: bool,
}

impl Driver {
    /// One turn while the bulk deployment runs.
    pub(super) async fn run_on(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        stop: bool,
    ) -> Result<(), Error> {
        self.submit(wave).await?;
        let Some(bulk_deployment) = wave.wave.bulk_deployment.clone() else {
            return self.move_wave(wave.wave.number, WaveState::Starting).await;
        };
        let refused = if stop {
            self.stop_unless_stopping(wave, &bulk_deployment).await?
        } else {
            None
        };
        let result = self.read_once(wave, &bulk_deployment, false).await;
        match (refused, &result) {
            // What is to be stopped is not there (any more): what was read of it is all there will be.
            (Some(_), Err(Error::Aws(error))) if error.kind == Kind::NotFound => {
                return self.judge(run, wave, NOT_WAITED_FOR).await;
            }
            (Some(refused), Ok(reading)) => {
                let (run, at, ended) = (self.ordinal, self.session.clock().now(), reading.ended);
                self.session
                    .store()
                    .write(move |tx| {
                        if ended {
                            intents::obeyed(tx, run, Ask::Stop, at)
                        } else {
                            intents::refused(tx, run, at)
                        }
                    })
                    .await?;
                // Refused because it had ended meanwhile is as good as stopped; else the user has to know.
                if !ended {
                    return Err(refused.into());
                }
            }
            // Where nothing can be read now the intent stays.
            _ => {}
        }
        self.pause_after(result.map(|reading| reading.changed))
            .await
    }

    /// Waits after a reading as its outcome asks for; what cannot be read now is said with its reason.
    pub(super) async fn pause_after(&mut self, result: Result<bool, Error>) -> Result<(), Error> {
        match result {
            Ok(changed) => {
                let pause = self.pace.after_reading(changed);
                self.wait(pause).await
            }
            Err(Error::Aws(error)) => {
                let pause = self.pace.after_failure(error.is_transient());
                let error = Error::Aws(error);
                self.blind(&error.problem()).await?;
                match pause {
                    Some(pause) => self.wait(pause).await,
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Every target of a started wave is at least submitted.
    pub(super) async fn submit(&self, wave: &WaveRow) -> Result<(), Error> {
        if wave.wave.counts.waiting <= wave.wave.skipped {
            return Ok(());
        }
        let (run, number) = (self.ordinal, wave.wave.number);
        let states = (TargetState::Waiting, TargetState::Submitted);
        rows::move_targets(self.session.store(), run, wave.positions(), states, None).await?;
        self.session
            .store()
            .write(move |tx| rows::recount(tx, run, number).map(|_| ()))
            .await
    }

    /// Asks for the stop, unless the bulk deployment is being stopped already.
    async fn stop_unless_stopping(
        &mut self,
        wave: &WaveRow,
        id: &str,
    ) -> Result<Option<overseed_aws::Error>, Error> {
        if wave.wave.bulk_status != Some(BulkStatus::Stopping) {
            return self.stop_bulk_deployment(id).await;
        }
        let (run, at) = (self.ordinal, self.session.clock().now());
        self.session
            .store()
            .write(move |tx| intents::obeyed(tx, run, Ask::Stop, at))
            .await?;
        Ok(None)
    }

    /// Asks for the stop; answers the error where it is refused and asking again would not help.
    async fn stop_bulk_deployment(
        &mut self,
        id: &str,
    ) -> Result<Option<overseed_aws::Error>, Error> {
        self.say(RunState::Stopping, "Stopping the bulk deployment")
            .await?;
        let intended = changes::intend(
            &self.session,
            Intent {
                plan: self.id.clone(),
                operation: "greengrass:StopBulkDeployment",
                summary: format!("Stop bulk deployment {id}"),
                ..Intent::default()
            },
        )
        .await?;
        match self
            .call(self.session.clients.stop_bulk_deployment(id))
            .await
        {
            Ok(request_id) => {
                changes::ended(&self.session, intended, Ok(request_id)).await?;
                let (run, at) = (self.ordinal, self.session.clock().now());
                self.session
                    .store()
                    .write(move |tx| intents::obeyed(tx, run, Ask::Stop, at))
                    .await?;
                Ok(None)
            }
            Err(Error::Aws(error)) => {
                changes::ended(&self.session, intended, Err(&error)).await?;
                let refused = matches!(
                    error.kind,
                    Kind::AccessDenied | Kind::NotFound | Kind::Conflict | Kind::BadRequest
                );
                if refused {
                    return Ok(Some(error));
                }
                // The intent stays. What does not pass by itself is for the user to mend, or the bulk deployment
                // would run to its end unstopped; else the next turn asks again.
                if self.pace.gives_stop_up(error.is_transient()) {
                    return Err(error.into());
                }
                self.blind(&Error::Aws(error).problem()).await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads status and reports once and stores both; all reports where it is the `last` reading.
    pub(super) async fn read_once(
        &mut self,
        wave: &WaveRow,
        bulk_deployment: &str,
        last: bool,
    ) -> Result<Reading, Error> {
        let status = self.status(bulk_deployment).await?;
        let ended = status.status.is_terminal();
        let all = last || self.pace.may_read_all(self.session.clock().now(), ended);
        let (changed, broken_off) = self.read_reports(wave, bulk_deployment, all, ended).await?;
        let counts = self.store_reading(wave, status).await?;
        let changed = changed || counts != wave.wave.counts;
        Ok(Reading {
            counts,
            changed,
            ended,
            broken_off,
        })
    }

    /// Reads reports, newest first: all pages, or up to the first page that holds nothing new. Answers whether
    /// there was news, and whether it was broken off: what is asked of the driver does not wait for the
    /// thousands of pages of a large fleet.
    async fn read_reports(
        &mut self,
        wave: &WaveRow,
        bulk_deployment: &str,
        all: bool,
        ended: bool,
    ) -> Result<(bool, bool), Error> {
        let (mut pages, mut changed, mut last_had_news) = (0_u32, false, false);
        let mut page = self.reports(bulk_deployment, None).await?;
        loop {
            pages += 1;
            let token = page.next;
            let store = self.session.store().clone();
            let (run, number, reports) = (self.ordinal, wave.wave.number, page.items);
            let stored = store.write_readable_again(move |tx| apply(tx, run, number, &reports));
            // Where another page will be wanted most likely, it comes while this one is stored.
            let (news, ahead) = match &token {
                Some(token) if all || last_had_news => {
                    let (news, ahead) =
                        tokio::join!(stored, self.reports(bulk_deployment, Some(token)));
                    (news?, Some(ahead))
                }
                _ => (stored.await?, None),
            };
            last_had_news = news > 0;
            changed |= last_had_news;
            let Some(token) = token else {
                // Whichever way it came about, all pages were read.
                self.pace.all_read(self.session.clock().now(), pages, ended);
                return Ok((changed, false));
            };
            if news == 0 && !all {
                return Ok((changed, false));
            }
            if pages % COUNTED == 0 {
                let status = self.status(bulk_deployment).await?;
                self.store_reading(wave, status).await?;
            }
            // A stop that is known already is not helped by reading less.
            if self.seen == 0 && self.asked_anew().await? {
                return Ok((changed, true));
            }
            page = match ahead {
                Some(ahead) => ahead?,
                None => self.reports(bulk_deployment, Some(&token)).await?,
            };
        }
    }

    /// A page of reports, when the quota allows.
    async fn reports(
        &mut self,
        bulk_deployment: &str,
        token: Option<&str>,
    ) -> Result<Page<DetailedReport>, Error> {
        self.leave_quota(Api::Reports).await?;
        let clients = &self.session.clients;
        self.call(clients.detailed_reports(bulk_deployment, token))
            .await
    }

    async fn status(&mut self, bulk_deployment: &str) -> Result<BulkDeploymentReport, Error> {
        self.leave_quota(Api::Status).await?;
        self.call(self.session.clients.bulk_deployment_status(bulk_deployment))
            .await
    }

    /// Waits as long as it takes to leave others their part of the quota.
    pub(super) async fn leave_quota(&mut self, api: Api) -> Result<(), Error> {
        let wait = self.pace.before_request(api, self.session.clock().now());
        self.wait(wait).await
    }

    async fn store_reading(
        &mut self,
        wave: &WaveRow,
        status: BulkDeploymentReport,
    ) -> Result<Counts, Error> {
        let (run, number, at) = (self.ordinal, wave.wave.number, self.session.clock().now());
        let ended = status.status.is_terminal() && wave.wave.state == WaveState::Running;
        let errors = json(&words(status.message.as_deref(), &status.errors))?;
        let bulk_status = word(&status.status)?;
        let missed_after = self.pace.missed_after();
        self.session
            .store()
            .write(move |tx| {
                let counts = rows::recount(tx, run, number)?;
                tx.execute(
                    "UPDATE wave SET bulk_status = ?3, records_processed = ?4, invalid_input_records = ?5,
                            retry_attempts = ?6, errors = ?7 WHERE run = ?1 AND number = ?2",
                    params![
                        run,
                        number,
                        bulk_status,
                        status.records_processed,
                        status.invalid_input_records,
                        status.retry_attempts,
                        errors
                    ],
                )?;
                if ended {
                    tx.execute(
                        "UPDATE wave SET state = ?3, ended_at = ?4
                         WHERE run = ?1 AND number = ?2 AND state = ?5",
                        params![
                            run,
                            number,
                            word(&WaveState::Settling)?,
                            at.0,
                            word(&WaveState::Running)?
                        ],
                    )?;
                }
                read_at(tx, run, at)?;
                samples::add(tx, run, at, missed_after)?;
                Ok(counts)
            })
            .await
    }

    /// Says since when nothing could be read, and why.
    pub(super) async fn blind(&self, problem: &Problem) -> Result<(), Error> {
        let (run, at, problem) = (self.ordinal, self.session.clock().now(), json(problem)?);
        self.session
            .store()
            .write(move |tx| {
                tx.execute(
                    "UPDATE run SET blind_since = coalesce(blind_since, read_at, ?2), blind_problem = ?3
                     WHERE ordinal = ?1",
                    params![run, at.0, problem],
                )?;
                Ok(())
            })
            .await
    }
}

/// AWS could be read.
pub(super) fn read_at(tx: &Transaction<'_>, run: i64, at: Millis) -> Result<(), Error> {
    tx.execute(
        "UPDATE run SET read_at = ?2, blind_since = NULL, blind_problem = NULL WHERE ordinal = ?1",
        params![run, at.0],
    )?;
    Ok(())
}
