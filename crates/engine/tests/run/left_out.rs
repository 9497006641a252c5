//! What was left out on purpose is no failure, and gates are only said to be asked where they were.

use overseed_domain::{
    rollout::{RunState, TargetState, WaveState},
    waves::{Gate, GateAction, Limit, Verdict, WaveOrder, Waves},
};
use overseed_engine::{
    ErrorCode,
    job::JobKind,
    run::{
        ExportForm, RetryVersion, RetryWhat, run_causes, run_export, run_get, run_retry_plan,
        run_skip,
    },
};
use overseed_sandbox::Scenario;

use crate::faults::{START, bulk_deployments, drive};
use crate::waves::{adds_up, count, recorded, strict, targets, waves};
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

#[tokio::test(flavor = "multi_thread")]
async fn targets_left_out_stay_waiting_and_the_file_is_made_without_them() {
    let world = World::of(20, Scenario::AllWell);
    let session = world.face().await;
    let gate = Gate {
        hold_after_each: true,
        ..Gate::default()
    };
    let cuts = Waves {
        gate,
        ..waves([count(3), count(2), count(5)])
    };
    let id = recorded(&world, &session, 5.0, cuts).await;
    drive(&session, &id).await;
    let rows = targets(&session, &id).await;
    let of = |wave: u32| -> Vec<String> {
        let rows = rows.iter().filter(|row| row.wave == wave);
        rows.map(|row| row.target.clone()).collect()
    };
    // All or none: one whose wave was started, one that nobody knows.
    for bad in [of(1)[0].clone(), "nobody".to_owned()] {
        let asked = vec![of(3)[0].clone(), bad.clone()];
        let refused = run_skip(&session, &id, asked).await.unwrap_err().problem();
        assert_eq!(refused.code, ErrorCode::InvalidInput);
        assert!(refused.detail.unwrap().contains(&bad));
    }
    let before = run_get(&session, &id).await.unwrap();
    assert!(before.waves.iter().all(|wave| wave.skipped == 0));
    // A whole wave, and two of another one; twice is once.
    let mut out = of(2);
    out.extend([of(3)[1].clone(), of(3)[3].clone()]);
    run_skip(&session, &id, out.clone()).await.unwrap();
    let run = run_skip(&session, &id, out.clone()).await.unwrap();
    assert_eq!(run.waves[2].skipped, 2);
    let mut run = run;
    while run.row.state == RunState::Hold {
        run = drive(&session, &id).await;
    }
    assert_eq!(run.row.state, RunState::Finished, "{run:?}");
    assert_eq!(run.waves[1].state, WaveState::Skipped);
    assert_eq!(run.row.counts.waiting, 4);
    assert_eq!(run.row.counts.succeeded, run.row.counts.total() - 4);
    assert_eq!(run.discrepancies, Vec::<String>::new());
    assert_ne!(run.waves[2].sha256, before.waves[2].sha256);
    assert_eq!(bulk_deployments(&session).await, 3);
    adds_up(&world, &session, &run).await;
    let rows = targets(&session, &id).await;
    for row in &rows {
        let left_out = out.contains(&row.target);
        let state = if left_out {
            TargetState::Waiting
        } else {
            TargetState::Succeeded
        };
        assert_eq!(row.state, state);
        assert_eq!(row.line == 0, left_out, "{row:?}");
    }
    let lines: Vec<u32> = rows
        .iter()
        .filter(|row| row.wave == 3 && row.line > 0)
        .map(|row| row.line)
        .collect();
    assert_eq!(lines, [1, 2, 3]);
    let folder = world.folder().join("runs").join(&id);
    let sent = std::fs::read_to_string(folder.join("wave-003.jsonl")).unwrap();
    assert!(out.iter().all(|target| !sent.contains(target.as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_wave_that_was_left_out_leaves_the_permissions_to_the_next_one() {
    let world = World::of(8, Scenario::AllWell);
    let session = world.face().await;
    let id = recorded(&world, &session, 5.0, waves([count(1)])).await;
    let first = targets(&session, &id).await[0].target.clone();
    run_skip(&session, &id, vec![first]).await.unwrap();
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{run:?}");
    assert_eq!(run.row.counts.waiting, 1);
    assert_eq!(run.row.counts.succeeded, run.row.counts.total() - 1);
}
