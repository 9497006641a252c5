//! What has to lie in S3 before a component version can be made.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ArtifactUri, Recipe};

/// A file that a recipe wants in S3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactUpload {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The local file's name: the key's last part.
    pub file_name: String,
    /// Each place of the recipe that names it.
    pub paths: Vec<String>,
}

/// The files that a recipe wants in S3, each once, in the order of the text. URIs that cannot be read are left to the check.
#[must_use]
pub fn uploads(recipe: &Recipe) -> Vec<ArtifactUpload> {
    let mut found: Vec<ArtifactUpload> = Vec::new();
    for artifact in recipe.component().artifacts() {
        let Ok(uri) = ArtifactUri::parse(&artifact.uri) else {
            continue;
        };
        let file_name = uri.file_name().unwrap_or_default().to_owned();
        let ArtifactUri::S3 { bucket, key } = uri else {
            continue;
        };
        let same = |other: &&mut ArtifactUpload| other.bucket == bucket && other.key == key;
        match found.iter_mut().find(same) {
            Some(other) => other.paths.push(artifact.path.clone()),
            None => found.push(ArtifactUpload {
                bucket,
                key,
                file_name,
                paths: vec![artifact.path.clone()],
            }),
        }
    }
    found
}
