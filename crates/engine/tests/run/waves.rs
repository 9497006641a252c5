//! Runs in waves: canaries, gates, pauses and stops between and within waves.

use std::collections::BTreeSet;

use overseed_domain::{
    rollout::{BulkStatus, RunState, WaveState},
    waves::{Gate, GateAction, Limit, Verdict, WaveCut, Waves},
};
use overseed_engine::{
    ErrorCode, Session,
    input_file::file_check,
    run::{
        HoldReason, RunSnapshot, TargetRow, TargetsQuery, run_changes, run_continue, run_get,
        run_pause, run_resume, run_samples, run_start_plan, run_stop, run_targets,
    },
};
use overseed_sandbox::Scenario;

use crate::faults::*;
use crate::world::{World, ended, plan_in_waves, until};

pub fn waves(cuts: impl IntoIterator<Item = WaveCut>) -> Waves {
    Waves {
        cuts: cuts.into_iter().collect(),
        ..Waves::default()
    }
}

pub const fn count(targets: u32) -> WaveCut {
    WaveCut::Count { targets }
}

/// None may fail, by this action.
pub fn strict(waves: Waves, then: GateAction) -> Waves {
    Waves {
        gate: Gate {
            max_failed: Some(Limit::Count { targets: 0 }),
            then,
            ..Gate::default()
        },
        ..waves
    }
}

pub async fn recorded(world: &World, session: &Session, settle: f64, waves: Waves) -> String {
    let file = plan_in_waves(world, session, settle, waves).await;
    run_start_plan(session, &file).await.unwrap().row.id
}

pub async fn targets(session: &Session, run: &str) -> Vec<TargetRow> {
    let query = TargetsQuery {
        limit: 500,
        ..TargetsQuery::default()
    };
    run_targets(session, run, query).await.unwrap().rows
}

/// The sums are the plan's, and every wave's file on disk is the one that the store and the bucket know.
pub async fn adds_up(world: &World, session: &Session, run: &RunSnapshot) {
    let total: u32 = run.waves.iter().map(|wave| wave.targets).sum();
    assert_eq!(run.row.counts.total(), total);
    let folder = world.folder().join("runs").join(&run.row.id);
    for wave in &run.waves {
        assert_eq!(wave.counts.total(), wave.targets, "{wave:?}");
        let file = folder.join(format!("wave-{:03}.jsonl", wave.number));
        let found = file_check(&file, &mut |finding| panic!("{finding:?}")).unwrap();
        if wave.skipped == 0 || wave.bulk_deployment.is_some() {
            assert_eq!(found.sha256, wave.sha256);
            assert_eq!(found.records, wave.targets - wave.skipped);
        }
    }
    for sample in run_samples(session, &run.row.id).await.unwrap() {
        assert_eq!(sample.counts.total(), total);
    }
    let rows = targets(session, &run.row.id).await;
    assert_eq!(rows.len() as u32, total);
    let names: BTreeSet<&str> = rows.iter().map(|row| row.target.as_str()).collect();
    assert_eq!(names.len(), rows.len());
    assert!(rows.is_sorted_by_key(|row| row.wave));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_waves_are_three_files_and_three_bulk_deployments_one_after_the_other() {
    let world = World::of(40, Scenario::AllWell);
    let session = world.face().await;
    let cuts = waves([count(3), WaveCut::Percent { percent: 25.0 }]);
    let id = recorded(&world, &session, 5.0, cuts).await;
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.succeeded, run.row.counts.total());
    assert_eq!(run.discrepancies, Vec::<String>::new());
    adds_up(&world, &session, &run).await;
    assert_eq!(run.waves.len(), 3);
    assert_eq!(run.waves[0].targets, 3);
    for pair in run.waves.windows(2) {
        assert!(pair[0].ended_at.unwrap() <= pair[1].started_at.unwrap());
        assert_eq!(pair[0].verdict, Some(Verdict::GoOn));
    }
    assert_eq!(bulk_deployments(&session).await, 3);
    for row in targets(&session, &id).await {
        let wave = &run.waves[row.wave as usize - 1];
        assert!(row.line >= 1 && row.line <= wave.targets, "{row:?}");
    }
    for wave in &run.waves {
        let bulk = wave.bulk_deployment.as_deref().unwrap();
        let status = session.clients.bulk_deployment_status(bulk).await.unwrap();
        assert_eq!(status.tags["overseed:wave"], wave.number.to_string());
        assert_eq!(status.records_processed, wave.records_processed);
        assert_eq!(wave.records_processed, wave.targets);
    }
    let starts: Vec<_> = run_changes(&session, &id)
        .await
        .unwrap()
        .into_iter()
        .filter(|change| change.operation == "greengrass:StartBulkDeployment")
        .collect();
    assert_eq!(starts.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_fails_aborts_the_run_and_the_rest_waits() {
    let world = World::of(240, Scenario::Mixed);
    let session = world.face().await;
    let cuts = strict(waves([count(80), count(80)]), GateAction::Abort);
    let id = recorded(&world, &session, 0.5, cuts).await;
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Stopped, "{run:?}");
    let problem = run.problem.clone().unwrap();
    assert_eq!(problem.code, ErrorCode::GateExceeded);
    let bad = run.waves[0].counts.failed + run.waves[0].counts.unknown;
    assert!(bad > 0);
    let said = format!("{bad} of 80 groups");
    assert!(problem.detail.unwrap().contains(&said), "{said}");
    assert!(matches!(run.waves[0].verdict, Some(Verdict::Abort { .. })));
    assert!(
        run.waves[1..]
            .iter()
            .all(|wave| wave.state == WaveState::Skipped && wave.verdict.is_none())
    );
    assert_eq!(run.row.counts.waiting, run.row.counts.total() - 80);
    assert_eq!(bulk_deployments(&session).await, 1);
    adds_up(&world, &session, &run).await;
    // What was aborted is not begun again.
    assert_eq!(drive(&session, &id).await.row.state, RunState::Stopped);
    run_continue(&session, &id).await.unwrap();
    assert_eq!(bulk_deployments(&session).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_holds_and_the_user_goes_on() {
    let world = World::of(240, Scenario::Mixed);
    let session = world.face().await;
    let cuts = strict(waves([count(80), count(80)]), GateAction::Hold);
    let id = recorded(&world, &session, 0.5, cuts).await;
    run_resume(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| ended(run) && !run.row.driven).await;
    assert_eq!(run.row.state, RunState::Hold, "{run:?}");
    assert_eq!(run.hold, Some(HoldReason::Gate));
    assert_eq!(run.problem.as_ref().unwrap().code, ErrorCode::GateExceeded);
    assert_eq!(bulk_deployments(&session).await, 1);
    adds_up(&world, &session, &run).await;
    // Who resumes has not said that the gate may be passed.
    let resumed = run_resume(&session, &id).await.unwrap();
    assert_eq!((resumed.hold, resumed.row.driven), (run.hold, false));
    assert_eq!(bulk_deployments(&session).await, 1);
    // Another face finds it so.
    let other = world.face().await;
    assert_eq!(run_get(&other, &id).await.unwrap().hold, run.hold);

    run_continue(&other, &id).await.unwrap();
    let second = |run: &RunSnapshot| run.waves[1].verdict.is_some() && ended(run);
    let run = until(&other, &id, second).await;
    assert_eq!(bulk_deployments(&session).await, 2);
    assert!(matches!(run.waves[0].verdict, Some(Verdict::Hold { .. })));
    // Whatever the second one's gate said, each hold is passed once.
    let mut last = run;
    while last.row.state == RunState::Hold {
        last = drive(&other, &id).await;
    }
    assert_eq!(last.row.state, RunState::Finished, "{last:?}");
    assert_eq!((last.hold, last.problem.clone()), (None, None));
    assert_eq!(bulk_deployments(&session).await, 3);
    assert_eq!(last.row.counts.waiting, 0);
    adds_up(&world, &session, &last).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_counts_against_a_share_and_within_it_the_run_goes_on() {
    let each = [(0.0, true), (100.0, false)].map(async |(percent, held)| {
        let world = World::of(60, Scenario::CoresOff);
        let session = world.face().await;
        let gate = Gate {
            max_failed_in_all: Some(Limit::Percent { percent }),
            ..Gate::default()
        };
        let cuts = Waves {
            gate,
            ..waves([WaveCut::Percent { percent: 50.0 }])
        };
        let id = recorded(&world, &session, 0.1, cuts).await;
        let run = drive(&session, &id).await;
        let first = run.waves[0].counts;
        assert!(first.unknown > 0 && first.failed == 0, "{first:?}");
        assert_eq!(run.hold, held.then_some(HoldReason::Gate), "{run:?}");
        assert_eq!(run.row.state == RunState::Finished, !held);
        adds_up(&world, &session, &run).await;
    });
    futures::future::join_all(each).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_after_each_wave_needs_no_problem_to_do_so() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let gate = Gate {
        hold_after_each: true,
        ..Gate::default()
    };
    let cuts = Waves {
        gate,
        ..waves([count(2), count(2)])
    };
    let id = recorded(&world, &session, 5.0, cuts).await;
    for started in 1..=2 {
        let run = drive(&session, &id).await;
        assert_eq!(run.hold, Some(HoldReason::BetweenWaves), "{run:?}");
        assert_eq!(run.problem, None);
        assert_eq!(bulk_deployments(&session).await, started);
    }
    // What did not add up in an earlier wave is not forgotten.
    let found = r#"["Wave 1: 1 attempted records have no report; their groups are unknown."]"#;
    session
        .store()
        .write(move |tx| Ok(tx.execute("UPDATE run SET discrepancies = ?1", [found])?))
        .await
        .unwrap();
    // After the last one there is nothing to wait for.
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{run:?}");
    assert_eq!(run.discrepancies.len(), 1, "{run:?}");
    assert_eq!(run.waves[2].verdict, Some(Verdict::GoOn));
    assert_eq!(run.row.counts.succeeded, run.row.counts.total());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_begins_after_the_present_wave_and_can_be_taken_back() {
    let world = World::at_speed(24, Scenario::AllWell, 2.0);
    let session = world.face().await;
    let id = recorded(&world, &session, 5.0, waves([count(4), count(4)])).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].bulk_deployment.is_some() || ended(run)
    })
    .await;
    let asked = run_pause(&session, &id).await.unwrap();
    assert!(asked.pausing, "{asked:?}");
    let back = run_continue(&session, &id).await.unwrap();
    assert!(!back.pausing, "{back:?}");
    until(&session, &id, |run| {
        run.waves[1].bulk_deployment.is_some() || ended(run)
    })
    .await;
    run_pause(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| ended(run) && !run.row.driven).await;
    assert_eq!(run.hold, Some(HoldReason::Paused), "{run:?}");
    assert!(!run.pausing);
    assert_eq!(run.waves[1].state, WaveState::Judged);
    assert_eq!(run.waves[2].state, WaveState::Waiting);
    assert_eq!(bulk_deployments(&session).await, 2);

    run_continue(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[2].bulk_deployment.is_some() || run.row.state.is_terminal()
    })
    .await;
    // Of the last wave nothing can be paused.
    let refused = run_pause(&session, &id).await;
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    match refused {
        Ok(now) => assert!(now.row.state.is_terminal()),
        Err(error) => assert_eq!(error.problem().code, ErrorCode::InvalidInput),
    }
    assert_eq!(run.row.state, RunState::Finished, "{run:?}");
    assert_eq!(run.row.counts.succeeded, run.row.counts.total());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_asked_for_before_the_first_wave_starts_nothing() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = recorded(&world, &session, 5.0, waves([count(2)])).await;
    run_pause(&session, &id).await.unwrap();
    let run = drive(&session, &id).await;
    assert_eq!(run.hold, Some(HoldReason::Paused), "{run:?}");
    assert_eq!(world.sandbox.calls(START), 0);
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_in_the_midst_of_a_wave_starts_no_other() {
    let world = World::at_speed(60, Scenario::AllWell, 2.0);
    let session = world.face().await;
    let id = recorded(&world, &session, 5.0, waves([count(20), count(20)])).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| {
        run.waves[0].bulk_deployment.is_some() || ended(run)
    })
    .await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    assert_eq!(run.row.state, RunState::Stopped, "{run:?}");
    assert_eq!(bulk_deployments(&session).await, 1);
    assert!(run.waves[1..].iter().all(|w| w.state == WaveState::Skipped));
    // A gate is asked only where all of the wave was attempted before the stop came.
    let cut_short = run.waves[0].bulk_status == Some(BulkStatus::Stopped);
    let unasked = matches!(run.waves[0].verdict, Some(Verdict::Stopped { .. }));
    assert_eq!(unasked, cut_short, "{:?}", run.waves[0]);
    let others = run.waves[1].targets + run.waves[2].targets;
    assert!(run.row.counts.waiting >= others);
    adds_up(&world, &session, &run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_holds_between_waves_can_be_stopped() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let gate = Gate {
        hold_after_each: true,
        ..Gate::default()
    };
    let cuts = Waves {
        gate,
        ..waves([count(4)])
    };
    let id = recorded(&world, &session, 5.0, cuts).await;
    drive(&session, &id).await;
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    assert_eq!(run.row.state, RunState::Stopped);
    assert_eq!((run.hold, run.row.counts.succeeded), (None, 4));
    assert_eq!(run.row.counts.waiting, run.row.counts.total() - 4);
    assert_eq!(bulk_deployments(&session).await, 1);
    assert_eq!(world.sandbox.calls(STOP), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_deployment_that_someone_else_stopped_holds_before_the_next_wave() {
    let world = World::at_speed(60, Scenario::AllWell, 2.0);
    let session = world.face().await;
    let id = recorded(&world, &session, 5.0, waves([count(30)])).await;
    run_resume(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| {
        run.waves[0].bulk_deployment.is_some() || ended(run)
    })
    .await;
    let bulk = run.waves[0].bulk_deployment.clone().unwrap();
    session.clients.stop_bulk_deployment(&bulk).await.unwrap();
    let run = until(&session, &id, |run| ended(run) && !run.row.driven).await;
    assert_eq!(run.hold, Some(HoldReason::Problem), "{run:?}");
    assert_eq!(run.problem.unwrap().code, ErrorCode::Conflict);
    assert_eq!(bulk_deployments(&session).await, 1);
    run_continue(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    assert_eq!(bulk_deployments(&session).await, 2);
    assert_eq!(run.row.state, RunState::Stopped, "not all were attempted");
    adds_up(&world, &session, &run).await;
}
