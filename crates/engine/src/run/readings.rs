//! Reading a bulk deployment: status and detailed reports, newest first, into the store.

use overseed_aws::{BulkDeploymentReport, DetailedReport, ErrorDetail};
use overseed_domain::{
    cause,
    group::bare_id,
    arn::group_id_of_arn,
    rollout::{Counts, RunState, TargetState, WaveState},
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    driver::Driver,
    intents::{self, Ask},
    rows::{self, WaveRow, json, word},
};
use crate::{
    Error, Problem,
    changes::{self, Intent},
};

/// Rows of one transaction.
const BATCH: u32 = 5_000;

/// What one reading found.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) counts: Counts,
    pub(super) changed: bool,
}

impl Driver {
    /// One turn while the bulk deployment runs.
    pub(super) async fn run_on(&mut self, wave: &WaveRow, stop: bool) -> Result<(), Error> {
        self.submit(wave).await?;
        let Some(bulk_deployment) = wave.wave.bulk_deployment.clone() else {
            return self.move_wave(wave.wave.number, WaveState::Starting).await;
        };
        if stop {
            self.stop_bulk_deployment(&bulk_deployment).await?;
        }
        let result = self.read_once(wave, &bulk_deployment).await;
        self.pause_after(result.map(|reading| reading.changed)).await
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
    async fn submit(&self, wave: &WaveRow) -> Result<(), Error> {
        if wave.wave.counts.waiting == 0 {
            return Ok(());
        }
        let (run, number) = (self.ordinal, wave.wave.number);
        loop {
            let moved = self
                .session
                .store()
                .write(move |tx| {
                    let moved = tx.execute(
                        "UPDATE target SET state = ?3 WHERE run = ?1 AND position IN
                             (SELECT position FROM target WHERE run = ?1 AND state = ?4 AND wave = ?2 LIMIT ?5)",
                        params![
                            run,
                            number,
                            TargetState::Submitted.number(),
                            TargetState::Waiting.number(),
                            BATCH
                        ],
                    )?;
                    Ok(moved)
                })
                .await?;
            if moved == 0 {
                break;
            }
        }
        self.session.store().write(move |tx| rows::recount(tx, run, number).map(|_| ())).await
    }

    async fn stop_bulk_deployment(&self, id: &str) -> Result<(), Error> {
        self.say(RunState::Stopping, "Stopping the bulk deployment").await?;
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
        match self.call(self.session.clients.stop_bulk_deployment(id)).await {
            Ok(request_id) => {
                changes::ended(&self.session, intended, Ok(request_id)).await?;
                intents::obeyed(&self.session.engine, self.ordinal, Ask::Stop).await
            }
            Err(Error::Aws(error)) => {
                changes::ended(&self.session, intended, Err(&error)).await?;
                if error.is_transient() {
                    // The intent stays; the next turn asks again.
                    return self.blind(&Error::Aws(error).problem()).await;
                }
                // Refused for good (it may have ended meanwhile): the status that is read next tells.
                intents::obeyed(&self.session.engine, self.ordinal, Ask::Stop).await
            }
            Err(error) => Err(error),
        }
    }

    /// Reads status and reports once and stores both.
    pub(super) async fn read_once(
        &mut self,
        wave: &WaveRow,
        bulk_deployment: &str,
    ) -> Result<Reading, Error> {
        let clients = self.session.clients.clone();
        let status = self.call(clients.bulk_deployment_status(bulk_deployment)).await?;
        let terminal = status.status.is_terminal();
        let all = terminal || self.pace.may_read_all(self.session.clock().now());
        let changed = self.read_reports(wave, bulk_deployment, all).await?;
        let counts = self.store_reading(wave, status).await?;
        Ok(Reading { counts, changed: changed || counts != wave.wave.counts })
    }

    /// Reads reports, newest first: all pages, or up to the first page that holds nothing new.
    async fn read_reports(
        &mut self,
        wave: &WaveRow,
        bulk_deployment: &str,
        all: bool,
    ) -> Result<bool, Error> {
        let clients = self.session.clients.clone();
        let (mut token, mut pages, mut changed) = (None::<String>, 0_u32, false);
        loop {
            let page =
                self.call(clients.detailed_reports(bulk_deployment, token.as_deref())).await?;
            pages += 1;
            let (run, number, reports) = (self.ordinal, wave.wave.number, page.items);
            let news = self
                .session
                .store()
                .write(move |tx| apply(tx, run, number, &reports))
                .await?;
            changed |= news > 0;
            token = page.next;
            if token.is_none() || (news == 0 && !all) {
                break;
            }
        }
        if all {
            self.pace.all_read(self.session.clock().now(), pages);
        }
        Ok(changed)
    }

    async fn store_reading(
        &self,
        wave: &WaveRow,
        status: BulkDeploymentReport,
    ) -> Result<Counts, Error> {
        let (run, number, at) = (self.ordinal, wave.wave.number, self.session.clock().now());
        let ended = status.status.is_terminal() && wave.wave.state == WaveState::Running;
        let errors = json(&words(status.message.as_deref(), &status.errors))?;
        let bulk_status = word(&status.status)?;
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
                        "UPDATE wave SET state = ?3, ended_at = ?4 WHERE run = ?1 AND number = ?2",
                        params![run, number, word(&WaveState::Settling)?, at.0],
                    )?;
                }
                tx.execute(
                    "UPDATE run SET read_at = ?2, blind_since = NULL, blind_problem = NULL WHERE ordinal = ?1",
                    params![run, at.0],
                )?;
                sample(tx, run, at.0)?;
                Ok(counts)
            })
            .await
    }

    /// Says since when nothing could be read, and why.
    async fn blind(&self, problem: &Problem) -> Result<(), Error> {
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

/// One point of the chart: the sums over all waves.
fn sample(tx: &Transaction<'_>, run: i64, at: i64) -> Result<(), Error> {
    let waves = rows::waves(tx, run)?;
    let processed: u32 = waves.iter().map(|row| row.wave.records_processed).sum();
    tx.execute(
        "INSERT INTO sample (run, at, processed, counts) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (run, at) DO UPDATE SET processed = excluded.processed, counts = excluded.counts",
        params![run, at, processed, json(&rows::sum(&waves))?],
    )?;
    Ok(())
}

/// Stores one page of reports and answers how many of them said something new.
fn apply(
    tx: &Transaction<'_>,
    run: i64,
    wave: u32,
    reports: &[DetailedReport],
) -> Result<u32, Error> {
    let mut news = 0;
    for report in reports {
        let Some(group) = report.group_arn.as_deref().and_then(group_id_of_arn) else {
            tracing::warn!(?report.group_arn, "a report names no group");
            continue;
        };
        let Some(position) = position(tx, run, wave, bare_id(group), report.deployment_id.as_deref())? else {
            tracing::warn!(group, "a report names a group that is not in the plan");
            continue;
        };
        let state = TargetState::of_deployment(&report.status);
        let failed = state == TargetState::Failed;
        let details = words(None, &report.errors);
        let code = report.errors.iter().find_map(|detail| detail.code.clone()).filter(|_| failed);
        let message =
            report.message.clone().or_else(|| details.first().cloned()).filter(|_| failed);
        let cause = failed.then(|| cause::key(code.as_deref(), message.as_deref().unwrap_or_default()));
        news += u32::try_from(tx.prepare_cached(
            "UPDATE target SET state = ?3, deployment = ?4, cause = ?5, code = ?6, message = ?7, details = ?8
             WHERE run = ?1 AND position = ?2
               AND (state, deployment, message) IS NOT (?3, ?4, ?7)",
        )?
        .execute(params![
            run,
            position,
            state.number(),
            report.deployment_id,
            cause,
            code,
            message,
            (!details.is_empty()).then(|| json(&details)).transpose()?
        ])?)
        .unwrap_or(u32::MAX);
    }
    Ok(news)
}

/// The target that a report is about. A file may name a group twice: then the deployment tells which, or the
/// first of them without a deployment takes it.
fn position(
    connection: &Connection,
    run: i64,
    wave: u32,
    group: &str,
    deployment: Option<&str>,
) -> Result<Option<u32>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT position FROM target
         WHERE run = ?1 AND (target = ?2 OR target = ?3) AND wave = ?4
         ORDER BY deployment IS ?5 DESC, deployment IS NULL DESC, position LIMIT 1",
    )?;
    let account: Option<String> = connection
        .prepare_cached("SELECT account FROM scope WHERE id = (SELECT scope FROM run WHERE ordinal = ?1)")?
        .query_row([run], |row| row.get(0))
        .optional()?;
    let prefixed = format!("{}:{group}", account.unwrap_or_default());
    Ok(statement
        .query_row(params![run, group, prefixed, wave, deployment], |row| row.get(0))
        .optional()?)
}

/// ErrorMessage and ErrorDetails as sentences, none twice.
fn words(message: Option<&str>, errors: &[ErrorDetail]) -> Vec<String> {
    let mut words: Vec<String> = message.map(str::to_owned).into_iter().collect();
    for error in errors {
        let text = match (&error.code, &error.message) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => continue,
        };
        if !words.contains(&text) {
            words.push(text);
        }
    }
    words
}
