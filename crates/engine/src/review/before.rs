//! What is looked at once more right before a run writes to the account for the first time: a review may be old by
//! then, and plans that the command line starts had none.

use overseed_aws::Kind;
use overseed_domain::rollout::BulkStatus;

use super::{CheckState, account, other};
use crate::{Error, ErrorCode, Problem, Session, buckets};

/// Refuses where a check of the review that blocks a start would fail: another bulk deployment that has not ended, a
/// bucket that does not suit, no service role. The permissions are the next step's; what may not be looked at does not
/// block.
///
/// # Errors
/// [`ErrorCode::ConcurrentBulkDeployment`], [`ErrorCode::PreflightFailed`], the bucket's problems; errors of the
/// connection, which may pass.
pub(crate) async fn before_writing(
    session: &Session,
    run: &str,
    bucket: &str,
) -> Result<(), Error> {
    let (found, check, service_role) = tokio::join!(
        other::find(session),
        buckets::bucket_check(session, bucket),
        account::service_role(session),
    );
    let check = check?;
    // Whether the caller may write is told by the upload itself: the file may be there already.
    let stands = |problem: &Problem| problem.code != ErrorCode::BucketDenied;
    if let Some(problem) = check.problems.into_iter().find(stands) {
        return Err(problem.into());
    }
    no_other(session, run, found)?;
    if service_role.state == CheckState::Fail {
        return Err(Problem::new(
            ErrorCode::PreflightFailed,
            "The account has no Greengrass service role",
        )
        .detail(service_role.detail)
        .hint("Have it associated, then resume the run.")
        .into());
    }
    Ok(())
}

fn no_other(
    session: &Session,
    run: &str,
    found: Result<Option<super::OtherBulkDeployment>, overseed_aws::Error>,
) -> Result<(), Error> {
    let other = match &found {
        Ok(None) => return Ok(()),
        Ok(Some(other)) => other,
        Err(error) if error.is_transient() || error.kind == Kind::CredentialsExpired => {
            return Err(error.clone().into());
        }
        Err(error) => {
            tracing::debug!(%error, "other bulk deployments cannot be looked for");
            return Ok(());
        }
    };
    // A status that this app does not know may be one of the end; one of this very run is found by its tags.
    if other.status == BulkStatus::Unrecognized || other.run.as_deref() == Some(run) {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::ConcurrentBulkDeployment,
        format!(
            "The bulk deployment {} of this account has not ended; nothing was changed",
            other.id
        ),
    )
    .detail(other::check(session, &found).detail)
    .hint("Wait until it has ended, or stop it; then resume the run.")
    .into())
}
