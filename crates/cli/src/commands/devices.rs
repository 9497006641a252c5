//! `devices refresh` and `devices list`.

use overseed_engine::{
    Error, Problem, Session,
    groups::{Filter, FilterToken},
    job::JobKind,
    v2::devices::{
        DeviceInventory, DeviceRow, DevicesQuery, devices_page, devices_read, devices_refresh,
        devices_status, thing_group_read,
    },
};

use crate::{
    args::DevicesCommand, connect::Context, outcome::Outcome, output::time, progress::watched,
};

/// Rows that are asked for at once.
const PAGE: u32 = 500;

pub async fn run(context: &Context, command: DevicesCommand) -> Result<Outcome, Error> {
    let session = context.session_v2().await?;
    match command {
        DevicesCommand::Refresh => show(context, &refresh(context, &session).await?)?,
        DevicesCommand::List {
            filter,
            thing_group,
            status,
            details,
        } => {
            let inventory = listed(context, &session).await?;
            if let Some(name) = &thing_group {
                watched(
                    &context.output,
                    JobKind::DeviceDetails,
                    session.clock(),
                    &context.cancel,
                    |progress| {
                        let session = &session;
                        async move { thing_group_read(session, name, &progress).await }
                    },
                )
                .await?;
            }
            let tokens = [
                token(None, ":", filter),
                token(Some("thingGroup"), "=", thing_group),
                token(Some("status"), "=", status),
            ];
            let filter = Filter {
                tokens: tokens.into_iter().flatten().collect(),
                ..Filter::default()
            };
            list(context, &session, filter, details, &inventory).await?;
        }
    }
    Ok(Outcome::Well)
}

fn token(property: Option<&str>, operator: &str, value: Option<String>) -> Option<FilterToken> {
    Some(FilterToken {
        property: property.map(str::to_owned),
        operator: operator.to_owned(),
        value: value?,
    })
}

async fn refresh(context: &Context, session: &Session) -> Result<DeviceInventory, Error> {
    let inventory = watched(
        &context.output,
        JobKind::Devices,
        session.clock(),
        &context.cancel,
        |progress| async move { devices_refresh(session, &progress).await },
    )
    .await?;
    if let Some(Problem { message, .. }) = &inventory.thing_groups_problem {
        let said = format_args!("The thing groups could not be listed: {message}");
        context.output.note(said);
    }
    Ok(inventory)
}

/// Lists the account's core devices if that has never been done.
pub async fn listed(context: &Context, session: &Session) -> Result<DeviceInventory, Error> {
    let known = devices_status(session).await?;
    if known.listed_at.is_some() {
        Ok(known)
    } else {
        refresh(context, session).await
    }
}

fn show(context: &Context, inventory: &DeviceInventory) -> Result<(), Error> {
    if context.output.is_json() {
        return context.output.line(inventory);
    }
    context.output.text(format_args!(
        "{} core devices, {} thing groups",
        inventory.devices, inventory.thing_groups
    ))
}

async fn list(
    context: &Context,
    session: &Session,
    filter: Filter,
    details: bool,
    inventory: &DeviceInventory,
) -> Result<(), Error> {
    let output = &context.output;
    let mut query = DevicesQuery {
        filter,
        limit: PAGE,
        ..DevicesQuery::default()
    };
    let mut rows = Vec::new();
    let matches = loop {
        let page = devices_page(session, query.clone()).await?;
        let found = u32::try_from(page.rows.len()).unwrap_or(PAGE);
        query.offset += found;
        let shown = if details {
            let names: Vec<String> = page.rows.into_iter().map(|row| row.thing_name).collect();
            read(context, session, &names).await?
        } else {
            page.rows
        };
        for row in &shown {
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
        &[
            "Thing",
            "Status",
            "Last status",
            "Platform",
            "Nucleus",
            "Thing groups",
        ],
        rows,
    )?;
    output.note(format_args!(
        "{matches} of {} core devices, listed {}",
        inventory.devices,
        time(inventory.listed_at)
    ));
    if inventory.partial {
        output.note("A later listing was broken off: `devices refresh` completes it.");
    }
    Ok(())
}

async fn read(
    context: &Context,
    session: &Session,
    names: &[String],
) -> Result<Vec<DeviceRow>, Error> {
    watched(
        &context.output,
        JobKind::DeviceDetails,
        session.clock(),
        &context.cancel,
        |progress| async move { devices_read(session, names, &progress).await },
    )
    .await
}

fn cells(row: &DeviceRow) -> Vec<String> {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let platform = [&row.platform, &row.architecture]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    vec![
        row.thing_name.clone(),
        or_dash(&row.status).to_lowercase(),
        time(row.last_status_at),
        platform,
        or_dash(&row.nucleus),
        row.thing_groups.join(", "),
    ]
}
