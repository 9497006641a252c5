//! Times in which nothing can be read: a lost network, throttling, a computer that sleeps.

use futures::future::join_all;
use overseed_domain::rollout::{RunState, WaveState};
use overseed_engine::{
    ErrorCode,
    run::{run_resume, run_samples},
};
use overseed_sandbox::{Fault, FaultKind, Scenario};

use crate::faults::{STATUS, all_well, bulk_deployments};
use crate::world::{World, ended, plan, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_network_and_throttling_are_said_with_since_when_and_pass_by_themselves() {
    let cases = [
        (FaultKind::Reset, ErrorCode::EndpointUnreachable),
        (FaultKind::Throttle, ErrorCode::Throttled),
        (FaultKind::Status(500), ErrorCode::ServiceFault),
    ];
    let each = cases.map(async |(kind, code)| {
        let what = format!("{kind:?}");
        let world = World::of(12, Scenario::AllWell);
        let session = world.face().await;
        let id = plan(&world, &session, 5.0).await;
        run_resume(&session, &id).await.unwrap();
        let seen = until(&session, &id, |run| run.read_at.is_some()).await;
        for operation in [STATUS, "ListBulkDeploymentDetailedReports"] {
            world.sandbox.faults().add(Fault {
                operation: operation.to_owned(),
                kind: kind.clone(),
                times: None,
                after: 0,
            });
        }
        let run = until(&session, &id, |run| run.blind.is_some() || ended(run)).await;
        let blind = run.blind.clone().expect("it is blind before it ends");
        assert_eq!(blind.problem.code, code, "{what}: {blind:?}");
        assert!(blind.problem.hint.is_some(), "{what}: {blind:?}");
        assert!(blind.since >= seen.read_at.unwrap(), "{what}");
        assert!(!ended(&run), "{what}: {:?}", run.row.state);
        world.sandbox.faults().clear();
        let run = until(&session, &id, ended).await;
        all_well(&world, &session, &run, &what).await;
    });
    join_all(each).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_slept_reads_before_it_judges() {
    let world = World::at_speed(40, Scenario::SlowStart, 1.0);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    run_resume(&session, &id).await.unwrap();
    let running = until(&session, &id, |run| {
        ended(run) || run.waves[0].state == WaveState::Running && run.read_at.is_some()
    })
    .await;
    assert_eq!(running.row.counts.succeeded, 0, "{:?}", running.row.counts);
    // A weekend, far beyond the settle time; meanwhile everything happened in the account.
    world.clock.leap(60 * 60 * 60);
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(
        run.row.counts.succeeded, run.waves[0].targets,
        "{:?}",
        run.row.counts
    );
    assert_eq!(run.discrepancies, Vec::<String>::new());
    assert_eq!(bulk_deployments(&session).await, 1);
    // The chart shows the gap: nothing was read in it.
    let samples = run_samples(&session, &id).await.unwrap();
    let gap = samples.windows(2).map(|two| two[1].at.since(two[0].at));
    assert!(gap.max().unwrap() >= 60 * 60 * 60 * 1000);
}
