//! After the deployments of a wave were made: the devices get time to settle, then the wave is judged.

use overseed_domain::figures::counted;
use std::ops::Range;

use overseed_domain::rollout::{BulkStatus, Counts, RunState, TargetState};
use rusqlite::{Connection, params};

use super::{
    super::{
        driver::Driver,
        rows::{self, Run, WaveRow},
        settle::{self, BULK_FAILED},
    },
    causes::{AT_WORK, IN_DOUBT, NOT_AWAITED, NOT_TAKEN},
    looks::Round,
    targets, way,
};
use crate::{Error, v2::plan::Way};

impl Driver {
    /// One turn of settling: look, and judge the wave when all is said or its time is over. A stop starts no other wave,
    /// and devices that have their deployments keep their time; only a second one ends the waiting.
    pub(super) async fn settle_devices(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        stop: bool,
    ) -> Result<(), Error> {
        let stopped = self.stopped().await?;
        let hurried = stop && stopped;
        if stop && !stopped {
            self.obeyed().await?;
        }
        let (state, stage) = if stop || stopped {
            (
                RunState::Stopping,
                "Stopped; waiting for the core devices that have deployments to settle",
            )
        } else {
            (
                RunState::Running,
                "Waiting for the last core devices to settle",
            )
        };
        self.say(state, stage).await?;
        let settle = settle::span(&run.settings);
        let now = self.session.clock().now();
        // A map's children have given their devices the time already.
        let waited =
            way(run) == Way::StepFunctions && wave.wave.bulk_status == Some(BulkStatus::Completed);
        let over = waited
            || wave
                .wave
                .ended_at
                .is_none_or(|ended| now.since(ended) >= settle);
        match self.last_round(run, wave).await {
            Ok(round) if round.broken_off => Ok(()),
            Ok(round)
                if over || hurried || self.nothing_to_wait_for_v2(wave, &round.counts).await? =>
            {
                self.judge_v2(run, wave, over).await
            }
            Ok(round) => self.pause_after(Ok(round.changed)).await,
            // Nothing more can be read, and the user has stopped the run: what was read last stands.
            Err(Error::Aws(error)) if stop && !error.is_transient() => {
                self.judge_v2(run, wave, over).await
            }
            Err(error) => self.pause_after(Err(error)).await,
        }
    }

    /// How the wave's devices stand, by what made their deployments.
    async fn last_round(&mut self, run: &Run, wave: &WaveRow) -> Result<Round, Error> {
        let what = wave.wave.bulk_deployment.as_deref();
        match (way(run), what) {
            (Way::Direct, _) | (_, None) => {}
            (Way::ThingGroup, Some(deployment)) => return self.read_job(wave, deployment).await,
            (Way::StepFunctions, Some(execution)) => {
                let number = wave.wave.number;
                if self.v2.read_out != Some(number) {
                    self.read_results(wave, execution).await?;
                    // Of children that told nothing: the execution was stopped or failed.
                    self.find_newest(wave, usize::MAX, usize::MAX).await?;
                    if self.seen == 0 && self.asked_anew().await? {
                        return Ok(Round {
                            counts: wave.wave.counts,
                            changed: true,
                            broken_off: true,
                        });
                    }
                    self.v2.read_out = Some(number);
                }
            }
        }
        self.look_at_all(wave).await
    }

    /// Whether nothing can change any more: each target whose deployment was made has its last word, and no other one
    /// will be made.
    async fn nothing_to_wait_for_v2(&self, wave: &WaveRow, counts: &Counts) -> Result<bool, Error> {
        if counts.in_progress > 0 {
            return Ok(false);
        }
        if counts.submitted == 0 {
            return Ok(true);
        }
        let (run, positions) = (self.ordinal, wave.positions());
        let none = self
            .session
            .store()
            .read(move |c| Ok(targets::unended(c, run, &positions, 1)?.is_empty()))
            .await?;
        Ok(none)
    }

    /// Gives each target that is not terminal its honest last state; `over` says whether the devices have had all of their
    /// time. What was moved before a crash is moved: doing it again comes to the same.
    pub(super) async fn judge_v2(
        &mut self,
        of: &Run,
        row: &WaveRow,
        over: bool,
    ) -> Result<(), Error> {
        let (store, run, positions) = (self.session.store(), self.ordinal, row.positions());
        // What was stopped has made no deployments for those that have none; else nobody knows.
        let ended_early = matches!(
            row.wave.bulk_status,
            Some(BulkStatus::Stopped | BulkStatus::Failed)
        );
        let failed = row.wave.bulk_status == Some(BulkStatus::Failed);
        let (last, cause) = if ended_early {
            (TargetState::Waiting, failed.then_some(BULK_FAILED))
        } else {
            (TargetState::Unknown, Some(IN_DOUBT))
        };
        let slice = positions.clone();
        let unclear = store
            .write(move |tx| {
                tx.execute(
                    "UPDATE target SET state = ?4, cause = ?5
                     WHERE run = ?1 AND position >= ?2 AND position < ?3 AND state = ?6 AND deployment IS NULL",
                    params![
                        run,
                        slice.start,
                        slice.end,
                        last.number(),
                        cause,
                        TargetState::Submitted.number()
                    ],
                )?;
                in_doubt(tx, run, &slice)
            })
            .await?;
        let moves = if over {
            [
                (TargetState::Submitted, NOT_TAKEN),
                (TargetState::InProgress, AT_WORK),
            ]
        } else {
            [TargetState::Submitted, TargetState::InProgress].map(|from| (from, NOT_AWAITED))
        };
        for (from, cause) in moves {
            let states = (from, TargetState::Unknown);
            rows::move_targets(store, run, positions.clone(), states, Some(cause)).await?;
        }
        let targets = row.wave.targets;
        self.judged(of, row, move |counts| {
            discrepancies(targets, unclear, counts)
        })
        .await
    }
}

/// Targets of which it is not known whether their deployments were made.
pub(super) fn in_doubt(
    connection: &Connection,
    run: i64,
    positions: &Range<u32>,
) -> Result<u32, Error> {
    let in_doubt = connection.query_row(
        "SELECT count(*) FROM target WHERE run = ?1 AND cause = ?2 AND position >= ?3 AND position < ?4",
        params![run, IN_DOUBT, positions.start, positions.end],
        |row| row.get(0),
    )?;
    Ok(in_doubt)
}

/// What does not add up of a wave of so many targets.
pub(super) fn discrepancies(targets: u32, in_doubt: u32, counts: Counts) -> Vec<String> {
    let mut found = Vec::new();
    if in_doubt > 0 {
        found.push(format!(
            "Of {} it is not known whether their deployments were made.",
            counted(in_doubt, "device")
        ));
    }
    found.extend(settle::not_all(targets, counts));
    found
}
