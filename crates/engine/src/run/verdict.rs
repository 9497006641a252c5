//! What comes after a wave that was judged: the next one, a hold, or the end of the run. It is stored together with
//! the judgement, so that no crash comes between the two and no gate is passed without having been asked.

use overseed_domain::{
    Millis,
    rollout::{BulkStatus, Counts, Generation, RunState, WaveState},
    waves::{Tally, Verdict, judge},
};
use rusqlite::{Transaction, params};

use super::{
    HoldReason,
    intents::{self, Ask},
    rows::{self, Run, WaveRow, json},
};
use crate::{Error, ErrorCode, Problem};

/// Asks the gate of a run about a wave that has just been judged, and acts on what it says. A plan of one wave has
/// no gate.
pub(super) fn after(tx: &Transaction<'_>, run: &Run, number: u32, at: Millis) -> Result<(), Error> {
    let waves = rows::waves(tx, run.ordinal)?;
    let Some(row) = waves
        .iter()
        .find(|row| row.wave.number == number)
        .filter(|_| waves.len() > 1)
    else {
        return Ok(());
    };
    let left = waves.iter().any(|row| row.wave.state == WaveState::Waiting);
    let verdict = match row.wave.bulk_status {
        Some(BulkStatus::Failed) => Verdict::Failed {
            reason: row.wave.errors.join("\n"),
        },
        Some(BulkStatus::Stopped) => Verdict::Stopped {
            reason: format!(
                "Stopped after {} of {} {} were attempted",
                row.wave.records_processed,
                row.sent(),
                run.generation.targets()
            ),
        },
        _ => match of(run, row, &waves) {
            // Nobody has to be waited for after the last wave, and nothing is left to abort.
            Verdict::Hold { reason } | Verdict::Abort { reason } if !left => {
                if exceeded(run, row, &waves) {
                    Verdict::Exceeded { reason }
                } else {
                    Verdict::GoOn
                }
            }
            verdict => verdict,
        },
    };
    tx.execute(
        "UPDATE wave SET verdict = ?3 WHERE run = ?1 AND number = ?2",
        params![run.ordinal, number, json(&verdict)?],
    )?;
    // A stop that was asked for meanwhile comes first, and a bulk deployment that failed ends the run.
    let stop = intents::pending(tx, run.ordinal, Ask::Stop)? > 0;
    if !left || stop || row.wave.bulk_status == Some(BulkStatus::Failed) {
        return Ok(());
    }
    if row.wave.bulk_status == Some(BulkStatus::Stopped) {
        return hold(
            tx,
            run,
            HoldReason::Problem,
            Some(stopped_elsewhere(run.generation, row)),
            at,
        );
    }
    match verdict {
        Verdict::GoOn
        | Verdict::Exceeded { .. }
        | Verdict::Stopped { .. }
        | Verdict::Failed { .. } => Ok(()),
        Verdict::Hold { reason } if exceeded(run, row, &waves) => hold(
            tx,
            run,
            HoldReason::Gate,
            Some(gate(run.generation, number, &reason, false)),
            at,
        ),
        Verdict::Hold { .. } => hold(tx, run, HoldReason::BetweenWaves, None, at),
        Verdict::Abort { reason } => {
            abort(tx, run, &gate(run.generation, number, &reason, true), at)
        }
    }
}

/// Begins a pause that was asked for, unless it was taken back; answers whether the run holds now.
pub(super) fn pause(tx: &Transaction<'_>, run: &Run, at: Millis) -> Result<bool, Error> {
    let pending = |ask| intents::pending(tx, run.ordinal, ask);
    if pending(Ask::Pause)? == 0 || pending(Ask::Stop)? > 0 {
        return Ok(false);
    }
    hold(tx, run, HoldReason::Paused, None, at)?;
    Ok(true)
}

fn of(run: &Run, row: &WaveRow, waves: &[WaveRow]) -> Verdict {
    let (wave, all) = tallies(run, row, waves);
    judge(&run.settings.waves.gate, wave, all)
}

fn exceeded(run: &Run, row: &WaveRow, waves: &[WaveRow]) -> bool {
    let (wave, all) = tallies(run, row, waves);
    run.settings.waves.gate.exceeded(wave, all).is_some()
}

/// The outcome of a wave and of the plan so far; targets that were left out do not count.
fn tallies(run: &Run, row: &WaveRow, waves: &[WaveRow]) -> (Tally, Tally) {
    let judged = waves
        .iter()
        .filter(|row| row.wave.state == WaveState::Judged);
    let counts = judged.fold(Counts::default(), |mut sum, row| {
        sum.failed += row.wave.counts.failed;
        sum.unknown += row.wave.counts.unknown;
        sum
    });
    let targets = waves.iter().map(WaveRow::sent).sum();
    (
        Tally::of(&row.wave.counts, row.sent(), run.generation),
        Tally::of(&counts, targets, run.generation),
    )
}

fn hold(
    tx: &Transaction<'_>,
    run: &Run,
    reason: HoldReason,
    problem: Option<Problem>,
    at: Millis,
) -> Result<(), Error> {
    // Whoever asked for a pause has it now.
    intents::obeyed(tx, run.ordinal, Ask::Pause, at)?;
    let stage = match reason {
        HoldReason::Paused => "Paused",
        HoldReason::Gate => "Held by its gate",
        HoldReason::BetweenWaves | HoldReason::Problem => "Waits for you",
    };
    rows::set_hold(tx, run.ordinal, reason, stage, problem.as_ref(), at)
}

fn abort(tx: &Transaction<'_>, run: &Run, problem: &Problem, at: Millis) -> Result<(), Error> {
    intents::obeyed(tx, run.ordinal, Ask::Pause, at)?;
    rows::skip_waiting(tx, run.ordinal)?;
    let stage = "Aborted by its gate";
    rows::set_end(tx, run.ordinal, RunState::Stopped, stage, Some(problem), at)
}

fn gate(generation: Generation, number: u32, reason: &str, aborted: bool) -> Problem {
    let targets = generation.targets();
    let (what, hint) = if aborted {
        (
            "so the run was aborted",
            format!(
                "The waves that were left are not started and their {targets} wait. See the causes, then retry the \
                 {targets} that failed and deploy the rest in a new plan."
            ),
        )
    } else {
        (
            "so the next one waits for you",
            "See the causes. Continue to start the next wave all the same, or stop the run."
                .to_owned(),
        )
    };
    Problem::new(
        ErrorCode::GateExceeded,
        format!("Wave {number} did not pass its gate, {what}"),
    )
    .detail(reason)
    .hint(hint)
}

fn stopped_elsewhere(generation: Generation, row: &WaveRow) -> Problem {
    let number = row.wave.number;
    let what = match generation {
        Generation::V1 => "The bulk deployment",
        Generation::V2 => "What makes the deployments",
    };
    let problem = Problem::new(
        ErrorCode::Conflict,
        format!("{what} of wave {number} was stopped, but not by this run"),
    );
    let problem = if row.wave.errors.is_empty() {
        problem
    } else {
        problem.detail(row.wave.errors.join("\n"))
    };
    problem.hint("Ask who stopped it and why. Continue to start the next wave all the same, or stop the run.")
}
