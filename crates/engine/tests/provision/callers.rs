//! Callers with few rights and with none.

use overseed_domain::permissions::{Objects, Pack, ReadBy, app_document, pass_role_document};
use overseed_engine::{
    ErrorCode,
    job::JobKind,
    permissions::{RequirementState as State, apply_for, check_for},
};

use crate::world::{ACCOUNT, BUCKET, World, changes, detail, place, progress, states};

#[tokio::test]
async fn the_least_rights_suffice() {
    let world = World::of(10).await;
    let needs = world.needs("Bulk", 10).await;
    let role = format!("arn:aws:iam::{ACCOUNT}:role/Bulk");
    let least =
        app_document(&place(), &role, BUCKET, &Objects::Prefix("overseed".into())).compact();
    let session = world.user("lee", &least).await;
    let check = check_for(&session, &needs, "plan").await.unwrap();
    assert_eq!(changes(&check), ["role", "policy"]);
    let after = apply_for(&session, &needs, "plan", &progress(JobKind::Permissions))
        .await
        .unwrap();
    assert!(
        after.requirements.iter().all(|r| r.now == State::Yes),
        "{:#?}",
        after.requirements
    );

    // The same person may not make another role.
    let mut other = needs.clone();
    other.role = "Other".into();
    let after = apply_for(&session, &other, "plan", &progress(JobKind::Permissions))
        .await
        .unwrap();
    assert_eq!(
        after.failure().map(|problem| problem.code),
        Some(ErrorCode::AccessDenied)
    );
    let check = check_for(&session, &other, "plan").await.unwrap();
    assert_eq!(states(&check)[4], ("pass", State::No));
    assert!(
        detail(&check, "pass").contains("iam:PassRole"),
        "{}",
        detail(&check, "pass")
    );
}

#[tokio::test]
async fn without_rights_in_iam_nothing_is_guessed() {
    let world = World::of(10).await;
    let needs = world.needs("greengrass-bulk-2024", 10).await;
    let only = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["greengrass:*","s3:*"],"Resource":"*"}]}"#;
    let session = world.user("kim", only).await;
    let check = check_for(&session, &needs, "plan").await.unwrap();
    assert_eq!(
        states(&check),
        [
            ("role", State::NotChecked),
            ("trust", State::NotChecked),
            ("deploy", State::NotChecked),
            ("read", State::NotChecked),
            ("pass", State::NotChecked),
            ("start", State::NotChecked),
        ]
    );
    for requirement in &check.requirements {
        assert!(
            requirement
                .detail
                .contains("is not authorized to perform: iam:"),
            "{requirement:?}"
        );
    }
    let after = apply_for(&session, &needs, "plan", &progress(JobKind::Permissions))
        .await
        .unwrap();
    assert_eq!(
        after.failure().map(|problem| problem.code),
        Some(ErrorCode::AccessDenied)
    );
}

#[tokio::test]
async fn the_right_to_ask_is_enough_to_learn_the_rest() {
    let world = World::of(2).await;
    let needs = world.needs("greengrass-bulk-2024", 2).await;
    let role = format!("arn:aws:iam::{ACCOUNT}:role/greengrass-bulk-2024");
    let pass = pass_role_document(&role).compact();
    let policy = pass.replacen(
        '[',
        r#"[{"Effect":"Allow","Action":"iam:SimulatePrincipalPolicy","Resource":"*"},"#,
        1,
    );
    let session = world.user("ash", &policy).await;
    let check = check_for(&session, &needs, "plan").await.unwrap();
    assert_eq!(states(&check)[4], ("pass", State::Yes));
    assert_eq!(states(&check)[5], ("start", State::No));
    assert!(detail(&check, "start").contains("greengrass:StartBulkDeployment"));
}

#[tokio::test]
async fn the_least_rights_suffice_for_managed_policies() {
    let world = World::of(10).await;
    let needs = world
        .needs("Bulk", 10)
        .await
        .packed(Pack::Managed, ReadBy::Role);
    let role = format!("arn:aws:iam::{ACCOUNT}:role/Bulk");
    let least =
        app_document(&place(), &role, BUCKET, &Objects::Prefix("overseed".into())).compact();
    let session = world.user("lee", &least).await;
    let check = check_for(&session, &needs, "plan").await.unwrap();
    let attach = check
        .calls
        .iter()
        .find(|call| call.action == "iam:AttachRolePolicy");
    assert_eq!(attach.unwrap().state, State::Yes);
    let applying = progress(JobKind::Permissions);
    let after = apply_for(&session, &needs, "plan", &applying)
        .await
        .unwrap();
    assert!(after.failure().is_none(), "{:?}", after.failure());
}
