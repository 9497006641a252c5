//! A recipe with the changes that were asked for.

use overseed_domain::v2::recipe::{NotARecipe, NotEdited, Recipe};

use super::RecipeChanges;
use crate::{Error, ErrorCode, Problem};

/// Reads a recipe and makes the changes.
///
/// # Errors
/// [`ErrorCode::FileInvalid`] where it is no recipe; [`ErrorCode::InvalidInput`] where a change cannot be made.
pub(super) fn prepare(text: &str, changes: &RecipeChanges) -> Result<Recipe, Error> {
    let mut recipe = Recipe::parse(text).map_err(|error| unreadable(&error))?;
    if let Some(version) = &changes.version {
        recipe = recipe
            .with_version(version.trim())
            .map_err(|error| refused("The version cannot be set", &error))?;
    }
    if let Some(configuration) = &changes.configuration {
        let value = serde_json::from_str(configuration).map_err(|error| {
            Problem::new(
                ErrorCode::InvalidInput,
                "The default configuration is no JSON",
            )
            .detail(error)
            .hint("Write one JSON object.")
        })?;
        recipe = recipe
            .with_default_configuration(&value)
            .map_err(|error| refused("The default configuration cannot be set", &error))?;
    }
    let mut buckets = changes.buckets.clone();
    if let Some(bucket) = &changes.bucket {
        for stand_in in recipe.placeholder_buckets() {
            buckets.entry(stand_in).or_insert_with(|| bucket.clone());
        }
    }
    for (from, to) in &buckets {
        recipe = recipe
            .with_bucket(from, to.trim())
            .map_err(|error| refused(&format!("{to} cannot take the place of {from}"), &error))?;
    }
    if changes.artifact_versions {
        recipe = recipe
            .with_artifact_versions()
            .map_err(|error| refused("The keys of the artifacts cannot be changed", &error))?;
    }
    Ok(recipe)
}

fn unreadable(error: &NotARecipe) -> Problem {
    Problem::new(ErrorCode::FileInvalid, "This is no recipe")
        .detail(error)
        .hint("A recipe is one JSON or YAML object with ComponentName, ComponentVersion and Manifests.")
}

fn refused(what: &str, error: &NotEdited) -> Problem {
    Problem::new(ErrorCode::InvalidInput, what)
        .detail(error)
        .hint("Change it in the recipe itself.")
}
