//! What earlier runs did with a target.

use overseed_domain::{Millis, group::bare_id, rollout::TargetState};
use rusqlite::params;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{reader::Reader, rows};
use crate::Error;

/// One run of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HistoryRow {
    /// The run's id.
    pub run: String,
    /// Its name.
    pub name: String,
    /// When the run was started.
    pub at: Millis,
    /// The version that the target got; empty where it is not known.
    pub version: String,
    /// How it ended for the target.
    pub state: TargetState,
    /// The deployment, where there was one.
    pub deployment: Option<String>,
    /// The key of its cause.
    pub cause: Option<String>,
    /// ErrorMessage, in the service's words.
    pub message: Option<String>,
}

/// Runs that are listed at most.
const MOST: u32 = 100;

/// The runs of the same account, Region and sandbox that had this target before, newest first; 100 at most.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store.
pub async fn target_history(
    reader: &impl Reader,
    run: &str,
    target: &str,
) -> Result<Vec<HistoryRow>, Error> {
    let (run, whole) = (run.to_owned(), target.trim().to_owned());
    let target = bare_id(&whole).to_owned();
    reader
        .engine()
        .store
        .read(move |c| {
            let run = rows::run(c, &run)?;
            // From the runs to the index of their targets: never through the targets of a run.
            let mut statement = c.prepare_cached(
                "SELECT r.id, r.name, r.started_at, t.version, t.state, t.deployment, t.cause, t.message
                 FROM run r JOIN scope s ON s.id = r.scope
                 CROSS JOIN target t INDEXED BY target_by_id
                    ON t.run = r.ordinal AND t.target IN (?3, s.account || ':' || ?3, ?6)
                 WHERE r.scope = ?2 AND r.ordinal <> ?1 AND r.started_at <= ?4
                 ORDER BY r.started_at DESC, r.ordinal DESC, t.position LIMIT ?5",
            )?;
            let rows = statement.query_map(
                params![
                    run.ordinal,
                    run.scope,
                    target,
                    run.started_at.0,
                    MOST,
                    whole
                ],
                |row| {
                    Ok(HistoryRow {
                        run: row.get(0)?,
                        name: row.get(1)?,
                        at: Millis(row.get(2)?),
                        version: row.get(3)?,
                        state: TargetState::from_number(row.get(4)?)
                            .unwrap_or(TargetState::Unknown),
                        deployment: row.get(5)?,
                        cause: row.get(6)?,
                        message: row.get(7)?,
                    })
                },
            )?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
}
