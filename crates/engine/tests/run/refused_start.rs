//! Starts that Greengrass refuses for the role: said as it is, mended by going on.

use overseed_domain::rollout::{RunState, WaveState};
use overseed_engine::{
    ErrorCode,
    run::{TargetsQuery, run_skip, run_targets},
};
use overseed_sandbox::{Fault, FaultKind, Scenario};

use crate::faults::{START, bulk_deployments, drive};
use crate::world::{World, plan};

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_lost_its_rights_is_named_and_gets_them_again_by_going_on() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    world.sandbox.faults().add(Fault {
        operation: START.into(),
        kind: FaultKind::ExpiredCredentials,
        times: None,
        after: 0,
    });
    let run = drive(&session, &id).await;
    assert_eq!(run.waves[0].state, WaveState::Starting, "{run:?}");
    // Whether it was started is not known now: nothing can be left out.
    let rows = run_targets(&session, &id, TargetsQuery::default())
        .await
        .unwrap();
    let out = rows.rows[0].target.clone();
    let refused = run_skip(&session, &id, vec![out.clone()])
        .await
        .unwrap_err()
        .problem();
    assert!(refused.message.contains("not known"), "{refused:?}");

    // Meanwhile somebody takes the role's rights away.
    world.sandbox.faults().clear();
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
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Hold, "{run:?}");
    let problem = run.problem.clone().unwrap();
    assert_eq!(problem.code, ErrorCode::AccessDenied, "{problem:?}");
    assert!(problem.message.contains("execution role"), "{problem:?}");
    assert!(problem.hint.unwrap().contains("Resume"));
    assert_eq!(run.waves[0].state, WaveState::Waiting);

    // Nothing was started: the wave can be changed, and going on mends the role.
    let run = run_skip(&session, &id, vec![out]).await.unwrap();
    assert_eq!(run.waves[0].skipped, 1);
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.succeeded, run.row.counts.total() - 1);
    assert_eq!(bulk_deployments(&session).await, 1);
}
