use overseed_domain::{
    rollout::{Counts, RunState, WaveState},
    waves::{WaveCut, Waves},
};
use overseed_engine::{
    ErrorCode,
    run::{run_causes, run_drive, run_resume, run_stop},
    v2::plan::Way,
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::{
    hurried::Hurried,
    world::{Planned, World, ended, made_by, report, sums, until},
};

#[tokio::test(flavor = "multi_thread")]
async fn one_deployment_to_a_group_for_each_wave_is_watched_by_its_job() {
    let world = World::of(24, Scenario::AllWell);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::ThingGroup)
        .await
        .and_a_stranger();
    planned.waves = Waves {
        cuts: vec![WaveCut::Count { targets: 6 }],
        ..Waves::default()
    };
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let counts = Counts {
        succeeded: 24,
        failed: 1,
        ..Counts::default()
    };
    sums(&run, counts);
    let made = made_by(&session, &id).await;
    assert_eq!(made.len(), 2, "{made:?}");
    assert!(made.contains_key(&format!("overseed-{id}-1")), "{made:?}");
    assert_eq!(world.sandbox.calls("CreateDeployment"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_a_group_are_told_by_the_devices() {
    let world = World::of(10, Scenario::AllWell);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::ThingGroup).await;
    for (_, document) in &mut planned.targets {
        *document = report("9.9.9");
    }
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.failed, 10);
    let causes = run_causes(&session, &id).await.unwrap();
    let told = causes
        .iter()
        .find(|cause| cause.code.as_deref() == Some("NO_AVAILABLE_COMPONENT_VERSION"));
    assert!(told.is_some_and(|cause| cause.targets > 5), "{causes:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_whose_outcomes_differ_is_refused_before_anything_is_made() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::ThingGroup).await;
    planned.targets[2].1 = report("1.0.0");
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Hold);
    assert_eq!(run.problem.unwrap().code, ErrorCode::PlanInvalid);
    assert_eq!(world.sandbox.calls("CreateThingGroup"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_makes_no_second_deployment() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    let id = Planned::of(&session, Way::ThingGroup)
        .await
        .recorded(&world, &session)
        .await;
    world.sandbox.faults().add(Fault {
        operation: "CreateDeployment".to_owned(),
        kind: FaultKind::LostAnswer,
        times: Some(9),
        after: 0,
    });
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(made_by(&session, &id).await.len(), 1);
    assert_eq!(run.row.counts.succeeded, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_group_is_cancelled_and_devices_that_were_not_told_wait() {
    let world = World::with(200, Scenario::SlowStart, 1.0, Hurried::new());
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::ThingGroup).await;
    planned.settle_minutes = 1.0;
    let id = planned.recorded(&world, &session).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].state == WaveState::Running && run.read_at.is_some() || ended(run)
    })
    .await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Stopped, "{run:#?}");
    assert_eq!(run.row.counts.total(), 200);
    assert!(run.row.counts.waiting > 100, "{:?}", run.row.counts);
    assert_eq!(world.sandbox.calls("CancelDeployment"), 1);
}
