//! What can be checked of a plan before anything of it is done: the permissions are told apart, and the input file
//! is not uploaded yet.

use super::{Check, account, checks, other, ran};
use crate::{Error, Session, draft::Draft, plan::PlanHeader};

/// The checks of connection, bucket, service role and other bulk deployments for a plan. A check that cannot be made
/// says why; it is no error.
///
/// # Errors
/// Those of the store.
pub async fn preflight_for(session: &Session, plan: &PlanHeader) -> Result<Vec<Check>, Error> {
    let draft = Draft {
        bucket: plan.settings.bucket.clone(),
        ..Draft::default()
    };
    let (connection, bucket, service_role, found) = tokio::join!(
        checks::connection(session),
        checks::bucket(session, &draft),
        account::service_role(session),
        other::find(session),
    );
    let mut checks = vec![
        connection,
        bucket,
        service_role,
        other::check(session, &found),
    ];
    checks.extend(ran::before(session, &plan.id).await?);
    Ok(checks)
}
