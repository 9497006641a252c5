//! After the bulk deployment has ended: the targets get time to settle, then the wave is judged.

use overseed_domain::figures::grouped;
use std::ops::Range;

use overseed_domain::rollout::{BulkStatus, Counts, RunState, TargetState, WaveState};
use rusqlite::{Transaction, params};

use super::{
    driver::Driver,
    intents::{self, Ask},
    rows::{self, Run, RunSettings, WaveRow, json},
    samples, verdict,
};
use crate::Error;

/// Cause of targets that were not terminal when the settle time was over.
pub(crate) const STILL_IN_PROGRESS: &str = "overseed:still-in-progress";

/// Cause of targets that were not terminal when the user did not want to wait any longer.
pub(crate) const NOT_WAITED_FOR: &str = "overseed:not-waited-for";

/// Cause of targets that were never attempted because the bulk deployment failed as a whole.
pub(crate) const BULK_FAILED: &str = "overseed:bulk-failed";

/// Cause of targets of which no report came.
pub(crate) const NO_REPORT: &str = "overseed:no-report";

impl Driver {
    /// One turn of settling: read, and judge the wave when all is said or its time is over. A stop starts no other wave,
    /// and what was attempted keeps its time; only a second one ends the waiting.
    pub(super) async fn settle(
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
                "Stopped; waiting for the groups that were attempted to settle",
            )
        } else {
            (RunState::Running, "Waiting for the last groups to settle")
        };
        self.say(state, stage).await?;
        let Some(bulk_deployment) = wave.wave.bulk_deployment.clone() else {
            return self.judge(run, wave, NOT_WAITED_FOR).await;
        };
        let settle = span(&run.settings);
        let now = self.session.clock().now();
        let over = wave
            .wave
            .ended_at
            .is_none_or(|ended| now.since(ended) >= settle);
        let late = if over {
            STILL_IN_PROGRESS
        } else {
            NOT_WAITED_FOR
        };
        match self
            .read_once(wave, &bulk_deployment, over || hurried)
            .await
        {
            Ok(reading) if reading.broken_off => Ok(()),
            Ok(reading) if over || hurried || self.nothing_to_wait_for(wave, &reading.counts) => {
                self.judge(run, wave, late).await
            }
            Ok(reading) => self.pause_after(Ok(reading.changed)).await,
            // Nothing more can be read, and the user has stopped the run: what was read last stands.
            Err(Error::Aws(error)) if stop && !error.is_transient() => {
                self.judge(run, wave, late).await
            }
            Err(error) => self.pause_after(Err(error)).await,
        }
    }

    pub(super) async fn stopped(&self) -> Result<bool, Error> {
        let run = self.ordinal;
        self.session
            .store()
            .read(move |c| intents::stopped(c, run))
            .await
    }

    /// The stop that was asked for is carried out.
    pub(super) async fn obeyed(&self) -> Result<(), Error> {
        let (run, at) = (self.ordinal, self.session.clock().now());
        self.session
            .store()
            .write(move |tx| intents::obeyed(tx, run, Ask::Stop, at))
            .await
    }

    /// Whether no state can change any more: each target that was attempted has its last word. Of a bulk
    /// deployment that was stopped or failed, the others never will be attempted.
    fn nothing_to_wait_for(&self, wave: &WaveRow, counts: &Counts) -> bool {
        let unattempted = match wave.wave.bulk_status {
            Some(BulkStatus::Stopped | BulkStatus::Failed) => {
                counts.submitted == wave.sent().saturating_sub(wave.wave.records_processed)
            }
            _ => counts.submitted == 0,
        };
        counts.in_progress == 0 && unattempted
    }

    /// Gives each target that is not terminal its honest last state; those in progress are unknown for the cause
    /// `late`. What was moved before a crash is moved: doing it again comes to the same.
    pub(super) async fn judge(
        &mut self,
        of: &Run,
        row: &WaveRow,
        late: &'static str,
    ) -> Result<(), Error> {
        let (run, number, positions) = (self.ordinal, row.wave.number, row.positions());
        let (slice, skipped) = (positions.clone(), row.wave.skipped);
        let silent = self
            .session
            .store()
            .write(move |tx| {
                let counts = rows::recount(tx, run, number)?;
                let waiting = counts.waiting.saturating_sub(skipped);
                Ok(waiting + counts.submitted + no_report(tx, run, &slice)?)
            })
            .await?;
        let wave = &row.wave;
        let ended_early = matches!(
            wave.bulk_status,
            Some(BulkStatus::Stopped | BulkStatus::Failed)
        );
        let accounted = silent == row.sent().saturating_sub(wave.records_processed);
        let failed = wave.bulk_status == Some(BulkStatus::Failed);
        let (last, cause) = if ended_early && accounted {
            (TargetState::Waiting, failed.then_some(BULK_FAILED))
        } else {
            (TargetState::Unknown, Some(NO_REPORT))
        };
        let store = self.session.store();
        let (from, to) = (TargetState::Submitted, last);
        rows::move_targets(store, run, positions.clone(), (from, to), cause).await?;
        let (from, to) = (TargetState::InProgress, TargetState::Unknown);
        rows::move_targets(store, run, positions, (from, to), Some(late)).await?;
        let sent = row.clone();
        self.judged(of, row, move |counts| discrepancies(&sent, silent, counts))
            .await
    }

    /// Ends a wave whose targets have their last states, with what does not add up, and does what its gate says.
    pub(super) async fn judged(
        &mut self,
        of: &Run,
        row: &WaveRow,
        found: impl FnOnce(Counts) -> Vec<String> + Send + 'static,
    ) -> Result<(), Error> {
        let (run, number, at) = (self.ordinal, row.wave.number, self.session.clock().now());
        let (of, missed_after) = (of.clone(), self.pace.missed_after());
        self.session
            .store()
            .write(move |tx| {
                let counts = rows::recount(tx, run, number)?;
                // What was found of earlier waves stays.
                let mut all = rows::run(tx, &of.id)?.discrepancies;
                let several = !of.settings.waves.is_one();
                all.extend(found(counts).into_iter().map(|found| {
                    if several {
                        format!("Wave {number}: {found}")
                    } else {
                        found
                    }
                }));
                tx.execute(
                    "UPDATE run SET discrepancies = ?2 WHERE ordinal = ?1",
                    params![run, json(&all)?],
                )?;
                rows::set_wave_state(tx, run, number, WaveState::Judged)?;
                // The chart ends with what was judged.
                samples::add(tx, run, at, missed_after)?;
                verdict::after(tx, &of, number, at)
            })
            .await
    }
}

/// Milliseconds that targets get to settle.
#[allow(clippy::cast_possible_truncation, reason = "bounded by a week")]
pub(super) const fn span(settings: &RunSettings) -> i64 {
    (settings.settle_minutes * 60_000.0) as i64
}

/// Targets of which an earlier judging that was cut off has said already that no report came.
pub(super) fn no_report(
    tx: &Transaction<'_>,
    run: i64,
    positions: &Range<u32>,
) -> Result<u32, Error> {
    let targets = tx.query_row(
        "SELECT count(*) FROM target WHERE run = ?1 AND cause = ?2 AND position >= ?3 AND position < ?4",
        params![run, NO_REPORT, positions.start, positions.end],
        |row| row.get(0),
    )?;
    Ok(targets)
}

/// RecordsProcessed and the number of reports should equal the lines of the file (guide): what does not.
pub(super) fn discrepancies(row: &WaveRow, silent: u32, after: Counts) -> Vec<String> {
    let wave = &row.wave;
    let mut found = Vec::new();
    if wave.bulk_status == Some(BulkStatus::Completed) && wave.records_processed != row.sent() {
        found.push(format!(
            "The bulk deployment is completed, but attempted {} of {} records.",
            wave.records_processed,
            row.sent()
        ));
    }
    if !wave.bulk_status.is_some_and(BulkStatus::is_terminal) {
        found.push(
            "The end of the bulk deployment was not seen: what it did after the last reading is not known."
                .to_owned(),
        );
    }
    let unreported = wave
        .records_processed
        .saturating_sub(row.sent().saturating_sub(silent));
    if unreported > 0 {
        found.push(format!(
            "{unreported} attempted records have no report; their groups are unknown."
        ));
    }
    found.extend(not_all(wave.targets, after));
    found
}

/// States that do not add up to a wave's targets.
pub(super) fn not_all(targets: u32, after: Counts) -> Option<String> {
    (after.total() != targets).then(|| {
        format!(
            "The states add up to {} of {} targets.",
            grouped(after.total()),
            grouped(targets)
        )
    })
}
