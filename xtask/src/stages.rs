//! `cargo xtask test`: all checks as stages. A failed stage does not hide the others: all run, and the end says how
//! each went, with the closing lines of the test runners.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::ValueEnum;

use crate::closing::Closing;
use crate::command::{self, cargo, npm, watched};
use crate::needs;

/// tauri-driver speaks WebDriver to the window; this version was tried with the app's tauri.
const TAURI_DRIVER: &str = "2.1.0";
/// Newer ones are as good; this one was tried.
const CARGO_DENY: &str = "0.20.2";

/// A part of the checks, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    /// rustfmt on all crates
    Fmt,
    /// ESLint, TypeScript, Vitest and the build of the UI
    Ui,
    /// Clippy on all crates and targets, warnings denied
    Clippy,
    /// Licences, bans and sources of all dependencies (cargo-deny)
    Deny,
    /// Unit, property and use-case tests of all crates, and documentation examples
    Unit,
    /// boto3, the AWS CLI and moto against what we speak and serve
    Contract,
    /// The real window under WebDriver
    E2e,
}

/// How a stage went.
#[derive(Debug, Default)]
struct Outcome {
    failures: Vec<String>,
    closings: Vec<Closing>,
}

impl Outcome {
    /// Runs a command as a part of the stage.
    fn step(&mut self, command: &mut Command) {
        match watched(command) {
            Ok(watched) => {
                self.closings.extend(watched.closings);
                if !watched.succeeded {
                    self.failures
                        .push(format!("`{}` failed", command::words(command)));
                }
            }
            Err(error) => self.failures.push(format!("{error:#}")),
        }
    }

    /// Takes a step that is not a watched command; without it the stage cannot go on.
    fn must<T>(&mut self, done: Result<T>) -> Option<T> {
        done.map_err(|error| self.failures.push(format!("{error:#}")))
            .ok()
    }
}

/// Runs the stages, all of them when none is named.
pub fn test(yes: bool, only: &[Stage]) -> Result<ExitCode> {
    needs::meet(needs::For::Tests, yes)?;
    let stages: Vec<Stage> = Stage::value_variants()
        .iter()
        .copied()
        .filter(|stage| only.is_empty() || only.contains(stage))
        .collect();
    let began = Instant::now();
    let mut outcomes: Vec<(Stage, Duration, Outcome)> = Vec::new();
    for stage in stages {
        println!("\n── {} ──", name(stage));
        let began = Instant::now();
        let mut outcome = Outcome::default();
        carry_out(stage, yes, &mut outcome);
        for failure in &outcome.failures {
            println!("{}: {failure}", name(stage));
        }
        outcomes.push((stage, began.elapsed(), outcome));
    }
    Ok(say(&outcomes, began.elapsed()))
}

/// The table at the end, and one line with the sums of all runners.
fn say(outcomes: &[(Stage, Duration, Outcome)], took: Duration) -> ExitCode {
    println!("\n── Outcome ──");
    let (mut passed, mut failed, mut broken) = (0, 0, false);
    for (stage, took, outcome) in outcomes {
        let word = if outcome.failures.is_empty() {
            "ok"
        } else {
            "FAILED"
        };
        println!(
            "{:<9} {word:<6} {:>6.1} s",
            name(*stage),
            took.as_secs_f64()
        );
        for closing in &outcome.closings {
            println!("          {}", closing.line);
            passed += closing.passed;
            failed += closing.failed;
        }
        for failure in &outcome.failures {
            println!("          {failure}");
        }
        broken |= !outcome.failures.is_empty();
    }
    println!("{:<9} {:<6} {:>6.1} s", "all", "", took.as_secs_f64());
    println!("tests: {passed} passed, {failed} failed");
    if broken {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn name(stage: Stage) -> String {
    stage
        .to_possible_value()
        .map_or_else(String::new, |value| value.get_name().to_owned())
}

fn carry_out(stage: Stage, yes: bool, outcome: &mut Outcome) {
    match stage {
        Stage::Fmt => outcome.step(cargo().args(["fmt", "--all", "--check"])),
        Stage::Ui => ui(outcome),
        Stage::Clippy => outcome.step(cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ])),
        Stage::Deny => {
            if outcome
                .must(needs::cargo_tool("cargo-deny", CARGO_DENY, yes))
                .is_some()
            {
                outcome.step(cargo().args(["deny", "check", "bans", "licenses", "sources"]));
            }
        }
        Stage::Unit => {
            if built(outcome) {
                outcome.step(&mut tests(&Filter::AllBut("e2e::")));
                outcome.step(cargo().args(["test", "--workspace", "--doc", "--quiet"]));
            }
        }
        Stage::Contract => {
            if built(outcome)
                && let Some(python) = outcome.must(needs::python())
                && let Some(node) = outcome.must(needs::node_packages())
                && let Some(ministack) = outcome.must(needs::ministack())
            {
                outcome.step(
                    Command::new(python)
                        .args([
                            "-m",
                            "pytest",
                            "tests/contract",
                            "-q",
                            "-p",
                            "no:cacheprovider",
                        ])
                        .env("OVERSEED_BUILT", command::target().join("debug"))
                        .env("OVERSEED_NODE", node)
                        .env("OVERSEED_MINISTACK", ministack),
                );
            }
        }
        Stage::E2e => e2e(yes, outcome),
    }
}

fn ui(outcome: &mut Outcome) {
    if outcome.must(needs::ui_packages()).is_none() {
        return;
    }
    for script in ["lint", "typecheck", "test", "build"] {
        outcome.step(&mut npm(&["run", "--silent", script]));
    }
}

/// Builds everything that the stages after it start. The window shows the UI as it was built last, so that is built
/// first when it is not there.
fn built(outcome: &mut Outcome) -> bool {
    let done = needs::ui_packages()
        .and_then(|()| build_ui())
        .and_then(|()| build());
    outcome.must(done).is_some()
}

/// One build of all targets in debug: tests, programs and examples, with the features of the whole workspace. Not of
/// xtask, which is running: Windows does not let a running program be replaced.
pub fn build() -> Result<()> {
    let mut build = cargo();
    build.args([
        "build",
        "--workspace",
        "--exclude",
        "xtask",
        "--all-targets",
        "--quiet",
    ]);
    command::run(&mut build)
}

/// The UI for the window.
pub fn build_ui() -> Result<()> {
    command::run(&mut npm(&["run", "--silent", "build"]))
}

fn e2e(yes: bool, outcome: &mut Outcome) {
    if !cfg!(target_os = "linux") {
        println!("WebDriver reaches the window on Linux only: left out here.");
        return;
    }
    let ready = window_driver(yes);
    if built(outcome) && outcome.must(ready).is_some() {
        outcome.step(&mut tests(&Filter::Only("e2e::")));
    }
}

/// Installs what drives the window.
pub fn window_driver(yes: bool) -> Result<()> {
    needs::cargo_tool("tauri-driver", TAURI_DRIVER, yes)
}

/// Which tests, by how their names begin.
#[derive(Debug)]
pub enum Filter {
    /// All but these.
    AllBut(&'static str),
    /// The app's own integration tests that begin so.
    Only(&'static str),
}

/// The command that runs tests: nextest where it is installed, otherwise cargo's own runner.
pub fn tests(filter: &Filter) -> Command {
    let mut command = cargo();
    if command::installed("cargo-nextest").is_some() {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast", "-E"]);
        match filter {
            Filter::AllBut(start) => command.arg(format!("not test(/^{start}/)")),
            // One window at a time: drawing by software keeps a small machine busy.
            Filter::Only(start) => command
                .arg(format!("binary(all) & test(/^{start}/)"))
                .args(["-j", "1"]),
        };
        return command;
    }
    command.args(["test", "--workspace", "--no-fail-fast", "--quiet"]);
    match filter {
        Filter::AllBut(start) => {
            command.args(["--lib", "--bins", "--tests", "--", "--skip", start]);
        }
        Filter::Only(start) => {
            command.args(["--test", "all", "--", start, "--test-threads", "1"]);
        }
    }
    command
}

/// Writes the UI's bindings: the test that compares them does so when asked.
pub fn bindings() -> Result<ExitCode> {
    let mut write = cargo();
    write.args([
        "test",
        "--workspace",
        "--test",
        "all",
        "--quiet",
        "bindings::",
    ]);
    command::run(write.env("UPDATE_BINDINGS", "1"))?;
    println!("Written: ui/src/ipc/bindings.ts");
    Ok(ExitCode::SUCCESS)
}
