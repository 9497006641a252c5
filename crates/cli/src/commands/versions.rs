//! `versions GROUP`.

use overseed_engine::{
    Error, ErrorCode, Problem, Session, groups::group_find, versions::group_versions,
};

use crate::{connect::Context, outcome::Outcome, output::time};

pub async fn run(context: &Context, group: &str) -> Result<Outcome, Error> {
    let session = context.session().await?;
    let group = id_of(context, &session, group).await?;
    let versions = tokio::select! {
        versions = group_versions(&session, &group) => versions?,
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

/// The group's id. A name needs the inventory: where there is none yet, the groups are listed.
async fn id_of(context: &Context, session: &Session, text: &str) -> Result<String, Error> {
    if let Some(id) = group_find(session, text).await? {
        return Ok(id);
    }
    context.listed(session).await?;
    group_find(session, text).await?.ok_or_else(|| {
        Problem::new(
            ErrorCode::NotFound,
            format!("No group has the id or name {text}"),
        )
        .hint("See `groups list --filter TEXT`; `groups refresh` lists groups that are new.")
        .into()
    })
}
