//! Component recipes: read from YAML or JSON, checked, edited in place, and what of them has to be uploaded.
//!
//! Sources: *recipe reference* (AWS IoT Greengrass V2 Developer Guide, "Component recipe reference"), *nucleus*
//! (aws-greengrass-nucleus and aws-greengrass-component-common on GitHub: the parser that core devices use), *service model*
//! (the SDK's model of AWS IoT Greengrass V2, 2020-11-30), *facts* (the project's notes).

mod check;
mod configured;
mod docker_run;
mod edit;
mod finding;
mod image;
mod lifecycle;
mod needs;
mod node;
mod read_json;
mod read_yaml;
mod requirement;
mod shell;
mod uploads;
mod uri;
mod version;
mod view;

pub use check::{Present, check, check_merge, check_present, check_together};
pub use configured::{Configured, merged};
pub use edit::NotEdited;
pub use finding::{RecipeFinding, RecipeFindingCode, Severity};
pub use image::{Image, NotAnImage};
pub use lifecycle::{Script, Step};
pub use needs::{DeviceNeeds, NeededSecret, device_needs, secrets};
pub(super) use node::below;
pub use requirement::{NotARequirement, Requirement};
pub use uploads::{ArtifactUpload, uploads};
pub use uri::{ArtifactUri, BucketFault, NotAnArtifact, bucket_fault, is_placeholder};
pub use version::{NotAVersion, next_version, parse_version};
pub use view::{Artifact, Component, Dependency, Manifest, NotARecipe, Recipe, RecipeFormat};

/// Bytes of a recipe at most (limits: "Maximum size of a component recipe", 16 KB).
pub const RECIPE_LIMIT_BYTES: usize = 16 * 1024;
