//! A V2 plan on its way into its file.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use overseed_domain::v2::document::DeploymentDocument;
use rusqlite::Connection;

use super::{
    compose::Bodies,
    composed::{CHECKED, Composed},
    hash::document_hash,
    known::Known,
    loaded::body_of,
    shelf::Shelf,
};
use crate::{
    Error, StoreError,
    job::Progress,
    plan::{PlanHeader, PlanWriting},
};

/// Writes documents and targets of the devices that get a deployment; answers how many different outcomes there are.
pub(super) fn write(
    connection: &Connection,
    (out, header): (&Path, &PlanHeader),
    composed: &Composed,
    known: &HashMap<Box<str>, Known>,
    unchanged_too: bool,
    progress: &Progress,
) -> Result<u32, Error> {
    progress.stage("Writing the plan", Some(composed.devices.len() as u64));
    let mut documents = composed.documents();
    let mut writing = Writing {
        connection,
        plan: PlanWriting::begin(out, header)?,
        outcomes: HashSet::new(),
        presents: HashMap::new(),
        written: HashSet::new(),
        bodies: Bodies::default(),
    };
    let deployed = || {
        let all = composed.devices.iter().zip(&composed.outcomes);
        all.filter(|(_, told)| told.outcome.is_deployed(unchanged_too))
    };
    for (place, (device, told)) in deployed().enumerate() {
        if place % CHECKED == 0 {
            progress.check()?;
            progress.done(place as u64);
        }
        writing.outcome(&mut documents, told.document)?;
        if let Some(known) = known.get(&*device.thing) {
            writing.present(known)?;
        }
    }
    progress.check()?;
    for (device, told) in deployed() {
        let known = known.get(&*device.thing);
        let before = known
            .and_then(|known| writing.presents.get(&known.document?))
            .map_or("", |hash| &**hash);
        let (hash, before) = (documents.hash(told.document), Some(before));
        match known.and_then(|known| known.deployment.as_deref()) {
            Some(deployment) => {
                let plan = &mut writing.plan;
                plan.target_replacing(&device.thing, hash, before, deployment)?;
            }
            None => writing.plan.target(&device.thing, hash, before)?,
        }
    }
    progress.done(composed.devices.len() as u64);
    writing.plan.end()?;
    Ok(u32::try_from(writing.outcomes.len()).unwrap_or(u32::MAX))
}

/// What was written so far.
struct Writing<'a> {
    connection: &'a Connection,
    plan: PlanWriting,
    /// Numbers of outcomes.
    outcomes: HashSet<u32>,
    /// Hashes of present documents by their rows.
    presents: HashMap<i64, Arc<str>>,
    /// Hashes of all documents.
    written: HashSet<Arc<str>>,
    bodies: Bodies,
}

impl Writing<'_> {
    fn outcome(&mut self, documents: &mut Shelf, number: u32) -> Result<(), Error> {
        if self.outcomes.insert(number) {
            let hash: Arc<str> = documents.hash(number).into();
            if self.written.insert(Arc::clone(&hash)) {
                self.plan.document(&hash, &documents.body(number)?)?;
            }
        }
        Ok(())
    }

    fn present(&mut self, known: &Known) -> Result<(), Error> {
        let Some(ordinal) = known.document else {
            return Ok(());
        };
        if self.presents.contains_key(&ordinal) {
            return Ok(());
        }
        let Some(body) = self.bodies.of(self.connection, known)? else {
            return Ok(());
        };
        let document: DeploymentDocument =
            serde_json::from_str(&body).map_err(|source| StoreError::Json {
                what: "present_document.body",
                source,
            })?;
        let hash: Arc<str> = document_hash(&document, &document.digest()).into();
        if self.written.insert(Arc::clone(&hash)) {
            self.plan.document(&hash, &body_of(&document)?)?;
        }
        self.presents.insert(ordinal, hash);
        Ok(())
    }
}
