//! The documents of a V2 run: what devices get, by the hash that stands with each.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use overseed_domain::v2::document::DeploymentDocument;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{Error, StoreError};

/// Documents that are kept as they were read last; neighbours often get the same.
const KEPT: usize = 1000;

/// Documents that a report lists; the CSV has the components of each device.
const LISTED: u32 = 20;

/// Versions by component.
pub(super) type Components = BTreeMap<String, String>;

/// The documents of a run, read when they are needed.
pub(super) struct Documents<'a> {
    connection: &'a Connection,
    run: i64,
    kept: HashMap<String, Arc<Components>>,
}

impl<'a> Documents<'a> {
    pub(super) fn of(connection: &'a Connection, run: i64) -> Self {
        Self {
            connection,
            run,
            kept: HashMap::new(),
        }
    }

    /// The components of a document; none where there is no such document.
    pub(super) fn components(&mut self, hash: &str) -> Result<Arc<Components>, Error> {
        if let Some(components) = self.kept.get(hash) {
            return Ok(Arc::clone(components));
        }
        let body: Option<String> = self
            .connection
            .prepare_cached("SELECT body FROM document WHERE run = ?1 AND hash = ?2")?
            .query_row(params![self.run, hash], |row| row.get(0))
            .optional()?;
        let document: DeploymentDocument = body
            .map(|body| serde_json::from_str(&body))
            .transpose()
            .map_err(|source| StoreError::Json {
                what: "document.body",
                source,
            })?
            .unwrap_or_default();
        let components: Arc<Components> = Arc::new(
            document
                .components
                .into_iter()
                .map(|(name, spec)| (name, spec.component_version))
                .collect(),
        );
        if self.kept.len() == KEPT {
            self.kept.clear();
        }
        self.kept.insert(hash.to_owned(), Arc::clone(&components));
        Ok(components)
    }
}

/// What some devices get.
pub(super) struct Given {
    pub(super) hash: String,
    pub(super) devices: u32,
    pub(super) components: Arc<Components>,
}

/// What devices get, those that most of them get first, and how many different documents there are.
pub(super) fn given(connection: &Connection, run: i64) -> Result<(u32, Vec<Given>), Error> {
    let total = connection.query_row(
        "SELECT count(DISTINCT version) FROM target WHERE run = ?1",
        [run],
        |row| row.get(0),
    )?;
    let most: Vec<(String, u32)> = connection
        .prepare(
            "SELECT version, count(*) FROM target WHERE run = ?1
             GROUP BY version ORDER BY count(*) DESC, min(position) LIMIT ?2",
        )?
        .query_map(params![run, LISTED], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut documents = Documents::of(connection, run);
    let listed = most
        .into_iter()
        .map(|(hash, devices)| {
            Ok(Given {
                components: documents.components(&hash)?,
                hash,
                devices,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok((total, listed))
}
