//! After the bulk deployment has ended: the targets get time to settle, then the wave is judged.

use overseed_domain::rollout::{BulkStatus, Counts, RunState, TargetState, WaveState};
use rusqlite::{Transaction, params};

use super::{
    driver::Driver,
    intents::{self, Ask},
    rows::{self, Run, WaveRow, json},
};
use crate::Error;

/// Cause of targets that were not terminal when the settle time was over.
pub(crate) const STILL_IN_PROGRESS: &str = "overseed:still-in-progress";

/// Cause of targets of which no report came.
pub(crate) const NO_REPORT: &str = "overseed:no-report";

impl Driver {
    /// One turn of settling: read, and judge the wave when all is said, time is over, or a stop was asked for.
    pub(super) async fn settle(&mut self, run: &Run, wave: &WaveRow, stop: bool) -> Result<(), Error> {
        self.say(RunState::Running, "Waiting for the last groups to settle").await?;
        let Some(bulk_deployment) = wave.wave.bulk_deployment.clone() else {
            return self.judge(wave).await;
        };
        let result = self.read_once(wave, &bulk_deployment).await;
        match result {
            Ok(reading) => {
                let now = self.session.clock().now();
                #[allow(clippy::cast_possible_truncation, reason = "bounded by a week")]
                let settle = (run.settings.settle_minutes * 60_000.0) as i64;
                let over = wave.wave.ended_at.is_none_or(|ended| now.since(ended) >= settle);
                if over || stop || self.nothing_to_wait_for(wave, &reading.counts) {
                    if stop {
                        intents::obeyed(&self.session.engine, self.ordinal, Ask::Stop).await?;
                    }
                    return self.judge(wave).await;
                }
                self.pause_after(Ok(reading.changed)).await
            }
            Err(error) => self.pause_after(Err(error)).await,
        }
    }

    /// Whether no state can change any more: each target that was attempted has its last word. Of a bulk
    /// deployment that was stopped or failed, the others never will be attempted.
    fn nothing_to_wait_for(&self, wave: &WaveRow, counts: &Counts) -> bool {
        let unattempted = match wave.wave.bulk_status {
            Some(BulkStatus::Stopped | BulkStatus::Failed) => {
                counts.submitted == wave.wave.targets.saturating_sub(wave.wave.records_processed)
            }
            _ => counts.submitted == 0,
        };
        counts.in_progress == 0 && unattempted
    }

    async fn judge(&self, wave: &WaveRow) -> Result<(), Error> {
        let (run, row) = (self.ordinal, wave.clone());
        self.session
            .store()
            .write(move |tx| {
                let number = row.wave.number;
                let before = rows::recount(tx, run, number)?;
                last_words(tx, run, &row, before)?;
                let counts = rows::recount(tx, run, number)?;
                let found = discrepancies(&row, before, counts);
                tx.execute(
                    "UPDATE run SET discrepancies = ?2 WHERE ordinal = ?1",
                    params![run, json(&found)?],
                )?;
                rows::set_wave_state(tx, run, number, WaveState::Judged)
            })
            .await
    }
}

/// What is not terminal gets its honest last state.
fn last_words(tx: &Transaction<'_>, run: i64, row: &WaveRow, counts: Counts) -> Result<(), Error> {
    let wave = &row.wave;
    let set = |from: TargetState, to: TargetState, cause: Option<&str>| {
        tx.execute(
            "UPDATE target SET state = ?4, cause = ?5 WHERE run = ?1 AND wave = ?2 AND state = ?3",
            params![run, wave.number, from.number(), to.number(), cause],
        )
    };
    set(TargetState::InProgress, TargetState::Unknown, Some(STILL_IN_PROGRESS))?;
    let ended_early = matches!(wave.bulk_status, Some(BulkStatus::Stopped | BulkStatus::Failed));
    let accounted = counts.submitted == wave.targets.saturating_sub(wave.records_processed);
    if ended_early && accounted {
        set(TargetState::Submitted, TargetState::Waiting, None)?;
    } else {
        set(TargetState::Submitted, TargetState::Unknown, Some(NO_REPORT))?;
    }
    Ok(())
}

/// RecordsProcessed and the number of reports should equal the lines of the file (guide): what does not.
fn discrepancies(row: &WaveRow, before: Counts, after: Counts) -> Vec<String> {
    let wave = &row.wave;
    let mut found = Vec::new();
    if wave.bulk_status == Some(BulkStatus::Completed) && wave.records_processed != wave.targets {
        found.push(format!(
            "The bulk deployment is completed, but attempted {} of {} records.",
            wave.records_processed, wave.targets
        ));
    }
    let unreported = wave.records_processed.saturating_sub(wave.targets - before.submitted.min(wave.targets));
    if unreported > 0 {
        found.push(format!("{unreported} attempted records have no report; their groups are unknown."));
    }
    if after.total() != wave.targets {
        found.push(format!("The states add up to {} of {} targets.", after.total(), wave.targets));
    }
    found
}
