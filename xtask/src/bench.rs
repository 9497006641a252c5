//! `cargo xtask bench`: our figures and those of other programs from one run on one machine, held against the goals.

mod app;
mod peers;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::command::{self, built, cargo, output};
use crate::{needs, stages};

/// What a benchmark prints, one JSON line a figure.
#[derive(Debug, Clone, Deserialize)]
pub struct Measured {
    pub name: String,
    pub value: f64,
    pub unit: String,
}

/// A figure beside its peer and its goal.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Figure {
    name: String,
    value: f64,
    unit: String,
    /// The program that the figure is compared with.
    peer: Option<String>,
    /// The peer's value, in the same unit.
    peer_value: Option<f64>,
    /// Ours by the peer's.
    ratio: Option<f64>,
    goal: Option<String>,
    /// Whether the goal is met; absent where there is none.
    holds: Option<bool>,
}

/// A bound on a figure.
#[derive(Debug, Clone, Copy)]
enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

/// The goals, by the names that the benchmarks print.
const GOALS: &[(&str, Goal)] = &[
    ("input file: make 704,000 records", Goal::AtMost(0.5)),
    ("input file: check", Goal::AtLeast(500.0)),
    ("input file: peak memory", Goal::AtMost(50.0)),
    (
        "inventory: page with filter and sort, worst",
        Goal::AtMost(50.0),
    ),
    (
        "inventory: select all that match, worst",
        Goal::AtMost(1000.0),
    ),
    (
        "permissions: pack and evaluate 20,000 groups",
        Goal::AtMost(1.0),
    ),
    (
        "permissions: pack and evaluate 20,000 groups by name",
        Goal::AtMost(1.0),
    ),
    ("v2: plan 100,000 devices", Goal::AtMost(5.0)),
    ("v2: plan, peak memory", Goal::AtMost(300.0)),
    (
        "v2: preview of 100,000 devices from the store",
        Goal::AtMost(5.0),
    ),
    ("v2: preview and plan file, memory", Goal::AtMost(300.0)),
    ("v2: review, memory", Goal::AtMost(300.0)),
    ("run: reports taken in", Goal::AtLeast(20_000.0)),
    ("run: causes of all failures", Goal::AtMost(2.0)),
    (
        "run: any command while reports come in at Greengrass's rate, worst",
        Goal::AtMost(50.0),
    ),
    ("run: any command at rest, worst", Goal::AtMost(50.0)),
    ("run: peak memory", Goal::AtMost(400.0)),
    (
        "run: store, growth of ten times the targets by ten",
        Goal::AtMost(1.2),
    ),
    (app::DRAWN, Goal::AtMost(1.0)),
    (app::PACKAGE, Goal::AtMost(15.0)),
];

/// How many times faster than its peers the check has to be.
const TIMES: f64 = 10.0;

impl Figure {
    fn of(measured: Measured) -> Self {
        let goal = GOALS
            .iter()
            .find(|(name, _)| *name == measured.name)
            .map(|(_, goal)| *goal);
        let (text, holds) = match goal {
            Some(Goal::AtMost(most)) => (Some(format!("≤ {most}")), Some(measured.value <= most)),
            Some(Goal::AtLeast(least)) => {
                (Some(format!("≥ {least}")), Some(measured.value >= least))
            }
            None => (None, None),
        };
        Self {
            name: measured.name,
            value: measured.value,
            unit: measured.unit,
            peer: None,
            peer_value: None,
            ratio: None,
            goal: text,
            holds,
        }
    }

    fn beside(ours: &Measured, peer: &str, value: f64) -> Self {
        let ratio = ours.value / value;
        Self {
            peer: Some(peer.to_owned()),
            peer_value: Some(value),
            ratio: Some(ratio),
            goal: Some(format!("≥ {TIMES} ×")),
            holds: Some(ratio >= TIMES),
            ..Self::of(ours.clone())
        }
    }
}

/// Builds with optimisations, measures everything and says it as a table or as JSON lines.
pub fn bench(yes: bool, json: bool) -> Result<ExitCode> {
    needs::meet(needs::For::Bench, yes)?;
    needs::ui_packages()?;
    stages::build_ui()?;
    let mut build = cargo();
    build.args([
        "build",
        "--release",
        "--workspace",
        "--exclude",
        "xtask",
        "--bins",
        "--examples",
    ]);
    command::run(&mut build)?;

    let folder = command::target().join("bench");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("input.jsonl");
    let mut figures = Vec::new();
    for measured in measure(Command::new(built("release", "examples/bench_input_file")).arg(&file))?
    {
        let is_check = measured.name == "input file: check";
        figures.push(Figure::of(measured.clone()));
        if is_check {
            figures.push(Figure::beside(
                &measured,
                "Python json loop",
                peers::python(&file)?,
            ));
            figures.push(Figure::beside(&measured, "jq", peers::jq(&file)?));
        }
    }
    std::fs::remove_file(&file)?;
    let inventory = measure(&mut Command::new(built(
        "release",
        "examples/bench_inventory",
    )))?;
    figures.extend(inventory.into_iter().map(Figure::of));
    let permissions = measure(&mut Command::new(built(
        "release",
        "examples/bench_permissions",
    )))?;
    figures.extend(permissions.into_iter().map(Figure::of));
    let v2 = measure(&mut Command::new(built(
        "release",
        "examples/bench_v2_plan",
    )))?;
    figures.extend(v2.into_iter().map(Figure::of));
    let devices = measure(&mut Command::new(built(
        "release",
        "examples/bench_device_plan",
    )))?;
    figures.extend(devices.into_iter().map(Figure::of));
    let run = measure(&mut Command::new(built("release", "examples/bench_run")))?;
    figures.extend(run.into_iter().map(Figure::of));
    if cfg!(target_os = "linux") {
        figures.extend(app::drawn(&folder)?.into_iter().map(Figure::of));
        figures.push(Figure::of(app::package()?));
    }
    say(&figures, json)?;
    let missed = figures.iter().any(|figure| figure.holds == Some(false));
    Ok(if missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Runs a benchmark and reads its figures.
fn measure(command: &mut Command) -> Result<Vec<Measured>> {
    let printed = output(command)?;
    printed
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("not a figure: {line}")))
        .collect()
}

fn say(figures: &[Figure], json: bool) -> Result<()> {
    if json {
        for figure in figures {
            println!("{}", serde_json::to_string(figure)?);
        }
        return Ok(());
    }
    println!("| what | figure | beside | ratio | goal | holds |\n|---|---|---|---|---|---|");
    for figure in figures {
        let beside = match (&figure.peer, figure.peer_value) {
            (Some(peer), Some(value)) => format!("{peer}: {value:.1} {}", figure.unit),
            _ => String::new(),
        };
        let ratio = figure
            .ratio
            .map_or_else(String::new, |ratio| format!("{ratio:.1} ×"));
        let holds = figure
            .holds
            .map_or("", |holds| if holds { "yes" } else { "NO" });
        let goal = figure.goal.as_deref().unwrap_or_default();
        let (name, value, unit) = (&figure.name, figure.value, &figure.unit);
        println!("| {name} | {value:.2} {unit} | {beside} | {ratio} | {goal} | {holds} |");
    }
    Ok(())
}
