//! One file for each group of commands.

mod after;
mod components;
mod devices;
mod file;
mod follow;
mod groups;
mod last_word;
mod permissions;
mod plan;
mod plan_v2;
mod run;
mod versions;
mod waves;

use overseed_engine::{
    Error,
    groups::{Filter, FilterToken},
};

use crate::{args::Command, connect::Context, outcome::Outcome};

/// Carries a command out.
pub async fn run(context: &Context, command: Command) -> Result<Outcome, Error> {
    match command {
        Command::Groups(command) => groups::run(context, command).await,
        Command::Devices(command) => devices::run(context, command).await,
        Command::Components(command) => components::run(context, command).await,
        Command::Versions { group } => versions::run(context, &group).await,
        Command::File(command) => file::run(context, command).await,
        Command::Plan(command) => plan::run(context, command).await,
        Command::Permissions(command) => permissions::run(context, command).await,
        Command::Run(command) => run::run(context, command).await,
    }
}

/// Free text in name or id; none matches everything.
fn filter(text: Option<String>) -> Filter {
    let token = |value| FilterToken {
        property: None,
        operator: ":".to_owned(),
        value,
    };
    Filter {
        tokens: text.map(token).into_iter().collect(),
        ..Filter::default()
    }
}
