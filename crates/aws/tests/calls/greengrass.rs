use std::collections::BTreeSet;

use overseed_aws::{Kind, pages};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use super::Stage;

#[tokio::test]
async fn all_groups_are_listed_once_however_small_the_pages() {
    let stage = Stage::new(40, Scenario::SmallPages).await;
    let cancel = CancellationToken::new();
    let clients = &stage.clients;
    let mut listing = pages(
        "greengrass:ListGroups",
        &cancel,
        async |token: Option<String>| clients.list_groups(token.as_deref()).await,
    );
    let (mut ids, mut calls) = (BTreeSet::new(), 0);
    while let Some(page) = listing.next().await.unwrap() {
        calls += 1;
        for group in page.items {
            assert!(group.arn.contains(":/greengrass/groups/"), "{}", group.arn);
            assert!(!group.name.is_empty() && group.created_at.is_some());
            assert!(ids.insert(group.id), "listed twice");
        }
    }
    assert_eq!(ids.len(), 40);
    assert!(calls > 4, "{calls} pages");
}

#[tokio::test]
async fn a_version_leads_to_its_core() {
    let stage = Stage::new(5, Scenario::AllWell).await;
    let groups = stage.clients.list_groups(None).await.unwrap().items;
    let group = groups
        .iter()
        .find(|group| group.latest_version.is_some())
        .unwrap();
    let latest = group.latest_version.as_deref().unwrap();
    let versions = stage
        .clients
        .list_group_versions(&group.id, None)
        .await
        .unwrap()
        .items;
    assert!(versions.iter().any(|version| version.version == latest));
    let definition = stage
        .clients
        .get_group_version(&group.id, latest)
        .await
        .unwrap();
    assert_eq!(
        stage
            .clients
            .core_count(&definition.core.unwrap())
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let stage = Stage::new(2, Scenario::AllWell).await;
    let group = stage
        .clients
        .list_groups(None)
        .await
        .unwrap()
        .items
        .remove(0);
    let none = "00000000-0000-4000-8000-000000000000";
    let table = [
        stage
            .clients
            .list_group_versions(none, None)
            .await
            .map(|_| ())
            .unwrap_err(),
        stage
            .clients
            .get_group_version(&group.id, none)
            .await
            .map(|_| ())
            .unwrap_err(),
        stage
            .clients
            .bulk_deployment_status(none)
            .await
            .map(|_| ())
            .unwrap_err(),
    ];
    for error in table {
        assert_eq!(error.kind, Kind::NotFound, "{error}");
        assert!(
            !error.message.is_empty() && error.status.is_some(),
            "{error:?}"
        );
    }
    let error = stage
        .clients
        .core_count("arn:aws:s3:::bucket")
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::BadRequest);
    let error = stage
        .clients
        .list_groups(Some("made up"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::BadRequest, "{error}");
}

#[tokio::test]
async fn the_accounts_service_role_is_known() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    let role = stage.clients.service_role().await.unwrap();
    assert_eq!(role, Some(stage.sandbox.settings().service_role_arn()));
}
