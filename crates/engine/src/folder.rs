//! Which data folder it is: what a face remembers beside the store belongs to one folder, and must not turn up in
//! another.

use rusqlite::OptionalExtension as _;

use crate::{Engine, Error};

/// Key of the setting.
const KEY: &str = "folder";

/// The id of the data folder, made when it is first asked for.
///
/// # Errors
/// Those of the store.
pub async fn folder_id(engine: &Engine) -> Result<String, Error> {
    let known: Option<String> = engine
        .store
        .read(|c| {
            let mut query = c.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
            Ok(query.query_row([KEY], |row| row.get(0)).optional()?)
        })
        .await?;
    if let Some(id) = known {
        return Ok(id);
    }
    let made = uuid::Uuid::new_v4().to_string();
    engine
        .store
        .write(move |tx| {
            // Another process may have made one meanwhile.
            tx.execute(
                "INSERT OR IGNORE INTO setting (key, value) VALUES (?1, ?2)",
                [KEY, &made],
            )?;
            Ok(
                tx.query_row("SELECT value FROM setting WHERE key = ?1", [KEY], |row| {
                    row.get(0)
                })?,
            )
        })
        .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use crate::{Clock, Engine};

    use super::*;

    #[tokio::test]
    async fn a_folder_keeps_its_id_and_another_one_has_another() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let open = |at: &tempfile::TempDir| Engine::open(at.path().to_owned(), Clock::system());
        let id = folder_id(&open(&one).unwrap()).await.unwrap();
        assert_eq!(folder_id(&open(&one).unwrap()).await.unwrap(), id);
        assert_ne!(folder_id(&open(&other).unwrap()).await.unwrap(), id);
    }
}
