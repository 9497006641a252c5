//! Versions that have vanished, and a service that asks for fewer requests.

use overseed_engine::{
    ErrorCode,
    groups::{Filter, groups_import_text, groups_refresh, groups_status},
    job::{JobKind, Progress},
    versions::{
        VersionsQuery, cores_check, version_choose, versions_choose_previous, versions_page,
    },
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::world::World;

const NEVER: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn a_version_that_has_vanished_is_named_and_another_one_mends_it() {
    let world = World::listed(12, Scenario::AllWell).await;
    world.select(Filter::default()).await;
    let latest = world.targets().unwrap();
    let group = latest[3].0.clone();

    // Chosen from a list that is older than the group's present versions.
    let refused = version_choose(&world.session, &group, Some(NEVER)).await;
    let problem = refused.unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::NotFound);
    assert!(
        problem.message.contains("no such version") && problem.hint.is_some(),
        "{problem:?}"
    );
    assert!(problem.detail.unwrap().contains(NEVER));
    assert_eq!(world.targets().unwrap(), latest, "nothing has changed");

    // Brought by an import, which asks nobody: found when the cores are looked at.
    let text = format!("{group},{NEVER}");
    let import = groups_import_text(&world.session, text, &world.progress(JobKind::Import)).await;
    assert_eq!(import.unwrap().versions_chosen, 1);
    let progress = world.progress(JobKind::Review);
    let check = cores_check(&world.session, 1_000, &progress).await.unwrap();
    assert_eq!(check.vanished, [group.as_str()]);
    let page = versions_page(
        &world.session,
        VersionsQuery {
            changed_only: true,
            limit: 10,
            ..VersionsQuery::default()
        },
    )
    .await
    .unwrap();
    assert_eq!((page.problems, page.total), (1, 12));
    assert_eq!(
        page.rows[0].problem.as_deref(),
        Some("This version does not exist any more")
    );
    let problem = world.targets().unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::PreflightFailed);
    assert!(
        problem.detail.as_ref().unwrap().contains(&group) && problem.hint.is_some(),
        "{problem:?}"
    );

    version_choose(&world.session, &group, None).await.unwrap();
    assert_eq!(world.targets().unwrap(), latest);
}

fn throttled_after(operation: &str, after: u64) -> Fault {
    Fault {
        operation: operation.to_owned(),
        kind: FaultKind::Throttle,
        times: None,
        after,
    }
}

#[tokio::test]
async fn versions_of_many_groups_are_gone_on_with_after_throttling() {
    let world = World::hurried(60, Scenario::AllWell).await;
    groups_refresh(&world.session, &world.progress(JobKind::Groups))
        .await
        .unwrap();
    world.select(Filter::default()).await;
    let faults = world.sandbox.faults();
    faults.add(throttled_after("ListGroupVersions", 30));
    let clock = world.session.clock().clone();
    let (progress, jobs) = Progress::within(JobKind::Versions, clock, CancellationToken::new());
    let stopped = versions_choose_previous(&world.session, &progress).await;
    let problem = stopped.unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::Throttled);
    assert!(
        problem
            .hint
            .unwrap()
            .contains("what was read so far is kept")
    );
    let job = jobs.borrow().clone().unwrap();
    assert_eq!((job.done >= 20, job.total), (true, Some(60)), "{job:?}");

    faults.clear();
    let before = world.sandbox.calls("ListGroupVersions");
    let progress = world.progress(JobKind::Versions);
    let totals = versions_choose_previous(&world.session, &progress).await;
    let totals = totals.unwrap();
    let more = world.sandbox.calls("ListGroupVersions") - before;
    assert!(more <= 60 - job.done, "read again: {more}, {}", job.done);
    assert_eq!(totals.not_latest + totals.problems, 60);
}

#[tokio::test]
async fn a_listing_is_gone_on_with_after_throttling() {
    let world = World::hurried(1_000, Scenario::AllWell).await;
    let faults = world.sandbox.faults();
    faults.add(throttled_after("ListGroups", 2));
    let stopped = groups_refresh(&world.session, &world.progress(JobKind::Groups)).await;
    let problem = stopped.unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::Throttled);
    let status = groups_status(&world.session).await.unwrap();
    assert_eq!((status.groups, status.partial), (400, true));

    faults.clear();
    let before = world.sandbox.calls("ListGroups");
    let status = groups_refresh(&world.session, &world.progress(JobKind::Groups)).await;
    assert_eq!(status.unwrap().groups, 1_000);
    assert_eq!(world.sandbox.calls("ListGroups") - before, 3);
}
