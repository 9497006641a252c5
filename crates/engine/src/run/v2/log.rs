//! The log of what is done for a whole wave: thousands of calls are one entry, and stay one over restarts.

use rusqlite::{OptionalExtension, Transaction, params};

use super::super::driver::Driver;
use crate::{
    Error,
    changes::{self, Intent},
};

impl Driver {
    /// Notes what is about to be done for a wave, unless an earlier driver has, and has not seen its end.
    pub(super) async fn intend_once(
        &self,
        operation: &'static str,
        summary: String,
    ) -> Result<(), Error> {
        let (id, same) = (self.id.clone(), summary.clone());
        let noted = self
            .session
            .store()
            .read(move |c| open_entry(c, &id, operation, Some(&same)))
            .await?;
        if noted.is_none() {
            let intent = Intent {
                plan: self.id.clone(),
                operation,
                summary,
                ..Intent::default()
            };
            changes::intend(&self.session, intent).await?;
        }
        Ok(())
    }
}

fn open_entry(
    connection: &rusqlite::Connection,
    run: &str,
    operation: &str,
    summary: Option<&str>,
) -> Result<Option<i64>, Error> {
    let found = connection
        .prepare_cached(
            "SELECT id FROM change WHERE plan = ?1 AND operation = ?2 AND (?3 IS NULL OR summary = ?3)
                 AND outcome IS NULL ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![run, operation, summary], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// Notes how it ended, where it was noted.
pub(super) fn done(
    tx: &Transaction<'_>,
    run: &str,
    operation: &str,
    detail: &str,
    at: overseed_domain::Millis,
) -> Result<(), Error> {
    if let Some(id) = open_entry(tx, run, operation, None)? {
        tx.execute(
            "UPDATE change SET outcome = 'done', ended_at = ?2, detail = ?3 WHERE id = ?1",
            params![id, at.0, detail],
        )?;
    }
    Ok(())
}
