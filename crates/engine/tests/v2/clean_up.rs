//! What runs leave behind, and taking it away.

use overseed_domain::rollout::RunState;
use overseed_engine::{
    ErrorCode,
    run::{LeftKind, run_changes, run_clean_up, run_drive, run_get},
    v2::plan::Way,
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::{
    faults::{case, kinds, planned, survive},
    hurried::Hurried,
    world::{Planned, World},
};

#[tokio::test(flavor = "multi_thread")]
async fn state_machines_of_an_ended_run_are_deleted_and_nothing_else() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = planned(&world, &session, Way::StepFunctions).await;
    let error = run_clean_up(&session, &id).await.unwrap_err();
    assert_eq!(error.problem().code, ErrorCode::InvalidInput, "{error}");
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished);
    let left = run.v2.unwrap().left_behind;
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left.iter().all(|left| left.kind == LeftKind::StateMachine));
    let cleaned = run_clean_up(&session, &id).await.unwrap();
    assert_eq!((cleaned.deleted, cleaned.left), (left, Vec::new()));
    assert!(cleaned.run.v2.unwrap().left_behind.is_empty());
    assert_eq!(world.sandbox.calls("DeleteStateMachine"), 2);
    let again = run_clean_up(&session, &id).await.unwrap();
    assert_eq!((again.deleted, again.left), (Vec::new(), Vec::new()));
    assert_eq!(world.sandbox.calls("DeleteStateMachine"), 2);
    let changes = run_changes(&session, &id).await.unwrap();
    let deleted = changes
        .iter()
        .filter(|change| change.operation == "states:DeleteStateMachine");
    assert!(
        deleted
            .clone()
            .all(|change| change.outcome.as_deref() == Some("done"))
    );
    assert_eq!(deleted.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn thing_groups_stay_and_it_is_told_what_that_means() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    let id = Planned::of(&session, Way::ThingGroup)
        .await
        .recorded(&world, &session)
        .await;
    run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    let cleaned = run_clean_up(&session, &id).await.unwrap();
    assert!(cleaned.deleted.is_empty());
    assert_eq!(cleaned.left.len(), 1);
    assert_eq!(cleaned.left[0].kind, LeftKind::ThingGroup);
    assert!(cleaned.left[0].meaning.contains("next deployment"));
    let name = &cleaned.left[0].name;
    assert!(session.clients.thing_group(name).await.is_ok());
    assert_eq!(cleaned.run.v2.unwrap().left_behind, cleaned.left);
    let direct = Planned::of(&session, Way::Direct)
        .await
        .recorded(&world, &session)
        .await;
    let run = run_drive(&session, &direct, &CancellationToken::new())
        .await
        .unwrap();
    assert!(run.v2.unwrap().left_behind.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clean_up_that_was_disturbed_is_made_again() {
    let mut cases = Vec::new();
    for operation in [
        "ListTagsForResource",
        "DescribeExecution",
        "DeleteStateMachine",
    ] {
        for kind in kinds() {
            let what = format!("{operation} {kind:?}");
            cases.push(case(what, disturbed(operation, kind)));
        }
    }
    survive(cases).await;
}

/// What could not be deleted is told as left behind, and is deleted by the next try.
async fn disturbed(operation: &str, kind: FaultKind) {
    let silent = matches!(kind, FaultKind::Stall | FaultKind::Silence);
    let clock = if silent {
        Hurried::faster(60)
    } else {
        Hurried::new()
    };
    let world = World::with(4, Scenario::AllWell, 20.0, clock);
    let session = world.face().await;
    let id = Planned::of(&session, Way::StepFunctions)
        .await
        .recorded(&world, &session)
        .await;
    run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    world.sandbox.faults().add(Fault {
        operation: operation.to_owned(),
        kind,
        times: if silent { Some(2) } else { Some(9) },
        after: 0,
    });
    let before = world.sandbox.faults().calls(operation);
    let disturbed = run_clean_up(&session, &id).await;
    assert!(world.sandbox.faults().calls(operation) > before);
    world.sandbox.faults().clear();
    let left = run_get(&session, &id)
        .await
        .unwrap()
        .v2
        .unwrap()
        .left_behind;
    assert_eq!(left.is_empty(), disturbed.is_ok());
    run_clean_up(&session, &id).await.unwrap();
    let run = run_get(&session, &id).await.unwrap();
    assert!(run.v2.unwrap().left_behind.is_empty());
    let connection = &session.connection;
    let arn = format!(
        "arn:aws:states:{}:{}:stateMachine:overseed-{id}-1",
        connection.region, connection.account
    );
    let there = session.clients.describe_state_machine(&arn).await.unwrap();
    assert_eq!(there, None);
}
