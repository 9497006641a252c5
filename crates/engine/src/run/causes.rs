//! The causes of a run's failures, largest first.

use overseed_domain::cause::{self, Cause};
use rusqlite::Connection;

use super::{
    reader::Reader,
    rows,
    settle::{NO_REPORT, STILL_IN_PROGRESS},
    skip::SKIPPED,
};
use crate::Error;

/// The causes of a run, largest first: failures by code and normalised message, and the unknown by what is
/// missing.
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
            let mut causes = counted(c, run)?;
            // Being left out is no failure.
            causes.retain(|cause| cause.key != SKIPPED);
            Ok(causes)
        })
        .await
}

/// The causes that targets of a run have now, as the tallies say, with the words of the first target of each.
pub(super) fn counted(connection: &Connection, run: i64) -> Result<Vec<Cause>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT cause, targets, code, message FROM cause_count WHERE run = ?1 AND targets > 0
         ORDER BY targets DESC, cause",
    )?;
    let causes = statement
        .query_map([run], |row| {
            Ok(cause_of(row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(causes)
}

/// The numbers of the causes that have a text, in lower case, in their title, code or words.
pub(super) fn with_text(connection: &Connection, run: i64, text: &str) -> Result<Vec<u32>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT cause, targets, code, message, number FROM cause_count WHERE run = ?1 AND targets > 0",
    )?;
    let mut rows = statement.query([run])?;
    let mut numbers = Vec::new();
    while let Some(row) = rows.next()? {
        let cause = cause_of(row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
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
        NO_REPORT => return no_report(key, targets),
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
    }
}

fn still_in_progress(key: String, targets: u32) -> Cause {
    Cause {
        key,
        title: "The core has not answered in time".to_owned(),
        code: None,
        message: String::new(),
        targets,
        means: Some(
            "The deployment was still in progress when the settle time was over. A core that is off or offline \
             stays in progress and takes the deployment when it comes back."
                .to_owned(),
        ),
        remedies: vec![
            "See whether the core is powered and online.".to_owned(),
            "Read its log: /greengrass/ggc/var/log/system/runtime.log".to_owned(),
            "Give it more time: nothing has to be deployed again if it comes back.".to_owned(),
        ],
        source: Some("Create bulk deployments for groups".to_owned()),
        permissions: false,
    }
}

fn no_report(key: String, targets: u32) -> Cause {
    Cause {
        key,
        title: "Greengrass gave no report".to_owned(),
        code: None,
        message: String::new(),
        targets,
        means: Some(
            "The record was in the input file, but no detailed report names its group. It may not have been \
             attempted, or its report was not kept."
                .to_owned(),
        ),
        remedies: vec![
            "Look at the group's own deployments: aws greengrass list-deployments --group-id GROUP".to_owned(),
            "Retry these groups.".to_owned(),
        ],
        source: Some("Create bulk deployments for groups".to_owned()),
        permissions: false,
    }
}
