//! Present deployments as the store has them: a row a device, and each different document once.

use std::collections::HashMap;

use overseed_domain::{
    Millis,
    v2::finding::{PlanFinding, PlanFindingCode},
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use crate::{Error, Problem, StoreError};

/// What was read of one device.
pub(super) struct Found {
    pub(super) thing: String,
    pub(super) latest: Option<Latest>,
}

/// Of a deployment that was taken back (service model: `DeploymentStatus`).
pub(super) const CANCELED: &str = "CANCELED";

/// Of one that the device could not carry out.
const FAILED: &str = "FAILED";

pub(super) struct Latest {
    pub(super) deployment: String,
    pub(super) status: String,
    /// Where it was cancelled before the device had it: the id of the one that the device keeps, empty for none.
    pub(super) kept: Option<String>,
    /// Of what the device keeps.
    pub(super) document: Document,
}

pub(super) enum Document {
    /// None: the device keeps nothing.
    Nothing,
    /// The one that the store has.
    Same,
    Read {
        /// Without the deployment's name.
        body: String,
        name: Option<String>,
    },
    Unreadable(Problem),
}

pub(super) fn changed(tx: &Transaction<'_>, scope: i64) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO present_reading (scope, revision) VALUES (?1, 1)
         ON CONFLICT (scope) DO UPDATE SET revision = revision + 1",
    )?
    .execute([scope])?;
    Ok(())
}

/// Lets all that was read so far count as unread: it may not be so any more.
pub(crate) fn begin(tx: &Transaction<'_>, scope: i64, now: Millis) -> Result<(), Error> {
    changed(tx, scope)?;
    tx.execute(
        "UPDATE present_reading SET since = ?2 WHERE scope = ?1",
        params![scope, now.0],
    )?;
    Ok(())
}

/// When the reading under way began.
pub(super) fn since(connection: &Connection, scope: i64) -> Result<Millis, Error> {
    let since = connection
        .prepare_cached("SELECT since FROM present_reading WHERE scope = ?1")?
        .query_row([scope], |row| row.get(0))
        .optional()?;
    Ok(Millis(since.unwrap_or_default()))
}

/// Writes down what was read of a device.
pub(super) fn write_one(
    tx: &Transaction<'_>,
    scope: i64,
    now: Millis,
    found: &Found,
) -> Result<(), Error> {
    let (mut deployment, mut status, mut document, mut problem) = (None, None, None, None);
    let (mut called, mut kept) = (None, None);
    if let Some(latest) = &found.latest {
        (deployment, status) = (Some(&latest.deployment), Some(&latest.status));
        kept = latest.kept.as_deref();
        match &latest.document {
            Document::Nothing => {}
            Document::Same => {
                tx.prepare_cached(
                    "UPDATE present SET read_at = ?3, deployment = ?4, status = ?5, kept = ?6
                     WHERE scope = ?1 AND thing_name = ?2",
                )?
                .execute(params![
                    scope,
                    found.thing,
                    now.0,
                    deployment,
                    status,
                    kept
                ])?;
                return Ok(());
            }
            Document::Read { body, name } => {
                document = Some(document_row(tx, scope, body)?);
                called = name.as_deref();
            }
            Document::Unreadable(why) => {
                problem = Some(
                    serde_json::to_string(why).map_err(|source| StoreError::Json {
                        what: "present.problem",
                        source,
                    })?,
                );
            }
        }
    }
    tx.prepare_cached(
        "INSERT OR REPLACE INTO present (scope, thing_name, read_at, deployment, status, document, problem, name, kept)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        scope,
        found.thing,
        now.0,
        deployment,
        status,
        document,
        problem,
        called,
        kept
    ])?;
    Ok(())
}

fn document_row(tx: &Transaction<'_>, scope: i64, body: &str) -> Result<i64, Error> {
    let sha256 = hex::encode(Sha256::digest(body));
    let known: Option<i64> = tx
        .prepare_cached("SELECT ordinal FROM present_document WHERE scope = ?1 AND sha256 = ?2")?
        .query_row(params![scope, sha256], |row| row.get(0))
        .optional()?;
    if let Some(ordinal) = known {
        return Ok(ordinal);
    }
    tx.prepare_cached("INSERT INTO present_document (scope, sha256, body) VALUES (?1, ?2, ?3)")?
        .execute(params![scope, sha256, body])?;
    Ok(tx.last_insert_rowid())
}

/// What the store knows of a device's present deployment.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) read_at: Millis,
    pub(crate) deployment: Option<String>,
    pub(crate) status: Option<String>,
    /// Where that deployment was cancelled before the device had it: the id of the one that the device keeps, empty for
    /// none.
    pub(crate) kept: Option<String>,
    /// The name of the deployment that the device has.
    pub(crate) name: Option<String>,
    /// Its row among the documents, which are without names.
    pub(crate) document: Option<i64>,
}

impl Known {
    pub(super) fn is_unreadable(&self) -> bool {
        self.document.is_none() && self.document_of().is_some()
    }

    /// The id of the deployment whose document the device has.
    pub(super) fn document_of(&self) -> Option<&str> {
        self.kept
            .as_deref()
            .or(self.deployment.as_deref())
            .filter(|id| !id.is_empty())
    }

    /// Whether the latest deployment has come to the device, but not as it was meant, so that the same once more is no
    /// idle deployment.
    pub(super) fn has_failed(&self) -> bool {
        self.kept.is_none() && matches!(self.status.as_deref(), Some(CANCELED | FAILED))
    }

    /// What is worth knowing of the latest deployment before another one is made in its place.
    pub(super) fn finding(&self) -> Option<PlanFinding> {
        let (code, message) = match (&self.kept, self.status.as_deref()) {
            (Some(kept), _) if kept.is_empty() => (
                PlanFindingCode::LatestCancelled,
                "The device's latest deployment was cancelled before the device had it, and none before it was carried \
                 out. It is planned as a device without a deployment; what the cancelled one wanted is not in the plan.",
            ),
            (Some(_), _) => (
                PlanFindingCode::LatestCancelled,
                "The device's latest deployment was cancelled before the device had it. It is planned on the one that \
                 the device keeps; what the cancelled one wanted is not in the plan.",
            ),
            (None, Some(FAILED)) => (
                PlanFindingCode::LatestFailed,
                "The device's latest deployment failed, and the device may have gone back to what it had before. It is \
                 planned on what the failed one wanted: look whether these components and versions are to stay.",
            ),
            _ => return None,
        };
        Some(PlanFinding {
            code,
            component: None,
            message: message.to_owned(),
        })
    }
}

/// All of a scope that was read since the reading under way began, by thing.
pub(super) fn known(
    connection: &Connection,
    scope: i64,
) -> Result<HashMap<Box<str>, Known>, Error> {
    known_since(connection, scope, since(connection, scope)?)
}

/// The same of what was read since then.
pub(super) fn known_since(
    connection: &Connection,
    scope: i64,
    since: Millis,
) -> Result<HashMap<Box<str>, Known>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT thing_name, read_at, deployment, status, document, name, kept FROM present
         WHERE scope = ?1 AND read_at >= ?2",
    )?;
    let mut rows = statement.query([scope, since.0])?;
    let mut known = HashMap::new();
    while let Some(row) = rows.next()? {
        let thing: String = row.get(0)?;
        known.insert(
            thing.into_boxed_str(),
            Known {
                read_at: Millis(row.get(1)?),
                deployment: row.get(2)?,
                status: row.get(3)?,
                document: row.get(4)?,
                name: row.get(5)?,
                kept: row.get(6)?,
            },
        );
    }
    Ok(known)
}

/// Of one device.
pub(super) fn known_of(
    connection: &Connection,
    scope: i64,
    thing: &str,
) -> Result<Option<Known>, Error> {
    let known = connection
        .prepare_cached(
            "SELECT read_at, deployment, status, document, name, kept FROM present
             WHERE scope = ?1 AND thing_name = ?2 AND read_at >= ?3",
        )?
        .query_row(params![scope, thing, since(connection, scope)?.0], |row| {
            Ok(Known {
                read_at: Millis(row.get(0)?),
                deployment: row.get(1)?,
                status: row.get(2)?,
                document: row.get(3)?,
                name: row.get(4)?,
                kept: row.get(5)?,
            })
        })
        .optional()?;
    Ok(known)
}

/// Goes up with each reading that wrote something.
pub(super) fn revision(connection: &Connection, scope: i64) -> Result<i64, Error> {
    let revision = connection
        .prepare_cached("SELECT revision FROM present_reading WHERE scope = ?1")?
        .query_row([scope], |row| row.get(0))
        .optional()?;
    Ok(revision.unwrap_or_default())
}
