//! Starts that Greengrass refuses for the role: said as it is, mended by going on.

use overseed_domain::rollout::{RunState, WaveState};
use overseed_engine::{
    ErrorCode,
    run::{TargetsQuery, run_resume, run_skip, run_targets},
};
use overseed_sandbox::{Fault, FaultKind, Scenario};

use crate::faults::{START, bulk_deployments};
use crate::world::{World, ended, plan, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_lost_its_rights_is_named_and_gets_them_again_by_going_on() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    let fault = Fault::once(START, FaultKind::Delay(1_500));
    world.sandbox.faults().add(fault);
    run_resume(&session, &id).await.unwrap();
    // The call waits at the service's door; meanwhile somebody takes the role's rights away.
    while world.sandbox.calls(START) == 0 {
        tokio::task::yield_now().await;
    }
    let iam = world.iam();
    let policies = iam
        .list_role_policies()
        .role_name("FaultyRollout")
        .send()
        .await
        .unwrap();
    assert!(!policies.policy_names().is_empty());
    for policy in policies.policy_names() {
        let delete = iam.delete_role_policy().role_name("FaultyRollout");
        delete.policy_name(policy).send().await.unwrap();
    }
    let run = until(&session, &id, |run| ended(run) && !run.row.driven).await;
    assert_eq!(run.row.state, RunState::Hold, "{run:?}");
    let problem = run.problem.clone().unwrap();
    assert_eq!(problem.code, ErrorCode::AccessDenied, "{problem:?}");
    assert!(problem.message.contains("execution role"), "{problem:?}");
    assert!(problem.hint.unwrap().contains("Resume"));
    assert_eq!(run.waves[0].state, WaveState::Waiting);

    // Nothing was started: the wave can be changed, and going on mends the role.
    let rows = run_targets(&session, &id, TargetsQuery::default())
        .await
        .unwrap();
    let out = rows.rows[0].target.clone();
    let run = run_skip(&session, &id, vec![out]).await.unwrap();
    assert_eq!(run.waves[0].skipped, 1);
    run_resume(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| ended(run) && !run.row.driven).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.succeeded, run.row.counts.total() - 1);
    assert_eq!(bulk_deployments(&session).await, 1);
}
