//! What faces ask of a run's driver, whichever process that is.

use rusqlite::params;

use super::rows;
use crate::{Engine, Error};

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Stop the bulk deployment and start no other.
    Stop,
}

impl Ask {
    const fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
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

/// How often something was asked and not obeyed yet.
pub(crate) async fn pending(engine: &Engine, run: i64, ask: Ask) -> Result<u32, Error> {
    engine
        .store
        .read(move |c| {
            let asked = c.query_row(
                "SELECT count(*) FROM intent WHERE run = ?1 AND what = ?2 AND obeyed_at IS NULL",
                params![run, ask.word()],
                |row| row.get(0),
            )?;
            Ok(asked)
        })
        .await
}

/// Marks an intent as obeyed.
pub(crate) async fn obeyed(engine: &Engine, run: i64, ask: Ask) -> Result<(), Error> {
    let at = engine.clock.now();
    engine
        .store
        .write(move |tx| {
            tx.execute(
                "UPDATE intent SET obeyed_at = ?3 WHERE run = ?1 AND what = ?2 AND obeyed_at IS NULL",
                params![run, ask.word(), at.0],
            )?;
            Ok(())
        })
        .await
}
