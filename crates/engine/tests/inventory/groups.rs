//! Listing, and what a listing does to what was there before.

use overseed_domain::group::Deployable;
use overseed_engine::{
    Error, ErrorCode,
    groups::{
        Filter, SelectionChange, group_find, groups_page, groups_refresh, groups_select,
        groups_status,
    },
    job::{JobKind, Progress},
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::world::{World, filter};

fn after(pages: u64, kind: FaultKind) -> Fault {
    Fault {
        after: pages,
        ..Fault::once("ListGroups", kind)
    }
}

#[tokio::test]
async fn all_pages_are_listed_and_groups_without_a_version_are_told_apart() {
    let world = World::listed(1_000, Scenario::Mixed).await;
    let status = groups_status(&world.session).await.unwrap();
    assert_eq!(status.groups, 1_000);
    assert!(!status.partial && status.listed_at.is_some());
    let without = world
        .rows(filter("deployable", "=", "no_version"), 500)
        .await;
    assert_eq!(without.len(), 10);
    assert!(without.iter().all(|row| row.latest_version.is_none()));
    let selection = world.select(Filter::default()).await;
    assert_eq!((selection.selected, selection.left_out), (990, 10));
    assert_eq!(world.targets().unwrap().len(), 990);
}

#[tokio::test]
async fn a_listing_that_broke_off_goes_on_where_it_was() {
    let world = World::of(1_000, Scenario::AllWell).await;
    world
        .sandbox
        .faults()
        .add(after(2, FaultKind::ExpiredCredentials));
    let error = groups_refresh(&world.session, &world.progress(JobKind::Groups))
        .await
        .unwrap_err();
    assert_eq!(error.problem().code, ErrorCode::CredentialsExpired);
    let status = groups_status(&world.session).await.unwrap();
    assert_eq!(
        (status.groups, status.partial, status.listed_at),
        (400, true, None)
    );
    let calls = world.sandbox.calls("ListGroups");
    let status = groups_refresh(&world.session, &world.progress(JobKind::Groups))
        .await
        .unwrap();
    assert_eq!((status.groups, status.partial), (1_000, false));
    assert_eq!(world.sandbox.calls("ListGroups") - calls, 3);
}

#[tokio::test]
async fn a_place_that_the_service_no_longer_knows_means_from_the_beginning() {
    let world = World::of(1_000, Scenario::AllWell).await;
    world
        .sandbox
        .faults()
        .add(after(2, FaultKind::ExpiredCredentials));
    groups_refresh(&world.session, &world.progress(JobKind::Groups))
        .await
        .unwrap_err();
    world.sql("UPDATE listing SET next_token = 'forgotten'");
    let status = groups_refresh(&world.session, &world.progress(JobKind::Groups))
        .await
        .unwrap();
    assert_eq!((status.groups, status.partial), (1_000, false));
}

#[tokio::test]
async fn cancelling_keeps_what_was_read_and_pages_work_meanwhile() {
    let world = World::of(1_000, Scenario::AllWell).await;
    world
        .sandbox
        .faults()
        .add(after(2, FaultKind::Delay(600_000)));
    let cancel = CancellationToken::new();
    let clock = world.session.clock().clone();
    let (progress, mut jobs) = Progress::within(JobKind::Groups, clock, cancel.clone());
    let listing = groups_refresh(&world.session, &progress);
    let user = async {
        jobs.wait_for(|job| job.as_ref().is_some_and(|job| job.done == 400))
            .await
            .unwrap();
        groups_page(
            &world.session,
            overseed_engine::groups::GroupsQuery::default(),
        )
        .await
        .unwrap();
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(listing, user);
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    let status = groups_status(&world.session).await.unwrap();
    assert_eq!((status.groups, status.partial), (400, true));
}

#[tokio::test]
async fn a_group_that_is_gone_is_kept_only_while_it_is_selected() {
    let world = World::listed(20, Scenario::AllWell).await;
    for ghost in ["ghost-selected", "ghost-forgotten"] {
        world.sql(&format!(
            "INSERT INTO inventory_group (scope, id, name, arn, latest_version, listing, deployable)
             VALUES ({}, '{ghost}', '{ghost}', 'arn', 'v', 1, 0)",
            world.session.scope
        ));
    }
    let ids = vec!["ghost-selected".to_owned()];
    let change = SelectionChange::Groups {
        ids,
        selected: true,
    };
    groups_select(&world.session, change).await.unwrap();
    assert_eq!(world.targets().unwrap().len(), 1);
    let status = groups_refresh(&world.session, &world.progress(JobKind::Groups))
        .await
        .unwrap();
    assert_eq!(
        (
            status.groups,
            status.selected,
            status.selected_not_deployable
        ),
        (21, 1, 1)
    );
    let rows = world.rows(filter("deployable", "=", "gone"), 10).await;
    assert_eq!(
        rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(),
        ["ghost-selected"]
    );
    assert_eq!(rows[0].deployable, Deployable::Gone);
    let problem = world.targets().unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::PreflightFailed);
    assert!(
        problem
            .message
            .starts_with("1 of the 1 selected groups has"),
        "{}",
        problem.message
    );
    groups_select(&world.session, SelectionChange::Clear)
        .await
        .unwrap();
    groups_refresh(&world.session, &world.progress(JobKind::Groups))
        .await
        .unwrap();
    assert_eq!(groups_status(&world.session).await.unwrap().groups, 20);
    let undone = groups_select(&world.session, SelectionChange::Undo)
        .await
        .unwrap();
    assert_eq!(
        undone.selected, 0,
        "what was deleted cannot be selected again"
    );
}

#[tokio::test]
async fn ids_with_the_account_before_them_are_the_same_groups() {
    let world = World::listed(60, Scenario::PrefixedIds).await;
    let rows = world.rows(Filter::default(), 500).await;
    assert_eq!(rows.len(), 60);
    assert!(rows.iter().all(|row| !row.id.contains(':')));
    let prefixed = format!("{}:{}", world.session.connection.account, rows[7].id);
    let found = world.rows(filter("id", "=", &prefixed), 5).await;
    assert_eq!(found, rows[7..8]);
    let change = SelectionChange::Groups {
        ids: vec![prefixed],
        selected: true,
    };
    assert_eq!(
        groups_select(&world.session, change)
            .await
            .unwrap()
            .selected,
        1
    );
}

#[tokio::test]
async fn small_pages_are_followed_too() {
    let world = World::listed(45, Scenario::SmallPages).await;
    assert_eq!(groups_status(&world.session).await.unwrap().groups, 45);
    assert!(world.sandbox.calls("ListGroups") > 4);
}

#[tokio::test]
async fn a_group_is_found_by_id_or_by_a_name_that_only_one_has() {
    let world = World::listed(20, Scenario::AllWell).await;
    let scope = world.session.scope;
    world.sql(&format!(
        "INSERT INTO inventory_group (scope, id, name, arn, latest_version, listing, deployable)
         VALUES ({scope}, 't1', 'Twin', 'arn', 'v', 1, 0), ({scope}, 't2', 'Twin', 'arn', 'v', 1, 0),
                ({scope}, 't3', 'twin', 'arn', 'v', 1, 0);
         UPDATE listing SET revision = revision + 1"
    ));
    let find = async |text: &str| group_find(&world.session, text).await;
    let id = |text: &str| Some(text.to_owned());
    let row = &world.rows(Filter::default(), 1).await[0];
    let prefixed = format!("{}:{}", world.session.connection.account, row.id);
    for text in [&row.id, &prefixed, &row.name, &row.name.to_uppercase()] {
        assert_eq!(find(text).await.unwrap(), id(&row.id), "{text}");
    }
    assert_eq!(find("t2").await.unwrap(), id("t2"));
    assert_eq!(find("twin").await.unwrap(), id("t3"), "letter by letter");
    for text in ["Twin", "TWIN"] {
        let problem = find(text).await.unwrap_err().problem();
        assert_eq!(problem.code, ErrorCode::InvalidInput, "{text}");
        let detail = problem.detail.unwrap();
        assert!(detail.contains("t1") && detail.contains("t2"), "{detail}");
        assert!(problem.hint.is_some());
    }
    // It may be new: the service is asked.
    let new = "00000000-0000-4000-8000-000000000000";
    assert_eq!(find(new).await.unwrap(), id(new));
    assert_eq!(find("nobody").await.unwrap(), None);
}
