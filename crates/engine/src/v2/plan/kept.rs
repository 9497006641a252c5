//! What a device has whose latest deployment was cancelled. Devices that have received a deployment before it is cancelled
//! keep it, all others keep what they had (API Reference, CancelDeployment); the cancelled one is the target's latest all
//! the same.

use overseed_aws::v2::EffectiveDeployment;

use super::pacing::Pacing;
use crate::{Error, Session, job::Progress};

/// Of a deployment, as of one that a device has carried out (service model: `EffectiveDeploymentExecutionStatus`).
const CARRIED_OUT: [&str; 2] = ["COMPLETED", "SUCCEEDED"];

/// Of a deployment that has come to the device, however it ended there.
const RECEIVED: [&str; 6] = [
    "IN_PROGRESS",
    "COMPLETED",
    "SUCCEEDED",
    "FAILED",
    "TIMED_OUT",
    "REJECTED",
];

/// Of a deployment that was not cancelled and did not fail (service model: `DeploymentStatus`).
const IN_FORCE: [&str; 3] = ["ACTIVE", "COMPLETED", "INACTIVE"];

/// The id of the deployment that a device keeps of those made for it alone, where `latest` was cancelled: that one if the
/// device has received it, else the last one that it has carried out; empty where there is none.
///
/// # Errors
/// Those of ListEffectiveDeployments and ListDeployments; [`Error::Cancelled`].
pub(super) async fn kept(
    session: &Session,
    (thing, arn): (&str, &str),
    latest: &str,
    pacing: &Pacing,
    progress: &Progress,
) -> Result<String, Error> {
    let (mut token, mut known) = (None::<String>, false);
    loop {
        let call = session
            .clients
            .effective_deployments(thing, token.as_deref());
        let page = pacing
            .call("greengrass:ListEffectiveDeployments", progress, call)
            .await?;
        let own = |found: &&EffectiveDeployment| found.target_arn == arn;
        for found in page.items.iter().filter(own) {
            let wanted: &[&str] = if found.deployment_id == latest {
                &RECEIVED
            } else {
                known = true;
                &CARRIED_OUT
            };
            if wanted.contains(&found.status.as_str()) {
                return Ok(found.deployment_id.clone());
            }
        }
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    if known {
        return Ok(String::new());
    }
    before(session, arn, latest, pacing, progress).await
}

/// The last one in force before it, by the target's history: what a device has carried out long ago is not told any more.
async fn before(
    session: &Session,
    arn: &str,
    latest: &str,
    pacing: &Pacing,
    progress: &Progress,
) -> Result<String, Error> {
    let mut token = None::<String>;
    loop {
        let call = session
            .clients
            .list_deployments(Some(arn), false, token.as_deref());
        let page = pacing
            .call("greengrass:ListDeployments", progress, call)
            .await?;
        let found = page.items.into_iter().find(|listed| {
            listed.target_arn == arn
                && listed.id != latest
                && IN_FORCE.contains(&listed.status.as_str())
        });
        if let Some(found) = found {
            return Ok(found.id);
        }
        token = page.next;
        if token.is_none() {
            return Ok(String::new());
        }
    }
}
