//! A V2 plan on its way into its file.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use overseed_domain::v2::{document::DeploymentDocument, plan::Planned};
use rusqlite::Connection;

use super::{
    compose::{Bodies, Composer},
    composed::compose,
    hash::document_hash,
    known::Known,
    loaded::body_of,
    targets::Device,
};
use crate::{
    Error, StoreError,
    job::Progress,
    plan::{PlanHeader, PlanWriting},
};

/// The documents that were written so far, and where they are referred to.
pub(super) struct Writing<'a> {
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
    pub(super) fn begin(
        out: &Path,
        header: &PlanHeader,
        connection: &'a Connection,
    ) -> Result<Self, Error> {
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
    pub(super) fn all(
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
