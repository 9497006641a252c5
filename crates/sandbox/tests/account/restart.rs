//! What survives when the sandbox ends and begins again.

use std::sync::Arc;

use aws_sdk_iam::Client as Iam;
use aws_sdk_s3::primitives::ByteStream;
use overseed_sandbox::{Clock, Sandbox, Settings, SteppedClock};

use crate::clients::{TRUST, admin, s3, settings};

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn everything_is_there_again_and_no_time_has_passed() {
    let dir = tempfile::tempdir().unwrap();
    let settings = Settings {
        state_dir: Some(dir.path().to_owned()),
        ..settings()
    };
    let clock = Arc::new(SteppedClock::at_present());
    let start = || Sandbox::start(settings.clone(), Arc::clone(&clock) as _).unwrap();
    let sandbox = start();
    let keys = sandbox.keys().clone();
    let config = admin(&sandbox);
    let create = Iam::new(&config).create_role().role_name("kept");
    create
        .assume_role_policy_document(TRUST)
        .send()
        .await
        .unwrap();
    let put = s3(&config)
        .put_object()
        .bucket("overseed-demo-000000000000")
        .key("k");
    put.body(ByteStream::from_static(b"kept"))
        .send()
        .await
        .unwrap();
    let before_ms = sandbox.now_ms();
    assert_eq!(before_ms, clock.now_ms());
    drop(sandbox);
    let objects = dir.path().join("objects");
    std::fs::write(objects.join("left-by-a-kill"), b"x").unwrap();

    clock.advance(5 * HOUR);
    let sandbox = start();
    assert_eq!(
        std::fs::read_dir(objects).unwrap().count(),
        1,
        "only what is known stays"
    );
    assert_eq!(sandbox.keys(), &keys);
    assert_eq!(sandbox.now_ms(), before_ms, "its time stood still");
    clock.advance(-5 * HOUR);
    let config = admin(&sandbox);
    Iam::new(&config)
        .get_role()
        .role_name("kept")
        .send()
        .await
        .unwrap();
    let got = s3(&config)
        .get_object()
        .bucket("overseed-demo-000000000000")
        .key("k");
    let got = got.send().await.unwrap();
    assert_eq!(
        got.body.collect().await.unwrap().into_bytes(),
        b"kept".as_slice()
    );
}

#[test]
fn a_fleet_of_700_000_starts_at_once() {
    let settings = Settings {
        groups: 700_000,
        ..settings()
    };
    let sandbox = Sandbox::start(settings, Arc::new(SteppedClock::at_present())).unwrap();
    let size = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |found| found.len());
    let dir = sandbox.settings().state_dir.clone().unwrap();
    let state: u64 = std::fs::read_dir(dir)
        .unwrap()
        .map(|file| size(&file.unwrap().path()))
        .sum();
    assert!(state < 100_000, "no fleet is written down: {state} bytes");
}
