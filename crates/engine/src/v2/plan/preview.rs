//! What comes of a draft, before anything is sent, in counts.

use std::sync::Arc;

use overseed_domain::v2::{
    finding::PlanFinding,
    gather::{ChangeTotal, FindingTotal},
};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    compose::{Basis, Composer, Refused, Wanted},
    composed::{Composed, DeviceOutcome, MadeFrom},
    draft::{self, DeviceDraft},
    fixed::{FixedCounts, FixedPlan},
    fixed_file, known, row_file,
    targets::{self, Device},
    way::{Way, proposed_way},
};
use crate::{Error, Session, StoreError, inventory::Index, job::Progress};

/// What a draft comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DevicePreview {
    /// Selected devices that are core devices now.
    pub devices: u32,
    /// Selected devices that are none any more; they are left out.
    pub gone: u32,
    /// Those whose present deployment has to be read first.
    pub unread: u32,
    /// Those whose present deployment says what this version does not know.
    pub unreadable: u32,
    /// Those that cannot be deployed as wanted.
    pub refused: u32,
    /// Those for which nothing changes.
    pub unchanged: u32,
    /// Those for which nothing changes, but whose latest deployment failed or was cancelled.
    pub again: u32,
    /// Those for which something changes.
    pub changed: u32,
    /// Those with findings, whatever comes of them.
    pub with_findings: u32,
    /// Devices that get a deployment.
    pub targets: u32,
    /// Different outcomes.
    pub outcomes: u32,
    /// What changes, and for how many.
    pub changes: Vec<ChangeTotal>,
    /// What was found, and for how many; refusals first.
    pub findings: Vec<FindingTotal>,
    /// What is wrong with the layers themselves. Where one of them is a refusal nothing is composed.
    pub layer_findings: Vec<PlanFinding>,
    /// Rows whose things are not selected.
    pub unmatched_rows: u32,
    /// How the selection stands to the draft's fixed targets, where it has any.
    pub fixed: Option<FixedCounts>,
    /// What makes the deployments: as chosen, or as proposed.
    pub way: Way,
    /// Whether all targets get one and the same, so that one deployment to a thing group would do.
    pub one_outcome: bool,
    /// Targets that have a deployment of their own which a thing group's would contradict: it is added to that, and does
    /// not take its place. With any of these a thing group will not do.
    pub contradict_own: u32,
}

/// What the draft comes to. Where layers are refused, only these are told.
///
/// # Errors
/// [`ErrorCode::InvalidInput`](crate::ErrorCode::InvalidInput) for a layer's filter that cannot be read, or devices
/// that are not there; [`Error::Cancelled`]; those of the store.
pub async fn device_plan_preview(
    session: &Session,
    progress: &Progress,
) -> Result<DevicePreview, Error> {
    let draft = draft::device_draft_get(session).await?;
    match composed(session, &draft, progress).await? {
        Ok(composed) => Ok(preview(&draft, &composed)),
        Err(Refused(refused)) => Ok(DevicePreview {
            devices: draft.selected,
            layer_findings: refused,
            way: draft.way.unwrap_or_else(|| proposed_way(draft.selected)),
            ..DevicePreview::default()
        }),
    }
}

/// All that is wanted by a draft.
pub(crate) fn basis(
    session: &Session,
    draft: &DeviceDraft,
    progress: &Progress,
) -> Result<Basis, Error> {
    // Fixed documents keep their names unless the draft was called otherwise since.
    let as_it_came = |fixed: &FixedPlan| fixed.name == draft.name;
    let name = if draft.fixed.as_ref().is_some_and(as_it_came) {
        String::new()
    } else {
        draft.name.clone()
    };
    Ok(Basis {
        wanted: Wanted {
            name,
            layers: draft.layers.clone(),
            rows: row_file::of_draft(session, draft)?,
        },
        fixed: fixed_file::of_draft(session, draft, progress.cancel())?,
    })
}

/// The draft composed, anew where anything has changed since; or what is wrong with its layers.
pub(super) async fn composed(
    session: &Session,
    draft: &DeviceDraft,
    progress: &Progress,
) -> Result<Result<Arc<Composed>, Refused>, Error> {
    let index = targets::index(session).await?;
    let (session, draft, progress) = (session.clone(), draft.clone(), progress.clone());
    tokio::task::spawn_blocking(move || {
        session
            .store()
            .read_now(|c| composed_now(c, &session, &index, &draft, &progress))
    })
    .await?
}

/// The same within a transaction, and with what is wrong with its layers where something is.
pub(super) fn composed_now(
    connection: &Connection,
    session: &Session,
    index: &Index,
    draft: &DeviceDraft,
    progress: &Progress,
) -> Result<Result<Arc<Composed>, Refused>, Error> {
    let scope = session.scope;
    let made_from = made_from(connection, scope, draft)?;
    if let Some(composed) = session.composed.of(&made_from) {
        return Ok(Ok(composed));
    }
    let basis = basis(session, draft, progress)?;
    let mut devices = targets::selected(connection, scope)?;
    if let Some(fixed) = &basis.fixed {
        fixed.in_order(&mut devices);
    }
    let composed = compose_anew(connection, session, index, &basis, devices, progress)?;
    if let Ok(composed) = &composed {
        session.composed.keep(made_from, composed);
    }
    Ok(composed)
}

/// These devices with all that is wanted of them.
pub(super) fn compose_anew(
    connection: &Connection,
    session: &Session,
    index: &Index,
    basis: &Basis,
    devices: Vec<Device>,
    progress: &Progress,
) -> Result<Result<Arc<Composed>, Refused>, Error> {
    let (scope, now) = (session.scope, session.clock().now());
    let composer = match Composer::new(connection, scope, index, basis, now)? {
        Ok(composer) => composer,
        Err(refused) => return Ok(Err(refused)),
    };
    progress.stage("Planning", Some(devices.len() as u64));
    let known = known::known(connection, scope)?;
    let folder = session.engine.data_dir();
    let composed = Composed::make(connection, folder, devices, &known, composer, progress)?;
    Ok(Ok(Arc::new(composed)))
}

fn made_from(connection: &Connection, scope: i64, draft: &DeviceDraft) -> Result<MadeFrom, Error> {
    // Neither the step nor what comes later in the wizard changes what devices get.
    let told = serde_json::to_string(&(&draft.name, &draft.layers, &draft.rows, &draft.fixed))
        .map_err(|source| StoreError::Json {
            what: "device_draft.body",
            source,
        })?;
    let revision = |sql: &str| -> Result<i64, Error> {
        let revision = connection
            .prepare_cached(sql)?
            .query_row([scope], |row| row.get(0))
            .optional()?;
        Ok(revision.unwrap_or_default())
    };
    Ok(MadeFrom {
        draft: told,
        selection: revision("SELECT revision FROM device_draft WHERE scope = ?1")?,
        present: known::revision(connection, scope)?,
        inventory: revision("SELECT revision FROM device_listing WHERE scope = ?1")?,
    })
}

fn preview(draft: &DeviceDraft, composed: &Composed) -> DevicePreview {
    let gather = &composed.gather;
    let mut preview = DevicePreview {
        devices: u32::try_from(composed.devices.len()).unwrap_or(u32::MAX),
        outcomes: u32::try_from(gather.groups().len()).unwrap_or(u32::MAX),
        changes: gather.changes(),
        findings: gather.findings(),
        unmatched_rows: composed.unmatched_rows,
        ..DevicePreview::default()
    };
    preview.fixed = composed
        .fixed
        .as_ref()
        .map(|fixed| fixed.counts(&composed.devices));
    preview.gone = draft.selected.saturating_sub(preview.devices);
    // Places among the devices, and not among those that were gathered.
    for finding in &mut preview.findings {
        let place = usize::try_from(finding.first)
            .ok()
            .and_then(|at| composed.gathered.get(at));
        finding.first = place.copied().unwrap_or_default();
    }
    let mut group = None;
    preview.one_outcome = true;
    for (place, told) in composed.outcomes.iter().enumerate() {
        let count = match told.outcome {
            DeviceOutcome::Unread => &mut preview.unread,
            DeviceOutcome::Unreadable => &mut preview.unreadable,
            DeviceOutcome::Refused => &mut preview.refused,
            DeviceOutcome::Unchanged => &mut preview.unchanged,
            DeviceOutcome::Again => &mut preview.again,
            DeviceOutcome::Changed => &mut preview.changed,
        };
        *count += 1;
        preview.with_findings += u32::from(told.noted);
        if told.outcome.is_deployed(draft.unchanged_too) {
            preview.targets += 1;
            preview.contradict_own += u32::from(told.contradicts_own);
            let of = composed.group_of(place);
            preview.one_outcome &= *group.get_or_insert(of) == of;
        }
    }
    preview.one_outcome &= preview.targets > 0;
    preview.way = draft.way.unwrap_or_else(|| proposed_way(preview.targets));
    preview
}
