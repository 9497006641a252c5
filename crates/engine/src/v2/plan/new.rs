//! Plan files of V2 deployments: of the draft, or of what the command line says.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use overseed_domain::{
    Millis,
    rollout::Generation,
    v2::{
        document::DeploymentDocument,
        gather::{ChangeTotal, FindingTotal, Gather},
        plan::Planned,
    },
};
use rusqlite::Connection;
use serde::Serialize;

use super::{
    compose::{self, Bodies, Composer, Wanted},
    composed::{DeviceOutcome, compose, contradicts_own},
    draft,
    hash::document_hash,
    loaded::body_of,
    present::{self, Known},
    preview,
    targets::{self, Device},
    way::Way,
};
use crate::{
    Error, ErrorCode, Problem, Session, StoreError,
    buckets::possible_name,
    draft::{settle_minutes_valid, waves_valid},
    inventory::Filter,
    job::Progress,
    plan::{FORMAT, PlanConnection, PlanHeader, PlanSettings, PlanWriting},
};

/// Devices that a refusal names.
const NAMED: usize = 10;

/// Where the devices of a plan come from.
#[derive(Debug, Clone)]
pub enum DevicesFrom {
    /// All core devices of the inventory that match.
    Filter(Filter),
    /// Names or ARNs of things, one a line.
    List(PathBuf),
    /// The things of the rows.
    Rows,
}

/// What a plan came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DevicePlanMade {
    /// The plan's id.
    pub id: String,
    /// Devices that get a deployment.
    pub targets: u32,
    /// Different documents among them.
    pub documents: u32,
    /// Devices that are left out, since nothing changes for them.
    pub unchanged: u32,
    /// Rows whose things are not among the devices.
    pub unmatched_rows: u32,
    /// What changes, and for how many.
    pub changes: Vec<ChangeTotal>,
    /// What is worth knowing, and for how many.
    pub findings: Vec<FindingTotal>,
}

/// Makes a plan file. Present deployments that are not known, that were read before `since` or before the last run of this
/// app was started, are read first.
/// The settings' way is taken as it is.
///
/// # Errors
/// [`ErrorCode::NothingSelected`] where no device is left; [`ErrorCode::InvalidInput`] for what is wanted and cannot be,
/// unknown devices, and settings that cannot be; [`ErrorCode::FileInvalid`] where devices cannot be deployed as wanted;
/// those of reading; [`Error::File`], [`Error::Cancelled`].
#[allow(
    clippy::too_many_arguments,
    reason = "as for V1, with what only V2 has"
)]
pub async fn device_plan_new(
    session: &Session,
    from: DevicesFrom,
    wanted: Wanted,
    unchanged_too: bool,
    since: Option<Millis>,
    settings: impl FnOnce(u32) -> PlanSettings + Send + 'static,
    out: &Path,
    progress: &Progress,
) -> Result<(PlanHeader, DevicePlanMade), Error> {
    let index = targets::index(session).await?;
    let (scope, now) = (session.scope, session.clock().now());
    let rows = wanted.rows.clone();
    let devices = session
        .store()
        .read(move |c| {
            let ordinals = match &from {
                DevicesFrom::Filter(filter) => targets::matching(c, scope, &index, filter, now)?,
                DevicesFrom::List(list) => {
                    let text = std::fs::read_to_string(list).map_err(Error::file(list))?;
                    targets::named(c, scope, names_of(&text))?
                }
                DevicesFrom::Rows => {
                    let things = rows.iter().flat_map(|rows| rows.iter());
                    targets::named(c, scope, things.map(|row| row.thing()))?
                }
            };
            targets::of_ordinals(c, scope, &ordinals)
        })
        .await?;
    if devices.is_empty() {
        return Err(nothing("No core device matches"));
    }
    present::read(session, &devices, since.unwrap_or(Millis(0)), progress).await?;
    let name = wanted.name.clone();
    let header = move |session: &Session, targets: u32| PlanHeader {
        format: FORMAT,
        id: uuid::Uuid::new_v4().to_string(),
        generation: Generation::V2,
        name,
        connection: PlanConnection::of(session),
        settings: settings(targets),
        parent: None,
    };
    make(
        session,
        devices,
        wanted,
        unchanged_too,
        header,
        out,
        progress,
    )
    .await
}

/// Writes the draft as a plan: started on the command line, it is the very run that the window would start.
///
/// # Errors
/// As [`device_plan_new`]; [`ErrorCode::PreflightFailed`] where present deployments have to be read first.
pub async fn device_plan_export(
    session: &Session,
    out: &Path,
    progress: &Progress,
) -> Result<(PlanHeader, DevicePlanMade), Error> {
    let draft = draft::device_draft_get(session).await?;
    let (at_work, scope) = (session.clone(), session.scope);
    let of = draft.clone();
    let (devices, wanted) = tokio::task::spawn_blocking(move || {
        let devices = at_work.store().read_now(|c| targets::selected(c, scope))?;
        Ok::<_, Error>((devices, preview::wanted(&at_work, &of)?))
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
            pack: crate::permissions::Pack::default(),
            read_by: crate::permissions::ReadBy::default(),
            settle_minutes: draft.settle_minutes,
            waves: draft.waves.clone(),
            v2: Some(draft.v2(targets)),
        },
        parent: draft.parent.clone(),
    };
    make(
        session,
        devices,
        wanted,
        unchanged_too,
        header,
        out,
        progress,
    )
    .await
}

async fn make(
    session: &Session,
    devices: Vec<Device>,
    wanted: Wanted,
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
            let mut composer = match Composer::new(c, scope, &index, &wanted, now)? {
                Ok(composer) => composer,
                Err(refused) => return Err(compose::refused(&refused)),
            };
            let known = present::known(c, scope)?;
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

/// Devices of one kind, the first ones with why.
#[derive(Default)]
struct Met {
    count: usize,
    named: Vec<String>,
}

impl Met {
    fn add(&mut self, thing: &str, why: &str) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(if why.is_empty() {
                thing.to_owned()
            } else {
                format!("{thing}: {why}")
            });
        }
    }

    fn refuse(&self, code: ErrorCode, message: &str, hint: &str) -> Result<(), Error> {
        if self.count == 0 {
            return Ok(());
        }
        let more = self.count - self.named.len();
        let mut detail = self.named.join("\n");
        if more > 0 {
            detail.push_str(&format!("\nand {more} more"));
        }
        Err(Problem::new(code, message).detail(detail).hint(hint).into())
    }
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

/// A plan on its way into its file.
struct Writing<'a> {
    connection: &'a Connection,
    plan: PlanWriting,
    hashes: Vec<String>,
    numbers: HashMap<String, u32>,
    /// By row among the present documents.
    before: HashMap<i64, u32>,
    bodies: Bodies,
}

/// The numbers of a target's documents; what it had is none where it had no deployment.
type Target = (usize, u32, Option<u32>);

impl<'a> Writing<'a> {
    fn begin(out: &Path, header: &PlanHeader, connection: &'a Connection) -> Result<Self, Error> {
        Ok(Self {
            connection,
            plan: PlanWriting::begin(out, header)?,
            hashes: Vec::new(),
            numbers: HashMap::new(),
            before: HashMap::new(),
            bodies: Bodies::default(),
        })
    }

    /// Writes documents and targets; answers how many different outcomes there are.
    fn all(
        mut self,
        devices: &[Device],
        known: &HashMap<Box<str>, Known>,
        composer: &mut Composer,
        unchanged_too: bool,
        progress: &Progress,
    ) -> Result<u32, Error> {
        let mut targets: Vec<Target> = Vec::new();
        let mut outcomes = HashSet::new();
        let connection = self.connection;
        compose(
            connection,
            devices,
            known,
            composer,
            progress,
            |place, _, outcome, planned| {
                let Some((known, planned)) = planned.filter(|_| outcome.is_deployed(unchanged_too))
                else {
                    return Ok(());
                };
                let document = self.outcome(planned)?;
                outcomes.insert(document);
                targets.push((place, document, self.present(known)?));
                Ok(())
            },
        )?;
        for (place, document, before) in targets {
            let Some(device) = devices.get(place) else {
                continue;
            };
            let hash = |number: u32| {
                let place = usize::try_from(number).unwrap_or(usize::MAX);
                self.hashes.get(place).map_or("", String::as_str)
            };
            let (hash, before) = (hash(document), Some(before.map_or("", hash)));
            let known = known.get(&*device.thing);
            match known.and_then(|known| known.deployment.as_deref()) {
                Some(deployment) => {
                    self.plan
                        .target_replacing(&device.thing, hash, before, deployment)?;
                }
                None => self.plan.target(&device.thing, hash, before)?,
            }
        }
        self.plan.end()?;
        Ok(u32::try_from(outcomes.len()).unwrap_or(u32::MAX))
    }

    fn outcome(&mut self, planned: &Planned) -> Result<u32, Error> {
        self.document(
            &planned.outcome,
            document_hash(&planned.outcome, &planned.digest),
        )
    }

    fn present(&mut self, known: &Known) -> Result<Option<u32>, Error> {
        let (Some(ordinal), Some(body)) = (known.document, self.bodies.of(self.connection, known)?)
        else {
            return Ok(None);
        };
        if let Some(number) = self.before.get(&ordinal) {
            return Ok(Some(*number));
        }
        let document: DeploymentDocument =
            serde_json::from_str(&body).map_err(|source| StoreError::Json {
                what: "present_document.body",
                source,
            })?;
        let hash = document_hash(&document, &document.digest());
        let number = self.document(&document, hash)?;
        self.before.insert(ordinal, number);
        Ok(Some(number))
    }

    fn document(&mut self, document: &DeploymentDocument, hash: String) -> Result<u32, Error> {
        if let Some(number) = self.numbers.get(&hash) {
            return Ok(*number);
        }
        self.plan.document(&hash, &body_of(document)?)?;
        let number = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
        self.hashes.push(hash.clone());
        self.numbers.insert(hash, number);
        Ok(number)
    }
}

/// The names in a list: the first field of each line, without a title, blank lines and remarks.
fn names_of(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(|line| line.split([',', ';', '\t']).next().unwrap_or_default())
        .map(|name| name.trim().trim_matches('"'))
        .filter(|name| {
            !name.is_empty() && !name.starts_with('#') && !name.eq_ignore_ascii_case("thingName")
        })
}

fn nothing(message: &str) -> Error {
    Problem::new(ErrorCode::NothingSelected, message)
        .hint("List the core devices first (devices refresh), and check the filter. Devices that have all of it already can be deployed anew by asking for unchanged ones too.")
        .into()
}
