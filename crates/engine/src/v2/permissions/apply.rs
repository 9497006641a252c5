//! Applying, role by role and change by change, each with its intent in the store before the call; and taking it back.

use super::{
    DevicePermissions, EngineNeeds, RoleNeeds, RolePermissions, RolesNeeded, caller,
    judge::{self, JudgedRole},
    look, told,
};
use crate::{
    Error, Session,
    job::Progress,
    permissions::{
        Undone,
        apply::{Carrier, tell_failure},
        found::Reading,
        undo, undo_for,
    },
    v2::plan::device_draft_get,
};

/// Applies what the draft needs.
///
/// # Errors
/// See [`device_apply_for`] and [`super::device_permissions_check`].
pub async fn device_permissions_apply(
    session: &Session,
    progress: &Progress,
) -> Result<DevicePermissions, Error> {
    let needs = RolesNeeded::of_draft(session, progress).await?;
    device_apply_for(session, &needs, progress).await
}

/// Takes back what was changed for the draft's plan.
///
/// # Errors
/// See [`undo_for`].
pub async fn device_permissions_undo(
    session: &Session,
    progress: &Progress,
) -> Result<Vec<Undone>, Error> {
    let plan = device_draft_get(session).await?.plan;
    undo_for(session, &plan, progress).await
}

/// Applies what a plan needs and is not so yet. A change that fails ends it: the answer then lists what was done, what
/// failed and why, and what was not tried; applying again does the rest. Where nothing is missing, nothing is changed.
///
/// # Errors
/// A broken connection, the store; [`Error::Cancelled`].
pub async fn device_apply_for(
    session: &Session,
    needs: &RolesNeeded,
    progress: &Progress,
) -> Result<DevicePermissions, Error> {
    let (judged, caller) = look(session, needs, progress).await?;
    let total: usize = judged.iter().map(|role| role.calls.len()).sum();
    progress.stage("Applying changes", u64::try_from(total).ok());
    let mut after = told(needs, &judged);
    let (mut going, mut done) = (true, 0);
    for (role, shown) in judged.into_iter().zip(&mut after.roles) {
        if going {
            (going, done) = apply(session, role, shown, &needs.header.id, progress, done).await?;
        }
    }
    caller::said(caller, needs, &mut after);
    after.made = undo::made(session, &needs.header.id).await?;
    Ok(after)
}

/// Applies what one role needs; whether all was done, and how many changes by now.
async fn apply(
    session: &Session,
    role: JudgedRole,
    shown: &mut RolePermissions,
    plan: &str,
    progress: &Progress,
    done: u64,
) -> Result<(bool, u64), Error> {
    let JudgedRole {
        needs,
        name,
        mut found,
        permissions: proposed,
        calls,
        ..
    } = role;
    let mut attempted = proposed.changes;
    let mut carrier = Carrier {
        session,
        role: &name,
        plan,
        undoes: None,
        fresh: false,
        progress,
        done,
    };
    let all = carrier.carry_all(calls, &mut attempted, &mut found).await?;
    let done = carrier.done;
    let readable = matches!(found.policies, Reading::Read(_));
    // What was done is known without asking: IAM may show it only seconds later.
    let mut after = judge::again(session, name.clone(), found, &needs)
        .await?
        .permissions;
    after.widened = proposed.widened;
    after.changes = attempted;
    if !readable && all {
        // Nobody can look whether it is there; AWS has taken all of it.
        for requirement in &mut after.requirements {
            requirement.change = None;
        }
    }
    tell_failure(&mut after.requirements, &after.changes);
    *shown = after;
    Ok((all, done))
}

/// What a run's driver sees to by itself: the engine's role alone, the same way. Where `apply` is not wished for, it is
/// looked at only.
pub(crate) async fn engine_apply(
    session: &Session,
    needs: EngineNeeds,
    plan: &str,
    wished: bool,
    progress: &Progress,
) -> Result<RolePermissions, Error> {
    let role = judge::look(session, &RoleNeeds::Engine(needs)).await?;
    let mut shown = role.permissions.clone();
    if wished {
        apply(session, role, &mut shown, plan, progress, 0).await?;
    }
    Ok(shown)
}
