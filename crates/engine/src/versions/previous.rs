//! The version before the latest for all groups of the draft: a way back.

use futures::{StreamExt as _, stream};
use overseed_aws::Kind;
use overseed_domain::{
    Millis,
    group::{Deployable, GroupVersion},
};
use rusqlite::{Connection, Transaction};

use super::{VersionsPage, VersionsQuery, known, versions_page};
use crate::{Error, Session, draft, groups::stored, job::Progress};

/// Groups asked about at the same time: enough to be quick, few enough to stay below 30 requests a second.
const AT_ONCE: usize = 5;

/// Answers written in one transaction.
const BATCH: usize = 200;

/// Answers are written after this many milliseconds even where they are few.
const BATCH_MILLIS: i64 = 1_000;

const NONE_BEFORE: &str = "The group has no previous version: its latest is its only one";
const VANISHED: &str = "The group does not exist any more";

/// A selected group whose previous version is wanted.
#[derive(Debug)]
struct Wanted {
    ordinal: u32,
    id: String,
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
        None => versions_page(session, VersionsQuery::default()).await,
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
                ordinal: group.ordinal,
                id: group.id.to_owned(),
            });
        }
        Ok(())
    })?;
    Ok(wanted)
}

/// A group's versions, from the store where the newest of them is the one that the inventory has as latest.
async fn answer(session: &Session, group: Wanted, progress: &Progress) -> Result<Answer, Error> {
    progress.check()?;
    let (scope, id) = (session.scope, group.id.clone());
    let kept = session
        .store()
        .read(move |connection| {
            let latest = known::known(connection, scope, &id)?.latest;
            let kept = known::kept(connection, scope, &id)?.map(|(versions, _)| versions);
            Ok(kept.filter(|versions| versions.first().map(|v| &v.version) == latest.as_ref()))
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
            for answer in &answers {
                choose(tx, scope, answer, now)?;
            }
            draft::targets_changed(tx, scope)
        })
        .await
}

fn choose(tx: &Transaction<'_>, scope: i64, answer: &Answer, now: Millis) -> Result<(), Error> {
    let Answer { group, versions } = answer;
    let chosen = match versions {
        None => Err(VANISHED),
        Some(versions) => {
            known::remember(tx, scope, &group.id, versions, now)?;
            versions
                .get(1)
                .map(|previous| previous.version.as_str())
                .ok_or(NONE_BEFORE)
        }
    };
    known::write_choice(tx, scope, group.ordinal, "previous", chosen)
}
