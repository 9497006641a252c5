//! What is looked at before a run writes to the account, and what one plan may not take from another's run.

use overseed_domain::{
    permissions::{Groups, Objects, Pack, ReadBy},
    rollout::RunState,
};
use overseed_engine::{
    ErrorCode, Session,
    job::JobKind,
    permissions::{Needs, apply_for, check_for, undo_for},
    run::{run_drive, run_start_plan, run_stop},
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use crate::{
    faults::{START, drive},
    world::{BUCKET, World, plan, plan_file, plan_with, progress, until},
};

const ROLE: &str = "FaultyRollout";

/// Every second target, beginning with this one.
async fn half(world: &World, session: &Session, first: usize) -> String {
    plan_with(world, session, 5.0, |targets| {
        *targets = targets.iter().skip(first).step_by(2).cloned().collect();
    })
    .await
}

async fn needs(session: &Session, count: usize, pack: Pack) -> Needs {
    let page = session.clients.list_groups(None).await.unwrap();
    let ids = page.items.into_iter().take(count).map(|group| group.id);
    Needs {
        role: ROLE.to_owned(),
        bucket: BUCKET.to_owned(),
        objects: Objects::Prefix("faults".to_owned()),
        read_by: ReadBy::Role,
        groups: ids.collect::<Groups>(),
        pack,
        waves: 1,
    }
}

/// Drives a run until its bulk deployment is there; it then goes on without its driver.
async fn begun(session: &Session, run: &str) {
    let cancel = CancellationToken::new();
    tokio::select! {
        driven = run_drive(session, run, &cancel) => panic!("{driven:?}"),
        _ = until(session, run, |run| run.waves[0].bulk_deployment.is_some()) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_plan_with_the_role_of_a_run_takes_nothing_from_it() {
    let world = World::at_speed(120, Scenario::AllWell, 2.0);
    let session = world.face().await;
    let first = half(&world, &session, 0).await;
    let second = half(&world, &session, 1).await;
    begun(&session, &first).await;
    let other = until(&session, &first, |_| true).await.waves[0]
        .bulk_deployment
        .clone()
        .unwrap();
    let writes = || {
        ["PutRolePolicy", "CreateRole", "PutObject", START].map(|call| world.sandbox.calls(call))
    };
    let before = writes();
    let run = drive(&session, &second).await;
    assert_eq!(run.row.state, RunState::Hold, "{run:?}");
    let problem = run.problem.unwrap();
    assert_eq!(problem.code, ErrorCode::ConcurrentBulkDeployment);
    assert!(problem.message.contains(&other), "{problem:?}");
    assert_eq!(writes(), before, "nothing was written");

    // By hand it cannot be done either, as long as the first one's groups would be refused.
    let few = needs(&session, 5, Pack::Inline).await;
    let check = check_for(&session, &few, "third").await.unwrap();
    assert!(
        check.warnings.iter().any(|words| words.contains(&first)),
        "{:?}",
        check.warnings
    );
    let work = progress(&session, JobKind::Permissions);
    let refused = apply_for(&session, &few, "third", &work).await;
    let problem = refused.unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::Conflict, "{problem:?}");
    assert!(problem.hint.unwrap().contains("use another role"));
    assert_eq!(writes(), before, "nothing was written");
    // What keeps all of its groups is no harm; but it stays while the run is on.
    let all = needs(&session, 5, Pack::Wildcard).await;
    let after = apply_for(&session, &all, "third", &work).await.unwrap();
    assert_eq!(after.failure(), None);
    assert_eq!(after.changes.len(), 1);
    let kept = undo_for(&session, "third", &work).await;
    assert_eq!(kept.unwrap_err().problem().code, ErrorCode::Conflict);
    assert_eq!(world.sandbox.calls("DeleteRolePolicy"), 0);

    // The first one ends well, and then the second one's turn comes.
    let run = drive(&session, &first).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.succeeded, run.waves[0].targets);
    let run = drive(&session, &second).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    assert_eq!(run.row.counts.succeeded, run.waves[0].targets);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_does_not_suit_holds_the_run_before_anything_is_made() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    for (bucket, code) in [
        ("overseed-elsewhere-000000000000", ErrorCode::BucketRegion),
        ("overseed-kms-000000000000", ErrorCode::BucketKms),
        ("overseed-not-there", ErrorCode::BucketMissing),
    ] {
        let file = plan_file(&world, &session, 5.0).await;
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace(BUCKET, bucket)).unwrap();
        let run = run_start_plan(&session, &file).await.unwrap().row.id;
        let held = drive(&session, &run).await;
        assert_eq!(held.row.state, RunState::Hold, "{bucket}");
        assert_eq!(held.problem.unwrap().code, code, "{bucket}");
        run_stop(&session, &run).await.unwrap();
    }
    for call in ["CreateRole", "PutRolePolicy", "PutObject", START] {
        assert_eq!(world.sandbox.calls(call), 0, "{call}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_holds_unstarted_stands_in_nobodys_way() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let file = plan_file(&world, &session, 5.0).await;
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(BUCKET, "overseed-not-there")).unwrap();
    let held = run_start_plan(&session, &file).await.unwrap().row.id;
    drive(&session, &held).await;
    let other = plan(&world, &session, 5.0).await;
    let run = drive(&session, &other).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let work = progress(&session, JobKind::Permissions);
    let undone = undo_for(&session, &other, &work).await.unwrap();
    assert!(!undone.is_empty());
    assert_eq!(session.clients.get_role(ROLE).await.unwrap(), None);
}
