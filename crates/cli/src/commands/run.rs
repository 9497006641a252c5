//! `run …`: what starts and drives is in `follow`, what only shows is here.

use overseed_domain::rollout::{Counts, Generation, TargetState};
use overseed_engine::{
    Engine, Error,
    run::{for_each_target_row, run_causes, run_get, runs_list},
};

use super::{after, follow, waves};
use crate::{
    args::RunCommand,
    connect::Context,
    outcome::Outcome,
    output::{spoken, time},
};

pub async fn run(context: &Context, command: RunCommand) -> Result<Outcome, Error> {
    match command {
        RunCommand::Start { plan, yes } => follow::start(context, &plan, yes).await,
        RunCommand::Resume { run } => follow::resume(context, &run).await,
        RunCommand::Watch { run } => follow::watch(context, &run).await,
        RunCommand::Stop { run, cancel } => follow::stop(context, &run, cancel).await,
        RunCommand::AtOnce { run, at_once } => waves::at_once(context, &run, at_once).await,
        RunCommand::CleanUp { run } => waves::clean_up(context, &run).await,
        RunCommand::Pause { run } => waves::pause(context, &run).await,
        RunCommand::Continue { run } => follow::go_on(context, &run).await,
        RunCommand::Skip { run, targets } => waves::skip(context, &run, targets).await,
        RunCommand::List => list(context, &context.engine()?).await,
        RunCommand::Targets { run, state } => {
            targets(context, &context.engine()?, &run, state).await
        }
        RunCommand::Causes { run } => causes(context, &context.engine()?, &run).await,
        RunCommand::After(command) => after::run(context, command).await,
    }
}

async fn list(context: &Context, engine: &Engine) -> Result<Outcome, Error> {
    let runs = runs_list(engine).await?;
    if context.output.is_json() {
        for run in &runs {
            context.output.line(run)?;
        }
        return Ok(Outcome::Well);
    }
    let rows = runs.into_iter().map(|run| {
        let place = run
            .sandbox
            .map_or(run.account, |id| format!("sandbox {id}"));
        let driven = match (run.driven, run.foreign) {
            (true, _) => "driven",
            (false, true) => "started elsewhere",
            (false, false) => "",
        };
        vec![
            run.id,
            run.name,
            spoken(&run.state),
            counted(&run.counts),
            time(Some(run.started_at)),
            format!("{place} · {}", run.region),
            driven.to_owned(),
        ]
    });
    let heads = ["Id", "Name", "State", "Targets", "Started", "Where", ""];
    context.output.table(&heads, rows.collect())?;
    Ok(Outcome::Well)
}

async fn targets(
    context: &Context,
    engine: &Engine,
    run: &str,
    state: Option<TargetState>,
) -> Result<Outcome, Error> {
    let output = context.output.clone();
    let asked = move |found| state.is_none_or(|state| state == found);
    if output.is_json() {
        for_each_target_row(engine, run, move |row| {
            if asked(row.state) {
                output.line(&row)
            } else {
                Ok(())
            }
        })
        .await?;
        return Ok(Outcome::Well);
    }
    let v2 = run_get(engine, run).await?.row.generation == Generation::V2;
    let (sender, receiver) = std::sync::mpsc::channel();
    for_each_target_row(engine, run, move |row| {
        if asked(row.state) {
            let message = match (&row.code, &row.message) {
                (Some(code), Some(message)) => format!("{code}: {message}"),
                (code, message) => code
                    .as_ref()
                    .or(message.as_ref())
                    .cloned()
                    .unwrap_or_default(),
            };
            let name = row.name.unwrap_or_default();
            let mut cells = vec![row.line.to_string()];
            if !v2 {
                cells.push(name);
            }
            cells.extend([row.target, row.version, spoken(&row.state), message]);
            // The receiver lives until all rows are there.
            sender.send(cells).map_err(|_| Error::Cancelled)?;
        }
        Ok(())
    })
    .await?;
    let heads: &[&str] = if v2 {
        &["Line", "Core device", "Document", "State", "Message"]
    } else {
        &["Line", "Name", "Target", "Version", "State", "Message"]
    };
    output.table(heads, receiver.into_iter().collect())?;
    Ok(Outcome::Well)
}

async fn causes(context: &Context, engine: &Engine, run: &str) -> Result<Outcome, Error> {
    let output = &context.output;
    let causes = run_causes(engine, run).await?;
    if output.is_json() {
        for cause in &causes {
            output.line(cause)?;
        }
        return Ok(Outcome::Well);
    }
    let generation = run_get(engine, run).await?.row.generation;
    let of = generation.targets();
    for cause in &causes {
        match (cause.wave, cause.line) {
            (None, _) => output.text(format_args!("{} × {}", cause.targets, cause.title))?,
            (Some(_), line) => {
                let at = line.map_or_else(String::new, |line| format!(", line {line} of its file"));
                output.text(format_args!(
                    "{}{at}; {} {of} were not attempted",
                    cause.title, cause.targets
                ))?;
            }
        }
        let code = cause.code.iter().map(|code| format!("  code: {code}"));
        let words = cause
            .message
            .lines()
            .map(|line| format!("  {} says: {line}", waves::speaker(generation)));
        let means = cause.means.iter().map(|means| format!("  {means}"));
        let remedies = cause.remedies.iter().map(|remedy| format!("  - {remedy}"));
        for line in code.chain(words).chain(means).chain(remedies) {
            output.text(line)?;
        }
        output.text("")?;
    }
    if causes.is_empty() {
        let run = run_get(engine, run).await?;
        output.text(format_args!(
            "Nothing has failed. {}",
            counted(&run.row.counts)
        ))?;
    }
    Ok(Outcome::Well)
}

/// Targets by state, those that are none left out.
pub fn counted(counts: &Counts) -> String {
    let counts = [
        (counts.succeeded, "succeeded"),
        (counts.failed, "failed"),
        (counts.unknown, "unknown"),
        (counts.in_progress, "in progress"),
        (counts.submitted, "submitted"),
        (counts.waiting, "waiting"),
    ];
    let parts = counts.iter().filter(|(count, _)| *count > 0);
    parts
        .map(|(count, word)| format!("{count} {word}"))
        .collect::<Vec<_>>()
        .join(", ")
}
