//! Whether the caller may write and read in a bucket, asked of SimulatePrincipalPolicy: nothing is written.

use overseed_aws::Identity;

use super::problems;
use crate::{Problem, Session};

/// The right that the caller is known to lack; `None` also where that cannot be told. A bucket's own policy may
/// grant what the caller's policies do not, so only a refusal in so many words counts where there is one.
pub(super) async fn lacking(session: &Session, bucket: &str) -> Option<Problem> {
    let connection = &session.connection;
    let caller = Identity {
        arn: connection.identity.clone(),
        account: connection.account.clone(),
        user_id: String::new(),
    };
    if caller.arn.ends_with(":root") {
        return None;
    }
    let objects = format!("arn:{}:s3:::{bucket}/*", connection.partition);
    let (principal, resources) = (caller.principal_arn(), [objects.as_str()]);
    let actions = ["s3:PutObject", "s3:GetObject"];
    let (simulated, policy) = tokio::join!(
        session
            .clients
            .simulate(&principal, &actions, &resources, &[]),
        session.clients.get_bucket_policy(bucket)
    );
    let simulated = match simulated {
        Ok(simulated) => simulated,
        Err(error) => {
            tracing::debug!(%error, bucket, "rights in the bucket were not checked");
            return None;
        }
    };
    let no_policy = matches!(policy, Ok(None));
    let denied = simulated
        .into_iter()
        .find(|simulated| match simulated.decision.as_str() {
            "explicitDeny" => true,
            "implicitDeny" => no_policy,
            _ => false,
        })?;
    let what = if denied.action == "s3:PutObject" {
        "write objects"
    } else {
        "read objects"
    };
    let detail = format!("{} on {}: {}", denied.action, objects, denied.decision);
    Some(problems::denied(bucket, what).detail(detail))
}
