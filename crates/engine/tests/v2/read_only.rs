//! Runs read from the data folder alone, and what of them is exported.

use std::path::Path;

use overseed_domain::rollout::TargetState;
use overseed_engine::{
    Engine,
    run::{
        ExportForm, GivenBefore, Reading, TargetsQuery, run_causes, run_drive, run_export,
        run_fleet, run_get, run_targets, runs_list, target_documents,
    },
    v2::plan::Way,
};
use overseed_sandbox::Scenario;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::world::{Planned, World, report};

/// A run of ten devices of which three fail, by thing group or directly; read without a connection.
async fn ended(way: Way) -> (World, Reading, String, Vec<String>) {
    let world = World::of(10, Scenario::AllWell);
    let session = world.face().await;
    let mut planned = Planned::of(&session, way).await;
    if way == Way::Direct {
        for (_, document) in planned.targets.iter_mut().take(3) {
            *document = report("9.9.9");
        }
        planned.before = Some(report("1.0.0"));
    }
    let id = planned.recorded(&world, &session).await;
    run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    drop(session);
    let engine = Engine::open(world.folder().to_owned(), world.clock.of_engine()).unwrap();
    let things = planned.targets.into_iter().map(|(thing, _)| thing);
    (world, Reading::of(&engine, None), id, things.collect())
}

async fn exported(world: &World, reading: &Reading, run: &str, form: ExportForm) -> String {
    let to = world.folder().join("export");
    let to: &Path = &to;
    run_export(reading, run, form, to).await.unwrap();
    std::fs::read_to_string(to).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_read_without_a_connection() {
    let (_world, reading, id, things) = ended(Way::Direct).await;
    let listed = runs_list(&reading).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(
        !listed[0].here,
        "nothing may be changed without credentials"
    );
    let run = run_get(&reading, &id).await.unwrap();
    let v2 = run.v2.unwrap();
    assert_eq!(
        (v2.way, v2.at_once, v2.cancelling),
        (Way::Direct, None, false)
    );
    assert_eq!(run_fleet(&reading, &id).await.unwrap().len(), 10);
    assert_eq!(run_causes(&reading, &id).await.unwrap().len(), 1);
    let just = TargetsQuery {
        target: Some(things[0].clone()),
        limit: 20,
        ..TargetsQuery::default()
    };
    let found = run_targets(&reading, &id, just).await.unwrap();
    assert_eq!((found.matches, found.rows.len()), (1, 1));
    assert_eq!(found.rows[0].target, things[0]);
    assert_eq!(found.rows[0].state, TargetState::Failed);
    let part = TargetsQuery {
        target: Some(things[0][..things[0].len() - 1].to_owned()),
        limit: 20,
        ..TargetsQuery::default()
    };
    let found = run_targets(&reading, &id, part).await.unwrap();
    assert_eq!(found.matches, 0, "only a whole name is meant");

    let gets = target_documents(&reading, &id, &things[0]).await.unwrap();
    assert_eq!(gets.before, GivenBefore::Document);
    assert_eq!(gets.name.as_deref(), Some("Health reports"));
    let component = &gets.components[0];
    assert_eq!(component.component, "com.plant.HealthReport");
    assert_eq!(component.version.as_deref(), Some("9.9.9"));
    assert_eq!(component.before.as_deref(), Some("1.0.0"));
    assert!(target_documents(&reading, &id, "nobody").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_speak_of_devices_and_say_what_each_gets() {
    let (world, reading, id, things) = ended(Way::Direct).await;
    let text = exported(&world, &reading, &id, ExportForm::TargetsCsv).await;
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let heads = table.headers().unwrap().clone();
    assert_eq!(
        heads.iter().take(3).collect::<Vec<_>>(),
        ["device", "components", "document"]
    );
    let first = table.records().next().unwrap().unwrap();
    assert_eq!(&first[0], things[0].as_str());
    assert_eq!(&first[1], "com.plant.HealthReport 9.9.9");

    let text = exported(&world, &reading, &id, ExportForm::TargetsJson).await;
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(line["device"], things[0].as_str());
    assert_eq!(line["components"]["com.plant.HealthReport"], "9.9.9");
    assert_eq!(line["state"], "failed");

    let html = exported(&world, &reading, &id, ExportForm::Html).await;
    for words in [
        "10 core devices",
        "2 different deployments",
        "Made by Overseed",
        "Deployments made",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let text = html.to_lowercase().replace("thing groups", "");
    for words in [
        "bulk deployment",
        "groups",
        "input file",
        "records attempted",
        "execution role",
    ] {
        assert!(!text.contains(words), "{words}: {html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deployment_of_a_thing_group_is_told_with_its_group_and_its_job() {
    let (world, reading, id, _) = ended(Way::ThingGroup).await;
    let run = run_get(&reading, &id).await.unwrap();
    let wave = &run.waves[0];
    assert_eq!(wave.thing_group, Some(format!("overseed-{id}-1")));
    let session = world.face().await;
    let deployment = wave.bulk_deployment.as_deref().unwrap();
    let made = session.clients.get_deployment(deployment).await.unwrap();
    assert!(made.job_id.is_some());
    assert_eq!(wave.job, made.job_id);
}
