//! The preflight checks.

use std::collections::BTreeMap;

use overseed_aws::StartBulkDeployment;
use overseed_domain::rollout::BulkStatus;
use overseed_engine::{
    ErrorCode,
    draft::draft_get,
    groups::{SelectionChange, groups_select},
    job::JobKind,
    permissions::permissions_apply,
    review::{Check, CheckState, Review, other_stop, review},
};

use overseed_sandbox::{Fault, FaultKind};

use crate::world::{World, progress};

fn check<'a>(review: &'a Review, id: &str) -> &'a Check {
    review.checks.iter().find(|check| check.id == id).unwrap()
}

async fn look(world: &World) -> Review {
    review(&world.session, &progress(JobKind::Review))
        .await
        .unwrap()
}

/// Starts what the draft would start, and says its id.
async fn start(world: &World, run: Option<&str>) -> String {
    let review = look(world).await;
    let tags = run.map(|run| ("overseed:run".to_owned(), run.to_owned()));
    let start = StartBulkDeployment {
        role_arn: review.role_arn,
        input_file_uri: review.input_file_uri,
        client_token: "token".into(),
        tags: BTreeMap::from_iter(tags),
    };
    world
        .session
        .clients
        .start_bulk_deployment(&start)
        .await
        .unwrap()
        .id
}

#[tokio::test]
async fn an_empty_draft_says_what_is_missing_and_where() {
    let world = World::of(3).await;
    let review = look(&world).await;
    assert!(!review.ready);
    for (id, step) in [
        ("selection", "groups"),
        ("file", "file"),
        ("bucket", "file"),
        ("upload", "file"),
        ("role", "permissions"),
        ("deploy", "permissions"),
    ] {
        let check = check(&review, id);
        assert_eq!(
            (check.state, check.step.as_deref()),
            (CheckState::Fail, Some(step)),
            "{check:?}"
        );
        assert!(!check.detail.is_empty());
    }
    assert_eq!(check(&review, "connection").state, CheckState::Pass);
    assert_eq!(check(&review, "service_role").state, CheckState::Pass);
    assert_eq!(check(&review, "other").state, CheckState::Pass);
}

#[tokio::test]
async fn a_whole_draft_is_ready_until_something_changes() {
    let world = World::of(12).await;
    world.draft("Bulk").await;
    let before = look(&world).await;
    assert!(!before.ready);
    assert_eq!(check(&before, "role").state, CheckState::Fail);
    permissions_apply(&world.session, &progress(JobKind::Permissions))
        .await
        .unwrap();
    let review = look(&world).await;
    let failed: Vec<_> = review
        .checks
        .iter()
        .filter(|c| c.state != CheckState::Pass)
        .collect();
    assert!(review.ready && failed.is_empty(), "{failed:#?}");
    assert_eq!(review.targets, 12);
    assert_eq!(review.role_arn, "arn:aws:iam::000000000000:role/Bulk");
    let draft = draft_get(&world.session).await.unwrap();
    let key = draft.upload.as_ref().unwrap().key.clone();
    assert!(key.contains(&draft.plan));
    assert_eq!(
        review.input_file_uri,
        format!("s3://{}/{key}", draft.bucket)
    );

    // The object goes away.
    world
        .session
        .clients
        .delete_object(&draft.bucket, &key)
        .await
        .unwrap();
    let gone = look(&world).await;
    assert_eq!(check(&gone, "upload").state, CheckState::Fail);
    assert!(check(&gone, "upload").detail.contains("gone"));

    // The selection changes after the file was made.
    let one = check_id(&world).await;
    let change = SelectionChange::Groups {
        ids: vec![one],
        selected: false,
    };
    groups_select(&world.session, change).await.unwrap();
    let stale = look(&world).await;
    assert_eq!(check(&stale, "file").state, CheckState::Fail);
    assert!(check(&stale, "file").detail.contains("Make it again"));
    assert_eq!(check(&stale, "upload").state, CheckState::Fail);
}

#[tokio::test]
async fn a_group_without_a_core_is_named() {
    let world = World::of(4).await;
    let greengrass = world.greengrass();
    let group = greengrass
        .create_group()
        .name("bare")
        .send()
        .await
        .unwrap()
        .id
        .unwrap();
    greengrass
        .create_group_version()
        .group_id(&group)
        .send()
        .await
        .unwrap();
    world.draft("greengrass-bulk-2024").await;
    let review = look(&world).await;
    let cores = check(&review, "cores");
    assert_eq!(
        (cores.state, cores.step.as_deref()),
        (CheckState::Fail, Some("groups"))
    );
    assert!(
        cores.detail.contains("5 of 5") && cores.detail.contains(&group),
        "{}",
        cores.detail
    );
    assert_eq!(
        check(&review, "file").state,
        CheckState::Fail,
        "the file holds the group"
    );
}

async fn check_id(world: &World) -> String {
    world.groups(1).await.ids()[0].clone()
}

#[tokio::test]
async fn a_missing_service_role_comes_with_its_command() {
    let world = World::of(3).await;
    world
        .greengrass()
        .disassociate_service_role_from_account()
        .send()
        .await
        .unwrap();
    let review = look(&world).await;
    let check = check(&review, "service_role");
    assert_eq!(check.state, CheckState::Fail);
    assert!(
        check
            .detail
            .contains("aws greengrass associate-service-role-to-account"),
        "{}",
        check.detail
    );
}

#[tokio::test]
async fn another_bulk_deployment_is_named_and_can_be_stopped() {
    let world = World::of(400).await;
    world.draft("greengrass-bulk-2024").await;
    let id = start(&world, Some("a-run")).await;
    let review = look(&world).await;
    assert!(!review.ready);
    let other = review.other.as_ref().unwrap();
    assert_eq!(
        (other.id.as_str(), other.run.as_deref()),
        (id.as_str(), Some("a-run"))
    );
    assert!(!other.status.is_terminal());
    let found = check(&review, "other");
    assert_eq!(
        (found.state, found.step.as_deref()),
        (CheckState::Fail, Some("review"))
    );
    assert!(
        found.detail.contains(&id) && found.detail.contains("a-run"),
        "{}",
        found.detail
    );

    let after = other_stop(&world.session, &id, &progress(JobKind::StopOther))
        .await
        .unwrap();
    assert_eq!(after.other, None);
    assert_eq!(check(&after, "other").state, CheckState::Pass);
    let status = world
        .session
        .clients
        .bulk_deployment_status(&id)
        .await
        .unwrap()
        .status;
    assert_eq!(status, BulkStatus::Stopped);
    assert_eq!(world.sandbox.calls("StopBulkDeployment"), 1);
    // It has ended: asked again, nothing is stopped.
    other_stop(&world.session, &id, &progress(JobKind::StopOther))
        .await
        .unwrap();
    assert_eq!(world.sandbox.calls("StopBulkDeployment"), 1);
    let unknown = "00000000-0000-4000-8000-000000000000";
    let refused = other_stop(&world.session, unknown, &progress(JobKind::StopOther)).await;
    let code = refused.unwrap_err().problem().code;
    assert!(
        matches!(code, ErrorCode::NotFound | ErrorCode::BadRequest),
        "{code:?}"
    );
}

#[tokio::test]
async fn credentials_that_have_ended_fail_the_review() {
    let world = World::of(3).await;
    let ended = Fault::once("GetCallerIdentity", FaultKind::ExpiredCredentials);
    world.sandbox.faults().add(ended);
    let review = look(&world).await;
    assert_eq!(check(&review, "connection").state, CheckState::Fail);
    assert!(check(&review, "connection").detail.contains("expired"));
    assert!(!review.ready);
}
