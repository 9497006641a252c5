//! What was left out on purpose is no failure, and gates are only said to be asked where they were.

use overseed_domain::{
    rollout::{RunState, TargetState},
    waves::{GateAction, Limit, Verdict, WaveOrder},
};
use overseed_engine::{
    ErrorCode,
    job::JobKind,
    run::{ExportForm, RetryVersion, RetryWhat, run_causes, run_export, run_retry_plan, run_skip},
};
use overseed_sandbox::Scenario;

use crate::faults::{START, drive};
use crate::waves::{count, recorded, strict, targets, waves};
use crate::world::{World, progress};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_lost_all_its_targets_has_deployed_nothing_and_no_cause() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    let id = recorded(&world, &session, 5.0, waves([count(2)])).await;
    let rows = targets(&session, &id).await;
    let all: Vec<String> = rows.into_iter().map(|row| row.target).collect();
    run_skip(&session, &id, all.clone()).await.unwrap();
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Stopped, "{run:?}");
    assert!(run.stage.contains("left out"), "{}", run.stage);
    assert_eq!(run.row.counts.waiting, run.row.counts.total());
    assert_eq!(world.sandbox.calls(START), 0);
    assert_eq!(run_causes(&session, &id).await.unwrap(), []);
    for form in [ExportForm::CausesCsv, ExportForm::CausesJson] {
        let path = world.folder().join("causes");
        run_export(&session, &id, form, &path).await.unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("overseed:"), "{text}");
    }
    let path = world.folder().join("report.html");
    run_export(&session, &id, ExportForm::Html, &path)
        .await
        .unwrap();
    let html = std::fs::read_to_string(&path).unwrap();
    assert!(html.contains("Nothing has failed") && html.contains("<th>Left out</th>"));

    // What was left out on purpose is not taken in again by the way.
    let out = world.folder().join("retry.json");
    let retrying = progress(&session, JobKind::Retry);
    let waiting = RetryWhat {
        states: vec![TargetState::Waiting],
        ..RetryWhat::default()
    };
    let refused = run_retry_plan(&session, &id, waiting, RetryVersion::Same, &out, &retrying)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(refused.code, ErrorCode::NothingSelected);
    let named = RetryWhat {
        targets: all[..1].to_vec(),
        ..RetryWhat::default()
    };
    let made = run_retry_plan(&session, &id, named, RetryVersion::Same, &out, &retrying)
        .await
        .unwrap();
    assert_eq!(made.file.records, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_wave_has_nothing_to_hold_and_a_stopped_one_passed_nothing() {
    let world = World::of(240, Scenario::Mixed);
    let session = world.face().await;
    let mut cuts = strict(waves([count(1)]), GateAction::Abort);
    cuts.order = WaveOrder::Random { seed: 2 };
    cuts.gate.max_failed = None;
    cuts.gate.max_failed_in_all = Some(Limit::Count { targets: 1 });
    let id = recorded(&world, &session, 0.5, cuts).await;
    let run = drive(&session, &id).await;
    assert!(matches!(
        run.waves[1].verdict,
        Some(Verdict::Exceeded { .. })
    ));
    assert_eq!(run.problem, None, "{run:?}");
}
