//! Which version each target gets.

use overseed_engine::{
    ErrorCode,
    groups::Filter,
    job::JobKind,
    versions::{
        VersionChoice, VersionsPage, VersionsQuery, cores_check, group_versions, version_choose,
        versions_choose_previous, versions_compare, versions_page, versions_reset,
    },
};
use overseed_sandbox::{Fault, FaultKind, Scenario};

use crate::world::World;

async fn page(world: &World, text: &str, changed_only: bool) -> VersionsPage {
    let query = VersionsQuery {
        text: text.to_owned(),
        changed_only,
        offset: 0,
        limit: 500,
    };
    versions_page(&world.session, query).await.unwrap()
}

#[tokio::test]
async fn one_group_gets_another_version_and_the_latest_again() {
    let world = World::listed(40, Scenario::AllWell).await;
    world.select(Filter::default()).await;
    assert_eq!(
        world.sandbox.calls("ListGroupVersions"),
        0,
        "the latest needs no call a group"
    );
    let rows = page(&world, "", false).await.rows;
    assert!(
        rows.iter()
            .all(|row| row.choice == VersionChoice::Latest && row.version == row.latest_version)
    );
    let mut options = Vec::new();
    let mut group = None;
    for row in &rows {
        options = group_versions(&world.session, &row.id).await.unwrap();
        if options.len() > 2 {
            group = Some(row);
            break;
        }
    }
    let group = group.expect("a group with three versions");
    assert!(
        options.is_sorted_by(|a, b| a.created_at >= b.created_at),
        "{options:?}"
    );
    assert_eq!((options[0].latest, options[0].chosen), (true, true));
    assert_eq!(options[0].version, group.latest_version);

    version_choose(&world.session, &group.id, Some(&options[2].version))
        .await
        .unwrap();
    let chosen = group_versions(&world.session, &group.id).await.unwrap();
    assert!(chosen[2].chosen && !chosen[0].chosen);
    let changed = page(&world, &group.name.to_uppercase(), true).await;
    assert_eq!(
        (
            changed.matches,
            changed.total,
            changed.not_latest,
            changed.problems
        ),
        (1, 40, 1, 0)
    );
    assert_eq!(changed.rows[0].choice, VersionChoice::Chosen);
    assert!(
        world
            .targets()
            .unwrap()
            .contains(&(group.id.clone(), options[2].version.clone()))
    );

    let unknown = version_choose(&world.session, &group.id, Some("never"))
        .await
        .unwrap_err();
    assert_eq!(unknown.problem().code, ErrorCode::NotFound);
    version_choose(&world.session, &group.id, None)
        .await
        .unwrap();
    assert_eq!(page(&world, "", true).await.matches, 0);
}

#[tokio::test]
async fn versions_differ_by_the_definitions_they_point_to() {
    let world = World::listed(40, Scenario::AllWell).await;
    for row in world.rows(Filter::default(), 40).await {
        let options = group_versions(&world.session, &row.id).await.unwrap();
        let [newest, older, ..] = options.as_slice() else {
            continue;
        };
        let compare = |after| versions_compare(&world.session, &row.id, &older.version, after);
        let differences = compare(&newest.version).await.unwrap();
        assert!(!differences.is_empty());
        assert!(
            differences
                .iter()
                .all(|difference| difference.before != difference.after)
        );
        assert_eq!(compare(&older.version).await.unwrap(), []);
        let vanished = compare("00000000-0000-4000-8000-000000000000")
            .await
            .unwrap_err();
        assert_eq!(vanished.problem().code, ErrorCode::NotFound);
        return;
    }
    panic!("no group has two versions");
}

#[tokio::test]
async fn the_previous_version_for_all_can_be_gone_on_with_and_names_groups_that_have_none() {
    let world = World::listed(60, Scenario::AllWell).await;
    world.select(Filter::default()).await;
    let latest = world.targets().unwrap();
    let fault = Fault::once("ListGroupVersions", FaultKind::ExpiredCredentials);
    world.sandbox.faults().add(Fault { after: 30, ..fault });
    let progress = world.progress(JobKind::Versions);
    versions_choose_previous(&world.session, &progress)
        .await
        .unwrap_err();
    let calls = world.sandbox.calls("ListGroupVersions");
    assert!(calls < 40, "{calls}");
    let totals = versions_choose_previous(&world.session, &progress)
        .await
        .unwrap();
    let more = world.sandbox.calls("ListGroupVersions") - calls;
    assert!(more <= 35, "what was read is not asked for again: {more}");
    assert_eq!(totals.not_latest + totals.problems, 60);
    assert!(totals.problems > 0 && totals.not_latest > 0);
    for row in page(&world, "", true).await.rows {
        let options = group_versions(&world.session, &row.id).await.unwrap();
        assert_eq!(row.choice, VersionChoice::Previous);
        match options.get(1) {
            Some(previous) => {
                assert_eq!((row.version, row.problem), (previous.version.clone(), None))
            }
            None => assert!(row.problem.unwrap().contains("no previous version")),
        }
    }
    let problem = world.targets().unwrap_err().problem();
    assert!(
        problem
            .message
            .contains(&format!("{} of the 60", totals.problems)),
        "{problem:?}"
    );
    versions_reset(&world.session).await.unwrap();
    assert_eq!(world.targets().unwrap(), latest);
}

#[tokio::test]
async fn targets_come_in_the_order_of_the_rows() {
    let world = World::listed(80, Scenario::AllWell).await;
    world.select(Filter::default()).await;
    let rows = world.rows(Filter::default(), 500).await;
    let expected: Vec<_> = rows
        .into_iter()
        .map(|row| (row.id, row.latest_version.unwrap()))
        .collect();
    assert_eq!(world.targets().unwrap(), expected);
}

#[tokio::test]
async fn cores_are_counted_once_and_groups_without_exactly_one_are_named() {
    let world = World::listed(400, Scenario::Mixed).await;
    world.select(Filter::default()).await;
    let progress = world.progress(JobKind::Review);
    let sample = cores_check(&world.session, 10, &progress).await.unwrap();
    assert_eq!((sample.checked, sample.of), (10, 396));
    let all = cores_check(&world.session, 1_000, &progress).await.unwrap();
    assert_eq!((all.checked, all.of), (396, 396));
    assert!(
        !all.no_core.is_empty() || !all.many_cores.is_empty(),
        "the mix has wrong cores"
    );
    let calls = world.sandbox.calls("GetGroupVersion");
    assert_eq!(calls, 396, "each version is looked at once");
    assert_eq!(
        cores_check(&world.session, 1_000, &progress).await.unwrap(),
        all
    );
    assert_eq!(world.sandbox.calls("GetGroupVersion"), calls);
    let wrong = all.no_core.len() + all.many_cores.len();
    assert_eq!(page(&world, "", true).await.problems as usize, wrong);
    let bad = world
        .rows(crate::world::filter("deployable", "!=", "no_version"), 500)
        .await;
    assert_eq!(
        bad.iter().filter(|row| !row.deployable.is_yes()).count(),
        wrong
    );
}
