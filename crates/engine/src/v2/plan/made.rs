//! Whether there is a plan at all, and its way into a file.

use std::{collections::HashMap, path::Path};

use overseed_domain::v2::gather::Gather;
use rusqlite::Connection;

use super::{
    compose::{self, Basis, Composer},
    composed::{DeviceOutcome, compose, contradicts_own},
    known::{self, Known},
    met::Met,
    new::DevicePlanMade,
    targets::{self, Device},
    way::Way,
    written::Writing,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    buckets::possible_name,
    draft::{settle_minutes_valid, waves_valid},
    job::Progress,
    plan::PlanHeader,
};

/// Composes the devices and writes the plan of those that get a deployment.
pub(super) async fn make(
    session: &Session,
    devices: Vec<Device>,
    basis: Basis,
    unchanged_too: bool,
    header: impl FnOnce(&Session, u32) -> PlanHeader + Send + 'static,
    out: &Path,
    progress: &Progress,
) -> Result<(PlanHeader, DevicePlanMade), Error> {
    let index = targets::index(session).await?;
    let (session, out, progress) = (session.clone(), out.to_owned(), progress.clone());
    tokio::task::spawn_blocking(move || {
        let (scope, now) = (session.scope, session.clock().now());
        session.store().read_now(|c| {
            let mut composer = match Composer::new(c, scope, &index, &basis, now)? {
                Ok(composer) => composer,
                Err(refused) => return Err(compose::refused(&refused)),
            };
            let known = known::known(c, scope)?;
            progress.stage("Planning", Some(devices.len() as u64));
            let counted = count(c, &devices, &known, &mut composer, unchanged_too, &progress)?;
            let header = header(&session, counted.made.targets);
            possible(&session, &header, &counted)?;
            progress.stage("Writing the plan", Some(devices.len() as u64));
            let writing = Writing::begin(&out, &header, c)?;
            let documents =
                writing.all(&devices, &known, &mut composer, unchanged_too, &progress)?;
            let made = DevicePlanMade {
                id: header.id.clone(),
                documents,
                ..counted.made
            };
            Ok((header, made))
        })
    })
    .await?
}

struct Counted {
    made: DevicePlanMade,
    one_outcome: bool,
    /// Devices whose own deployment a thing group's would contradict.
    contradict_own: Met,
}

/// Goes through the devices once to tell whether there is a plan at all, and for how many: its settings may depend on
/// that, and they stand before its targets.
fn count(
    connection: &Connection,
    devices: &[Device],
    known: &HashMap<Box<str>, Known>,
    composer: &mut Composer,
    unchanged_too: bool,
    progress: &Progress,
) -> Result<Counted, Error> {
    let mut made = DevicePlanMade {
        unmatched_rows: composer.unmatched_rows(devices),
        ..DevicePlanMade::default()
    };
    let (mut gather, mut group, mut one_outcome) = (Gather::default(), None, true);
    let mut contradict_own = Met::default();
    let (mut unread, mut unreadable, mut refused) =
        (Met::default(), Met::default(), Met::default());
    compose(
        connection,
        devices,
        known,
        composer,
        progress,
        |_, device, outcome, planned| {
            match outcome {
                DeviceOutcome::Unread => unread.add(&device.thing, ""),
                DeviceOutcome::Unreadable => unreadable.add(&device.thing, ""),
                DeviceOutcome::Refused => {
                    let why = planned.and_then(|(_, planned)| {
                        planned
                            .findings
                            .iter()
                            .find(|finding| finding.code.is_refused())
                    });
                    refused.add(&device.thing, why.map_or("", |why| why.message.as_str()));
                }
                _ => {}
            }
            let Some((_, planned)) = planned else {
                return Ok(());
            };
            if outcome.is_deployed(unchanged_too) {
                made.targets += 1;
                if contradicts_own(planned) {
                    contradict_own.add(&device.thing, "");
                }
                let of = gather.add(planned);
                one_outcome &= *group.get_or_insert(of) == of;
            } else if outcome == DeviceOutcome::Unchanged {
                made.unchanged += 1;
            }
            Ok(())
        },
    )?;
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
    made.changes = gather.changes();
    made.findings = gather.findings();
    Ok(Counted {
        made,
        one_outcome,
        contradict_own,
    })
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
