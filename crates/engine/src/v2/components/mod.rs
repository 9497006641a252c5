//! Components: those of the account and those of AWS, their versions and recipes; checking a recipe and publishing it
//! with its artifacts.

mod account;
pub(crate) mod arn;
mod artifacts;
mod check;
pub(in crate::v2) mod explain;
mod list;
mod open;
mod prepare;
mod publish;
mod sameness;
mod secret;

pub use account::component_check;
pub use check::recipe_check;
pub use list::{component_show, component_versions, components_list};
pub use open::{RecipeFile, recipe_open};
pub use publish::component_publish;
pub use secret::{SecretMade, SecretRequest, secret_create, secret_create_from, secret_read};

use std::{collections::BTreeMap, path::PathBuf};

use overseed_domain::{
    Millis,
    v2::recipe::{ArtifactUpload, RecipeFinding, RecipeFormat},
};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Whose components.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum ComponentScope {
    /// Those of the account.
    #[default]
    Own,
    /// Those that AWS offers to all.
    Public,
}

/// A component with its latest version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ComponentRow {
    /// Its name.
    pub name: String,
    /// ARN without a version.
    pub arn: String,
    /// Whose it is.
    pub scope: ComponentScope,
    /// The latest version.
    pub latest_version: Option<String>,
    /// Who made it, as the recipe says.
    pub publisher: Option<String>,
    /// What it does, as the recipe says.
    pub description: Option<String>,
    /// Platforms of the latest version, such as `linux, aarch64`.
    pub platforms: Vec<String>,
    /// When the latest version was created.
    pub created_at: Option<Millis>,
}

/// A version of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ComponentVersionRow {
    /// The version.
    pub version: String,
    /// ARN of the version.
    pub arn: String,
}

/// A version of a component with its recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ComponentShown {
    /// The component's name.
    pub name: String,
    /// The version.
    pub version: String,
    /// ARN of the version.
    pub arn: String,
    /// `DEPLOYABLE`, `FAILED`, `REQUESTED`, `INITIATED`, `DEPRECATED`, or a word that is new.
    pub state: String,
    /// The service's words to that, and what is wrong with what.
    pub words: Vec<String>,
    /// Who made it.
    pub publisher: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// When it was created.
    pub created_at: Option<Millis>,
    /// The recipe as the service writes it out.
    pub recipe: String,
    /// URIs of its artifacts.
    pub artifacts: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What is put in the place of what a recipe says. Nothing is changed that is not named here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct RecipeChanges {
    /// Buckets by the stand-ins that tutorials have, such as `mys3repo123987`.
    pub buckets: BTreeMap<String, String>,
    /// The bucket for all stand-ins that `buckets` does not name.
    pub bucket: Option<String>,
    /// Another version.
    pub version: Option<String>,
    /// Whether the keys of artifacts get the component's version in the place of another one.
    pub artifact_versions: bool,
    /// Another default configuration, as JSON.
    pub configuration: Option<String>,
}

/// A recipe with all that belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct PublishRequest {
    /// The recipe's text, YAML or JSON.
    pub recipe: String,
    /// What is put in the place of what it says.
    pub changes: RecipeChanges,
    /// The folder with the files of its artifacts; absent where all of them are in S3.
    pub artifacts: Option<PathBuf>,
    /// Whether objects that are there with other bytes may be overwritten. Devices that get another version with the
    /// same object then refuse it: the bytes are not those of the version's checksum.
    pub overwrite: bool,
}

/// A file that stands for an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactFile {
    /// The artifact's place in S3.
    pub artifact: ArtifactUpload,
    /// The file; absent where the folder has none of the name.
    pub path: Option<PathBuf>,
    /// Its size.
    #[specta(type = Option<u32>)]
    pub bytes: Option<u64>,
}

/// A recipe after the changes, and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecipeCheck {
    /// The component's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The recipe's text after the changes.
    pub recipe: String,
    /// How it is written.
    pub format: RecipeFormat,
    /// The default configuration, as JSON; absent where there is none.
    pub configuration: Option<String>,
    /// Buckets in it that are stand-ins still.
    pub placeholders: Vec<String>,
    /// Its artifacts in S3, with the files that stand for them.
    pub artifacts: Vec<ArtifactFile>,
    /// What was found, the worst first.
    pub findings: Vec<RecipeFinding>,
}

/// How a recipe stands to what the account has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ComponentCheck {
    /// The recipe.
    pub recipe: RecipeCheck,
    /// ARN that the version has or will have.
    pub arn: String,
    /// Versions that the account has of the component, newest first.
    pub versions: Vec<String>,
    /// How the version stands to them.
    pub standing: VersionStanding,
    /// What differs, where the version is taken.
    pub differences: Vec<String>,
    /// A version that is free; absent where the recipe's own is.
    pub proposed: Option<String>,
    /// How the artifacts stand in S3.
    pub objects: Vec<ArtifactObject>,
}

/// How a version stands to those that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum VersionStanding {
    /// There is none of this number.
    New,
    /// It is there and says the same.
    Same,
    /// It is there and says something else: versions never change.
    Taken,
    /// It is there, but AWS could not make it deployable: it can be made again.
    Failed,
}

/// An artifact in S3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactObject {
    /// `s3://BUCKET/KEY`.
    pub uri: String,
    /// How it stands.
    pub state: ObjectStanding,
}

/// How an object stands to the file that is to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ObjectStanding {
    /// Neither object nor file.
    Missing,
    /// The file is to be uploaded.
    ToUpload,
    /// The object has the file's bytes.
    Same,
    /// The object has other bytes than the file.
    Differs,
    /// There is an object, and no file to compare it with.
    InPlace,
    /// The caller may not look.
    Unknown,
}

/// A component version that can be deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Published {
    /// The component's name.
    pub name: String,
    /// The version.
    pub version: String,
    /// ARN of the version.
    pub arn: String,
    /// Objects that were uploaded.
    pub uploaded: Vec<String>,
    /// Whether the version was there already, the same in all.
    pub was_there: bool,
    /// Warnings and notes that stand against nothing.
    pub findings: Vec<RecipeFinding>,
}
