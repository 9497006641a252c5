//! Two runs beside each other: each of their targets is counted once, by what changed for it.

use overseed_domain::rollout::{RunState, TargetState};
use overseed_engine::{
    job::JobKind,
    run::{
        ChangeCounts, CompareQuery, RetryVersion, RetryWhat, TargetChange, run_compare,
        run_retry_plan, run_start_plan, target_history,
    },
};
use proptest::prelude::*;

use crate::faults::drive;
use crate::retry::{mixed, ready, retry, started, targets};
use crate::world::{plan_file, progress};

fn sum(mut counts: ChangeCounts) -> u32 {
    TargetChange::ALL
        .map(|change| *counts.of(change))
        .iter()
        .sum()
}

fn page(change: Option<TargetChange>, offset: u32, limit: u32) -> CompareQuery {
    CompareQuery {
        change,
        offset,
        limit,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_compared_with_its_run_says_what_it_fixed() {
    let (world, session, run) = mixed(300).await;
    let a = run.row.id.clone();
    let out = world.folder().join("retry.json");
    let retrying = progress(&session, JobKind::Retry);
    let all = RetryWhat::default();
    run_retry_plan(&session, &a, all, RetryVersion::Same, &out, &retrying)
        .await
        .unwrap();
    let b = run_start_plan(&session, &out).await.unwrap().row.id;
    let again = drive(&session, &b).await;
    assert_eq!(again.row.state, RunState::Finished, "{:?}", again.problem);

    let all = run_compare(&session, &a, &b, page(None, 0, 500))
        .await
        .unwrap();
    let failing = |counts: &overseed_domain::rollout::Counts| counts.failed + counts.unknown;
    assert_eq!((&all.a.id, &all.b.id), (&a, &b));
    assert_eq!(sum(all.counts), run.row.counts.total());
    assert_eq!(all.counts.fixed, again.row.counts.succeeded);
    assert_eq!(all.counts.still_failing, failing(&again.row.counts));
    assert_eq!(all.counts.only_a, run.row.counts.succeeded);
    assert_eq!(
        (all.counts.only_b, all.counts.newly_failing, all.counts.same),
        (0, 0, 0)
    );
    assert!(all.counts.fixed > 0, "nothing was mended by trying again");
    assert_eq!(all.matches, sum(all.counts));
    assert_eq!(all.rows.len(), all.matches as usize);

    // Each row says of both sides what the runs say.
    for row in &all.rows {
        let (Some(in_a), in_b) = (&row.a, &row.b) else {
            panic!("only in B: {row:?}");
        };
        let change = in_b.as_ref().map_or(TargetChange::OnlyA, |in_b| {
            TargetChange::between(in_a.state, in_b.state)
        });
        assert_eq!(row.change, change, "{row:?}");
        assert!(row.name.is_some(), "{row:?}");
    }

    // The other way round nothing is lost either.
    let back = run_compare(&session, &b, &a, page(None, 0, 1))
        .await
        .unwrap();
    assert_eq!(back.counts.newly_failing, all.counts.fixed);
    assert_eq!(back.counts.only_b, all.counts.only_a);

    // By pages and filtered it is the same.
    let mut paged = Vec::new();
    while paged.len() < all.rows.len() {
        let offset = u32::try_from(paged.len()).unwrap();
        let rows = run_compare(&session, &a, &b, page(None, offset, 37))
            .await
            .unwrap()
            .rows;
        assert!(!rows.is_empty());
        paged.extend(rows);
    }
    assert_eq!(paged, all.rows);
    let fixed = run_compare(&session, &a, &b, page(Some(TargetChange::Fixed), 0, 500))
        .await
        .unwrap();
    assert_eq!(fixed.matches, all.counts.fixed);
    assert!(
        fixed
            .rows
            .iter()
            .all(|row| row.change == TargetChange::Fixed)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_compared_with_itself_and_one_that_was_not_driven() {
    let (world, session, run) = mixed(80).await;
    let id = &run.row.id;
    let itself = run_compare(&session, id, id, page(None, 0, 500))
        .await
        .unwrap();
    assert_eq!(itself.counts.same, run.row.counts.succeeded);
    assert_eq!(
        itself.counts.still_failing,
        run.row.counts.failed + run.row.counts.unknown
    );
    let file = plan_file(&world, &session, 0.5).await;
    let waiting = run_start_plan(&session, &file).await.unwrap().row;
    let open = run_compare(&session, id, &waiting.id, page(None, 0, 1))
        .await
        .unwrap();
    assert_eq!(open.counts.unsettled, waiting.counts.waiting);
    assert_eq!(
        sum(open.counts),
        run.row.counts.total().max(waiting.counts.total())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_the_same_group_with_and_without_the_account_before_it() {
    let (world, session, run) = mixed(80).await;
    let file = plan_file(&world, &session, 0.5).await;
    let again = run_start_plan(&session, &file).await.unwrap().row.id;
    let before = run_compare(&session, &run.row.id, &again, page(None, 0, 500))
        .await
        .unwrap();
    assert_eq!((before.counts.only_a, before.counts.only_b), (0, 0));
    // Every other target of the later run has the account before its id, as some answers do.
    let id = again.clone();
    session
        .store()
        .write(move |tx| {
            Ok(tx.execute(
                "UPDATE target SET target = (SELECT account FROM scope) || ':' || target
                 WHERE position % 2 = 0 AND run = (SELECT ordinal FROM run WHERE id = ?1)",
                [id],
            )?)
        })
        .await
        .unwrap();
    // Another question, as the last one's answer is kept.
    for (a, b) in [(&again, &run.row.id), (&run.row.id, &again)] {
        let mixed = run_compare(&session, a, b, page(None, 0, 500))
            .await
            .unwrap();
        assert_eq!(sum(mixed.counts), sum(before.counts));
        assert_eq!((mixed.counts.only_a, mixed.counts.only_b), (0, 0), "{a}");
    }
    for row in targets(&session, &again, None).await {
        assert!(row.before.is_some(), "{row:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_has_the_history_of_its_earlier_runs() {
    let (_world, session, run) = mixed(120).await;
    let failed = targets(&session, &run.row.id, Some(TargetState::Failed)).await;
    let target = failed.iter().find(|row| row.deployment.is_some()).unwrap();
    let none = target_history(&session, &run.row.id, &target.target)
        .await
        .unwrap();
    assert!(none.is_empty(), "{none:?}");
    let what = RetryWhat {
        targets: vec![target.target.clone()],
        ..RetryWhat::default()
    };
    let draft = retry(&session, &run.row.id, what).await;
    ready(&session).await;
    started(&session, &draft.plan).await;
    let history = target_history(&session, &draft.plan, &target.target)
        .await
        .unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].run, run.row.id);
    assert_eq!(history[0].state, TargetState::Failed);
    assert_eq!(history[0].version, target.version);
    assert_eq!(history[0].message, target.message);
    assert_eq!(history[0].at, run.row.started_at);
}

proptest! {
    #[test]
    fn each_pair_of_states_is_one_change_and_its_mirror(a in 0_u8..6, b in 0_u8..6) {
        let (a, b) = (TargetState::from_number(a).unwrap(), TargetState::from_number(b).unwrap());
        let (there, back) = (TargetChange::between(a, b), TargetChange::between(b, a));
        let failing = |state| matches!(state, TargetState::Failed | TargetState::Unknown);
        prop_assert_eq!(there == TargetChange::StillFailing, failing(a) && failing(b));
        prop_assert_eq!(there == TargetChange::NewlyFailing, failing(b) && !failing(a));
        if there == TargetChange::Fixed {
            prop_assert_eq!(back, TargetChange::NewlyFailing);
        }
        prop_assert_eq!(there == TargetChange::Same, a == b && a == TargetState::Succeeded);
    }
}
