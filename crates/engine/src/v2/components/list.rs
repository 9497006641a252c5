//! Which components there are, and what they say.

use overseed_aws::{
    Kind, cancellable, pages,
    v2::{Platform, RecipeFormat, Scope},
};
use overseed_domain::v2::recipe::Recipe;

use super::{ComponentRow, ComponentScope, ComponentShown, ComponentVersionRow, arn};
use crate::{Error, Session, job::Progress};

/// All components of a scope with their latest versions, by name. Neither kept nor paged: an account has hundreds.
///
/// # Errors
/// Those of ListComponents; [`Error::Cancelled`].
pub async fn components_list(
    session: &Session,
    scope: ComponentScope,
    progress: &Progress,
) -> Result<Vec<ComponentRow>, Error> {
    progress.stage("Listing components", None);
    let clients = &session.clients;
    let whose = match scope {
        ComponentScope::Own => Scope::Private,
        ComponentScope::Public => Scope::Public,
    };
    let mut listing = pages(
        "greengrass:ListComponents",
        progress.cancel(),
        |token: Option<String>| async move { clients.list_components(whose, token.as_deref()).await },
    );
    let mut rows = Vec::new();
    while let Some(page) = listing.next().await.map_err(cancelled)? {
        rows.extend(page.items.into_iter().map(|component| ComponentRow {
            name: component.name,
            arn: component.arn,
            scope,
            latest_version: component.latest_version,
            publisher: component.publisher,
            description: component.description,
            platforms: component.platforms.iter().map(platform).collect(),
            created_at: component.created_at,
        }));
        progress.done(rows.len() as u64);
    }
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(rows)
}

/// The versions of a component, newest first. `component` is its ARN without a version, or the name of one of the
/// account's own.
///
/// # Errors
/// [`ErrorCode::NotFound`](crate::ErrorCode::NotFound) where there is no such component; those of
/// ListComponentVersions; [`Error::Cancelled`].
pub async fn component_versions(
    session: &Session,
    component: &str,
    progress: &Progress,
) -> Result<Vec<ComponentVersionRow>, Error> {
    let component = full_arn(session, component);
    let (clients, of) = (&session.clients, component.as_str());
    let listing = pages(
        "greengrass:ListComponentVersions",
        progress.cancel(),
        |token: Option<String>| async move { clients.component_versions(of, token.as_deref()).await },
    );
    let versions = listing.all().await.map_err(cancelled)?;
    Ok(versions
        .into_iter()
        .map(|version| ComponentVersionRow {
            version: version.version,
            arn: version.arn,
        })
        .collect())
}

/// A component version with its recipe, by the version's ARN.
///
/// # Errors
/// [`ErrorCode::NotFound`](crate::ErrorCode::NotFound) where there is no such version; those of DescribeComponent and
/// GetComponent; [`Error::Cancelled`].
pub async fn component_show(
    session: &Session,
    version_arn: &str,
    yaml: bool,
    progress: &Progress,
) -> Result<ComponentShown, Error> {
    let clients = &session.clients;
    let format = if yaml {
        RecipeFormat::Yaml
    } else {
        RecipeFormat::Json
    };
    let both = async {
        tokio::try_join!(
            clients.describe_component(version_arn),
            clients.component_recipe(version_arn, format)
        )
    };
    let (detail, recipe) = cancellable("greengrass:GetComponent", progress.cancel(), both)
        .await
        .map_err(cancelled)?;
    let recipe = String::from_utf8_lossy(&recipe).into_owned();
    // A recipe of AWS that this app cannot read is shown all the same.
    let artifacts = Recipe::parse(&recipe)
        .map(|recipe| {
            let artifacts = recipe.component().artifacts();
            artifacts.map(|artifact| artifact.uri.clone()).collect()
        })
        .unwrap_or_default();
    Ok(ComponentShown {
        name: detail.name,
        version: detail.version,
        arn: detail.arn,
        words: super::explain::words(&detail.state),
        state: detail.state.word,
        publisher: detail.publisher,
        description: detail.description,
        created_at: detail.created_at,
        recipe,
        artifacts,
        tags: detail.tags,
    })
}

fn full_arn(session: &Session, component: &str) -> String {
    if component.starts_with("arn:") {
        component.to_owned()
    } else {
        arn::component(session, component)
    }
}

fn platform(platform: &Platform) -> String {
    match &platform.name {
        Some(name) => name.clone(),
        None => {
            let values: Vec<&str> = platform.attributes.values().map(String::as_str).collect();
            values.join(", ")
        }
    }
}

/// A call that was cancelled is no fault of AWS.
pub(super) fn cancelled(error: overseed_aws::Error) -> Error {
    match error.kind {
        Kind::Cancelled => Error::Cancelled,
        _ => error.into(),
    }
}
