//! Long work that is cancelled ends, and leaves nothing half written.

use std::path::Path;

use overseed_engine::{
    Error,
    job::{JobKind, Progress},
    v2::{
        permissions::RolesNeeded,
        plan::{device_plan_export, device_plan_preview, device_present_read},
        review::{device_plan_review, device_review},
    },
};
use tokio_util::sync::CancellationToken;

use crate::world::{TELEMETRY, World, layer, progress, set, want};

/// The files of a folder and below, without those that the store and its log come and go with.
fn files(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            all.extend(files(&entry.path()));
        } else {
            all.push(entry.path().display().to_string());
        }
    }
    all.retain(|file| !file.contains(".sqlite"));
    all.sort();
    all
}

/// A progress whose work is cancelled as soon as a stage begins that is called so.
fn until_stage(session: &overseed_engine::Session, stage: &'static str) -> Progress {
    let cancel = CancellationToken::new();
    let clock = session.clock().clone();
    let (progress, mut told) = Progress::within(JobKind::DevicePlan, clock, cancel.clone());
    tokio::spawn(async move {
        let begun = told.wait_for(|job| job.as_ref().is_some_and(|job| job.stage == stage));
        if begun.await.is_ok() {
            cancel.cancel();
        }
    });
    progress
}

#[tokio::test(flavor = "multi_thread")]
async fn long_work_of_core_devices_ends_when_it_is_cancelled_and_leaves_nothing() {
    let world = World::of(30);
    let session = world.face().await;
    let well = progress(&session);
    let layers = vec![layer(&[(TELEMETRY, set(Some("1.2.0"), None))])];
    want(&session, layers, None).await;
    device_present_read(&session, false, &well).await.unwrap();
    let before = files(world.folder());

    let cancelled = |result: Result<(), Error>, what: &str| {
        assert!(
            matches!(result, Err(Error::Cancelled)),
            "{what}: {result:?}"
        );
        assert_eq!(files(world.folder()), before, "{what}");
    };
    let at_once = || {
        let progress = progress(&session);
        progress.cancel().cancel();
        progress
    };
    let out = world.folder().join("exported.json");
    let looked = device_plan_preview(&session, &at_once()).await;
    cancelled(looked.map(|_| ()), "preview");
    let written = device_plan_export(&session, &out, &at_once()).await;
    cancelled(written.map(|_| ()), "export");
    let reviewed = device_review(&session, &at_once()).await;
    cancelled(reviewed.map(|_| ()), "review");
    let writing = until_stage(&session, "Reading recipes");
    let reviewed = device_review(&session, &writing).await;
    cancelled(reviewed.map(|_| ()), "review under way");

    device_plan_export(&session, &out, &well).await.unwrap();
    let before = files(world.folder());
    let cancelled = |result: Result<(), Error>, what: &str| {
        assert!(
            matches!(result, Err(Error::Cancelled)),
            "{what}: {result:?}"
        );
        assert_eq!(files(world.folder()), before, "{what}");
    };
    let needed = RolesNeeded::of_plan(&session, &out, &at_once()).await;
    cancelled(needed.map(|_| ()), "what a plan asks of its roles");
    let reviewed = device_plan_review(&session, &out, &at_once()).await;
    cancelled(reviewed.map(|_| ()), "review of a plan");
    assert!(device_plan_review(&session, &out, &well).await.is_ok());
}
