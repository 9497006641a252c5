//! Applying: change by change, each with its intent in the store before the call and its outcome after it.

use std::time::Duration;

use overseed_aws::{Kind, cancellable};

use super::{
    caller::Caller,
    calls::{Answered, Call},
    found::{Found, Reading},
    in_use,
    judge::{self, Judged},
    needs::Needs,
    undo,
    wire::{ChangeOutcome, PermissionChange, Permissions, Requirement},
};
use crate::{
    Error, Session,
    changes::{self, Intent},
    draft,
    job::Progress,
};

/// How long other services are given to see a new role or policy (IAM is eventually consistent).
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two tries.
const PAUSE: Duration = Duration::from_secs(2);

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
/// [`crate::ErrorCode::Conflict`] where a run of another plan has not ended and would lose rights that it needs; an
/// invalid role name, a broken connection, the store; [`Error::Cancelled`].
pub async fn apply_for(
    session: &Session,
    needs: &Needs,
    plan: &str,
    progress: &Progress,
) -> Result<Permissions, Error> {
    progress.stage("Looking at role and policies", None);
    let looked = async {
        let judged = judge::look_at_role(session, needs, plan).await?;
        in_use::refuse(session, &judged, plan).await?;
        let caller = Caller::ask(session, needs, &judged).await?;
        Ok::<_, Error>((judged, caller))
    };
    let (judged, caller) = tokio::select! {
        biased;
        () = progress.cancel().cancelled() => return Err(Error::Cancelled),
        looked = looked => looked?,
    };
    let Judged {
        name,
        mut found,
        permissions: proposed,
        calls,
        ..
    } = judged;
    let mut attempted = proposed.changes.clone();
    let total = u64::try_from(calls.len()).ok();
    progress.stage("Applying changes", total);
    let mut carrier = Carrier {
        session,
        role: &name,
        plan,
        undoes: None,
        fresh: false,
        progress,
        done: 0,
    };
    carrier.carry_all(calls, &mut attempted, &mut found).await?;
    // What was done is known without asking: IAM may show it only seconds later.
    let mut after = again(session, name, found, (needs, plan), proposed, attempted).await?;
    caller.said(&mut after);
    after.made = undo::made(session, plan).await?;
    Ok(after)
}

/// What holds after the attempt, with what was attempted.
async fn again(
    session: &Session,
    name: String,
    found: Found,
    (needs, plan): (&Needs, &str),
    proposed: Permissions,
    attempted: Vec<PermissionChange>,
) -> Result<Permissions, Error> {
    let readable = matches!(found.policies, Reading::Read(_));
    let judged = judge::again(session, name, found, needs, plan).await?;
    let mut after = judged.permissions;
    after.packing = proposed.packing;
    after.widened = proposed.widened;
    after.changes = attempted;
    if !readable && after.failure().is_none() {
        // Nobody can look whether they are there; AWS has taken all of them.
        after.requirements.iter_mut().for_each(|requirement| {
            requirement.change = None;
        });
    }
    tell_failure(&mut after.requirements, &after.changes);
    Ok(after)
}

/// Puts why a change failed beside what it was to mend.
pub(crate) fn tell_failure(requirements: &mut [Requirement], changes: &[PermissionChange]) {
    let failed = changes.iter().find_map(|change| match &change.outcome {
        Some(ChangeOutcome::Failed { problem }) => Some((change.id.as_str(), problem)),
        _ => None,
    });
    let Some((id, problem)) = failed else {
        return;
    };
    let words = problem.detail.as_deref().unwrap_or(&problem.message);
    for requirement in requirements {
        if requirement.change.as_deref() == Some(id) {
            requirement
                .detail
                .push_str(&format!(" It was tried and failed: {words}"));
        }
    }
}

/// Carries calls out, each between its intent and its outcome in the store.
pub(crate) struct Carrier<'a> {
    pub(crate) session: &'a Session,
    pub(crate) role: &'a str,
    pub(crate) plan: &'a str,
    /// The change that is taken back.
    pub(crate) undoes: Option<i64>,
    /// Whether role or policies were made a moment ago: others may not see them yet.
    pub(crate) fresh: bool,
    pub(crate) progress: &'a Progress,
    /// Changes that were made.
    pub(crate) done: u64,
}

impl Carrier<'_> {
    /// Carries out one after the other, each with its change; what is there follows. The first that fails ends it.
    /// Whether all were done.
    pub(crate) async fn carry_all(
        &mut self,
        calls: Vec<Call>,
        changes: &mut [PermissionChange],
        found: &mut Found,
    ) -> Result<bool, Error> {
        for (call, change) in calls.into_iter().zip(changes) {
            self.progress.check()?;
            match self.carry_out(&call, &change.title).await? {
                Ok(answer) => {
                    change.outcome = Some(ChangeOutcome::Done {
                        request_id: answer.request_id.clone(),
                    });
                    call.took(found, &answer);
                }
                Err(error) => {
                    let problem = Error::from(error).problem();
                    change.outcome = Some(ChangeOutcome::Failed { problem });
                    return Ok(false);
                }
            }
            self.done += 1;
            self.progress.done(self.done);
        }
        Ok(true)
    }

    pub(crate) async fn carry_out(&mut self, call: &Call, title: &str) -> Result<Answered, Error> {
        let operation = call.operation();
        let (before, after) = call.documents();
        let intent = Intent {
            plan: self.plan.to_owned(),
            operation,
            summary: title.to_owned(),
            role: Some(self.role.to_owned()),
            subject: Some(call.subject(self.role)),
            undoes: self.undoes,
            before,
            after,
        };
        let intended = changes::intend(self.session, intent).await?;
        let answered = self.patiently(call).await;
        if answered
            .as_ref()
            .is_err_and(|error| error.kind == Kind::Cancelled)
        {
            // Whether AWS has done it is not known: the intent stays without an outcome.
            return Err(Error::Cancelled);
        }
        let outcome = answered.as_ref().map(|answer| answer.request_id.clone());
        changes::ended(self.session, intended, outcome).await?;
        self.fresh |= matches!(call, Call::CreateRole { .. } | Call::CreatePolicy { .. });
        Ok(answered)
    }

    /// The call itself; what others do not see *yet* is waited for, within bounds.
    async fn patiently(&self, call: &Call) -> Answered {
        let clock = self.session.clock();
        let since = clock.now();
        loop {
            let made = call.make(&self.session.clients, self.role, self.plan);
            let answered = cancellable(call.operation(), self.progress.cancel(), made).await;
            let Err(error) = &answered else {
                return answered;
            };
            let waited = clock.now().since(since);
            let patient = u128::try_from(waited).unwrap_or(0) < PATIENCE.as_millis();
            if !(self.fresh && patient && is_not_seen_yet(error)) {
                return answered;
            }
            self.progress
                .stage("Waiting until AWS sees the new role everywhere", None);
            let pause = async {
                clock.sleep(PAUSE).await;
                Ok(())
            };
            cancellable(call.operation(), self.progress.cancel(), pause).await?;
        }
    }
}

/// A role or policy that was made and is not found, or not taken as a principal (IAM User Guide: "Changes that I make
/// are not always immediately visible").
fn is_not_seen_yet(error: &overseed_aws::Error) -> bool {
    error.kind == Kind::NotFound
        || (error.code.as_deref() == Some("MalformedPolicy")
            && error.message.to_ascii_lowercase().contains("principal"))
}
