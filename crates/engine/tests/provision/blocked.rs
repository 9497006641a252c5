//! A start that is blocked says by what, loses nothing, and works once that is mended.

use overseed_domain::{
    permissions::{Objects, app_document},
    rollout::RunState,
};
use overseed_engine::{
    ErrorCode,
    draft::draft_get,
    job::JobKind,
    permissions::{
        HandOver, RequirementState as State, check_for, hand_over_for, permissions_apply,
    },
    review::{CheckState, review},
    run::{run_start, run_stop, runs_list},
};

use crate::world::{ACCOUNT, BUCKET, World, place, progress, states};

#[tokio::test]
async fn a_start_is_blocked_by_each_failed_check_and_names_it() {
    let world = World::of(6).await;
    world.draft("Bulk").await;
    world
        .greengrass()
        .disassociate_service_role_from_account()
        .send()
        .await
        .unwrap();
    let before = draft_get(&world.session).await.unwrap();
    let seen = review(&world.session, &progress(JobKind::Review))
        .await
        .unwrap();
    let failed: Vec<_> = seen
        .checks
        .iter()
        .filter(|check| check.state == CheckState::Fail)
        .collect();
    assert!(!seen.ready);
    assert!(failed.iter().any(|check| check.id == "role"), "{failed:?}");
    assert!(
        failed.iter().any(|check| check.id == "service_role"),
        "{failed:?}"
    );

    let blocked = run_start(&world.session, &progress(JobKind::Review)).await;
    let problem = blocked.unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::PreflightFailed);
    let say = format!("{} of {} checks", failed.len(), seen.checks.len());
    assert!(problem.message.contains(&say), "{problem:?}");
    let detail = problem.detail.unwrap();
    for check in &failed {
        let line = format!("{}: {}", check.title, check.detail);
        assert!(detail.contains(&line), "{line}\nin\n{detail}");
    }
    assert!(problem.hint.is_some());
    assert_eq!(draft_get(&world.session).await.unwrap(), before);
    assert_eq!(runs_list(&world.session).await.unwrap(), []);
    assert_eq!(world.sandbox.calls("StartBulkDeployment"), 0);

    // Mended, it starts: with the very draft.
    let role = format!("arn:aws:iam::{ACCOUNT}:role/service-role/Greengrass_ServiceRole");
    world
        .greengrass()
        .associate_service_role_to_account()
        .role_arn(role)
        .send()
        .await
        .unwrap();
    permissions_apply(&world.session, &progress(JobKind::Permissions))
        .await
        .unwrap();
    let run = run_start(&world.session, &progress(JobKind::Review))
        .await
        .unwrap();
    assert_eq!(run.row.id, before.plan);
    assert_ne!(run.row.state, RunState::Failed);
    run_stop(&world.session, &run.row.id).await.unwrap();
}

#[tokio::test]
async fn without_rights_in_iam_all_is_handed_over_and_checked_again_later() {
    let world = World::of(5).await;
    let needs = world.needs("Bulk", 5).await;
    let nothing = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["greengrass:*","s3:*"],"Resource":"*"}]}"#;
    let session = world.user("kim", nothing).await;
    let check = check_for(&session, &needs, "plan").await.unwrap();
    assert!(
        check
            .requirements
            .iter()
            .all(|r| r.now == State::NotChecked),
        "{check:?}"
    );
    for form in [HandOver::Json, HandOver::AwsCli] {
        let text = hand_over_for(&session, &needs, form).await.unwrap();
        for part in ["Bulk", "greengrass:CreateDeployment", "sts:AssumeRole"] {
            assert!(text.contains(part), "{form:?} lacks {part}:\n{text}");
        }
    }

    // The administrator does it and grants the app's least rights; the same person checks again.
    overseed_engine::permissions::apply_for(
        &world.session,
        &needs,
        "plan",
        &progress(JobKind::Permissions),
    )
    .await
    .unwrap();
    let role = format!("arn:aws:iam::{ACCOUNT}:role/Bulk");
    let least =
        app_document(&place(), &role, BUCKET, &Objects::Prefix("overseed".into())).compact();
    let iam = world.iam();
    let policy = iam
        .create_policy()
        .policy_name("least")
        .policy_document(least)
        .send()
        .await
        .unwrap();
    iam.attach_user_policy()
        .user_name("kim")
        .policy_arn(policy.policy.unwrap().arn.unwrap())
        .send()
        .await
        .unwrap();
    let check = check_for(&session, &needs, "plan").await.unwrap();
    assert!(
        check.requirements.iter().all(|r| r.now == State::Yes),
        "{:?}",
        states(&check)
    );
    assert!(check.changes.is_empty(), "{check:?}");
}
