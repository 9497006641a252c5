//! The version before the latest for all groups of the draft, and the one before that which a run deployed: ways
//! back.

use futures::{StreamExt as _, stream};
use overseed_aws::Kind;
use overseed_domain::{
    Millis,
    group::{Deployable, GroupVersion},
};
use rusqlite::{Connection, Transaction, params};

use super::{VersionsPage, VersionsQuery, known, versions_page};
use crate::{Error, Session, draft, groups::stored, job::Progress};

/// Groups asked about at the same time: enough to be quick, few enough to stay below 30 requests a second.
const AT_ONCE: usize = 5;

/// Answers written in one transaction.
const BATCH: usize = 200;

/// Answers are written after this many milliseconds even where they are few.
const BATCH_MILLIS: i64 = 1_000;

const NONE_BEFORE: &str = "The group has no previous version: its latest is its only one";
const NONE_NOW: &str = "The group does not exist any more, or has no version";
const VANISHED: &str = "The group does not exist any more";
const NOT_KNOWN: &str = "It is not known which version the run deployed to it";
const NOT_LISTED: &str = "The version that the run deployed is not listed any more";
const OLDEST: &str =
    "The version that the run deployed is the group's first: there is none before it";

/// A group whose previous version is wanted.
#[derive(Debug)]
struct Wanted {
    /// Of a group of the draft: its choice is written.
    ordinal: Option<u32>,
    id: String,
    /// A version that a list from the store has to have, or else it is too old.
    has: Option<String>,
    /// Whether no list from the store will do.
    now: bool,
}

/// What a group's versions came to.
#[derive(Debug)]
struct Answer {
    group: Wanted,
    versions: Option<Vec<GroupVersion>>,
}

/// Chooses the previous version for each selected group: one call a group, none for groups whose versions are
/// known already. What was read is kept when this is cancelled or fails; calling it again goes on there. Groups
/// without a previous version get a problem. Answers the totals, without rows.
///
/// # Errors
/// Those of ListGroupVersions; [`Error::Cancelled`]; those of the store.
pub async fn versions_choose_previous(
    session: &Session,
    progress: &Progress,
) -> Result<VersionsPage, Error> {
    let scope = session.scope;
    let wanted = session
        .store()
        .read(move |connection| wanted(connection, scope))
        .await?;
    read(session, wanted, progress).await?;
    versions_page(session, VersionsQuery::default()).await
}

/// Reads the versions of these groups into the store, for [`version_before`]: one call a group, none for groups
/// whose versions are known already. Each group comes with a version that it has.
///
/// # Errors
/// Those of ListGroupVersions; [`Error::Cancelled`]; those of the store.
pub(crate) async fn versions_learn(
    session: &Session,
    groups: Vec<(String, String)>,
    progress: &Progress,
) -> Result<(), Error> {
    let wanted = |(id, version)| Wanted {
        ordinal: None,
        id,
        has: Some(version),
        now: false,
    };
    read(session, groups.into_iter().map(wanted).collect(), progress).await
}

/// Reads the versions that these groups have now, for [`version_latest`]: one call a group, whatever is known of it.
/// The inventory learns of newer ones.
///
/// # Errors
/// Those of ListGroupVersions; [`Error::Cancelled`]; those of the store.
pub(crate) async fn versions_learn_latest(
    session: &Session,
    groups: Vec<String>,
    progress: &Progress,
) -> Result<(), Error> {
    let wanted = |id| Wanted {
        ordinal: None,
        id,
        has: None,
        now: true,
    };
    read(session, groups.into_iter().map(wanted).collect(), progress).await
}

/// The newest version among those that the store has of a group, or why there is none.
///
/// # Errors
/// Those of the store.
pub(crate) fn version_latest(
    connection: &Connection,
    scope: i64,
    group: &str,
) -> Result<Result<String, &'static str>, Error> {
    let kept = known::kept(connection, scope, group)?;
    let newest = kept.and_then(|(versions, _)| versions.into_iter().next());
    Ok(newest.map(|newest| newest.version).ok_or(NONE_NOW))
}

/// The version before `version` among those that the store has of a group, or why there is none.
///
/// # Errors
/// Those of the store.
pub(crate) fn version_before(
    connection: &Connection,
    scope: i64,
    group: &str,
    version: &str,
) -> Result<Result<String, &'static str>, Error> {
    if version.is_empty() {
        return Ok(Err(NOT_KNOWN));
    }
    let Some((versions, _)) = known::kept(connection, scope, group)? else {
        return Ok(Err(VANISHED));
    };
    let mut older = versions
        .into_iter()
        .skip_while(|listed| listed.version != version);
    Ok(match (older.next(), older.next()) {
        (None, _) => Err(NOT_LISTED),
        (Some(_), None) => Err(OLDEST),
        (Some(_), Some(before)) => Ok(before.version),
    })
}

async fn read(session: &Session, wanted: Vec<Wanted>, progress: &Progress) -> Result<(), Error> {
    progress.stage("Reading versions", Some(wanted.len() as u64));
    let mut answers = stream::iter(wanted)
        .map(|group| answer(session, group, progress))
        .buffer_unordered(AT_ONCE);
    let mut batch = Vec::with_capacity(BATCH);
    let mut written_at = session.clock().now();
    let (mut done, mut failed) = (0, None);
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(answer) => batch.push(answer),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        done += 1;
        progress.done(done);
        let now = session.clock().now();
        if batch.len() >= BATCH || now.since(written_at) >= BATCH_MILLIS {
            write(session, std::mem::take(&mut batch)).await?;
            written_at = now;
        }
    }
    drop(answers);
    write(session, batch).await?;
    match failed {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// The selected groups that are not done yet.
fn wanted(connection: &Connection, scope: i64) -> Result<Vec<Wanted>, Error> {
    let selection = stored::selection(connection, scope)?;
    let mut wanted = Vec::new();
    stored::for_each_selected(connection, scope, &selection, &mut |group| {
        let usable = !matches!(group.deployable, Deployable::Gone | Deployable::NoVersion);
        if usable && group.choice != Some("previous") {
            wanted.push(Wanted {
                ordinal: Some(group.ordinal),
                id: group.id.to_owned(),
                has: None,
                now: false,
            });
        }
        Ok(())
    })?;
    Ok(wanted)
}

/// A group's versions, from the store where the newest of them is the one that the inventory has as latest.
async fn answer(session: &Session, group: Wanted, progress: &Progress) -> Result<Answer, Error> {
    progress.check()?;
    let (scope, id, has, now) = (
        session.scope,
        group.id.clone(),
        group.has.clone(),
        group.now,
    );
    let kept = session
        .store()
        .read(move |connection| {
            if now {
                return Ok(None);
            }
            let latest = known::find(connection, scope, &id)?.and_then(|group| group.latest);
            let kept = known::kept(connection, scope, &id)?.map(|(versions, _)| versions);
            Ok(kept.filter(|versions| {
                versions.first().map(|v| &v.version) == latest.as_ref()
                    && has.is_none_or(|has| versions.iter().any(|v| v.version == has))
            }))
        })
        .await?;
    let versions = match kept {
        Some(versions) => Some(versions),
        None => match known::ask(session, &group.id, progress.cancel()).await {
            Ok(versions) => Some(versions),
            Err(Error::Aws(error)) if error.kind == Kind::NotFound => None,
            Err(error) => return Err(error),
        },
    };
    Ok(Answer { group, versions })
}

async fn write(session: &Session, answers: Vec<Answer>) -> Result<(), Error> {
    if answers.is_empty() {
        return Ok(());
    }
    let (scope, now) = (session.scope, session.clock().now());
    session
        .store()
        .write(move |tx| {
            let mut changed = false;
            for answer in &answers {
                changed |= choose(tx, scope, answer, now)?;
            }
            if changed {
                draft::targets_changed(tx, scope)?;
            }
            Ok(())
        })
        .await
}

/// Keeps an answer, and answers whether that changes a target of the draft.
fn choose(tx: &Transaction<'_>, scope: i64, answer: &Answer, now: Millis) -> Result<bool, Error> {
    let Answer { group, versions } = answer;
    let mut changed = group.ordinal.is_some();
    let chosen = match versions {
        None => {
            tx.prepare_cached("DELETE FROM group_version WHERE scope = ?1 AND group_id = ?2")?
                .execute(params![scope, group.id])?;
            Err(VANISHED)
        }
        Some(versions) => {
            changed |= known::remember(tx, scope, &group.id, versions, now)?;
            versions
                .get(1)
                .map(|previous| previous.version.as_str())
                .ok_or(NONE_BEFORE)
        }
    };
    if let Some(ordinal) = group.ordinal {
        known::write_choice(tx, scope, ordinal, "previous", chosen)?;
    }
    Ok(changed)
}
