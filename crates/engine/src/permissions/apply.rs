//! Applying: change by change, each with its intent in the store before the call and its outcome after it.

use std::collections::BTreeMap;

use overseed_aws::{Clients, Kind, RoleDetail, cancellable};
use overseed_domain::permissions::{Document, POLICY_NAME};

use super::{
    found::{Found, PolicyFound, Reading, RoleFound},
    judge::{self, Call, Judged},
    needs::Needs,
    wire::{ChangeOutcome, PermissionChange, Permissions},
};
use crate::{
    Error, Session,
    changes::{self, Intent},
    draft,
    job::Progress,
};

/// The tag on roles that this app makes; its value is the plan that they were made for.
const PLAN_TAG: &str = "overseed:plan";

/// Applies what the draft needs.
///
/// # Errors
/// See [`apply_for`] and [`super::permissions_check`].
pub async fn permissions_apply(
    session: &Session,
    progress: &Progress,
) -> Result<Permissions, Error> {
    let needs = Needs::of_draft(session).await?;
    let plan = draft::draft_get(session).await?.plan;
    apply_for(session, &needs, &plan, progress).await
}

/// Applies what a plan needs and is not so yet. A change that fails ends it: the answer then lists what was done, what
/// failed and why, and what was not tried; applying again does the rest. Where nothing is missing, nothing is changed.
///
/// # Errors
/// An invalid role name, a broken connection, the store; [`Error::Cancelled`].
pub async fn apply_for(
    session: &Session,
    needs: &Needs,
    plan: &str,
    progress: &Progress,
) -> Result<Permissions, Error> {
    progress.stage("Looking at role and policies", None);
    let judged = tokio::select! {
        biased;
        () = progress.cancel().cancelled() => return Err(Error::Cancelled),
        judged = judge::look(session, needs) => judged?,
    };
    let Judged {
        place,
        name,
        mut found,
        caller,
        permissions: proposed,
        calls,
    } = judged;
    let mut attempted = proposed.changes.clone();
    let total = u64::try_from(calls.len()).ok();
    progress.stage("Applying changes", total);
    for ((number, call), change) in (1_u64..).zip(calls).zip(attempted.iter_mut()) {
        progress.check()?;
        match carry_out(session, &name, plan, &call, change, progress).await? {
            Ok((arn, request_id)) => {
                took(&mut found, call, arn);
                change.outcome = Some(ChangeOutcome::Done { request_id });
            }
            Err(error) => {
                let problem = Error::from(error).problem();
                change.outcome = Some(ChangeOutcome::Failed { problem });
                break;
            }
        }
        progress.done(number);
    }
    // What was done is known without asking: IAM may show it only seconds later.
    let judged = judge::again(place, name, found, caller, needs).await?;
    let mut after = judged.permissions;
    after.packing = proposed.packing;
    after.widened = proposed.widened;
    after.changes = attempted;
    if let Some(problem) = after.failure().cloned() {
        let failed = after
            .changes
            .iter()
            .find(|change| matches!(change.outcome, Some(ChangeOutcome::Failed { .. })))
            .map(|change| change.id.clone());
        for requirement in after.requirements.iter_mut().filter(|r| r.change == failed) {
            let words = problem.detail.as_deref().unwrap_or(&problem.message);
            requirement
                .detail
                .push_str(&format!(" It was tried and failed: {words}"));
        }
    }
    Ok(after)
}

/// The new role's ARN, if one was made, and AWS's request id; or how the call failed.
type Answered = Result<(Option<String>, Option<String>), overseed_aws::Error>;

/// Makes one call between its intent and its outcome in the store.
async fn carry_out(
    session: &Session,
    role: &str,
    plan: &str,
    call: &Call,
    change: &PermissionChange,
    progress: &Progress,
) -> Result<Answered, Error> {
    let operation = match call {
        Call::CreateRole(_) => "iam:CreateRole",
        Call::UpdateTrust(_) => "iam:UpdateAssumeRolePolicy",
        Call::PutPolicy(_) => "iam:PutRolePolicy",
    };
    let intent = Intent {
        plan: plan.to_owned(),
        operation,
        summary: change.title.clone(),
        before: change.before.clone(),
        after: Some(change.after.clone()),
    };
    let intended = changes::intend(session, intent).await?;
    let clients = &session.clients;
    let made = async {
        match call {
            Call::CreateRole(trust) => {
                let tags = BTreeMap::from([(PLAN_TAG.to_owned(), plan.to_owned())]);
                let description = "Execution role of Greengrass bulk deployments, made by Overseed";
                let made = clients
                    .create_role(role, "/", &trust.compact(), description, &tags)
                    .await;
                match made {
                    Err(error) if error.kind == Kind::Conflict => {
                        made_before(clients, role, trust, error).await
                    }
                    made => made.map(|(arn, request_id)| (Some(arn), request_id)),
                }
            }
            Call::UpdateTrust(trust) => clients
                .update_trust(role, &trust.compact())
                .await
                .map(|id| (None, id)),
            Call::PutPolicy(policy) => clients
                .put_role_policy(role, POLICY_NAME, &policy.compact())
                .await
                .map(|id| (None, id)),
        }
    };
    let answered = cancellable(operation, progress.cancel(), made).await;
    if answered
        .as_ref()
        .is_err_and(|error| error.kind == Kind::Cancelled)
    {
        // Whether AWS has done it is not known: the intent stays without an outcome.
        return Err(Error::Cancelled);
    }
    let outcome = answered.as_ref().map(|(_, request_id)| request_id.clone());
    changes::ended(session, intended, outcome).await?;
    Ok(answered)
}

/// A role that was not there a moment ago and now has the very trust policy: an answer was lost on the way, and the SDK
/// has tried again.
async fn made_before(
    clients: &Clients,
    role: &str,
    trust: &Document,
    conflict: overseed_aws::Error,
) -> Answered {
    let found = clients.get_role(role).await?;
    let same =
        |found: &RoleDetail| Document::parse(&found.trust).is_ok_and(|t| t.same_meaning(trust));
    match found.filter(same) {
        Some(found) => Ok((Some(found.arn), None)),
        None => Err(conflict),
    }
}

/// What is there once a call has been answered.
fn took(found: &mut Found, call: Call, arn: Option<String>) {
    match call {
        Call::CreateRole(trust) => {
            let arn = arn.unwrap_or_default();
            found.role = Reading::Read(Some(RoleFound {
                arn,
                trust,
                boundary: None,
            }));
        }
        Call::UpdateTrust(trust) => {
            if let Reading::Read(Some(role)) = &mut found.role {
                role.trust = trust;
            }
        }
        Call::PutPolicy(document) => put(&mut found.policies, document),
    }
}

fn put(policies: &mut Reading<Vec<PolicyFound>>, document: Document) {
    if let Reading::Read(policies) = policies {
        policies.retain(|policy| !policy.is_ours());
        policies.push(PolicyFound {
            name: POLICY_NAME.to_owned(),
            managed: false,
            document,
        });
    }
}
