//! What a check finds.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::NeededSecret;

/// How bad it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// AWS refuses the recipe, or devices cannot use it.
    Error,
    /// It is most likely not what is meant, or works only if something else is so.
    Warning,
    /// Good to know: what has to exist elsewhere.
    Note,
}

/// What is found: decide by this, never by the message.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum RecipeFindingCode {
    /// The recipe has more bytes than AWS takes.
    RecipeTooLarge,
    /// The text looks like JSON and is YAML only.
    AlmostJson,
    /// A field stands twice in an object: the last one counts.
    RepeatedField,
    /// A field that recipes do not have.
    UnknownField,
    /// A required field is not there.
    MissingField,
    /// A field has another type or value than it can have.
    InvalidField,
    /// `RecipeFormatVersion` is not a known one.
    UnknownFormatVersion,
    /// `ComponentName` cannot be a name.
    InvalidName,
    /// `ComponentName` is one of those that AWS uses for its own.
    PublicName,
    /// `ComponentVersion` is no version that AWS takes.
    InvalidVersion,
    /// A manifest that no device reaches, since an earlier one takes them all.
    UnreachableManifest,
    /// An artifact's URI has no form that the nucleus reads.
    InvalidArtifactUri,
    /// The bucket's name is a stand-in of a tutorial.
    PlaceholderBucket,
    /// S3 has no bucket of this name, since it takes no such names.
    InvalidBucket,
    /// The version in the artifact's key is not the component's.
    ArtifactVersionDiffers,
    /// Two artifacts of a manifest get the same file name on the device.
    RepeatedArtifact,
    /// An artifact that is used, or listed, is not among the files.
    MissingArtifact,
    /// A script names a file that is no artifact.
    UnknownArtifactUsed,
    /// A script refers to a configuration value that has no default.
    UnknownConfigurationUsed,
    /// An option of `docker run` stands after the image, so that the container's program gets it.
    DockerOptionAfterImage,
    /// An image is run that is not among the artifacts.
    ImageNotAnArtifact,
    /// An image is named without tag and digest, so that devices may get different ones.
    ImageNotPinned,
    /// A Docker image without the component that fetches it.
    DockerManagerMissing,
    /// What a device needs for containers.
    DockerOnDevice,
    /// AWS credentials are used without the component that gives them.
    TokenExchangeMissing,
    /// A manifest or recipe with nothing to run.
    NothingToRun,
    /// Both `Run` and `Startup`.
    RunAndStartup,
    /// A lifecycle's key that is no step.
    UnknownStep,
    /// Installing takes longer than a usual settle time.
    SlowInstall,
    /// A dependency's version range cannot be read.
    InvalidRequirement,
    /// A dependency may be updated by a later deployment.
    UnpinnedDependency,
    /// A secret that has to exist.
    SecretNeeded,
    /// A secret that does not exist.
    MissingSecret,
    /// Kinesis Video rights that the device role has to have.
    KinesisVideoNeeded,
    /// Two components want one device such as a camera.
    SharedDevice,
    /// Two components have one lock file.
    SharedLock,
    /// A configuration merge lacks the object around its values.
    MergeNotWrapped,
    /// A value of the merge is of another kind than the component's default.
    MergeOtherKind,
    /// A configuration merge has a key that the default configuration does not know.
    UnknownMergeKey,
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecipeFinding {
    /// What it is.
    pub code: RecipeFindingCode,
    /// How bad it is.
    pub severity: Severity,
    /// The component it is about: its name, empty where the recipe has none.
    pub component: String,
    /// The place in the recipe as a JSON pointer; empty for the whole recipe.
    pub path: String,
    /// The line, from 1, where it is known.
    pub line: Option<u32>,
    /// What is the matter, in a sentence.
    pub message: String,
    /// What to do, in a sentence.
    pub remedy: String,
    /// Of [`RecipeFindingCode::MissingSecret`]: the secret, where one can be made with what the configuration names.
    pub secret: Option<NeededSecret>,
}
