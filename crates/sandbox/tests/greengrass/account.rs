//! What IAM and S3 have to do with it.

use overseed_sandbox::Scenario;

use super::{BUCKET, Stage, config, refused};

#[tokio::test]
async fn callers_with_fewer_rights_are_refused() {
    let stage = Stage::new(10, Scenario::AllWell);
    stage.put_input(&stage.groups().await).await;
    let role = stage.make_role("deployer", r#""*""#).await;
    stage.pass(10);
    stage
        .iam
        .create_user()
        .user_name("viewer")
        .send()
        .await
        .unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["greengrass:List*","greengrass:StartBulkDeployment"],"Resource":"*"}]}"#;
    stage
        .iam
        .put_user_policy()
        .user_name("viewer")
        .policy_name("view")
        .policy_document(policy)
        .send()
        .await
        .unwrap();
    let key = stage
        .iam
        .create_access_key()
        .user_name("viewer")
        .send()
        .await
        .unwrap()
        .access_key
        .unwrap();
    let viewer = aws_sdk_greengrass::Client::new(&config(
        &stage.sandbox,
        &key.access_key_id,
        &key.secret_access_key,
    ));

    let listed = viewer.list_groups().send().await.unwrap();
    assert_eq!(listed.groups().len(), 10);
    let id = listed.groups()[0].id().unwrap();
    let (code, message) = refused(viewer.get_group().group_id(id).send().await);
    assert_eq!(code, "AccessDeniedException");
    let arn = listed.groups()[0].arn().unwrap();
    assert!(
        message.contains(&format!(
            "is not authorized to perform: greengrass:GetGroup on resource: {arn}"
        )),
        "{message}"
    );
    let start = viewer
        .start_bulk_deployment()
        .execution_role_arn(&role)
        .input_file_uri(format!("s3://{BUCKET}/input.jsonl"));
    let (code, message) = refused(start.send().await);
    assert_eq!(code, "AccessDeniedException");
    assert!(
        message.contains("is not authorized to perform: iam:PassRole"),
        "{message}"
    );
}

#[tokio::test]
async fn the_role_decides_whether_it_can_start() {
    let stage = Stage::new(10, Scenario::AllWell);
    let groups = stage.groups().await;
    stage.put_input(&groups).await;
    let nothing = stage
        .make_role(
            "nothing",
            r#""arn:aws:greengrass:eu-west-1:000000000000:/greengrass/groups/other""#,
        )
        .await;
    let all = stage
        .make_role(
            "all",
            r#""arn:aws:greengrass:eu-west-1:000000000000:/greengrass/groups/*""#,
        )
        .await;
    stage.pass(10);
    let (_, message) = refused(stage.start(&nothing).send().await);
    assert!(message.contains("greengrass:CreateDeployment"), "{message}");
    let (_, message) = refused(
        stage
            .start("arn:aws:iam::000000000000:role/service-role/telemetry-ingest")
            .send()
            .await,
    );
    assert!(message.contains("not authorized to assume"), "{message}");
    let elsewhere = stage
        .start(&all)
        .input_file_uri("s3://overseed-other/input.jsonl");
    let (_, message) = refused(elsewhere.send().await);
    assert!(message.contains("bucket does not exist"), "{message}");
    let missing = stage
        .start(&all)
        .input_file_uri(format!("s3://{BUCKET}/nothing"));
    let (_, message) = refused(missing.send().await);
    assert!(message.contains("nothing"), "{message}");
    let path_style = format!("{}/{BUCKET}/input.jsonl", stage.sandbox.endpoint());
    stage
        .start(&all)
        .input_file_uri(path_style)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn rights_taken_away_meet_the_records_that_follow() {
    let stage = Stage::new(100, Scenario::AllWell);
    stage.put_input(&stage.groups().await).await;
    let role = stage.make_role("deployer", r#""*""#).await;
    stage.pass(10);
    let bulk = stage
        .start(&role)
        .send()
        .await
        .unwrap()
        .bulk_deployment_id
        .unwrap();
    stage.pass(18);
    let before = stage.status(&bulk).await;
    let made = before
        .bulk_deployment_metrics()
        .unwrap()
        .records_processed()
        .unwrap();
    assert!((1..100).contains(&made));
    stage
        .iam
        .delete_role_policy()
        .role_name("deployer")
        .policy_name("deploy")
        .send()
        .await
        .unwrap();
    let status = stage.finish(&bulk).await;
    let metrics = status.bulk_deployment_metrics().unwrap();
    assert_eq!(metrics.invalid_input_records(), Some(100 - made));
}

#[tokio::test]
async fn buckets_that_bulk_deployments_cannot_use() {
    let stage = Stage::new(10, Scenario::AllWell);
    let role = stage.make_role("deployer", r#""*""#).await;
    let reading = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let grant = stage.iam.put_role_policy().role_name("deployer");
    grant
        .policy_name("read")
        .policy_document(reading)
        .send()
        .await
        .unwrap();
    stage.pass(10);
    let kms = "overseed-kms-000000000000";
    let put = stage.s3.put_object().bucket(kms).key("input.jsonl");
    put.body(aws_sdk_s3::primitives::ByteStream::from_static(b"{}"))
        .send()
        .await
        .unwrap();
    let from_kms = stage
        .start(&role)
        .input_file_uri(format!("s3://{kms}/input.jsonl"));
    let (_, message) = refused(from_kms.send().await);
    assert!(message.contains("SSE-KMS"), "{message}");
    let elsewhere = stage
        .start(&role)
        .input_file_uri("s3://overseed-elsewhere-000000000000/input.jsonl");
    let (_, message) = refused(elsewhere.send().await);
    assert!(message.contains("must be in eu-west-1"), "{message}");
}
