//! What scripts name: files, configuration, images, credentials.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Sink;
use crate::v2::recipe::{
    ArtifactUri, Manifest, Recipe, RecipeFindingCode as Code, Script,
    docker_run::{DockerRun, docker_runs},
};

pub(super) fn check(recipe: &Recipe, sink: &mut Sink<'_>) {
    let component = recipe.component();
    for manifest in &component.manifests {
        let scripts = if manifest.own_lifecycle {
            &manifest.scripts
        } else {
            &component.global_scripts
        };
        let files = Files::of(manifest);
        for script in scripts {
            files.check(script, sink);
        }
    }
    let images: BTreeSet<String> = component
        .artifacts()
        .filter_map(|artifact| artifact.uri.split_once(':'))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("docker"))
        .map(|(_, image)| image.to_owned())
        .collect();
    for script in component.scripts() {
        configuration(recipe, script, sink);
        credentials(recipe, script, sink);
        for run in docker_runs(&script.text) {
            docker(&run, &images, script, sink);
        }
    }
}

/// The files that a manifest brings.
struct Files {
    names: BTreeSet<String>,
    archives: BTreeSet<String>,
}

impl Files {
    fn of(manifest: &Manifest) -> Self {
        let mut files = Self {
            names: BTreeSet::new(),
            archives: BTreeSet::new(),
        };
        for artifact in &manifest.artifacts {
            // What cannot be read as a URI, such as one with a stand-in, still ends in a name.
            let name = match ArtifactUri::parse(&artifact.uri) {
                Ok(uri) => uri.file_name().map(str::to_owned),
                Err(_) => artifact.uri.rsplit('/').next().map(str::to_owned),
            };
            let Some(name) = name else { continue };
            let zip = |kind: &str| kind.eq_ignore_ascii_case("ZIP");
            if artifact.unarchive.as_deref().is_some_and(zip) {
                let stem = name
                    .rsplit_once('.')
                    .map_or(name.as_str(), |(stem, _)| stem);
                files.archives.insert(stem.to_owned());
            }
            files.names.insert(name);
        }
        files
    }

    fn check(&self, script: &Script, sink: &mut Sink<'_>) {
        for (variable, known, what) in [
            ("{artifacts:path}", &self.names, "artifact"),
            (
                "{artifacts:decompressedPath}",
                &self.archives,
                "artifact with Unarchive: ZIP",
            ),
        ] {
            let mut told = BTreeSet::new();
            for name in after(&script.text, variable) {
                if !known.contains(name) && told.insert(name) {
                    sink.warning(
                        Code::UnknownArtifactUsed,
                        &script.path,
                        format!("The script uses {variable}/{name}, and there is no {what} of that name."),
                        "Add it to Artifacts, or correct the name.",
                    );
                }
            }
        }
    }
}

/// The first names after a variable, where they are written out.
fn after<'a>(text: &'a str, variable: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(variable) {
        let rest = text.get(at + variable.len()..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix(['/', '\\']) else {
            continue;
        };
        let ends = |c: char| c.is_whitespace() || "\"'`/\\;&|<>(),:=".contains(c);
        let name = rest.split(ends).next().unwrap_or(rest);
        // Patterns and variables are known on the device only.
        if !name.is_empty()
            && name != "."
            && name != ".."
            && !name.contains(['*', '?', '$', '{', '[', '%'])
        {
            found.push(name);
        }
    }
    found
}

/// `{configuration:/pointer}` has to have a default, or the text stays as it is (recipe reference: "Recipe variables").
fn configuration(recipe: &Recipe, script: &Script, sink: &mut Sink<'_>) {
    let default = recipe.component().default_configuration.as_ref();
    let mut told = BTreeSet::new();
    for part in script.text.split("{configuration:").skip(1) {
        let Some((pointer, _)) = part.split_once('}') else {
            continue;
        };
        let known = default.and_then(|value: &Value| value.pointer(pointer));
        if known.is_none() && pointer != "/" && told.insert(pointer) {
            sink.warning(
                Code::UnknownConfigurationUsed,
                &script.path,
                format!(
                    "The script uses {{configuration:{pointer}}}, for which there is no default."
                ),
                "Add it to DefaultConfiguration, or each deployment has to set it.",
            );
        }
    }
}

fn credentials(recipe: &Recipe, script: &Script, sink: &mut Sink<'_>) {
    const SERVICE: &str = "aws.greengrass.TokenExchangeService";
    if script.text.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        && !recipe.component().depends_on(SERVICE)
    {
        sink.warning(
            Code::TokenExchangeMissing,
            &script.path,
            format!("The script passes AWS credentials on, which {SERVICE} gives."),
            "Add it to ComponentDependencies.",
        );
    }
}

fn docker(run: &DockerRun, images: &BTreeSet<String>, script: &Script, sink: &mut Sink<'_>) {
    for option in &run.misplaced {
        sink.warning(
            Code::DockerOptionAfterImage,
            &script.path,
            format!(
                "{option} stands after the image {}: docker hands it to the program in the container and does not follow \
                 it itself.",
                run.image
            ),
            "Move it in front of the image.",
        );
    }
    let written_out = !run.image.contains(['$', '{', '%']);
    if written_out
        && !images.contains(&run.image)
        && !images.contains(&format!("{}:latest", run.image))
    {
        sink.note(
            Code::ImageNotAnArtifact,
            &script.path,
            format!(
                "{} is no artifact: docker fetches it when the script runs, without credentials.",
                run.image
            ),
            "Add docker:IMAGE to Artifacts so that the deployment fetches it.",
        );
    }
}
