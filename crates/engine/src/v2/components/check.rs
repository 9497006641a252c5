//! Checks of a recipe that need no account.

use std::{collections::BTreeSet, path::Path};

use overseed_domain::v2::recipe::{Configured, Present, Recipe, check, check_present};

use super::{PublishRequest, RecipeCheck, artifacts, prepare::prepare};
use crate::{Error, job::Progress};

/// Checks a recipe after the changes that are asked for, and whether the folder has its artifacts.
///
/// # Errors
/// [`ErrorCode::FileInvalid`](crate::ErrorCode::FileInvalid) where it is no recipe;
/// [`ErrorCode::InvalidInput`](crate::ErrorCode::InvalidInput) where a change cannot be made; [`Error::File`] where the
/// folder cannot be read.
pub async fn recipe_check(request: PublishRequest) -> Result<RecipeCheck, Error> {
    tokio::task::spawn_blocking(move || Ok(checked(&request)?.1)).await?
}

/// The same with the recipe itself. Reads the folder; blocks.
pub(super) fn checked(request: &PublishRequest) -> Result<(Recipe, RecipeCheck), Error> {
    let recipe = prepare(&request.recipe, &request.changes)?;
    let folder = request.artifacts.as_deref();
    let artifacts = artifacts::files(&recipe, folder)?;
    let mut findings = check(&recipe);
    if folder.is_some() {
        let files: BTreeSet<String> = artifacts
            .iter()
            .filter(|file| file.path.is_some())
            .map(|file| file.artifact.file_name.clone())
            .collect();
        let present = Present {
            files: Some(&files),
            ..Present::default()
        };
        findings.extend(check_present(&Configured::by_default(&recipe), &present));
    }
    findings.sort_by_key(|finding| (finding.severity, finding.line));
    let component = recipe.component();
    let checked = RecipeCheck {
        name: component.name.clone(),
        version: component.version.clone(),
        recipe: recipe.text().to_owned(),
        format: recipe.format(),
        configuration: component
            .default_configuration
            .as_ref()
            .map(ToString::to_string),
        placeholders: recipe.placeholder_buckets(),
        artifacts,
        findings,
    };
    Ok((recipe, checked))
}

/// Reads size and checksums of a file, where there is one.
pub(super) async fn digested(
    path: Option<&Path>,
    progress: &Progress,
) -> Result<Option<overseed_aws::Digested>, Error> {
    match path {
        Some(path) => overseed_aws::digest_file(path, progress.cancel())
            .await
            .map(Some)
            .map_err(super::list::cancelled),
        None => Ok(None),
    }
}
