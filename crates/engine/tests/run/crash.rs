//! A driver that ends at any moment leaves a run that another one carries to the same end, with one bulk
//! deployment.

use std::time::Duration;

use overseed_domain::rollout::RunState;
use overseed_engine::{
    ErrorCode,
    job::JobKind,
    plan::plan_export,
    run::{run_drive, run_get, run_start, run_start_plan},
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

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
