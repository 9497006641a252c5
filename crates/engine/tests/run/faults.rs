//! What goes wrong while a run is carried out: it ends as without the fault, or holds and says why.

use futures::future::join_all;
use overseed_domain::rollout::{RunState, TargetState};
use overseed_engine::{
    ErrorCode, Session,
    run::{
        RunSnapshot, TargetsQuery, run_cause_positions, run_causes, run_drive, run_fleet, run_get,
        run_resume, run_samples, run_targets,
    },
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::world::{World, ended, plan, plan_with, until};

pub const START: &str = "StartBulkDeployment";
pub const LIST: &str = "ListBulkDeployments";
pub const STATUS: &str = "GetBulkDeploymentStatus";
pub const REPORTS: &str = "ListBulkDeploymentDetailedReports";
pub const STOP: &str = "StopBulkDeployment";

/// Faults that pass by themselves, and how often each hits: more often than the SDK repeats a call.
pub fn passing() -> Vec<(FaultKind, u64)> {
    let kinds = [
        FaultKind::Status(500),
        FaultKind::Throttle,
        FaultKind::Reset,
        FaultKind::LostAnswer,
        FaultKind::CutBody,
        FaultKind::Delay(50),
    ];
    kinds.into_iter().map(|kind| (kind, 9)).collect()
}

pub async fn drive(session: &Session, run: &str) -> RunSnapshot {
    run_drive(session, run, &CancellationToken::new())
        .await
        .unwrap()
}

pub async fn bulk_deployments(session: &Session) -> usize {
    session
        .clients
        .list_bulk_deployments(None)
        .await
        .unwrap()
        .items
        .len()
}

pub async fn all_well(world: &World, session: &Session, run: &RunSnapshot, what: &str) {
    world.sandbox.faults().clear();
    assert_eq!(
        run.row.state,
        RunState::Finished,
        "{what}: {:?}",
        run.problem
    );
    assert_eq!(run.row.counts.succeeded, run.waves[0].targets, "{what}");
    assert_eq!(run.blind, None, "{what}");
    assert_eq!(run.discrepancies, Vec::<String>::new(), "{what}");
    assert_eq!(bulk_deployments(session).await, 1, "{what}");
    let samples = run_samples(session, &run.row.id).await.unwrap();
    assert!(!samples.is_empty(), "{what}");
    for sample in samples {
        assert_eq!(sample.counts.total(), run.waves[0].targets, "{what}");
    }
}

/// Each kind of passing fault at one operation: the run ends as if nothing had been.
pub async fn survives(operation: &str) {
    let each = passing().into_iter().map(async |(kind, times)| {
        let what = format!("{operation} {kind:?}");
        let world = World::of(12, Scenario::AllWell);
        let session = world.face().await;
        let id = plan(&world, &session, 5.0).await;
        let fault = Fault {
            operation: operation.into(),
            kind,
            times: Some(times),
            after: 0,
        };
        world.sandbox.faults().add(fault);
        let before = world.sandbox.faults().calls(operation);
        let run = drive(&session, &id).await;
        let calls = world.sandbox.faults().calls(operation);
        assert!(calls > before, "{what} hit no call");
        all_well(&world, &session, &run, &what).await;
    });
    join_all(each).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_survives_whatever_passes_and_is_never_made_twice() {
    survives(START).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_for_bulk_deployments_survives_what_passes() {
    survives(LIST).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_the_status_survives_what_passes() {
    survives(STATUS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_the_reports_survives_what_passes() {
    survives(REPORTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_the_object_survives_what_passes() {
    survives("PutObject").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn comparing_the_object_survives_what_passes() {
    survives("HeadObject").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_a_start_that_never_arrive_do_not_matter() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    let kind = FaultKind::LostAnswer;
    world.sandbox.faults().add(Fault {
        operation: START.into(),
        kind,
        times: None,
        after: 0,
    });
    let run = drive(&session, &id).await;
    all_well(&world, &session, &run, "lost for good").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_credentials_and_wrong_clocks_make_it_hold_and_it_goes_on_from_there() {
    let kinds = [
        (FaultKind::ExpiredCredentials, ErrorCode::CredentialsExpired),
        (FaultKind::ClockSkew, ErrorCode::ClockSkew),
    ];
    let cases = [START, STATUS, REPORTS, "PutObject"]
        .into_iter()
        .flat_map(|operation| kinds.clone().map(|(kind, code)| (operation, kind, code)));
    let each = cases.map(async |(operation, kind, code)| {
        let what = format!("{operation} {kind:?}");
        let world = World::of(12, Scenario::AllWell);
        let session = world.face().await;
        let id = plan(&world, &session, 5.0).await;
        let fault = Fault {
            operation: operation.into(),
            kind,
            times: None,
            after: 0,
        };
        world.sandbox.faults().add(fault);
        run_resume(&session, &id).await.unwrap();
        let run = until(&session, &id, ended).await;
        assert_eq!(run.row.state, RunState::Hold, "{what}");
        let problem = run.problem.unwrap();
        assert_eq!(problem.code, code, "{what}: {problem:?}");
        assert!(problem.hint.is_some(), "{what}");
        world.sandbox.faults().clear();
        // At once, while the driver that held is perhaps about to end.
        run_resume(&session, &id).await.unwrap();
        let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
        all_well(&world, &session, &run, &what).await;
    });
    join_all(each).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said_while_it_lasts() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| run.read_at.is_some()).await;
    let kind = FaultKind::Status(503);
    world.sandbox.faults().add(Fault {
        operation: STATUS.into(),
        kind,
        times: None,
        after: 0,
    });
    let run = until(&session, &id, |run| run.blind.is_some() || ended(run)).await;
    let blind = run.blind.expect("it is blind before it ends");
    assert_eq!(blind.problem.code, ErrorCode::ServiceFault, "{blind:?}");
    assert!(blind.since >= run.row.started_at);
    assert!(!run.row.state.is_terminal());
    world.sandbox.faults().clear();
    let run = until(&session, &id, ended).await;
    all_well(&world, &session, &run, "blind").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_bulk_deployment_makes_it_hold_until_that_has_ended() {
    // So slow that the first bulk deployment surely goes on when the second run wants to start.
    let world = World::at_speed(12, Scenario::SlowStart, 2.0);
    let session = world.face().await;
    let first = plan(&world, &session, 5.0).await;
    let second = plan(&world, &session, 5.0).await;
    // The first run's bulk deployment goes on without its driver.
    let cancel = CancellationToken::new();
    tokio::select! {
        driven = run_drive(&session, &first, &cancel) => panic!("{driven:?}"),
        _ = until(&session, &first, |run| run.waves[0].bulk_deployment.is_some()) => {}
    }
    let other = run_get(&session, &first).await.unwrap().waves[0]
        .bulk_deployment
        .clone()
        .unwrap();
    let run = drive(&session, &second).await;
    assert_eq!(run.row.state, RunState::Hold, "{run:?}");
    let problem = run.problem.unwrap();
    assert_eq!(
        problem.code,
        ErrorCode::ConcurrentBulkDeployment,
        "{problem:?}"
    );
    session.clients.stop_bulk_deployment(&other).await.unwrap();
    while !session
        .clients
        .bulk_deployment_status(&other)
        .await
        .unwrap()
        .status
        .is_terminal()
    {
        tokio::task::yield_now().await;
    }
    let run = drive(&session, &second).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.succeeded, run.waves[0].targets);
    // Somebody else stopped the first one: what was not attempted waits.
    let run = drive(&session, &first).await;
    assert_eq!(run.row.state, RunState::Stopped, "{:?}", run.problem);
    assert_eq!(run.row.counts.total(), run.waves[0].targets);
    assert!(run.row.counts.waiting > 0, "{:?}", run.row.counts);
    assert_eq!(bulk_deployments(&session).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_made_moments_before_is_waited_for() {
    let world = World::at_speed(4, Scenario::AllWell, 1.0);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    let run = drive(&session, &id).await;
    assert!(
        world.sandbox.calls(START) > 1,
        "the role was there at once: nothing was waited for"
    );
    all_well(&world, &session, &run, "fresh role").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_named_twice_is_two_targets() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    let id = plan_with(&world, &session, 5.0, |targets| {
        let group = |i: usize| targets[i][0].clone();
        let (twice, never, half) = (targets[0].clone(), group(1), group(2));
        let gone = unknown.to_owned();
        // Once more as it is; both lines with a version that is not there; one line of two with such a one.
        targets.push(twice);
        targets[1][1].clone_from(&gone);
        targets.push([never, gone.clone()]);
        targets.push([half, gone]);
    })
    .await;
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let (counts, all) = (run.row.counts, run.waves[0].targets);
    assert_eq!(counts.total(), all);
    assert_eq!(
        (counts.failed, counts.succeeded),
        (3, all - 3),
        "{counts:?}"
    );
    assert_eq!(run.discrepancies, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_the_account_does_not_have_fails_in_the_services_words() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let unknown = "11111111-2222-4333-8444-555555555555";
    let id = plan_with(&world, &session, 5.0, |targets| {
        targets.push([unknown.to_owned(), unknown.to_owned()]);
    })
    .await;
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.failed, 1);
    let failed = TargetsQuery {
        state: Some(TargetState::Failed),
        limit: 5,
        ..Default::default()
    };
    let page = run_targets(&session, &id, failed).await.unwrap();
    assert_eq!(page.rows[0].target, unknown);
    assert_eq!(
        page.rows[0].message.as_deref(),
        Some("That group definition does not exist.")
    );
    assert_eq!(page.rows[0].name, None);
    // The map finds it by its place, and the place and the cause lead to each other.
    let row = &page.rows[0];
    let cause = row.cause.as_deref().unwrap();
    let marked = run_cause_positions(&session, &id, cause).await.unwrap();
    assert_eq!(marked, [row.position]);
    let fleet = run_fleet(&session, &id).await.unwrap();
    let digit = fleet.as_bytes()[usize::try_from(row.position).unwrap()];
    assert_eq!(digit, b'0' + TargetState::Failed.number());
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_with_the_account_in_front_are_the_same_groups() {
    let world = World::of(30, Scenario::PrefixedIds);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    let run = drive(&session, &id).await;
    all_well(&world, &session, &run, "prefixed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cores_that_are_off_are_unknown_once_the_settle_time_is_over() {
    let world = World::of(60, Scenario::CoresOff);
    let session = world.face().await;
    let id = plan(&world, &session, 0.3).await;
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let counts = run.row.counts;
    assert!(counts.unknown > 0 && counts.succeeded > 0, "{counts:?}");
    assert_eq!(counts.settled(), run.waves[0].targets, "{counts:?}");
    let causes = run_causes(&session, &id).await.unwrap();
    assert!(
        causes.iter().any(|cause| cause.targets == counts.unknown),
        "{causes:?}"
    );
    assert_eq!(run.discrepancies, Vec::<String>::new());
}
