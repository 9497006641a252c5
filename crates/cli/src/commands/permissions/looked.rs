//! `permissions diff`: now beside proposed.

use std::path::Path;

use overseed_engine::{
    Error, Session,
    permissions::{
        HandOver, MayI, PermissionChange, Permissions, Requirement, RequirementState, check_for,
        hand_over_for,
    },
    plan::{PlanNeeds, plan_needs},
};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::super::plan;
use crate::{connect::Context, outcome::Outcome, output::Output, output::spoken};

/// Lines of a document that are shown unless all are asked for.
const SHOWN: usize = 24;

/// The same for managed policies: one is like the next.
const SHOWN_OF_MANY: usize = 9;

/// Lines around a difference.
const AROUND: usize = 3;

pub async fn diff(context: &Context, path: &Path, full: bool) -> Result<Outcome, Error> {
    let (_, _, permissions) = look(context, path).await?;
    if context.output.is_json() {
        lines(&context.output, &permissions)?;
    } else {
        people(&context.output, &permissions, full)?;
    }
    Ok(outcome(&permissions))
}

/// Connects to where a plan belongs, reads what it needs, and looks at what there is.
pub async fn look(
    context: &Context,
    path: &Path,
) -> Result<(Session, PlanNeeds, Permissions), Error> {
    let (header, _) = plan::read(path).await?;
    let session = context.session_like(&header.connection.request).await?;
    let (plan, permissions) = tokio::select! {
        biased;
        () = context.cancel.cancelled() => return Err(Error::Cancelled),
        looked = async {
            let plan = plan_needs(&session, path).await?;
            let permissions = check_for(&session, &plan.needs, &plan.header.id).await?;
            Ok::<_, Error>((plan, permissions))
        } => looked?,
    };
    Ok((session, plan, permissions))
}

/// What a plan needs, for an administrator; what is there is looked at.
pub async fn hand_over(context: &Context, path: &Path, form: HandOver) -> Result<String, Error> {
    let (header, _) = plan::read(path).await?;
    let session = context.session_like(&header.connection.request).await?;
    let plan = plan_needs(&session, path).await?;
    hand_over_for(&session, &plan.needs, form).await
}

pub fn outcome(permissions: &Permissions) -> Outcome {
    if permissions.satisfied() {
        Outcome::Well
    } else {
        Outcome::Findings
    }
}

/// A line of the JSON output.
#[derive(Serialize)]
pub struct Line<'a, T> {
    pub kind: &'static str,
    #[serde(flatten)]
    pub value: &'a T,
}

/// The last line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    role: &'a str,
    role_arn: &'a str,
    exists: bool,
    packing: Option<overseed_engine::permissions::Packing>,
    widened: Option<&'a str>,
    warnings: &'a [String],
    satisfied: bool,
}

/// Requirements, changes and a summary as JSON lines.
pub fn lines(output: &Output, permissions: &Permissions) -> Result<(), Error> {
    for value in &permissions.requirements {
        output.line(&Line {
            kind: "requirement",
            value,
        })?;
    }
    for value in &permissions.changes {
        output.line(&Line {
            kind: "change",
            value,
        })?;
    }
    output.line(&Line {
        kind: "summary",
        value: &Summary {
            role: &permissions.role,
            role_arn: &permissions.role_arn,
            exists: permissions.exists,
            packing: permissions.packing,
            widened: permissions.widened.as_deref(),
            warnings: &permissions.warnings,
            satisfied: permissions.satisfied(),
        },
    })
}

/// The same for people.
pub fn people(output: &Output, permissions: &Permissions, full: bool) -> Result<(), Error> {
    let is = if permissions.exists {
        "exists"
    } else {
        "is not there yet"
    };
    output.text(format_args!(
        "{} ({}) {is}\n",
        permissions.role, permissions.role_arn
    ))?;
    show_requirements(output, permissions)?;
    show_calls(output, &permissions.calls)?;
    if let Some(packing) = permissions.packing {
        let packed = permissions.choices.iter().find(|c| c.packing == packing);
        if let Some(packed) = packed {
            output.text(format_args!(
                "\n{}: {} policies, {} characters. {}",
                packing.title(),
                packed.policies,
                packed.size,
                packed.detail
            ))?;
        }
    }
    for warning in &permissions.warnings {
        output.text(format_args!("\nMind: {warning}"))?;
    }
    if permissions.changes.is_empty() {
        let lacking =
            |one: &Requirement| matches!(one.now, RequirementState::No | RequirementState::NotYet);
        return output.text(if permissions.satisfied() {
            "\nNothing needs to change: the role suffices."
        } else if permissions.requirements.iter().any(lacking) {
            "\nOverseed has nothing to change; what is missing is in other hands."
        } else {
            "\nOverseed has nothing to change. What could not be checked shows when the plan is started."
        });
    }
    show_changes(output, &permissions.changes, full)
}

/// Each change with what goes and what comes.
pub fn show_changes(
    output: &Output,
    changes: &[PermissionChange],
    full: bool,
) -> Result<(), Error> {
    for (number, change) in (1_usize..).zip(changes) {
        output.text(format_args!(
            "\n{number}. {} ({})",
            change.title,
            call(change)
        ))?;
        let all = difference(change);
        let most = match change.operation.as_str() {
            _ if full => all.len(),
            "iam:CreatePolicy" | "iam:CreatePolicyVersion" | "iam:DeletePolicy" => SHOWN_OF_MANY,
            _ => SHOWN,
        };
        let shown = all.len().min(most);
        for line in all.iter().take(shown) {
            output.text(format_args!("   {line}"))?;
        }
        if shown < all.len() {
            let more = all.len() - shown;
            output.text(format_args!("   … {more} more lines; --full shows them"))?;
        }
    }
    Ok(())
}

/// What has to be true as a table.
pub fn show_requirements(output: &Output, permissions: &Permissions) -> Result<(), Error> {
    requirements(output, &permissions.requirements)
}

/// The same of any role.
pub fn requirements(output: &Output, requirements: &[Requirement]) -> Result<(), Error> {
    let rows = requirements.iter();
    let rows = rows
        .map(|r| vec![spoken(&r.now), r.title.clone(), r.detail.clone()])
        .collect();
    output.table(&["Now", "What has to be so", "Found"], rows)
}

/// The call of a change, with the size of what it writes.
pub fn call(change: &PermissionChange) -> String {
    let PermissionChange {
        operation,
        size,
        limit,
        ..
    } = change;
    if *limit == 0 {
        return operation.clone();
    }
    let unit = if operation.starts_with("s3:") {
        "bytes"
    } else {
        "characters"
    };
    format!("{operation}, {size} of {limit} {unit}")
}

/// How many of the calls the caller may make, and which they may not.
pub fn show_calls(output: &Output, calls: &[MayI]) -> Result<(), Error> {
    let count = |state: RequirementState| calls.iter().filter(|c| c.state == state).count();
    let (may, unknown) = (
        count(RequirementState::Yes),
        count(RequirementState::NotChecked),
    );
    let unchecked = match unknown {
        0 => String::new(),
        unknown => format!("; {unknown} not checked"),
    };
    output.text(format_args!(
        "\nYou may make {may} of the {} calls{unchecked}",
        calls.len()
    ))?;
    for call in calls.iter().filter(|c| c.state == RequirementState::No) {
        output.text(format_args!(
            "  no: {} on {}: {}",
            call.action, call.resource, call.detail
        ))?;
    }
    Ok(())
}

/// Lines that stay, go and come; those far from any that go or come are left out.
fn difference(change: &PermissionChange) -> Vec<String> {
    let text = |document: &Option<String>| document.clone().unwrap_or_default();
    let (before, after) = (text(&change.before), text(&change.after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut lines = Vec::new();
    for (number, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if number > 0 {
            lines.push("…".to_owned());
        }
        for line in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match line.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let text = line.value().trim_end_matches('\n');
            lines.push(format!("{sign} {text}"));
        }
    }
    lines
}
