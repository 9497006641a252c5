//! The fixed targets and documents of a draft on disk: a plan file in the data folder, named by what is in it. So the file
//! that a draft says is either there whole or not there, wherever the app was killed.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::sync::CancellationToken;

use super::{
    draft::DeviceDraft,
    fixed::{FixedCounts, FixedPlan},
    loaded::Loaded,
    shelf::Shelf,
    targets::Device,
};
use crate::{Engine, Error, ErrorCode, Problem, Session, draft};

/// Digits of the hash in a file's name.
const DIGITS: usize = 16;

/// Bytes of documents that are kept as they were read last.
const KEPT_BYTES: usize = 8_000_000;

/// Fixed targets in memory, about 80 bytes each; their documents are on disk.
pub(crate) struct Fixed {
    sha256: String,
    /// Place in the plan and number of the document, by thing.
    targets: HashMap<Box<str>, (u32, u32)>,
    documents: Mutex<Documents>,
}

struct Documents {
    shelf: Shelf,
    kept: HashMap<u32, Arc<str>>,
    bytes: usize,
}

impl Fixed {
    /// Takes a plan that was read.
    pub(crate) fn new(plan: Loaded) -> Self {
        let targets = (0..)
            .zip(plan.targets)
            .map(|(place, target)| (target.thing, (place, target.document)))
            .collect();
        Self {
            sha256: plan.summary.sha256,
            targets,
            documents: Mutex::new(Documents {
                shelf: plan.shelf,
                kept: HashMap::new(),
                bytes: 0,
            }),
        }
    }

    /// Whether a device is one of the targets.
    pub(crate) fn has(&self, thing: &str) -> bool {
        self.targets.contains_key(thing)
    }

    /// The document of a device as JSON; `None` where it is no target.
    pub(crate) fn body(&self, thing: &str) -> Result<Option<Arc<str>>, Error> {
        let Some((_, number)) = self.targets.get(thing) else {
            return Ok(None);
        };
        let mut documents = self
            .documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        documents.body(*number).map(Some)
    }

    /// Puts devices in the order of the plan, others behind.
    pub(crate) fn in_order(&self, devices: &mut [Device]) {
        devices.sort_by_key(|device| {
            self.targets
                .get(&*device.thing)
                .map_or(u32::MAX, |(place, _)| *place)
        });
    }

    /// How a selection stands to the targets.
    pub(crate) fn counts(&self, devices: &[Device]) -> FixedCounts {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let selected = devices.iter().filter(|d| self.has(&d.thing)).count();
        FixedCounts {
            selected: count(selected),
            unselected: count(self.targets.len().saturating_sub(selected)),
            others: count(devices.len() - selected),
        }
    }
}

impl Documents {
    fn body(&mut self, number: u32) -> Result<Arc<str>, Error> {
        if let Some(body) = self.kept.get(&number) {
            return Ok(Arc::clone(body));
        }
        let body: Arc<str> = self.shelf.body(number)?.into();
        if self.bytes + body.len() > KEPT_BYTES {
            self.kept.clear();
            self.bytes = 0;
        }
        self.bytes += body.len();
        self.kept.insert(number, Arc::clone(&body));
        Ok(body)
    }
}

/// The fixed targets of a draft: those of the composition that was made last where they are the same, else from the file.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`] where the file is not there or not what was taken over; [`Error::Cancelled`].
pub(crate) fn of_draft(
    session: &Session,
    draft: &DeviceDraft,
    cancel: &CancellationToken,
) -> Result<Option<Arc<Fixed>>, Error> {
    let Some(plan) = &draft.fixed else {
        return Ok(None);
    };
    if let Some(fixed) = session.composed.fixed()
        && fixed.sha256 == plan.sha256
    {
        return Ok(Some(fixed));
    }
    let path = place(&session.engine, session.scope, &plan.sha256);
    let loaded = match Loaded::read_unless(&path, session.engine.data_dir(), cancel) {
        Ok(loaded) => loaded,
        Err(Error::Cancelled) => return Err(Error::Cancelled),
        Err(why) => return Err(lost(why)),
    };
    let fixed = Fixed::new(loaded);
    if fixed.sha256 == plan.sha256 {
        return Ok(Some(Arc::new(fixed)));
    }
    Err(lost("its content is another one"))
}

fn lost(why: impl std::fmt::Display) -> Error {
    Problem::new(
        ErrorCode::PlanInvalid,
        "The targets and documents that the draft was made from are not in the data folder any more",
    )
    .detail(why)
    .hint("Open the plan again, or retry the run again; or take the fixed documents off the draft.")
    .into()
}

/// Where the plan of a draft is.
pub(super) fn place(engine: &Engine, scope: i64, sha256: &str) -> PathBuf {
    let name = sha256.get(..DIGITS).unwrap_or(sha256);
    folder(engine).join(format!("{}{name}.plan", beginning(scope)))
}

fn folder(engine: &Engine) -> PathBuf {
    engine.data_dir().join("drafts")
}

fn beginning(scope: i64) -> String {
    format!("{scope}-")
}

/// Takes out the files of earlier drafts. What cannot be taken out is left to the next time.
pub(crate) async fn sweep(session: &Session) -> Result<(), Error> {
    let (engine, scope) = (session.engine.clone(), session.scope);
    // In a transaction, so that no draft is about to say the file that goes.
    session
        .store()
        .write(move |tx| {
            let draft: Option<DeviceDraft> = draft::load(tx, scope)?;
            let fixed = draft.and_then(|draft| draft.fixed);
            let keep = fixed.map(|FixedPlan { sha256, .. }| place(&engine, scope, &sha256));
            if let Err(error) = others(&folder(&engine), &beginning(scope), keep.as_deref()) {
                tracing::warn!(%error, "plans of earlier drafts were left behind");
            }
            Ok(())
        })
        .await
}

fn others(folder: &Path, beginning: &str, keep: Option<&Path>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let ours = path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(beginning) && name.ends_with(".plan"));
        if ours && keep != Some(path.as_path()) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
