//! Pages of a draft's devices with what changes for them, and of outcomes with the devices that share them.

use overseed_domain::{
    Millis,
    v2::{diff::DocumentDiff, document::DeploymentDocument, finding::PlanFinding},
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    compose::Bodies,
    composed::{Composed, DeviceOutcome},
    draft,
    known::{self, Known},
    preview::composed,
    targets::Device,
};
use crate::{Error, Session, job::Progress};

/// Rows of a page at most.
const PAGE: u32 = 500;

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

/// One page of the draft's devices with what changes for them; none where layers are refused.
///
/// # Errors
/// As [`device_plan_preview`](super::device_plan_preview).
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
/// As [`device_plan_preview`](super::device_plan_preview).
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
            fixed: composed
                .fixed
                .as_ref()
                .is_some_and(|fixed| fixed.has(&device.thing)),
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
    let known = known::known_of(connection, scope, &device.thing)?;
    let planned = match &known {
        Some(known) if !known.is_unreadable() => {
            let body = bodies.of(connection, known)?;
            Some(composed.planned(device, body.as_deref(), Some(known))?)
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
        let known = known::known_of(connection, scope, &device.thing)?;
        let body = match &known {
            Some(known) => bodies.of(connection, known)?,
            None => None,
        };
        let planned = composed.planned(device, body.as_deref(), known.as_ref())?;
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
