//! `cargo xtask run`: from a fresh clone to the open window.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::command::{self, built, cargo};
use crate::{display, needs, stages, tour};

/// Installs, builds and opens; without a display the tour is run instead.
pub fn run(yes: bool, release: bool) -> Result<ExitCode> {
    if !display::is_there() {
        println!(
            "There is no display here to open a window on: running `cargo xtask tour` instead."
        );
        return tour::tour(yes);
    }
    needs::meet(needs::For::App, yes)?;
    needs::ui_packages()?;
    stages::build_ui()?;
    let mut build = cargo();
    build.args(["build", "--workspace", "--exclude", "xtask", "--bins"]);
    if release {
        build.arg("--release");
    }
    command::run(&mut build)?;
    let profile = if release { "release" } else { "debug" };
    println!(
        "Opening Overseed. Choose the sandbox on the first step to try everything without an account."
    );
    command::run(&mut Command::new(built(profile, "overseed")))?;
    Ok(ExitCode::SUCCESS)
}
