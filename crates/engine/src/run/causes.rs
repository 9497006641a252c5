//! The causes of a run's failures, largest first.

use overseed_domain::cause::{self, Cause};
use rusqlite::{Connection, params};

use super::{
    reader::Reader,
    rows,
    settle::{NO_REPORT, STILL_IN_PROGRESS},
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
            let mut statement = c.prepare_cached(
                "SELECT cause, count(*), min(position) FROM target
                 WHERE run = ?1 AND cause IS NOT NULL GROUP BY cause ORDER BY count(*) DESC, cause",
            )?;
            let found = statement
                .query_map([run], |row| {
                    Ok((
                        row.get::<_, String>(0)?,
                        row.get::<_, u32>(1)?,
                        row.get::<_, u32>(2)?,
                    ))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            found
                .into_iter()
                .map(|(key, targets, first)| cause_of(c, run, key, targets, first))
                .collect()
        })
        .await
}

fn cause_of(
    connection: &Connection,
    run: i64,
    key: String,
    targets: u32,
    first: u32,
) -> Result<Cause, Error> {
    match key.as_str() {
        STILL_IN_PROGRESS => return Ok(still_in_progress(key, targets)),
        NO_REPORT => return Ok(no_report(key, targets)),
        _ => {}
    }
    let (code, message): (Option<String>, Option<String>) = connection
        .prepare_cached("SELECT code, message FROM target WHERE run = ?1 AND position = ?2")?
        .query_row(params![run, first], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let message = message.unwrap_or_default();
    let described = cause::describe(code.as_deref(), &message);
    Ok(Cause {
        key,
        title: described.title,
        code,
        message,
        targets,
        means: described.means,
        remedies: described.remedies,
        source: described.source,
        permissions: described.permissions,
    })
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
