//! Old runs are taken out whole; what has not ended, and what was done in the account, stays.

use overseed_engine::{
    ErrorCode,
    plan::{PlanHeader, plan_read},
    review::{CheckState, preflight_for},
    run::{Pruned, run_changes, run_get, run_prune, run_start_plan, runs_list},
};

use crate::faults::drive;
use crate::retry::mixed;
use crate::world::plan_file;

const DAY: u64 = 24 * 60 * 60;

#[tokio::test(flavor = "multi_thread")]
async fn only_runs_that_ended_long_ago_are_taken_out() {
    let (world, session, old) = mixed(300).await;
    let engine = &session.engine;
    world.clock.leap(100 * DAY);
    let file = plan_file(&world, &session, 0.2).await;
    let open = run_start_plan(&session, &file).await.unwrap().row.id;
    world.clock.leap(100 * DAY);
    let folder = engine.data_dir().join("runs").join(&old.row.id);
    assert!(folder.exists());

    assert_eq!(
        run_prune(engine, 365, false).await.unwrap(),
        Pruned::default()
    );
    let dry = run_prune(engine, 90, true).await.unwrap();
    assert_eq!(dry.runs, 1);
    assert!(dry.bytes > 10_000, "{dry:?}");
    assert_eq!(runs_list(engine).await.unwrap().len(), 2);

    let done = run_prune(engine, 90, false).await.unwrap();
    assert_eq!(done.runs, 1);
    assert!(done.bytes > 10_000, "{done:?}");
    assert!(!folder.exists());
    let gone = run_get(engine, &old.row.id).await.unwrap_err().problem();
    assert_eq!(gone.code, ErrorCode::NotFound);
    let left = runs_list(engine).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, open);

    // No row of it is left in any table, but what it changed in the account is.
    let (rows, changes) = engine
        .store
        .read(|c| {
            let mut rows = 0_i64;
            let tables: Vec<String> = c
                .prepare(
                    "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) i
                     WHERE m.type = 'table' AND i.name = 'run'",
                )?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            assert!(tables.len() > 3, "{tables:?}");
            for table in tables {
                rows += c.query_row(
                    &format!("SELECT count(*) FROM \"{table}\" WHERE run NOT IN (SELECT ordinal FROM run)"),
                    [],
                    |row| row.get::<_, i64>(0),
                )?;
            }
            let changes: i64 = c.query_row("SELECT count(*) FROM change", [], |row| row.get(0))?;
            Ok((rows, changes))
        })
        .await
        .unwrap();
    assert_eq!(rows, 0);
    assert!(changes > 0);

    // A plan whose run was taken out is no new one: its start would deploy once more.
    let mut header = plan_read(&file, &mut |_, _| Ok(())).unwrap();
    let run_before = async |header: &PlanHeader| {
        let checks = preflight_for(&session, header).await.unwrap();
        checks.into_iter().find(|check| check.id == "run_before")
    };
    let told = run_before(&header).await.unwrap();
    assert!(told.detail.contains("goes on with that run"), "{told:?}");
    header.id = "0d3f9c1e-6f53-4b6e-9b1a-7d2c55aa0e10".to_owned();
    assert_eq!(run_before(&header).await, None);
    header.id.clone_from(&old.row.id);
    let told = run_before(&header).await.unwrap();
    assert_eq!(told.state, CheckState::Warn);
    assert!(told.detail.contains("pruned"), "{told:?}");

    // The one that was left goes on.
    let run = drive(&session, &open).await;
    header.id.clone_from(&open);
    let told = run_before(&header).await.unwrap();
    assert!(told.detail.contains("has ended"), "{told:?}");
    assert_eq!(run.row.counts.total(), run.row.counts.settled());
    assert!(!run_changes(engine, &open).await.unwrap().is_empty());
}
