//! Processes that drive a run and are killed whenever its journal shows something new.

use std::{
    collections::HashSet,
    process::{Child, Command, Stdio},
    time::{Duration, SystemTime},
};

use overseed_engine::{
    Session,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
    run::{run_drive, run_get},
    v2::plan::Way,
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use crate::{
    faults::{DEVICES, check, planned},
    hurried::Hurried,
    world::World,
};

/// What a child process needs to know to drive a run: JSON in this variable.
const CHILD: &str = "OVERSEED_TEST_DRIVE";

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_is_killed_again_and_again_makes_no_deployment_twice() {
    for way in [Way::Direct, Way::StepFunctions, Way::ThingGroup] {
        let world = World::of(DEVICES, Scenario::AllWell);
        let session = world.face().await;
        let id = planned(&world, &session, way).await;
        let mut seen = HashSet::from([shown(&session).await]);
        let mut killed = 0;
        loop {
            let mut child = child(&world, &id);
            let ended = loop {
                if let Some(status) = child.try_wait().unwrap() {
                    break Some(status);
                }
                if seen.insert(shown(&session).await) {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    killed += 1;
                    break None;
                }
                tokio::task::yield_now().await;
            };
            if let Some(status) = ended {
                assert!(status.success(), "{status}");
                break;
            }
        }
        let run = run_get(&session, &id).await.unwrap();
        check(&session, &run, way).await;
        assert!(killed > 2, "{way:?}: {killed}");
    }
}

/// What the journal shows, without what every start adds to it.
async fn shown(session: &Session) -> String {
    session
        .store()
        .read(|c| {
            Ok(c.query_row(
                "SELECT r.state || w.number || w.state || (w.uploaded_at IS NULL) || coalesce(w.bulk_deployment, '')
                     || coalesce(w.bulk_status, '')
                     || (SELECT coalesce(group_concat(DISTINCT operation || ' ' || coalesce(outcome, '?')), '') FROM change)
                     || (SELECT group_concat(DISTINCT state) FROM target)
                     || (SELECT count(*) / 4 FROM target WHERE deployment IS NOT NULL)
                 FROM run r, wave w ORDER BY (w.state IN ('waiting', 'judged')), w.number LIMIT 1",
                [],
                |row| row.get(0),
            )?)
        })
        .await
        .unwrap()
}

fn child(world: &World, run: &str) -> Child {
    let keys = world.sandbox.keys();
    let began = world.clock.began().duration_since(SystemTime::UNIX_EPOCH);
    let told = serde_json::json!({
        "folder": world.folder(),
        "endpoint": world.sandbox.endpoint(),
        "region": world.sandbox.settings().region,
        "accessKeyId": keys.access_key_id,
        "secretAccessKey": keys.secret_access_key,
        "began": began.unwrap(),
        "run": run,
    });
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "kills::drives_a_run_that_its_parent_named",
            "--quiet",
        ])
        .env(CHILD, told.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The child's part; without a parent there is nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn drives_a_run_that_its_parent_named() {
    let Ok(told) = std::env::var(CHILD) else {
        return;
    };
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let began: Duration = serde_json::from_value(told["began"].clone()).unwrap();
    let clock = Hurried::since(SystemTime::UNIX_EPOCH + began);
    let engine = overseed_engine::Engine::open(text("folder").into(), clock.of_engine()).unwrap();
    let request = ConnectRequest::Sandbox {
        scenario: Scenario::AllWell.to_string(),
        groups: DEVICES,
        seed: 7,
        speed: 20.0,
    };
    let reach = SandboxReach {
        endpoint: text("endpoint"),
        region: text("region"),
        access_key_id: text("accessKeyId"),
        secret_access_key: text("secretAccessKey"),
        id: "test".to_owned(),
    };
    let session = connect(&engine, request, Some(reach)).await.unwrap();
    let run = run_drive(&session, &text("run"), &CancellationToken::new())
        .await
        .unwrap();
    assert!(run.row.state.is_terminal(), "{:?}", run.problem);
}
