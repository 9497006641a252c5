//! Detailed reports in the store: which target one is about, and what it says.

use overseed_aws::{DetailedReport, ErrorDetail};
use overseed_domain::{arn::group_id_of_arn, cause, group::bare_id, rollout::TargetState};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::rows::json;
use crate::Error;

/// Stores one page of reports and answers how many of them said something new.
pub(super) fn apply(
    tx: &Transaction<'_>,
    run: i64,
    wave: u32,
    reports: &[DetailedReport],
) -> Result<u32, Error> {
    let mut news = 0;
    for report in reports {
        let Some(group) = report.group_arn.as_deref().and_then(group_id_of_arn) else {
            tracing::warn!(?report.group_arn, "a report names no group");
            continue;
        };
        let state = TargetState::of_deployment(&report.status);
        let failed = state == TargetState::Failed;
        let details = words(None, &report.errors);
        let code = report
            .errors
            .iter()
            .find_map(|detail| detail.code.clone())
            .filter(|_| failed);
        let message = report
            .message
            .clone()
            .or_else(|| details.first().cloned())
            .filter(|_| failed);
        let deployment = report.deployment_id.as_deref();
        let place = position(
            tx,
            run,
            wave,
            bare_id(group),
            deployment,
            message.as_deref(),
        )?;
        let Some(position) = place else {
            tracing::warn!(group, "a report names a group that is not in the plan");
            continue;
        };
        let cause =
            failed.then(|| cause::key(code.as_deref(), message.as_deref().unwrap_or_default()));
        news += u32::try_from(tx.prepare_cached(
            "UPDATE target SET state = ?3, deployment = ?4, cause = ?5, code = ?6, message = ?7, details = ?8
             WHERE run = ?1 AND position = ?2
               AND (state, deployment, message) IS NOT (?3, ?4, ?7)",
        )?
        .execute(params![
            run,
            position,
            state.number(),
            report.deployment_id,
            cause,
            code,
            message,
            (!details.is_empty()).then(|| json(&details)).transpose()?
        ])?)
        .unwrap_or(u32::MAX);
    }
    Ok(news)
}

/// The target that a report is about. A file may name a group twice, and reports do not name the line: then the
/// deployment tells which, or one without a deployment takes it: the first that had no report yet (state 1),
/// then the one of which the same was said before.
fn position(
    connection: &Connection,
    run: i64,
    wave: u32,
    group: &str,
    deployment: Option<&str>,
    message: Option<&str>,
) -> Result<Option<u32>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT position FROM target INDEXED BY target_by_id
         WHERE run = ?1 AND target IN (?2, ?3) AND wave = ?4
         ORDER BY deployment IS ?5 DESC, deployment IS NULL DESC, state = 1 DESC, message IS ?6 DESC, position
         LIMIT 1",
    )?;
    let account: Option<String> = connection
        .prepare_cached(
            "SELECT account FROM scope WHERE id = (SELECT scope FROM run WHERE ordinal = ?1)",
        )?
        .query_row([run], |row| row.get(0))
        .optional()?;
    let prefixed = format!("{}:{group}", account.unwrap_or_default());
    Ok(statement
        .query_row(
            params![run, group, prefixed, wave, deployment, message],
            |row| row.get(0),
        )
        .optional()?)
}

/// ErrorMessage and ErrorDetails as sentences, none twice.
pub(super) fn words(message: Option<&str>, errors: &[ErrorDetail]) -> Vec<String> {
    let mut words: Vec<String> = message.map(str::to_owned).into_iter().collect();
    for error in errors {
        let text = match (&error.code, &error.message) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => continue,
        };
        if !words.contains(&text) {
            words.push(text);
        }
    }
    words
}
