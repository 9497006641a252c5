//! The causes of a run's failures, largest first.

use overseed_domain::{
    cause::{self, Cause},
    rollout::BulkStatus,
};
use rusqlite::{Connection, Row, params};

use super::{
    reader::Reader,
    rows::{self, WaveRow},
    settle::{BULK_FAILED, NO_REPORT, NOT_WAITED_FOR, STILL_IN_PROGRESS},
    skip::SKIPPED,
};
use crate::Error;

/// The causes of a run, largest first: failures by code and normalised message, and the unknown by what is missing;
/// before them the failure of a whole bulk deployment.
///
/// # Errors
/// [`crate::ErrorCode::NotFound`]; those of the store.
pub async fn run_causes(reader: &impl Reader, run: &str) -> Result<Vec<Cause>, Error> {
    let run = run.to_owned();
    reader
        .engine()
        .store
        .read(move |c| {
            let run = rows::run(c, &run)?.ordinal;
            all(c, run)
        })
        .await
}

/// The failure of a whole bulk deployment, then the causes of targets, largest first.
///
/// # Errors
/// Those of the store.
pub(super) fn all(connection: &Connection, run: i64) -> Result<Vec<Cause>, Error> {
    let waves = rows::waves(connection, run)?;
    let v2 = is_v2(connection, run)?;
    // No wave is started after one that failed: there is one at most.
    let failed = waves
        .iter()
        .find(|row| row.wave.bulk_status == Some(BulkStatus::Failed))
        .map(|row| bulk_failed(row, waves.len() > 1, v2));
    let mut causes: Vec<Cause> = failed.into_iter().collect();
    causes.extend(counted(connection, run)?);
    Ok(causes)
}

/// The causes that targets of a run have now, as the tallies say, with the words of the first target of each. Being
/// left out is no failure.
fn counted(connection: &Connection, run: i64) -> Result<Vec<Cause>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT cause, targets, code, message FROM cause_count
         WHERE run = ?1 AND targets > 0 AND cause NOT IN (?2, ?3) ORDER BY targets DESC, cause",
    )?;
    let found = statement
        .query_map(params![run, SKIPPED, BULK_FAILED], counted_row)?
        .collect::<Result<Vec<_>, _>>()?;
    let v2 = is_v2(connection, run)?;
    found
        .into_iter()
        .map(|counted| described(connection, run, v2, counted))
        .collect()
}

/// Key, targets, code and words.
type Counted = (String, u32, Option<String>, Option<String>);

fn counted_row(row: &Row<'_>) -> rusqlite::Result<Counted> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn is_v2(connection: &Connection, run: i64) -> Result<bool, Error> {
    let v2 = connection
        .prepare_cached("SELECT generation = 'v2' FROM run WHERE ordinal = ?1")?
        .query_row([run], |row| row.get(0))?;
    Ok(v2)
}

fn described(
    connection: &Connection,
    run: i64,
    v2: bool,
    (key, targets, code, message): Counted,
) -> Result<Cause, Error> {
    let (of_v2, of_v1) = ((code.clone(), message.clone()), (code, message));
    let cause = if v2 {
        super::v2::cause_of(connection, run, (&key, targets), of_v2)?
    } else {
        None
    };
    Ok(cause.unwrap_or_else(|| cause_of(key, targets, of_v1.0, of_v1.1)))
}

/// The numbers of the causes that have a text, in lower case, in their title, code or words.
pub(super) fn with_text(connection: &Connection, run: i64, text: &str) -> Result<Vec<u32>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT cause, targets, code, message, number FROM cause_count WHERE run = ?1 AND targets > 0",
    )?;
    let v2 = is_v2(connection, run)?;
    let mut rows = statement.query([run])?;
    let mut numbers = Vec::new();
    while let Some(row) = rows.next()? {
        let cause = described(connection, run, v2, counted_row(row)?)?;
        let code = cause.code.as_deref().unwrap_or_default();
        if [&cause.title, code, &cause.message]
            .iter()
            .any(|words| words.to_lowercase().contains(text))
        {
            numbers.push(row.get(4)?);
        }
    }
    Ok(numbers)
}

fn cause_of(key: String, targets: u32, code: Option<String>, message: Option<String>) -> Cause {
    match key.as_str() {
        STILL_IN_PROGRESS => return still_in_progress(key, targets),
        NOT_WAITED_FOR => return not_waited_for(key, targets),
        NO_REPORT => return no_report(key, targets),
        // Looked for by their titles only.
        SKIPPED => return ours(key, targets, "Left out"),
        BULK_FAILED => return ours(key, targets, "The bulk deployment failed"),
        _ => {}
    }
    let message = message.unwrap_or_default();
    let described = cause::describe(code.as_deref(), &message);
    Cause {
        key,
        title: described.title,
        code,
        message,
        targets,
        means: described.means,
        remedies: described.remedies,
        source: described.source,
        permissions: described.permissions,
        wave: None,
        line: None,
    }
}

/// A bulk deployment that failed as a whole, in the service's words.
fn bulk_failed(row: &WaveRow, several: bool, v2: bool) -> Cause {
    let wave = &row.wave;
    let message = wave.errors.join("\n");
    let described = cause::describe(None, &message);
    let what = if v2 {
        "What makes the deployments"
    } else {
        "The bulk deployment"
    };
    let of = if several {
        format!("{what} of wave {} failed", wave.number)
    } else {
        format!("{what} failed")
    };
    Cause {
        key: BULK_FAILED.to_owned(),
        title: format!("{of}: {}", described.title),
        code: None,
        targets: wave.counts.waiting.saturating_sub(wave.skipped),
        means: described.means,
        remedies: described.remedies,
        source: described.source,
        permissions: described.permissions,
        wave: Some(wave.number),
        line: cause::line_in(&message),
        message,
    }
}

/// How a run that has ended comes to know more.
const READ_AGAIN: &str =
    "Read the reports again: here in the window, or overseed-cli run read-again RUN.";

/// A cause in our own words.
fn ours(key: String, targets: u32, title: &str) -> Cause {
    Cause {
        key,
        title: title.to_owned(),
        code: None,
        message: String::new(),
        targets,
        means: None,
        remedies: Vec::new(),
        source: None,
        permissions: false,
        wave: None,
        line: None,
    }
}

/// The same where the guide says more.
fn explained(cause: Cause, means: &str, remedies: &[&str]) -> Cause {
    Cause {
        means: Some(means.to_owned()),
        remedies: remedies.iter().map(|&remedy| remedy.to_owned()).collect(),
        source: Some("Create bulk deployments for groups".to_owned()),
        ..cause
    }
}

fn still_in_progress(key: String, targets: u32) -> Cause {
    explained(
        ours(key, targets, "The core has not answered in time"),
        "The deployment was still in progress when the settle time was over. A core that is off or offline stays in \
         progress and takes the deployment when it comes back.",
        &[
            "See whether the core is powered and online.",
            "Read its log: /greengrass/ggc/var/log/system/runtime.log",
            "Give it more time: nothing has to be deployed again if it comes back.",
            READ_AGAIN,
        ],
    )
}

fn not_waited_for(key: String, targets: u32) -> Cause {
    explained(
        ours(key, targets, "The answer of the core was not waited for"),
        "The run was told not to wait any longer while the deployment was still in progress. The deployment goes on \
         without the run and may have ended since, either way.",
        &[
            READ_AGAIN,
            "Where it is still in progress then, see whether the core is powered and online.",
        ],
    )
}

fn no_report(key: String, targets: u32) -> Cause {
    explained(
        ours(key, targets, "Greengrass gave no report"),
        "The record was in the input file, but no detailed report names its group. It may not have been attempted, or \
         its report was not kept.",
        &[
            "Look at the group's own deployments: aws greengrass list-deployments --group-id GROUP",
            READ_AGAIN,
            "Retry these groups.",
        ],
    )
}
