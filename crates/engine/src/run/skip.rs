//! Leaving targets out of waves that have not been started.

use std::fs::File;

use overseed_domain::{
    group::bare_id,
    input_file::{FileSummary, Writer},
    rollout::WaveState,
};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{
    RunSnapshot, api, here,
    record::{BATCH, wave_file},
    rows::{self, Run, WaveRow, word},
};
use crate::{Error, ErrorCode, Problem, Session, input_file::Passing};

/// Cause of targets that someone left out; they stay waiting.
pub(crate) const SKIPPED: &str = "overseed:skipped";

/// Targets that a refusal names.
const NAMED: usize = 10;

/// Leaves targets out: their waves' files are made without them, and they stay waiting. All of them, or none where one
/// cannot be.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] for targets that are not in the run or whose wave has been started;
/// [`ErrorCode::RunElsewhere`], [`ErrorCode::NotFound`].
pub async fn run_skip(
    session: &Session,
    run: &str,
    targets: Vec<String>,
) -> Result<RunSnapshot, Error> {
    let run = api::found(&session.engine, run).await?;
    here(session, &run)?;
    let account = session.connection.account.clone();
    let (id, ordinal) = (run.id.clone(), run.ordinal);
    session
        .store()
        .write(move |tx| leave_out(tx, ordinal, &account, &targets))
        .await?;
    api::run_get(session, &id).await
}

fn leave_out(
    tx: &Transaction<'_>,
    run: i64,
    account: &str,
    targets: &[String],
) -> Result<(), Error> {
    let (mut unknown, mut late, mut found) = (Vec::new(), Vec::new(), Vec::new());
    let mut starting = Vec::new();
    for target in targets {
        let bare = bare_id(target);
        let place: Option<(u32, String)> = tx
            .prepare_cached(
                "SELECT t.position, w.state FROM target t INDEXED BY target_by_id
                 JOIN wave w ON w.run = t.run AND w.number = t.wave
                 WHERE t.run = ?1 AND t.target IN (?2, ?3, ?4) LIMIT 1",
            )?
            .query_row(
                params![run, target, bare, format!("{account}:{bare}")],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        match place {
            None => unknown.push(target.as_str()),
            Some((_, state)) if state == word(&WaveState::Starting)? => {
                starting.push(target.as_str());
            }
            Some((_, state)) if state != word(&WaveState::Waiting)? => late.push(target.as_str()),
            Some((position, _)) => found.push(position),
        }
    }
    refuse(
        &unknown,
        "are not in this run",
        "Take ids from the run's targets.",
    )?;
    refuse(
        &starting,
        "are in a wave of which it is not known yet whether it was started",
        "Resume the run: it looks for the wave's bulk deployment. A wave that Greengrass has refused can be changed.",
    )?;
    refuse(
        &late,
        "are in waves that have been started or never will be",
        "Only targets of waves that still wait can be left out; a bulk deployment cannot be changed, only stopped.",
    )?;
    for position in found {
        tx.prepare_cached(
            "UPDATE target SET cause = ?3, line = 0 WHERE run = ?1 AND position = ?2",
        )?
        .execute(params![run, position, SKIPPED])?;
    }
    tx.execute(
        "UPDATE wave SET skipped =
             (SELECT count(*) FROM target t WHERE t.run = ?1 AND t.cause = ?2 AND t.wave = wave.number)
         WHERE run = ?1 AND state = ?3",
        params![run, SKIPPED, word(&WaveState::Waiting)?],
    )?;
    Ok(())
}

fn refuse(targets: &[&str], why: &str, hint: &str) -> Result<(), Error> {
    let Some(named) = targets
        .get(..targets.len().min(NAMED))
        .filter(|n| !n.is_empty())
    else {
        return Ok(());
    };
    let more = if targets.len() > named.len() {
        ", …"
    } else {
        ""
    };
    Err(Problem::new(
        ErrorCode::InvalidInput,
        format!(
            "Nothing was left out: {} of these targets {why}",
            targets.len()
        ),
    )
    .detail(format!("{}{more}", named.join(", ")))
    .hint(hint)
    .into())
}

/// Makes the input file of a wave anew, without the targets that were left out, and numbers the lines of the others.
/// What a crash cut off is done again, to the same end.
pub(super) async fn remake(
    session: &Session,
    run: &Run,
    wave: &WaveRow,
) -> Result<FileSummary, Error> {
    let place = wave_file(session, &run.id, wave.wave.number);
    let (store, ordinal, positions) = (session.store().clone(), run.ordinal, wave.positions());
    tokio::task::spawn_blocking(move || {
        let passing = Passing::beside(&place)?;
        let mut writer = Writer::new(passing.create()?);
        let (mut next, mut line) = (positions.start, 0);
        while next < positions.end {
            let end = positions.end.min(next.saturating_add(BATCH));
            let batch = store.read_now(|c| {
                let mut statement = c.prepare_cached(
                    "SELECT position, target, version FROM target
                     WHERE run = ?1 AND position >= ?2 AND position < ?3 AND cause IS NOT ?4 ORDER BY position",
                )?;
                let rows = statement.query_map(params![ordinal, next, end, SKIPPED], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?;
                Ok(rows.collect::<Result<Vec<(u32, String, String)>, _>>()?)
            })?;
            for (_, target, version) in &batch {
                writer.record(target, version).map_err(Error::file(&place))?;
            }
            store.write_now(|tx| {
                let mut statement = tx.prepare_cached(
                    "UPDATE target SET line = ?3 WHERE run = ?1 AND position = ?2 AND cause IS NOT ?4",
                )?;
                for (position, _, _) in &batch {
                    line += 1;
                    statement.execute(params![ordinal, position, line, SKIPPED])?;
                }
                Ok(())
            })?;
            next = end;
        }
        let (file, summary): (File, _) = writer.finish().map_err(Error::file(&place))?;
        file.sync_all().map_err(Error::file(&place))?;
        passing.put(&place)?;
        Ok(summary)
    })
    .await?
}

/// Takes down what a wave's file is now, unless more targets were left out meanwhile; answers whether it was taken.
pub(super) fn remade(
    tx: &Transaction<'_>,
    run: i64,
    wave: &WaveRow,
    file: &FileSummary,
) -> Result<bool, Error> {
    let taken = tx.execute(
        "UPDATE wave SET sha256 = ?4, bytes = ?5 WHERE run = ?1 AND number = ?2 AND skipped = ?3",
        params![
            run,
            wave.wave.number,
            wave.wave.skipped,
            file.sha256,
            i64::try_from(file.bytes).unwrap_or(i64::MAX)
        ],
    )?;
    if taken > 0 {
        rows::recount(tx, run, wave.wave.number)?;
    }
    Ok(taken > 0)
}
