use overseed_domain::{
    rollout::{Counts, RunState, WaveState},
    waves::{WaveCut, Waves},
};
use overseed_engine::{
    command_text::{CommandStep, command_text},
    run::{
        run_causes, run_changes, run_drive, run_resume, run_set_at_once, run_stop,
        run_stop_and_cancel,
    },
    v2::plan::Way,
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::{
    hurried::Hurried,
    world::{Planned, World, each_once, ended, made_by, report, sums, until},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_state_machine_makes_the_deployments_and_tells_what_became_of_them() {
    let world = World::of(20, Scenario::AllWell);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::StepFunctions)
        .await
        .and_a_stranger();
    planned.waves = Waves {
        cuts: vec![WaveCut::Count { targets: 5 }],
        ..Waves::default()
    };
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let counts = Counts {
        succeeded: 20,
        failed: 1,
        ..Counts::default()
    };
    sums(&run, counts);
    each_once(&session, &run).await;
    assert_eq!(world.sandbox.calls("CreateStateMachine"), 2);
    assert_eq!(world.sandbox.calls("StartExecution"), 2);
    let causes = run_causes(&session, &id).await.unwrap();
    assert_eq!(causes.len(), 1, "{causes:?}");
    assert_eq!(causes[0].code.as_deref(), Some("ResourceNotFoundException"));
    let changes = run_changes(&session, &id).await.unwrap();
    assert!(
        changes.iter().all(|c| c.outcome.as_deref() == Some("done")),
        "{changes:#?}"
    );
    let text = command_text(&session, CommandStep::Review, Some(&id))
        .await
        .unwrap();
    assert!(
        text.contains("aws stepfunctions create-state-machine"),
        "{text}"
    );
    let text = command_text(&session, CommandStep::Watch, Some(&id))
        .await
        .unwrap();
    assert!(
        text.contains("aws stepfunctions describe-execution"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_goes_on_without_a_driver_and_is_found_again() {
    let world = World::of(15, Scenario::AllWell);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::StepFunctions).await;
    planned.targets[0].1 = report("9.9.9");
    let id = planned.recorded(&world, &session).await;
    let cancel = CancellationToken::new();
    let driven = tokio::spawn({
        let (session, id, cancel) = (session.clone(), id.clone(), cancel.clone());
        async move { run_drive(&session, &id, &cancel).await }
    });
    until(&session, &id, |run| {
        run.waves[0].state == WaveState::Running || ended(run)
    })
    .await;
    cancel.cancel();
    driven.await.unwrap().unwrap_err();
    drop(session);
    world.clock.leap(600);
    let face = world.face().await;
    let run = run_drive(&face, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!((run.row.counts.succeeded, run.row.counts.failed), (14, 1));
    assert_eq!(world.sandbox.calls("StartExecution"), 1);
    each_once(&face, &run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_starts_nothing_twice() {
    let world = World::of(8, Scenario::AllWell);
    let session = world.face().await;
    let id = Planned::of(&session, Way::StepFunctions)
        .await
        .recorded(&world, &session)
        .await;
    world.sandbox.faults().add(Fault {
        operation: "StartExecution".to_owned(),
        kind: FaultKind::LostAnswer,
        times: Some(9),
        after: 0,
    });
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.succeeded, 8);
    each_once(&session, &run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_machine_makes_no_more_and_the_others_wait() {
    let world = World::with(60, Scenario::AllWell, 1.0, Hurried::new());
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::StepFunctions).await;
    planned.settle_minutes = 3.0;
    let id = planned.recorded(&world, &session).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].records_processed >= 5 || ended(run)
    })
    .await;
    run_set_at_once(&session, &id, 1).await.unwrap();
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Stopped, "{run:#?}");
    let made = u32::try_from(made_by(&session, &id).await.len()).unwrap();
    assert!((5..60).contains(&made), "{made}");
    assert_eq!(run.row.counts.waiting, 60 - made, "{:?}", run.row.counts);
    assert_eq!(run.row.counts.total(), 60);
    each_once(&session, &run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopped_machine_has_made_can_be_cancelled() {
    let world = World::with(40, Scenario::CoresOff, 1.0, Hurried::new());
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::StepFunctions).await;
    planned.settle_minutes = 3.0;
    let id = planned.recorded(&world, &session).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].records_processed >= 20 || ended(run)
    })
    .await;
    run_stop_and_cancel(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Stopped, "{run:#?}");
    assert!(world.sandbox.calls("CancelDeployment") > 0);
    let counts = run.row.counts;
    assert_eq!(counts.submitted + counts.in_progress, 0, "{counts:?}");
    each_once(&session, &run).await;
}
