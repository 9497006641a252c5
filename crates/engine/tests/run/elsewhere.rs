//! Runs of another account, Region or sandbox than the one that is connected: shown, and left alone.

use overseed_domain::rollout::RunState;
use overseed_engine::{
    Error, ErrorCode,
    job::JobKind,
    run::{
        ExportForm, RetryVersion, RetryWhat, TargetsQuery, run_causes, run_drive, run_export,
        run_fleet, run_get, run_resume, run_retry, run_start_plan, run_stop, run_targets,
        runs_list,
    },
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use crate::faults::{START, all_well, drive};
use crate::world::{World, plan_file, progress};

fn refused<T: std::fmt::Debug>(what: &str, result: Result<T, Error>) {
    let problem = result.unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::RunElsewhere, "{what}: {problem:?}");
    assert!(problem.hint.is_some(), "{what}: {problem:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_another_place_is_shown_and_cannot_be_changed() {
    let world = World::of(12, Scenario::AllWell);
    let home = world.face().await;
    let file = plan_file(&world, &home, 5.0).await;
    let id = run_start_plan(&home, &file).await.unwrap().row.id;
    let before = run_get(&home, &id).await.unwrap();
    assert!(before.row.here);

    let away = world.face_of("elsewhere").await;
    let rows = runs_list(&away).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert!(!rows[0].here && rows[0].id == id, "{rows:?}");
    assert_eq!(rows[0].account, home.connection.account);
    assert_eq!(rows[0].sandbox.as_deref(), Some("test"));
    let shown = run_get(&away, &id).await.unwrap();
    assert_eq!(shown.row.counts.waiting, 12);
    let query = TargetsQuery {
        limit: 5,
        ..TargetsQuery::default()
    };
    assert_eq!(run_targets(&away, &id, query).await.unwrap().matches, 12);
    assert_eq!(run_fleet(&away, &id).await.unwrap().len(), 12);
    assert!(run_causes(&away, &id).await.unwrap().is_empty());
    let csv = world.folder().join("away.csv");
    run_export(&away, &id, ExportForm::TargetsCsv, &csv)
        .await
        .unwrap();
    assert_eq!(std::fs::read_to_string(&csv).unwrap().lines().count(), 13);

    refused("resume", run_resume(&away, &id).await);
    refused("stop", run_stop(&away, &id).await);
    let cancel = CancellationToken::new();
    refused("drive", run_drive(&away, &id, &cancel).await);
    let retrying = progress(&away, JobKind::Retry);
    let again = RetryWhat::default();
    refused(
        "retry",
        run_retry(&away, &id, again, RetryVersion::Same, &retrying).await,
    );
    refused("start", run_start_plan(&away, &file).await);

    assert_eq!(run_get(&home, &id).await.unwrap(), before);
    assert_eq!(world.sandbox.calls(START), 0);
    let run = drive(&home, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    all_well(&world, &home, &run, "home").await;
}
