//! Bulk deployments that fail as a whole: a cause like any other.

use overseed_domain::{
    rollout::{RunState, WaveState},
    waves::{Verdict, WaveCut, Waves},
};
use overseed_engine::{
    ErrorCode, Session,
    job::JobKind,
    run::{
        ExportForm, RetryVersion, RetryWhat, RunSnapshot, TargetsQuery, run_cause_positions,
        run_causes, run_export, run_get, run_resume, run_retry_plan, run_start_plan, run_targets,
    },
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::faults::START;
use crate::world::{World, ended, plan, plan_in_waves, progress, until};

const WORDS: &str = "InvalidInputFile: Missing GroupVersionId at line number: 1";

/// Drives a run whose first input file somebody replaces by another one in the very last moment.
pub async fn with_another_file(world: &World, session: &Session, id: &str) -> RunSnapshot {
    let fault = Fault::once(START, FaultKind::Delay(1_500));
    world.sandbox.faults().add(fault);
    run_resume(session, id).await.unwrap();
    // The call waits at the service's door.
    while world.sandbox.calls(START) == 0 {
        tokio::task::yield_now().await;
    }
    let uri = run_get(session, id).await.unwrap().waves[0]
        .input_file_uri
        .clone();
    let (bucket, key) = uri.strip_prefix("s3://").unwrap().split_once('/').unwrap();
    let other = world.folder().join("other.jsonl");
    std::fs::write(
        &other,
        "{\"GroupId\":\"a\",\"DeploymentType\":\"NewDeployment\"}\n",
    )
    .unwrap();
    let cancel = CancellationToken::new();
    session
        .clients
        .put_file(bucket, key, &other, |_| {}, &cancel)
        .await
        .unwrap();
    until(session, id, ended).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_greengrass_refuses_fails_the_run_in_the_services_words() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    let run = with_another_file(&world, &session, &id).await;
    assert_eq!(run.row.state, RunState::Failed, "{run:?}");
    let problem = run.problem.unwrap();
    assert!(
        problem
            .detail
            .as_ref()
            .is_some_and(|detail| detail.contains(WORDS)),
        "{problem:?}"
    );
    let all = run.waves[0].targets;
    assert_eq!((run.row.counts.waiting, run.row.counts.total()), (all, all));

    // It is a cause, with the line and its groups.
    let causes = run_causes(&session, &id).await.unwrap();
    assert_eq!(causes.len(), 1, "{causes:?}");
    let cause = &causes[0];
    assert_eq!(
        (cause.wave, cause.line, cause.targets),
        (Some(1), Some(1), all)
    );
    assert!(cause.message.contains(WORDS), "{cause:?}");
    assert!(cause.title.contains("GroupVersionId"), "{cause:?}");
    assert!(cause.means.is_some() && !cause.remedies.is_empty());
    let query = TargetsQuery {
        cause: Some(cause.key.clone()),
        ..TargetsQuery::default()
    };
    let page = run_targets(&session, &id, query).await.unwrap();
    assert_eq!(page.matches, all);
    let marked = run_cause_positions(&session, &id, &cause.key)
        .await
        .unwrap();
    assert_eq!(marked.len(), all as usize);
    for form in [
        ExportForm::Html,
        ExportForm::CausesCsv,
        ExportForm::CausesJson,
    ] {
        let path = world.folder().join("export");
        run_export(&session, &id, form, &path).await.unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(WORDS), "{form:?}");
        assert!(!text.contains("Nothing has failed"), "{form:?}");
    }

    // Nothing failed or is unknown; who asks for that hears of those that wait, and the cause takes them.
    let out = world.folder().join("retry.json");
    let retrying = progress(&session, JobKind::Retry);
    let none = RetryWhat::default();
    let refused = run_retry_plan(&session, &id, none, RetryVersion::Same, &out, &retrying)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(refused.code, ErrorCode::NothingSelected);
    let hint = refused.hint.unwrap();
    assert!(
        hint.contains("--state waiting") && hint.contains(&all.to_string()),
        "{hint}"
    );
    let what = RetryWhat {
        cause: Some(cause.key.clone()),
        ..RetryWhat::default()
    };
    let made = run_retry_plan(&session, &id, what, RetryVersion::Same, &out, &retrying)
        .await
        .unwrap();
    assert_eq!(made.file.records, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wave_that_failed_passed_no_gate() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let waves = Waves {
        cuts: vec![WaveCut::Count { targets: 3 }],
        ..Waves::default()
    };
    let file = plan_in_waves(&world, &session, 5.0, waves).await;
    let id = run_start_plan(&session, &file).await.unwrap().row.id;
    let run = with_another_file(&world, &session, &id).await;
    assert_eq!(run.row.state, RunState::Failed, "{run:?}");
    let Some(Verdict::Failed { reason }) = &run.waves[0].verdict else {
        panic!("{:?}", run.waves[0].verdict);
    };
    assert!(reason.contains(WORDS), "{reason}");
    assert_eq!(run.waves[1].state, WaveState::Skipped);
    let cause = run_causes(&session, &id).await.unwrap().remove(0);
    assert!(cause.title.contains("wave 1"), "{cause:?}");
    assert_eq!(cause.targets, 3);
    let path = world.folder().join("report.html");
    run_export(&session, &id, ExportForm::Html, &path)
        .await
        .unwrap();
    let html = std::fs::read_to_string(&path).unwrap();
    assert!(html.contains("Not asked, since it failed as a whole"));
    assert!(!html.contains("Passed its gate"));
}
