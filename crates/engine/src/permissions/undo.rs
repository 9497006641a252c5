//! Taking back what was changed for a plan, the newest change first. What someone has changed since is left alone, and
//! said.

use std::collections::BTreeMap;

use overseed_domain::{
    Millis,
    permissions::{Document, POLICY_NAME, remove_statement},
};
use rusqlite::params;

use super::{
    apply::Carrier,
    calls::{Call, PLAN_TAG, same_policy},
    found::{Found, OwnPolicy, Reading},
    needs,
    policy::{delete_policy, new_version},
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
/// those below it are listed as not tried.
///
/// # Errors
/// [`ErrorCode::Conflict`] while the plan's run is on; a broken connection, the store; [`Error::Cancelled`].
pub async fn undo_for(
    session: &Session,
    plan: &str,
    progress: &Progress,
) -> Result<Vec<Undone>, Error> {
    refuse_while_running(session, plan).await?;
    let rows = rows(session, plan).await?;
    progress.stage("Taking changes back", u64::try_from(rows.len()).ok());
    let mut undone: Vec<Undone> = Vec::with_capacity(rows.len());
    let mut going = true;
    let mut roles = BTreeMap::new();
    for (number, row) in (1_u64..).zip(rows) {
        let mut one = Undone {
            title: row.summary.clone(),
            operations: Vec::new(),
            outcome: None,
        };
        if going {
            progress.check()?;
            if !roles.contains_key(&row.role) {
                let found = Found::read(&session.clients, &row.role, None).await?;
                roles.insert(row.role.clone(), found);
            }
            let Some(found) = roles.get_mut(&row.role) else {
                continue;
            };
            let outcome = take_back(session, plan, &row, found, &mut one.operations, progress);
            one.outcome = Some(outcome.await?);
            going = matches!(one.outcome, Some(ChangeOutcome::Done { .. }));
        }
        // A call that AWS refused, and of which nothing is there, is not worth a line.
        if row.done || !one.operations.is_empty() {
            undone.push(one);
        }
        progress.done(number);
    }
    Ok(undone)
}

/// What was changed for a plan and can be taken back, newest first.
pub(super) async fn made(session: &Session, plan: &str) -> Result<Vec<Made>, Error> {
    let made = |row: Row| Made {
        title: row.summary,
        operation: row.operation,
        at: row.at,
    };
    let rows = rows(session, plan).await?;
    Ok(rows.into_iter().filter(|row| row.done).map(made).collect())
}

async fn take_back(
    session: &Session,
    plan: &str,
    row: &Row,
    found: &mut Found,
    operations: &mut Vec<String>,
    progress: &Progress,
) -> Result<ChangeOutcome, Error> {
    let calls = match calls(session, plan, row, found).await? {
        Ok(calls) => calls,
        // What AWS refused is not what someone has changed since.
        Err(_) if !row.done => Vec::new(),
        Err(problem) => {
            return Ok(ChangeOutcome::Failed { problem: *problem });
        }
    };
    let mut carrier = Carrier {
        session,
        role: &row.role,
        plan,
        undoes: Some(row.id),
        fresh: false,
        progress,
    };
    let mut request = None;
    for call in calls {
        operations.push(call.operation().to_owned());
        let title = format!("Take back: {}", row.summary);
        match carrier.carry_out(&call, &title).await? {
            Ok(answer) => {
                call.took(found, &answer);
                request = answer.request_id;
            }
            Err(error) => {
                let problem = Error::from(error).problem();
                return Ok(ChangeOutcome::Failed { problem });
            }
        }
    }
    let id = row.id;
    session
        .store()
        .write(move |tx| {
            tx.execute("UPDATE change SET undone = 1 WHERE id = ?1", [id])?;
            Ok(())
        })
        .await?;
    Ok(ChangeOutcome::Done {
        request_id: request,
    })
}

/// A change of the log.
#[derive(Debug, Clone)]
struct Row {
    id: i64,
    at: Millis,
    operation: String,
    summary: String,
    role: String,
    subject: String,
    before: Option<String>,
    after: Option<String>,
    /// Whether AWS has done it, or may have. What it refused may still have been done: the answer to an earlier try of
    /// the same call may have been lost.
    done: bool,
}

async fn rows(session: &Session, plan: &str) -> Result<Vec<Row>, Error> {
    let (scope, plan) = (session.scope, plan.to_owned());
    session
        .store()
        .read(move |c| {
            // Without an outcome nobody knows whether it was done: it is looked at as well. Old versions of policies
            // cannot be brought back under their number; nothing depends on them.
            let mut query = c.prepare(
                "SELECT id, at, operation, summary, role, subject, before, after, coalesce(outcome, 'done') = 'done'
                 FROM change
                 WHERE scope = ?1 AND plan = ?2 AND undoes IS NULL AND undone = 0 AND role IS NOT NULL
                   AND operation <> 'iam:DeletePolicyVersion'
                 ORDER BY id DESC",
            )?;
            let rows = query.query_map(params![scope, plan], |row| {
                Ok(Row {
                    id: row.get(0)?,
                    at: Millis(row.get(1)?),
                    operation: row.get(2)?,
                    summary: row.get(3)?,
                    role: row.get(4)?,
                    subject: row.get(5)?,
                    before: row.get(6)?,
                    after: row.get(7)?,
                    done: row.get(8)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
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

/// The calls that take a change back, by what is there now; none where nothing of it is left. A boxed problem where
/// someone else has changed it since.
async fn calls(
    session: &Session,
    plan: &str,
    row: &Row,
    found: &Found,
) -> Result<Result<Vec<Call>, Box<Problem>>, Error> {
    let changed = || {
        let problem = Problem::new(
            ErrorCode::Conflict,
            "It was changed since, so it is left as it is",
        )
        .detail(format!("{}: {}", row.operation, row.subject))
        .hint("Look at it in the IAM or S3 console, and decide there.");
        Ok(Err(Box::new(problem)))
    };
    let (before, after) = (
        document(row.before.as_deref()),
        document(row.after.as_deref()),
    );
    let same = |a: &Document, b: &Option<Document>| b.as_ref().is_some_and(|b| a.same_meaning(b));
    if row.operation.starts_with("s3:") {
        return bucket_calls(session, row).await;
    }
    let clients = &session.clients;
    if row.operation == "iam:CreateRole" {
        let Some(role) = clients.get_role(&row.subject).await? else {
            return Ok(Ok(Vec::new()));
        };
        let ours = role.tags.get(PLAN_TAG).is_some_and(|tag| tag == plan);
        return if ours {
            Ok(Ok(vec![Call::DeleteRole]))
        } else {
            changed()
        };
    }
    let Reading::Read(policies) = &found.policies else {
        return Ok(Err(Box::new(Problem::new(
            ErrorCode::AccessDenied,
            "The role's policies cannot be looked at, so nothing is taken back",
        ))));
    };
    let own = |arn: &str| {
        policies
            .managed
            .iter()
            .find(|own| own.arn == arn || own.name == arn)
    };
    let whole = |own: &OwnPolicy| delete_policy(own);
    Ok(Ok(match (row.operation.as_str(), before, after) {
        ("iam:UpdateAssumeRolePolicy", Some(before), after) => match &found.role {
            Reading::Read(Some(role)) if same(&role.trust, &after) => vec![Call::UpdateTrust {
                before: role.trust.clone(),
                after: before,
            }],
            Reading::Read(Some(role)) if role.trust.same_meaning(&before) => Vec::new(),
            Reading::Read(None) => Vec::new(),
            _ => return changed(),
        },
        ("iam:PutRolePolicy" | "iam:DeleteRolePolicy", before, after) => {
            let present = policies.inline.clone();
            match (present, before, after) {
                // Nothing of it is left, or it never came to be.
                (None, None, _) => Vec::new(),
                (Some(present), Some(before), _) if present.same_meaning(&before) => Vec::new(),
                (Some(present), None, after) if same(&present, &after) => {
                    vec![Call::DeleteInline { before: present }]
                }
                (Some(present), Some(before), after) if same(&present, &after) => {
                    vec![Call::PutInline {
                        before: Some(present),
                        after: before,
                    }]
                }
                (None, Some(before), None) => vec![Call::PutInline {
                    before: None,
                    after: before,
                }],
                _ => return changed(),
            }
        }
        ("iam:CreatePolicy", _, after) => match own(&row.subject) {
            None => Vec::new(),
            Some(own) if same(&own.document, &after) && !own.elsewhere => whole(own),
            Some(_) => return changed(),
        },
        ("iam:CreatePolicyVersion", Some(before), after) => match own(&row.subject) {
            None => Vec::new(),
            Some(own) if own.document.same_meaning(&before) => Vec::new(),
            Some(own) if same(&own.document, &after) => new_version(own, &before),
            Some(_) => return changed(),
        },
        ("iam:DeletePolicy", Some(before), _) => match own(&row.subject) {
            Some(_) => Vec::new(),
            None => vec![Call::CreatePolicy {
                name: row
                    .subject
                    .rsplit('/')
                    .next()
                    .unwrap_or(&row.subject)
                    .to_owned(),
                document: before,
            }],
        },
        ("iam:AttachRolePolicy", ..) => match own(&row.subject) {
            Some(own) if own.attached => vec![Call::Detach {
                arn: own.arn.clone(),
            }],
            _ => Vec::new(),
        },
        ("iam:DetachRolePolicy", ..) => match own(&row.subject) {
            Some(own) if !own.attached => vec![Call::Attach {
                arn: own.arn.clone(),
            }],
            _ => Vec::new(),
        },
        _ => {
            return Ok(Err(Box::new(Problem::new(
                ErrorCode::Internal,
                format!("{} of {POLICY_NAME} cannot be taken back", row.operation),
            ))));
        }
    }))
}

/// The bucket's policy as it was, where it is still as it was left; otherwise without our statement only.
async fn bucket_calls(
    session: &Session,
    row: &Row,
) -> Result<Result<Vec<Call>, Box<Problem>>, Error> {
    let present = session.clients.get_bucket_policy(&row.subject).await?;
    let call = |after: Option<String>| {
        vec![Call::PutBucketPolicy {
            bucket: row.subject.clone(),
            before: present.clone(),
            after,
        }]
    };
    if same_policy(present.as_deref(), row.before.as_deref()) {
        return Ok(Ok(Vec::new()));
    }
    if same_policy(present.as_deref(), row.after.as_deref()) {
        return Ok(Ok(call(row.before.clone())));
    }
    let Some(text) = &present else {
        return Ok(Ok(Vec::new()));
    };
    let place = needs::place(session);
    let role = match session.clients.get_role(&row.role).await? {
        Some(role) => role.arn,
        None => overseed_domain::arn::role_arn(place.partition, &place.account, &row.role),
    };
    match remove_statement(text, &role) {
        Ok(others) if same_policy(others.as_deref(), Some(text)) => Ok(Ok(Vec::new())),
        Ok(others) => Ok(Ok(call(others))),
        Err(reason) => Ok(Err(Box::new(
            Problem::new(
                ErrorCode::Conflict,
                "The bucket's policy was changed since and cannot be read",
            )
            .detail(reason),
        ))),
    }
}

fn document(text: Option<&str>) -> Option<Document> {
    text.and_then(|text| Document::parse(text).ok())
}
