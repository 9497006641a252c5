//! What is worth knowing of an outcome before it is deployed.

use super::TargetKind;
use crate::figures;
use crate::v2::{
    document::DeploymentDocument,
    finding::{PlanFinding, PlanFindingCode as Code},
};

/// Bytes of a document that a core device gets without a further right (guide, "Create deployments": 7 KB for a
/// thing).
pub const THING_BYTES: usize = 7_000;
/// The same for a thing group's document (31 KB).
pub const GROUP_BYTES: usize = 31_000;

/// Quotes, colon and comma around a component.
pub(super) const AROUND_COMPONENT: usize = 4;

/// Either is the nucleus.
const NUCLEI: [&str; 2] = ["aws.greengrass.Nucleus", "aws.greengrass.NucleusLite"];

/// Both open the device's camera, which only one program can (Edge Impulse's own notes).
const CAMERA: [&str; 2] = [
    "EdgeImpulseLinuxServiceComponent",
    "EdgeImpulseLinuxRunnerServiceComponent",
];

pub(super) fn of(
    outcome: &DeploymentDocument,
    bytes: usize,
    kind: TargetKind,
    findings: &mut Vec<PlanFinding>,
) {
    let limit = match kind {
        TargetKind::Thing => THING_BYTES,
        TargetKind::ThingGroup => GROUP_BYTES,
    };
    if bytes > limit {
        let message = format!(
            "The document has about {}. Beyond {} a device fetches it by itself, for which its AWS IoT \
             policy must allow greengrass:GetDeploymentConfiguration.",
            figures::bytes(bytes),
            figures::bytes(limit)
        );
        findings.push(PlanFinding::whole(Code::LargeDocument, message));
    }
    if !outcome.components.is_empty()
        && !NUCLEI
            .iter()
            .any(|name| outcome.components.contains_key(*name))
    {
        let message = "The nucleus is not among the components, so a component's dependency may update and restart \
                       it. Add aws.greengrass.Nucleus with its present version to pin it."
            .to_owned();
        findings.push(PlanFinding::whole(Code::NucleusNotPinned, message));
    }
    if CAMERA
        .iter()
        .all(|name| outcome.components.keys().any(|have| have.ends_with(name)))
    {
        let [one, other] = CAMERA;
        let message = format!(
            "{one} and {other} both take the device's camera. Leave one of them off this device."
        );
        findings.push(PlanFinding::of(Code::SharedCamera, other, message));
    }
}
