//! What was unknown at the end of a run can be read later.

use overseed_domain::rollout::{Counts, TargetState};
use overseed_engine::{
    Error, Session,
    job::{JobKind, Progress},
    run::{RunSnapshot, run_causes, run_drive, run_fleet, run_get, run_read_again, run_samples},
    v2::plan::Way,
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use crate::{
    hurried::Hurried,
    world::{Planned, World, each_once},
};

async fn again(
    session: &Session,
    run: &str,
    cancel: &CancellationToken,
) -> Result<RunSnapshot, Error> {
    let progress = Progress::within(JobKind::ReadAgain, session.clock().clone(), cancel.clone()).0;
    run_read_again(session, run, &progress).await
}

/// A run that has ended before its devices have.
async fn too_early(way: Way) -> (World, Session, RunSnapshot) {
    let world = World::with(20, Scenario::AllWell, 1.0, Hurried::new());
    let session = world.face().await;
    let mut planned = Planned::of(&session, way).await;
    planned.settle_minutes = 0.05;
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert!(run.row.counts.unknown > 0, "{way:?}: {run:#?}");
    (world, session, run)
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_that_have_ended_since_say_so_whatever_made_their_deployments() {
    for way in [Way::Direct, Way::StepFunctions, Way::ThingGroup] {
        let (world, session, run) = too_early(way).await;
        let id = run.row.id.clone();
        world.clock.leap(100 * 3_600);
        let cancelled = CancellationToken::new();
        cancelled.cancel();
        let stopped = again(&session, &id, &cancelled).await;
        assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
        assert_eq!(counts_of(&session, &id).await, run.row.counts);

        let made = world.sandbox.calls("CreateDeployment");
        let late = again(&session, &id, &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(late.row.counts.succeeded, 20, "{way:?}: {late:#?}");
        assert_eq!(late.waves[0].counts, late.row.counts);
        assert_eq!(late.discrepancies, Vec::<String>::new());
        assert_eq!(late.row.state, run.row.state);
        assert!(late.read_at > run.read_at);
        assert_eq!(run_causes(&session, &id).await.unwrap(), []);
        let well = char::from(b'0' + TargetState::Succeeded.number());
        let fleet = run_fleet(&session, &id).await.unwrap();
        assert!(fleet.chars().all(|digit| digit == well), "{fleet}");
        for sample in run_samples(&session, &id).await.unwrap() {
            assert_eq!(sample.counts.total(), 20);
        }
        assert_eq!(world.sandbox.calls("CreateDeployment"), made);
        if way != Way::ThingGroup {
            each_once(&session, &late).await;
        }
    }
}

async fn counts_of(session: &Session, run: &str) -> Counts {
    run_get(session, run).await.unwrap().row.counts
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_that_are_still_off_stay_unknown_for_the_same_cause() {
    let world = World::of(30, Scenario::CoresOff);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::Direct).await;
    planned.settle_minutes = 0.5;
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    let causes = run_causes(&session, &id).await.unwrap();
    assert!(
        causes[0]
            .remedies
            .iter()
            .any(|r| r.contains("run read-again"))
    );
    assert!(run.row.counts.unknown > 0, "{run:?}");
    let late = again(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(late.row.counts.total(), 30);
    assert!(late.row.counts.unknown > 0, "{late:?}");
    let later = run_causes(&session, &id).await.unwrap();
    assert_eq!(later[0].key, causes[0].key);
    assert!(late.read_at > run.read_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_in_doubt_is_found_by_the_tags_of_its_run() {
    let world = World::of(8, Scenario::AllWell);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await.and_a_stranger();
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!((run.row.counts.succeeded, run.row.counts.failed), (8, 1));
    // As if the answers to two calls had been lost, and that to one which was never made.
    let of = id.clone();
    session
        .store()
        .write(move |tx| {
            tx.execute(
                "UPDATE target SET state = 5, deployment = NULL, cause = 'overseed:deployment-in-doubt', code = NULL,
                        message = NULL, details = NULL
                 WHERE run = (SELECT ordinal FROM run WHERE id = ?1) AND position IN (2, 5, 8)",
                [&of],
            )?;
            tx.execute(
                "UPDATE run SET discrepancies = '[\"Of 3 devices it is not known whether their deployments were made.\"]'
                 WHERE id = ?1",
                [&of],
            )?;
            Ok(())
        })
        .await
        .unwrap();
    let late = again(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!((late.row.counts.succeeded, late.row.counts.unknown), (8, 1));
    assert_eq!(
        late.discrepancies,
        ["Of 1 device it is not known whether their deployments were made."]
    );
    each_once(&session, &late).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_run_that_has_not_ended_nothing_is_read() {
    let world = World::of(4, Scenario::AllWell);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    let same = again(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert!(
        !same.row.state.is_terminal() && same.read_at.is_none(),
        "{same:?}"
    );
    assert_eq!(world.sandbox.calls("ListEffectiveDeployments"), 0);
}
