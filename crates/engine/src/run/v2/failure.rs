//! What a device, or the service, says of a deployment that failed, as the store keeps it.

use overseed_aws::v2::EffectiveDeployment;
use overseed_domain::{cause::v2, v2::state_machine::Outcome};

use super::causes::OVERTAKEN;

/// A failure as the store keeps it: what its cause is described from can be read from it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) cause: String,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) details: Vec<String>,
}

/// Before the error stack, from general to specific.
const STACK: (&str, &str) = ("Error codes: ", " > ");

/// Before the types of its codes.
const TYPES: (&str, &str) = ("Error types: ", ", ");

/// Before the status, where it says more than that it failed.
const STATUS: &str = "Status: ";

/// Of targets whose deployments were not made.
const NOT_MADE: &str = "The deployment was not made.";

/// What the details of a target tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) stack: Vec<String>,
    pub(super) types: Vec<String>,
    pub(super) status: Option<String>,
}

impl Told {
    /// Reads details as [`Failure`] has written them.
    pub(super) fn of(details: &[String]) -> Self {
        let mut told = Self::default();
        let parts = |text: &str, between: &str| text.split(between).map(str::to_owned).collect();
        for detail in details {
            if let Some(stack) = detail.strip_prefix(STACK.0) {
                told.stack = parts(stack, STACK.1);
            } else if let Some(types) = detail.strip_prefix(TYPES.0) {
                told.types = parts(types, TYPES.1);
            } else if let Some(status) = detail.strip_prefix(STATUS) {
                told.status = Some(status.to_owned());
            }
        }
        told
    }
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
        let failure = v2::Failure {
            error_stack: stack,
            error_types: types,
            reason,
            status: Some(status),
        };
        let mut details = Vec::new();
        if !stack.is_empty() {
            details.push(format!("{}{}", STACK.0, stack.join(STACK.1)));
        }
        if !types.is_empty() {
            details.push(format!("{}{}", TYPES.0, types.join(TYPES.1)));
        }
        if status != "FAILED" {
            details.push(format!("{STATUS}{status}"));
        }
        Self {
            cause: v2::key(&failure),
            code: v2::code(&failure).map(str::to_owned),
            message: Some(reason.unwrap_or(status).to_owned()),
            details,
        }
    }

    /// What a child of a state machine was told when the deployment was to be made.
    pub(super) fn not_made(outcome: &Outcome) -> Self {
        let code = outcome.error.as_deref();
        let code = code.map(|error| error.strip_prefix("GreengrassV2.").unwrap_or(error));
        let message = outcome.cause.as_deref().unwrap_or_default();
        Self::refused(code, message, None)
    }

    /// What the service said when the deployment was to be made.
    pub(super) fn of_call(error: &overseed_aws::Error) -> Self {
        Self::refused(
            error.code.as_deref(),
            &error.message,
            error.request_id.as_deref(),
        )
    }

    /// The target has another latest deployment than the plan was made against, `found` (empty for none), and so did not
    /// get its own. `run` is the run of this app that has made it.
    pub(super) fn overtaken(expected: &str, found: &str, run: Option<&str>) -> Self {
        let words = |id: &str| match id {
            "" => "no deployment".to_owned(),
            id => format!("deployment {id}"),
        };
        let mut details = vec![NOT_MADE.to_owned()];
        if !expected.is_empty() {
            details.push(format!("Expected: deployment {expected}"));
        }
        details.push(format!("Found: {}", words(found)));
        details.extend(run.map(|run| format!("Made by the run {run} of Overseed")));
        Self {
            cause: OVERTAKEN.to_owned(),
            code: None,
            message: Some(format!(
                "The device has {} now, which it had not when the plan was made",
                words(found)
            )),
            details,
        }
    }

    fn refused(code: Option<&str>, message: &str, request_id: Option<&str>) -> Self {
        let mut details = vec![NOT_MADE.to_owned()];
        details.extend(request_id.map(|id| format!("Request id: {id}")));
        Self {
            cause: v2::key(&v2::Failure {
                error_stack: code.map(str::to_owned).as_slice(),
                reason: Some(message),
                ..v2::Failure::default()
            }),
            code: code.map(str::to_owned),
            message: Some(message.to_owned()),
            details,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_cause_is_described_from_is_read_from_the_details_again() {
        let texts = |texts: &[&str]| texts.iter().map(|&t| t.to_owned()).collect::<Vec<_>>();
        let (stack, types) = (
            texts(&["DEPLOYMENT_FAILURE", "IO_ERROR"]),
            texts(&["DEVICE_ERROR"]),
        );
        let failure = Failure::said("TIMED_OUT", Some("no space"), &stack, &types);
        assert_eq!(failure.code.as_deref(), Some("IO_ERROR"));
        assert_eq!(
            Told::of(&failure.details),
            Told {
                stack,
                types,
                status: Some("TIMED_OUT".to_owned()),
            }
        );
        assert_eq!(
            Told::of(&Failure::refused(None, "no", None).details),
            Told::default()
        );
    }
}
