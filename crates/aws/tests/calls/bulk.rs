use std::collections::BTreeMap;

use overseed_aws::{Kind, StartBulkDeployment};
use overseed_domain::rollout::BulkStatus;
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use super::Stage;

const BUCKET: &str = "fleet-input-files";

/// Puts an input file for `groups` groups, makes a role that may deploy them, and answers what starts them.
async fn prepare(stage: &Stage) -> StartBulkDeployment {
    let account = &stage.sandbox.settings().account;
    stage.clients.create_bucket(BUCKET).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("input.jsonl");
    let lines = stage.clients.list_groups(None).await.unwrap().items.into_iter().filter_map(|group| {
        let version = group.latest_version?;
        Some(format!(
            "{{\"GroupId\":\"{}\",\"GroupVersionId\":\"{version}\",\"DeploymentType\":\"NewDeployment\"}}\n",
            group.id
        ))
    });
    std::fs::write(&path, lines.collect::<String>()).unwrap();
    let cancel = CancellationToken::new();
    stage
        .clients
        .put_file(BUCKET, "input.jsonl", &path, |_| {}, &cancel)
        .await
        .unwrap();
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"greengrass.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let (role_arn, _) = stage
        .clients
        .create_role("deployer", "/", trust, "For tests", &BTreeMap::new())
        .await
        .unwrap();
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"greengrass:CreateDeployment","Resource":"arn:aws:greengrass:eu-west-1:{account}:/greengrass/groups/*"}},{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::{BUCKET}/*"}}]}}"#
    );
    stage
        .clients
        .put_role_policy("deployer", "deploy", &policy)
        .await
        .unwrap();
    StartBulkDeployment {
        role_arn,
        input_file_uri: format!("s3://{BUCKET}/input.jsonl"),
        client_token: "token-1".to_owned(),
        tags: BTreeMap::from([("overseed:run".to_owned(), "r-1".to_owned())]),
    }
}

#[tokio::test]
async fn a_bulk_deployment_is_started_once_watched_and_stopped() {
    let stage = Stage::new(30, Scenario::AllWell).await;
    let start = prepare(&stage).await;
    stage.clock.advance(60_000);
    let started = stage.clients.start_bulk_deployment(&start).await.unwrap();
    assert!(started.request_id.is_some() && started.arn.contains(&started.id));
    let again = stage.clients.start_bulk_deployment(&start).await.unwrap();
    assert_eq!(again.id, started.id, "the same token starts nothing twice");

    let other = StartBulkDeployment {
        client_token: "token-2".to_owned(),
        ..start.clone()
    };
    let error = stage
        .clients
        .start_bulk_deployment(&other)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::ConcurrentBulkDeployment, "{error}");

    let listed = stage.clients.list_bulk_deployments(None).await.unwrap();
    assert_eq!(listed.items[0].id, started.id);
    assert!(listed.items[0].created_at.is_some());

    stage.clock.advance(600_000);
    let report = stage
        .clients
        .bulk_deployment_status(&started.id)
        .await
        .unwrap();
    assert_eq!(report.status, BulkStatus::Completed);
    assert_eq!(report.tags, start.tags);
    assert!(report.records_processed > 0 && report.records_processed <= 30);
    let reports = stage
        .clients
        .detailed_reports(&started.id, None)
        .await
        .unwrap()
        .items;
    assert_eq!(reports.len() as u64, u64::from(report.records_processed));
    assert!(
        reports
            .iter()
            .all(|r| r.status == "Success" && r.group_arn.is_some())
    );

    let second = stage.clients.start_bulk_deployment(&other).await.unwrap();
    stage
        .clients
        .stop_bulk_deployment(&second.id)
        .await
        .unwrap();
    stage.clock.advance(600_000);
    let report = stage
        .clients
        .bulk_deployment_status(&second.id)
        .await
        .unwrap();
    assert_eq!(report.status, BulkStatus::Stopped);
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_and_a_bad_file_are_told_apart() {
    let stage = Stage::new(5, Scenario::AllWell).await;
    let start = prepare(&stage).await;
    let error = stage
        .clients
        .start_bulk_deployment(&start)
        .await
        .unwrap_err();
    assert_eq!(
        error.kind,
        Kind::AssumeRole,
        "a new role is not visible yet: {error}"
    );
    stage.clock.advance(60_000);
    let nobody = format!("{}-none", start.role_arn);
    let start = StartBulkDeployment {
        role_arn: nobody,
        ..start
    };
    let error = stage
        .clients
        .start_bulk_deployment(&start)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::AssumeRole, "{error}");
    assert!(error.message.contains("deployer-none"), "{error}");
}
