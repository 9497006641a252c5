//! The draft of V2 deployments as a plan file.

use std::path::Path;

use overseed_domain::rollout::Generation;

use super::{
    draft::device_draft_get,
    made::{make, nothing},
    new::DevicePlanMade,
    preview, targets,
};
use crate::{
    Error, Session,
    job::Progress,
    permissions::{Pack, ReadBy},
    plan::{FORMAT, PlanConnection, PlanHeader, PlanSettings},
};

/// Writes the draft as a plan: started on the command line, it is the very run that the window would start.
///
/// # Errors
/// As [`device_plan_new`](super::device_plan_new);
/// [`ErrorCode::PreflightFailed`](crate::ErrorCode::PreflightFailed) where present deployments have to be read first.
pub async fn device_plan_export(
    session: &Session,
    out: &Path,
    progress: &Progress,
) -> Result<(PlanHeader, DevicePlanMade), Error> {
    let draft = device_draft_get(session).await?;
    let (at_work, scope) = (session.clone(), session.scope);
    let of = draft.clone();
    let (devices, basis) = tokio::task::spawn_blocking(move || {
        let mut devices = at_work.store().read_now(|c| targets::selected(c, scope))?;
        let basis = preview::basis(&at_work, &of)?;
        if let Some(fixed) = &basis.fixed {
            fixed.in_order(&mut devices);
        }
        Ok::<_, Error>((devices, basis))
    })
    .await??;
    if devices.is_empty() {
        return Err(nothing("No core device is selected"));
    }
    let unchanged_too = draft.unchanged_too;
    let header = move |session: &Session, targets: u32| PlanHeader {
        format: FORMAT,
        id: draft.plan.clone(),
        generation: Generation::V2,
        name: draft.name.clone(),
        connection: PlanConnection::of(session),
        settings: PlanSettings {
            role: draft.role.clone(),
            bucket: draft.bucket.clone(),
            prefix: draft.prefix.clone(),
            pack: Pack::default(),
            read_by: ReadBy::default(),
            settle_minutes: draft.settle_minutes,
            waves: draft.waves.clone(),
            v2: Some(draft.v2(targets)),
        },
        parent: draft.parent.clone(),
    };
    make(
        session,
        devices,
        basis,
        unchanged_too,
        header,
        out,
        progress,
    )
    .await
}
