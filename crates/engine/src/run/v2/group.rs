//! The thing-group way: a thing group is made for each wave, its devices are put into it, and one deployment to the group
//! is rolled out by its job.

use std::collections::{BTreeMap, HashSet};

use overseed_aws::{Kind, v2::CreateDeployment};
use overseed_domain::{
    rollout::{BulkStatus, RunState, TargetState, WaveState},
    v2::line::client_token,
};
use rusqlite::params;

use super::{
    super::{
        driver::Driver,
        intents::{self, Ask},
        pace::Api,
        rows::{self, Run, WaveRow, word},
        skip::SKIPPED,
        start::{RUN_TAG, WAVE_TAG, before_start},
    },
    failure::Failure,
    log, looks,
    overtaken::Otherwise,
    targets::{self, ToMake},
};
use crate::{Error, ErrorCode, Problem, changes};

/// The call, as the log names it.
const ADD: &str = "iot:AddThingToThingGroup";

/// A user's retry is a run of its own.
const ATTEMPT: u32 = 1;

/// Devices that are put into the group between two looks at what was asked.
const BATCH: usize = 100;

impl Driver {
    /// The name of a wave's thing group.
    pub(super) fn group_name(&self, wave: u32) -> String {
        self.names(wave).name
    }

    fn group_arn(&self, wave: u32) -> String {
        let connection = &self.session.connection;
        format!(
            "arn:{}:iot:{}:{}:thinggroup/{}",
            connection.partition,
            connection.region,
            connection.account,
            self.group_name(wave)
        )
    }

    fn group_tags(&self, wave: u32) -> BTreeMap<String, String> {
        BTreeMap::from([
            (RUN_TAG.to_owned(), self.id.clone()),
            (WAVE_TAG.to_owned(), wave.to_string()),
        ])
    }

    /// Makes the thing group and puts the wave's devices into it.
    pub(super) async fn prepare_group(&mut self, run: &Run, wave: &WaveRow) -> Result<(), Error> {
        if wave.sent() == 0 {
            return self.move_wave(wave.wave.number, WaveState::Skipped).await;
        }
        self.one_document(wave).await?;
        let number = wave.wave.number;
        let name = self.group_name(number);
        self.say(before_start(wave), "Making the thing group")
            .await?;
        let remade = self.remade(run, wave).await?;
        let clients = self.session.clients.clone();
        self.leave_quota(Api::Iot).await?;
        let there = match self.call(clients.thing_group(&name)).await {
            Ok(_) => true,
            Err(Error::Aws(error)) if error.kind == Kind::NotFound => false,
            Err(error) => return Err(error),
        };
        if !there {
            let intended = self
                .intend(
                    "iot:CreateThingGroup",
                    format!("Make the thing group {name}"),
                )
                .await?;
            let description = "The core devices of one wave of a run of Overseed";
            let made = self
                .call(clients.create_thing_group(&name, description, &self.group_tags(number)))
                .await
                .map(|(_, request_id)| request_id);
            self.note_end(intended, made).await?;
        }
        if !self.put_in(wave, &name).await? {
            return Ok(());
        }
        if self.nobody_left(wave).await? {
            return Ok(());
        }
        let token = client_token(&self.id, wave.first_position, ATTEMPT);
        self.starting(wave, remade, Some(token)).await
    }

    /// Where each of the wave's devices has failed before it came into the group, there is nothing to deploy: the wave is
    /// judged by that. Answers whether it is so.
    async fn nobody_left(&self, wave: &WaveRow) -> Result<bool, Error> {
        let (run, number, positions) = (self.ordinal, wave.wave.number, wave.positions());
        let at = self.session.clock().now();
        self.session
            .store()
            .write(move |tx| {
                if !targets::waiting(tx, run, &positions, 1)?.is_empty() {
                    return Ok(false);
                }
                tx.execute(
                    "UPDATE wave SET state = ?3, bulk_status = ?4, started_at = ?5, ended_at = ?5
                     WHERE run = ?1 AND number = ?2",
                    params![
                        run,
                        number,
                        word(&WaveState::Settling)?,
                        word(&BulkStatus::Completed)?,
                        at.0
                    ],
                )?;
                Ok(true)
            })
            .await
    }

    /// One deployment to a group is the same for all of it.
    async fn one_document(&self, wave: &WaveRow) -> Result<(), Error> {
        let (run, positions) = (self.ordinal, wave.positions());
        let documents: u32 = self
            .session
            .store()
            .read(move |c| {
                Ok(c.query_row(
                    "SELECT count(DISTINCT version) FROM target
                     WHERE run = ?1 AND position >= ?2 AND position < ?3 AND cause IS NOT ?4",
                    params![run, positions.start, positions.end, SKIPPED],
                    |row| row.get(0),
                )?)
            })
            .await?;
        if documents <= 1 {
            return Ok(());
        }
        Err(Problem::new(
            ErrorCode::PlanInvalid,
            "The targets of this wave do not all get the same",
        )
        .detail(format!("{documents} different outcomes"))
        .hint("One deployment to a thing group is the same for all: choose another way of carrying the plan out.")
        .into())
    }

    /// Puts the wave's devices into the group, those that are not there yet; answers whether all are. What is no thing of
    /// the account fails.
    async fn put_in(&mut self, wave: &WaveRow, group: &str) -> Result<bool, Error> {
        let (run, positions) = (self.ordinal, wave.positions());
        let wanted: Vec<ToMake> = self
            .session
            .store()
            .read(move |c| targets::waiting(c, run, &positions, usize::MAX))
            .await?;
        let clients = self.session.clients.clone();
        let (mut there, mut token) = (HashSet::<String>::new(), None::<String>);
        loop {
            self.leave_quota(Api::Iot).await?;
            let page = self
                .call(clients.things_in_thing_group(group, token.as_deref()))
                .await?;
            there.extend(page.items);
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        // Those who were left out since an earlier try.
        let names: HashSet<&str> = wanted.iter().map(|target| target.thing.as_str()).collect();
        for thing in &there {
            if !names.contains(thing.as_str()) {
                self.leave_quota(Api::Iot).await?;
                self.call(clients.remove_thing(group, thing)).await?;
            }
        }
        let missing: Vec<ToMake> = wanted
            .into_iter()
            .filter(|target| !there.contains(&target.thing))
            .collect();
        if missing.is_empty() {
            return Ok(true);
        }
        self.say(
            before_start(wave),
            "Putting the devices into the thing group",
        )
        .await?;
        let summary = format!(
            "Put the core devices of wave {} into {group}",
            wave.wave.number
        );
        self.intend_once(ADD, summary).await?;
        let (mut added, mut unknown, mut overtaken) = (0_u32, Vec::new(), Vec::new());
        let mut missing = missing.into_iter().peekable();
        while missing.peek().is_some() {
            let some = missing.by_ref().take(BATCH).collect();
            let some = self.with_lines(wave, some).await?;
            let (fine, others) = self.as_expected(wave.wave.number, some).await?;
            overtaken.extend(
                others
                    .into_iter()
                    .filter_map(|(position, other)| match other {
                        Otherwise::Overtaken(failure) => Some((position, failure)),
                        // A deployment of a run is its group's, and never the device's own.
                        Otherwise::Own(_) => None,
                    }),
            );
            for (target, _) in fine {
                self.leave_quota(Api::Iot).await?;
                match self.call(clients.add_thing(group, &target.thing)).await {
                    Ok(_) => added += 1,
                    Err(Error::Aws(error)) if error.kind == Kind::NotFound => {
                        unknown.push((target.position, Failure::of_call(&error)));
                    }
                    Err(error) => return Err(error),
                }
            }
            if self.asked_anew().await? {
                return Ok(false);
            }
        }
        let (number, id, at) = (
            wave.wave.number,
            self.id.clone(),
            self.session.clock().now(),
        );
        let store = self.session.store();
        store
            .write(move |tx| {
                for (position, failure) in unknown.iter().chain(&overtaken) {
                    looks::set_state(tx, run, *position, TargetState::Failed, Some(failure))?;
                }
                rows::recount(tx, run, number)?;
                let detail = format!(
                    "{added} put in, {} are no things, {} have other deployments than planned",
                    unknown.len(),
                    overtaken.len()
                );
                log::done(tx, &id, ADD, &detail, at)
            })
            .await?;
        Ok(true)
    }

    /// Makes the group's deployment, or finds the one that an earlier try has made.
    pub(super) async fn start_group(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        stop: bool,
    ) -> Result<(), Error> {
        let number = wave.wave.number;
        let arn = self.group_arn(number);
        self.say(before_start(wave), "Looking for the group's deployment")
            .await?;
        if let Some(id) = self.find_made(run, number, &arn).await? {
            return self.started_v2(wave, id).await;
        }
        if stop {
            return self.skip_rest().await;
        }
        let Some(token) = wave.client_token.clone() else {
            return self.move_wave(number, WaveState::Waiting).await;
        };
        self.say(before_start(wave), "Making the group's deployment")
            .await?;
        let request = self.group_request(run, wave, &arn, token).await?;
        let summary = format!(
            "Make the deployment of wave {number} to {} core devices in {}",
            wave.sent(),
            self.group_name(number)
        );
        let intended = self.intend("greengrass:CreateDeployment", summary).await?;
        self.leave_quota(Api::Deployments).await?;
        let clients = self.session.clients.clone();
        match self.call(clients.create_deployment(&request)).await {
            Ok(made) => {
                changes::ended(&self.session, intended, Ok(made.request_id)).await?;
                self.started_v2(wave, made.id).await
            }
            Err(Error::Aws(error)) => {
                changes::ended(&self.session, intended, Err(&error)).await?;
                // The answer may have been lost on its way: look before giving up.
                if let Some(id) = self.find_made(run, number, &arn).await? {
                    return self.started_v2(wave, id).await;
                }
                if self.stop_asked().await? {
                    return self.skip_rest().await;
                }
                Err(error.into())
            }
            Err(error) => Err(error),
        }
    }

    /// What the first line of the wave's file asks for, to the group.
    async fn group_request(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        arn: &str,
        token: String,
    ) -> Result<CreateDeployment, Error> {
        let (ordinal, positions) = (self.ordinal, wave.positions());
        let first = self
            .session
            .store()
            .read(move |c| targets::waiting(c, ordinal, &positions, 1))
            .await?;
        let lines = self.with_lines(wave, first).await?;
        let Some((_, record)) = lines.first() else {
            return Err(Problem::new(
                ErrorCode::NothingSelected,
                "None of the wave's devices is a thing of the account",
            )
            .hint("List the core devices again and make a new plan.")
            .into());
        };
        let job = run.settings.v2.as_ref().and_then(|v2| v2.job.as_ref());
        let mut document = record.document.clone();
        if let Some(job) = job {
            document.iot_job_configuration = Some(job.clone());
        }
        document.tags.extend(self.group_tags(wave.wave.number));
        Ok(CreateDeployment {
            target_arn: arn.to_owned(),
            document,
            client_token: Some(token),
        })
    }

    /// Takes the group's deployment back: devices that were told already stay as they are.
    pub(super) async fn stop_group(&mut self, deployment: &str) -> Result<(), Error> {
        self.say(RunState::Stopping, "Cancelling the group's deployment")
            .await?;
        let summary = format!("Cancel deployment {deployment}");
        let intended = self.intend("greengrass:CancelDeployment", summary).await?;
        self.leave_quota(Api::Deployments).await?;
        let clients = self.session.clients.clone();
        let cancelled = self.call(clients.cancel_deployment(deployment)).await;
        match self.note_end(intended, cancelled).await {
            Ok(()) => {}
            // It has ended meanwhile: as good as cancelled.
            Err(Error::Aws(error)) if matches!(error.kind, Kind::Conflict | Kind::NotFound) => {}
            Err(error) => return Err(error),
        }
        let (run, at) = (self.ordinal, self.session.clock().now());
        self.session
            .store()
            .write(move |tx| {
                intents::obeyed(tx, run, Ask::Cancel, at)?;
                intents::obeyed(tx, run, Ask::Stop, at)
            })
            .await
    }
}
