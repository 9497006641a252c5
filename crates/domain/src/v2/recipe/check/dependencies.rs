//! Dependencies and their version ranges.

use super::Sink;
use crate::v2::recipe::{Recipe, RecipeFindingCode as Code, Requirement};

/// The nucleus: another version of it restarts the device's software (facts).
const NUCLEUS: &str = "aws.greengrass.Nucleus";

pub(super) fn check(recipe: &Recipe, sink: &mut Sink<'_>) {
    for dependency in &recipe.component().dependencies {
        let (name, path) = (&dependency.name, &dependency.path);
        let kind = dependency.kind.as_deref().unwrap_or("HARD");
        if !["HARD", "SOFT"]
            .iter()
            .any(|known| kind.eq_ignore_ascii_case(known))
        {
            sink.error(
                Code::InvalidField,
                path,
                format!("DependencyType of {name} is HARD or SOFT."),
                "Write one of them.",
            );
        }
        if dependency.requirement.is_empty() {
            sink.error(
                Code::MissingField,
                path,
                format!("VersionRequirement of {name} is missing."),
                "Write a version or a range, such as ~2.0.0.",
            );
            continue;
        }
        let range = &dependency.requirement;
        match Requirement::parse(range) {
            Err(error) => sink.error(
                Code::InvalidRequirement,
                path,
                format!("{name}: {error}."),
                "Write a version or a range as npm does, such as ~2.0.0.",
            ),
            Ok(requirement) if name == NUCLEUS && !requirement.is_exact() => sink.warning(
                Code::UnpinnedDependency,
                path,
                format!("{range} of the nucleus: a deployment may bring another nucleus and restart the device's software."),
                "Name one version, and the nucleus itself in the deployment.",
            ),
            Ok(requirement) if !requirement.is_patches_only() => {
                let which = if requirement.is_open() { "any later one" } else { "a later one" };
                sink.note(
                    Code::UnpinnedDependency,
                    path,
                    format!("{range} of {name}: a deployment may bring {which}, and restart what depends on it."),
                    "Narrow it, or name the version in the deployment.",
                );
            }
            Ok(_) => {}
        }
    }
}
