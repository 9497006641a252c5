//! What a device has through its thing groups, against what it is to get itself.
//!
//! A device resolves all deployments made for it and for its groups together, each with exact versions, and refuses the one
//! that comes as a whole where no version satisfies all of them (guide, "Deploy AWS IoT Greengrass components to devices").

use std::collections::BTreeMap;

use super::Planned;
use crate::v2::{
    diff::DocumentChange,
    finding::{PlanFinding, PlanFindingCode as Code},
};

/// The latest deployment of a thing group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDeployment {
    /// The thing group's name.
    pub group: String,
    /// Versions of its components by name; `None` where it says something that this version does not know.
    pub components: Option<BTreeMap<String, String>>,
    /// Whether it failed: which of the group's devices have it is not known then.
    pub failed: bool,
}

/// What of a device's plan does not go together with the deployments of its thing groups. The words are the same for all
/// devices of a group that get the same.
pub fn contradictions<'a>(
    planned: &Planned,
    groups: impl Iterator<Item = &'a GroupDeployment>,
) -> Vec<PlanFinding> {
    let mut findings = Vec::new();
    for group in groups {
        match &group.components {
            Some(components) => {
                for (name, theirs) in components {
                    findings.extend(of_component(planned, group, name, theirs));
                }
            }
            None => findings.push(PlanFinding::whole(
                Code::GroupUnreadable,
                format!(
                    "The deployment of thing group {} says something that this version of Overseed does not know: whether \
                     it contradicts what its devices are to get is not known. Update Overseed.",
                    group.group
                ),
            )),
        }
    }
    findings
}

fn of_component(
    planned: &Planned,
    group: &GroupDeployment,
    name: &str,
    theirs: &str,
) -> Option<PlanFinding> {
    let through = &group.group;
    let Some(ours) = planned.outcome.components.get(name) else {
        let message = format!(
            "{name} is to be removed, but stays in {theirs}: the device has it through the deployment of thing group \
             {through} as well. Take it out of that one, or the device out of the group."
        );
        return is_removed(planned, name).then(|| PlanFinding::of(Code::GroupKeeps, name, message));
    };
    let ours = ours.component_version.as_str();
    if ours == theirs {
        return None;
    }
    let both = format!(
        "{name} comes in {theirs} through the deployment of thing group {through}, and is to be {ours} by the device's own \
         one. A device takes only what satisfies both"
    );
    Some(if is_brought(planned, name) && !group.failed {
        let message = format!(
            "{both}, so this deployment would fail. Want {theirs}, deploy {ours} to the group, or take the device out \
             of it."
        );
        PlanFinding::of(Code::GroupOtherVersion, name, message)
    } else {
        let why = if group.failed {
            "The group's deployment failed, so the device may do without it"
        } else {
            "The device has been told both already, so one of them has failed or has not come to it"
        };
        let message = format!(
            "{both}. {why}; look which of the two is to be, before this one fails as well."
        );
        PlanFinding::of(Code::GroupMayContradict, name, message)
    })
}

/// Whether the plan is what brings this version.
fn is_brought(planned: &Planned, name: &str) -> bool {
    planned.diff.changes.iter().any(|change| {
        matches!(
            change,
            DocumentChange::ComponentAdded { component, .. }
            | DocumentChange::VersionChanged { component, .. } if component == name
        )
    })
}

/// Whether the plan takes it away, or wants to, where the device's own deployment does not have it.
fn is_removed(planned: &Planned, name: &str) -> bool {
    let taken = |change: &DocumentChange| matches!(change, DocumentChange::ComponentRemoved { component, .. } if component == name);
    planned.diff.changes.iter().any(taken)
        || planned.findings.iter().any(|finding| {
            finding.code == Code::RemoveAbsent && finding.component.as_deref() == Some(name)
        })
}
