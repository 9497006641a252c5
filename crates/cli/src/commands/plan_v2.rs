//! `plan new --v2` and `plan show` of a V2 plan.

use std::{collections::BTreeMap, path::Path};

use overseed_domain::{
    Millis,
    v2::{
        document::DeploymentPolicies,
        gather::{ChangeKind, ChangeTotal},
        intent::{ComponentIntent, ComponentSet, Intent},
        line::LineFinding,
        roles::Wishes,
    },
};
use overseed_engine::{
    Error, ErrorCode, Problem, Session,
    groups::{Filter, FilterToken},
    job::JobKind,
    permissions::{Pack, ReadBy},
    plan::{PlanHeader, PlanSettings},
    review::CheckState,
    v2::{
        devices::thing_group_read,
        plan::{
            DevicePlanMade, DevicePlanShown, DevicesFrom, DevicesMeant, Layer, PlanV2, Wanted, Way,
            device_plan_new, proposed_way, rows_read,
        },
        review::{DevicePlanReview, device_plan_review},
    },
};
use serde::Serialize;

use super::{
    devices::listed,
    filter,
    plan::{proposed_settle_minutes, show_checks, show_gate, show_waves},
};
use crate::{
    args::{PlanNew, PlanV2Args},
    connect::Context,
    outcome::Outcome,
    output::{Output, minutes, spoken},
    progress::watched,
};

/// The name proposed for the state machine's role.
const ROLE: &str = "OverseedStepFunctions";

/// What was read of a device at most this long ago is planned with.
const FRESH_MILLIS: i64 = 15 * 60 * 1_000;

/// Findings about rows that are named.
const NAMED: usize = 10;

/// What `plan new --v2 --json` writes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made<'a> {
    path: String,
    #[serde(flatten)]
    made: &'a DevicePlanMade,
    way: Way,
}

pub async fn new(context: &Context, options: PlanNew) -> Result<Outcome, Error> {
    let PlanNew {
        filter: text,
        bucket,
        role,
        settle,
        prefix,
        waves,
        name,
        out,
        v2,
        ..
    } = options;
    let session = context.session_v2().await?;
    listed(context, &session).await?;
    let rows = match &v2.rows {
        None => None,
        Some(file) => {
            let (rows, findings) = rows_read(file).await?;
            for finding in findings.iter().take(NAMED) {
                context.output.note(format_args!(
                    "{}:{}: {}",
                    file.display(),
                    finding.line,
                    finding.message
                ));
            }
            let (_, refusals) = rows.findings();
            if refusals > 0 {
                return Err(Problem::new(
                    ErrorCode::FileInvalid,
                    "Some rows cannot be used as they are",
                )
                .detail(format!("{refusals} findings in {}", file.display()))
                .hint("Mend the lines that are named.")
                .into());
            }
            Some(rows)
        }
    };
    let from = from(context, &session, text, &v2).await?;
    let name = name.unwrap_or_else(|| {
        out.file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    });
    let wanted = Wanted {
        name,
        layers: vec![Layer {
            of: DevicesMeant::All,
            intent: intent(&v2)?,
        }],
        rows,
    };
    let now = session.clock().now();
    let since = Millis(if v2.fresh {
        now.0
    } else {
        now.0 - FRESH_MILLIS
    });
    let settle_minutes = settle.map_or_else(
        || proposed_settle_minutes(&session),
        |settle| settle.as_secs_f64() / 60.0,
    );
    let (way, job, concurrency, waves) = (v2.way(), v2.job(), v2.concurrency, waves.waves());
    let device_role = v2.device_role.clone();
    let wishes = Wishes {
        logs: v2.device_logs,
        ..Wishes::default()
    };
    let prefix = prefix.trim_matches('/').to_owned();
    let settings = move |targets| PlanSettings {
        role: role.unwrap_or_else(|| ROLE.to_owned()),
        bucket: bucket.unwrap_or_default(),
        prefix,
        pack: Pack::default(),
        read_by: ReadBy::default(),
        settle_minutes,
        waves,
        v2: Some(PlanV2 {
            way: way.unwrap_or_else(|| proposed_way(targets)),
            job,
            concurrency,
            device_role,
            wishes,
        }),
    };
    if let Some(name) = &v2.thing_group {
        context.output.note(format_args!(
            "Thing group {name} stands for the core devices that are in it now; those that join it later get nothing of this."
        ));
    }
    let unchanged = v2.unchanged;
    let (header, made) = watched(
        &context.output,
        JobKind::DevicePlan,
        session.clock(),
        &context.cancel,
        |progress| {
            let (session, out) = (&session, &out);
            async move {
                device_plan_new(
                    session,
                    from,
                    wanted,
                    unchanged,
                    Some(since),
                    settings,
                    out,
                    &progress,
                )
                .await
            }
        },
    )
    .await?;
    told(context, &header, &made, &out)?;
    Ok(Outcome::Well)
}

/// Whom the plan is for.
async fn from(
    context: &Context,
    session: &Session,
    text: Option<String>,
    v2: &PlanV2Args,
) -> Result<DevicesFrom, Error> {
    if let Some(list) = &v2.devices {
        return Ok(DevicesFrom::List(list.clone()));
    }
    if let Some(name) = &v2.thing_group {
        watched(
            &context.output,
            JobKind::DeviceDetails,
            session.clock(),
            &context.cancel,
            |progress| async move { thing_group_read(session, name, &progress).await },
        )
        .await?;
        let token = FilterToken {
            property: Some("thingGroup".to_owned()),
            operator: "=".to_owned(),
            value: name.clone(),
        };
        return Ok(DevicesFrom::Filter(Filter {
            tokens: vec![token],
            ..Filter::default()
        }));
    }
    if v2.rows.is_some() && text.is_none() {
        return Ok(DevicesFrom::Rows);
    }
    Ok(DevicesFrom::Filter(filter(text)))
}

fn intent(v2: &PlanV2Args) -> Result<Intent, Error> {
    let mut sets: BTreeMap<String, ComponentSet> = BTreeMap::new();
    for (name, version) in &v2.components {
        let set = sets.entry(name.clone()).or_default();
        if let Some(before) = set.version.replace(version.clone()) {
            return Err(twice(name, &format!("{before} and {version}")));
        }
    }
    for (name, path) in &v2.merges {
        let set = sets.entry(name.clone()).or_default();
        if set.merge.is_some() {
            return Err(twice(name, "merged more than once"));
        }
        set.merge = Some(std::fs::read_to_string(path).map_err(Error::file(path))?);
    }
    for (name, path) in &v2.resets {
        let set = sets.entry(name.clone()).or_default();
        set.reset.push(path.clone());
    }
    let mut components: BTreeMap<String, ComponentIntent> = sets
        .into_iter()
        .map(|(name, set)| (name, ComponentIntent::Set(set)))
        .collect();
    for name in &v2.remove {
        let before = components.insert(name.clone(), ComponentIntent::Remove);
        if before.is_some() {
            return Err(twice(name, "changed or removed more than once"));
        }
    }
    Ok(Intent {
        components,
        policies: v2.policies(),
        deployment_name: v2.deployment_name.clone(),
        iot_job_configuration: None,
    })
}

fn twice(name: &str, what: &str) -> Error {
    Problem::new(ErrorCode::InvalidInput, format!("{name} is to be {what}"))
        .hint("Say one thing of each component.")
        .into()
}

fn told(
    context: &Context,
    header: &PlanHeader,
    made: &DevicePlanMade,
    out: &Path,
) -> Result<(), Error> {
    let output = &context.output;
    let way = header.settings.v2.clone().unwrap_or_default().way;
    if output.is_json() {
        return output.line(&Made {
            path: out.display().to_string(),
            made,
            way,
        });
    }
    output.text(out.display())?;
    output.text(format_args!(
        "plan {}, {} targets, {} different deployments, made by {}",
        made.id,
        made.targets,
        made.documents,
        way_words(way)
    ))?;
    if made.unchanged > 0 {
        output.text(format_args!(
            "{} devices have all of it already and are left out (--unchanged takes them in)",
            made.unchanged
        ))?;
    }
    let rows = made.changes.iter().map(cells).collect();
    output.table(&["Devices", "Change", "Component", "From", "To"], rows)?;
    for finding in &made.findings {
        output.note(format_args!(
            "{} devices: {}",
            finding.targets, finding.message
        ));
    }
    if made.unmatched_rows > 0 {
        output.note(format_args!(
            "{} rows are for devices that are not in the plan",
            made.unmatched_rows
        ));
    }
    Ok(())
}

fn cells(change: &ChangeTotal) -> Vec<String> {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let kind = match change.kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Version => "version",
        ChangeKind::Configuration => "configuration",
        ChangeKind::Policies => "policies",
    };
    vec![
        change.targets.to_string(),
        kind.to_owned(),
        or_dash(&change.component),
        or_dash(&change.from),
        or_dash(&change.to),
    ]
}

const fn way_words(way: Way) -> &'static str {
    match way {
        Way::Direct => "this app, call by call",
        Way::ThingGroup => "a thing group's deployment",
        Way::StepFunctions => "AWS Step Functions",
    }
}

pub async fn show(context: &Context, path: &Path, header: &PlanHeader) -> Result<Outcome, Error> {
    let session = context.session_like_v2(&header.connection.request).await?;
    let plan = review(context, &session, path).await?;
    if context.output.is_json() {
        context.output.line(&plan)?;
    } else {
        people(&context.output, &plan.shown)?;
        show_checks(&context.output, &plan.checks)?;
    }
    Ok(if plan.shown.file.refusals > 0 {
        Outcome::Findings
    } else {
        Outcome::Well
    })
}

/// The plan with the checks that a start of it has to pass.
pub async fn review(
    context: &Context,
    session: &Session,
    path: &Path,
) -> Result<DevicePlanReview, Error> {
    watched(
        &context.output,
        JobKind::Review,
        session.clock(),
        &context.cancel,
        |progress| async move { device_plan_review(session, path, &progress).await },
    )
    .await
}

/// What does not block a start, but may make it go wrong.
pub fn mind(output: &Output, review: &DevicePlanReview) {
    for check in &review.checks {
        match check.state {
            CheckState::Warn => output.note(format_args!("Mind: {}", check.detail)),
            CheckState::NotChecked => output.note(format_args!(
                "Not checked: {}. {}",
                check.title, check.detail
            )),
            CheckState::Pass | CheckState::Fail => {}
        }
    }
}

fn people(output: &Output, plan: &DevicePlanShown) -> Result<(), Error> {
    let header = &plan.header;
    let PlanSettings {
        bucket,
        prefix,
        role,
        settle_minutes,
        v2,
        ..
    } = &header.settings;
    let way = v2.clone().unwrap_or_default().way;
    output.text(format_args!("{} ({})", header.name, header.id))?;
    output.text(format_args!(
        "account {} · {}",
        header.connection.account, header.connection.region
    ))?;
    output.text(format_args!(
        "{} core devices, made by {} · {} to settle",
        plan.file.records,
        way_words(way),
        minutes(*settle_minutes)
    ))?;
    if way == Way::StepFunctions {
        output.text(format_args!(
            "role {role} · files and outcomes under s3://{bucket}/{prefix}"
        ))?;
    }
    for LineFinding { line, message, .. } in &plan.findings {
        output.note(format_args!("target {line}: {message}"));
    }
    output.text(format_args!("\nDeployments ({})", plan.documents_total))?;
    let rows = plan.documents.iter().map(|document| {
        let components: Vec<String> = document
            .components
            .iter()
            .map(|(name, version)| format!("{name} {version}"))
            .collect();
        vec![
            document.hash.clone(),
            document.targets.to_string(),
            document.example.clone(),
            components.join(", "),
            policies(document.policies.as_ref()),
        ]
    });
    output.table(
        &["Document", "Devices", "Such as", "Components", "Policies"],
        rows.collect(),
    )?;
    output.text("\nWaves")?;
    if let [wave] = plan.waves.as_slice() {
        output.text(format_args!("one, SHA-256 of its file {}", wave.sha256))?;
    }
    show_waves(output, &plan.waves)?;
    show_gate(output, &header.settings.waves.gate)?;
    for finding in &plan.wave_findings {
        output.note(finding);
    }
    Ok(())
}

fn policies(policies: Option<&DeploymentPolicies>) -> String {
    let all = DeploymentPolicies::effective(policies);
    let update = all.component_update_policy.unwrap_or_default();
    format!(
        "{}, {} {} s",
        spoken(&all.failure_handling_policy.unwrap_or_default()),
        spoken(&update.action.unwrap_or_default()),
        update.timeout_in_seconds.unwrap_or_default()
    )
}
