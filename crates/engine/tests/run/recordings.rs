//! Recordings that are cut off, or made twice at once.

use overseed_domain::rollout::RunState;
use overseed_engine::{
    ErrorCode, Session,
    job::JobKind,
    run::{run_start, run_start_plan, run_stop},
};
use overseed_sandbox::{Fault, FaultKind, Scenario};

use crate::faults::*;
use crate::world::{World, draft, ended, plan, progress, until};

/// Leaves the store as a crash in the midst of writing the targets down does.
async fn cut_off_recording(session: &Session) {
    session
        .store()
        .write(|tx| {
            tx.execute("DELETE FROM wave", [])?;
            tx.execute("DELETE FROM target WHERE position >= 5", [])?;
            Ok(tx.execute("UPDATE run SET recorded = 0", [])?)
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_that_was_cut_off_is_completed_before_anything_is_started() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    cut_off_recording(&session).await;
    let run = drive(&session, &id).await;
    all_well(&world, &session, &run, "cut off").await;
    assert!(run.waves[0].targets > 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_that_cannot_be_completed_holds_and_can_be_given_up() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    cut_off_recording(&session).await;
    let file = world.folder().join("runs").join(&id).join("wave-001.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let (first, _) = text.split_once('\n').unwrap();
    std::fs::write(&file, format!("{first}\n")).unwrap();
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Hold);
    assert_eq!(run.problem.unwrap().code, ErrorCode::PlanInvalid);
    run_stop(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    assert_eq!(run.row.state, RunState::Stopped);
    assert_eq!(world.sandbox.calls(START), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_starts_of_one_plan_at_once_are_one_run() {
    let world = World::of(40, Scenario::AllWell);
    let session = world.face().await;
    let file = crate::world::plan_file(&world, &session, 5.0).await;
    let other = world.face().await;
    let (one, two) = tokio::join!(
        run_start_plan(&session, &file),
        run_start_plan(&other, &file)
    );
    let both: Vec<_> = [one, two].into_iter().collect();
    for run in &both {
        match run {
            Ok(_) => {}
            Err(error) => assert_eq!(error.problem().code, ErrorCode::RunDriven, "{error}"),
        }
    }
    let id = both.into_iter().flatten().next().unwrap().row.id;
    let run = drive(&session, &id).await;
    all_well(&world, &session, &run, "two starts").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_keeps_its_run_through_a_lost_start() {
    let world = World::of(20, Scenario::AllWell);
    let session = world.face().await;
    let id = draft(&session, 5.0).await.plan;
    world
        .sandbox
        .faults()
        .add(Fault::once(START, FaultKind::LostAnswer));
    run_start(&session, &progress(&session, JobKind::Review))
        .await
        .unwrap();
    let run = until(&session, &id, ended).await;
    all_well(&world, &session, &run, "window").await;
}
