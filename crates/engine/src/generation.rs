//! Which generation of Greengrass the wizard of a scope is for. Each has a draft of its own, so changing it loses nothing.

use overseed_domain::rollout::Generation;
use rusqlite::params;

use crate::{Error, Session, StoreError};

/// What the wizard deploys to: what was chosen for this account, Region or sandbox; otherwise core devices where AWS has
/// ended Greengrass V1, and groups elsewhere.
///
/// # Errors
/// Those of the store; [`StoreError::Json`] for a word that this version does not know.
pub async fn generation_get(session: &Session) -> Result<Generation, Error> {
    let scope = session.scope;
    let chosen: Option<String> = session
        .store()
        .read(move |c| {
            Ok(c.query_row(
                "SELECT generation FROM scope WHERE id = ?1",
                [scope],
                |row| row.get(0),
            )?)
        })
        .await?;
    match chosen {
        Some(word) => serde_json::from_value(word.into()).map_err(|source| {
            StoreError::Json {
                what: "scope.generation",
                source,
            }
            .into()
        }),
        None if session.connection.v1_ended => Ok(Generation::V2),
        None => Ok(Generation::V1),
    }
}

/// Chooses what the wizard deploys to; answers it.
///
/// # Errors
/// Those of the store.
pub async fn generation_set(
    session: &Session,
    generation: Generation,
) -> Result<Generation, Error> {
    let scope = session.scope;
    let word = match generation {
        Generation::V1 => "v1",
        Generation::V2 => "v2",
    };
    session
        .store()
        .write(move |tx| {
            tx.execute(
                "UPDATE scope SET generation = ?2 WHERE id = ?1",
                params![scope, word],
            )?;
            Ok(generation)
        })
        .await
}
