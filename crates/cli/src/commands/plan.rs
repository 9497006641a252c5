//! `plan new` and `plan show`.

use std::path::Path;

use overseed_domain::{
    input_file::FileSummary,
    rollout::Generation,
    waves::{Gate, GateAction},
};
use overseed_engine::{
    Error, Session,
    job::JobKind,
    plan::{PlanFrom, PlanHeader, PlanSettings, PlanShown, plan_new, plan_read, plan_show},
    review::{Check, preflight_for},
    waves::WaveFile,
};
use serde::Serialize;

use super::{
    file::show as show_file,
    filter,
    permissions::{call, show_requirements},
    plan_v2,
};
use crate::{
    args::{PlanCommand, PlanNew},
    connect::Context,
    outcome::Outcome,
    output::{Output, minutes, spoken},
    progress::watched,
};

pub async fn run(context: &Context, command: PlanCommand) -> Result<Outcome, Error> {
    match command {
        PlanCommand::New(options) => new(context, *options).await,
        PlanCommand::Show { plan } => show(context, &plan).await,
    }
}

/// What `plan new --json` writes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made<'a> {
    id: &'a str,
    path: String,
    targets: u32,
    sha256: &'a str,
    file: &'a FileSummary,
    waves: &'a [WaveFile],
}

async fn new(context: &Context, options: PlanNew) -> Result<Outcome, Error> {
    if options.v2.v2 {
        return plan_v2::new(context, options).await;
    }
    let PlanNew {
        filter: text,
        groups,
        bucket,
        role,
        settle,
        prefix,
        packing,
        waves,
        name,
        out,
        v2: _,
    } = options;
    let session = context.session().await?;
    context.listed(&session).await?;
    let from = groups.map_or_else(|| PlanFrom::Filter(filter(text)), PlanFrom::List);
    let name = name.unwrap_or_else(|| {
        out.file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    });
    let settings = PlanSettings {
        // Both are there: without --v2 they are asked for.
        role: role.unwrap_or_default(),
        bucket: bucket.unwrap_or_default(),
        prefix: prefix.trim_matches('/').to_owned(),
        pack: packing.pack,
        read_by: packing.read_by,
        settle_minutes: settle.map_or_else(
            || proposed_settle_minutes(&session),
            |settle| settle.as_secs_f64() / 60.0,
        ),
        waves: waves.waves(),
        v2: None,
    };
    let (header, summary, waves) = watched(
        &context.output,
        JobKind::InputFile,
        session.clock(),
        &context.cancel,
        |progress| {
            let (session, out) = (&session, &out);
            async move { plan_new(session, from, &name, settings, out, &progress).await }
        },
    )
    .await?;
    let output = &context.output;
    if output.is_json() {
        output.line(&Made {
            id: &header.id,
            path: out.display().to_string(),
            targets: summary.records,
            sha256: &summary.sha256,
            file: &summary,
            waves: &waves.waves,
        })?;
    } else {
        output.text(out.display())?;
        output.text(format_args!(
            "plan {}, {} targets",
            header.id, summary.records
        ))?;
        output.text(format_args!("SHA-256 of the input file {}", summary.sha256))?;
        show_waves(output, &waves.waves)?;
    }
    for finding in &waves.findings {
        output.note(finding);
    }
    Ok(Outcome::Well)
}

pub fn proposed_settle_minutes(session: &Session) -> f64 {
    overseed_engine::draft::proposed_settle_minutes(session.connection.sandbox.is_some())
}

/// What `plan show --json` writes.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    plan: &'a PlanShown,
    preflight: &'a [Check],
}

async fn show(context: &Context, path: &Path) -> Result<Outcome, Error> {
    let (header, _) = read(path).await?;
    if header.generation == Generation::V2 {
        return plan_v2::show(context, path, &header).await;
    }
    let session = context.session_like(&header.connection.request).await?;
    let (plan, preflight) = tokio::select! {
        biased;
        () = context.cancel.cancelled() => return Err(Error::Cancelled),
        shown = async {
            let plan = plan_show(&session, path).await?;
            let preflight = preflight_for(&session, &plan.header).await?;
            Ok::<_, Error>((plan, preflight))
        } => shown?,
    };
    if context.output.is_json() {
        context.output.line(&Shown {
            plan: &plan,
            preflight: &preflight,
        })?;
    } else {
        people(context, &plan, &preflight)?;
    }
    Ok(if plan.file.refusals > 0 {
        Outcome::Findings
    } else {
        Outcome::Well
    })
}

/// The waves of a plan that is cut.
pub fn show_waves(output: &Output, waves: &[WaveFile]) -> Result<(), Error> {
    if waves.len() < 2 {
        return Ok(());
    }
    let rows = waves.iter().map(|wave| {
        vec![
            wave.number.to_string(),
            wave.targets.to_string(),
            wave.by.clone(),
            wave.sha256.clone(),
        ]
    });
    let heads = ["Wave", "Targets", "Which", "SHA-256 of its file"];
    output.table(&heads, rows.collect())
}

/// What stands between the waves of a plan, in words.
pub fn show_gate(output: &Output, gate: &Gate) -> Result<(), Error> {
    let then = match gate.then {
        GateAction::Hold => "the run waits for `run continue`",
        GateAction::Abort => "the run ends",
    };
    let limits = [
        (gate.max_failed, "of a wave"),
        (gate.max_failed_in_all, "in all"),
    ];
    for (limit, what) in limits {
        if let Some(limit) = limit {
            output.text(format_args!(
                "where more than {limit} {what} failed or are unknown, {then}"
            ))?;
        }
    }
    if gate.hold_after_each {
        output.text("the run waits for `run continue` after each wave")?;
    }
    Ok(())
}

fn people(context: &Context, plan: &PlanShown, preflight: &[Check]) -> Result<(), Error> {
    let (output, header, permissions) = (&context.output, &plan.header, &plan.permissions);
    let PlanSettings {
        bucket,
        prefix,
        settle_minutes,
        ..
    } = &header.settings;
    output.text(format_args!("{} ({})", header.name, header.id))?;
    output.text(format_args!(
        "account {} · {}",
        header.connection.account, header.connection.region
    ))?;
    output.text(format_args!(
        "role {} · input file under s3://{bucket}/{prefix} · {} to settle",
        permissions.role,
        minutes(*settle_minutes),
    ))?;
    show_file(context, &plan.file)?;
    if plan.waves.len() > 1 {
        output.text("\nWaves")?;
        show_waves(output, &plan.waves)?;
        show_gate(output, &header.settings.waves.gate)?;
    }
    output.text("\nPermissions")?;
    show_requirements(output, permissions)?;
    for change in &permissions.changes {
        output.text(format_args!(
            "on start: {} ({})",
            change.title,
            call(change)
        ))?;
    }
    if let Some(widened) = &permissions.widened {
        output.text(widened)?;
    }
    show_checks(output, preflight)
}

/// What has to be so before a start, and what is so now.
pub fn show_checks(output: &Output, checks: &[Check]) -> Result<(), Error> {
    output.text("\nPreflight")?;
    let rows = checks.iter();
    let rows = rows
        .map(|c| vec![spoken(&c.state), c.title.clone(), c.detail.clone()])
        .collect();
    output.table(&["Now", "What has to be so", "Found"], rows)
}

/// Reads a plan without its targets, and counts these.
pub async fn read(path: &Path) -> Result<(PlanHeader, u64), Error> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut targets = 0;
        let header = plan_read(&path, &mut |_, _| {
            targets += 1;
            Ok(())
        })?;
        Ok((header, targets))
    })
    .await?
}
