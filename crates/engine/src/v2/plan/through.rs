//! What devices have through their thing groups: the latest deployment of each group of the account and who is in those
//! that have one, read whole and kept. That is one call a group and two or more for those with a deployment, however many
//! devices there are.

use std::collections::{BTreeMap, HashMap};

use futures::{StreamExt, stream};
use overseed_aws::{Kind, v2::ThingGroup};
use overseed_domain::Millis;

use super::{
    pacing::Pacing,
    through_known::{self, Found, Kept, Latest},
};
use crate::{Error, Session, job::Progress};

/// Groups asked about at once.
const AT_ONCE: usize = 8;

/// Of the latest deployment of a group whose devices go without it, or are told another (service model:
/// `DeploymentStatus`).
const NOT_IN_FORCE: [&str; 2] = ["CANCELED", "INACTIVE"];

/// Reads what was not read of the account's thing groups since then. What was read stays when it is cancelled.
///
/// # Errors
/// Those of ListThingGroups, ListDeployments, GetDeployment and ListThingsInThingGroup; [`Error::Cancelled`]; those of the
/// store.
pub(super) async fn read(
    session: &Session,
    since: Millis,
    pacing: &Pacing,
    progress: &Progress,
) -> Result<(), Error> {
    let (scope, now) = (session.scope, session.clock().now());
    let whole = session
        .store()
        .read(move |c| through_known::read_at(c, scope))
        .await?;
    if whole.is_some_and(|at| at >= since) {
        return Ok(());
    }
    progress.stage("Reading the deployments of thing groups", None);
    let listed = listed(session, pacing, progress).await?;
    let names = listed.iter().map(|group| group.name.clone()).collect();
    let kept: HashMap<String, Kept> = session
        .store()
        .write_readable_again(move |tx| through_known::keep_only(tx, scope, &names))
        .await?;
    let stale: Vec<(ThingGroup, Option<String>)> = listed
        .into_iter()
        .filter_map(|group| match kept.get(&group.name) {
            Some(kept) if kept.read_at >= since => None,
            Some(kept) => Some((group, kept.deployment.clone())),
            None => Some((group, None)),
        })
        .collect();
    progress.stage(
        "Reading the deployments of thing groups",
        Some(stale.len() as u64),
    );
    let mut found = stream::iter(stale)
        .map(|(group, known)| one(session, group, known, pacing, progress))
        .buffer_unordered(AT_ONCE);
    let mut done = 0;
    while let Some(found) = found.next().await {
        let found = found?;
        let now = session.clock().now();
        session
            .store()
            .write_readable_again(move |tx| through_known::write_one(tx, scope, now, &found))
            .await?;
        done += 1;
        progress.done(done);
    }
    session
        .store()
        .write_readable_again(move |tx| through_known::finish(tx, scope, now))
        .await
}

/// The account's thing groups.
async fn listed(
    session: &Session,
    pacing: &Pacing,
    progress: &Progress,
) -> Result<Vec<ThingGroup>, Error> {
    let (mut groups, mut token) = (Vec::new(), None::<String>);
    loop {
        let call = session.clients.list_thing_groups(None, token.as_deref());
        let page = pacing.call("iot:ListThingGroups", progress, call).await?;
        groups.extend(page.items);
        token = page.next;
        if token.is_none() {
            return Ok(groups);
        }
    }
}

/// The latest deployment of a group, and who is in the group where it has one that counts. A deployment whose components
/// are known is not asked for again: it never changes but for its status.
async fn one(
    session: &Session,
    group: ThingGroup,
    known: Option<String>,
    pacing: &Pacing,
    progress: &Progress,
) -> Result<Found, Error> {
    let clients = &session.clients;
    let call = clients.list_deployments(Some(&group.arn), true, None);
    let listed = pacing
        .call("greengrass:ListDeployments", progress, call)
        .await?;
    let latest = listed.items.into_iter().find(|listed| {
        listed.target_arn == group.arn && !NOT_IN_FORCE.contains(&listed.status.as_str())
    });
    let Some(listed) = latest else {
        return Ok(Found {
            group,
            latest: None,
        });
    };
    let components = if known.as_ref() == Some(&listed.id) {
        None
    } else {
        let call = clients.get_deployment(&listed.id);
        let deployment = pacing
            .call("greengrass:GetDeployment", progress, call)
            .await?;
        // What cannot be understood is told as a finding of the group's devices.
        let versions = deployment.document.ok().map(|document| {
            let components = document.components.into_iter();
            components
                .map(|(name, spec)| (name, spec.component_version))
                .collect::<BTreeMap<String, String>>()
        });
        Some(versions)
    };
    let members = members(session, &group.name, pacing, progress).await?;
    Ok(Found {
        group,
        latest: Some(Latest {
            deployment: listed.id,
            status: listed.status,
            parent: listed.parent_target_arn,
            components,
            members,
        }),
    })
}

/// The things in a group, those of its child groups included; none where it is gone meanwhile.
async fn members(
    session: &Session,
    group: &str,
    pacing: &Pacing,
    progress: &Progress,
) -> Result<Vec<String>, Error> {
    let (mut things, mut token) = (Vec::new(), None::<String>);
    loop {
        let call = session
            .clients
            .things_in_thing_group(group, token.as_deref());
        let page = match pacing
            .call("iot:ListThingsInThingGroup", progress, call)
            .await
        {
            Err(Error::Aws(error)) if error.kind == Kind::NotFound => return Ok(Vec::new()),
            page => page?,
        };
        things.extend(page.items);
        token = page.next;
        if token.is_none() {
            return Ok(things);
        }
    }
}
