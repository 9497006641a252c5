//! Artifacts: their URIs, their buckets, and the versions in their keys.

use std::collections::BTreeMap;

use super::Sink;
use crate::v2::recipe::{
    Artifact, ArtifactUri, Image, Recipe, RecipeFindingCode as Code, bucket_fault, is_placeholder,
    parse_version, uri::written_bucket,
};

const DOCKER: &str = "aws.greengrass.DockerApplicationManager";
const TOKEN_EXCHANGE: &str = "aws.greengrass.TokenExchangeService";

pub(super) fn check(recipe: &Recipe, sink: &mut Sink<'_>) {
    let component = recipe.component();
    for manifest in &component.manifests {
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for artifact in &manifest.artifacts {
            options(artifact, sink);
            let bucket_told = bucket(artifact, sink);
            match ArtifactUri::parse(&artifact.uri) {
                Ok(uri) => {
                    one(recipe, artifact, &uri, sink);
                    let name = uri.file_name().map(str::to_owned);
                    if let Some(other) = name.and_then(|name| names.insert(name, &artifact.uri)) {
                        sink.warning(
                            Code::RepeatedArtifact,
                            &artifact.path,
                            format!(
                                "{} and {other} get the same file name on the device.",
                                artifact.uri
                            ),
                            "Keep one, or give them different names.",
                        );
                    }
                }
                // A stand-in may have characters that no URI has: it is told once.
                Err(_) if bucket_told => {}
                Err(error) => sink.error(
                    Code::InvalidArtifactUri,
                    &artifact.path,
                    format!("`{}` is no artifact: {error}.", artifact.uri),
                    "Write s3://BUCKET/KEY, or docker:REGISTRY/NAME:TAG.",
                ),
            }
        }
    }
    let images: Vec<Image> = component.artifacts().filter_map(image).collect();
    if let Some(path) = component
        .artifacts()
        .find(|a| image(a).is_some())
        .map(|a| &a.path)
    {
        containers(recipe, path, &images, sink);
    }
}

fn image(artifact: &Artifact) -> Option<Image> {
    match ArtifactUri::parse(&artifact.uri) {
        Ok(ArtifactUri::Docker(image)) => Some(image),
        _ => None,
    }
}

/// What a component with images needs (guide: "Run a Docker container").
fn containers(recipe: &Recipe, path: &str, images: &[Image], sink: &mut Sink<'_>) {
    let component = recipe.component();
    if !component.depends_on(DOCKER) {
        sink.warning(
            Code::DockerManagerMissing,
            path,
            format!(
                "A Docker image is fetched by {DOCKER}, on which the component does not depend."
            ),
            "Add it to ComponentDependencies; otherwise each deployment has to name it.",
        );
    }
    let private = images.iter().find(|image| image.private_ecr().is_some());
    if let Some(image) = private.filter(|_| !component.depends_on(TOKEN_EXCHANGE)) {
        sink.warning(
            Code::TokenExchangeMissing,
            path,
            format!("{image} is in a private registry, to which {TOKEN_EXCHANGE} gives the device credentials."),
            "Add it to ComponentDependencies; otherwise each deployment has to name it.",
        );
    }
    sink.note(
        Code::DockerOnDevice,
        path,
        "Devices need Docker Engine, and the user that runs components (ggc_user) in the group docker.".to_owned(),
        "See to both before you deploy.",
    );
}

fn one(recipe: &Recipe, artifact: &Artifact, uri: &ArtifactUri, sink: &mut Sink<'_>) {
    match uri {
        ArtifactUri::S3 { key, .. } => {
            let version = &recipe.component().version;
            let other = key
                .split('/')
                .find(|part| parse_version(part).is_ok() && part != version);
            if let Some(other) = other {
                sink.warning(
                    Code::ArtifactVersionDiffers,
                    &artifact.path,
                    format!(
                        "The key says {other}, the component is {version}: a new version would take the files of another \
                         one, and a file that changes under a version fails its checksum on devices."
                    ),
                    "Put the files under a key with the component's version.",
                );
            }
        }
        ArtifactUri::Docker(image) if !image.is_pinned() => sink.warning(
            Code::ImageNotPinned,
            &artifact.path,
            format!("{image} is whatever was pushed last: devices may get different images."),
            "Name a tag that is never moved, or a digest.",
        ),
        ArtifactUri::Docker(_) => {}
        ArtifactUri::Greengrass(_) => sink.warning(
            Code::InvalidArtifactUri,
            &artifact.path,
            "greengrass: is where AWS keeps artifacts of public components.".to_owned(),
            "Put the file into a bucket of your own and write s3://BUCKET/KEY.",
        ),
    }
}

fn bucket(artifact: &Artifact, sink: &mut Sink<'_>) -> bool {
    let Some(bucket) = written_bucket(&artifact.uri) else {
        return false;
    };
    if is_placeholder(bucket) {
        sink.error(
            Code::PlaceholderBucket,
            &artifact.path,
            format!("{bucket} stands for a bucket of yours."),
            "Put your bucket's name in its place.",
        );
    } else if let Some(fault) = bucket_fault(bucket) {
        sink.error(
            Code::InvalidBucket,
            &artifact.path,
            format!("There is no bucket {bucket}: {fault}."),
            "Use a bucket that exists, in the Region in which the component is made.",
        );
    } else {
        return false;
    }
    true
}

fn options(artifact: &Artifact, sink: &mut Sink<'_>) {
    let one_of = |value: &Option<String>, names: &[&str]| {
        let value = value.as_deref();
        value.is_none_or(|value| names.iter().any(|name| value.eq_ignore_ascii_case(name)))
    };
    let rights = ["NONE", "OWNER", "ALL"];
    for (name, right, known) in [
        (
            "Unarchive",
            one_of(&artifact.unarchive, &["NONE", "ZIP"]),
            "NONE or ZIP",
        ),
        (
            "Permission.Read",
            one_of(&artifact.read, &rights),
            "NONE, OWNER or ALL",
        ),
        (
            "Permission.Execute",
            one_of(&artifact.execute, &rights),
            "NONE, OWNER or ALL",
        ),
    ] {
        if !right {
            sink.error(
                Code::InvalidField,
                &artifact.path,
                format!("{name} is {known}."),
                "Write one of these.",
            );
        }
    }
    if artifact.digest.is_some() {
        sink.warning(
            Code::InvalidField,
            &artifact.path,
            "AWS computes the digest when the version is made.".to_owned(),
            "Leave Digest and Algorithm out.",
        );
    }
}
