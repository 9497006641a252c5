//! `run retry`, `roll-back`, `compare`, `report`, `read-again`, `history`, `bulk-deployments`, `open` and `prune`.

use std::path::Path;

use overseed_domain::{
    Millis,
    rollout::{Generation, TargetState},
};
use overseed_engine::{
    Error,
    job::JobKind,
    run::{
        CompareQuery, CompareRow, CompareSide, Comparison, ExportForm, HistoryRow, RetryPlan,
        RetryWhat, RunSnapshot, TargetChange, bulk_list, bulk_open, run_compare, run_export,
        run_get, run_prune, run_read_again, run_retry_plan, run_roll_back_plan, target_history,
    },
};
use serde::Serialize;

use super::{follow::session_of_run, last_word::end};
use crate::{
    args::{AfterCommand, ReportArgs, RetryArgs},
    connect::Context,
    outcome::Outcome,
    output::{spoken, time},
    progress::watched,
};

/// Rows asked for at once.
const PAGE: u32 = 500;

pub async fn run(context: &Context, command: AfterCommand) -> Result<Outcome, Error> {
    match command {
        AfterCommand::Retry(options) => retry(context, options).await,
        AfterCommand::RollBack { run, out } => roll_back(context, &run, &out).await,
        AfterCommand::Compare { a, b, change } => {
            compare(context, &a, &b, change.map(TargetChange::from)).await
        }
        AfterCommand::Report(options) => report(context, *options).await,
        AfterCommand::ReadAgain { run } => read_again(context, &run).await,
        AfterCommand::History { run, target } => history(context, &run, &target).await,
        AfterCommand::BulkDeployments => bulk_deployments(context).await,
        AfterCommand::Open { bulk_deployment } => open(context, &bulk_deployment).await,
        AfterCommand::Prune { older_than, yes } => prune(context, older_than, yes).await,
    }
}

async fn retry(context: &Context, options: RetryArgs) -> Result<Outcome, Error> {
    let RetryArgs {
        run,
        cause,
        targets,
        states,
        version,
        out,
    } = options;
    let session = session_of_run(context, &run).await?;
    let what = RetryWhat {
        cause,
        targets,
        states,
    };
    let plan = watched(
        &context.output,
        JobKind::Retry,
        session.clock(),
        &context.cancel,
        |progress| {
            let (session, run, out) = (&session, &run, &out);
            async move { run_retry_plan(session, run, what, version.into(), out, &progress).await }
        },
    )
    .await?;
    made(context, &plan, &out)
}

async fn roll_back(context: &Context, run: &str, out: &Path) -> Result<Outcome, Error> {
    let session = session_of_run(context, run).await?;
    let plan = watched(
        &context.output,
        JobKind::Retry,
        session.clock(),
        &context.cancel,
        |progress| {
            let session = &session;
            async move { run_roll_back_plan(session, run, out, &progress).await }
        },
    )
    .await?;
    made(context, &plan, out)
}

/// What `run retry --json` and `run roll-back --json` write.
#[derive(Serialize)]
struct Made<'a> {
    path: String,
    targets: u32,
    #[serde(flatten)]
    plan: &'a RetryPlan,
}

fn made(context: &Context, plan: &RetryPlan, out: &Path) -> Result<Outcome, Error> {
    let output = &context.output;
    if output.is_json() {
        output.line(&Made {
            path: out.display().to_string(),
            targets: plan.file.records,
            plan,
        })?;
    } else {
        output.text(out.display())?;
        output.text(format_args!(
            "plan {}, {} targets",
            plan.header.id, plan.file.records
        ))?;
        if plan.from_earlier_runs > 0 {
            output.note(format_args!(
                "{} of them get the version that an earlier run deployed, others the one listed before",
                plan.from_earlier_runs
            ));
        }
        for left_out in &plan.left_out {
            output.note(format_args!(
                "left out: {}: {}",
                left_out.target, left_out.why
            ));
        }
    }
    Ok(if plan.left_out.is_empty() {
        Outcome::Well
    } else {
        Outcome::Findings
    })
}

async fn compare(
    context: &Context,
    a: &str,
    b: &str,
    change: Option<TargetChange>,
) -> Result<Outcome, Error> {
    let (engine, output) = (context.engine()?, &context.output);
    let mut query = CompareQuery {
        change,
        offset: 0,
        limit: PAGE,
    };
    let first = run_compare(&engine, a, b, query.clone()).await?;
    let interesting = |row: &CompareRow| change.is_some() || row.change != TargetChange::Same;
    if !output.is_json() {
        counts(context, &first)?;
    }
    let (matches, mut rows, mut table) = (first.matches, first.rows, Vec::new());
    while !rows.is_empty() {
        // The unchanged come last: nothing after them is asked for.
        let done = !rows.iter().all(interesting);
        query.offset += u32::try_from(rows.len()).unwrap_or(u32::MAX);
        for row in rows.into_iter().filter(|row| interesting(row)) {
            if output.is_json() {
                output.line(&row)?;
            } else {
                table.push(cells(row));
            }
        }
        if done || query.offset >= matches {
            break;
        }
        rows = run_compare(&engine, a, b, query.clone()).await?.rows;
    }
    if !output.is_json() && !table.is_empty() {
        output.text("")?;
        output.table(
            &["Change", "Name", "Target", "In A", "In B", "Message in B"],
            table,
        )?;
    }
    Ok(Outcome::Well)
}

fn counts(context: &Context, compared: &Comparison) -> Result<(), Error> {
    let output = &context.output;
    for (letter, run) in [("A", &compared.a), ("B", &compared.b)] {
        output.text(format_args!(
            "{letter}  {} {} {}",
            run.id,
            time(Some(run.started_at)),
            run.name
        ))?;
    }
    let mut counts = compared.counts;
    for change in TargetChange::ALL {
        let targets = *counts.of(change);
        if targets > 0 {
            output.text(format_args!("{targets:>7} {}", spoken(&change)))?;
        }
    }
    Ok(())
}

fn cells(row: CompareRow) -> Vec<String> {
    let state = |side: &Option<CompareSide>| {
        side.as_ref()
            .map_or_else(|| "–".to_owned(), |side| spoken(&side.state))
    };
    vec![
        spoken(&row.change),
        row.name.clone().unwrap_or_default(),
        row.target.clone(),
        state(&row.a),
        state(&row.b),
        row.b.and_then(|side| side.message).unwrap_or_default(),
    ]
}

async fn report(context: &Context, options: ReportArgs) -> Result<Outcome, Error> {
    let engine = context.engine()?;
    let ReportArgs {
        run,
        html,
        csv,
        targets_json,
        causes_csv,
        causes_json,
        changes_csv,
        changes_json,
        plan,
        events_cloudformation,
        events_cli,
    } = options;
    let files = [
        (html, ExportForm::Html),
        (csv, ExportForm::TargetsCsv),
        (targets_json, ExportForm::TargetsJson),
        (causes_csv, ExportForm::CausesCsv),
        (causes_json, ExportForm::CausesJson),
        (changes_csv, ExportForm::ChangesCsv),
        (changes_json, ExportForm::ChangesJson),
        (plan, ExportForm::Plan),
        (events_cloudformation, ExportForm::EventsCloudFormation),
        (events_cli, ExportForm::EventsCli),
    ];
    for (path, form) in files {
        if let Some(path) = path {
            run_export(&engine, &run, form, &path).await?;
            if context.output.is_json() {
                context.output.line(
                    &serde_json::json!({ "form": form, "path": path.display().to_string() }),
                )?;
            } else {
                context.output.text(path.display())?;
            }
        }
    }
    Ok(Outcome::Well)
}

async fn read_again(context: &Context, run: &str) -> Result<Outcome, Error> {
    let session = session_of_run(context, run).await?;
    let before = run_get(&session, run).await?;
    let read = watched(
        &context.output,
        JobKind::ReadAgain,
        session.clock(),
        &context.cancel,
        |progress| {
            let session = &session;
            async move { run_read_again(session, run, &progress).await }
        },
    )
    .await?;
    if !read.row.state.is_terminal() && !read.row.foreign {
        context
            .output
            .note("The run has not ended: who drives it reads it.");
    } else {
        let unknown = |run: &RunSnapshot| run.row.counts.unknown;
        let known = unknown(&before).saturating_sub(unknown(&read));
        let of = read.row.generation.targets();
        context.output.note(format_args!(
            "{known} of {} unknown {of} have an outcome now",
            unknown(&before)
        ));
    }
    end(&context.output, &read)?;
    Ok(Outcome::of_run(&read))
}

async fn history(context: &Context, run: &str, target: &str) -> Result<Outcome, Error> {
    let engine = context.engine()?;
    let rows = target_history(&engine, run, target).await?;
    let generation = run_get(&engine, run).await?.row.generation;
    let output = &context.output;
    if output.is_json() {
        for row in &rows {
            output.line(&HistoryLine::of(row, generation))?;
        }
        return Ok(Outcome::Well);
    }
    let rows = rows.into_iter().map(|row| {
        vec![
            time(Some(row.at)),
            row.run,
            row.name,
            row.version,
            spoken(&row.state),
            row.message.unwrap_or_default(),
        ]
    });
    let version = match generation {
        Generation::V1 => "Version",
        Generation::V2 => "Document",
    };
    output.table(
        &["Started", "Id", "Name", version, "State", "Message"],
        rows.collect(),
    )?;
    Ok(Outcome::Well)
}

/// A row of `run history --json`: groups got a version, core devices a document, named by its hash.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HistoryLine<'a> {
    run: &'a str,
    name: &'a str,
    at: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'a str>,
    state: TargetState,
    deployment: Option<&'a str>,
    cause: Option<&'a str>,
    message: Option<&'a str>,
}

impl<'a> HistoryLine<'a> {
    fn of(row: &'a HistoryRow, generation: Generation) -> Self {
        let got = Some(row.version.as_str());
        Self {
            run: &row.run,
            name: &row.name,
            at: row.at,
            version: got.filter(|_| generation == Generation::V1),
            document: got.filter(|_| generation == Generation::V2),
            state: row.state,
            deployment: row.deployment.as_deref(),
            cause: row.cause.as_deref(),
            message: row.message.as_deref(),
        }
    }
}

async fn bulk_deployments(context: &Context) -> Result<Outcome, Error> {
    let session = context.session().await?;
    let rows = watched(
        &context.output,
        JobKind::BulkList,
        session.clock(),
        &context.cancel,
        |progress| {
            let session = &session;
            async move { bulk_list(session, &progress).await }
        },
    )
    .await?;
    let output = &context.output;
    if output.is_json() {
        for row in &rows {
            output.line(row)?;
        }
        return Ok(Outcome::Well);
    }
    let rows = rows
        .into_iter()
        .map(|row| vec![row.id, time(row.created_at), row.run.unwrap_or_default()]);
    output.table(&["Id", "Created", "Run"], rows.collect())?;
    Ok(Outcome::Well)
}

async fn open(context: &Context, id: &str) -> Result<Outcome, Error> {
    let session = context.session().await?;
    let run = watched(
        &context.output,
        JobKind::BulkOpen,
        session.clock(),
        &context.cancel,
        |progress| {
            let session = &session;
            async move { bulk_open(session, id, &progress).await }
        },
    )
    .await?;
    end(&context.output, &run)?;
    Ok(Outcome::Well)
}

async fn prune(context: &Context, older_than: u32, yes: bool) -> Result<Outcome, Error> {
    let pruned = run_prune(&context.engine()?, older_than, !yes).await?;
    let output = &context.output;
    if output.is_json() {
        output.line(&pruned)?;
        return Ok(Outcome::Well);
    }
    let megabytes = pruned.bytes as f64 / 1_000_000.0;
    if yes {
        output.text(format_args!(
            "{} runs taken out, {megabytes:.1} MB",
            pruned.runs
        ))?;
    } else {
        output.text(format_args!(
            "{} runs ended more than {older_than} days ago, about {megabytes:.1} MB. Say --yes to take them out.",
            pruned.runs
        ))?;
    }
    Ok(Outcome::Well)
}
