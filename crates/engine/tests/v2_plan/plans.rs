use std::sync::Arc;

use overseed_domain::{
    rollout::Generation,
    v2::rows::{RowFormat, Rows},
};
use overseed_engine::{
    ErrorCode,
    groups::Filter,
    plan::plan_read,
    v2::plan::{
        DevicesFrom, DevicesMeant, Layer, Wanted, Way, device_plan_new, device_plan_show,
        device_present_read,
    },
};

use crate::world::{
    HEALTH, TELEMETRY, World, having, layer, plan_of, progress, set, settings, wanted,
};

#[tokio::test]
async fn a_plan_keeps_all_that_a_device_has_and_puts_what_is_wanted_over_it() {
    let world = World::of(40);
    let session = world.face().await;
    let out = world.folder().join("plan.json");
    let health = layer(&[(HEALTH, set(Some("1.1.0"), Some("{\"id\":\"{thingName}\"}")))]);
    let (header, made) = device_plan_new(
        &session,
        DevicesFrom::Filter(Filter::default()),
        wanted(vec![health]),
        false,
        None,
        settings(Way::Direct),
        &out,
        &progress(&session),
    )
    .await
    .unwrap();
    assert_eq!(header.generation, Generation::V2);
    assert_eq!((made.targets, made.documents, made.unchanged), (40, 40, 0));
    let read = plan_of(&out);
    assert_eq!(read.targets.len(), 40);
    for (thing, (document, before)) in &read.targets {
        // Some devices have had no deployment of their own.
        let before = before.clone().unwrap_or_default();
        let mut rest = document.components.clone();
        let added = rest.remove(HEALTH).unwrap();
        assert_eq!(rest, before.components, "nothing else changes for {thing}");
        let merge = added.configuration_update.unwrap().merge.unwrap();
        assert_eq!(merge, format!("{{\"id\":\"{thing}\"}}"));
        assert_eq!(document.deployment_policies, before.deployment_policies);
        assert_eq!(
            document.deployment_name.as_deref(),
            Some("Health everywhere")
        );
    }
    let mut listed = 0;
    plan_read(&out, &mut |_, hash| {
        assert_eq!(hash.len(), 16);
        listed += 1;
        Ok(())
    })
    .unwrap();
    assert_eq!(listed, 40);
    let shown = device_plan_show(&session, &out).await.unwrap();
    assert_eq!((shown.file.records, shown.documents_total), (40, 40));
    assert_eq!((shown.file.refusals, shown.waves.len()), (0, 1));
    assert_eq!(shown.waves[0].targets, 40);
}

#[tokio::test]
async fn a_deployment_keeps_its_name_where_nothing_says_another() {
    let world = World::of(12);
    let session = world.face().await;
    let out = world.folder().join("plan.json");
    let health = layer(&[(HEALTH, set(Some("1.1.0"), None))]);
    device_plan_new(
        &session,
        DevicesFrom::Filter(Filter::default()),
        Wanted {
            name: String::new(),
            ..wanted(vec![health])
        },
        false,
        None,
        settings(Way::Direct),
        &out,
        &progress(&session),
    )
    .await
    .unwrap();
    for (thing, (document, before)) in plan_of(&out).targets {
        let name = before.map(|_| format!("Deployment for {thing}"));
        assert_eq!(document.deployment_name, name);
    }
}

#[tokio::test]
async fn a_component_goes_only_where_that_is_said() {
    let world = World::of(60);
    let session = world.face().await;
    let out = world.folder().join("plan.json");
    let remove = layer(&[(
        TELEMETRY,
        overseed_domain::v2::intent::ComponentIntent::Remove,
    )]);
    let (_, made) = device_plan_new(
        &session,
        DevicesFrom::Filter(Filter::default()),
        wanted(vec![remove]),
        false,
        None,
        settings(Way::Direct),
        &out,
        &progress(&session),
    )
    .await
    .unwrap();
    // Those that do not have it have nothing to change.
    assert!(made.unchanged > 0 && made.targets + made.unchanged == 60);
    for (document, before) in plan_of(&out).targets.values() {
        let mut left = before.clone().unwrap().components;
        assert!(left.remove(TELEMETRY).is_some());
        assert_eq!(document.components, left);
    }
}

#[tokio::test]
async fn rows_give_single_devices_their_own() {
    let world = World::of(30);
    let session = world.face().await;
    let things: Vec<String> = session
        .store()
        .read(|c| {
            let mut statement = c.prepare("SELECT thing_name FROM core_device ORDER BY ordinal")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
        .unwrap();
    let csv = format!(
        "thingName,component:{HEALTH},site\n{},1.0.0,north\n{},,south\n",
        things[3], things[5]
    );
    let rows = Rows::read(csv.as_bytes(), RowFormat::Csv, &mut |finding| {
        panic!("{finding:?}")
    })
    .unwrap();
    let wanted = Wanted {
        rows: Some(Arc::new(rows)),
        ..wanted(vec![layer(&[(
            HEALTH,
            set(Some("1.1.0"), Some("{\"site\":\"{site}\"}")),
        )])])
    };
    let out = world.folder().join("plan.json");
    let (_, made) = device_plan_new(
        &session,
        DevicesFrom::Rows,
        wanted,
        false,
        None,
        settings(Way::Direct),
        &out,
        &progress(&session),
    )
    .await
    .unwrap();
    assert_eq!((made.targets, made.unmatched_rows), (2, 0));
    let targets = plan_of(&out).targets;
    let got = |thing: &str| {
        let spec = targets[thing].0.components[HEALTH].clone();
        (
            spec.component_version,
            spec.configuration_update.unwrap().merge.unwrap(),
        )
    };
    let north = ("1.0.0".to_owned(), "{\"site\":\"north\"}".to_owned());
    let south = ("1.1.0".to_owned(), "{\"site\":\"south\"}".to_owned());
    assert_eq!((got(&things[3]), got(&things[5])), (north, south));
}

#[tokio::test]
async fn layers_are_for_those_whom_they_name() {
    let world = World::of(120);
    let session = world.face().await;
    let out = world.folder().join("plan.json");
    let of_some = Layer {
        of: DevicesMeant::Matching {
            filter: having("7"),
        },
        ..layer(&[(TELEMETRY, set(Some("1.0.0"), None))])
    };
    let all = layer(&[(TELEMETRY, set(Some("1.1.0"), None))]);
    device_plan_new(
        &session,
        DevicesFrom::Filter(Filter::default()),
        wanted(vec![all, of_some]),
        true,
        None,
        settings(Way::Direct),
        &out,
        &progress(&session),
    )
    .await
    .unwrap();
    let targets = plan_of(&out).targets;
    assert_eq!(targets.len(), 120);
    for (thing, (document, _)) in &targets {
        let version = &document.components[TELEMETRY].component_version;
        let expected = if thing.contains('7') {
            "1.0.0"
        } else {
            "1.1.0"
        };
        assert_eq!(version, expected, "{thing}");
    }
    assert!(targets.keys().any(|thing| thing.contains('7')));
}

#[tokio::test]
async fn a_thing_group_does_where_all_get_the_same_and_their_own_deployments_agree() {
    let world = World::of(40);
    let session = world.face().await;
    device_present_read(&session, true, &progress(&session))
        .await
        .unwrap();
    let having = |deployment: &'static str| {
        let session = &session;
        async move {
            let sql = format!(
                "SELECT thing_name FROM present WHERE deployment IS {deployment} ORDER BY thing_name"
            );
            let things: Vec<String> = session
                .store()
                .read(move |c| {
                    let mut statement = c.prepare(&sql)?;
                    let rows = statement.query_map([], |row| row.get(0))?;
                    Ok(rows.collect::<Result<_, _>>()?)
                })
                .await
                .unwrap();
            things
        }
    };
    let list = world.folder().join("devices.txt");
    let plan = |things: &[String], layers: Vec<Layer>| {
        std::fs::write(&list, things.join("\n")).unwrap();
        let (session, list) = (&session, list.clone());
        let out = world.folder().join("plan.json");
        async move {
            device_plan_new(
                session,
                DevicesFrom::List(list),
                wanted(layers),
                false,
                None,
                settings(Way::ThingGroup),
                &out,
                &progress(session),
            )
            .await
        }
    };
    let bare = having("NULL").await;
    assert!(bare.len() > 1);
    let health = || vec![layer(&[(HEALTH, set(Some("1.1.0"), None))])];
    let (header, made) = plan(&bare, health()).await.unwrap();
    assert_eq!(header.settings.v2.unwrap().way, Way::ThingGroup);
    assert_eq!((made.targets as usize, made.documents), (bare.len(), 1));
    // What the own deployment has cannot be changed by a group's.
    let own = having("NOT NULL").await;
    let changed = layer(&[("aws.greengrass.Cli", set(Some("9.9.9"), None))]);
    let refused = plan(&own[..1], vec![changed]).await.unwrap_err().problem();
    assert_eq!(refused.code, ErrorCode::InvalidInput);
    assert!(refused.detail.unwrap().contains(&own[0]));
    plan(&own[..1], health()).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_planned_is_refused_and_leaves_no_file() {
    let world = World::of(12);
    let session = world.face().await;
    let out = world.folder().join("plan.json");
    let refused = |wanted: Wanted, from: DevicesFrom, way: Way| {
        let (session, out) = (&session, &out);
        async move {
            let error = device_plan_new(
                session,
                from,
                wanted,
                false,
                None,
                settings(way),
                out,
                &progress(session),
            )
            .await
            .unwrap_err();
            assert!(!out.exists());
            error.problem()
        }
    };
    let all = || DevicesFrom::Filter(Filter::default());
    let nothing = refused(wanted(vec![]), all(), Way::Direct).await;
    assert_eq!(nothing.code, ErrorCode::NothingSelected);
    let nobody = DevicesFrom::Filter(having("no such device"));
    let health = || layer(&[(HEALTH, set(Some("1.1.0"), None))]);
    let nobody = refused(wanted(vec![health()]), nobody, Way::Direct).await;
    assert_eq!(nobody.code, ErrorCode::NothingSelected);
    let no_version = layer(&[(HEALTH, set(Some("latest"), None))]);
    let no_version = refused(wanted(vec![no_version]), all(), Way::Direct).await;
    assert_eq!(no_version.code, ErrorCode::InvalidInput);
    assert!(no_version.detail.unwrap().contains("latest"));
    let no_value = layer(&[(HEALTH, set(Some("1.1.0"), Some("{\"a\":\"{site}\"}")))]);
    let no_value = refused(wanted(vec![no_value]), all(), Way::Direct).await;
    assert_eq!(no_value.code, ErrorCode::FileInvalid);
    assert!(no_value.detail.unwrap().contains("and 2 more"));
    let differ = refused(wanted(vec![health()]), all(), Way::ThingGroup).await;
    assert_eq!(differ.code, ErrorCode::InvalidInput);
    let list = world.folder().join("devices.txt");
    std::fs::write(&list, "thingName\nnobody-knows-me\n").unwrap();
    let strange = refused(wanted(vec![health()]), DevicesFrom::List(list), Way::Direct).await;
    assert!(strange.detail.unwrap().contains("nobody-knows-me"));
}
