//! `permissions apply` and `undo`.

use std::path::Path;

use overseed_engine::{
    Error, Problem, Session,
    job::JobKind,
    permissions::{
        ChangeOutcome, Made, PermissionChange, Permissions, Undone, apply_for, undo_for,
    },
    plan::{PlanNeeds, plan_needs},
};

use super::{super::plan, looked};
use crate::{
    ask::{confirm, somebody},
    connect::Context,
    outcome::Outcome,
    output::Output,
    output::time,
    progress::watched,
};

pub async fn apply(context: &Context, path: &Path, yes: bool) -> Result<Outcome, Error> {
    let output = &context.output;
    let (session, PlanNeeds { header, needs, .. }) = if yes {
        let (header, _) = plan::read(path).await?;
        let session = context.session_like(&header.connection.request).await?;
        let plan = plan_needs(&session, path).await?;
        (session, plan)
    } else {
        let instead =
            "Say --yes to make the changes without being asked; `permissions diff` shows them.";
        somebody("Nothing was changed", instead)?;
        let (session, plan, permissions) = looked::look(context, path).await?;
        let count = permissions.changes.len();
        if count > 0 {
            if !output.is_json() {
                looked::people(output, &permissions, false)?;
            }
            let account = &plan.header.connection.account;
            confirm(
                context,
                &format!("Make these {count} changes in account {account}?"),
            )
            .await?;
        }
        (session, plan)
    };
    let permissions = watched(
        output,
        JobKind::Permissions,
        session.clock(),
        &context.cancel,
        |progress| {
            let (session, needs, id) = (&session, &needs, &header.id);
            async move { apply_for(session, needs, id, &progress).await }
        },
    )
    .await?;
    if output.is_json() {
        looked::lines(output, &permissions)?;
    } else {
        applied(output, &permissions)?;
    }
    match permissions.failure() {
        Some(problem) => Err(problem.clone().into()),
        None => Ok(looked::outcome(&permissions)),
    }
}

fn applied(output: &Output, permissions: &Permissions) -> Result<(), Error> {
    made(output, &permissions.changes)?;
    output.text("")?;
    looked::show_requirements(output, permissions)
}

/// How each change ended.
pub fn made(output: &Output, changes: &[PermissionChange]) -> Result<(), Error> {
    if changes.is_empty() {
        output.text("Nothing was changed: nothing is missing that Overseed could add.")?;
    }
    let rows = changes.iter();
    let rows = rows
        .map(|change| {
            let (state, more) = told(change.outcome.as_ref());
            let operation = change.operation.clone();
            vec![state.to_owned(), change.title.clone(), operation, more]
        })
        .collect::<Vec<_>>();
    if !rows.is_empty() {
        output.table(&["", "Change", "Call", "Request"], rows)?;
    }
    Ok(())
}

pub async fn undo(context: &Context, path: &Path, yes: bool) -> Result<Outcome, Error> {
    let output = &context.output;
    let (header, _) = plan::read(path).await?;
    let session = if yes {
        let session = context.session_like(&header.connection.request).await?;
        header.connection.check(&session)?;
        session
    } else {
        let instead = "Say --yes to take the changes back without being asked.";
        somebody("Nothing was taken back", instead)?;
        let (session, _, permissions) = looked::look(context, path).await?;
        let count = permissions.made.len();
        if count > 0 {
            if !output.is_json() {
                to_take_back(output, &permissions.made)?;
            }
            let account = &header.connection.account;
            confirm(
                context,
                &format!("Take these {count} changes in account {account} back?"),
            )
            .await?;
        }
        session
    };
    take_back(context, &session, &header.id).await
}

/// What was made, before it is taken back.
pub fn to_take_back(output: &Output, made: &[Made]) -> Result<(), Error> {
    let rows = made
        .iter()
        .map(|made| {
            vec![
                time(Some(made.at)),
                made.title.clone(),
                made.operation.clone(),
            ]
        })
        .collect();
    output.table(&["Made", "Change", "Call"], rows)
}

/// Takes back what was made for a plan of either generation.
pub async fn take_back(context: &Context, session: &Session, plan: &str) -> Result<Outcome, Error> {
    let output = &context.output;
    let undone = watched(
        output,
        JobKind::Permissions,
        session.clock(),
        &context.cancel,
        |progress| async move { undo_for(session, plan, &progress).await },
    )
    .await?;
    if output.is_json() {
        for one in &undone {
            output.line(one)?;
        }
    } else {
        taken_back(output, &undone)?;
    }
    match undone.iter().find_map(failure) {
        Some(problem) => Err(problem.clone().into()),
        None => Ok(Outcome::Well),
    }
}

fn taken_back(output: &Output, undone: &[Undone]) -> Result<(), Error> {
    if undone.is_empty() {
        return output.text("Nothing was changed for this plan on this computer.");
    }
    let rows = undone.iter().map(|one| {
        let (state, more) = told(one.outcome.as_ref());
        let state = match &one.outcome {
            Some(ChangeOutcome::Done { .. }) if one.operations.is_empty() => "nothing left of it",
            _ => state,
        };
        vec![
            state.to_owned(),
            one.title.clone(),
            one.operations.join(", "),
            more,
        ]
    });
    output.table(&["", "Change", "Taken back by", "Request"], rows.collect())
}

/// How a change ended, in a word, and AWS's request id or why it failed.
fn told(outcome: Option<&ChangeOutcome>) -> (&'static str, String) {
    match outcome {
        None => ("not tried", String::new()),
        Some(ChangeOutcome::Done { request_id }) => {
            ("done", request_id.clone().unwrap_or_default())
        }
        Some(ChangeOutcome::Failed { problem }) => ("failed", problem.message.clone()),
    }
}

fn failure(one: &Undone) -> Option<&Problem> {
    match &one.outcome {
        Some(ChangeOutcome::Failed { problem }) => Some(problem),
        _ => None,
    }
}
