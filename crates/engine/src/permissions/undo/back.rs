//! The calls that take a change back, worked out from what is there now: what other plans have put since stays, and
//! what was there of theirs before does not come back.

use overseed_domain::permissions::{Document, own_beyond, remove_statement};
use serde_json::Value;

use super::log::{Log, Row, Thing, document, same};
use crate::{
    Error, ErrorCode, Problem, Session,
    permissions::{
        RoleKind,
        calls::{Call, PLAN_TAG, same_policy},
        found::{Found, OwnPolicy, Policies, Reading},
        policy::{delete_policy, new_version},
    },
};

/// Why a change is not taken back.
#[derive(Debug)]
pub(super) enum Kept {
    /// Someone has changed it since.
    Changed(Problem),
    /// What is there cannot be looked at.
    Unknown(Problem),
    /// Others work with it; what lies below can still be taken back.
    Shared(Problem),
}

type Calls = Result<Result<Vec<Call>, Box<Kept>>, Error>;

/// The calls that take a change back; none where nothing of it is left.
pub(super) async fn calls(session: &Session, row: &Row, log: &Log, found: &Found) -> Calls {
    if row.operation.starts_with("s3:") {
        return bucket(session, row).await;
    }
    if row.operation == "iam:UpdateAssumeRolePolicy" {
        return Ok(trust(row, found));
    }
    let policies = match &found.policies {
        Reading::Read(policies) => policies,
        Reading::Unreadable(reason) => return unknown("The role's policies", reason),
    };
    if row.operation == "iam:CreateRole" {
        return role(session, row, log, policies).await;
    }
    if row.operation == "iam:PutRolePolicy" || row.operation == "iam:DeleteRolePolicy" {
        return Ok(inline(row, log, policies));
    }
    if let Some(reason) = &policies.unseen {
        return unknown("The managed policies that were made for the role", reason);
    }
    let name = row.policy();
    let own = policies.managed.iter().find(|own| own.name == name);
    Ok(match row.operation.as_str() {
        "iam:AttachRolePolicy" => Ok(attached(row, log, own)),
        "iam:DetachRolePolicy" => Ok(detached(log, own)),
        "iam:CreatePolicy" | "iam:CreatePolicyVersion" | "iam:DeletePolicy" => {
            managed(row, log, own)
        }
        _ => Err(Box::new(Kept::Unknown(Problem::new(
            ErrorCode::Internal,
            format!("{} of {} cannot be taken back", row.operation, row.subject),
        )))),
    })
}

fn changed(row: &Row) -> Box<Kept> {
    let problem = Problem::new(
        ErrorCode::Conflict,
        "It was changed since, so it is left as it is",
    )
    .detail(format!("{}: {}", row.operation, row.subject))
    .hint("Look at it in the IAM or S3 console, and decide there.");
    Box::new(Kept::Changed(problem))
}

fn unknown(what: &str, reason: &str) -> Calls {
    let problem = Problem::new(
        ErrorCode::AccessDenied,
        format!("{what} cannot be looked at, so nothing more is taken back"),
    )
    .detail(reason)
    .hint("Have the action in AWS's words allowed, then take the changes back again.");
    Ok(Err(Box::new(Kept::Unknown(problem))))
}

/// The other plan whose document is where the change has put its own.
pub(super) fn replaced_by(row: &Row, log: &Log, found: &Found) -> Option<String> {
    let Reading::Read(policies) = &found.policies else {
        return None;
    };
    let thing = row.thing()?;
    let present = match &thing {
        Thing::Inline(name) => policies.inline.get(name),
        Thing::Managed(name) => {
            let own = policies.managed.iter().find(|own| own.name == *name);
            own.map(|own| &own.document)
        }
    };
    let owner = log.owner(&thing, Some(present?))?;
    (owner != row.plan).then(|| owner.to_owned())
}

fn inline(row: &Row, log: &Log, policies: &Policies) -> Result<Vec<Call>, Box<Kept>> {
    let Some(Thing::Inline(policy)) = row.thing() else {
        return Err(changed(row));
    };
    let present = policies.inline.get(&policy);
    let thing = Thing::Inline(policy.clone());
    let origin = log.origin(&thing, &row.plan);
    if same(present, origin.as_ref()) {
        return Ok(Vec::new());
    }
    let owner = log.owner(&thing, present);
    match (present.cloned(), origin) {
        (present, Some(after)) if owner == Some(&row.plan) => Ok(vec![Call::PutInline {
            policy,
            before: present,
            after,
        }]),
        (Some(before), None) if owner == Some(&row.plan) => {
            Ok(vec![Call::DeleteInline { policy, before }])
        }
        // Gone, or another plan's by now.
        (None, _) => Ok(Vec::new()),
        (Some(_), _) if owner.is_some() => Ok(Vec::new()),
        (Some(_), _) => Err(changed(row)),
    }
}

fn managed(row: &Row, log: &Log, own: Option<&OwnPolicy>) -> Result<Vec<Call>, Box<Kept>> {
    let thing = Thing::Managed(row.policy().to_owned());
    let present = own.map(|own| &own.document);
    let origin = log.origin(&thing, &row.plan);
    if same(present, origin.as_ref()) {
        return Ok(Vec::new());
    }
    let owner = log.owner(&thing, present);
    match (own, origin) {
        (None, Some(document)) if owner == Some(&row.plan) => Ok(vec![Call::CreatePolicy {
            name: row.policy().to_owned(),
            document,
        }]),
        (None, _) => Ok(Vec::new()),
        (Some(own), Some(before)) if owner == Some(&row.plan) => Ok(new_version(own, &before)),
        (Some(own), None) if owner == Some(&row.plan) && !own.elsewhere => {
            let detach = own.attached.then(|| Call::Detach {
                arn: own.arn.clone(),
            });
            Ok(detach.into_iter().chain(delete_policy(own)).collect())
        }
        (Some(_), _) if owner.is_some_and(|owner| owner != row.plan) => Ok(Vec::new()),
        (Some(_), _) => Err(changed(row)),
    }
}

fn attached(row: &Row, log: &Log, own: Option<&OwnPolicy>) -> Vec<Call> {
    let Some(own) = own.filter(|own| own.attached) else {
        return Vec::new();
    };
    let owner = log.owner(&Thing::Managed(own.name.clone()), Some(&own.document));
    // With the document of another plan it is that one's.
    if owner.is_some_and(|owner| owner != row.plan) {
        return Vec::new();
    }
    vec![Call::Detach {
        arn: own.arn.clone(),
    }]
}

fn detached(log: &Log, own: Option<&OwnPolicy>) -> Vec<Call> {
    match own {
        // What this app made for a plan does not come back.
        Some(own) if !own.attached && !log.made_policy(&own.name) => vec![Call::Attach {
            arn: own.arn.clone(),
        }],
        _ => Vec::new(),
    }
}

/// The trust policy as it was, or without the statements that were added.
fn trust(row: &Row, found: &Found) -> Result<Vec<Call>, Box<Kept>> {
    let present = match &found.role {
        Reading::Read(Some(role)) => &role.trust,
        Reading::Read(None) => return Ok(Vec::new()),
        Reading::Unreadable(reason) => {
            let problem = Problem::new(
                ErrorCode::AccessDenied,
                "The role cannot be looked at, so nothing more is taken back",
            );
            return Err(Box::new(Kept::Unknown(problem.detail(reason))));
        }
    };
    let (Some(before), Some(after)) = (
        document(row.before.as_deref()),
        document(row.after.as_deref()),
    ) else {
        return Err(changed(row));
    };
    if present.same_meaning(&before) {
        return Ok(Vec::new());
    }
    let to = |after: Document| Call::UpdateTrust {
        before: present.clone(),
        after,
        of: RoleKind::Execution,
    };
    if present.same_meaning(&after) {
        return Ok(vec![to(before)]);
    }
    let added: Vec<Value> = after
        .statements()
        .iter()
        .filter(|one| !before.statements().contains(one))
        .map(|one| Value::Object(one.fields().clone()))
        .collect();
    let of = present.statements().iter();
    let there = of
        .filter(|one| added.contains(&Value::Object(one.fields().clone())))
        .count();
    if there == 0 {
        return Ok(Vec::new());
    }
    let rest = serde_json::from_str(&present.compact())
        .ok()
        .and_then(|mut text: Value| {
            let statements = text.get_mut("Statement")?.as_array_mut()?;
            statements.retain(|one| !added.contains(one));
            // A role has to have a trust policy.
            (!statements.is_empty()).then(|| text.to_string())
        });
    match document(rest.as_deref()) {
        Some(rest) => Ok(vec![to(rest)]),
        None => Err(changed(row)),
    }
}

/// A role goes when nothing of ours is on it any more.
async fn role(session: &Session, row: &Row, log: &Log, policies: &Policies) -> Calls {
    let Some(role) = session.clients.get_role(&row.subject).await? else {
        return Ok(Ok(Vec::new()));
    };
    if role.tags.get(PLAN_TAG) != Some(&row.plan) {
        return Ok(Err(changed(row)));
    }
    let inline = policies.inline.iter();
    let inline = inline.map(|(name, there)| (Thing::Inline(name.clone()), there));
    let managed = policies.managed.iter().filter(|own| own.attached);
    let managed = managed.map(|own| (Thing::Managed(own.name.clone()), &own.document));
    let users: Vec<&str> = inline
        .chain(managed)
        .map(|(thing, there)| {
            log.owner(&thing, Some(there))
                .unwrap_or("of another computer")
        })
        .filter(|owner| *owner != row.plan)
        .collect();
    let Some(user) = users.first() else {
        return Ok(Ok(vec![Call::DeleteRole]));
    };
    let problem = Problem::new(
        ErrorCode::Conflict,
        format!("The role stays: the plan {user} works with it, and its policies are in force"),
    )
    .hint("Take the changes of that plan back as well: the role goes with them.");
    Ok(Err(Box::new(Kept::Shared(problem))))
}

/// The bucket's policy as it was, where nothing else has changed in it; otherwise without the statements that were
/// added.
async fn bucket(session: &Session, row: &Row) -> Calls {
    let present = session.clients.get_bucket_policy(&row.subject).await?;
    let (before, after) = (row.before.as_deref(), row.after.as_deref());
    let call = |after: Option<String>| {
        vec![Call::PutBucketPolicy {
            bucket: row.subject.clone(),
            before: present.clone(),
            after,
        }]
    };
    if same_policy(present.as_deref(), before) {
        return Ok(Ok(Vec::new()));
    }
    // A statement that this change took out may be another plan's: it does not come back.
    if same_policy(present.as_deref(), after) && own_beyond(before, after).is_empty() {
        return Ok(Ok(call(row.before.clone())));
    }
    let mut rest = present.clone();
    for ours in own_beyond(after, before) {
        let Some(text) = &rest else {
            break;
        };
        match remove_statement(text, &ours) {
            Ok(others) => rest = others,
            Err(reason) => {
                let problem = Problem::new(
                    ErrorCode::Conflict,
                    "The bucket's policy was changed since and cannot be read",
                )
                .detail(reason);
                return Ok(Err(Box::new(Kept::Changed(problem))));
            }
        }
    }
    if same_policy(rest.as_deref(), present.as_deref()) {
        return Ok(Ok(Vec::new()));
    }
    Ok(Ok(call(rest)))
}
