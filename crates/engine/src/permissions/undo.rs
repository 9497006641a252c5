//! Taking back what was changed for a plan, the newest change first. What someone has changed since is left alone, and
//! said; what other plans have put since stays theirs.

mod back;
mod log;

use std::collections::BTreeMap;

use self::{
    back::Kept,
    log::{Log, Row},
};
use super::{
    apply::Carrier,
    found::Found,
    in_use,
    wire::{ChangeOutcome, Made, Undone},
};
use crate::{Error, ErrorCode, Problem, Session, draft, job::Progress};

/// Takes back what was changed for the draft's plan.
///
/// # Errors
/// See [`undo_for`].
pub async fn permissions_undo(
    session: &Session,
    progress: &Progress,
) -> Result<Vec<Undone>, Error> {
    let plan = draft::draft_get(session).await?.plan;
    undo_for(session, &plan, progress).await
}

/// Takes back what was changed for a plan, the newest change first. The first change that cannot be taken back ends it;
/// those below it are listed as not tried. A role that another plan works with stays until that one's changes are taken
/// back, and goes with them.
///
/// # Errors
/// [`ErrorCode::Conflict`] while the plan's run is on, or a run of another plan that deploys with the role; a broken
/// connection, the store; [`Error::Cancelled`].
pub async fn undo_for(
    session: &Session,
    plan: &str,
    progress: &Progress,
) -> Result<Vec<Undone>, Error> {
    refuse_while_running(session, plan).await?;
    let mut rows = log::made(session, plan).await?;
    let mut roles = BTreeMap::new();
    let mut left = Vec::new();
    for row in &rows {
        if !roles.contains_key(&row.role) {
            refuse_while_used(session, &row.role, plan).await?;
            let log = Log::of(session, &row.role).await?;
            left.extend(log.left_roles(plan));
            let ours = log.policies();
            let found = Found::read(&session.clients, &row.role, None, &ours).await?;
            roles.insert(row.role.clone(), (log, found));
        }
    }
    rows.extend(left);
    progress.stage("Taking changes back", u64::try_from(rows.len()).ok());
    let mut undone: Vec<Undone> = Vec::with_capacity(rows.len());
    let mut going = true;
    for (number, row) in (1_u64..).zip(rows) {
        let mut one = Undone {
            title: row.summary.clone(),
            operations: Vec::new(),
            outcome: None,
        };
        if going {
            progress.check()?;
            let Some((log, found)) = roles.get_mut(&row.role) else {
                continue;
            };
            let mut back = Back {
                session,
                plan,
                progress,
                log,
                found,
                operations: &mut one.operations,
            };
            let (outcome, go_on) = back.take(&row).await?;
            one.outcome = Some(outcome);
            going = go_on;
            if let Some(other) = back::replaced_by(&row, log, found)
                && one.operations.is_empty()
            {
                one.title.push_str(&format!(
                    ": the plan {other} has put its own in its place since, which stays"
                ));
            }
        }
        // A call that AWS refused, and of which nothing is there, is not worth a line; nor is a role of another plan that
        // is still needed.
        let failed = matches!(one.outcome, Some(ChangeOutcome::Failed { .. }));
        if (row.done && (row.plan == plan || !failed)) || !one.operations.is_empty() {
            undone.push(one);
        }
        progress.done(number);
    }
    Ok(undone)
}

/// What was changed for a plan and can be taken back, newest first.
pub(crate) async fn made(session: &Session, plan: &str) -> Result<Vec<Made>, Error> {
    let made = |row: Row| Made {
        title: row.summary,
        operation: row.operation,
        at: row.at,
    };
    let rows = log::made(session, plan).await?;
    Ok(rows.into_iter().filter(|row| row.done).map(made).collect())
}

struct Back<'a> {
    session: &'a Session,
    plan: &'a str,
    progress: &'a Progress,
    log: &'a Log,
    found: &'a mut Found,
    operations: &'a mut Vec<String>,
}

impl Back<'_> {
    /// Takes one change back; whether those below it may be tried.
    async fn take(&mut self, row: &Row) -> Result<(ChangeOutcome, bool), Error> {
        let calls = match back::calls(self.session, row, self.log, self.found).await? {
            Ok(calls) => calls,
            Err(kept) => match *kept {
                // What AWS refused is not what someone has changed since.
                Kept::Changed(_) if !row.done => Vec::new(),
                Kept::Changed(problem) | Kept::Unknown(problem) => {
                    return Ok((ChangeOutcome::Failed { problem }, false));
                }
                Kept::Shared(problem) => return Ok((ChangeOutcome::Failed { problem }, true)),
            },
        };
        let mut carrier = Carrier {
            session: self.session,
            role: &row.role,
            plan: self.plan,
            undoes: Some(row.id),
            fresh: false,
            progress: self.progress,
            done: 0,
        };
        let mut request = None;
        for call in calls {
            self.operations.push(call.operation().to_owned());
            let title = format!("Take back: {}", row.summary);
            match carrier.carry_out(&call, &title).await? {
                Ok(answer) => {
                    call.took(self.found, &answer);
                    request = answer.request_id;
                }
                Err(error) => {
                    let problem = Error::from(error).problem();
                    return Ok((ChangeOutcome::Failed { problem }, false));
                }
            }
        }
        let id = row.id;
        self.session
            .store()
            .write(move |tx| {
                tx.execute("UPDATE change SET undone = 1 WHERE id = ?1", [id])?;
                Ok(())
            })
            .await?;
        let done = ChangeOutcome::Done {
            request_id: request,
        };
        Ok((done, true))
    }
}

/// A run of another plan that still deploys with the role needs what is there, whoever put it.
async fn refuse_while_used(session: &Session, role: &str, plan: &str) -> Result<(), Error> {
    let live = in_use::live(session, role, plan).await?;
    let Some(run) = live.first() else {
        return Ok(());
    };
    Err(Problem::new(
        ErrorCode::Conflict,
        format!(
            "The run {} has not ended and works with the role {role}; nothing was taken back",
            run.words()
        ),
    )
    .hint("Wait for its end, or stop it; then take the changes back.")
    .into())
}

async fn refuse_while_running(session: &Session, plan: &str) -> Result<(), Error> {
    let plan = plan.to_owned();
    let running: bool = session
        .store()
        .read(move |c| {
            Ok(c.query_row(
                "SELECT EXISTS (SELECT 1 FROM run WHERE id = ?1 AND ended_at IS NULL)",
                [plan],
                |row| row.get(0),
            )?)
        })
        .await?;
    if running {
        return Err(Problem::new(
            ErrorCode::Conflict,
            "The plan's run has not ended, and needs these permissions",
        )
        .hint("Wait for its end, or stop it; then take the changes back.")
        .into());
    }
    Ok(())
}
