//! Retrying what did not succeed and going back where it did: new plans with just those targets.

use std::collections::BTreeMap;

use overseed_domain::rollout::{RunState, TargetState};
use overseed_engine::{
    ErrorCode, Session,
    draft::{Draft, DraftChange, draft_set},
    input_file::{file_make, file_upload},
    job::JobKind,
    plan::{plan_open, plan_read},
    run::{
        RetryVersion, RetryWhat, RunSnapshot, TargetRow, TargetsQuery, run_causes, run_get,
        run_retry, run_retry_plan, run_roll_back, run_roll_back_plan, run_start, run_start_plan,
        run_targets,
    },
    versions::{VersionsQuery, group_versions, versions_page},
};
use overseed_sandbox::Scenario;

use crate::faults::drive;
use crate::world::{World, draft, ended, progress, until};

/// A run of all groups of a mixed fleet, to its end.
pub async fn mixed(groups: u32) -> (World, Session, RunSnapshot) {
    let world = World::of(groups, Scenario::Mixed);
    let session = world.face().await;
    let plan = draft(&session, 0.5).await.plan;
    let run = started(&session, &plan).await;
    (world, session, run)
}

/// Starts the draft and waits for its end.
pub async fn started(session: &Session, plan: &str) -> RunSnapshot {
    run_start(session, &progress(session, JobKind::Review))
        .await
        .unwrap();
    let run = until(session, plan, ended).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    run
}

/// The rest of the wizard for a draft that a retry made.
pub async fn ready(session: &Session) -> Draft {
    file_make(session, &progress(session, JobKind::InputFile))
        .await
        .unwrap();
    file_upload(session, &progress(session, JobKind::Upload))
        .await
        .unwrap()
}

pub async fn retry(session: &Session, run: &str, what: RetryWhat) -> Draft {
    let retrying = progress(session, JobKind::Retry);
    run_retry(session, run, what, RetryVersion::Same, &retrying)
        .await
        .unwrap()
        .groups()
        .unwrap()
}

pub async fn targets(session: &Session, run: &str, state: Option<TargetState>) -> Vec<TargetRow> {
    let query = TargetsQuery {
        state,
        limit: 500,
        ..TargetsQuery::default()
    };
    run_targets(session, run, query).await.unwrap().rows
}

#[tokio::test(flavor = "multi_thread")]
async fn the_targets_of_one_cause_become_a_plan_that_knows_its_run() {
    let (_world, session, run) = mixed(300).await;
    let id = &run.row.id;
    let causes = run_causes(&session, id).await.unwrap();
    assert!(causes.len() > 1, "{causes:?}");
    let cause = &causes[0];
    let what = RetryWhat {
        cause: Some(cause.key.clone()),
        ..RetryWhat::default()
    };
    let draft = retry(&session, id, what).await;
    assert_eq!(draft.selected, cause.targets);
    assert_eq!(draft.parent.as_deref(), Some(id.as_str()));
    assert_eq!(draft.name, "Firmware 4.2 (retry)");
    ready(&session).await;
    let again = started(&session, &draft.plan).await;
    assert_eq!(again.row.parent.as_deref(), Some(id.as_str()));
    assert_eq!(again.row.counts.total(), cause.targets);

    let of_cause = TargetsQuery {
        cause: Some(cause.key.clone()),
        limit: 500,
        ..TargetsQuery::default()
    };
    let before = run_targets(&session, id, of_cause).await.unwrap().rows;
    let versions = |rows: &[TargetRow]| -> BTreeMap<String, String> {
        let pairs = rows
            .iter()
            .map(|row| (row.target.clone(), row.version.clone()));
        pairs.collect()
    };
    let after = targets(&session, &again.row.id, None).await;
    assert_eq!(versions(&after), versions(&before));
}

#[tokio::test(flavor = "multi_thread")]
async fn named_targets_are_taken_whatever_their_state_and_strangers_are_refused() {
    let (_world, session, run) = mixed(120).await;
    let id = &run.row.id;
    let good = targets(&session, id, Some(TargetState::Succeeded)).await;
    let bad = targets(&session, id, Some(TargetState::Failed)).await;
    let named = vec![good[0].target.clone(), bad[0].target.clone()];
    let what = |targets: Vec<String>, states| RetryWhat {
        targets,
        states,
        cause: None,
    };
    let draft = retry(&session, id, what(named.clone(), vec![])).await;
    assert_eq!(draft.selected, 2);
    let draft = retry(&session, id, what(named, vec![TargetState::Failed])).await;
    assert_eq!(draft.selected, 1);
    let prefixed = format!("{}:{}", session.connection.account, bad[0].target);
    assert_eq!(
        retry(&session, id, what(vec![prefixed], vec![]))
            .await
            .selected,
        1
    );

    let retrying = progress(&session, JobKind::Retry);
    let stranger = what(vec!["no-such-group".to_owned()], vec![]);
    let refused = run_retry(&session, id, stranger, RetryVersion::Same, &retrying)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(refused.code, ErrorCode::NotFound);
    assert_eq!(refused.detail.as_deref(), Some("no-such-group"));
    let none = what(vec![good[0].target.clone()], vec![TargetState::Failed]);
    let refused = run_retry(&session, id, none, RetryVersion::Same, &retrying)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(refused.code, ErrorCode::NothingSelected);
}

#[tokio::test(flavor = "multi_thread")]
async fn rolling_back_gives_what_succeeded_the_version_before() {
    let (_world, session, run) = mixed(60).await;
    let id = &run.row.id;
    let rolling = progress(&session, JobKind::Retry);
    let draft = run_roll_back(&session, id, &rolling)
        .await
        .unwrap()
        .groups()
        .unwrap();
    assert_eq!(draft.selected, run.row.counts.succeeded);
    assert_eq!(draft.name, "Firmware 4.2 (roll back)");
    let query = VersionsQuery {
        limit: 500,
        ..VersionsQuery::default()
    };
    let page = versions_page(&session, query).await.unwrap();
    let deployed: BTreeMap<_, _> = targets(&session, id, Some(TargetState::Succeeded))
        .await
        .into_iter()
        .map(|row| (row.target, row.version))
        .collect();
    assert_eq!(page.rows.len(), deployed.len());
    let mut back = 0;
    for row in &page.rows {
        let listed = group_versions(&session, &row.id).await.unwrap();
        let place = listed.iter().position(|v| v.version == deployed[&row.id]);
        match listed.get(place.unwrap() + 1) {
            Some(before) => {
                assert_eq!(row.version, before.version);
                assert_eq!(row.problem, None);
                back += 1;
            }
            None => assert!(row.problem.is_some(), "{row:?}"),
        }
    }
    assert!(back > 0, "no group had a version before");
    assert_eq!(page.problems, draft.selected - back);
}

#[tokio::test(flavor = "multi_thread")]
async fn rolling_back_prefers_what_an_earlier_run_deployed_to_what_is_listed_before() {
    let (world, session, first) = mixed(60).await;
    let rolling = progress(&session, JobKind::Retry);
    let out = world.folder().join("back.json");
    let made = run_roll_back_plan(&session, &first.row.id, &out, &rolling)
        .await
        .unwrap();
    assert_eq!(made.from_earlier_runs, 0, "no run was before");
    let id = run_start_plan(&session, &out).await.unwrap().row.id;
    let second = drive(&session, &id).await;
    assert!(second.row.counts.succeeded > 0, "{second:?}");
    // Groups have an older version now. What they had before is the newer one, whatever the order of versions.
    let again = world.folder().join("forth.json");
    let made = run_roll_back_plan(&session, &id, &again, &rolling)
        .await
        .unwrap();
    assert_eq!(made.left_out, []);
    assert_eq!(made.from_earlier_runs, second.row.counts.succeeded);
    let before: BTreeMap<_, _> = targets(&session, &first.row.id, None)
        .await
        .into_iter()
        .map(|row| (row.target, row.version))
        .collect();
    let mut planned = 0;
    plan_read(&again, &mut |target, version| {
        assert_eq!(version, before[target]);
        planned += 1;
        Ok(())
    })
    .unwrap();
    assert_eq!(planned, second.row.counts.succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_as_a_file_leaves_the_draft_alone_and_names_what_it_leaves_out() {
    let (world, session, run) = mixed(60).await;
    let id = &run.row.id;
    let change = DraftChange {
        name: Some("Something else".to_owned()),
        ..DraftChange::default()
    };
    let before = draft_set(&session, change).await.unwrap();
    let out = world.folder().join("retry.json");
    let retrying = progress(&session, JobKind::Retry);
    let all = RetryWhat::default();
    let made = run_retry_plan(&session, id, all, RetryVersion::Same, &out, &retrying)
        .await
        .unwrap();
    let lost = run.row.counts.failed + run.row.counts.unknown;
    assert_eq!(made.file.records, lost);
    assert!(made.left_out.is_empty(), "{:?}", made.left_out);
    let mut read = Vec::new();
    let header = plan_read(&out, &mut |target, version| {
        read.push((target.to_owned(), version.to_owned()));
        Ok(())
    })
    .unwrap();
    assert_eq!(header.parent.as_deref(), Some(id.as_str()));
    assert_eq!(read.len(), lost as usize);
    let recorded = run_start_plan(&session, &out).await.unwrap();
    assert_eq!(recorded.row.parent.as_deref(), Some(id.as_str()));
    assert_eq!(recorded.row.counts.waiting, lost);
    let now = draft_set(&session, DraftChange::default()).await.unwrap();
    assert_eq!(now, before);
    let opened = plan_open(&session, &out, &progress(&session, JobKind::InputFile))
        .await
        .unwrap()
        .groups()
        .unwrap();
    assert_eq!(opened.parent.as_deref(), Some(id.as_str()));

    let back = world.folder().join("back.json");
    let made = run_roll_back_plan(&session, id, &back, &retrying)
        .await
        .unwrap();
    let left_out = u32::try_from(made.left_out.len()).unwrap();
    assert_eq!(made.file.records + left_out, run.row.counts.succeeded);
    assert!(made.file.records > 0);
    assert!(made.left_out.iter().all(|left| !left.why.is_empty()));
    assert_eq!(run_get(&session, id).await.unwrap(), run);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_version_is_the_one_that_the_account_has_now() {
    let (world, session, run) = mixed(60).await;
    let id = &run.row.id;
    let mut tried = None;
    for row in &targets(&session, id, None).await {
        let versions = group_versions(&session, &row.target).await;
        if let Ok(versions) = versions
            && versions.len() > 1
        {
            tried = Some((row.target.clone(), versions));
            break;
        }
    }
    let (group, versions) = tried.expect("a group with two versions");
    let (now, older) = (versions[0].version.clone(), versions[1].version.clone());
    // The inventory was listed before the newest version was made.
    let of = group.clone();
    session
        .store()
        .write(move |tx| {
            tx.execute("DELETE FROM group_version WHERE group_id = ?1", [&of])?;
            Ok(tx.execute(
                "UPDATE inventory_group SET latest_version = ?2 WHERE id = ?1",
                [&of, &older],
            )?)
        })
        .await
        .unwrap();
    let what = RetryWhat {
        targets: vec![group.clone()],
        ..RetryWhat::default()
    };
    let out = world.folder().join("latest.json");
    let retrying = progress(&session, JobKind::Retry);
    run_retry_plan(
        &session,
        id,
        what.clone(),
        RetryVersion::Latest,
        &out,
        &retrying,
    )
    .await
    .unwrap();
    let mut planned = Vec::new();
    plan_read(&out, &mut |target, version| {
        planned.push((target.to_owned(), version.to_owned()));
        Ok(())
    })
    .unwrap();
    assert_eq!(planned, [(group.clone(), now.clone())]);
    // The window's draft gets the same.
    run_retry(&session, id, what, RetryVersion::Latest, &retrying)
        .await
        .unwrap();
    let page = versions_page(
        &session,
        VersionsQuery {
            limit: 10,
            ..VersionsQuery::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(page.rows[0].version, now);
}
