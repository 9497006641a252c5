//! The two roles of V2, that of the devices and that of the deployment engine: now beside proposed, applied change by
//! change. Role, policies, journal and undo are V1's ([`crate::permissions`]); what is asked differs.

mod apply;
mod caller;
mod components;
mod hand_over;
mod judge;
mod needs;
mod packing;
mod wire;

pub(crate) use apply::engine_apply;
pub use apply::{device_apply_for, device_permissions_apply, device_permissions_undo};
pub(crate) use components::Recipes;
pub use hand_over::{device_hand_over_for, device_permissions_hand_over, device_permissions_save};
pub use needs::RolesNeeded;
pub use wire::{BroadPolicy, DevicePermissions, RolePermissions};

pub(crate) use judge::{JudgedRole, RoleNeeds};
pub(crate) use needs::{EngineNeeds, THINGS_KEPT};

use crate::{
    Error, Session,
    job::Progress,
    permissions::{caller::Caller, found::Reading, policy::policy_warnings, undo},
};

/// What the draft's roles have to be allowed, and what of it is so now.
///
/// # Errors
/// As [`RolesNeeded::of_draft`]; a broken connection. What the caller may not look at is no error: the requirement says
/// so.
pub async fn device_permissions_check(
    session: &Session,
    progress: &Progress,
) -> Result<DevicePermissions, Error> {
    let needs = RolesNeeded::of_draft(session, progress).await?;
    device_check_for(session, &needs, progress).await
}

/// The same for a plan.
///
/// # Errors
/// A broken connection; [`Error::Cancelled`].
pub async fn device_check_for(
    session: &Session,
    needs: &RolesNeeded,
    progress: &Progress,
) -> Result<DevicePermissions, Error> {
    let (judged, caller) = look(session, needs, progress).await?;
    let mut permissions = told(needs, &judged);
    caller::said(caller, needs, &mut permissions);
    permissions.made = undo::made(session, &needs.header.id).await?;
    Ok(permissions)
}

/// All roles of a plan, looked at, and what the caller may.
async fn look(
    session: &Session,
    needs: &RolesNeeded,
    progress: &Progress,
) -> Result<(Vec<JudgedRole>, Caller), Error> {
    progress.stage("Looking at roles and policies", None);
    let looked = async {
        let judged = look_at_roles(session, needs).await?;
        let caller = caller::ask(session, needs, &judged).await?;
        Ok((judged, caller))
    };
    tokio::select! {
        biased;
        () = progress.cancel().cancelled() => Err(Error::Cancelled),
        looked = looked => looked,
    }
}

/// All roles of a plan, looked at.
async fn look_at_roles(session: &Session, needs: &RolesNeeded) -> Result<Vec<JudgedRole>, Error> {
    let mut judged = Vec::new();
    for role in roles(needs) {
        judged.push(judge::look(session, &role).await?);
    }
    Ok(judged)
}

fn roles(needs: &RolesNeeded) -> Vec<RoleNeeds> {
    let device = RoleNeeds::Device(needs.device.clone());
    let engine = needs.engine.clone().map(RoleNeeds::Engine);
    std::iter::once(device).chain(engine).collect()
}

/// Without what the caller may and what was made.
fn told(needs: &RolesNeeded, judged: &[JudgedRole]) -> DevicePermissions {
    let mut warnings = needs.warnings.clone();
    for role in judged {
        warnings.extend(policy_warnings(&role.found, &role.calls));
        let device = matches!(role.needs, RoleNeeds::Device(_));
        if device && matches!(role.found.role, Reading::Read(None)) {
            warnings.push(format!(
                "Devices use the role {} only once the role alias that their configuration names points to it (iot: \
                 CreateRoleAlias or UpdateRoleAlias); Overseed changes no role aliases.",
                role.name
            ));
        }
    }
    DevicePermissions {
        roles: judged.iter().map(|role| role.permissions.clone()).collect(),
        warnings,
        ..DevicePermissions::default()
    }
}
