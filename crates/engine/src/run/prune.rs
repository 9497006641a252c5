//! Old runs taken out of the store and the data folder. The log of changes stays: it says what was done in the
//! account, and changes of permissions are taken back by it.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    lock::{RunLock, run_folder},
    record::BATCH,
    rows::{self, Run},
};
use crate::{Engine, Error, store::Store};

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Bytes that a target takes beside its texts: heads, entries in indices, pages that are not full; measured on a
/// store with 400,000 targets, a third of them failed.
const ROW_BYTES: u64 = 320;

/// What was taken out, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Pruned {
    /// Runs.
    pub runs: u32,
    /// Bytes on disk: what was gained, or, before it is done, about what would be.
    #[specta(type = u32)]
    pub bytes: u64,
}

/// Takes runs out that ended more than so many days ago, with their targets and files. A run that has not ended is
/// never touched. With `dry` it only says what it would do.
///
/// # Errors
/// [`Error::File`]; those of the store. What was taken out before an error is gone.
pub async fn run_prune(engine: &Engine, older_than_days: u32, dry: bool) -> Result<Pruned, Error> {
    let before = engine.clock.now().0 - i64::from(older_than_days) * DAY;
    let old: Vec<Run> = engine
        .store
        .read(move |c| {
            let mut runs = rows::runs(c)?;
            runs.retain(|run| {
                // When a bulk deployment of elsewhere ended is not known, but it had when it was read.
                let ended = run.ended_at.or(run.read_at);
                run.state.is_terminal() && ended.is_some_and(|at| at.0 < before)
            });
            Ok(runs)
        })
        .await?;
    if dry {
        return estimate(engine, old).await;
    }
    let size = store_size(&engine.store).await?;
    let mut pruned = Pruned::default();
    for run in &old {
        let folder = run_folder(engine, &run.id);
        // Nobody may drive it, write to it or begin to.
        let lock = RunLock::take(engine, &run.id).await?;
        remove_rows(&engine.store, run.ordinal).await?;
        drop(lock);
        pruned.bytes += remove_folder(folder).await?;
        pruned.runs += 1;
    }
    if pruned.runs > 0 {
        let store = engine.store.clone();
        // Another process may be at work on it. The space is used again by later runs, or given back the next time.
        if let Err(error) = tokio::task::spawn_blocking(move || store.compact()).await? {
            tracing::warn!(%error, "the store could not be compacted");
        }
        pruned.bytes += size.saturating_sub(store_size(&engine.store).await?);
    }
    Ok(pruned)
}

async fn estimate(engine: &Engine, old: Vec<Run>) -> Result<Pruned, Error> {
    let engine = engine.clone();
    let store = engine.store.clone();
    store
        .read(move |c| {
            let mut pruned = Pruned::default();
            for run in &old {
                pruned.runs += 1;
                pruned.bytes += rows_size(c, run.ordinal)?;
                pruned.bytes += folder_size(&run_folder(&engine, &run.id))?;
            }
            Ok(pruned)
        })
        .await
}

/// About the bytes that a run's targets take.
fn rows_size(connection: &Connection, run: i64) -> Result<u64, Error> {
    let (rows, texts): (i64, i64) = connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(2 * length(target) + length(version) + coalesce(length(deployment), 0)
                 + 2 * coalesce(length(cause), 0) + coalesce(length(code), 0) + coalesce(length(message), 0)
                 + coalesce(length(details), 0)), 0) FROM target WHERE run = ?1",
        )?
        .query_row([run], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows = u64::try_from(rows).unwrap_or(0);
    Ok(rows * ROW_BYTES + u64::try_from(texts).unwrap_or(0))
}

/// Takes all rows of a run out: the targets some thousand at a time, and the run itself last, so that what is cut
/// off is found again the next time.
async fn remove_rows(store: &Store, run: i64) -> Result<(), Error> {
    loop {
        let gone = store
            .write(move |tx| {
                let mut statement = tx.prepare_cached(
                    "DELETE FROM target WHERE run = ?1 AND position IN
                         (SELECT position FROM target WHERE run = ?1 LIMIT ?2)",
                )?;
                Ok(statement.execute(params![run, BATCH])?)
            })
            .await?;
        if gone == 0 {
            break;
        }
    }
    store
        .write(move |tx| {
            // Every table that has rows of runs.
            let tables: Vec<String> = tx
                .prepare(
                    "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) i
                     WHERE m.type = 'table' AND i.name = 'run' AND m.name NOT IN ('run', 'target')",
                )?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for table in tables {
                tx.execute(&format!("DELETE FROM \"{table}\" WHERE run = ?1"), [run])?;
            }
            tx.execute("DELETE FROM run WHERE ordinal = ?1", [run])?;
            Ok(())
        })
        .await
}

/// Bytes of the database and of its log.
async fn store_size(store: &Store) -> Result<u64, Error> {
    let path = store.path().to_owned();
    tokio::task::spawn_blocking(move || {
        let mut bytes = std::fs::metadata(&path).map_err(Error::file(&path))?.len();
        let log = path.with_extension("sqlite-wal");
        if log.exists() {
            bytes += std::fs::metadata(&log).map_err(Error::file(&log))?.len();
        }
        Ok(bytes)
    })
    .await?
}

/// Removes a run's folder and answers the bytes that its files had.
async fn remove_folder(folder: PathBuf) -> Result<u64, Error> {
    tokio::task::spawn_blocking(move || {
        let bytes = folder_size(&folder)?;
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(Error::file(&folder))?;
        }
        Ok(bytes)
    })
    .await?
}

fn folder_size(folder: &Path) -> Result<u64, Error> {
    if !folder.exists() {
        return Ok(0);
    }
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).map_err(Error::file(folder))? {
        let entry = entry.map_err(Error::file(folder))?;
        let found = entry.metadata().map_err(Error::file(entry.path()))?;
        bytes += found.len();
    }
    Ok(bytes)
}
