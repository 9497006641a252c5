//! After the bulk deployment has ended: the targets get time to settle, then the wave is judged.

use std::ops::Range;

use overseed_domain::rollout::{BulkStatus, Counts, RunState, TargetState, WaveState};
use rusqlite::{Transaction, params};

use super::{
    driver::Driver,
    rows::{self, Run, RunSettings, WaveRow, json},
    verdict,
};
use crate::Error;

/// Cause of targets that were not terminal when the settle time was over.
pub(crate) const STILL_IN_PROGRESS: &str = "overseed:still-in-progress";

/// Cause of targets of which no report came.
pub(crate) const NO_REPORT: &str = "overseed:no-report";

impl Driver {
    /// One turn of settling: read, and judge the wave when all is said, time is over, or a stop was asked for.
    pub(super) async fn settle(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        stop: bool,
    ) -> Result<(), Error> {
        self.say(RunState::Running, "Waiting for the last groups to settle")
            .await?;
        let Some(bulk_deployment) = wave.wave.bulk_deployment.clone() else {
            return self.judge(run, wave).await;
        };
        let settle = span(&run.settings);
        let now = self.session.clock().now();
        let over = wave
            .wave
            .ended_at
            .is_none_or(|ended| now.since(ended) >= settle);
        match self.read_once(wave, &bulk_deployment, over || stop).await {
            Ok(reading) if reading.broken_off => Ok(()),
            Ok(reading) if over || stop || self.nothing_to_wait_for(wave, &reading.counts) => {
                self.judge(run, wave).await
            }
            Ok(reading) => self.pause_after(Ok(reading.changed)).await,
            // Nothing more can be read, and the user does not want to wait: what was read last stands.
            Err(Error::Aws(error)) if stop && !error.is_transient() => self.judge(run, wave).await,
            Err(error) => self.pause_after(Err(error)).await,
        }
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

    /// Gives each target that is not terminal its honest last state. What was moved before a crash is moved:
    /// doing it again comes to the same.
    pub(super) async fn judge(&self, of: &Run, row: &WaveRow) -> Result<(), Error> {
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
        let (store, wave) = (self.session.store(), &row.wave);
        let ended_early = matches!(
            wave.bulk_status,
            Some(BulkStatus::Stopped | BulkStatus::Failed)
        );
        let accounted = silent == row.sent().saturating_sub(wave.records_processed);
        let (last, cause) = if ended_early && accounted {
            (TargetState::Waiting, None)
        } else {
            (TargetState::Unknown, Some(NO_REPORT))
        };
        let (from, to) = (TargetState::Submitted, last);
        rows::move_targets(store, run, positions.clone(), (from, to), cause).await?;
        let (from, to) = (TargetState::InProgress, TargetState::Unknown);
        rows::move_targets(store, run, positions, (from, to), Some(STILL_IN_PROGRESS)).await?;
        let (row, of, at) = (row.clone(), of.clone(), self.session.clock().now());
        store
            .write(move |tx| {
                let counts = rows::recount(tx, run, number)?;
                // What was found of earlier waves stays.
                let mut all = rows::run(tx, &of.id)?.discrepancies;
                let several = !of.settings.waves.is_one();
                all.extend(
                    discrepancies(&row, silent, counts)
                        .into_iter()
                        .map(|found| {
                            if several {
                                format!("Wave {number}: {found}")
                            } else {
                                found
                            }
                        }),
                );
                tx.execute(
                    "UPDATE run SET discrepancies = ?2 WHERE ordinal = ?1",
                    params![run, json(&all)?],
                )?;
                rows::set_wave_state(tx, run, number, WaveState::Judged)?;
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
fn no_report(tx: &Transaction<'_>, run: i64, positions: &Range<u32>) -> Result<u32, Error> {
    let targets = tx.query_row(
        "SELECT count(*) FROM target WHERE run = ?1 AND cause = ?2 AND position >= ?3 AND position < ?4",
        params![run, NO_REPORT, positions.start, positions.end],
        |row| row.get(0),
    )?;
    Ok(targets)
}

/// RecordsProcessed and the number of reports should equal the lines of the file (guide): what does not.
fn discrepancies(row: &WaveRow, silent: u32, after: Counts) -> Vec<String> {
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
    if after.total() != wave.targets {
        found.push(format!(
            "The states add up to {} of {} targets.",
            after.total(),
            wave.targets
        ));
    }
    found
}
