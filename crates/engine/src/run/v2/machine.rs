//! The state machine of a V2 wave: made, started and found again. One execution for each wave, whose name is its token.

use std::{collections::BTreeMap, time::Duration};

use overseed_aws::Kind;
use overseed_domain::{
    rollout::{RunState, WaveState},
    v2::state_machine::{FIRST_CONCURRENCY, WaveMachine},
};
use rusqlite::params;

use super::super::{
    driver::Driver,
    pace::Api,
    rows::{self, Run, WaveRow, word},
    start::{RUN_TAG, WAVE_TAG, before_start},
};
use crate::{
    Error, ErrorCode, Problem, Session, buckets,
    changes::{self, Intent},
};

/// How long a role that Step Functions cannot assume is waited for (IAM is eventually consistent).
const ROLE_PATIENCE: i64 = 120_000;

/// Between two tries with a fresh role.
const ROLE_PAUSE: Duration = Duration::from_secs(4);

/// Seconds between two looks of a child at its device.
const POLL_SECONDS: u32 = 30;

/// The input of an execution: the definition says all there is.
pub(super) const INPUT: &str = "{}";

/// What is made for a wave is called so: its state machine, or its thing group.
pub(super) fn name_of(run: &str, wave: u32) -> String {
    format!("overseed-{run}-{wave}")
}

/// The names of a wave's state machine, which are also those of its execution.
pub(super) struct Names {
    pub(super) name: String,
    pub(super) machine_arn: String,
    pub(super) execution_arn: String,
}

impl Names {
    pub(super) fn of(session: &Session, run: &str, wave: u32) -> Self {
        let connection = &session.connection;
        let name = name_of(run, wave);
        let arn = |resource: &str| {
            format!(
                "arn:{}:states:{}:{}:{resource}",
                connection.partition, connection.region, connection.account
            )
        };
        Self {
            machine_arn: arn(&format!("stateMachine:{name}")),
            execution_arn: arn(&format!("execution:{name}:{name}")),
            name,
        }
    }
}

/// What the state machine of a wave does.
pub(super) fn definition(session: &Session, run: &Run, wave: &WaveRow) -> serde_json::Value {
    let v2 = run.settings.v2.as_ref();
    let concurrency = run.settings.at_once.or(v2.and_then(|v2| v2.concurrency));
    let place = (wave.bucket.as_str(), wave.key.as_str());
    definition_of(session, place, run.settings.settle_minutes, concurrency)
}

/// What the state machine does that reads the file at `place`, bucket and key.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded by a week"
)]
pub(super) fn definition_of(
    session: &Session,
    (bucket, key): (&str, &str),
    settle_minutes: f64,
    concurrency: Option<u32>,
) -> serde_json::Value {
    WaveMachine {
        partition: session.connection.partition.to_string(),
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        results_bucket: bucket.to_owned(),
        results_prefix: results_of(key),
        settle_seconds: (settle_minutes * 60.0) as u32,
        poll_seconds: POLL_SECONDS,
        concurrency: concurrency.unwrap_or(FIRST_CONCURRENCY),
    }
    .definition()
}

impl Driver {
    /// The names under which a wave's state machine stands in the account.
    pub(super) fn names(&self, wave: u32) -> Names {
        Names::of(&self.session, &self.id, wave)
    }

    /// The bucket once more, the role, the wave's file.
    pub(super) async fn prepare_machine(&mut self, run: &Run, wave: &WaveRow) -> Result<(), Error> {
        if wave.sent() == 0 {
            return self.move_wave(wave.wave.number, WaveState::Skipped).await;
        }
        let (_, waves) = self.read().await?;
        if !waves.iter().any(WaveRow::is_started) {
            self.say(RunState::Preparing, "Checking once more").await?;
            let check = tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Err(Error::Cancelled),
                check = buckets::bucket_check(&self.session, &wave.bucket) => check?,
            };
            let stands = |problem: &Problem| problem.code != ErrorCode::BucketDenied;
            if let Some(problem) = check.problems.into_iter().find(stands) {
                return Err(problem.into());
            }
            self.say(
                RunState::Preparing,
                "Checking the role of the state machine",
            )
            .await?;
            self.engine_role(run).await?;
            if self.asked_anew().await? {
                return Ok(());
            }
        }
        self.say(before_start(wave), "Uploading the wave's file")
            .await?;
        let remade = self.remade(run, wave).await?;
        let sha256 = remade
            .as_ref()
            .map_or(&wave.wave.sha256, |file| &file.sha256);
        self.upload(wave, sha256).await?;
        self.starting(wave, remade, None).await
    }

    /// Starts the execution of a wave, or finds the one that an earlier try has started.
    pub(super) async fn start_machine(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        stop: bool,
    ) -> Result<(), Error> {
        let names = self.names(wave.wave.number);
        self.say(before_start(wave), "Looking for an execution of this run")
            .await?;
        if self.is_there(&names).await? {
            return self.started_v2(wave, names.execution_arn).await;
        }
        if stop {
            return self.skip_rest().await;
        }
        self.say(before_start(wave), "Making the state machine")
            .await?;
        self.machine(run, wave, &names).await?;
        self.say(before_start(wave), "Starting the state machine")
            .await?;
        let intended = self
            .intend(
                "states:StartExecution",
                format!(
                    "Start wave {} with {} core devices from {}",
                    wave.wave.number,
                    wave.sent(),
                    wave.wave.input_file_uri
                ),
            )
            .await?;
        let started = self
            .call(
                self.session
                    .clients
                    .start_execution(&names.machine_arn, &names.name, INPUT),
            )
            .await;
        match started {
            Ok(started) => {
                changes::ended(&self.session, intended, Ok(started.request_id)).await?;
                self.started_v2(wave, started.arn).await
            }
            Err(Error::Aws(error)) => {
                changes::ended(&self.session, intended, Err(&error)).await?;
                // The answer may have been lost on its way: look before giving up.
                if self.is_there(&names).await? {
                    return self.started_v2(wave, names.execution_arn).await;
                }
                if self.stop_asked().await? {
                    return self.skip_rest().await;
                }
                Err(error.into())
            }
            Err(error) => Err(error),
        }
    }

    async fn is_there(&mut self, names: &Names) -> Result<bool, Error> {
        self.leave_quota(Api::States).await?;
        let clients = self.session.clients.clone();
        let found = self
            .call(clients.describe_execution(&names.execution_arn))
            .await;
        Ok(found?.is_some())
    }

    pub(super) async fn intend(
        &self,
        operation: &'static str,
        summary: String,
    ) -> Result<changes::Intended, Error> {
        let intent = Intent {
            plan: self.id.clone(),
            operation,
            summary,
            ..Intent::default()
        };
        changes::intend(&self.session, intent).await
    }

    /// Makes the state machine, or sets right one that is there.
    async fn machine(&mut self, run: &Run, wave: &WaveRow, names: &Names) -> Result<(), Error> {
        let definition = definition(&self.session, run, wave).to_string();
        let role = run.settings.role_arn.clone();
        self.leave_quota(Api::States).await?;
        let clients = self.session.clients.clone();
        let there = self
            .call(clients.describe_state_machine(&names.machine_arn))
            .await?;
        let since = self.session.clock().now();
        match there {
            Some(there) if there.role_arn == role && same(&there.definition, &definition) => Ok(()),
            Some(_) => {
                let summary = format!("Change the state machine {}", names.name);
                let intended = self.intend("states:UpdateStateMachine", summary).await?;
                let changed = self
                    .call(clients.update_state_machine(&names.machine_arn, &definition, &role))
                    .await;
                self.note_end(intended, changed).await
            }
            None => loop {
                let summary = format!("Make the state machine {}", names.name);
                let intended = self.intend("states:CreateStateMachine", summary).await?;
                let tags = BTreeMap::from([
                    (RUN_TAG.to_owned(), self.id.clone()),
                    (WAVE_TAG.to_owned(), wave.wave.number.to_string()),
                ]);
                let made = self
                    .call(clients.create_state_machine(&names.name, &definition, &role, &tags))
                    .await
                    .map(|(_, request_id)| request_id);
                let waited = self.session.clock().now().since(since);
                match self.note_end(intended, made).await {
                    Err(Error::Aws(error))
                        if error.kind == Kind::AssumeRole && waited < ROLE_PATIENCE =>
                    {
                        self.say(
                            before_start(wave),
                            "Waiting until Step Functions sees the new role",
                        )
                        .await?;
                        self.wait(ROLE_PAUSE).await?;
                        if self.stop_asked().await? {
                            return Err(error.into());
                        }
                    }
                    ended => return ended,
                }
            },
        }
    }

    pub(super) async fn note_end(
        &self,
        intended: changes::Intended,
        result: Result<Option<String>, Error>,
    ) -> Result<(), Error> {
        match result {
            Ok(request_id) => changes::ended(&self.session, intended, Ok(request_id)).await,
            Err(Error::Aws(error)) => {
                changes::ended(&self.session, intended, Err(&error)).await?;
                Err(error.into())
            }
            Err(error) => Err(error),
        }
    }

    /// What makes the wave's deployments is at work.
    pub(super) async fn started_v2(&self, wave: &WaveRow, what: String) -> Result<(), Error> {
        let (run, number, at) = (self.ordinal, wave.wave.number, self.session.clock().now());
        self.session
            .store()
            .write(move |tx| {
                tx.execute(
                    "UPDATE wave SET bulk_deployment = ?3, started_at = ?4, state = ?5
                     WHERE run = ?1 AND number = ?2",
                    params![run, number, what, at.0, word(&WaveState::Running)?],
                )?;
                rows::set_state(tx, run, RunState::Running, "Deployments are being made")
            })
            .await
    }
}

/// Where a wave's outcomes are written.
pub(super) fn results_prefix(wave: &WaveRow) -> String {
    results_of(&wave.key)
}

fn results_of(key: &str) -> String {
    format!("{}-results", key.trim_end_matches(".jsonl"))
}

/// Whether two JSON documents say the same, however they are set.
pub(super) fn same(a: &str, b: &str) -> bool {
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    value(a).is_some_and(|a| Some(a) == value(b))
}
