use overseed_domain::rollout::RunState;
use overseed_engine::{
    ErrorCode,
    command_text::{CommandStep, command_text},
    job::{JobKind, Progress},
    run::{
        CompareQuery, ExportForm, RetryVersion, RetryWhat, run_compare, run_drive, run_export,
        run_retry_plan, run_roll_back_plan, run_start_plan,
    },
    v2::plan::Way,
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use crate::world::{Planned, World, made_by, report};

#[tokio::test(flavor = "multi_thread")]
async fn the_failed_are_tried_again_and_all_go_back_to_what_they_had() {
    let world = World::of(10, Scenario::AllWell);
    let session = world.face().await;
    let never = CancellationToken::new();
    let progress = Progress::within(JobKind::Retry, session.clock().clone(), never.clone()).0;
    let mut planned = Planned::of(&session, Way::Direct).await;
    for (_, document) in planned.targets.iter_mut().take(3) {
        *document = report("9.9.9");
    }
    planned.before = Some(report("1.0.0"));
    let id = planned.recorded(&world, &session).await;
    let first = run_drive(&session, &id, &never).await.unwrap();
    assert_eq!(
        (first.row.counts.succeeded, first.row.counts.failed),
        (7, 3)
    );

    let out = world.folder().join("retry.json");
    let what = RetryWhat::default();
    let same = RetryVersion::Same;
    let retry = run_retry_plan(&session, &id, what.clone(), same, &out, &progress)
        .await
        .unwrap();
    assert_eq!((retry.file.records, retry.left_out.len()), (3, 0));
    let again = run_start_plan(&session, &out).await.unwrap().row.id;
    let again = run_drive(&session, &again, &never).await.unwrap();
    assert_eq!(again.row.state, RunState::Finished, "{:?}", again.problem);
    assert_eq!(again.row.parent.as_deref(), Some(id.as_str()));
    assert_eq!(again.row.counts.failed, 3, "the version is still not there");

    let compared = run_compare(&session, &id, &again.row.id, CompareQuery::default())
        .await
        .unwrap();
    assert_eq!(compared.matches, 10);

    let out = world.folder().join("back.json");
    let back = run_roll_back_plan(&session, &id, &out, &progress)
        .await
        .unwrap();
    assert_eq!(back.file.records, 7);
    let back = run_start_plan(&session, &out).await.unwrap().row.id;
    let back = run_drive(&session, &back, &never).await.unwrap();
    assert_eq!(back.row.counts.succeeded, 7, "{:?}", back.problem);
    let made = made_by(&session, &back.row.id).await;
    let deployment = session
        .clients
        .get_deployment(&made.values().next().unwrap()[0])
        .await
        .unwrap();
    assert_eq!(
        deployment.document.unwrap().components["com.plant.HealthReport"].component_version,
        "1.0.0"
    );

    let latest = RetryVersion::Latest;
    let refused = run_retry_plan(&session, &id, what, latest, &out, &progress)
        .await
        .unwrap_err();
    assert_eq!(refused.problem().code, ErrorCode::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_exported_as_its_plan_and_copied_as_commands() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    let text = command_text(&session, CommandStep::Review, Some(&id))
        .await
        .unwrap();
    let calls = text.matches("aws greengrassv2 create-deployment").count();
    assert_eq!(calls, 6, "{text}");
    let unstarted = command_text(&session, CommandStep::Watch, Some(&id)).await;
    assert_eq!(unstarted.unwrap_err().problem().code, ErrorCode::NotFound);
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.counts.succeeded, 6);
    let text = command_text(&session, CommandStep::Watch, Some(&id))
        .await
        .unwrap();
    assert!(text.contains("list-effective-deployments"), "{text}");

    let file = world.folder().join("exported.json");
    run_export(&session, &id, ExportForm::Plan, &file)
        .await
        .unwrap();
    let same = run_start_plan(&session, &file).await.unwrap();
    assert_eq!(same.row.id, id, "the same plan is the same run");
    for (form, says) in [
        (ExportForm::TargetsCsv, planned.targets[0].0.as_str()),
        (ExportForm::EventsCli, "Effective Deployment Status Change"),
        (ExportForm::Html, "Health"),
    ] {
        let file = world.folder().join("export");
        run_export(&session, &id, form, &file).await.unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(says), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_go_back_it_is_said_why() {
    let world = World::of(2, Scenario::AllWell);
    let session = world.face().await;
    let never = CancellationToken::new();
    let progress = Progress::within(JobKind::Retry, session.clock().clone(), never.clone()).0;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &never).await.unwrap();
    assert_eq!(run.row.counts.succeeded, 2);
    let out = world.folder().join("back.json");
    let refused = run_roll_back_plan(&session, &id, &out, &progress)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(refused.code, ErrorCode::NothingSelected);
    assert_eq!(
        refused.hint.as_deref(),
        Some("2 core devices: It is not known what it had before the run.")
    );
}
