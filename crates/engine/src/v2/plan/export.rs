//! The draft of V2 deployments as a plan file.

use std::path::Path;

use overseed_domain::rollout::Generation;

use super::{
    compose,
    draft::{DeviceDraft, device_draft_get},
    made::{make, nothing},
    new::DevicePlanMade,
    preview::composed_now,
    targets,
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
    let index = targets::index(session).await?;
    let (session, out, progress) = (session.clone(), out.to_owned(), progress.clone());
    tokio::task::spawn_blocking(move || {
        session.store().read_now(|c| {
            let composed = match composed_now(c, &session, &index, &draft, &progress)? {
                Ok(composed) => composed,
                Err(refused) => return Err(compose::refused(&refused)),
            };
            if composed.devices.is_empty() {
                return Err(nothing("No core device is selected"));
            }
            let header = |session: &Session, targets: u32| header(session, &draft, targets);
            let unchanged_too = draft.unchanged_too;
            make(
                c,
                &session,
                &composed,
                unchanged_too,
                header,
                &out,
                &progress,
            )
        })
    })
    .await?
}

fn header(session: &Session, draft: &DeviceDraft, targets: u32) -> PlanHeader {
    PlanHeader {
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
    }
}
