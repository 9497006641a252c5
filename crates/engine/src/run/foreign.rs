//! Bulk deployments of the account that this computer has no run of: listed, and recorded as runs that are only
//! read. Such a run is read anew when it is opened again; nothing drives it.

use overseed_aws::{BulkDeploymentReport, Kind, cancellable};
use overseed_domain::{
    Millis,
    group::bare_id,
    rollout::{BulkStatus, Generation, RunState},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use super::{
    RUN_TAG, RunSnapshot, WAVE_TAG,
    api::found,
    foreign_rows::{self, WithoutDeployment},
    report_pages::ReportPages,
    reread::reread,
    rows::{self, Run, RunSettings, json, word},
    run_get,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    changes::{self, Intent},
    job::Progress,
};

/// Bulk deployments that are listed at most.
const MOST: usize = 1_000;

/// A bulk deployment of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BulkRow {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was created.
    pub created_at: Option<Millis>,
    /// The run of this computer that it belongs to or was recorded as.
    pub run: Option<String>,
}

/// The account's bulk deployments, newest first; the newest 1,000 where there are more.
///
/// # Errors
/// Those of ListBulkDeployments; [`Error::Cancelled`]; those of the store.
pub async fn bulk_list(session: &Session, progress: &Progress) -> Result<Vec<BulkRow>, Error> {
    const OPERATION: &str = "greengrass:ListBulkDeployments";
    progress.stage("Listing bulk deployments", None);
    let (mut listed, mut token) = (Vec::new(), None::<String>);
    loop {
        let call = session.clients.list_bulk_deployments(token.as_deref());
        let page = cancellable(OPERATION, progress.cancel(), call)
            .await
            .map_err(cancelled)?;
        listed.extend(page.items);
        progress.done(listed.len() as u64);
        token = page.next;
        if token.is_none() || listed.len() >= MOST {
            break;
        }
    }
    listed.truncate(MOST);
    let scope = session.scope;
    session
        .store()
        .read(move |c| {
            listed
                .into_iter()
                .map(|bulk| {
                    Ok(BulkRow {
                        run: run_of(c, scope, &bulk.id)?.map(|(run, _)| run),
                        created_at: time(bulk.created_at.as_deref()),
                        id: bulk.id,
                        arn: bulk.arn,
                    })
                })
                .collect()
        })
        .await
}

/// Opens a bulk deployment by its id or ARN: the run of this computer that it belongs to, or else one that is recorded
/// from its reports, read anew unless all has been said. Of a run of this computer that has ended, the reports are read
/// once more where targets are unknown. What was read is kept when this is cancelled or fails.
///
/// # Errors
/// [`ErrorCode::NotFound`] where the account has none of this id; those of the calls; [`Error::Cancelled`].
pub async fn bulk_open(
    session: &Session,
    id: &str,
    progress: &Progress,
) -> Result<RunSnapshot, Error> {
    let id = id.trim().rsplit('/').next().unwrap_or(id);
    let (scope, id) = (session.scope, id.to_owned());
    progress.stage("Looking for the bulk deployment", None);
    let known = {
        let id = id.clone();
        session.store().read(move |c| run_of(c, scope, &id)).await?
    };
    if let Some((run, false)) = &known {
        return reread(session, run, progress).await;
    }
    if let Some((run, true)) = &known {
        let snapshot = run_get(session, run).await?;
        let counts = snapshot.row.counts;
        let all_said = counts.in_progress == 0 && counts.submitted == 0;
        if snapshot.row.state.is_terminal() && snapshot.read_at.is_some() && all_said {
            return Ok(snapshot);
        }
    }
    let status = status(session, &id, progress).await?;
    if let Some(run) = tagged_run(session, &status).await? {
        return reread(session, &run, progress).await;
    }
    let run = match known {
        Some((run, _)) => found(&session.engine, &run).await?,
        None => record(session, &id, &status).await?,
    };
    read_reports(session, &run, &id, &status, progress).await?;
    // Deployments may have ended while their reports were read: the figures are not older than the reports.
    let status = self::status(session, &id, progress).await?;
    store_status(session, run.ordinal, status).await?;
    run_get(session, &run.id).await
}

/// Asks Greengrass to stop a bulk deployment that was made elsewhere; it does not wait for the end.
///
/// # Errors
/// Those of the call; those of the store.
pub(super) async fn stop(session: &Session, run: &Run) -> Result<RunSnapshot, Error> {
    let Some(id) = run.found_bulk.clone() else {
        return run_get(session, &run.id).await;
    };
    let intended = changes::intend(
        session,
        Intent {
            plan: run.id.clone(),
            operation: "greengrass:StopBulkDeployment",
            summary: format!("Stop bulk deployment {id}, which was started elsewhere"),
            ..Intent::default()
        },
    )
    .await?;
    let answered = session.clients.stop_bulk_deployment(&id).await;
    changes::ended(session, intended, answered.as_ref().cloned()).await?;
    answered?;
    let ordinal = run.ordinal;
    session
        .store()
        .write(move |tx| {
            rows::set_state(
                tx,
                ordinal,
                RunState::Stopping,
                "Asked to stop; read it anew to see",
            )
        })
        .await?;
    run_get(session, &run.id).await
}

/// Refuses to drive a run that was made elsewhere.
///
/// # Errors
/// [`ErrorCode::InvalidInput`].
pub(super) fn not_driven(run: &Run) -> Result<(), Error> {
    if run.found_bulk.is_none() {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::InvalidInput,
        "This bulk deployment was started elsewhere: it can be read and stopped, but there is nothing to go on with",
    )
    .hint("Open it again to read it anew.")
    .into())
}

/// The run of a bulk deployment, and whether it was recorded from its reports.
fn run_of(
    connection: &Connection,
    scope: i64,
    bulk: &str,
) -> Result<Option<(String, bool)>, Error> {
    let found = connection
        .prepare_cached(
            "SELECT r.id, r.found_bulk IS NOT NULL FROM wave w
             JOIN run r ON r.ordinal = w.run JOIN scope s ON s.id = r.scope
             WHERE r.scope = ?1 AND w.bulk_deployment IN (?2, ?3, s.account || ':' || ?3)
             ORDER BY 2 LIMIT 1",
        )?
        .query_row(params![scope, bulk, bare_id(bulk)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(found)
}

pub(super) async fn status(
    session: &Session,
    id: &str,
    progress: &Progress,
) -> Result<BulkDeploymentReport, Error> {
    const OPERATION: &str = "greengrass:GetBulkDeploymentStatus";
    let call = session.clients.bulk_deployment_status(id);
    match cancellable(OPERATION, progress.cancel(), call).await {
        Err(error) if error.kind == Kind::NotFound => Err(Problem::new(
            ErrorCode::NotFound,
            format!("There is no bulk deployment {id} in this account and Region"),
        )
        .detail(&error)
        .hint("Take its id from the list of the account's bulk deployments; check account and Region.")
        .into()),
        other => other.map_err(cancelled),
    }
}

/// The run of this computer that the tags name.
async fn tagged_run(
    session: &Session,
    status: &BulkDeploymentReport,
) -> Result<Option<String>, Error> {
    let Some(run) = status.tags.get(RUN_TAG).cloned() else {
        return Ok(None);
    };
    let scope = session.scope;
    session
        .store()
        .read(move |c| {
            Ok(c.query_row(
                "SELECT id FROM run WHERE id = ?1 AND scope = ?2 AND found_bulk IS NULL",
                params![run, scope],
                |row| row.get(0),
            )
            .optional()?)
        })
        .await
}

/// Records the run with one wave and no targets yet.
async fn record(
    session: &Session,
    bulk: &str,
    status: &BulkDeploymentReport,
) -> Result<Run, Error> {
    let connection = &session.connection;
    // The same on each opening; a sandbox may give an id that another one has given.
    let place = [
        connection.partition.as_str(),
        &connection.account,
        &connection.region,
        connection.sandbox.as_deref().unwrap_or_default(),
        bare_id(bulk),
    ];
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, place.join("/").as_bytes()).to_string();
    let name = match (status.tags.get(RUN_TAG), status.tags.get(WAVE_TAG)) {
        (Some(run), Some(wave)) => format!("Wave {wave} of run {run} of another computer"),
        _ => format!("Bulk deployment {}", bare_id(bulk)),
    };
    let (scope, bulk) = (session.scope, bulk.to_owned());
    let request = json(&connection.request)?;
    let at = time(status.created_at.as_deref()).unwrap_or_else(|| session.clock().now());
    session
        .store()
        .write(move |tx| {
            tx.execute(
                "INSERT INTO run (id, scope, generation, name, state, stage, connection, settings, plan_hash,
                                  started_by, started_at, recorded, found_bulk)
                 VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?7, '', '', ?8, 1, ?9) ON CONFLICT DO NOTHING",
                params![
                    id,
                    scope,
                    word(&Generation::V1)?,
                    name,
                    word(&RunState::Running)?,
                    request,
                    json(&RunSettings::default())?,
                    at.0,
                    bulk
                ],
            )?;
            let run = rows::run(tx, &id)?;
            tx.execute(
                "INSERT INTO wave (run, number, state, first_position, targets, bucket, key, sha256, bytes,
                                   bulk_deployment, started_at)
                 VALUES (?1, 1, 'running', 0, 0, '', '', '', 0, ?2, ?3) ON CONFLICT DO NOTHING",
                params![run.ordinal, bulk, at.0],
            )?;
            Ok(run)
        })
        .await
}

/// Reads all reports: each is a target.
async fn read_reports(
    session: &Session,
    run: &Run,
    bulk: &str,
    status: &BulkDeploymentReport,
    progress: &Progress,
) -> Result<(), Error> {
    let mut pages = ReportPages::begin(session, bulk, status.records_processed, progress);
    let mut without = WithoutDeployment::begin(status.status.is_terminal());
    let ordinal = run.ordinal;
    while let Some(reports) = pages.next().await? {
        without = session
            .store()
            .write(move |tx| {
                foreign_rows::take(tx, ordinal, &reports, &mut without)?;
                Ok(without)
            })
            .await?;
    }
    Ok(())
}

async fn store_status(
    session: &Session,
    run: i64,
    status: BulkDeploymentReport,
) -> Result<(), Error> {
    let at = session.clock().now();
    session
        .store()
        .write(move |tx| foreign_rows::store_status(tx, run, &status, at))
        .await
}

/// How a run stands whose bulk deployment stands so.
pub(super) const fn state_of(status: BulkStatus) -> (RunState, &'static str) {
    match status {
        BulkStatus::Completed => (RunState::Finished, "Completed"),
        BulkStatus::Stopped => (RunState::Stopped, "Stopped"),
        BulkStatus::Failed => (RunState::Failed, "The bulk deployment failed"),
        BulkStatus::Stopping => (RunState::Stopping, "Stopping, as it was when read last"),
        BulkStatus::Initializing | BulkStatus::Running | BulkStatus::Unrecognized => {
            (RunState::Running, "Running, as it was when read last")
        }
    }
}

/// A time in the service's words.
fn time(text: Option<&str>) -> Option<Millis> {
    let time = text?.parse::<jiff::Timestamp>().ok()?;
    Some(Millis(time.as_millisecond()))
}

pub(super) fn cancelled(error: overseed_aws::Error) -> Error {
    if error.kind == Kind::Cancelled {
        Error::Cancelled
    } else {
        error.into()
    }
}
