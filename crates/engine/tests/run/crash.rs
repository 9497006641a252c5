//! A driver that ends at any moment leaves a run that another one carries to the same end, with one bulk
//! deployment.

use std::time::Duration;

use overseed_domain::{
    rollout::RunState,
    waves::{WaveOrder, Waves},
};
use overseed_engine::{
    ErrorCode,
    job::JobKind,
    plan::plan_export,
    run::{RunSnapshot, run_drive, run_get, run_skip, run_start, run_start_plan},
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use crate::faults::{bulk_deployments, drive};
use crate::waves::{adds_up, count, recorded, targets, waves};
use crate::world::{World, draft, progress};

#[tokio::test(flavor = "multi_thread")]
async fn whenever_the_driver_is_cut_off_the_run_ends_the_same_with_one_bulk_deployment() {
    let world = World::of(40, Scenario::AllWell);
    let session = world.face().await;
    let plan = draft(&session, 5.0).await.plan;
    let file = world.folder().join("plan.json");
    plan_export(&session, &file).await.unwrap();
    run_start_plan(&session, &file).await.unwrap();
    // A new face each time, cut off after a little more time than the one before.
    let mut lasted = Duration::from_millis(5);
    loop {
        let face = world.face().await;
        let cancel = CancellationToken::new();
        let drive = run_drive(&face, &plan, &cancel);
        let cut = tokio::time::timeout(lasted, drive).await;
        lasted = lasted * 5 / 4;
        if let Ok(Ok(run)) = cut {
            assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
            assert_eq!(run.row.counts.succeeded, run.row.counts.total());
            break;
        }
        // The futures are dropped at any await: what a kill leaves behind is only what is stored.
    }
    let page = session.clients.list_bulk_deployments(None).await.unwrap();
    assert_eq!(page.items.len(), 1, "{page:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_faces_never_drive_one_run_at_once() {
    let world = World::of(40, Scenario::AllWell);
    let session = world.face().await;
    let plan = draft(&session, 5.0).await.plan;
    run_start(&session, &progress(&session, JobKind::Review))
        .await
        .unwrap();
    let other = world.face().await;
    while !run_get(&other, &plan).await.unwrap().row.driven {
        tokio::task::yield_now().await;
    }
    let refused = run_drive(&other, &plan, &CancellationToken::new())
        .await
        .unwrap_err();
    assert_eq!(refused.problem().code, ErrorCode::RunDriven);
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_the_driver_is_cut_off_each_wave_is_started_once() {
    let world = World::of(30, Scenario::AllWell);
    let session = world.face().await;
    let order = WaveOrder::Random { seed: 3 };
    let cuts = Waves {
        order,
        ..waves([count(3), count(10)])
    };
    let id = recorded(&world, &session, 5.0, cuts).await;
    let out = targets(&session, &id).await[4].target.clone();
    run_skip(&session, &id, vec![out]).await.unwrap();
    let mut lasted = Duration::from_millis(5);
    let run = loop {
        let face = world.face().await;
        let cancel = CancellationToken::new();
        let drive = run_drive(&face, &id, &cancel);
        let cut = tokio::time::timeout(lasted, drive).await;
        // A kill at any await leaves only what is stored.
        lasted = lasted * 6 / 5;
        if let Ok(Ok(run)) = cut {
            break run;
        }
    };
    assert_eq!(run.row.state, RunState::Finished, "{run:?}");
    assert_eq!(run.row.counts.succeeded, run.row.counts.total() - 1);
    assert_eq!(run.discrepancies, Vec::<String>::new());
    assert_eq!(bulk_deployments(&session).await, 3);
    adds_up(&world, &session, &run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_in_waves_that_was_cut_off_comes_to_the_same_waves() {
    let world = World::of(30, Scenario::AllWell);
    let session = world.face().await;
    let order = WaveOrder::Random { seed: 11 };
    let cuts = Waves {
        order,
        ..waves([count(7)])
    };
    let id = recorded(&world, &session, 5.0, cuts).await;
    let before = run_get(&session, &id).await.unwrap();
    session
        .store()
        .write(|tx| {
            tx.execute("DELETE FROM wave", [])?;
            tx.execute("DELETE FROM target WHERE position % 3 = 0", [])?;
            Ok(tx.execute("UPDATE run SET recorded = 0", [])?)
        })
        .await
        .unwrap();
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{run:?}");
    let files = |run: &RunSnapshot| -> Vec<String> {
        run.waves.iter().map(|wave| wave.sha256.clone()).collect()
    };
    assert_eq!(files(&run), files(&before));
    adds_up(&world, &session, &run).await;
}
