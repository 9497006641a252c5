//! What goes wrong on devices, in the nucleus's codes and words. The codes are those of AWS's page "Detailed
//! deployment error codes" and of the nucleus's own source (`deployment/errorcode`).

use serde::{Deserialize, Serialize};

/// How a deployment ends that does not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Way {
    /// Before anything on the device was changed.
    Failed,
    /// After components were changed: rolled back, if the deployment says so.
    Broken,
    /// The device refused it.
    Rejected,
    /// The job's own time was up.
    TimedOut,
}

/// One thing that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Trouble {
    pub(crate) way: Way,
    /// From general to specific.
    pub(crate) stack: Vec<String>,
    pub(crate) types: Vec<String>,
    pub(crate) reason: String,
    /// The component that broke, with its status code.
    pub(crate) component: Option<(String, String)>,
}

impl Trouble {
    /// Something that stopped the deployment before it changed anything.
    pub(crate) fn early(stack: &[&str], kind: &str, words: impl Into<String>) -> Self {
        let mut whole = vec!["DEPLOYMENT_FAILURE".to_owned()];
        whole.extend(stack.iter().map(|code| (*code).to_owned()));
        Self {
            way: Way::Failed,
            stack: whole,
            types: vec![kind.to_owned()],
            reason: format!("FAILED_NO_STATE_CHANGE: {}", words.into()),
            component: None,
        }
    }

    /// An artifact that could not be had.
    pub(crate) fn artifact(
        stack: &[&str],
        kind: &str,
        (uri, component, version): (&str, &str, &str),
        words: &str,
    ) -> Self {
        let mut whole = vec!["ARTIFACT_DOWNLOAD_ERROR"];
        whole.extend_from_slice(stack);
        let message = format!(
            "Failed to download artifact name: '{uri}' for component {component}-{version}, reason: {words}"
        );
        Self::early(&whole, kind, message)
    }

    /// A component that broke while it was installed or started.
    pub(crate) fn broken(component: &str, code: &str, rolls_back: bool, words: &str) -> Self {
        let kind = if component.starts_with("aws.greengrass.") {
            "AWS_COMPONENT_ERROR"
        } else {
            "USER_COMPONENT_ERROR"
        };
        let outcome = if rolls_back {
            "FAILED_ROLLBACK_COMPLETE"
        } else {
            "FAILED_ROLLBACK_NOT_REQUESTED"
        };
        Self {
            way: Way::Broken,
            stack: [
                "DEPLOYMENT_FAILURE",
                "COMPONENT_UPDATE_ERROR",
                "COMPONENT_BROKEN",
            ]
            .map(str::to_owned)
            .to_vec(),
            types: vec![kind.to_owned()],
            reason: format!(
                "{outcome}: Service {component} in broken state after deployment. {words}"
            ),
            component: Some((component.to_owned(), code.to_owned())),
        }
    }

    /// The job's time for devices at work was up.
    pub(crate) fn timed_out() -> Self {
        Self {
            way: Way::TimedOut,
            stack: Vec::new(),
            types: Vec::new(),
            reason: "The job execution exceeded its in-progress timeout".to_owned(),
            component: None,
        }
    }
}
