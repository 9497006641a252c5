//! What a device, or the service, says of a deployment that failed, and the cause that it counts for.

use overseed_aws::v2::EffectiveDeployment;
use overseed_domain::{
    cause::{self, Cause},
    v2::state_machine::Outcome,
};

/// Cause of targets whose devices have not taken the deployment when the settle time was over.
pub(super) const NOT_TAKEN: &str = "overseed:not-taken";

/// Cause of targets whose devices were still at work when the settle time was over.
pub(super) const IN_PROGRESS: &str = "overseed:device-at-work";

/// A failure as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) cause: String,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) details: Vec<String>,
}

impl Failure {
    /// What a device says: its codes from general to specific, the most specific one being the code; a device with a
    /// nucleus before 2.8 tells none.
    pub(super) fn of_device(said: &EffectiveDeployment) -> Self {
        Self::said(
            &said.status,
            said.reason.as_deref(),
            &said.error_stack,
            &said.error_types,
        )
    }

    /// The same in its parts.
    pub(super) fn said(
        status: &str,
        reason: Option<&str>,
        stack: &[String],
        types: &[String],
    ) -> Self {
        let code = match stack.last() {
            Some(code) => code.clone(),
            None => status.to_owned(),
        };
        let mut details = Vec::new();
        if !stack.is_empty() {
            details.push(format!("Error codes: {}", stack.join(" > ")));
        }
        if !types.is_empty() {
            details.push(format!("Error types: {}", types.join(", ")));
        }
        if status != "FAILED" {
            details.push(format!("Status: {status}"));
        }
        let message = reason.unwrap_or(status);
        Self {
            cause: cause::key(Some(&code), message),
            code: Some(code),
            message: Some(message.to_owned()),
            details,
        }
    }

    /// What a child of a state machine was told when the deployment was to be made.
    pub(super) fn not_made(outcome: &Outcome) -> Self {
        let code = outcome
            .error
            .as_deref()
            .map(|error| error.strip_prefix("GreengrassV2.").unwrap_or(error));
        let message = outcome.cause.as_deref().unwrap_or_default();
        Self {
            cause: cause::key(code, message),
            code: code.map(str::to_owned),
            message: Some(message.to_owned()),
            details: vec!["The deployment was not made.".to_owned()],
        }
    }

    /// What the service said when the deployment was to be made.
    pub(super) fn of_call(error: &overseed_aws::Error) -> Self {
        let code = error.code.clone();
        let mut details = vec!["The deployment was not made.".to_owned()];
        details.extend(
            error
                .request_id
                .as_ref()
                .map(|id| format!("Request id: {id}")),
        );
        Self {
            cause: cause::key(code.as_deref(), &error.message),
            code,
            message: Some(error.message.clone()),
            details,
        }
    }
}

/// The causes of targets that have no last word; `None` for those that the service or a device gave.
pub(in super::super) fn cause_of(key: &str, targets: u32) -> Option<Cause> {
    let (title, means, remedies) = match key {
        NOT_TAKEN => (
            "The device has not taken the deployment",
            "The deployment was made, but the device had not begun with it when the settle time was over. A device that \
             is off or offline takes it when it comes back.",
            [
                "See whether the device is powered and online; its last status may be a day old.",
                "Read its log: /greengrass/v2/logs/greengrass.log",
                "Give it more time: nothing has to be deployed again if it comes back.",
            ],
        ),
        IN_PROGRESS => (
            "The device was still at work",
            "The device had begun with the deployment and had not said its last word when the settle time was over. A \
             first installation of large components may take ten minutes and more.",
            [
                "Look at the deployment once more: it may have ended meanwhile.",
                "Read its log: /greengrass/v2/logs/greengrass.log",
                "Give such deployments a longer time to settle.",
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
        source: Some("Check deployment status".to_owned()),
        permissions: false,
        wave: None,
        line: None,
    })
}
