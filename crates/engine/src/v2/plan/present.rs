//! The present deployments of devices: read from the account, two calls each (more where one was cancelled) after those of
//! the thing groups, and kept.

use futures::{StreamExt, TryStreamExt, stream};
use overseed_aws::v2 as wire;
use overseed_domain::{Millis, v2::document::DeploymentDocument};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    hash::without_passing_tags,
    kept::kept,
    known::{
        CANCELED, Document, Found, Latest, begin, changed, known, known_since, since, write_one,
    },
    loaded::body_of,
    pacing::Pacing,
    targets::{self, Device},
    through,
    wave_files::thing_arn,
};
use crate::{Error, ErrorCode, Problem, Session, job::Progress};

/// Devices asked about at once.
const AT_ONCE: usize = 8;

/// Devices written in one transaction.
const BATCH: usize = 100;

/// A reading that was begun longer ago is not gone on with.
const LONGEST_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// How far the present deployments of the selected devices are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PresentStatus {
    /// Selected devices.
    pub devices: u32,
    /// Of these, those whose present deployment is read.
    pub read: u32,
    /// Of these, those that have no deployment of their own.
    pub without: u32,
    /// Those that were read, but whose deployment this version cannot understand.
    pub unreadable: u32,
    /// When the oldest of them was read.
    pub oldest_at: Option<Millis>,
}

/// How far the present deployments of the selected devices are read.
///
/// # Errors
/// Those of the store.
pub async fn device_present_status(session: &Session) -> Result<PresentStatus, Error> {
    let scope = session.scope;
    session
        .store()
        .read(move |c| {
            let devices = targets::selected(c, scope)?;
            let known = known(c, scope)?;
            let mut status = PresentStatus {
                devices: u32::try_from(devices.len()).unwrap_or(u32::MAX),
                ..PresentStatus::default()
            };
            for device in &devices {
                let Some(present) = known.get(&*device.thing) else {
                    continue;
                };
                status.read += 1;
                status.without += u32::from(present.deployment.is_none());
                status.unreadable += u32::from(present.is_unreadable());
                status.oldest_at = Some(
                    status
                        .oldest_at
                        .map_or(present.read_at, |at| at.min(present.read_at)),
                );
            }
            Ok(status)
        })
        .await
}

/// Reads the present deployments of the selected devices, two calls each: those that were not read since the reading
/// began that is under way. What was read stays when it is cancelled. A new reading begins with `again`, a day after the
/// last one began, and after each run that was started. What devices have through thing groups is read before.
///
/// # Errors
/// Those of ListDeployments, GetDeployment, ListThingGroups and ListThingsInThingGroup; [`Error::Cancelled`]; those of the store.
pub async fn device_present_read(
    session: &Session,
    again: bool,
    progress: &Progress,
) -> Result<PresentStatus, Error> {
    let (scope, now) = (session.scope, session.clock().now());
    let (devices, since) = session
        .store()
        .write(move |tx| {
            let mut since = since(tx, scope)?;
            if again || now.since(since) > LONGEST_MILLIS {
                begin(tx, scope, now)?;
                since = now;
            }
            Ok((targets::selected(tx, scope)?, since))
        })
        .await?;
    read(session, &devices, since, progress).await?;
    device_present_status(session).await
}

/// Reads what was not read of these devices since then, or since the reading under way began.
pub(super) async fn read(
    session: &Session,
    devices: &[Device],
    since: Millis,
    progress: &Progress,
) -> Result<(), Error> {
    let scope = session.scope;
    let (known, since) = session
        .store()
        .read(move |c| {
            let begun = self::since(c, scope)?;
            Ok((known_since(c, scope, Millis(0))?, since.max(begun)))
        })
        .await?;
    let stale: Vec<(String, Option<String>)> = devices
        .iter()
        .filter_map(|device| match known.get(&*device.thing) {
            None => Some((device.thing.to_string(), None)),
            Some(present) if present.is_unreadable() => Some((device.thing.to_string(), None)),
            Some(present) if present.read_at < since => Some((
                device.thing.to_string(),
                present.document_of().map(str::to_owned),
            )),
            Some(_) => None,
        })
        .collect();
    drop(known);
    let pacing = Pacing::of(session);
    // First the groups: a device that is read counts as known with all that it has through them.
    if !stale.is_empty() {
        through::read(session, since, &pacing, progress).await?;
    }
    progress.stage("Reading present deployments", Some(stale.len() as u64));
    let mut found = stream::iter(stale)
        .map(|(thing, deployment)| one(session, thing, deployment, &pacing, progress))
        .buffer_unordered(AT_ONCE)
        .try_chunks(BATCH);
    let mut done = 0;
    while let Some(batch) = found.next().await {
        // What came before an error is kept all the same.
        let (batch, error) = match batch {
            Ok(batch) => (batch, None),
            Err(stream::TryChunksError(batch, error)) => (batch, Some(error)),
        };
        done += batch.len() as u64;
        write(session, batch).await?;
        progress.done(done);
        if let Some(error) = error {
            return Err(error);
        }
    }
    sweep(session).await
}

/// Takes documents out that nothing refers to any more.
async fn sweep(session: &Session) -> Result<(), Error> {
    let scope = session.scope;
    session
        .store()
        .write_readable_again(move |tx| {
            tx.execute(
                "DELETE FROM present_document WHERE scope = ?1 AND NOT EXISTS
                     (SELECT 1 FROM present WHERE document = present_document.ordinal)",
                [scope],
            )?;
            Ok(())
        })
        .await
}

/// The latest deployment of a device, and what the device keeps where that was cancelled; where the document is the one
/// that is known, no call is made for it, since a deployment never changes but for its status.
async fn one(
    session: &Session,
    thing: String,
    known: Option<String>,
    pacing: &Pacing,
    progress: &Progress,
) -> Result<Found, Error> {
    let (clients, connection) = (&session.clients, &session.connection);
    let arn = thing_arn(
        connection.partition,
        &connection.region,
        &connection.account,
        &thing,
    );
    let call = clients.list_deployments(Some(&arn), true, None);
    let listed = pacing
        .call("greengrass:ListDeployments", progress, call)
        .await?;
    let Some(listed) = listed.items.into_iter().find(|d| d.target_arn == arn) else {
        return Ok(Found {
            thing,
            latest: None,
        });
    };
    let kept = if listed.status == CANCELED {
        let kept = kept(session, (&thing, &arn), &listed.id, pacing, progress).await?;
        Some(kept).filter(|kept| *kept != listed.id)
    } else {
        None
    };
    let of = kept.as_ref().unwrap_or(&listed.id);
    let document = if of.is_empty() {
        Document::Nothing
    } else if known.as_ref() == Some(of) {
        Document::Same
    } else {
        let call = clients.get_deployment(of);
        let deployment = pacing
            .call("greengrass:GetDeployment", progress, call)
            .await?;
        match document_of(deployment) {
            Ok(mut document) => {
                let name = document.deployment_name.take();
                let body = body_of(&document)?;
                Document::Read { body, name }
            }
            Err(problem) => Document::Unreadable(problem),
        }
    };
    Ok(Found {
        thing,
        latest: Some(Latest {
            deployment: listed.id,
            status: listed.status,
            kept,
            document,
        }),
    })
}

/// A deployment as it is planned with.
fn document_of(deployment: wire::Deployment) -> Result<DeploymentDocument, Problem> {
    let id = deployment.listed.id;
    let mut document = deployment.document.map_err(|unknown| {
        Problem::new(
            ErrorCode::Internal,
            format!("Deployment {id} says something that this version of Overseed does not know"),
        )
        .detail(unknown)
        .hint("Update Overseed. Until then leave the device out: its deployment could not be kept whole.")
    })?;
    without_passing_tags(&mut document);
    Ok(document)
}

async fn write(session: &Session, found: Vec<Found>) -> Result<(), Error> {
    if found.is_empty() {
        return Ok(());
    }
    let (scope, now) = (session.scope, session.clock().now());
    session
        .store()
        .write_readable_again(move |tx| {
            for device in &found {
                write_one(tx, scope, now, device)?;
            }
            changed(tx, scope)
        })
        .await
}
