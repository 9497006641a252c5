//! How often AWS is asked, and what the chart says of times in which it was not.

use overseed_domain::rollout::RunState;
use overseed_engine::{
    Error,
    run::{run_drive, run_resume, run_samples},
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::{
    faults::{REPORTS, STATUS, drive},
    world::{World, ended, plan, until},
};

/// Requests a second that an account may make of each API (limits).
const QUOTA: i64 = 30;

#[tokio::test(flavor = "multi_thread")]
async fn a_run_leaves_nine_tenths_of_each_apis_quota_to_others() {
    // A handful of reports a page: the reading of all is many requests.
    let world = World::of(400, Scenario::SmallPages);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    let began = session.clock().now();
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let seconds = session.clock().now().since(began) / 1000 + 1;
    let pages = i64::try_from(world.sandbox.calls(REPORTS)).unwrap();
    let looks = i64::try_from(world.sandbox.calls(STATUS)).unwrap();
    assert!(pages > 100, "{pages} pages are too few to tell");
    // What may come at once is what a tenth of the quota is in ten seconds.
    let tenth = |seconds: i64| seconds * QUOTA / 10 + QUOTA;
    assert!(pages <= tenth(seconds), "{pages} pages in {seconds} s");
    assert!(looks <= tenth(seconds), "{looks} looks in {seconds} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_without_readings_are_gaps_and_others_are_none() {
    let world = World::at_speed(12, Scenario::SlowStart, 1.0);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    run_resume(&session, &id).await.unwrap();
    until(&session, &id, |run| run.read_at.is_some() || ended(run)).await;
    // No network, until it has long been missed.
    world.sandbox.faults().add(Fault {
        operation: STATUS.to_owned(),
        kind: FaultKind::Reset,
        times: None,
        after: 0,
    });
    let lost = until(&session, &id, |run| run.blind.is_some() || ended(run)).await;
    let read_at = lost.read_at.unwrap();
    world.clock.leap(120);
    world.sandbox.faults().clear();
    let again = until(&session, &id, |run| {
        run.read_at.is_some_and(|at| at.since(read_at) > 100_000) || ended(run)
    })
    .await;
    assert_eq!(again.rate, None, "what happened in the gap gives no rate");
    let run = until(&session, &id, |run| run.row.state.is_terminal()).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let samples = run_samples(&session, &id).await.unwrap();
    for pair in samples.windows(2) {
        let silent = pair[1].at.since(pair[0].at);
        assert!(!pair[1].gap || silent > 30_000, "{silent} ms are no gap");
        assert!(pair[1].gap || silent <= 90_000, "{silent} ms are a gap");
    }
    assert!(!samples[0].gap, "nothing was expected before the first one");
    assert!(samples.iter().any(|sample| sample.gap), "{samples:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_takes_over_leaves_a_gap_however_soon_it_comes() {
    let world = World::at_speed(12, Scenario::SlowStart, 1.0);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    let cancel = CancellationToken::new();
    let cut_off = async {
        until(&session, &id, |run| run.read_at.is_some() || ended(run)).await;
        cancel.cancel();
    };
    let (driven, ()) = tokio::join!(run_drive(&session, &id, &cancel), cut_off);
    assert!(matches!(driven, Err(Error::Cancelled)), "{driven:?}");
    let before = run_samples(&session, &id).await.unwrap();
    assert!(!before[0].gap, "nobody was missed before the first one");
    let run = drive(&session, &id).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let samples = run_samples(&session, &id).await.unwrap();
    assert!(samples[before.len()].gap, "{samples:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_of_many_readings_is_thinned_evenly_and_keeps_its_gaps() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = plan(&world, &session, 5.0).await;
    drive(&session, &id).await;
    let readings = 10_000;
    session
        .store()
        .write(move |tx| {
            tx.execute(
                "DELETE FROM sample WHERE at > (SELECT min(at) FROM sample)",
                [],
            )?;
            tx.execute(
                "INSERT INTO sample (run, at, processed, counts, gap)
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
                 SELECT run, at + i * 2000, i, counts, i = 4711 FROM sample, n",
                [readings],
            )?;
            Ok(())
        })
        .await
        .unwrap();
    let samples = run_samples(&session, &id).await.unwrap();
    assert!((290..=301).contains(&samples.len()), "{}", samples.len());
    assert_eq!(samples[samples.len() - 1].processed, readings - 1);
    let gaps: Vec<_> = samples.iter().filter(|sample| sample.gap).collect();
    assert_eq!(gaps.len(), 1);
    assert!((4711..4711 + 34).contains(&gaps[0].processed), "{gaps:?}");
    let steps: Vec<_> = samples
        .windows(2)
        .map(|two| two[1].processed - two[0].processed)
        .collect();
    assert!(
        steps[1..steps.len() - 1]
            .iter()
            .all(|step| *step == steps[1]),
        "{steps:?}"
    );
}
