//! What was attempted before a stop gets its time, and what was unknown at the end can be read later.

use std::collections::BTreeSet;

use overseed_domain::rollout::{RunState, TargetState};
use overseed_engine::{
    Session,
    job::JobKind,
    run::{
        RunSnapshot, bulk_open, run_causes, run_fleet, run_resume, run_samples, run_stop,
        run_targets,
    },
};
use overseed_sandbox::Scenario;

use crate::faults::{STOP, drive};
use crate::world::{World, ended, plan, progress, until};

/// A run of well cores whose bulk deployment has ended, with deployments in progress.
async fn settling(world: &World, session: &Session) -> String {
    let id = plan(world, session, 60.0).await;
    run_resume(session, &id).await.unwrap();
    let run = until(session, &id, |run| {
        run.waves[0].ended_at.is_some() && run.row.counts.in_progress > 0 || ended(run)
    })
    .await;
    assert!(!run.row.state.is_terminal(), "{run:?}");
    id
}

async fn read_again(session: &Session, run: &RunSnapshot) -> RunSnapshot {
    let bulk = run.waves[0].bulk_deployment.as_deref().unwrap();
    let opening = progress(session, JobKind::BulkOpen);
    bulk_open(session, bulk, &opening).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_attempted_before_a_stop_gets_its_time() {
    let world = World::at_speed(60, Scenario::AllWell, 2.0);
    let session = world.face().await;
    let id = settling(&world, &session).await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| {
        run.row.state == RunState::Stopping || ended(run)
    })
    .await;
    assert_eq!(run.row.state, RunState::Stopping, "{run:?}");
    assert!(run.waves[0].settle_until.is_some() && run.stage.contains("waiting"));
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    assert_eq!(run.row.counts.succeeded, run.waves[0].targets, "{run:?}");
    assert_eq!(run_causes(&session, &id).await.unwrap(), []);
    assert_eq!(world.sandbox.calls(STOP), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_stop_ends_the_waiting_and_the_reports_can_be_read_later() {
    let world = World::at_speed(60, Scenario::AllWell, 0.5);
    let session = world.face().await;
    let id = settling(&world, &session).await;
    for state in [Some(RunState::Stopping), None] {
        run_stop(&session, &id).await.unwrap();
        until(&session, &id, |run| {
            Some(run.row.state) == state || ended(run)
        })
        .await;
    }
    let run = until(&session, &id, |run| ended(run) && !run.row.driven).await;
    assert_eq!(run.row.state, RunState::Stopped, "{run:?}");
    let counts = run.row.counts;
    assert!(counts.unknown > 0, "{counts:?}");
    assert_eq!(counts.settled(), run.waves[0].targets);
    let causes = run_causes(&session, &id).await.unwrap();
    let keys: BTreeSet<&str> = causes.iter().map(|cause| cause.key.as_str()).collect();
    assert_eq!(keys, BTreeSet::from(["overseed:not-waited-for"]));
    assert_eq!(causes[0].targets, counts.unknown);
    assert!(causes[0].means.is_some() && !causes[0].remedies.is_empty());
    // The chart ends with what was judged.
    let last = *run_samples(&session, &id).await.unwrap().last().unwrap();
    assert_eq!(last.counts, counts);

    // Read while they are in progress, nothing is made up.
    let early = read_again(&session, &run).await;
    assert_eq!(early.row.counts.total(), counts.total());
    assert_eq!(early.row.counts.in_progress, 0);
    world.clock.leap(3_600);
    let late = read_again(&session, &run).await;
    assert_eq!(late.row.counts.succeeded, run.waves[0].targets, "{late:?}");
    assert_eq!(late.row.state, run.row.state);
    assert_eq!(late.discrepancies, Vec::<String>::new());
    assert_eq!(run_causes(&session, &id).await.unwrap(), []);
    let fleet = run_fleet(&session, &id).await.unwrap();
    let well = char::from(b'0' + TargetState::Succeeded.number());
    assert!(fleet.chars().all(|digit| digit == well), "{fleet}");
    let rows = run_targets(&session, &id, Default::default())
        .await
        .unwrap();
    assert!(rows.rows.iter().all(|row| row.cause.is_none()));
    for sample in run_samples(&session, &id).await.unwrap() {
        assert_eq!(sample.counts.total(), counts.total());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cores_that_are_still_off_stay_unknown_for_the_same_cause() {
    let world = World::of(60, Scenario::CoresOff);
    let session = world.face().await;
    let id = plan(&world, &session, 0.3).await;
    let run = drive(&session, &id).await;
    let causes = run_causes(&session, &id).await.unwrap();
    assert!(run.row.counts.unknown > 0, "{run:?}");
    let again = read_again(&session, &run).await;
    assert_eq!(again.row.counts, run.row.counts);
    assert_eq!(run_causes(&session, &id).await.unwrap(), causes);
    assert!(again.read_at > run.read_at);
}
