//! All devices of a plan, composed once and kept: pages are told from it, and plans are written from it.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use overseed_domain::v2::{
    diff::{DocumentChange, DocumentDiff},
    gather::Gather,
    plan::Planned,
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    compose::{Bodies, Composer},
    fixed_file::Fixed,
    hash::document_hash,
    known::Known,
    loaded::body_of,
    shelf::Shelf,
    targets::Device,
};
use crate::{Error, job::Progress};

/// Between two looks whether the user has cancelled.
pub(super) const CHECKED: usize = 1_000;

/// What comes of a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DeviceOutcome {
    /// Its present deployment is not read yet.
    #[default]
    Unread,
    /// Its present deployment is read, but says something that this version does not know.
    Unreadable,
    /// It cannot be deployed as wanted.
    Refused,
    /// Nothing changes for it.
    Unchanged,
    /// Nothing changes in its document, but its latest deployment failed or was cancelled: it gets it once more.
    Again,
    /// It gets something else than it has.
    Changed,
}

impl DeviceOutcome {
    fn of(known: &Known, planned: &Planned) -> Self {
        if planned.is_refused() {
            Self::Refused
        } else if !planned.is_unchanged() {
            Self::Changed
        } else if known.has_failed() {
            Self::Again
        } else {
            Self::Unchanged
        }
    }

    /// Whether it gets a deployment.
    pub(crate) const fn is_deployed(self, unchanged_too: bool) -> bool {
        match self {
            Self::Changed | Self::Again => true,
            Self::Unchanged => unchanged_too,
            Self::Unread | Self::Unreadable | Self::Refused => false,
        }
    }
}

/// Whether a thing group's deployment would contradict the device's own one: it is added to that, and does not take its
/// place (guide, "Create deployments"). What the own one has stays there with its version and configuration.
pub(crate) fn contradicts_own(planned: &Planned) -> bool {
    diff_contradicts(&planned.diff)
}

/// The same of a difference between what a device has and what it gets.
pub(in crate::v2) fn diff_contradicts(diff: &DocumentDiff) -> bool {
    diff.changes.iter().any(|change| {
        matches!(
            change,
            DocumentChange::ComponentRemoved { .. }
                | DocumentChange::VersionChanged { .. }
                | DocumentChange::MergeChanged { .. }
                | DocumentChange::ResetChanged { .. }
                | DocumentChange::RunWithChanged { .. }
        )
    })
}

/// Goes through devices in order; `f` is told what came of each, and what it has.
fn compose(
    connection: &Connection,
    devices: &[Device],
    known: &HashMap<Box<str>, Known>,
    composer: &mut Composer,
    progress: &Progress,
    mut f: impl FnMut(usize, DeviceOutcome, Option<&Planned>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut bodies = Bodies::default();
    for (place, device) in devices.iter().enumerate() {
        if place % CHECKED == 0 {
            progress.check()?;
            progress.done(place as u64);
        }
        match known.get(&*device.thing) {
            None => f(place, DeviceOutcome::Unread, None)?,
            Some(known) if known.is_unreadable() => {
                f(place, DeviceOutcome::Unreadable, None)?;
            }
            Some(known) => {
                let body = bodies.of(connection, known)?;
                let planned = composer.plan(device, body.as_deref(), Some(known))?;
                let outcome = DeviceOutcome::of(known, &planned);
                f(place, outcome, Some(&planned))?;
            }
        }
    }
    progress.done(devices.len() as u64);
    Ok(())
}

/// What a composition was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MadeFrom {
    /// The draft as JSON.
    pub(crate) draft: String,
    /// Of its selection.
    pub(crate) selection: i64,
    /// Of the present deployments.
    pub(crate) present: i64,
    /// Of the inventory.
    pub(crate) inventory: i64,
}

/// What is kept of a device's plan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub(crate) outcome: DeviceOutcome,
    /// Whether there are findings.
    pub(crate) noted: bool,
    /// See [`contradicts_own`].
    pub(crate) contradicts_own: bool,
    /// The number of its document; [`NONE`] where it gets none.
    pub(crate) document: u32,
}

/// The number of no document.
pub(crate) const NONE: u32 = u32::MAX;

/// All devices of a draft, composed. About 70 bytes a device, without its rows, and 150 a document: their bodies are on disk.
pub(crate) struct Composed {
    pub(crate) devices: Vec<Device>,
    pub(crate) outcomes: Vec<Told>,
    pub(crate) gather: Gather,
    /// The places of the devices that `gather` has taken in.
    pub(crate) gathered: Vec<u32>,
    pub(crate) unmatched_rows: u32,
    pub(crate) fixed: Option<Arc<Fixed>>,
    composer: Mutex<Composer>,
    documents: Mutex<Shelf>,
}

impl std::fmt::Debug for Composed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Composed")
            .field("devices", &self.devices.len())
            .finish_non_exhaustive()
    }
}

impl Composed {
    pub(crate) fn make(
        connection: &Connection,
        folder: &Path,
        devices: Vec<Device>,
        known: &HashMap<Box<str>, Known>,
        mut composer: Composer,
        progress: &Progress,
    ) -> Result<Self, Error> {
        let mut outcomes = Vec::with_capacity(devices.len());
        let mut gathered = Vec::with_capacity(devices.len());
        let (mut gather, mut documents) = (Gather::default(), Shelf::new(folder)?);
        let unmatched_rows = composer.unmatched_rows(&devices);
        compose(
            connection,
            &devices,
            known,
            &mut composer,
            progress,
            |place, outcome, planned| {
                let mut told = Told {
                    outcome,
                    noted: planned.is_some_and(|planned| !planned.findings.is_empty()),
                    contradicts_own: planned.is_some_and(contradicts_own),
                    document: NONE,
                };
                if let Some(planned) = planned {
                    if outcome.is_deployed(true) {
                        told.document = put(&mut documents, planned)?;
                    }
                    gather.add(planned);
                    gathered.push(u32::try_from(place).unwrap_or(u32::MAX));
                }
                outcomes.push(told);
                Ok(())
            },
        )?;
        Ok(Self {
            devices,
            outcomes,
            gather,
            gathered,
            unmatched_rows,
            fixed: composer.fixed().cloned(),
            composer: Mutex::new(composer),
            documents: Mutex::new(documents),
        })
    }

    /// The documents that devices get.
    pub(crate) fn documents(&self) -> MutexGuard<'_, Shelf> {
        lock(&self.documents)
    }

    /// What comes of one device, once more and whole.
    pub(crate) fn planned(
        &self,
        device: &Device,
        present: Option<&str>,
        known: Option<&Known>,
    ) -> Result<Arc<Planned>, Error> {
        lock(&self.composer).plan(device, present, known)
    }

    /// The group of the device at a place; `None` where it is in none.
    pub(crate) fn group_of(&self, place: usize) -> Option<u32> {
        let place = u32::try_from(place).ok()?;
        let at = self.gathered.binary_search(&place).ok()?;
        self.gather.group_of(u32::try_from(at).ok()?)
    }

    /// The device at a place among those that were gathered.
    pub(crate) fn gathered_device(&self, at: u32) -> Option<&Device> {
        let place = self.gathered.get(usize::try_from(at).ok()?)?;
        self.devices.get(usize::try_from(*place).ok()?)
    }
}

/// The composition that was made last.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastComposed(Arc<Mutex<Option<Last>>>);

type Last = (MadeFrom, Arc<Composed>);

impl LastComposed {
    pub(crate) fn of(&self, made_from: &MadeFrom) -> Option<Arc<Composed>> {
        lock(&self.0)
            .as_ref()
            .filter(|(made, _)| made == made_from)
            .map(|(_, composed)| Arc::clone(composed))
    }

    /// The fixed documents that it was made with.
    pub(crate) fn fixed(&self) -> Option<Arc<Fixed>> {
        lock(&self.0).as_ref()?.1.fixed.clone()
    }

    pub(crate) fn keep(&self, made_from: MadeFrom, composed: &Arc<Composed>) {
        *lock(&self.0) = Some((made_from, Arc::clone(composed)));
    }
}

/// The number of a device's document, which is written down unless another device has got it as well.
fn put(documents: &mut Shelf, planned: &Planned) -> Result<u32, Error> {
    let hash = document_hash(&planned.outcome, &planned.digest);
    match documents.number(&hash) {
        Some(number) => Ok(number),
        None => documents.put(&hash, &body_of(&planned.outcome)?),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
