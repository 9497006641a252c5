//! `groups refresh` and `groups list`.

use overseed_engine::{
    Error, Session,
    groups::{GroupRow, GroupsQuery, groups_page},
};

use super::filter;
use crate::{
    args::GroupsCommand,
    connect::Context,
    outcome::Outcome,
    output::{spoken, time},
};

/// Rows that are asked for at once.
const PAGE: u32 = 500;

pub async fn run(context: &Context, command: GroupsCommand) -> Result<Outcome, Error> {
    let session = context.session().await?;
    match command {
        GroupsCommand::Refresh => refresh(context, &session).await?,
        GroupsCommand::List { filter } => list(context, &session, filter).await?,
    }
    Ok(Outcome::Well)
}

async fn refresh(context: &Context, session: &Session) -> Result<(), Error> {
    let inventory = context.refresh(session).await?;
    if context.output.is_json() {
        return context.output.line(&inventory);
    }
    context
        .output
        .text(format_args!("{} groups", inventory.groups))
}

async fn list(context: &Context, session: &Session, text: Option<String>) -> Result<(), Error> {
    let output = &context.output;
    let inventory = context.listed(session).await?;
    let mut query = GroupsQuery {
        filter: filter(text),
        limit: PAGE,
        ..GroupsQuery::default()
    };
    let mut rows = Vec::new();
    let matches = loop {
        let page = groups_page(session, query.clone()).await?;
        let found = u32::try_from(page.rows.len()).unwrap_or(PAGE);
        query.offset += found;
        for row in &page.rows {
            if output.is_json() {
                output.line(row)?;
            } else {
                rows.push(cells(row));
            }
        }
        if found == 0 || query.offset >= page.matches {
            break page.matches;
        }
    };
    if output.is_json() {
        return Ok(());
    }
    output.table(
        &["Name", "Id", "Latest version", "Deployable", "Updated"],
        rows,
    )?;
    output.note(format_args!(
        "{matches} of {} groups, listed {}",
        inventory.groups,
        time(inventory.listed_at)
    ));
    if inventory.partial {
        output.note("A later listing was broken off: `groups refresh` completes it.");
    }
    Ok(())
}

fn cells(row: &GroupRow) -> Vec<String> {
    let GroupRow {
        id,
        name,
        latest_version,
        updated_at,
        deployable,
        ..
    } = row;
    let version = latest_version.clone().unwrap_or_else(|| "–".to_owned());
    vec![
        name.clone(),
        id.clone(),
        version,
        spoken(deployable),
        time(*updated_at),
    ]
}
