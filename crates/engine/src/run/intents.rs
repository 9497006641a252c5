//! What faces ask of a run's driver, whichever process that is.

use overseed_domain::Millis;
use rusqlite::{Connection, Transaction, params};

use super::rows;
use crate::{Engine, Error};

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Stop the bulk deployment and start no other.
    Stop,
    /// Wait for the user once the present wave has settled.
    Pause,
    /// Cancel the V2 deployments that were made and have not ended.
    Cancel,
}

impl Ask {
    const fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Pause => "pause",
            Self::Cancel => "cancel",
        }
    }
}

/// Writes an intent down; the driver obeys it when it looks next.
pub(crate) async fn ask(engine: &Engine, run: &str, ask: Ask) -> Result<(), Error> {
    let (run, at) = (run.to_owned(), engine.clock.now());
    engine
        .store
        .write(move |tx| {
            let ordinal = rows::ordinal(tx, &run)?;
            tx.execute(
                "INSERT INTO intent (run, at, what) VALUES (?1, ?2, ?3)",
                params![ordinal, at.0, ask.word()],
            )?;
            Ok(())
        })
        .await
}

/// The number of what was asked last and is not obeyed yet, to tell it from what is asked later; 0 where
/// nothing is.
pub(crate) async fn newest(engine: &Engine, run: i64, ask: Ask) -> Result<i64, Error> {
    engine.store.read(move |c| pending(c, run, ask)).await
}

/// The same in a transaction or a reading of one's own.
pub(crate) fn pending(connection: &Connection, run: i64, ask: Ask) -> Result<i64, Error> {
    let newest = connection
        .prepare_cached(
            "SELECT coalesce(max(id), 0) FROM intent
             WHERE run = ?1 AND what = ?2 AND obeyed_at IS NULL",
        )?
        .query_row(params![run, ask.word()], |row| row.get(0))?;
    Ok(newest)
}

/// Marks what was asked as obeyed. Belongs into the transaction that says what came of it, so that no crash
/// comes between the two.
pub(crate) fn obeyed(tx: &Transaction<'_>, run: i64, ask: Ask, at: Millis) -> Result<(), Error> {
    tx.execute(
        "UPDATE intent SET obeyed_at = ?3 WHERE run = ?1 AND what = ?2 AND obeyed_at IS NULL",
        params![run, ask.word(), at.0],
    )?;
    Ok(())
}

/// Marks a stop as refused: the bulk deployment goes on, so a later stop is again the first one.
pub(crate) fn refused(tx: &Transaction<'_>, run: i64, at: Millis) -> Result<(), Error> {
    tx.execute(
        "UPDATE intent SET what = 'refused stop', obeyed_at = ?3 WHERE run = ?1 AND what = ?2 AND obeyed_at IS NULL",
        params![run, Ask::Stop.word(), at.0],
    )?;
    Ok(())
}

/// Whether a stop was carried out: a further one asks for no more than the end of the waiting.
pub(crate) fn stopped(connection: &Connection, run: i64) -> Result<bool, Error> {
    let stopped = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM intent WHERE run = ?1 AND what = ?2 AND obeyed_at IS NOT NULL)",
        )?
        .query_row(params![run, Ask::Stop.word()], |row| row.get(0))?;
    Ok(stopped)
}
