use overseed_domain::rollout::{Counts, RunState, TargetState, WaveState};
use overseed_engine::{
    ErrorCode,
    run::{
        TargetsQuery, run_causes, run_changes, run_resume, run_stop, run_stop_and_cancel,
        run_targets,
    },
    v2::plan::Way,
};
use overseed_sandbox::Scenario;

use crate::{
    hurried::Hurried,
    world::{Planned, World, each_once, ended, made_by, until},
};

/// Devices take their time, so that a stop finds some at every stage.
fn slow(devices: u32, scenario: Scenario) -> World {
    World::with(devices, scenario, 1.0, Hurried::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_makes_no_more_and_leaves_what_was_made_to_the_devices() {
    let world = slow(100, Scenario::AllWell);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].records_processed >= 10 || ended(run)
    })
    .await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Stopped, "{run:#?}");
    let made = made_by(&session, &id).await;
    let counts = Counts {
        succeeded: u32::try_from(made.len()).unwrap(),
        waiting: 100 - u32::try_from(made.len()).unwrap(),
        ..Counts::default()
    };
    assert_eq!(run.row.counts, counts);
    assert!(counts.waiting > 0 && counts.succeeded >= 10, "{counts:?}");
    assert_eq!(world.sandbox.calls("CancelDeployment"), 0);
    each_once(&session, &run).await;
    let before = made.len();
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, ended).await;
    assert_eq!(made_by(&session, &id).await.len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_cancels_takes_back_what_devices_have_not_taken() {
    let world = slow(60, Scenario::CoresOff);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].state == WaveState::Settling || ended(run)
    })
    .await;
    run_stop_and_cancel(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    // All deployments were made before, but the run did not come to its own end.
    assert_eq!(run.row.state, RunState::Stopped, "{run:#?}");
    assert_eq!(run.stage, "Stopped");
    let counts = run.row.counts;
    assert_eq!(counts.total(), 60);
    assert_eq!((counts.waiting, counts.submitted), (0, 0), "{counts:?}");
    assert!(counts.failed > 0, "{counts:?}");
    let failed = TargetsQuery {
        state: Some(TargetState::Failed),
        limit: 500,
        ..TargetsQuery::default()
    };
    for row in run_targets(&session, &id, failed).await.unwrap().rows {
        assert_eq!(row.code.as_deref(), Some("CANCELED"), "{row:?}");
    }
    let causes = run_causes(&session, &id).await.unwrap();
    assert_eq!(causes[0].title, "The deployment was cancelled");
    assert!(causes[0].means.is_some() && causes[0].message.is_empty());
    let changes = run_changes(&session, &id).await.unwrap();
    let cancel = changes
        .iter()
        .find(|change| change.operation == "greengrass:CancelDeployment")
        .unwrap();
    assert_eq!(cancel.outcome.as_deref(), Some("done"), "{cancel:?}");
    each_once(&session, &run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_comes_when_nothing_is_left_to_stop_leaves_the_run_finished() {
    let world = slow(20, Scenario::AllWell);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].state == WaveState::Settling || ended(run)
    })
    .await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Finished, "{run:#?}");
    assert_eq!(run.row.counts.succeeded, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_not_begun_is_stopped_without_a_call() {
    let world = slow(10, Scenario::AllWell);
    let session = world.face().await;
    let id = Planned::of(&session, Way::Direct)
        .await
        .recorded(&world, &session)
        .await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Stopped);
    assert_eq!(run.row.counts.waiting, 10);
    assert_eq!(world.sandbox.calls("CreateDeployment"), 0);
    let again = run_stop_and_cancel(&session, "nothing").await.unwrap_err();
    assert_eq!(again.problem().code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_stop_ends_the_waiting() {
    let world = slow(60, Scenario::CoresOff);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::Direct).await;
    planned.settle_minutes = 10_000.0;
    let id = planned.recorded(&world, &session).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].state == WaveState::Settling || ended(run)
    })
    .await;
    run_stop(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.row.state == RunState::Stopping || ended(run)
    })
    .await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Stopped, "{run:#?}");
    assert!(run.row.counts.unknown > 0, "{:?}", run.row.counts);
    let causes = run_causes(&session, &id).await.unwrap();
    assert_eq!(causes[0].title, "The device was not waited for");
    assert_eq!(causes[0].targets, run.row.counts.unknown);
}
