//! Reading runs: over a connection, or from the data folder alone.

use rusqlite::params;

use super::rows;
use crate::{Engine, Error, Session, StoreError, connection::ConnectRequest};

/// What runs are read through. All that is known of a run is in the store, so that no credentials are needed to look
/// at it; only a session can change one.
pub trait Reader: Sync {
    /// The engine with the store.
    fn engine(&self) -> &Engine;

    /// The row of the scope table that counts as `here`; `None` without a connection.
    fn scope(&self) -> Option<i64>;
}

impl Reader for Session {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn scope(&self) -> Option<i64> {
        Some(self.scope)
    }
}

impl Reader for Engine {
    fn engine(&self) -> &Engine {
        self
    }

    fn scope(&self) -> Option<i64> {
        None
    }
}

/// The connection in use, or the data folder alone where there is none.
#[derive(Debug, Clone)]
pub struct Reading {
    engine: Engine,
    scope: Option<i64>,
}

impl Reading {
    /// Reads over the session, if there is one.
    #[must_use]
    pub fn of(engine: &Engine, session: Option<&Session>) -> Self {
        Self {
            engine: session.map_or(engine, |session| &session.engine).clone(),
            scope: session.map(|session| session.scope),
        }
    }
}

impl Reader for Reading {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn scope(&self) -> Option<i64> {
        self.scope
    }
}

/// The scope as rows are compared with it: SQLite numbers them from 1.
pub(super) fn scope_or_none(reader: &impl Reader) -> i64 {
    reader.scope().unwrap_or(0)
}

/// What a run was started with, to connect to the same place again.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store.
pub async fn run_connection(engine: &Engine, run: &str) -> Result<ConnectRequest, Error> {
    let run = run.to_owned();
    engine
        .store
        .read(move |c| {
            let run = rows::run(c, &run)?.ordinal;
            let text: String = c
                .prepare_cached("SELECT connection FROM run WHERE ordinal = ?1")?
                .query_row(params![run], |row| row.get(0))?;
            serde_json::from_str(&text).map_err(|source| {
                StoreError::Json {
                    what: "run.connection",
                    source,
                }
                .into()
            })
        })
        .await
}
