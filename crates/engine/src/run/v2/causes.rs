//! The causes of V2 runs: described from the error stacks that devices tell, and in our own words where they tell none.

use overseed_domain::cause::{self, Cause};
use rusqlite::{Connection, OptionalExtension, params};

use super::failure::Told;
use crate::{Error, StoreError};

/// Cause of targets whose devices have not taken the deployment when the settle time was over.
pub(super) const NOT_TAKEN: &str = "overseed:not-taken";

/// Cause of targets whose devices were still at work when the settle time was over.
pub(super) const AT_WORK: &str = "overseed:device-at-work";

/// Cause of targets whose devices were not waited for any longer.
pub(in super::super) const NOT_AWAITED: &str = "overseed:device-not-waited-for";

/// Cause of targets of which it is not known whether their deployments were made.
pub(super) const IN_DOUBT: &str = "overseed:deployment-in-doubt";

/// Cause of targets that somebody else has deployed to since the plan was made.
pub(super) const OVERTAKEN: &str = "overseed:overtaken";

/// The status of a deployment that was taken back (service model: `EffectiveDeploymentExecutionStatus`).
pub(in super::super) const CANCELED: &str = "CANCELED";

/// How a run that has ended comes to know more.
const READ_AGAIN: &str = "Ask the devices again once they had more time: here in the window, or overseed-cli run read-again \
                          RUN. Nothing is deployed by it.";

/// Where AWS says how devices take deployments.
const SOURCE: &str = "Check core device status and deployment status";

/// The cause of targets of a V2 run, with the words of the first of them.
///
/// # Errors
/// Those of the store.
pub(in super::super) fn describe(
    connection: &Connection,
    run: i64,
    (key, targets): (&str, u32),
    (code, message): (Option<String>, Option<String>),
) -> Result<Option<Cause>, Error> {
    if let Some(cause) = unknown(key, targets) {
        return Ok(Some(cause));
    }
    let details: Option<Option<String>> = connection
        .prepare_cached(
            "SELECT details FROM target INDEXED BY target_by_cause WHERE run = ?1 AND cause = ?2 LIMIT 1",
        )?
        .query_row(params![run, key], |row| row.get(0))
        .optional()?;
    let Some(details) = details.flatten() else {
        return Ok(None);
    };
    let details: Vec<String> =
        serde_json::from_str(&details).map_err(|source| StoreError::Json {
            what: "target.details",
            source,
        })?;
    let told = Told::of(&details);
    let message = message.unwrap_or_default();
    let status = told.status.as_deref().or(code.as_deref());
    if status == Some(CANCELED) && told.stack.is_empty() {
        return Ok(Some(cancelled(key, targets, message)));
    }
    let described = cause::v2::describe(&cause::v2::Failure {
        error_stack: &told.stack,
        error_types: &told.types,
        reason: Some(message.as_str()).filter(|words| !words.is_empty()),
        status,
    });
    Ok(Some(Cause {
        key: key.to_owned(),
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
    }))
}

/// The cause of targets whose deployments were taken back: no fault, and nothing of it is in the catalogue.
fn cancelled(key: &str, targets: u32, message: String) -> Cause {
    Cause {
        key: key.to_owned(),
        title: "The deployment was cancelled".to_owned(),
        code: Some(CANCELED.to_owned()),
        // Where no reason is told, the status stands for it.
        message: if message == CANCELED {
            String::new()
        } else {
            message
        },
        targets,
        means: Some(
            "It was taken back before the device had received it: by a stop of this run, or by somebody else. The device \
             keeps what it had."
                .to_owned(),
        ),
        remedies: vec![
            "Retry these core devices if they are to get it after all.".to_owned(),
            "See in the change log whether this run has cancelled it; if not, ask who has.".to_owned(),
        ],
        source: Some("CancelDeployment".to_owned()),
        permissions: false,
        wave: None,
        line: None,
    }
}

/// Causes of targets without a last word.
fn unknown(key: &str, targets: u32) -> Option<Cause> {
    let log = "Read its log: /greengrass/v2/logs/greengrass.log";
    let (title, means, remedies) = match key {
        NOT_TAKEN => (
            "The device has not taken the deployment",
            "The deployment was made, but the device had not begun with it when the settle time was over. A device that \
             is off or offline takes it when it comes back.",
            [
                "See whether the device is powered and online; its last status may be a day old.",
                log,
                READ_AGAIN,
            ],
        ),
        AT_WORK => (
            "The device was still at work",
            "The device had begun with the deployment and had not said its last word when the settle time was over. A \
             first installation of large components may take ten minutes and more.",
            [
                READ_AGAIN,
                log,
                "Give such deployments a longer time to settle.",
            ],
        ),
        NOT_AWAITED => (
            "The device was not waited for",
            "The run was told not to wait any longer while the device had not said its last word. The deployment goes on \
             without the run, unless it was cancelled, and may have ended since, either way.",
            [
                READ_AGAIN,
                "Where it has not been taken, cancel it if it is not wanted any more.",
                log,
            ],
        ),
        IN_DOUBT => (
            "It is not known whether the deployment was made",
            "No answer to its call came, and no deployment with the tags of this run was found for the device.",
            [
                "Look at the device's deployments: aws greengrassv2 list-deployments --target-arn THING_ARN",
                READ_AGAIN,
                "Retry these core devices: a deployment that is there is replaced by the same.",
            ],
        ),
        OVERTAKEN => (
            "Somebody else deployed to the device meanwhile",
            "The device's latest deployment is not the one that the plan was made against. A deployment replaces the \
             present one as a whole, so what came meanwhile would have got lost: nothing was deployed to the device.",
            [
                "Read the present deployments again, look at what changes, and plan these devices again.",
                "Look at what was deployed: aws greengrassv2 list-deployments --target-arn THING_ARN --history-filter ALL",
                "Where other tools deploy to the same devices, agree on who deploys what, or use thing groups for one of them.",
            ],
        ),
        _ => return None,
    };
    Some(Cause {
        key: key.to_owned(),
        title: title.to_owned(),
        code: None,
        message: String::new(),
        targets,
        means: Some(means.to_owned()),
        remedies: remedies.map(str::to_owned).to_vec(),
        source: Some(SOURCE.to_owned()),
        permissions: false,
        wave: None,
        line: None,
    })
}
