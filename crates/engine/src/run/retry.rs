//! A new draft with just the targets that did not succeed.

use overseed_domain::{group::bare_id, rollout::TargetState};
use roaring::RoaringBitmap;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{here, rows};
use crate::{
    Error, ErrorCode, Problem, Session,
    draft::{self, Draft},
};

/// Puts the targets of a run that failed or are unknown, or those of one cause, into a new draft with the
/// versions they had. What the draft held before is given up; its selection can be taken back by undo.
///
/// # Errors
/// [`ErrorCode::NothingSelected`] where there is none, [`ErrorCode::RunElsewhere`], [`ErrorCode::NotFound`].
pub async fn retry_failed(
    session: &Session,
    run: &str,
    cause: Option<String>,
) -> Result<Draft, Error> {
    let (id, scope) = (run.to_owned(), session.scope);
    let run = session.store().read(move |c| rows::run(c, &id)).await?;
    here(session, &run)?;
    let sandbox = session.connection.sandbox.is_some();
    session
        .store()
        .write(move |tx| {
            let old = draft::load_or_make(tx, scope, sandbox)?;
            let mut draft = draft::begin_next(tx, scope, &old, None)?;
            let selection = select(tx, scope, run.ordinal, cause.as_deref())?;
            if selection.is_empty() {
                return Err(Problem::new(ErrorCode::NothingSelected, "No group of this run is left to retry")
                    .hint("Only groups that failed or are unknown, and are still in the inventory, can be retried.")
                    .into());
            }
            draft.name = match run.name.as_str() {
                "" => String::new(),
                name => format!("{name} (retry)"),
            };
            draft.role = run.settings.role.clone();
            draft.bucket = run.settings.bucket.clone();
            draft.prefix = run.settings.prefix.clone();
            draft.pack = run.settings.pack;
            draft.read_by = run.settings.read_by;
            draft.step = "versions".to_owned();
            draft::save(tx, scope, &draft)?;
            draft.selected = u32::try_from(selection.len()).unwrap_or(u32::MAX);
            let mut bytes = Vec::with_capacity(selection.serialized_size());
            selection.serialize_into(&mut bytes).map_err(|source| {
                Problem::new(ErrorCode::Internal, "The selection cannot be written").detail(source)
            })?;
            tx.execute("UPDATE draft SET selection = ?2 WHERE scope = ?1", params![scope, bytes])?;
            Ok(draft)
        })
        .await
}

fn select(
    tx: &Transaction<'_>,
    scope: i64,
    run: i64,
    cause: Option<&str>,
) -> Result<RoaringBitmap, Error> {
    let mut selection = RoaringBitmap::new();
    let mut targets = tx.prepare(
        "SELECT target, version FROM target
         WHERE run = ?1 AND state IN (?2, ?3) AND (?4 IS NULL OR cause = ?4) ORDER BY position",
    )?;
    let mut found = targets.query(params![
        run,
        TargetState::Failed.number(),
        TargetState::Unknown.number(),
        cause
    ])?;
    while let Some(row) = found.next()? {
        let (target, version): (String, String) = (row.get(0)?, row.get(1)?);
        let group: Option<(u32, Option<String>)> = tx
            .prepare_cached(
                "SELECT ordinal, latest_version FROM inventory_group WHERE scope = ?1 AND id = ?2",
            )?
            .query_row(params![scope, bare_id(&target)], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((ordinal, latest)) = group else {
            continue;
        };
        selection.insert(ordinal);
        if latest.as_deref() != Some(version.as_str()) {
            tx.execute(
                "INSERT OR REPLACE INTO draft_version (scope, ordinal, choice, version) VALUES (?1, ?2, 'chosen', ?3)",
                params![scope, ordinal, version],
            )?;
        }
    }
    Ok(selection)
}
