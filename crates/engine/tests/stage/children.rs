//! Processes that drive a run and are killed whenever its journal shows something new.

use std::{
    collections::HashSet,
    process::{Child, Command, Stdio},
    time::{Duration, SystemTime},
};

use overseed_engine::{
    connect::{SandboxReach, connect},
    run::run_drive,
};
use tokio_util::sync::CancellationToken;

use crate::{hurried::Hurried, reach, stage::World};

/// What a child process needs to know to drive a run: JSON in this variable.
const CHILD: &str = "OVERSEED_TEST_DRIVE";

/// Lets children drive a run, each until the journal shows what it has not shown before; the last one brings it to its
/// end. How many were killed.
pub async fn killed_again_and_again<F: Future<Output = String> + Send>(
    world: &World,
    run: &str,
    shown: impl Fn() -> F + Send + Sync,
) -> usize {
    let mut seen = HashSet::from([shown().await]);
    let mut killed = 0;
    loop {
        let mut child = child(world, run);
        let ended = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if seen.insert(shown().await) {
                child.kill().unwrap();
                child.wait().unwrap();
                killed += 1;
                break None;
            }
            tokio::task::yield_now().await;
        };
        if let Some(status) = ended {
            assert!(status.success(), "{status}");
            assert!(killed > 2, "{killed}");
            return killed;
        }
    }
}

fn child(world: &World, run: &str) -> Child {
    let keys = world.sandbox.keys();
    let began = world.clock.began().duration_since(SystemTime::UNIX_EPOCH);
    let told = serde_json::json!({
        "folder": world.folder(),
        "request": reach::request(&world.sandbox),
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
            "children::drives_a_run_that_its_parent_named",
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
    let request = serde_json::from_value(told["request"].clone()).unwrap();
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
