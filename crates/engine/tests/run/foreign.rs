//! Bulk deployments that this computer has no run of: read, diagnosed, stopped when asked, never driven.

use overseed_domain::rollout::{BulkStatus, RunState, TargetState};
use overseed_engine::{
    Error, ErrorCode, Session,
    job::{JobKind, Progress},
    run::{
        BulkRow, ExportForm, RetryVersion, RetryWhat, RunSnapshot, bulk_list, bulk_open,
        run_causes, run_changes, run_drive, run_export, run_fleet, run_get, run_resume, run_retry,
        run_start, run_stop, runs_list,
    },
};
use overseed_sandbox::{Fault, Scenario};
use tokio_util::sync::CancellationToken;

use crate::faults::{REPORTS, drive, passing};
use crate::retry::{mixed, targets};
use crate::whole::with_another_file;
use crate::world::{World, draft, plan, plan_with, progress, until};

async fn listed(session: &Session) -> Vec<BulkRow> {
    let listing = progress(session, JobKind::BulkList);
    bulk_list(session, &listing).await.unwrap()
}

async fn opened(session: &Session, id: &str) -> RunSnapshot {
    let opening = progress(session, JobKind::BulkOpen);
    bulk_open(session, id, &opening).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_deployment_of_another_computer_is_diagnosed_as_well_as_there() {
    let (world, home, run) = mixed(300).await;
    let folder = tempfile::tempdir().unwrap();
    let away = world.face_in(folder.path()).await;
    let bulk = run.waves[0].bulk_deployment.clone().unwrap();
    let rows = listed(&away).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].id.as_str(), &rows[0].run), (bulk.as_str(), &None));
    assert!(
        rows[0].created_at.is_some() && rows[0].arn.contains(&bulk),
        "{rows:?}"
    );

    let found = opened(&away, &bulk).await;
    assert!(found.row.foreign && !found.row.driven, "{found:?}");
    assert!(found.row.name.contains(&run.row.id), "{}", found.row.name);
    assert_eq!(found.row.state, RunState::Finished);
    let (here, there) = (found.row.counts, run.row.counts);
    assert_eq!(
        (here.succeeded, here.failed),
        (there.succeeded, there.failed)
    );
    assert_eq!(here.total(), found.waves[0].records_processed);
    assert_eq!(found.waves[0].bulk_status, Some(BulkStatus::Completed));
    assert_eq!(
        found.waves[0].bulk_deployment.as_deref(),
        Some(bulk.as_str())
    );
    assert!(found.discrepancies.is_empty(), "{:?}", found.discrepancies);

    // The same failures, by the same causes.
    let id = &found.row.id;
    let failures =
        |causes: Vec<overseed_domain::cause::Cause>| -> std::collections::BTreeMap<_, _> {
            let known = causes
                .into_iter()
                .filter(|cause| !cause.key.starts_with("overseed:"));
            known.map(|cause| (cause.key, cause.targets)).collect()
        };
    assert_eq!(
        failures(run_causes(&away, id).await.unwrap()),
        failures(run_causes(&home, &run.row.id).await.unwrap())
    );
    assert_eq!(
        run_fleet(&away, id).await.unwrap().len(),
        here.total() as usize
    );
    let failed = targets(&away, id, Some(TargetState::Failed)).await;
    assert!(
        failed
            .iter()
            .all(|row| row.line == 0 && row.message.is_some())
    );
    let html = folder.path().join("report.html");
    run_export(&away, id, ExportForm::Html, &html)
        .await
        .unwrap();
    assert!(
        std::fs::read_to_string(&html)
            .unwrap()
            .contains("it was started elsewhere")
    );
    let plan = folder.path().join("plan.json");
    let refused = run_export(&away, id, ExportForm::Plan, &plan)
        .await
        .unwrap_err();
    assert_eq!(refused.problem().code, ErrorCode::InvalidInput);

    // Opened again it is the same run, with nothing twice.
    for name in [&bulk, &rows[0].arn] {
        let again = opened(&away, name).await;
        assert_eq!((&again.row.id, again.row.counts), (id, here));
    }
    assert_eq!(runs_list(&away).await.unwrap().len(), 1);
    assert_eq!(listed(&away).await[0].run.as_ref(), Some(id));

    // Its groups can be retried from here.
    let retrying = progress(&away, JobKind::Retry);
    overseed_engine::groups::groups_refresh(&away, &progress(&away, JobKind::Groups))
        .await
        .unwrap();
    let draft = run_retry(
        &away,
        id,
        RetryWhat::default(),
        RetryVersion::Latest,
        &retrying,
    )
    .await
    .unwrap()
    .groups()
    .unwrap();
    assert_eq!(draft.parent.as_ref(), Some(id));
    assert!(
        draft.selected > 0 && draft.selected <= here.failed,
        "{draft:?}"
    );

    // Where the run is, opening answers the run.
    let own = opened(&home, &bulk).await;
    assert_eq!(own.row.id, run.row.id);
    assert!(!own.row.foreign);
    assert_eq!(listed(&home).await[0].run.as_ref(), Some(&run.row.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_running_is_read_anew_when_asked_and_stopped_when_asked() {
    let world = World::at_speed(800, Scenario::AllWell, 1.0);
    let home = world.face().await;
    let plan = draft(&home, 0.5).await.plan;
    run_start(&home, &progress(&home, JobKind::Review))
        .await
        .unwrap();
    let started = until(&home, &plan, |run| run.row.counts.succeeded > 0).await;
    let bulk = started.waves[0].bulk_deployment.clone().unwrap();
    // Only the other computer is left to look.
    home.engine.drivers.end_all();

    let folder = tempfile::tempdir().unwrap();
    let away = world.face_in(folder.path()).await;
    let first = opened(&away, &bulk).await;
    assert_eq!(first.row.state, RunState::Running, "{first:?}");
    assert!(first.row.counts.total() > 0);
    let id = first.row.id.clone();

    for refused in [
        run_resume(&away, &id).await.map(|_| ()),
        run_drive(&away, &id, &CancellationToken::new())
            .await
            .map(|_| ()),
    ] {
        assert_eq!(refused.unwrap_err().problem().code, ErrorCode::InvalidInput);
    }
    let stopping = run_stop(&away, &id).await.unwrap();
    assert_eq!(stopping.row.state, RunState::Stopping);
    assert_eq!(world.sandbox.calls("StopBulkDeployment"), 1);
    let changes = run_changes(&away, &id).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].outcome.as_deref(), Some("done"));

    let mut now = opened(&away, &bulk).await;
    while !now.row.state.is_terminal() {
        away.clock().sleep(std::time::Duration::from_secs(1)).await;
        now = opened(&away, &bulk).await;
    }
    assert_eq!(now.row.state, RunState::Stopped);
    assert!(now.row.counts.total() >= first.row.counts.total());
    assert_eq!(now.row.counts.total(), now.waves[0].records_processed);
    assert!(now.row.counts.total() < 800);
    assert_eq!(run_get(&away, &id).await.unwrap().row.id, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_the_account_does_not_have_leaves_nothing() {
    let world = World::of(3, Scenario::AllWell);
    let session = world.face().await;
    assert!(listed(&session).await.is_empty());
    let opening = progress(&session, JobKind::BulkOpen);
    let id = "5a7c1f1e-0000-4000-8000-000000000000";
    let refused = bulk_open(&session, id, &opening)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(refused.code, ErrorCode::NotFound);
    assert!(refused.hint.is_some());
    assert!(runs_list(&session).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_goes_on_through_what_passes_and_anew_after_a_cancel() {
    let world = World::of(60, Scenario::SmallPages);
    let home = world.face().await;
    let id = plan(&world, &home, 5.0).await;
    let run = drive(&home, &id).await;
    let bulk = run.waves[0].bulk_deployment.clone().unwrap();
    for (kind, times) in passing() {
        let folder = tempfile::tempdir().unwrap();
        let away = world.face_in(folder.path()).await;
        world.sandbox.faults().add(Fault {
            operation: REPORTS.to_owned(),
            kind: kind.clone(),
            times: Some(times),
            after: 2,
        });
        let found = opened(&away, &bulk).await;
        world.sandbox.faults().clear();
        assert_eq!(found.row.counts, run.row.counts, "{kind:?}");
    }

    let folder = tempfile::tempdir().unwrap();
    let away = world.face_in(folder.path()).await;
    let cancel = CancellationToken::new();
    let clock = away.clock().clone();
    let (opening, mut job) = Progress::within(JobKind::BulkOpen, clock, cancel.clone());
    let cut_off = async {
        job.wait_for(|job| job.as_ref().is_some_and(|job| job.done >= 10))
            .await
            .unwrap();
        cancel.cancel();
    };
    let (cut, ()) = tokio::join!(bulk_open(&away, &bulk, &opening), cut_off);
    assert!(matches!(cut, Err(Error::Cancelled)), "{cut:?}");
    let part = runs_list(&away).await.unwrap().remove(0);
    assert!(part.foreign && part.counts.total() >= 10, "{part:?}");
    assert!(part.counts.total() < run.row.counts.total(), "{part:?}");
    let whole = opened(&away, &bulk).await;
    assert_eq!(whole.row.id, part.id);
    assert_eq!(whole.row.counts, run.row.counts);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_without_a_deployment_are_told_apart_by_their_number_and_no_end_is_made_up() {
    let world = World::of(12, Scenario::AllWell);
    let home = world.face().await;
    let gone = "00000000-0000-4000-8000-000000000000";
    let id = plan_with(&world, &home, 5.0, |targets| {
        // Both lines of a group with a version that is not there: neither gets a deployment.
        let never = targets[1][0].clone();
        targets[1][1] = gone.to_owned();
        targets.push([never, gone.to_owned()]);
    })
    .await;
    let run = drive(&home, &id).await;
    assert_eq!(run.row.counts.failed, 2, "{run:?}");
    let folder = tempfile::tempdir().unwrap();
    let away = world.face_in(folder.path()).await;
    let found = opened(&away, run.waves[0].bulk_deployment.as_deref().unwrap()).await;
    assert_eq!(found.row.counts, run.row.counts);
    assert_eq!(found.discrepancies, Vec::<String>::new());
    assert_eq!((found.row.ended_at, found.waves[0].ended_at), (None, None));
    let html = folder.path().join("report.html");
    run_export(&away, &found.row.id, ExportForm::Html, &html)
        .await
        .unwrap();
    let html = std::fs::read_to_string(&html).unwrap();
    assert!(html.contains("<dt>Ended</dt><dd>Not known"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_failed_as_a_whole_has_a_cause_and_no_rule_for_events() {
    let world = World::of(12, Scenario::AllWell);
    let home = world.face().await;
    let id = plan(&world, &home, 5.0).await;
    let run = with_another_file(&world, &home, &id).await;
    let folder = tempfile::tempdir().unwrap();
    let away = world.face_in(folder.path()).await;
    let found = opened(&away, run.waves[0].bulk_deployment.as_deref().unwrap()).await;
    assert_eq!(found.row.state, RunState::Failed, "{found:?}");
    assert_eq!(found.row.counts.total(), 0);
    let causes = run_causes(&away, &found.row.id).await.unwrap();
    assert_eq!(causes.len(), 1, "{causes:?}");
    assert_eq!((causes[0].wave, causes[0].line), (Some(1), Some(1)));
    let path = folder.path().join("events.json");
    for form in [ExportForm::EventsCloudFormation, ExportForm::EventsCli] {
        let refused = run_export(&away, &found.row.id, form, &path)
            .await
            .unwrap_err();
        assert_eq!(refused.problem().code, ErrorCode::InvalidInput);
        assert!(!path.exists());
    }
}
