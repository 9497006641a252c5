//! Detailed reports in the store: which target one is about, and what it says.

use overseed_aws::{DetailedReport, ErrorDetail};
use overseed_domain::{arn::group_id_of_arn, cause, group::bare_id, rollout::TargetState};
use rusqlite::{OptionalExtension, Transaction, params};

use super::rows::json;
use crate::Error;

/// Stores one page of reports and answers how many of them said something new.
pub(super) fn apply(
    tx: &Transaction<'_>,
    run: i64,
    wave: u32,
    reports: &[DetailedReport],
) -> Result<u32, Error> {
    let account = account_of(tx, run)?;
    let mut find = tx.prepare_cached(FIND)?;
    let mut update = tx.prepare_cached(
        "UPDATE target SET state = ?3, deployment = ?4, cause = ?5, code = ?6, message = ?7, details = ?8
         WHERE run = ?1 AND position = ?2",
    )?;
    let mut news = 0;
    for report in reports {
        let Some(group) = report.group_arn.as_deref().and_then(group_id_of_arn) else {
            tracing::warn!(?report.group_arn, "a report names no group");
            continue;
        };
        let (group, said) = (bare_id(group), Said::of(report));
        let prefixed = format!("{account}:{group}");
        let (deployment, message) = (said.deployment, said.message.as_deref());
        let found = find
            .query_row(
                params![
                    run,
                    group,
                    prefixed,
                    wave,
                    deployment,
                    message,
                    said.state.number()
                ],
                |row| Ok((row.get::<_, u32>(0)?, row.get::<_, bool>(1)?)),
            )
            .optional()?;
        let Some((position, known)) = found else {
            tracing::warn!(group, "a report names a group that is not in the plan");
            continue;
        };
        if known {
            continue;
        }
        let failed = said.state == TargetState::Failed;
        let cause = failed.then(|| cause::key(said.code.as_deref(), message.unwrap_or_default()));
        update.execute(params![
            run,
            position,
            said.state.number(),
            deployment,
            cause,
            said.code,
            message,
            (!said.details.is_empty())
                .then(|| json(&said.details))
                .transpose()?
        ])?;
        news += 1;
    }
    Ok(news)
}

/// Keeps of a report without a last word that there is one: a target that was unknown for the cause `from`, that none
/// came, is so for the cause `to`.
pub(super) fn still_open(
    tx: &Transaction<'_>,
    run: i64,
    wave: u32,
    report: &DetailedReport,
    (from, to): (&str, &str),
) -> Result<(), Error> {
    let Some(group) = report.group_arn.as_deref().and_then(group_id_of_arn) else {
        return Ok(());
    };
    let group = bare_id(group);
    let prefixed = format!("{}:{group}", account_of(tx, run)?);
    tx.prepare_cached(
        "UPDATE target SET cause = ?6, deployment = ?7 WHERE run = ?1 AND target IN (?2, ?3) AND wave = ?4 AND cause = ?5",
    )?
    .execute(params![
        run,
        group,
        prefixed,
        wave,
        from,
        to,
        report.deployment_id
    ])?;
    Ok(())
}

fn account_of(tx: &Transaction<'_>, run: i64) -> Result<String, Error> {
    let account: Option<String> = tx
        .prepare_cached(
            "SELECT account FROM scope WHERE id = (SELECT scope FROM run WHERE ordinal = ?1)",
        )?
        .query_row([run], |row| row.get(0))
        .optional()?;
    Ok(account.unwrap_or_default())
}

/// The target that a report is about, and whether just this is known of it. A file may name a group twice, and
/// reports do not name the line: then the deployment tells which, or one without a deployment takes it: the first
/// that had no report yet (state 1), then the one of which the same was said before.
const FIND: &str = "SELECT position, (state, deployment, message) IS (?7, ?5, ?6)
     FROM target INDEXED BY target_by_id
     WHERE run = ?1 AND target IN (?2, ?3) AND wave = ?4
     ORDER BY deployment IS ?5 DESC, deployment IS NULL DESC, state = 1 DESC, message IS ?6 DESC, position
     LIMIT 1";

/// What a report says.
struct Said<'a> {
    state: TargetState,
    deployment: Option<&'a str>,
    code: Option<String>,
    message: Option<String>,
    details: Vec<String>,
}

impl<'a> Said<'a> {
    fn of(report: &'a DetailedReport) -> Self {
        let state = TargetState::of_deployment(&report.status);
        let failed = state == TargetState::Failed;
        let details = words(None, &report.errors);
        let code = report.errors.iter().find_map(|detail| detail.code.clone());
        let message = report.message.clone().or_else(|| details.first().cloned());
        Self {
            state,
            deployment: report.deployment_id.as_deref(),
            code: code.filter(|_| failed),
            message: message.filter(|_| failed),
            details,
        }
    }
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
