//! Stops at every moment of a run.

use futures::future::join_all;
use overseed_domain::rollout::RunState;
use overseed_engine::{
    ErrorCode,
    run::{RunSnapshot, run_changes, run_drive, run_resume, run_stop},
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::faults::*;
use crate::world::{World, ended, plan, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_stop_while_cores_settle_ends_the_wait() {
    let world = World::of(60, Scenario::CoresOff);
    let session = world.face().await;
    let id = plan(&world, &session, 60.0 * 24.0).await;
    run_resume(&session, &id).await.unwrap();
    let settling = |run: &RunSnapshot| run.waves[0].ended_at.is_some() || ended(run);
    let run = until(&session, &id, settling).await;
    assert!(!run.row.state.is_terminal(), "{run:?}");
    run_stop(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.row.state == RunState::Stopping || ended(run)
    })
    .await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert!(run.row.state.is_terminal(), "{run:?}");
    assert_eq!(
        run.row.counts.settled(),
        run.waves[0].targets,
        "{:?}",
        run.row.counts
    );
    assert!(run.row.counts.unknown > 0);
    assert_eq!(world.sandbox.calls(STOP), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_before_the_start_starts_nothing() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Stopped, "{:?}", run.problem);
    assert_eq!(run.row.counts.waiting, run.waves[0].targets);
    assert_eq!(world.sandbox.calls(START), 0);
    // What has ended is not begun again.
    assert_eq!(drive(&session, &id).await.row.state, RunState::Stopped);
    assert_eq!(world.sandbox.calls(START), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_while_the_role_is_waited_for_starts_nothing() {
    let world = World::at_speed(6, Scenario::AllWell, 0.1);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.stage.contains("new role") || ended(run)
    })
    .await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Stopped, "{:?}", run.problem);
    assert_eq!(bulk_deployments(&session).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_reaches_greengrass_through_whatever_passes() {
    let others = [(FaultKind::ExpiredCredentials, 2)];
    let each = passing()
        .into_iter()
        .chain(others)
        .map(async |(kind, times)| {
            let what = format!("{kind:?}");
            let world = World::at_speed(12, Scenario::SlowStart, 1.0);
            let session = world.face().await;
            let id = plan(&world, &session, 5.0).await;
            let fault = Fault {
                operation: STOP.into(),
                kind,
                times: Some(times),
                after: 0,
            };
            world.sandbox.faults().add(fault);
            run_resume(&session, &id).await.unwrap();
            until(&session, &id, |run| {
                run.waves[0].bulk_deployment.is_some() || ended(run)
            })
            .await;
            run_stop(&session, &id).await.unwrap();
            let run = until(&session, &id, ended).await;
            assert_eq!(
                run.row.state,
                RunState::Stopped,
                "{what}: {:?}",
                run.problem
            );
            assert_eq!(run.row.counts.waiting, run.waves[0].targets, "{what}");
            assert!(
                world.sandbox.calls(STOP) > 1 || what.starts_with("Delay"),
                "{what}"
            );
        });
    join_all(each).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_deployment_that_is_gone_can_be_left_by_a_stop() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    let cancel = CancellationToken::new();
    tokio::select! {
        driven = run_drive(&session, &id, &cancel) => panic!("{driven:?}"),
        _ = until(&session, &id, |run| run.waves[0].bulk_deployment.is_some()) => {}
    }
    session
        .store()
        .write(|tx| Ok(tx.execute("UPDATE wave SET bulk_deployment = 'forgotten'", [])?))
        .await
        .unwrap();
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Hold, "{run:?}");
    assert_eq!(run.problem.unwrap().code, ErrorCode::NotFound);
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    assert_eq!(run.row.state, RunState::Stopped);
    assert_eq!(
        run.row.counts.settled(),
        run.waves[0].targets,
        "{:?}",
        run.row.counts
    );
    assert!(!run.discrepancies.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_is_refused_holds_in_awss_words_and_works_once_it_is_allowed() {
    let world = World::at_speed(12, Scenario::SlowStart, 1.0);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].bulk_deployment.is_some() || ended(run)
    })
    .await;
    // The right was there when it was started.
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"greengrass:StopBulkDeployment","Resource":"*"}]}"#;
    let iam = world.iam();
    let put = iam.put_user_policy().user_name("dana").policy_name("deny");
    put.policy_document(deny).send().await.unwrap();
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Hold, "{run:?}");
    let problem = run.problem.unwrap();
    assert_eq!(problem.code, ErrorCode::AccessDenied, "{problem:?}");
    assert!(problem.hint.is_some(), "{problem:?}");
    let words = problem.detail.unwrap();
    assert!(words.contains("greengrass:StopBulkDeployment"), "{words}");
    assert_eq!(
        world.sandbox.calls(STOP),
        1,
        "it is not asked again and again"
    );

    // Allowed, the next stop is carried out; the bulk deployment went on meanwhile.
    iam.delete_user_policy()
        .user_name("dana")
        .policy_name("deny")
        .send()
        .await
        .unwrap();
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    assert_eq!(run.row.state, RunState::Stopped, "{:?}", run.problem);
    assert_eq!(run.problem, None);
    assert_eq!(run.row.counts.total(), run.waves[0].targets);
    assert_eq!(world.sandbox.calls(STOP), 2);
    let stops: Vec<_> = run_changes(&session, &id)
        .await
        .unwrap()
        .into_iter()
        .filter(|change| change.operation == "greengrass:StopBulkDeployment")
        .map(|change| change.outcome)
        .collect();
    let outcome = |word: &str| Some(word.to_owned());
    assert_eq!(stops.len(), 2);
    assert!(stops.contains(&outcome("failed")) && stops.contains(&outcome("done")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_asked_for_without_credentials_is_carried_out_by_the_next_driver() {
    let world = World::at_speed(12, Scenario::SlowStart, 1.0);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].bulk_deployment.is_some() || ended(run)
    })
    .await;
    for operation in [STOP, STATUS] {
        world.sandbox.faults().add(Fault {
            operation: operation.into(),
            kind: FaultKind::ExpiredCredentials,
            times: None,
            after: 0,
        });
    }
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| ended(run) && !run.row.driven).await;
    assert_eq!(run.row.state, RunState::Hold, "{run:?}");
    assert_eq!(run.problem.unwrap().code, ErrorCode::CredentialsExpired);
    world.sandbox.faults().clear();
    run_resume(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    assert_eq!(run.row.state, RunState::Stopped, "{:?}", run.problem);
}
