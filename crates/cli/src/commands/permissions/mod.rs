//! `permissions …`: `show` is here, what looks at an account is beside it.

mod changed;
mod devices;
mod looked;

use std::path::Path;

use overseed_domain::{
    permissions::{Objects, Place},
    rollout::Generation,
};
use overseed_engine::{
    Error, ErrorCode, Problem,
    permissions::{HandOver, Needs, listed_groups, permissions_show, typed_place},
};
use serde::Serialize;

pub use looked::{call, show_requirements};

use crate::{
    args::{PermissionsCommand, PermissionsShow},
    connect::Context,
    outcome::Outcome,
};

pub async fn run(context: &Context, command: PermissionsCommand) -> Result<Outcome, Error> {
    match command {
        PermissionsCommand::Show(options) => show(context, options).await,
        PermissionsCommand::Diff { plan, full } => match generation(&plan).await? {
            Generation::V1 => looked::diff(context, &plan, full).await,
            Generation::V2 => devices::diff(context, &plan, full).await,
        },
        PermissionsCommand::Apply { plan, yes } => match generation(&plan).await? {
            Generation::V1 => changed::apply(context, &plan, yes).await,
            Generation::V2 => devices::apply(context, &plan, yes).await,
        },
        PermissionsCommand::Undo { plan, yes } => match generation(&plan).await? {
            Generation::V1 => changed::undo(context, &plan, yes).await,
            Generation::V2 => devices::undo(context, &plan, yes).await,
        },
        PermissionsCommand::HandOver { plan, format } => {
            let text = match generation(&plan).await? {
                Generation::V1 => looked::hand_over(context, &plan, format).await?,
                Generation::V2 => devices::hand_over(context, &plan, format).await?,
            };
            print(context, format, &text)
        }
    }
}

async fn generation(plan: &Path) -> Result<Generation, Error> {
    Ok(super::plan::read(plan).await?.0.generation)
}

/// What `permissions show --json` writes of forms that are no JSON.
#[derive(Serialize)]
struct Shown<'a> {
    format: HandOver,
    text: &'a str,
}

async fn show(context: &Context, options: PermissionsShow) -> Result<Outcome, Error> {
    let PermissionsShow {
        groups,
        account,
        role,
        bucket,
        key,
        prefix,
        packing,
        format,
    } = options;
    let text = std::fs::read_to_string(&groups).map_err(Error::file(&groups))?;
    let place = place(context, account).await?;
    let needs = Needs {
        role,
        bucket,
        objects: match key {
            Some(key) => Objects::Key(key),
            None => Objects::Prefix(prefix.unwrap_or_else(|| "overseed".to_owned())),
        },
        read_by: packing.read_by,
        groups: listed_groups(&text, &place)?,
        pack: packing.pack,
        waves: 1,
    };
    print(context, format, &permissions_show(&place, &needs, format)?)
}

/// Prints what is handed over.
fn print(context: &Context, format: HandOver, text: &str) -> Result<Outcome, Error> {
    let output = &context.output;
    if !output.is_json() {
        output.text(text.trim_end())?;
        return Ok(Outcome::Well);
    }
    match format {
        HandOver::Json | HandOver::Cloudformation | HandOver::Caller => {
            let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
                Problem::new(ErrorCode::Internal, "A document that was made is no JSON")
                    .detail(error)
            })?;
            output.line(&value)?;
        }
        HandOver::AwsCli | HandOver::Terraform => output.line(&Shown { format, text })?,
    }
    Ok(Outcome::Well)
}

/// Account and Region as they were typed; what is missing is what the connection says.
async fn place(context: &Context, account: Option<String>) -> Result<Place, Error> {
    match (account, context.region()) {
        (Some(account), Some(region)) => typed_place(&account, region),
        (account, _) => {
            let connection = context.session().await?.connection;
            typed_place(
                account.as_deref().unwrap_or(&connection.account),
                &connection.region,
            )
        }
    }
}
