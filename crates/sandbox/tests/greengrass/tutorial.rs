//! From the list of groups to the last report.

use std::collections::BTreeMap;

use aws_sdk_greengrass::types::BulkDeploymentStatus;
use overseed_sandbox::{Scenario, Settings};

use super::{SPEED, Stage, refused};

#[tokio::test]
async fn the_whole_tutorial() {
    let stage = Stage::new(120, Scenario::AllWell);
    let groups = stage.groups().await;
    assert_eq!(groups.len(), 120);
    let versions = stage
        .greengrass
        .list_group_versions()
        .group_id(groups[0].id().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(versions.versions()[0].version(), groups[0].latest_version());
    assert_eq!(stage.put_input(&groups).await, 120);

    let arns: Vec<&str> = groups
        .iter()
        .map(|group| group.arn().unwrap())
        .take(100)
        .collect();
    let role = stage
        .make_role("deployer", &serde_json::json!(arns).to_string())
        .await;
    // IAM takes some seconds to tell Greengrass about a new role.
    let (code, message) = refused(stage.start(&role).amzn_client_token("one").send().await);
    assert_eq!(code, "BadRequestException");
    assert!(message.contains("not authorized to assume"), "{message}");
    stage.pass(10);
    let started = stage
        .start(&role)
        .amzn_client_token("one")
        .tags("run", "r-1")
        .send()
        .await
        .unwrap();
    let bulk = started.bulk_deployment_id().unwrap();
    let again = stage
        .start(&role)
        .amzn_client_token("one")
        .tags("run", "r-1")
        .send()
        .await
        .unwrap();
    assert_eq!(again.bulk_deployment_id(), Some(bulk));
    let (code, _) = refused(stage.start(&role).amzn_client_token("one").send().await);
    assert_eq!(code, "BadRequestException");
    let (_, message) = refused(stage.start(&role).amzn_client_token("two").send().await);
    assert!(message.contains("Concurrent Deployment Error"), "{message}");

    let listed = stage
        .greengrass
        .list_bulk_deployments()
        .send()
        .await
        .unwrap();
    assert_eq!(listed.bulk_deployments().len(), 1);
    assert_eq!(
        listed.bulk_deployments()[0].bulk_deployment_arn(),
        started.bulk_deployment_arn()
    );
    let status = stage.finish(bulk).await;
    assert_eq!(
        status.bulk_deployment_status(),
        Some(&BulkDeploymentStatus::Completed)
    );
    assert_eq!(status.tags().unwrap()["run"], "r-1");
    let metrics = status.bulk_deployment_metrics().unwrap();
    // The role's policy names a hundred of the groups.
    assert_eq!(
        (metrics.records_processed(), metrics.invalid_input_records()),
        (Some(120), Some(20))
    );
    stage.pass(300);
    let reports = stage.reports(bulk).await;
    let mut states = BTreeMap::<&str, u32>::new();
    for report in &reports {
        *states
            .entry(report.deployment_status().unwrap())
            .or_default() += 1;
    }
    assert_eq!(states, BTreeMap::from([("Failure", 20), ("Success", 100)]));
    // Newest first: the last group of the file, which the role may not deploy.
    assert_eq!(reports[0].group_arn(), groups[119].arn());
    assert!(
        reports[0]
            .error_message()
            .unwrap()
            .contains("is not authorized to perform: greengrass:CreateDeployment")
    );
    assert_eq!(
        reports[0].error_details()[0].detailed_error_code(),
        Some("403")
    );
}

#[tokio::test]
async fn an_input_file_with_each_of_the_four_faults() {
    let stage = Stage::new(10, Scenario::AllWell);
    let role = stage.make_role("deployer", r#""*""#).await;
    stage.pass(10);
    let long = format!(
        "{{\"GroupId\":\"g\",\"GroupVersionId\":\"{}\",\"DeploymentType\":\"NewDeployment\"}}",
        "v".repeat(256)
    );
    for (line, message) in [
        (
            "{\"GroupVersionId\":\"v\",\"DeploymentType\":\"NewDeployment\"}",
            "InvalidInputFile: Missing GroupId at line number: 1",
        ),
        (
            "{\"GroupId\":\"g\",\"GroupVersionId\":\"v\"}",
            "InvalidInputFile: Invalid deployment type at line number : 1. Only valid type is 'NewDeployment'.",
        ),
        (
            long.as_str(),
            "Line 1 is too long in S3 File. Valid line is less than 256 chars.",
        ),
        (
            "{\"GroupId\":",
            "Failed to parse input file at line number: 1",
        ),
    ] {
        stage.put(line).await;
        let started = stage.start(&role).send().await.unwrap();
        let status = stage.finish(started.bulk_deployment_id().unwrap()).await;
        assert_eq!(
            status.bulk_deployment_status(),
            Some(&BulkDeploymentStatus::Failed)
        );
        assert_eq!(status.error_message(), Some(message));
        assert_eq!(status.error_details()[0].detailed_error_code(), Some("400"));
    }
}

#[tokio::test]
async fn a_stop_leaves_what_was_begun() {
    let stage = Stage::new(200, Scenario::AllWell);
    let groups = stage.groups().await;
    stage.put_input(&groups).await;
    let role = stage.make_role("deployer", r#""*""#).await;
    stage.pass(10);
    let started = stage.start(&role).send().await.unwrap();
    let bulk = started.bulk_deployment_id().unwrap();
    stage.pass(20);
    stage
        .greengrass
        .stop_bulk_deployment()
        .bulk_deployment_id(bulk)
        .send()
        .await
        .unwrap();
    let status = stage.status(bulk).await;
    assert_eq!(
        status.bulk_deployment_status(),
        Some(&BulkDeploymentStatus::Stopping)
    );
    let processed = status
        .bulk_deployment_metrics()
        .unwrap()
        .records_processed()
        .unwrap();
    assert!((1..200).contains(&processed));
    let status = stage.finish(bulk).await;
    assert_eq!(
        status.bulk_deployment_status(),
        Some(&BulkDeploymentStatus::Stopped)
    );
    stage.pass(300);
    let reports = stage.reports(bulk).await;
    assert_eq!(i32::try_from(reports.len()).unwrap(), processed);
    assert!(
        reports
            .iter()
            .all(|report| report.deployment_status() == Some("Success"))
    );
}

#[tokio::test]
async fn a_bulk_deployment_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        groups: 200,
        speed: SPEED,
        state_dir: Some(folder.path().to_owned()),
        ..Settings::default()
    };
    let stage = Stage::with(settings.clone());
    let groups = stage.groups().await;
    let records = stage.put_input(&groups).await;
    let role = stage.make_role("deployer", r#""*""#).await;
    stage.pass(10);
    let started = stage
        .start(&role)
        .amzn_client_token("one")
        .send()
        .await
        .unwrap();
    let bulk = started.bulk_deployment_id().unwrap();
    stage.pass(20);
    let before = stage.status(bulk).await;
    assert_eq!(
        before.bulk_deployment_status(),
        Some(&BulkDeploymentStatus::Running)
    );
    let reports = stage.reports(bulk).await;
    let clock = std::sync::Arc::clone(&stage.clock);
    drop(stage);

    // A minute later by the wall, which is ten hours of simulated time.
    clock.advance(60_000);
    let stage = Stage::at(settings, clock);
    let after = stage.status(bulk).await;
    assert_eq!(
        after.bulk_deployment_status(),
        Some(&BulkDeploymentStatus::Running)
    );
    let processed = |status: &aws_sdk_greengrass::operation::get_bulk_deployment_status::GetBulkDeploymentStatusOutput| {
        status.bulk_deployment_metrics().unwrap().records_processed().unwrap()
    };
    // The sandbox's time stood still meanwhile.
    assert_eq!(processed(&after), processed(&before));
    assert_eq!(stage.reports(bulk).await, reports);
    let again = stage
        .start(&role)
        .amzn_client_token("one")
        .send()
        .await
        .unwrap();
    assert_eq!(again.bulk_deployment_id(), Some(bulk));
    let status = stage.finish(bulk).await;
    assert_eq!(
        status.bulk_deployment_status(),
        Some(&BulkDeploymentStatus::Completed)
    );
    assert_eq!(usize::try_from(processed(&status)).unwrap(), records);
}
