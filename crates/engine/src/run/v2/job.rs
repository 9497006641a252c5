//! Watching the deployment of a V2 wave's thing group by its job: who was told, and how each stands.

use futures::future::join_all;
use overseed_aws::v2::{Job, JobExecution};
use overseed_domain::{
    rollout::{BulkStatus, Counts, TargetState, WaveState},
    v2::effective::EffectiveStatus,
};
use rusqlite::{OptionalExtension, params};

use super::{
    super::{
        driver::Driver,
        pace::{Api, V2_AT_ONCE},
        rows::{self, WaveRow, json, word},
    },
    failure::Failure,
    looks::{self, Round},
    targets::Made,
};
use crate::Error;

/// Changes that one page of a job's executions brought.
#[derive(Debug, Default)]
struct News {
    /// Written down already.
    changed: bool,
    /// Failed, and why is not known yet; with the job's word.
    failed: Vec<(Made, String)>,
}

impl Driver {
    /// One turn while the job tells devices.
    pub(super) async fn run_on_group(&mut self, wave: &WaveRow, stop: bool) -> Result<(), Error> {
        self.submit(wave).await?;
        let Some(deployment) = wave.wave.bulk_deployment.clone() else {
            return self.move_wave(wave.wave.number, WaveState::Starting).await;
        };
        let stopped = if stop {
            self.stop_group(&deployment).await
        } else {
            Ok(())
        };
        let turn = match stopped {
            Ok(()) => self.read_job(wave, &deployment).await,
            Err(error) => Err(error),
        };
        self.pause_after(turn.map(|round| round.changed)).await
    }

    /// Reads the job and how all of its things stand.
    pub(super) async fn read_job(
        &mut self,
        wave: &WaveRow,
        deployment: &str,
    ) -> Result<Round, Error> {
        let clients = self.session.clients.clone();
        let job_id = match &self.v2.job {
            Some((of, job)) if of == deployment => job.clone(),
            _ => {
                self.leave_quota(Api::Deployments).await?;
                let made = self.call(clients.get_deployment(deployment)).await?;
                let job = made.job_id.unwrap_or_default();
                self.keep_job(wave.wave.number, &job).await?;
                self.v2.job = Some((deployment.to_owned(), job.clone()));
                job
            }
        };
        self.leave_quota(Api::Iot).await?;
        let job = self.call(clients.describe_job(&job_id)).await?;
        let (mut token, mut told, mut changed) = (None::<String>, 0_u32, false);
        loop {
            self.leave_quota(Api::Iot).await?;
            let page = self
                .call(clients.job_executions(&job_id, None, token.as_deref()))
                .await?;
            told = told.saturating_add(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
            let news = self.take_in(wave, deployment, page.items).await?;
            changed |= news.changed | !news.failed.is_empty();
            for few in news.failed.chunks(V2_AT_ONCE) {
                self.ask_why(few).await?;
            }
            token = page.next;
            if token.is_none() {
                break;
            }
            // A stop that is known already is not helped by reading less.
            if self.seen == 0 && self.asked_anew().await? {
                let counts = self.take_down(wave).await?;
                return Ok(Round {
                    counts,
                    changed,
                    broken_off: true,
                });
            }
        }
        self.store_job(wave, &job, told).await?;
        let counts: Counts = self.take_down(wave).await?;
        Ok(Round {
            counts,
            changed: changed || counts != wave.wave.counts,
            broken_off: false,
        })
    }

    /// Faces tell it; nothing depends on it.
    async fn keep_job(&self, wave: u32, job: &str) -> Result<(), Error> {
        let (run, place, job) = (self.ordinal, format!("$.jobs.\"{wave}\""), job.to_owned());
        let store = self.session.store();
        store
            .write(move |tx| {
                tx.execute(
                    "UPDATE run SET settings = json_set(
                         json_set(settings, '$.jobs', json(coalesce(settings -> '$.jobs', '{}'))), ?2, ?3)
                     WHERE ordinal = ?1 AND settings ->> ?2 IS NOT ?3",
                    params![run, place, job],
                )?;
                Ok(())
            })
            .await
    }

    async fn take_in(
        &self,
        wave: &WaveRow,
        deployment: &str,
        executions: Vec<JobExecution>,
    ) -> Result<News, Error> {
        let (run, number, deployment) = (self.ordinal, wave.wave.number, deployment.to_owned());
        self.session
            .store()
            .write_readable_again(move |tx| {
                let mut news = News::default();
                let mut find = tx.prepare_cached(
                    "SELECT position, state, deployment IS NULL FROM target INDEXED BY target_by_id
                     WHERE run = ?1 AND target = ?2 AND wave = ?3",
                )?;
                for execution in executions {
                    let thing = match execution.thing_arn.split_once(":thing/") {
                        Some((_, thing)) => thing,
                        None => continue,
                    };
                    let found: Option<(u32, u8, bool)> = find
                        .query_row(params![run, thing, number], |row| {
                            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                        })
                        .optional()?;
                    let Some((position, state, new)) = found else {
                        continue;
                    };
                    let known = TargetState::from_number(state).unwrap_or(TargetState::Unknown);
                    if new {
                        super::targets::set_made(tx, run, position, &deployment)?;
                        news.changed = true;
                    }
                    let state = EffectiveStatus::parse(&execution.status).state();
                    if state == known || known.is_terminal() {
                        continue;
                    }
                    if state == TargetState::Failed {
                        let made = Made {
                            position,
                            thing: thing.to_owned(),
                            deployment: deployment.clone(),
                            state: known,
                        };
                        news.failed.push((made, execution.status));
                    } else {
                        looks::set_state(tx, run, position, state, None)?;
                        news.changed = true;
                    }
                }
                Ok(news)
            })
            .await
    }

    /// Why devices failed, in their own words; the job's word where they say nothing.
    async fn ask_why(&mut self, failed: &[(Made, String)]) -> Result<(), Error> {
        let now = self.session.clock().now();
        let waits: Vec<_> = failed
            .iter()
            .map(|_| self.pace.before_request(Api::Devices, now))
            .collect();
        let looks = failed
            .iter()
            .zip(waits)
            .map(|((made, _), wait)| self.look(made, wait));
        let mut found = Vec::new();
        for ((made, word), said) in failed.iter().zip(join_all(looks).await) {
            let failure = match said? {
                Some(said) if EffectiveStatus::parse(&said.status).is_terminal() => {
                    Failure::of_device(&said)
                }
                _ => Failure::said(word, None, &[], &[]),
            };
            found.push((made.position, failure));
        }
        let run = self.ordinal;
        self.session
            .store()
            .write_readable_again(move |tx| {
                for (position, failure) in &found {
                    let state = TargetState::Failed;
                    looks::set_state(tx, run, *position, state, Some(failure))?;
                }
                Ok(())
            })
            .await
    }

    async fn store_job(&self, wave: &WaveRow, job: &Job, told: u32) -> Result<(), Error> {
        let (run, at, row) = (self.ordinal, self.session.clock().now(), wave.clone());
        let cancelled = job.status == "CANCELED" || job.status == "DELETION_IN_PROGRESS";
        let errors: Vec<String> = [&job.reason, &job.comment]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        let errors = json(&errors)?;
        self.session
            .store()
            .write(move |tx| {
                let counts = rows::recount(tx, run, row.wave.number)?;
                // Those that are no things of the account failed before.
                let strangers: u32 = tx.query_row(
                    "SELECT count(*) FROM target WHERE run = ?1 AND wave = ?2 AND state = 4 AND deployment IS NULL",
                    params![run, row.wave.number],
                    |found| found.get(0),
                )?;
                let all = told.saturating_add(strangers) >= row.sent();
                let status = match (all, cancelled) {
                    (true, _) => BulkStatus::Completed,
                    (false, true) => BulkStatus::Stopped,
                    (false, false) => BulkStatus::Running,
                };
                let over = all || cancelled || counts.submitted + counts.in_progress == 0;
                tx.execute(
                    "UPDATE wave SET bulk_status = ?3, records_processed = ?4, invalid_input_records = ?5, errors = ?6
                     WHERE run = ?1 AND number = ?2",
                    params![
                        run,
                        row.wave.number,
                        word(&status)?,
                        told.saturating_add(strangers).min(row.sent()),
                        strangers,
                        errors
                    ],
                )?;
                if over {
                    tx.execute(
                        "UPDATE wave SET state = ?3, ended_at = ?4 WHERE run = ?1 AND number = ?2 AND state = ?5",
                        params![
                            run,
                            row.wave.number,
                            word(&WaveState::Settling)?,
                            at.0,
                            word(&WaveState::Running)?
                        ],
                    )?;
                }
                Ok(())
            })
            .await
    }
}
