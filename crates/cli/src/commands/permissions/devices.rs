//! `permissions diff | apply | undo` of V2 plans: the devices' role and the state machine's.

use std::path::Path;

use overseed_engine::{
    Error, Session,
    job::JobKind,
    permissions::{HandOver, Requirement, RoleKind},
    v2::permissions::{
        DevicePermissions, RolePermissions, RolesNeeded, device_apply_for, device_check_for,
        device_hand_over_for,
    },
};
use serde::Serialize;

use super::{
    super::plan,
    changed::{made, take_back, to_take_back},
    looked::{Line, requirements, show_calls, show_changes},
};
use crate::{
    ask::{confirm, somebody},
    connect::Context,
    outcome::Outcome,
    output::Output,
    progress::watched,
};

pub async fn diff(context: &Context, path: &Path, full: bool) -> Result<Outcome, Error> {
    let (_, _, permissions) = look(context, path).await?;
    tell(&context.output, &permissions, full)?;
    Ok(outcome(&permissions))
}

pub async fn apply(context: &Context, path: &Path, yes: bool) -> Result<Outcome, Error> {
    let output = &context.output;
    let (session, needs) = if yes {
        needed(context, path).await?
    } else {
        let instead =
            "Say --yes to make the changes without being asked; `permissions diff` shows them.";
        somebody("Nothing was changed", instead)?;
        let (session, needs, permissions) = look(context, path).await?;
        let count: usize = permissions
            .roles
            .iter()
            .map(|role| role.changes.len())
            .sum();
        if count > 0 {
            if !output.is_json() {
                people(output, &permissions, false)?;
            }
            let account = &needs.header.connection.account;
            let question = format!("Make these {count} changes in account {account}?");
            confirm(context, &question).await?;
        }
        (session, needs)
    };
    let permissions = watched(
        output,
        JobKind::Permissions,
        session.clock(),
        &context.cancel,
        |progress| {
            let (session, needs) = (&session, &needs);
            async move { device_apply_for(session, needs, &progress).await }
        },
    )
    .await?;
    if output.is_json() {
        lines(output, &permissions)?;
    } else {
        for role in &permissions.roles {
            head(output, role)?;
            made(output, &role.changes)?;
            output.text("")?;
            requirements(output, &role.requirements)?;
        }
    }
    match permissions.failure() {
        Some(problem) => Err(problem.clone().into()),
        None => Ok(outcome(&permissions)),
    }
}

pub async fn undo(context: &Context, path: &Path, yes: bool) -> Result<Outcome, Error> {
    let (header, _) = plan::read(path).await?;
    let session = context.session_like(&header.connection.request).await?;
    header.connection.check(&session)?;
    if !yes {
        let instead = "Say --yes to take the changes back without being asked.";
        somebody("Nothing was taken back", instead)?;
        let (_, _, permissions) = look(context, path).await?;
        let count = permissions.made.len();
        if count > 0 {
            if !context.output.is_json() {
                to_take_back(&context.output, &permissions.made)?;
            }
            let account = &header.connection.account;
            let question = format!("Take these {count} changes in account {account} back?");
            confirm(context, &question).await?;
        }
    }
    take_back(context, &session, &header.id).await
}

pub async fn hand_over(context: &Context, path: &Path, form: HandOver) -> Result<String, Error> {
    let (session, needs) = needed(context, path).await?;
    device_hand_over_for(&session, &needs, form).await
}

/// Connects to where a plan belongs, and reads what it needs.
async fn needed(context: &Context, path: &Path) -> Result<(Session, RolesNeeded), Error> {
    let (header, _) = plan::read(path).await?;
    let session = context.session_like(&header.connection.request).await?;
    let needs = watched(
        &context.output,
        JobKind::Permissions,
        session.clock(),
        &context.cancel,
        |progress| {
            let session = &session;
            async move { RolesNeeded::of_plan(session, path, &progress).await }
        },
    )
    .await?;
    Ok((session, needs))
}

/// The same, and looks at what there is.
async fn look(
    context: &Context,
    path: &Path,
) -> Result<(Session, RolesNeeded, DevicePermissions), Error> {
    let (session, needs) = needed(context, path).await?;
    let permissions = watched(
        &context.output,
        JobKind::Permissions,
        session.clock(),
        &context.cancel,
        |progress| {
            let (session, needs) = (&session, &needs);
            async move { device_check_for(session, needs, &progress).await }
        },
    )
    .await?;
    Ok((session, needs, permissions))
}

fn outcome(permissions: &DevicePermissions) -> Outcome {
    if permissions.satisfied() {
        Outcome::Well
    } else {
        Outcome::Findings
    }
}

fn tell(output: &Output, permissions: &DevicePermissions, full: bool) -> Result<(), Error> {
    if output.is_json() {
        lines(output, permissions)
    } else {
        people(output, permissions, full)
    }
}

/// A requirement or a change, with the role that it is of.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Of<'a, T> {
    role_kind: Option<RoleKind>,
    #[serde(flatten)]
    value: &'a T,
}

/// The last line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    roles: Vec<&'a RolePermissions>,
    warnings: &'a [String],
    satisfied: bool,
}

fn lines(output: &Output, permissions: &DevicePermissions) -> Result<(), Error> {
    let requirement = |role_kind: Option<RoleKind>, value: &Requirement| {
        output.line(&Line {
            kind: "requirement",
            value: &Of { role_kind, value },
        })
    };
    for role in &permissions.roles {
        for value in &role.requirements {
            requirement(Some(role.kind), value)?;
        }
        for value in &role.changes {
            let role_kind = Some(role.kind);
            output.line(&Line {
                kind: "change",
                value: &Of { role_kind, value },
            })?;
        }
    }
    for value in &permissions.caller {
        requirement(None, value)?;
    }
    output.line(&Line {
        kind: "summary",
        value: &Summary {
            roles: permissions.roles.iter().collect(),
            warnings: &permissions.warnings,
            satisfied: permissions.satisfied(),
        },
    })
}

fn head(output: &Output, role: &RolePermissions) -> Result<(), Error> {
    let whose = match role.kind {
        RoleKind::Device => "Role of the devices",
        RoleKind::Engine => "Role of the state machine",
        RoleKind::Execution => "Execution role",
    };
    let is = if role.exists {
        "exists"
    } else {
        "is not there yet"
    };
    output.text(format_args!(
        "{whose}: {} ({}) {is}\n",
        role.role, role.role_arn
    ))
}

fn people(output: &Output, permissions: &DevicePermissions, full: bool) -> Result<(), Error> {
    for role in &permissions.roles {
        head(output, role)?;
        requirements(output, &role.requirements)?;
        if let Some(widened) = &role.widened {
            output.text(format_args!("\nMind: {widened}"))?;
        }
        for broad in &role.broad {
            for note in &broad.notes {
                output.text(format_args!(
                    "\nMind: the policy {} is broader than needed: {note} It stays; detach it once what is proposed \
                     is there.",
                    broad.policy
                ))?;
            }
        }
        if role.changes.is_empty() && role.satisfied() {
            output.text("\nNothing needs to change: the role suffices.")?;
        }
        show_changes(output, &role.changes, full)?;
        output.text("")?;
    }
    requirements(output, &permissions.caller)?;
    show_calls(output, &permissions.calls)?;
    for warning in &permissions.warnings {
        output.text(format_args!("\nMind: {warning}"))?;
    }
    Ok(())
}
