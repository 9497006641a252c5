//! What a core device gets by a V2 run, and what it had before.

use std::collections::BTreeMap;

use overseed_domain::v2::document::{ComponentSpec, DeploymentDocument};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::super::{reader::Reader, rows};
use crate::{Error, ErrorCode, Problem, StoreError};

/// The document that a core device gets, component by component, beside the one that it had when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TargetDocuments {
    /// The hash of what it gets.
    pub hash: String,
    /// The deployment's name.
    pub name: Option<String>,
    /// What was known of its deployment before.
    pub before: GivenBefore,
    /// All components of either document, by name.
    pub components: Vec<GivenComponent>,
}

/// What was known of a device's deployment when the plan was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum GivenBefore {
    /// Nothing: it had not been read.
    Unknown,
    /// It had none.
    Nothing,
    /// It had one.
    Document,
}

/// A component of what a device gets or had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GivenComponent {
    /// Its name.
    pub component: String,
    /// The version that the device gets; absent where the component is taken off.
    pub version: Option<String>,
    /// The version that it had; absent where it had none, or where that is not known.
    pub before: Option<String>,
    /// What is merged over its configuration, a JSON object as text.
    pub merge: Option<String>,
    /// JSON pointers of what goes back to its default.
    pub reset: Vec<String>,
}

/// What a target of a V2 run gets.
///
/// # Errors
/// [`ErrorCode::NotFound`] where the run, the target or its document is not there, as for V1; those of the store.
pub async fn target_documents(
    reader: &impl Reader,
    run: &str,
    target: &str,
) -> Result<TargetDocuments, Error> {
    let (run, target) = (run.to_owned(), target.to_owned());
    reader
        .engine()
        .store
        .read(move |c| {
            let run = rows::run(c, &run)?.ordinal;
            let found: Option<(String, Option<String>)> = c
                .prepare_cached(
                    "SELECT t.version, b.document FROM target t INDEXED BY target_by_id
                     LEFT JOIN target_before b ON b.run = t.run AND b.position = t.position
                     WHERE t.run = ?1 AND t.target = ?2",
                )?
                .query_row(params![run, target], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((hash, before)) = found else {
                return Err(missing(format!("The run has no core device {target}")));
            };
            let gets = document(c, run, &hash)?;
            let (before, had) = match before.as_deref() {
                None => (GivenBefore::Unknown, DeploymentDocument::default()),
                Some("") => (GivenBefore::Nothing, DeploymentDocument::default()),
                Some(hash) => (GivenBefore::Document, document(c, run, hash)?),
            };
            Ok(TargetDocuments {
                hash,
                name: gets.deployment_name,
                before,
                components: beside(gets.components, &had.components),
            })
        })
        .await
}

fn missing(what: String) -> Error {
    Problem::new(ErrorCode::NotFound, what)
        .hint("Only runs of Greengrass V2 have documents.")
        .into()
}

fn document(connection: &Connection, run: i64, hash: &str) -> Result<DeploymentDocument, Error> {
    let body: Option<String> = connection
        .prepare_cached("SELECT body FROM document WHERE run = ?1 AND hash = ?2")?
        .query_row(params![run, hash], |row| row.get(0))
        .optional()?;
    let Some(body) = body else {
        return Err(missing(format!("The run has no document {hash}")));
    };
    serde_json::from_str(&body).map_err(|source| {
        StoreError::Json {
            what: "document.body",
            source,
        }
        .into()
    })
}

fn beside(
    gets: BTreeMap<String, ComponentSpec>,
    had: &BTreeMap<String, ComponentSpec>,
) -> Vec<GivenComponent> {
    let removed = had
        .iter()
        .filter(|(name, _)| !gets.contains_key(*name))
        .map(|(name, spec)| GivenComponent {
            component: name.clone(),
            version: None,
            before: Some(spec.component_version.clone()),
            merge: None,
            reset: Vec::new(),
        })
        .collect::<Vec<_>>();
    let mut all: Vec<GivenComponent> = gets
        .into_iter()
        .map(|(name, spec)| {
            let update = spec.configuration_update.unwrap_or_default();
            GivenComponent {
                before: had.get(&name).map(|spec| spec.component_version.clone()),
                component: name,
                version: Some(spec.component_version),
                merge: update.merge,
                reset: update.reset,
            }
        })
        .collect();
    all.extend(removed);
    all.sort_by(|a, b| a.component.cmp(&b.component));
    all
}
