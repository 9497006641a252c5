//! Devices that somebody else deploys to between plan and deployment.

use overseed_aws::v2::CreateDeployment;
use overseed_domain::rollout::{Counts, RunState, TargetState};
use overseed_engine::{
    ErrorCode, Session,
    draft::NextDraft,
    job::{JobKind, Progress},
    run::{
        RetryVersion, RetryWhat, TargetsQuery, run_causes, run_drive, run_retry, run_retry_plan,
        run_start_plan, run_targets,
    },
    v2::plan::Way,
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use crate::world::{Planned, World, latest, made_by, report, sums};

/// Somebody else's deployment to a device, which has nothing of the run's.
async fn elsewhere(session: &Session, thing: &str) -> String {
    let connection = &session.connection;
    let request = CreateDeployment {
        target_arn: format!(
            "arn:aws:iot:{}:{}:thing/{thing}",
            connection.region, connection.account
        ),
        document: report("1.0.0"),
        client_token: None,
    };
    let made = session.clients.create_deployment(&request).await.unwrap();
    made.id
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_meanwhile_is_not_replaced() {
    for way in [Way::Direct, Way::StepFunctions, Way::ThingGroup] {
        let world = World::of(12, Scenario::AllWell);
        let session = world.face().await;
        let planned = Planned::of(&session, way).await;
        let id = planned.recorded(&world, &session).await;
        let (first, _) = planned.targets[3].clone();
        let by_hand = elsewhere(&session, &first).await;
        let run = run_drive(&session, &id, &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(
            run.row.state,
            RunState::Finished,
            "{way:?} {:?}",
            run.problem
        );
        let counts = Counts {
            succeeded: 11,
            failed: 1,
            ..Counts::default()
        };
        sums(&run, counts);
        assert_eq!(
            latest(&session).await.get(&first),
            Some(&by_hand),
            "{way:?}"
        );
        let causes = run_causes(&session, &id).await.unwrap();
        assert_eq!(causes.len(), 1, "{way:?} {causes:?}");
        assert_eq!(causes[0].key, "overseed:overtaken");
        assert!(causes[0].means.is_some() && !causes[0].remedies.is_empty());
        let query = TargetsQuery {
            state: Some(TargetState::Failed),
            limit: 10,
            ..TargetsQuery::default()
        };
        let page = run_targets(&session, &id, query).await.unwrap();
        assert_eq!(
            (page.matches, page.rows[0].target.as_str()),
            (1, first.as_str())
        );
        let message = page.rows[0].message.clone().unwrap();
        assert!(message.contains(&by_hand), "{way:?} {message}");
        assert_eq!(page.rows[0].deployment, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wave_of_which_nobody_is_left_ends_by_itself() {
    for way in [Way::Direct, Way::StepFunctions, Way::ThingGroup] {
        let world = World::of(3, Scenario::AllWell);
        let session = world.face().await;
        let planned = Planned::of(&session, way).await;
        let id = planned.recorded(&world, &session).await;
        for (thing, _) in &planned.targets {
            elsewhere(&session, thing).await;
        }
        let run = run_drive(&session, &id, &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(
            run.row.state,
            RunState::Finished,
            "{way:?} {:?}",
            run.problem
        );
        let counts = Counts {
            failed: 3,
            ..Counts::default()
        };
        sums(&run, counts);
        assert!(made_by(&session, &id).await.is_empty(), "{way:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_does_not_replace_it_either() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    let (first, _) = planned.targets[0].clone();
    let by_hand = elsewhere(&session, &first).await;
    let cancel = CancellationToken::new();
    run_drive(&session, &id, &cancel).await.unwrap();
    let out = world.folder().join("retry.json");
    let progress = Progress::within(JobKind::Retry, session.clock().clone(), cancel.clone()).0;
    let (what, version) = (RetryWhat::default(), RetryVersion::Same);
    // Started as it is, the same plan would be refused for ever.
    let refused = run_retry_plan(&session, &id, what.clone(), version, &out, &progress)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(refused.code, ErrorCode::NothingSelected);
    assert!(refused.hint.unwrap().contains("Plan it anew"));
    let all = RetryWhat {
        states: vec![TargetState::Failed, TargetState::Succeeded],
        ..RetryWhat::default()
    };
    let plan = run_retry_plan(&session, &id, all, version, &out, &progress)
        .await
        .unwrap();
    assert_eq!(plan.file.records, 5);
    let [left_out] = &plan.left_out[..] else {
        panic!("{:?}", plan.left_out);
    };
    assert_eq!(left_out.target, first);
    let again = run_start_plan(&session, &out).await.unwrap();
    let run = run_drive(&session, &again.row.id, &cancel).await.unwrap();
    let counts = Counts {
        succeeded: 5,
        ..Counts::default()
    };
    sums(&run, counts);
    assert_eq!(latest(&session).await.get(&first), Some(&by_hand));
    // A draft is held against what devices have by then, so it may have them.
    let drafted = run_retry(&session, &id, what, version, &progress)
        .await
        .unwrap();
    let NextDraft::V2 { draft } = drafted else {
        panic!("{drafted:?}");
    };
    assert_eq!(draft.selected, 1);
}
