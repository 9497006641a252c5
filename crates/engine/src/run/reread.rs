//! Reading the reports of a run that has ended once more: a core that was off may have answered since.

use overseed_aws::{BulkDeploymentReport, DetailedReport};
use overseed_domain::{
    Millis,
    rollout::{Generation, TargetState},
};
use rusqlite::{Transaction, params};

use super::{
    RunSnapshot,
    api::found,
    foreign::{self, bulk_open},
    here,
    report_pages::ReportPages,
    reports::{self, words},
    rows::{self, Run, WaveRow, json, word},
    run_get, samples,
    settle::{NO_REPORT, STILL_IN_PROGRESS, discrepancies},
    v2,
};
use crate::{Error, Session, job::Progress};

/// Reads once more what is unknown of a run that has ended: of V1 the reports of its groups, of V2 what its core devices say
/// of their deployments; each target gets its last word, and the counts and causes follow. Of a bulk deployment that was
/// made elsewhere as [`bulk_open`]. Of a run that has not ended, or knows all, nothing is read. It makes no deployment.
///
/// # Errors
/// [`ErrorCode::RunElsewhere`](crate::ErrorCode::RunElsewhere), [`ErrorCode::NotFound`](crate::ErrorCode::NotFound); those of
/// the calls; [`Error::Cancelled`]; those of the store. What was read is kept.
pub async fn run_read_again(
    session: &Session,
    run: &str,
    progress: &Progress,
) -> Result<RunSnapshot, Error> {
    let run = found(&session.engine, run).await?;
    here(session, &run)?;
    if let Some(bulk) = &run.found_bulk {
        return bulk_open(session, bulk, progress).await;
    }
    match run.generation {
        Generation::V1 => reread(session, &run.id, progress).await,
        Generation::V2 => {
            if run.state.is_terminal() {
                v2::read_again(session, &run, progress).await?;
            }
            run_get(session, &run.id).await
        }
    }
}

/// Reads the reports of those waves once more that have unknown targets, and gives each target the last word of the
/// service. Of a run that has not ended, or knows all, nothing is read. Gates are not asked again.
///
/// # Errors
/// Those of the calls; [`Error::Cancelled`]; those of the store. What was read is kept.
pub(super) async fn reread(
    session: &Session,
    run: &str,
    progress: &Progress,
) -> Result<RunSnapshot, Error> {
    let run = found(&session.engine, run).await?;
    here(session, &run)?;
    if !run.state.is_terminal() {
        return run_get(session, &run.id).await;
    }
    let ordinal = run.ordinal;
    let waves = session
        .store()
        .read(move |c| rows::waves(c, ordinal))
        .await?;
    for wave in waves.into_iter().filter(|row| row.wave.counts.unknown > 0) {
        let Some(bulk) = wave.wave.bulk_deployment.clone() else {
            continue;
        };
        let status = foreign::status(session, &bulk, progress).await?;
        let number = wave.wave.number;
        let mut pages = ReportPages::begin(session, &bulk, status.records_processed, progress);
        while let Some(page) = pages.next().await? {
            session
                .store()
                .write(move |tx| {
                    take(tx, ordinal, number, page)?;
                    rows::recount(tx, ordinal, number).map(|_| ())
                })
                .await?;
        }
        let (run, at) = (run.clone(), session.clock().now());
        session
            .store()
            .write(move |tx| ended(tx, &run, wave, &status, at))
            .await?;
    }
    run_get(session, &run.id).await
}

/// Takes over what is a last word. Of a group whose deployment is still in progress nothing is known yet, but that there
/// is one.
fn take(tx: &Transaction<'_>, run: i64, wave: u32, page: Vec<DetailedReport>) -> Result<(), Error> {
    let last = |report: &DetailedReport| {
        let state = TargetState::of_deployment(&report.status);
        matches!(state, TargetState::Succeeded | TargetState::Failed)
    };
    let (last, open): (Vec<_>, Vec<_>) = page.into_iter().partition(last);
    reports::apply(tx, run, wave, &last)?;
    for report in &open {
        reports::still_open(tx, run, wave, report, (NO_REPORT, STILL_IN_PROGRESS))?;
    }
    Ok(())
}

/// Figures of the bulk deployment, what does not add up now, and a point of the chart.
fn ended(
    tx: &Transaction<'_>,
    run: &Run,
    mut row: WaveRow,
    status: &BulkDeploymentReport,
    at: Millis,
) -> Result<(), Error> {
    let (ordinal, number) = (run.ordinal, row.wave.number);
    tx.execute(
        "UPDATE wave SET bulk_status = ?3, records_processed = ?4, invalid_input_records = ?5, retry_attempts = ?6,
                errors = ?7 WHERE run = ?1 AND number = ?2",
        params![
            ordinal,
            number,
            word(&status.status)?,
            status.records_processed,
            status.invalid_input_records,
            status.retry_attempts,
            json(&words(status.message.as_deref(), &status.errors))?
        ],
    )?;
    row.wave.bulk_status = Some(status.status);
    row.wave.records_processed = status.records_processed;
    let counts = rows::recount(tx, ordinal, number)?;
    let silent: u32 = tx.query_row(
        "SELECT count(*) FROM target WHERE run = ?1 AND cause = ?2 AND wave = ?3",
        params![ordinal, NO_REPORT, number],
        |row| row.get(0),
    )?;
    let never = counts.waiting.saturating_sub(row.wave.skipped);
    let found = discrepancies(&row, silent + never, counts);
    replace_discrepancies(tx, run, number, found)?;
    read_anew(tx, run, at)
}

/// What does not add up of a wave now; what was found of others stays.
pub(super) fn replace_discrepancies(
    tx: &Transaction<'_>,
    run: &Run,
    wave: u32,
    found: Vec<String>,
) -> Result<(), Error> {
    let several = !run.settings.waves.is_one();
    let of_wave = format!("Wave {wave}: ");
    let mut all = rows::run(tx, &run.id)?.discrepancies;
    all.retain(|before| several && !before.starts_with(&of_wave));
    all.extend(found.into_iter().map(|found| {
        if several {
            format!("{of_wave}{found}")
        } else {
            found
        }
    }));
    tx.execute(
        "UPDATE run SET discrepancies = ?2 WHERE ordinal = ?1",
        params![run.ordinal, json(&all)?],
    )?;
    Ok(())
}

/// How old the figures are now, and a point of the chart.
pub(super) fn read_anew(tx: &Transaction<'_>, run: &Run, at: Millis) -> Result<(), Error> {
    tx.execute(
        "UPDATE run SET read_at = ?2 WHERE ordinal = ?1",
        params![run.ordinal, at.0],
    )?;
    // A reading of days later would leave the chart no room for the run itself.
    let lasted = run.ended_at.map_or(0, |end| end.since(run.started_at));
    if at.since(run.started_at) <= lasted.saturating_mul(3) {
        samples::add(tx, run.ordinal, at, 0)?;
    }
    Ok(())
}
