use overseed_domain::{
    rollout::{Counts, RunState, TargetState},
    waves::{Gate, Limit, WaveCut, Waves},
};
use overseed_engine::{
    Error,
    run::{
        TargetsQuery, run_causes, run_changes, run_continue, run_drive, run_fleet, run_get,
        run_resume, run_samples, run_skip, run_targets,
    },
    v2::plan::Way,
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use crate::hurried::Hurried;
use crate::world::{Planned, World, each_once, ended, made_by, report, sums, targets, until};

#[tokio::test(flavor = "multi_thread")]
async fn twenty_devices_get_their_deployments_and_say_so() {
    let world = World::of(20, Scenario::AllWell);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let all = Counts {
        succeeded: 20,
        ..Counts::default()
    };
    sums(&run, all);
    each_once(&session, &run).await;
    assert_eq!(run.waves[0].records_processed, 20);
    assert_eq!(run_fleet(&session, &id).await.unwrap(), "3".repeat(20));
    assert!(run_causes(&session, &id).await.unwrap().is_empty());
    for sample in run_samples(&session, &id).await.unwrap() {
        assert_eq!(sample.counts.total(), 20);
    }
    let changes = run_changes(&session, &id).await.unwrap();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0].operation, "greengrass:CreateDeployment");
    assert_eq!(changes[0].outcome.as_deref(), Some("done"));
    assert_eq!(
        changes[0].detail.as_deref(),
        Some("20 made, 0 refused, 0 not tried")
    );
    // What was reviewed is what was sent.
    let made = made_by(&session, &id).await;
    let deployment = &made[&planned.targets[3].0][0];
    let sent = session.clients.get_deployment(deployment).await.unwrap();
    assert_eq!(sent.listed.name.as_deref(), Some("Health reports"));
    assert_eq!(
        sent.document.unwrap().components["com.plant.HealthReport"].component_version,
        "1.1.0"
    );
    assert_eq!(sent.tags["overseed:wave"], "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_keep_the_devices_words_and_gather_to_causes() {
    let world = World::of(30, Scenario::AllWell);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::Direct).await.and_a_stranger();
    for (_, document) in planned.targets.iter_mut().take(12) {
        *document = report("9.9.9");
    }
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let counts = Counts {
        succeeded: 18,
        failed: 13,
        ..Counts::default()
    };
    sums(&run, counts);
    assert_eq!(run.waves[0].invalid_input_records, 1);
    let failed = TargetsQuery {
        state: Some(TargetState::Failed),
        limit: 500,
        ..TargetsQuery::default()
    };
    let page = run_targets(&session, &id, failed).await.unwrap();
    assert_eq!(page.matches, 13);
    let told = page
        .rows
        .iter()
        .filter(|row| row.code.as_deref() == Some("NO_AVAILABLE_COMPONENT_VERSION"));
    assert!(told.count() > 5, "{:#?}", page.rows);
    for row in &page.rows {
        assert!(
            row.message.as_ref().is_some_and(|m| !m.is_empty()),
            "{row:?}"
        );
        assert_eq!(row.deployment.is_none(), row.target == "nobody-knows-me");
    }
    let causes = run_causes(&session, &id).await.unwrap();
    assert_eq!(causes.iter().map(|c| c.targets).sum::<u32>(), 13);
    assert!(causes.len() <= 4, "{causes:#?}");
    each_once(&session, &run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_that_are_off_are_unknown_after_their_time_and_not_failed() {
    let world = World::of(120, Scenario::CoresOff);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::Direct).await;
    planned.settle_minutes = 2.0;
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let counts = run.row.counts;
    assert!(counts.unknown > 0 && counts.failed == 0, "{counts:?}");
    assert_eq!(counts.succeeded + counts.unknown, 120, "{counts:?}");
    let causes = run_causes(&session, &id).await.unwrap();
    let unknown: u32 = causes.iter().map(|cause| cause.targets).sum();
    assert_eq!(unknown, counts.unknown);
    assert_eq!(causes[0].title, "The device has not taken the deployment");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_fails_holds_the_waves_behind_it() {
    let world = World::of(20, Scenario::AllWell);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::Direct).await;
    planned.waves = Waves {
        cuts: vec![WaveCut::Count { targets: 4 }],
        gate: Gate {
            max_failed: Some(Limit::Count { targets: 0 }),
            ..Gate::default()
        },
        ..Waves::default()
    };
    for (_, document) in planned.targets.iter_mut().take(4) {
        *document = report("9.9.9");
    }
    let id = planned.recorded(&world, &session).await;
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Hold, "{run:?}");
    assert_eq!(run.row.counts.waiting, 16);
    assert_eq!(world.sandbox.calls("CreateDeployment"), 4);
    run_continue(&session, &id).await.unwrap();
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.succeeded, 16);
    assert_eq!(targets(&run), 20);
    each_once(&session, &run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_that_were_left_out_get_nothing() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    let out: Vec<String> = [2, 7].map(|at: usize| planned.targets[at].0.clone()).into();
    run_skip(&session, &id, out.clone()).await.unwrap();
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!((run.row.counts.succeeded, run.row.counts.waiting), (10, 2));
    let made = made_by(&session, &id).await;
    assert!(out.iter().all(|thing| !made.contains_key(thing)));
    each_once(&session, &run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_only_takes_longer() {
    let world = World::of(40, Scenario::Throttling);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    run_resume(&session, &id).await.unwrap();
    let run = until(&session, &id, ended).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.succeeded, 40);
    each_once(&session, &run).await;
    assert_eq!(run_get(&session, &id).await.unwrap().blind, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_takes_over_leaves_a_gap_however_soon_it_comes() {
    let world = World::with(40, Scenario::AllWell, 1.0, Hurried::new());
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let id = planned.recorded(&world, &session).await;
    let cancel = CancellationToken::new();
    let cut_off = async {
        until(&session, &id, |run| {
            run.waves[0].records_processed >= 10 || ended(run)
        })
        .await;
        cancel.cancel();
    };
    let (driven, ()) = tokio::join!(run_drive(&session, &id, &cancel), cut_off);
    assert!(matches!(driven, Err(Error::Cancelled)), "{driven:?}");
    let before = run_samples(&session, &id).await.unwrap();
    assert!(!before[0].gap, "nobody was missed before the first one");
    let run = run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let samples = run_samples(&session, &id).await.unwrap();
    assert!(samples[before.len()].gap, "{samples:?}");
}
