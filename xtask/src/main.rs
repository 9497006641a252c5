//! The project's own chores, as `cargo xtask COMMAND`: set up and open the app, run every check, take the tour's
//! pictures, measure, and write the UI's bindings. Everything is built with `--workspace` in the one target folder, so
//! that no command makes another rebuild what is there.

mod bench;
mod closing;
mod command;
mod display;
mod needs;
mod open;
mod package;
mod stages;
mod tour;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// The project's own chores
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Install what is missing, build the UI and the app, and open it
    Run {
        /// Install without asking
        #[arg(long)]
        yes: bool,
        /// Build with optimisations (takes some minutes more)
        #[arg(long)]
        release: bool,
    },
    /// Run every check there is: format, lints, licences, UI, unit, contract and end-to-end tests
    Test {
        /// Install without asking
        #[arg(long)]
        yes: bool,
        /// Run only these stages
        #[arg(long, value_delimiter = ',', value_name = "STAGES")]
        only: Vec<stages::Stage>,
    },
    /// Drive the real window through the whole wizard on a virtual display and keep a picture of each screen
    Tour {
        /// Install without asking
        #[arg(long)]
        yes: bool,
    },
    /// Measure speed and memory, side by side with other programs in the same run
    Bench {
        /// Install without asking
        #[arg(long)]
        yes: bool,
        /// One JSON line a figure instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Make the package that people install: deb, dmg or an NSIS installer
    Package {
        /// Install without asking
        #[arg(long)]
        yes: bool,
    },
    /// Write ui/src/ipc/bindings.ts from the shell's commands
    Bindings,
}

fn main() -> ExitCode {
    match chore(&Arguments::parse().chore) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn chore(chore: &Chore) -> Result<ExitCode> {
    let root = command::root()?;
    std::env::set_current_dir(&root).with_context(|| format!("cannot enter {}", root.display()))?;
    match chore {
        Chore::Package { yes } => package::package(*yes),
        Chore::Run { yes, release } => open::run(*yes, *release),
        Chore::Test { yes, only } => stages::test(*yes, only),
        Chore::Tour { yes } => tour::tour(*yes),
        Chore::Bench { yes, json } => bench::bench(*yes, *json),
        Chore::Bindings => stages::bindings(),
    }
}
