//! What is wrong, or worth knowing, with what is wanted of a target.

use serde::{Deserialize, Serialize};
use specta::Type;

/// One finding about an intent, or about what an intent comes to for one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanFinding {
    /// What was found.
    pub code: PlanFindingCode,
    /// The component that it concerns.
    pub component: Option<String>,
    /// What it means and what to do, in our words.
    pub message: String,
}

/// What can be found.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum PlanFindingCode {
    /// The merge is not JSON.
    MergeNotJson,
    /// The merge is JSON, but no object.
    MergeNotObject,
    /// A key stands twice in an object of the merge.
    RepeatedKey,
    /// The merge is larger than the service takes.
    MergeTooLong,
    /// The component reads its configuration below `Parameters`, and the merge does not put it there.
    NotWrapped,
    /// A reset path is no JSON pointer, or too long.
    BadResetPath,
    /// A component without a name.
    BadComponentName,
    /// A brace before a name is not closed.
    UnclosedTemplate,
    /// A template wants a value that the target does not have.
    UnknownTemplate,
    /// The version is not one exact version.
    VersionNotExact,
    /// A component that the target does not have gets a configuration, but no version.
    VersionMissing,
    /// The present merge is no JSON object, so that nothing can be merged over it.
    PresentMergeUnreadable,
    /// The deployment's name is empty or too long.
    BadDeploymentName,
    /// A timeout below zero.
    BadTimeout,
    /// A number has more digits than are kept.
    NumberRounded,
    /// A key of the merge looks like a template; keys are not filled.
    TemplateInKey,
    /// A value comes in the place of one of another kind, such as a text in that of a number.
    OtherKind,
    /// A reset path leads into a list.
    ResetInList,
    /// A component that is to be removed is not there.
    RemoveAbsent,
    /// The document is larger than a device gets without a further right.
    LargeDocument,
    /// The nucleus is not among the components.
    NucleusNotPinned,
    /// Two components that take the same camera.
    SharedCamera,
    /// A rollout of jobs is given for a single device.
    JobOnlyForGroups,
    /// The latest deployment was cancelled before the device had it: it is planned on what the device keeps.
    LatestCancelled,
    /// The latest deployment failed: it is planned on what that wanted.
    LatestFailed,
    /// The device has the component in another version through one of its thing groups: the deployment would fail.
    GroupOtherVersion,
    /// The same, but one of the two was not carried out: which of them is not known.
    GroupMayContradict,
    /// The component is to be removed, and stays because of one of the device's thing groups.
    GroupKeeps,
    /// What the device has through one of its thing groups is not known.
    GroupUnreadable,
}

impl PlanFindingCode {
    /// Whether nothing can be deployed with it.
    #[must_use]
    pub const fn is_refused(self) -> bool {
        !matches!(
            self,
            Self::NumberRounded
                | Self::TemplateInKey
                | Self::OtherKind
                | Self::ResetInList
                | Self::RemoveAbsent
                | Self::LargeDocument
                | Self::NucleusNotPinned
                | Self::SharedCamera
                | Self::JobOnlyForGroups
                | Self::LatestCancelled
                | Self::LatestFailed
                | Self::GroupMayContradict
                | Self::GroupKeeps
                | Self::GroupUnreadable
        )
    }

    /// Whether it is about one of several thing groups: each is counted for itself.
    pub(crate) const fn is_of_group(self) -> bool {
        matches!(
            self,
            Self::GroupOtherVersion
                | Self::GroupMayContradict
                | Self::GroupKeeps
                | Self::GroupUnreadable
        )
    }
}

impl PlanFinding {
    /// A finding about a component.
    pub(crate) fn of(code: PlanFindingCode, component: &str, message: String) -> Self {
        Self {
            code,
            component: Some(component.to_owned()),
            message,
        }
    }

    /// A finding about the whole.
    pub(crate) const fn whole(code: PlanFindingCode, message: String) -> Self {
        Self {
            code,
            component: None,
            message,
        }
    }
}
