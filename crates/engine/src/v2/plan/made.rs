//! Whether there is a plan at all, and its way into a file.

use std::path::Path;

use rusqlite::Connection;

use super::{
    compose::Bodies,
    composed::{Composed, DeviceOutcome},
    known,
    met::Met,
    new::DevicePlanMade,
    targets::Device,
    way::Way,
    written,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    buckets::possible_name,
    draft::{settle_minutes_valid, waves_valid},
    job::Progress,
    plan::PlanHeader,
};

/// Writes the plan of the devices that get a deployment.
pub(super) fn make(
    connection: &Connection,
    session: &Session,
    composed: &Composed,
    unchanged_too: bool,
    header: impl FnOnce(&Session, u32) -> PlanHeader,
    out: &Path,
    progress: &Progress,
) -> Result<(PlanHeader, DevicePlanMade), Error> {
    let counted = count(connection, session.scope, composed, unchanged_too)?;
    let header = header(session, counted.made.targets);
    possible(session, &header, &counted)?;
    let known = known::known(connection, session.scope)?;
    let documents = written::write(
        connection,
        (out, &header),
        composed,
        &known,
        unchanged_too,
        progress,
    )?;
    let made = DevicePlanMade {
        id: header.id.clone(),
        documents,
        ..counted.made
    };
    Ok((header, made))
}

struct Counted {
    made: DevicePlanMade,
    one_outcome: bool,
    /// Devices whose own deployment a thing group's would contradict.
    contradict_own: Met,
}

/// Tells whether there is a plan at all, and for how many: its settings may depend on that.
fn count(
    connection: &Connection,
    scope: i64,
    composed: &Composed,
    unchanged_too: bool,
) -> Result<Counted, Error> {
    let mut made = DevicePlanMade {
        unmatched_rows: composed.unmatched_rows,
        ..DevicePlanMade::default()
    };
    let (mut group, mut one_outcome) = (None, true);
    let mut contradict_own = Met::default();
    let (mut unread, mut unreadable, mut refused) =
        (Met::default(), Met::default(), Met::default());
    for (place, (device, told)) in composed.devices.iter().zip(&composed.outcomes).enumerate() {
        match told.outcome {
            DeviceOutcome::Unread => unread.add(&device.thing, ""),
            DeviceOutcome::Unreadable => unreadable.add(&device.thing, ""),
            DeviceOutcome::Refused if refused.names_more() => {
                refused.add(&device.thing, &why(connection, scope, composed, device)?);
            }
            DeviceOutcome::Refused => refused.add(&device.thing, ""),
            _ => {}
        }
        if told.outcome.is_deployed(unchanged_too) {
            made.targets += 1;
            if told.contradicts_own {
                contradict_own.add(&device.thing, "");
            }
            let of = composed.group_of(place);
            one_outcome &= *group.get_or_insert(of) == of;
        } else if told.outcome == DeviceOutcome::Unchanged {
            made.unchanged += 1;
        }
    }
    unread.refuse(
        ErrorCode::PreflightFailed,
        "The present deployments of some devices are not read yet",
        "Read them first: a deployment replaces the device's present one, and nothing may get lost.",
    )?;
    unreadable.refuse(
        ErrorCode::FileInvalid,
        "The present deployments of some devices say something that this version of Overseed does not know",
        "Update Overseed, or leave these devices out.",
    )?;
    refused.refuse(
        ErrorCode::FileInvalid,
        "Some devices cannot be deployed as wanted",
        "Change what is wanted of them, or leave them out.",
    )?;
    if made.targets == 0 {
        return Err(nothing("Nothing changes for any of the devices"));
    }
    made.changes = composed.gather.changes();
    made.findings = composed.gather.findings();
    Ok(Counted {
        made,
        one_outcome,
        contradict_own,
    })
}

/// Why a device cannot be deployed: it is planned once more, since findings are not kept.
fn why(
    connection: &Connection,
    scope: i64,
    composed: &Composed,
    device: &Device,
) -> Result<String, Error> {
    let Some(known) = known::known_of(connection, scope, &device.thing)? else {
        return Ok(String::new());
    };
    let body = Bodies::default().of(connection, &known)?;
    let planned = composed.planned(device, body.as_deref(), Some(&known))?;
    let found = planned.findings.iter().find(|f| f.code.is_refused());
    Ok(found.map_or_else(String::new, |found| found.message.clone()))
}

/// Refuses settings that could not be carried out.
fn possible(session: &Session, header: &PlanHeader, counted: &Counted) -> Result<(), Error> {
    let settings = &header.settings;
    settle_minutes_valid(settings.settle_minutes)?;
    waves_valid(&settings.waves)?;
    let v2 = settings.v2.clone().unwrap_or_default();
    v2.valid()?;
    match v2.way {
        Way::Direct => Ok(()),
        Way::StepFunctions => {
            possible_name(&settings.bucket)?;
            crate::permissions::possible_role(session, &settings.role).map(|_| ())
        }
        Way::ThingGroup if counted.one_outcome => counted.contradict_own.refuse(
            ErrorCode::InvalidInput,
            "Some devices have a deployment of their own that a thing group's would contradict",
            "A thing group's deployment is added to the device's own one and does not take its place, so it can neither \
             remove nor change what that has. Let the app or Step Functions make the deployments.",
        ),
        Way::ThingGroup => Err(Problem::new(
            ErrorCode::InvalidInput,
            "A thing group's deployment is the same for all of its things, but these devices would get different ones",
        )
        .hint("Let Step Functions make the deployments, or the app itself; or want the same of all.")
        .into()),
    }
}

pub(super) fn nothing(message: &str) -> Error {
    Problem::new(ErrorCode::NothingSelected, message)
        .hint("List the core devices first (devices refresh), and check the filter. Devices that have all of it already can be deployed anew by asking for unchanged ones too.")
        .into()
}
