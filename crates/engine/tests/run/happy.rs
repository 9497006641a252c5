use overseed_domain::rollout::{RunState, TargetState};
use overseed_engine::{
    ErrorCode,
    job::JobKind,
    plan::{plan_export, plan_open},
    run::{
        ExportForm, RetryVersion, RetryWhat, TargetsQuery, run_causes, run_changes, run_export,
        run_fleet, run_retry, run_samples, run_start, run_start_plan, run_stop, run_targets,
        runs_list,
    },
};
use overseed_sandbox::Scenario;

use crate::world::{World, draft, ended, progress, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_all_groups_ends_with_every_group_succeeded() {
    let world = World::of(60, Scenario::AllWell);
    let session = world.face().await;
    let draft = draft(&session, 5.0).await;
    let started = run_start(&session, &progress(&session, JobKind::Review))
        .await
        .unwrap();
    assert_eq!(started.row.id, draft.plan);
    let run = until(&session, &draft.plan, ended).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.succeeded, run.row.counts.total());
    assert_eq!(run.row.counts.total(), draft.file.unwrap().summary.records);
    assert!(run.discrepancies.is_empty(), "{:?}", run.discrepancies);
    let fleet = run_fleet(&session, &draft.plan).await.unwrap();
    assert!(fleet.bytes().all(|b| b == b'3'), "{fleet}");
    assert!(run_causes(&session, &draft.plan).await.unwrap().is_empty());
    let samples = run_samples(&session, &draft.plan).await.unwrap();
    assert!(
        samples
            .iter()
            .all(|sample| sample.counts.total() == run.row.counts.total())
    );
    let changes = run_changes(&session, &draft.plan).await.unwrap();
    let operations: Vec<_> = changes
        .iter()
        .map(|change| change.operation.as_str())
        .collect();
    assert!(
        operations.contains(&"greengrass:StartBulkDeployment"),
        "{operations:?}"
    );
    assert!(
        changes
            .iter()
            .all(|change| change.outcome.as_deref() == Some("done")),
        "{changes:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_a_mixed_fleet_keep_the_services_words_and_gather_to_causes() {
    let world = World::of(300, Scenario::Mixed);
    let session = world.face().await;
    let plan = draft(&session, 0.5).await.plan;
    run_start(&session, &progress(&session, JobKind::Review))
        .await
        .unwrap();
    let run = until(&session, &plan, ended).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let counts = run.row.counts;
    assert!(counts.failed > 0, "{counts:?}");
    assert_eq!(
        counts.waiting + counts.submitted + counts.in_progress,
        0,
        "{counts:?}"
    );
    let failed = TargetsQuery {
        state: Some(TargetState::Failed),
        limit: 500,
        ..Default::default()
    };
    let page = run_targets(&session, &plan, failed).await.unwrap();
    assert_eq!(page.matches, counts.failed);
    assert!(
        page.rows
            .iter()
            .all(|row| row.message.as_ref().is_some_and(|m| !m.is_empty()))
    );
    let causes = run_causes(&session, &plan).await.unwrap();
    assert_eq!(
        causes.iter().map(|cause| cause.targets).sum::<u32>(),
        counts.failed + counts.unknown
    );
    assert!(causes.len() < 15, "{causes:#?}");

    let json = world.folder().join("targets.jsonl");
    run_export(&session, &plan, ExportForm::TargetsJson, &json)
        .await
        .unwrap();
    let lines = std::fs::read_to_string(&json).unwrap();
    assert_eq!(lines.lines().count(), counts.total() as usize);

    let retry = run_retry(
        &session,
        &plan,
        RetryWhat::default(),
        RetryVersion::Same,
        &progress(&session, JobKind::Retry),
    )
    .await
    .unwrap()
    .groups()
    .unwrap();
    assert_eq!(retry.selected, counts.failed + counts.unknown);
    assert_ne!(retry.plan, plan);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_run_says_what_was_attempted_and_what_still_waits() {
    let world = World::of(800, Scenario::AllWell);
    let session = world.face().await;
    let plan = draft(&session, 5.0).await.plan;
    run_start(&session, &progress(&session, JobKind::Review))
        .await
        .unwrap();
    until(&session, &plan, |run| {
        run.waves.iter().any(|wave| wave.bulk_deployment.is_some()) || ended(run)
    })
    .await;
    run_stop(&session, &plan).await.unwrap();
    let run = until(&session, &plan, ended).await;
    assert_eq!(run.row.state, RunState::Stopped, "{run:#?}");
    assert!(run.row.counts.waiting > 0, "{:?}", run.row.counts);
    assert_eq!(run.row.counts.total(), run.waves[0].targets);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_was_exported_is_the_very_run_that_the_window_would_start() {
    let world = World::of(20, Scenario::AllWell);
    let session = world.face().await;
    let plan = draft(&session, 5.0).await.plan;
    let file = world.folder().join("plan.json");
    plan_export(&session, &file).await.unwrap();
    run_start(&session, &progress(&session, JobKind::Review))
        .await
        .unwrap();
    let again = run_start_plan(&session, &file).await.unwrap();
    assert_eq!(again.row.id, plan);
    until(&session, &plan, ended).await;
    assert_eq!(runs_list(&session).await.unwrap().len(), 1);
    assert_eq!(world.sandbox.calls("StartBulkDeployment"), 1);

    let opened = plan_open(&session, &file, &progress(&session, JobKind::InputFile))
        .await
        .unwrap()
        .groups()
        .unwrap();
    assert_eq!(opened.plan, plan);
    assert_eq!(opened.file.unwrap().opened.as_deref(), Some("plan.json"));

    let text = std::fs::read_to_string(&file)
        .unwrap()
        .replace("\"overseed\"", "\"elsewhere\"");
    std::fs::write(&file, text).unwrap();
    let refused = run_start_plan(&session, &file).await.unwrap_err().problem();
    assert_eq!(refused.code, ErrorCode::PlanInvalid);
}
