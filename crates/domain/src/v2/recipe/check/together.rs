//! Components that are to run on one device.

use super::Sink;
use crate::v2::recipe::{
    Configured, RecipeFinding, RecipeFindingCode as Code,
    needs::{Takes, takes},
};

/// Checks components that are deployed together: what only one of them can have. Findings are about the later one.
#[must_use]
pub fn check_together(components: &[Configured<'_>]) -> Vec<RecipeFinding> {
    let taken: Vec<Takes> = components.iter().map(takes).collect();
    let mut found = Vec::new();
    for (at, (later, its)) in components.iter().zip(&taken).enumerate() {
        for (earlier, theirs) in components.iter().zip(&taken).take(at) {
            let name = &earlier.recipe.component().name;
            if *name == later.recipe.component().name {
                continue;
            }
            let mut sink = Sink::new(later.recipe);
            pair(name, theirs, its, &mut sink);
            found.extend(sink.found);
        }
    }
    found
}

fn pair(other: &str, theirs: &Takes, its: &Takes, sink: &mut Sink<'_>) {
    let camera = |takes: &Takes| {
        takes.any_camera
            || takes
                .devices
                .iter()
                .any(|device| device.starts_with("/dev/video"))
    };
    if theirs.any_camera && camera(its) || its.any_camera && camera(theirs) {
        sink.warning(
            Code::SharedDevice,
            "",
            format!("This component and {other} both take the camera, which one program can have at a time."),
            "Deploy one of them to a device, or give each a camera of its own in gst_args.",
        );
    }
    for device in its.devices.intersection(&theirs.devices) {
        sink.warning(
            Code::SharedDevice,
            "",
            format!("This component and {other} both use {device}, which one program can have at a time."),
            "Deploy one of them to a device, or give each a device of its own.",
        );
    }
    for lock in its.locks.intersection(&theirs.locks) {
        sink.warning(
            Code::SharedLock,
            "",
            format!("This component and {other} have the same lock file {lock}: the second one does not start."),
            "Keep each recipe's own lock_filename; configurations are not shared between recipes.",
        );
    }
}
