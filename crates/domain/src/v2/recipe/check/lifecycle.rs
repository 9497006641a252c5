//! Manifests and their lifecycles: what runs, and where.

use super::Sink;
use crate::v2::recipe::{
    Manifest, Recipe, RecipeFindingCode as Code, Step, lifecycle::unknown_steps, node::below,
};

/// Seconds that an install may have before a settle time of half an hour gets tight: the Edge Impulse components take five to
/// ten minutes the first time (facts).
const SLOW_SECONDS: u64 = 300;

pub(super) fn check(recipe: &Recipe, sink: &mut Sink<'_>) {
    let component = recipe.component();
    // AWS makes these itself, and they run otherwise (recipe reference: `ComponentType`).
    let usual = component
        .component_type
        .as_deref()
        .is_none_or(|kind| kind.eq_ignore_ascii_case("aws.greengrass.generic"));
    for (at, manifest) in component.manifests.iter().enumerate() {
        unreachable(&component.manifests, at, manifest, sink);
        if usual {
            steps(recipe, manifest, sink);
        }
    }
    strange_steps(recipe, sink);
    let slow = component
        .scripts()
        .find(|script| script.step == Step::Install && script.timeout_seconds > Some(SLOW_SECONDS));
    if let Some(script) = slow {
        let minutes = script.timeout_seconds.unwrap_or_default() / 60;
        sink.note(
            Code::SlowInstall,
            &script.path,
            format!("Installing may take up to {minutes} minutes."),
            "Let targets settle for longer than that is likely to last: fifteen minutes at least.",
        );
    }
}

/// The first manifest that fits is used (recipe reference): after one for any device no other is.
fn unreachable(all: &[Manifest], at: usize, manifest: &Manifest, sink: &mut Sink<'_>) {
    let any = |value: &str| value == "*" || value.eq_ignore_ascii_case("all");
    let fits_all = |other: &Manifest| other.platform.iter().all(|(_, value)| any(value));
    if all.iter().take(at).any(fits_all) {
        sink.warning(
            Code::UnreachableManifest,
            &manifest.path,
            "An earlier manifest fits every device, so that this one is never used.".to_owned(),
            "Put the manifest for all devices last.",
        );
    }
}

fn steps(recipe: &Recipe, manifest: &Manifest, sink: &mut Sink<'_>) {
    let component = recipe.component();
    let scripts = if manifest.own_lifecycle {
        &manifest.scripts
    } else {
        &component.global_scripts
    };
    let has = |step: Step| scripts.iter().any(|script| script.step == step);
    let does = scripts.iter().any(|script| script.step.does_something());
    if !does {
        let path = &manifest.path;
        if manifest.artifacts.is_empty() && component.dependencies.is_empty() {
            sink.warning(
                Code::NothingToRun,
                path,
                "The component brings no file and runs nothing.".to_owned(),
                "Add Run, Startup or Install to its Lifecycle.",
            );
        } else {
            sink.note(
                Code::NothingToRun,
                path,
                "The component brings files or other components, and runs nothing itself."
                    .to_owned(),
                "Add Run or Startup to its Lifecycle if it should.",
            );
        }
    }
    // Under selection keys both may stand, for different devices.
    if manifest.own_lifecycle && has(Step::Run) && has(Step::Startup) {
        sink.warning(
            Code::RunAndStartup,
            &manifest.path,
            "A component has either Run or Startup.".to_owned(),
            "Keep Startup for what ends once it is up, Run for what goes on.",
        );
    }
}

fn strange_steps(recipe: &Recipe, sink: &mut Sink<'_>) {
    let mut found: Vec<String> = Vec::new();
    let names = Step::ALL.map(Step::as_str).join(", ");
    let root = &recipe.root;
    if let Some(lifecycle) = root.field("Lifecycle") {
        let path = below("", &lifecycle.key);
        found.extend(unknown_steps(&lifecycle.value).map(|(key, _)| below(&path, key)));
    }
    if let Some(manifests) = root.field("Manifests") {
        for (at, manifest) in manifests.value.items().iter().enumerate() {
            if let Some(lifecycle) = manifest.field("Lifecycle") {
                let path = below(&below("", &manifests.key), &at.to_string());
                let path = below(&path, &lifecycle.key);
                found.extend(unknown_steps(&lifecycle.value).map(|(key, _)| below(&path, key)));
            }
        }
    }
    for path in found {
        let key = path.rsplit('/').next().unwrap_or_default();
        sink.warning(
            Code::UnknownStep,
            &path,
            format!("{key} is no step of a lifecycle: nothing runs it."),
            &format!("Steps are {names}."),
        );
    }
}
