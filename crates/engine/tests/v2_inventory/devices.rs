use std::collections::BTreeSet;

use overseed_engine::{
    ErrorCode,
    groups::{Filter, FilterOperation, ImportFindingCode},
    job::JobKind,
    v2::devices::{
        DeviceRow, DeviceSelectionChange, DeviceSort, DevicesQuery, devices_import_text,
        devices_page, devices_read, devices_read_selected, devices_refresh, devices_select,
        devices_status, thing_group_read, thing_groups_page,
    },
};
use overseed_sandbox::Scenario;

use crate::world::{World, filter};

pub async fn listed(devices: u32, scenario: Scenario) -> World {
    let world = World::of(devices, scenario).await;
    devices_refresh(&world.session, &world.progress(JobKind::Devices))
        .await
        .unwrap();
    world
}

async fn rows(world: &World, query: DevicesQuery) -> Vec<DeviceRow> {
    devices_page(&world.session, query).await.unwrap().rows
}

async fn all(world: &World) -> Vec<DeviceRow> {
    let query = DevicesQuery {
        limit: 500,
        ..DevicesQuery::default()
    };
    rows(world, query).await
}

async fn matching(world: &World, filter: Filter) -> Vec<DeviceRow> {
    let query = DevicesQuery {
        filter,
        limit: 500,
        ..DevicesQuery::default()
    };
    rows(world, query).await
}

async fn select(world: &World, change: DeviceSelectionChange) -> (u32, u32) {
    let selection = devices_select(&world.session, change).await.unwrap();
    (selection.selected, selection.left_out)
}

#[tokio::test]
async fn all_devices_are_listed_once_and_known_ones_keep_their_place() {
    let world = listed(140, Scenario::SmallPages).await;
    let first = all(&world).await;
    let names: BTreeSet<&str> = first.iter().map(|row| row.thing_name.as_str()).collect();
    assert_eq!((first.len(), names.len()), (140, 140));
    assert!(first.iter().all(|row| {
        row.status.is_some() && row.last_status_at.is_some() && row.platform.is_some()
    }));
    assert!(
        first
            .iter()
            .all(|row| row.nucleus.is_none() && row.read_at.is_none())
    );

    let names = vec![first[3].thing_name.clone(), first[99].thing_name.clone()];
    let change = DeviceSelectionChange::Devices {
        names: names.clone(),
        selected: true,
    };
    assert_eq!(select(&world, change).await, (2, 0));
    let inventory = devices_refresh(&world.session, &world.progress(JobKind::Devices))
        .await
        .unwrap();
    assert_eq!((inventory.devices, inventory.selected), (140, 2));
    assert!(inventory.thing_groups > 1 && inventory.thing_groups_problem.is_none());
    assert!(inventory.listed_at.is_some() && !inventory.partial);
    let selected = matching(&world, filter("selected", "=", "yes")).await;
    let selected: Vec<&str> = selected.iter().map(|r| r.thing_name.as_str()).collect();
    assert_eq!(selected, names);
}

#[tokio::test]
async fn pages_are_filtered_sorted_and_counted() {
    let world = listed(200, Scenario::Mixed).await;
    let everything = all(&world).await;
    for (property, value, of) in [
        (
            "platform",
            "windows",
            (|row| row.platform.as_deref()) as fn(&DeviceRow) -> Option<&str>,
        ),
        ("architecture", "AARCH64", |row| row.architecture.as_deref()),
        ("status", "healthy", |row| row.status.as_deref()),
    ] {
        let expected = everything
            .iter()
            .filter(|row| of(row).is_some_and(|text| text.eq_ignore_ascii_case(value)))
            .count();
        let query = DevicesQuery {
            filter: filter(property, "=", value),
            limit: 3,
            ..DevicesQuery::default()
        };
        let page = devices_page(&world.session, query).await.unwrap();
        assert_eq!(page.matches as usize, expected, "{property}");
        assert_eq!(page.matches_unselected, page.matches);
        assert_eq!((page.total, page.selected), (200, 0));
        assert!(page.rows.len() <= 3);
    }
    let query = DevicesQuery {
        sort: DeviceSort::LastStatusAt,
        descending: true,
        limit: 500,
        ..DevicesQuery::default()
    };
    let times: Vec<_> = rows(&world, query)
        .await
        .iter()
        .map(|r| r.last_status_at)
        .collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let query = DevicesQuery {
        sort: DeviceSort::Architecture,
        limit: 500,
        ..DevicesQuery::default()
    };
    let order = rows(&world, query).await;
    let order: Vec<_> = order
        .iter()
        .map(|r| (r.architecture.clone(), r.thing_name.clone()))
        .collect();
    assert!(order.is_sorted(), "equals stand in the order of names");

    let query = DevicesQuery {
        filter: filter("latestVersion", "=", "1"),
        ..DevicesQuery::default()
    };
    let problem = devices_page(&world.session, query)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(problem.code, ErrorCode::InvalidInput);
    assert!(
        problem.message.starts_with("Core devices have no property"),
        "{problem:?}"
    );
    assert!(problem.hint.unwrap().contains("thingGroup"));
}

#[tokio::test]
async fn all_that_match_are_selected_and_a_change_is_taken_back() {
    let world = listed(100, Scenario::AllWell).await;
    let linux = matching(&world, filter("platform", "=", "linux"))
        .await
        .len();
    let linux = u32::try_from(linux).unwrap();
    let change = DeviceSelectionChange::Matching {
        filter: filter("platform", "=", "linux"),
        selected: true,
    };
    assert_eq!(select(&world, change).await, (linux, 0));
    assert_eq!(select(&world, DeviceSelectionChange::Clear).await, (0, 0));
    assert_eq!(
        select(&world, DeviceSelectionChange::Undo).await,
        (linux, 0)
    );
    let change = DeviceSelectionChange::Devices {
        names: vec!["nobody".to_owned()],
        selected: true,
    };
    assert_eq!(select(&world, change).await, (linux, 1));
    let status = devices_status(&world.session).await.unwrap();
    assert_eq!((status.selected, status.selected_gone), (linux, 0));
}

#[tokio::test]
async fn lists_of_things_are_taken_in_whatever_else_they_say() {
    let world = listed(20, Scenario::AllWell).await;
    let names: Vec<String> = all(&world)
        .await
        .into_iter()
        .map(|r| r.thing_name)
        .collect();
    let account = &world.sandbox.settings().account;
    let text = format!(
        "thingName,site,version\n{0},north,7\narn:aws:iot:eu-west-1:{account}:thing/{1},south,8\nnobody,x,1\n{0},north,7\n,y,2\n",
        names[0], names[1]
    );
    let progress = world.progress(JobKind::Import);
    let report = devices_import_text(&world.session, text, &progress)
        .await
        .unwrap();
    assert_eq!(
        (report.lines, report.selected, report.versions_chosen),
        (5, 2, 0)
    );
    let findings: Vec<_> = report.findings.iter().map(|f| (f.line, f.code)).collect();
    assert_eq!(
        findings,
        [
            (4, ImportFindingCode::Unknown),
            (5, ImportFindingCode::Repeated),
            (6, ImportFindingCode::Unreadable),
        ]
    );
    assert!(
        report.findings[0].message.contains("core device"),
        "{report:?}"
    );
    let text = format!("{{\"thingName\":\"{}\",\"site\":\"east\"}}\n", names[2]);
    let report = devices_import_text(&world.session, text, &progress)
        .await
        .unwrap();
    assert_eq!((report.selected, report.findings_total), (1, 0));
    let report = devices_import_text(&world.session, names[3].clone(), &progress)
        .await
        .unwrap();
    assert_eq!(report.selected, 1);
    let selected = matching(&world, filter("selected", "=", "yes")).await;
    let selected: Vec<&str> = selected.iter().map(|r| r.thing_name.as_str()).collect();
    assert_eq!(selected, [&names[0], &names[1], &names[2], &names[3]]);
}

#[tokio::test]
async fn a_list_takes_no_device_of_another_account_by_chance_of_its_name() {
    let world = listed(20, Scenario::AllWell).await;
    let all = all(&world).await;
    let name = &all[0].thing_name;
    let account = &world.sandbox.settings().account;
    let others = [
        format!("arn:aws:iot:us-east-1:{account}:thing/{name}"),
        format!("arn:aws:iot:eu-west-1:111111111111:thing/{name}"),
        format!("arn:aws-cn:iot:eu-west-1:{account}:thing/{name}"),
    ];
    let here = format!(
        "arn:aws:iot:eu-west-1:{account}:thing/{}",
        all[1].thing_name
    );
    let shouted = all[2].thing_name.to_uppercase();
    let text = format!(
        "{}\n{shouted}\n{},extra\n{here}\n",
        others.join("\n"),
        all[3].thing_name
    );
    let progress = world.progress(JobKind::Import);
    let import = async |text: String| {
        let report = devices_import_text(&world.session, text, &progress)
            .await
            .unwrap();
        let codes: Vec<_> = report.findings.iter().map(|f| (f.line, f.code)).collect();
        (report.selected, codes)
    };
    let elsewhere = |line| (line, ImportFindingCode::Elsewhere);
    let found = import(text).await;
    assert_eq!(
        found,
        (
            1,
            vec![
                elsewhere(1),
                elsewhere(2),
                elsewhere(3),
                (4, ImportFindingCode::Unknown),
                (5, ImportFindingCode::Unreadable),
            ]
        )
    );
    // The same where the first line has the further cell, and where titles name fewer columns.
    let (one, two) = (&all[4].thing_name, &all[5].thing_name);
    for text in [
        format!("{one},extra\n{two}\n"),
        format!("thingName\n{one},extra\n"),
    ] {
        let (_, codes) = import(text.clone()).await;
        let lines: Vec<_> = codes.iter().map(|(_, code)| *code).collect();
        assert_eq!(lines, [ImportFindingCode::Unreadable], "{text}");
    }
    let selected = matching(&world, filter("selected", "=", "yes")).await;
    let selected: Vec<&str> = selected.iter().map(|r| r.thing_name.as_str()).collect();
    assert_eq!(selected, [&all[1].thing_name, two]);
}

#[tokio::test]
async fn what_the_listing_does_not_tell_is_read_once_for_the_devices_looked_at() {
    let world = listed(30, Scenario::AllWell).await;
    let names: Vec<String> = all(&world)
        .await
        .into_iter()
        .take(5)
        .map(|r| r.thing_name)
        .collect();
    let progress = world.progress(JobKind::DeviceDetails);
    let read = devices_read(&world.session, &names, &progress)
        .await
        .unwrap();
    assert_eq!(read.len(), 5);
    assert!(
        read.iter()
            .all(|row| row.nucleus.is_some() && row.read_at.is_some())
    );
    assert_eq!(world.sandbox.calls("GetCoreDevice"), 5);
    assert_eq!(
        devices_read(&world.session, &names, &progress)
            .await
            .unwrap(),
        read
    );
    assert_eq!(world.sandbox.calls("GetCoreDevice"), 5, "kept");
    let nucleus = read[0].nucleus.clone().unwrap();
    let found = matching(&world, filter("nucleus", "=", &nucleus)).await;
    assert!(found.iter().any(|row| row.thing_name == read[0].thing_name));

    let change = DeviceSelectionChange::Matching {
        filter: Filter::default(),
        selected: true,
    };
    select(&world, change).await;
    let asked = devices_read_selected(&world.session, &progress)
        .await
        .unwrap();
    assert_eq!((asked, world.sandbox.calls("GetCoreDevice")), (25, 30));
}

#[tokio::test]
async fn a_thing_groups_members_are_found_by_filter() {
    let world = listed(60, Scenario::AllWell).await;
    let groups = thing_groups_page(&world.session, "SITE-", 0, 50)
        .await
        .unwrap();
    assert!(groups.matches > 0 && groups.total > groups.matches);
    let group = &groups.rows[0];
    assert!(group.arn.ends_with(&format!(":thinggroup/{}", group.name)));
    let progress = world.progress(JobKind::DeviceDetails);
    let read = thing_group_read(&world.session, &group.name, &progress)
        .await
        .unwrap();
    assert!(read.devices.unwrap() > 0 && read.devices <= read.things);
    let found = matching(&world, filter("thingGroup", "=", &group.name)).await;
    assert_eq!(Some(u32::try_from(found.len()).unwrap()), read.devices);
    let begins = matching(&world, filter("thingGroup", "^", "site-")).await;
    assert!(begins.len() >= found.len());
    let cut = &group.name[..group.name.len() - 1];
    assert!(
        matching(&world, filter("thingGroup", "=", cut))
            .await
            .is_empty()
    );

    // Device by device the same comes out.
    let names: Vec<String> = all(&world)
        .await
        .into_iter()
        .map(|r| r.thing_name)
        .collect();
    let rows = devices_read(&world.session, &names, &progress)
        .await
        .unwrap();
    let members: Vec<&DeviceRow> = rows
        .iter()
        .filter(|row| row.thing_groups.contains(&group.name))
        .collect();
    assert_eq!(members.len(), found.len());

    let both = Filter {
        operation: FilterOperation::And,
        tokens: [
            filter("thingGroup", "=", &group.name).tokens,
            filter("thingName", ":", "-cam-").tokens,
        ]
        .concat(),
    };
    let expected = members
        .iter()
        .filter(|row| row.thing_name.contains("-cam-"))
        .count();
    assert_eq!(matching(&world, both).await.len(), expected);

    let problem = thing_group_read(&world.session, "no-such-group", &progress)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(problem.code, ErrorCode::NotFound);
}
