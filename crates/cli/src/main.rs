//! `overseed-cli`: the use cases without a window, for pipelines and terminals. Commands unpack, call the engine and
//! show; nothing that decides anything lives here.

mod args;
mod ask;
mod commands;
mod connect;
mod interrupt;
mod outcome;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;
use overseed_engine::{Error, ErrorCode, Problem};
use tracing_subscriber::EnvFilter;

use crate::{args::Cli, connect::Context, outcome::Outcome, output::Output};

fn main() -> ExitCode {
    // This program starts itself again to be the sandbox.
    if overseed_sandbox::process::serve_if_asked() {
        return ExitCode::SUCCESS;
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return unusable(&error, std::env::args_os().any(|word| word == "--json")),
    };
    if let Some(contradiction) = connect::contradiction(&cli.connection) {
        return unusable(&contradiction, cli.general.json);
    }
    log(cli.general.verbose);
    let context = Context::new(cli.connection, cli.general.data_dir, cli.general.json);
    let output = context.output.clone();
    let ended = tokio::runtime::Runtime::new()
        .map_err(Error::file("the system's threads"))
        .and_then(|runtime| {
            let ended = runtime.block_on(interrupt::until_interrupted(
                context.cancel.clone(),
                commands::run(&context, cli.command),
            ));
            // A thread that waits for an answer at the terminal is not waited for.
            runtime.shutdown_background();
            ended
        });
    let flushed = output.flush();
    let outcome = ended
        .and_then(|outcome| flushed.map(|()| outcome))
        .unwrap_or_else(|error| {
            let problem = error.problem();
            let outcome = Outcome::of_error(&error, &problem);
            if outcome != Outcome::Unread {
                output.problem(&problem);
            }
            outcome
        });
    ExitCode::from(outcome as u8)
}

/// Says what cannot be understood of the command line: as one line of JSON where that was asked for. Help and version
/// are asked for and no error.
fn unusable(error: &clap::Error, json: bool) -> ExitCode {
    if !json || !error.use_stderr() {
        error.exit();
    }
    let words = error.render().to_string();
    let (message, more) = words.split_once('\n').unwrap_or((&words, ""));
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let mut problem = Problem::new(ErrorCode::InvalidInput, message);
    if !more.trim().is_empty() {
        problem = problem.detail(more.trim());
    }
    Output::new(true).problem(&problem);
    ExitCode::from(Outcome::Usage as u8)
}

/// Logs to standard error, where asked for. `OVERSEED_LOG` says more exactly what.
fn log(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => "info,aws_config=warn,aws_smithy_runtime=warn,hyper=warn",
        _ => "debug,hyper=info,rustls=info",
    };
    let filter = EnvFilter::try_from_env("OVERSEED_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
