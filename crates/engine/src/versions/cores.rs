//! Looking at the cores of the draft's targets: a group can be deployed when its version names exactly one.

use futures::{StreamExt as _, stream};
use overseed_aws::Kind;
use overseed_domain::group::Deployable;
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{known, targets::resolve};
use crate::{
    Error, Session, draft,
    groups::stored::{self, Selected},
    job::Progress,
};

/// Versions looked at at the same time.
const AT_ONCE: usize = 5;

const VANISHED: &str = "This version does not exist any more";

/// What the cores of a sample of the targets came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoreCheck {
    /// Targets looked at.
    pub checked: u32,
    /// Targets in all.
    pub of: u32,
    /// Ids of groups whose version names no core.
    pub no_core: Vec<String>,
    /// Ids of groups whose version names more than one core.
    pub many_cores: Vec<String>,
    /// Ids of groups whose version has vanished.
    pub vanished: Vec<String>,
}

/// A target to look at.
#[derive(Debug)]
struct Sampled {
    ordinal: u32,
    id: String,
    version: String,
    version_arn: String,
    latest: bool,
    /// Cores, where they were counted before: a version never changes.
    cores: Option<u32>,
}

/// Counts the cores of at most `at_most` of the draft's targets, evenly spread; of all where there are no more. Two
/// calls a target, none for versions that were counted before. What is found goes into inventory and draft.
///
/// # Errors
/// Those of GetGroupVersion and GetCoreDefinitionVersion; [`Error::Cancelled`]; those of the store.
pub async fn cores_check(
    session: &Session,
    at_most: usize,
    progress: &Progress,
) -> Result<CoreCheck, Error> {
    let scope = session.scope;
    let (of, sampled) = session
        .store()
        .read(move |connection| sample(connection, scope, at_most))
        .await?;
    progress.stage("Looking at the cores", Some(sampled.len() as u64));
    let mut check = CoreCheck {
        of,
        ..CoreCheck::default()
    };
    let mut counts = stream::iter(sampled)
        .map(|target| async move {
            let cores = count(session, &target, progress).await?;
            Ok::<_, Error>((target, cores))
        })
        .buffer_unordered(AT_ONCE);
    while let Some(counted) = counts.next().await {
        let (target, cores) = counted?;
        let found = match cores {
            None => Some(&mut check.vanished),
            Some(0) => Some(&mut check.no_core),
            Some(1) => None,
            Some(_) => Some(&mut check.many_cores),
        };
        if let Some(found) = found {
            found.push(target.id.clone());
        }
        if target.cores.is_none() || cores != Some(1) {
            session
                .store()
                .write(move |tx| write(tx, scope, &target, cores))
                .await?;
        }
        check.checked += 1;
        progress.done(u64::from(check.checked));
    }
    check.no_core.sort_unstable();
    check.many_cores.sort_unstable();
    check.vanished.sort_unstable();
    Ok(check)
}

/// The number of targets, and those to look at.
fn sample(
    connection: &Connection,
    scope: i64,
    at_most: usize,
) -> Result<(u32, Vec<Sampled>), Error> {
    let selection = stored::selection(connection, scope)?;
    let of = selection.len();
    let wanted = of.min(at_most as u64);
    let spread: RoaringBitmap = (0..wanted)
        .filter_map(|number| u32::try_from(number * of / wanted).ok())
        .filter_map(|nth| selection.select(nth))
        .collect();
    let mut sampled = Vec::new();
    stored::for_each_selected(connection, scope, &spread, &mut |group| {
        sampled.extend(target(connection, scope, &group)?);
        Ok(())
    })?;
    Ok((crate::inventory::count(of), sampled))
}

/// What to look at for a selected group; nothing where it gets no version. A group that is known to have no core, or
/// several, is looked at again: its count is kept.
fn target(
    connection: &Connection,
    scope: i64,
    group: &Selected<'_>,
) -> Result<Option<Sampled>, Error> {
    let version = match (resolve(group), group.choice, group.deployable) {
        (Ok(version), ..) => version,
        (Err(_), None, Deployable::NoCore | Deployable::ManyCores) => match group.latest {
            Some(latest) => latest,
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let latest = group.latest == Some(version);
    let version_arn = match group.latest_arn {
        Some(arn) if latest => arn.to_owned(),
        _ => format!("{}/versions/{version}", group.arn),
    };
    let cores = connection
        .prepare_cached("SELECT cores FROM core_count WHERE scope = ?1 AND version_arn = ?2")?
        .query_row(params![scope, version_arn], |row| row.get(0))
        .optional()?;
    Ok(Some(Sampled {
        ordinal: group.ordinal,
        id: group.id.to_owned(),
        version: version.to_owned(),
        version_arn,
        latest,
        cores,
    }))
}

/// Cores of a target's version; `None` where the version has vanished.
async fn count(
    session: &Session,
    target: &Sampled,
    progress: &Progress,
) -> Result<Option<u32>, Error> {
    if let Some(cores) = target.cores {
        return Ok(Some(cores));
    }
    let calls = async {
        let definition = session
            .clients
            .get_group_version(&target.id, &target.version)
            .await?;
        match definition.core {
            None => Ok(0),
            Some(arn) => session.clients.core_count(&arn).await,
        }
    };
    match overseed_aws::cancellable("greengrass:GetGroupVersion", progress.cancel(), calls).await {
        Ok(cores) => Ok(Some(cores)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(known::cancelled(error)),
    }
}

/// Keeps what was found. Where a target turns out not to be deployable, its row says why.
fn write(
    tx: &Transaction<'_>,
    scope: i64,
    target: &Sampled,
    cores: Option<u32>,
) -> Result<(), Error> {
    if let Some(cores) = cores {
        tx.execute(
            "INSERT OR REPLACE INTO core_count (scope, version_arn, cores) VALUES (?1, ?2, ?3)",
            params![scope, target.version_arn, cores],
        )?;
    }
    let deployable = cores.map(stored::deployable_with);
    let problem = match deployable {
        Some(Deployable::Yes) => return Ok(()),
        Some(Deployable::NoCore) => "This version names no core device",
        Some(_) => "This version names more than one core device",
        None => VANISHED,
    };
    match deployable {
        Some(deployable) if target.latest => {
            tx.execute(
                "UPDATE inventory_group SET deployable = ?3
                 WHERE ordinal = ?1 AND latest_version = ?2",
                params![
                    target.ordinal,
                    target.version,
                    stored::deployable_to_store(deployable)
                ],
            )?;
            stored::inventory_changed(tx, scope)?;
        }
        _ => {
            let chosen = tx.execute(
                "UPDATE draft_version SET problem = ?3 WHERE scope = ?1 AND ordinal = ?2",
                params![scope, target.ordinal, problem],
            )?;
            if chosen == 0 {
                known::write_choice(tx, scope, target.ordinal, "chosen", Err(problem))?;
            }
        }
    }
    draft::targets_changed(tx, scope)
}
