//! `versions GROUP`.

use overseed_engine::{Error, versions::group_versions};

use crate::{connect::Context, outcome::Outcome, output::time};

pub async fn run(context: &Context, group: &str) -> Result<Outcome, Error> {
    let session = context.session().await?;
    let versions = tokio::select! {
        versions = group_versions(&session, group) => versions?,
        () = context.cancel.cancelled() => return Err(Error::Cancelled),
    };
    if context.output.is_json() {
        for version in &versions {
            context.output.line(version)?;
        }
        return Ok(Outcome::Well);
    }
    let rows = versions.into_iter().map(|version| {
        let latest = if version.latest { "latest" } else { "" };
        vec![version.version, time(version.created_at), latest.to_owned()]
    });
    context
        .output
        .table(&["Version", "Created", ""], rows.collect())?;
    Ok(Outcome::Well)
}
