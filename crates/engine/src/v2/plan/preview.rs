//! What comes of a draft, before anything is sent: counts, pages of devices with what changes for them, and pages of
//! outcomes with the devices that share them.

use std::sync::Arc;

use overseed_domain::{
    Millis,
    v2::{
        diff::DocumentDiff,
        document::DeploymentDocument,
        finding::PlanFinding,
        gather::{ChangeTotal, FindingTotal},
    },
};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    compose::{Bodies, Composer, Wanted},
    composed::{Composed, DeviceOutcome, MadeFrom},
    draft::{self, DeviceDraft},
    fixed::FixedCounts,
    present::{self, Known},
    row_file,
    targets::{self, Device},
    way::{Way, proposed_way},
};
use crate::{Error, Session, StoreError, job::Progress};

/// Rows of a page at most.
const PAGE: u32 = 500;

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

/// Which devices a page is of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct PlannedDevicesQuery {
    /// Only this.
    pub outcome: Option<DeviceOutcome>,
    /// Only those of the outcome with this number.
    pub group: Option<u32>,
    /// Only those with findings.
    pub with_findings: bool,
    /// Text in the thing's name.
    pub text: String,
    /// Rows before the page.
    pub offset: u32,
    /// Rows of the page; 500 at most.
    pub limit: u32,
}

/// One device of a draft, with what changes for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlannedDevice {
    /// Name of its thing.
    pub thing_name: String,
    /// What comes of it.
    pub outcome: DeviceOutcome,
    /// The number of its outcome; absent where it gets none.
    pub group: Option<u32>,
    /// Whether its document is one of the draft's fixed ones, with layers and rows over it.
    pub fixed: bool,
    /// Its present deployment, where it has one.
    pub deployment: Option<String>,
    /// The status of that: `ACTIVE`, `COMPLETED`, `CANCELED`, `FAILED`, `INACTIVE`.
    pub deployment_status: Option<String>,
    /// When that was read.
    pub read_at: Option<Millis>,
    /// What changes.
    pub diff: DocumentDiff,
    /// What is wrong, or worth knowing.
    pub findings: Vec<PlanFinding>,
    /// Bytes of the document.
    pub bytes: u32,
}

/// One page of devices.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlannedDevicesPage {
    /// The rows, in the order of the plan.
    pub rows: Vec<PlannedDevice>,
    /// Devices that match.
    pub matches: u32,
}

/// Devices that get the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OutcomeRow {
    /// Its number.
    pub number: u32,
    /// Devices.
    pub devices: u32,
    /// Those among them for which nothing changes.
    pub unchanged: u32,
    /// Bytes of the document.
    pub bytes: u32,
    /// The first of them.
    pub example: String,
    /// What the first of them gets.
    pub document: DeploymentDocument,
    /// What changes for the first of them.
    pub diff: DocumentDiff,
}

/// One page of outcomes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OutcomesPage {
    /// The rows, the outcome of most devices first.
    pub rows: Vec<OutcomeRow>,
    /// Outcomes in all.
    pub total: u32,
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
        Err(refused) => Ok(DevicePreview {
            devices: draft.selected,
            layer_findings: refused,
            way: draft.way.unwrap_or_else(|| proposed_way(draft.selected)),
            ..DevicePreview::default()
        }),
    }
}

/// One page of the draft's devices with what changes for them; none where layers are refused.
///
/// # Errors
/// As [`device_plan_preview`].
pub async fn device_plan_devices(
    session: &Session,
    query: PlannedDevicesQuery,
    progress: &Progress,
) -> Result<PlannedDevicesPage, Error> {
    let draft = draft::device_draft_get(session).await?;
    let Ok(composed) = composed(session, &draft, progress).await? else {
        return Ok(PlannedDevicesPage::default());
    };
    let scope = session.scope;
    session
        .store()
        .read(move |c| devices_page(c, scope, &composed, &query))
        .await
}

/// One page of the draft's outcomes; none where layers are refused.
///
/// # Errors
/// As [`device_plan_preview`].
pub async fn device_plan_outcomes(
    session: &Session,
    offset: u32,
    limit: u32,
    progress: &Progress,
) -> Result<OutcomesPage, Error> {
    let draft = draft::device_draft_get(session).await?;
    let Ok(composed) = composed(session, &draft, progress).await? else {
        return Ok(OutcomesPage::default());
    };
    let scope = session.scope;
    session
        .store()
        .read(move |c| outcomes_page(c, scope, &composed, offset, limit))
        .await
}

/// All that is wanted by a draft.
pub(crate) fn wanted(session: &Session, draft: &DeviceDraft) -> Result<Wanted, Error> {
    Ok(Wanted {
        name: draft.name.clone(),
        layers: draft.layers.clone(),
        rows: row_file::of_draft(session, draft)?,
    })
}

/// The draft composed, anew where anything has changed since; or what is wrong with its layers.
async fn composed(
    session: &Session,
    draft: &DeviceDraft,
    progress: &Progress,
) -> Result<Result<Arc<Composed>, Vec<PlanFinding>>, Error> {
    let index = targets::index(session).await?;
    let (session, draft, progress) = (session.clone(), draft.clone(), progress.clone());
    tokio::task::spawn_blocking(move || {
        let scope = session.scope;
        session.store().read_now(|c| {
            let made_from = made_from(c, scope, &draft)?;
            if let Some(composed) = session.composed.of(&made_from) {
                return Ok(Ok(composed));
            }
            let wanted = wanted(&session, &draft)?;
            let now = session.clock().now();
            let composer = match Composer::new(c, scope, &index, &wanted, now)? {
                Ok(composer) => composer,
                Err(refused) => return Ok(Err(refused.0)),
            };
            let devices = targets::selected(c, scope)?;
            progress.stage("Planning", Some(devices.len() as u64));
            let known = present::known(c, scope)?;
            let composed = Composed::make(c, made_from, devices, &known, composer, &progress)?;
            let composed = Arc::new(composed);
            session.composed.keep(&composed);
            Ok(Ok(composed))
        })
    })
    .await?
}

fn made_from(connection: &Connection, scope: i64, draft: &DeviceDraft) -> Result<MadeFrom, Error> {
    // Neither the step nor what comes later in the wizard changes what devices get.
    let told =
        serde_json::to_string(&(&draft.name, &draft.layers, &draft.rows)).map_err(|source| {
            StoreError::Json {
                what: "device_draft.body",
                source,
            }
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
        present: present::revision(connection, scope)?,
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

fn devices_page(
    connection: &Connection,
    scope: i64,
    composed: &Composed,
    query: &PlannedDevicesQuery,
) -> Result<PlannedDevicesPage, Error> {
    let text = query.text.trim().to_lowercase();
    let mut page = PlannedDevicesPage::default();
    let mut places = Vec::new();
    for (place, (device, told)) in composed.devices.iter().zip(&composed.outcomes).enumerate() {
        let meant = query.outcome.is_none_or(|wanted| wanted == told.outcome)
            && (!query.with_findings || told.noted)
            && (text.is_empty() || device.thing.to_lowercase().contains(&text))
            && query
                .group
                .is_none_or(|group| composed.group_of(place) == Some(group));
        if meant {
            if page.matches >= query.offset && places.len() < query.limit.min(PAGE) as usize {
                places.push((place, device, told.outcome));
            }
            page.matches += 1;
        }
    }
    let mut bodies = Bodies::default();
    for (place, device, outcome) in places {
        let row = row(connection, scope, composed, &mut bodies, (device, outcome))?;
        page.rows.push(PlannedDevice {
            group: composed.group_of(place),
            ..row
        });
    }
    Ok(page)
}

fn row(
    connection: &Connection,
    scope: i64,
    composed: &Composed,
    bodies: &mut Bodies,
    (device, outcome): (&Device, DeviceOutcome),
) -> Result<PlannedDevice, Error> {
    let known = present::known_of(connection, scope, &device.thing)?;
    let planned = match &known {
        Some(known) if !known.is_unreadable() => {
            let body = bodies.of(connection, known)?;
            Some(composed.planned(device, body.as_deref(), known.name.as_deref())?)
        }
        _ => None,
    };
    Ok(PlannedDevice {
        thing_name: device.thing.to_string(),
        outcome,
        group: None,
        fixed: false,
        deployment: known.as_ref().and_then(|known| known.deployment.clone()),
        deployment_status: known.as_ref().and_then(|known| known.status.clone()),
        read_at: known.as_ref().map(|known: &Known| known.read_at),
        diff: planned
            .as_ref()
            .map_or_else(DocumentDiff::default, |p| p.diff.clone()),
        findings: planned
            .as_ref()
            .map_or_else(Vec::new, |p| p.findings.clone()),
        bytes: planned.map_or(0, |planned| planned.bytes),
    })
}

fn outcomes_page(
    connection: &Connection,
    scope: i64,
    composed: &Composed,
    offset: u32,
    limit: u32,
) -> Result<OutcomesPage, Error> {
    let numbers = composed.gather.largest_first();
    let mut page = OutcomesPage {
        total: u32::try_from(numbers.len()).unwrap_or(u32::MAX),
        ..OutcomesPage::default()
    };
    let mut bodies = Bodies::default();
    let wanted = numbers
        .into_iter()
        .skip(offset as usize)
        .take(limit.min(PAGE) as usize);
    for number in wanted {
        let found = composed.gather.groups().get(number as usize);
        let Some((group, device)) =
            found.and_then(|group| Some((group, composed.gathered_device(group.first)?)))
        else {
            continue;
        };
        let known = present::known_of(connection, scope, &device.thing)?;
        let body = match &known {
            Some(known) => bodies.of(connection, known)?,
            None => None,
        };
        let name = known.as_ref().and_then(|known| known.name.as_deref());
        let planned = composed.planned(device, body.as_deref(), name)?;
        page.rows.push(OutcomeRow {
            number,
            devices: group.targets,
            unchanged: group.unchanged,
            bytes: group.bytes,
            example: device.thing.to_string(),
            document: planned.outcome.clone(),
            diff: planned.diff.clone(),
        });
    }
    Ok(page)
}
