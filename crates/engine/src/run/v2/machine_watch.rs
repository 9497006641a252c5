//! Watching the execution of a V2 wave: how far its map is, and which deployments it has made so far.

use overseed_aws::{
    Kind,
    v2::{Execution, ListedDeployment, MapRunCounts, MapRunPace},
};
use overseed_domain::{
    Millis,
    rollout::{BulkStatus, RunState, WaveState},
};
use rusqlite::{OptionalExtension, params};

use super::{
    super::{
        driver::Driver,
        intents::{self, Ask},
        pace::Api,
        rows::{Run, WaveRow, json, word},
        start::{RUN_TAG, WAVE_TAG},
    },
    targets,
};
use crate::Error;

/// Pages of the account's newest deployments that are looked through in one turn.
const PAGES: usize = 5;

/// Deployments that are looked at in one turn to know whether they are the run's.
const CHECKED: usize = 15;

/// Milliseconds that the clocks of this computer and of AWS may differ.
const CLOCKS: i64 = 5 * 60 * 1000;

/// Children at once at most: each looks at its device every half minute, which comes to ten calls a second, a third of
/// the quota.
const MOST_AT_ONCE: u32 = 300;

/// Milliseconds between two changes of how many run at once.
const STEADY: i64 = 30_000;

impl Driver {
    /// One turn while the execution goes on.
    pub(super) async fn run_on_machine(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        stop: bool,
    ) -> Result<(), Error> {
        self.submit(wave).await?;
        let Some(execution) = wave.wave.bulk_deployment.clone() else {
            return self.move_wave(wave.wave.number, WaveState::Starting).await;
        };
        let turn = self.machine_turn(run, wave, &execution, stop).await;
        self.pause_after(turn).await
    }

    async fn machine_turn(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        arn: &str,
        stop: bool,
    ) -> Result<bool, Error> {
        if stop {
            self.stop_machine(arn).await?;
        }
        self.leave_quota(Api::States).await?;
        let clients = self.session.clients.clone();
        let Some(execution) = self.call(clients.describe_execution(arn)).await? else {
            return Err(overseed_aws::Error::here(
                "states:DescribeExecution",
                Kind::NotFound,
                format!("There is no execution {arn} (any more)"),
            )
            .into());
        };
        let items = self.map_turn(run, arn, &execution).await?;
        self.store_execution(wave, &execution, items).await?;
        if execution.is_terminal() {
            return Ok(true);
        }
        let found = self.find_newest(wave, PAGES, CHECKED).await?;
        self.look_at_next(wave).await?;
        let counts = self.take_down(wave).await?;
        Ok(found || counts != wave.wave.counts)
    }

    /// What the map says, and whether it may go faster.
    async fn map_turn(
        &mut self,
        run: &Run,
        arn: &str,
        execution: &Execution,
    ) -> Result<Option<MapRunCounts>, Error> {
        let clients = self.session.clients.clone();
        self.leave_quota(Api::States).await?;
        let maps = self.call(clients.list_map_runs(arn, None)).await?;
        let Some(map) = maps.items.first() else {
            return Ok(None);
        };
        self.leave_quota(Api::States).await?;
        let detail = self.call(clients.describe_map_run(&map.arn)).await?;
        let now = self.session.clock().now();
        // Who has said how many is not overruled.
        let steady = run.settings.at_once.is_none()
            && self
                .v2
                .hastened_at
                .is_none_or(|last| now.since(last) >= STEADY);
        let full = detail.executions.running >= u64::from(detail.max_concurrency);
        let wanted = detail.max_concurrency.saturating_mul(2).min(MOST_AT_ONCE);
        if !execution.is_terminal()
            && steady
            && full
            && detail.items.pending > 0
            && wanted > detail.max_concurrency
        {
            self.v2.hastened_at = Some(now);
            let summary = format!(
                "Let {wanted} child executions run at once instead of {}",
                detail.max_concurrency
            );
            let intended = self.intend("states:UpdateMapRun", summary).await?;
            let pace = MapRunPace {
                max_concurrency: Some(wanted),
                ..MapRunPace::default()
            };
            let changed = self.call(clients.update_map_run(&map.arn, pace)).await;
            match self.note_end(intended, changed).await {
                // It goes on as fast as before.
                Err(Error::Aws(error)) if !error.is_transient() => {
                    tracing::warn!(%error, "the map cannot be hastened");
                }
                ended => ended?,
            }
        }
        Ok(Some(detail.items))
    }

    async fn stop_machine(&mut self, arn: &str) -> Result<(), Error> {
        self.say(RunState::Stopping, "Stopping the state machine")
            .await?;
        let intended = self
            .intend("states:StopExecution", format!("Stop {arn}"))
            .await?;
        let clients = self.session.clients.clone();
        let stopped = self
            .call(clients.stop_execution(arn, "Stopped by its run"))
            .await;
        match self.note_end(intended, stopped).await {
            Ok(()) => {}
            // It has ended meanwhile: as good as stopped.
            Err(Error::Aws(error)) if error.kind == Kind::NotFound => {}
            Err(error) => return Err(error),
        }
        let (run, at) = (self.ordinal, self.session.clock().now());
        self.session
            .store()
            .write(move |tx| intents::obeyed(tx, run, Ask::Stop, at))
            .await
    }

    async fn store_execution(
        &self,
        wave: &WaveRow,
        execution: &Execution,
        items: Option<MapRunCounts>,
    ) -> Result<(), Error> {
        let (run, number, at) = (self.ordinal, wave.wave.number, self.session.clock().now());
        let status = status_of(&execution.status);
        let errors: Vec<String> = [&execution.error, &execution.cause]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        let errors = json(&errors)?;
        let begun = items.map(|items| {
            let begun = items.total.saturating_sub(items.pending);
            u32::try_from(begun).unwrap_or(u32::MAX)
        });
        self.session
            .store()
            .write(move |tx| {
                tx.execute(
                    "UPDATE wave SET bulk_status = ?3, records_processed = coalesce(?4, records_processed), errors = ?5
                     WHERE run = ?1 AND number = ?2",
                    params![run, number, word(&status)?, begun, errors],
                )?;
                if status.is_terminal() {
                    tx.execute(
                        "UPDATE wave SET state = ?3, ended_at = ?4 WHERE run = ?1 AND number = ?2 AND state = ?5",
                        params![
                            run,
                            number,
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

    /// Finds the deployments that were made, newest first: on so many pages and so many of them; answers whether there was
    /// one.
    pub(super) async fn find_newest(
        &mut self,
        wave: &WaveRow,
        pages: usize,
        most: usize,
    ) -> Result<bool, Error> {
        let since = Millis(
            wave.wave
                .started_at
                .map_or(0, |at| at.0.saturating_sub(CLOCKS)),
        );
        let clients = self.session.clients.clone();
        let (mut token, mut checked, mut found) = (None::<String>, 0, false);
        for _ in 0..pages {
            self.leave_quota(Api::Deployments).await?;
            let page = self
                .call(clients.list_deployments(None, false, token.as_deref()))
                .await?;
            let mut old = false;
            for listed in &page.items {
                if listed.created_at.is_some_and(|made| made < since) {
                    old = true;
                    break;
                }
                let Some(position) = self.wanted(wave, listed).await? else {
                    continue;
                };
                if checked == most {
                    return Ok(found);
                }
                checked += 1;
                found |= self.check_made(wave, position, &listed.id).await?;
                // A stop that is known already is not helped by looking less.
                if self.seen == 0 && self.asked_anew().await? {
                    return Ok(found);
                }
            }
            token = page.next;
            if old || token.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// The position of the target that a listed deployment may be for: one of the wave whose deployment is not known.
    async fn wanted(
        &self,
        wave: &WaveRow,
        listed: &ListedDeployment,
    ) -> Result<Option<u32>, Error> {
        let Some((_, thing)) = listed.target_arn.split_once(":thing/") else {
            return Ok(None);
        };
        let (run, number, thing) = (self.ordinal, wave.wave.number, thing.to_owned());
        self.session
            .store()
            .read(move |c| {
                let found = c
                    .prepare_cached(
                        "SELECT position FROM target INDEXED BY target_by_id
                         WHERE run = ?1 AND target = ?2 AND wave = ?3 AND deployment IS NULL AND state = 1",
                    )?
                    .query_row(params![run, thing, number], |row| row.get(0))
                    .optional()?;
                Ok(found)
            })
            .await
    }

    async fn check_made(
        &mut self,
        wave: &WaveRow,
        position: u32,
        deployment: &str,
    ) -> Result<bool, Error> {
        self.leave_quota(Api::Deployments).await?;
        let clients = self.session.clients.clone();
        let made = match self.call(clients.get_deployment(deployment)).await {
            Ok(made) => made,
            Err(Error::Aws(error)) if error.kind == Kind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let number = wave.wave.number.to_string();
        if made.tags.get(RUN_TAG) != Some(&self.id) || made.tags.get(WAVE_TAG) != Some(&number) {
            return Ok(false);
        }
        let (run, deployment) = (self.ordinal, deployment.to_owned());
        self.session
            .store()
            .write_readable_again(move |tx| targets::set_made(tx, run, position, &deployment))
            .await?;
        Ok(true)
    }
}

/// An execution's status in the words that waves have.
fn status_of(word: &str) -> BulkStatus {
    match word {
        "RUNNING" | "PENDING_REDRIVE" => BulkStatus::Running,
        "SUCCEEDED" => BulkStatus::Completed,
        "ABORTED" => BulkStatus::Stopped,
        "FAILED" | "TIMED_OUT" => BulkStatus::Failed,
        _ => BulkStatus::Unrecognized,
    }
}
