//! Another bulk deployment of the account: Greengrass runs one at a time, one that is stopping included (guide).

use std::time::Duration;

use overseed_aws::{Kind, cancellable};
use overseed_domain::rollout::BulkStatus;

use super::{Check, CheckState, OtherBulkDeployment, Review, review};
use crate::{
    Error, ErrorCode, Problem, Session,
    changes::{self, Intent},
    draft,
    job::Progress,
    run::RUN_TAG,
};

/// How many of the newest are looked at. While one has not ended no other can be started, so it is among the newest.
const LOOKED_AT: usize = 5;

/// The first pause between two looks at one that is stopping; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Looks in a row that may fail while waiting.
const PATIENCE: u32 = 10;

/// The newest bulk deployment that has not ended.
pub(super) async fn find(
    session: &Session,
) -> Result<Option<OtherBulkDeployment>, overseed_aws::Error> {
    let page = session.clients.list_bulk_deployments(None).await?;
    for listed in page.items.into_iter().take(LOOKED_AT) {
        let report = match session.clients.bulk_deployment_status(&listed.id).await {
            Ok(report) => report,
            // Listed, but deleted meanwhile.
            Err(error) if error.kind == Kind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if !report.status.is_terminal() {
            return Ok(Some(OtherBulkDeployment {
                id: listed.id,
                status: report.status,
                created_at: report.created_at.or(listed.created_at),
                run: report.tags.get(RUN_TAG).cloned(),
            }));
        }
    }
    Ok(None)
}

/// The check about it.
pub(super) fn check(
    session: &Session,
    found: &Result<Option<OtherBulkDeployment>, overseed_aws::Error>,
) -> Check {
    let check = |state, detail| {
        Check::new(
            "other",
            "No other bulk deployment is running in this account",
            state,
            detail,
        )
        .step("review")
    };
    let other = match found {
        Ok(None) => {
            return check(
                CheckState::Pass,
                "The newest ones have all ended.".to_owned(),
            );
        }
        Ok(Some(other)) => other,
        Err(error) => {
            let detail = format!("It could not be looked for. {error}");
            return check(CheckState::NotChecked, detail);
        }
    };
    let age = other
        .created_at
        .as_deref()
        .and_then(|text| text.parse::<jiff::Timestamp>().ok())
        .map(|created| {
            session
                .clock()
                .now()
                .0
                .saturating_sub(created.as_millisecond())
        });
    let age = age.map_or_else(String::new, |millis| {
        format!(", created {} ago", span(millis))
    });
    let whose = match &other.run {
        Some(run) => format!("It belongs to the run {run} of Overseed."),
        None => "It was not started by Overseed.".to_owned(),
    };
    // A status that this app does not know may be one of the end.
    let state = match other.status {
        BulkStatus::Unrecognized => CheckState::Warn,
        _ => CheckState::Fail,
    };
    check(
        state,
        format!(
            "{} is {:?}{age}. {whose} Wait until it has ended, or stop it and wait until it is Stopped.",
            other.id, other.status
        ),
    )
}

/// Minutes, hours or days, for people.
fn span(millis: i64) -> String {
    let minutes = millis.max(0) / 60_000;
    match minutes {
        0 => "less than a minute".to_owned(),
        1 => "a minute".to_owned(),
        2..120 => format!("{minutes} minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

/// Stops another bulk deployment, waits until it has ended, and reviews again. Deployments that it has already made
/// are neither rolled back nor cancelled (guide).
///
/// # Errors
/// Those of the calls; [`Error::Cancelled`], which ends the waiting, not the stopping.
pub async fn other_stop(session: &Session, id: &str, progress: &Progress) -> Result<Review, Error> {
    progress.stage("Asking it to stop", None);
    let status = |operation| {
        let call = session.clients.bulk_deployment_status(id);
        cancellable(operation, progress.cancel(), call)
    };
    const STATUS: &str = "greengrass:GetBulkDeploymentStatus";
    let before = status(STATUS).await.map_err(cancelled)?.status;
    if !before.is_terminal() && before != BulkStatus::Stopping {
        stop(session, id, before, progress).await?;
    }
    progress.stage("Waiting until it has stopped", None);
    let mut pause = FIRST_PAUSE;
    let mut failures = 0;
    loop {
        match status(STATUS).await {
            Ok(report) if report.status.is_terminal() => break,
            Ok(_) => failures = 0,
            Err(error) if error.is_transient() && failures < PATIENCE => {
                failures += 1;
                tracing::debug!(%error, failures, "waiting for a bulk deployment to stop");
            }
            Err(error) => return Err(cancelled(error)),
        }
        tokio::select! {
            biased;
            () = progress.cancel().cancelled() => return Err(Error::Cancelled),
            () = session.clock().sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    review(session, progress).await
}

async fn stop(
    session: &Session,
    id: &str,
    before: BulkStatus,
    progress: &Progress,
) -> Result<(), Error> {
    let operation = "greengrass:StopBulkDeployment";
    let intent = Intent {
        plan: draft::draft_get(session).await?.plan,
        operation,
        summary: format!("Stop the other bulk deployment {id}"),
        before: Some(format!("{before:?}")),
        after: Some("Stopped".to_owned()),
        ..Intent::default()
    };
    let intended = changes::intend(session, intent).await?;
    let call = session.clients.stop_bulk_deployment(id);
    let answered = cancellable(operation, progress.cancel(), call).await;
    if answered
        .as_ref()
        .is_err_and(|error| error.kind == Kind::Cancelled)
    {
        return Err(Error::Cancelled);
    }
    let outcome = answered.as_ref().cloned();
    changes::ended(session, intended, outcome).await?;
    match answered {
        Ok(_) => Ok(()),
        Err(error) if error.kind == Kind::NotFound => Err(Problem::new(
            ErrorCode::NotFound,
            "That bulk deployment does not exist",
        )
        .detail(&error)
        .hint("Check again: it may have ended long ago.")
        .into()),
        Err(error) => Err(error.into()),
    }
}

fn cancelled(error: overseed_aws::Error) -> Error {
    if error.kind == Kind::Cancelled {
        Error::Cancelled
    } else {
        error.into()
    }
}
