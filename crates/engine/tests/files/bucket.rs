//! Buckets: listed, checked, created.

use overseed_engine::{
    ErrorCode,
    buckets::{bucket_check, bucket_create, buckets_list},
};

use crate::world::{BUCKET, World, code};

#[tokio::test]
async fn a_bucket_that_suits_has_no_problem() {
    let world = World::of(5).await;
    let check = bucket_check(&world.session, BUCKET).await.unwrap();
    assert_eq!(check.region.as_deref(), Some("eu-west-1"));
    assert_eq!(check.encryption.as_deref(), Some("SSE-S3"));
    assert_eq!(check.problems, []);
}

#[tokio::test]
async fn each_bucket_that_does_not_suit_has_its_own_problem() {
    let world = World::of(5).await;
    for (name, expected) in [
        ("overseed-elsewhere-000000000000", ErrorCode::BucketRegion),
        ("overseed-kms-000000000000", ErrorCode::BucketKms),
        ("overseed-nowhere", ErrorCode::BucketMissing),
    ] {
        let check = bucket_check(&world.session, name).await.unwrap();
        let codes: Vec<_> = check.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [expected], "{check:?}");
        assert!(check.problems[0].hint.is_some());
    }
    assert_eq!(
        code(bucket_check(&world.session, "no bucket").await),
        ErrorCode::InvalidInput
    );
}

#[tokio::test]
async fn the_right_to_write_is_asked_without_writing() {
    let world = World::of(5).await;
    let session = world
        .user(
            "kim",
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:ListBucket","s3:GetEncryptionConfiguration","s3:GetBucketPolicy","s3:GetObject","iam:SimulatePrincipalPolicy"],"Resource":"*"}]}"#,
        )
        .await;
    let check = bucket_check(&session, BUCKET).await.unwrap();
    assert_eq!(check.problems.len(), 1, "{check:?}");
    assert_eq!(check.problems[0].code, ErrorCode::BucketDenied);
    assert!(
        check.problems[0]
            .detail
            .as_ref()
            .unwrap()
            .contains("s3:PutObject")
    );
    assert_eq!(world.sandbox.calls("PutObject"), 0);
}

#[tokio::test]
async fn what_may_not_be_looked_at_stays_open() {
    let world = World::of(5).await;
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}"#;
    let session = world.user("lee", policy).await;
    let check = bucket_check(&session, BUCKET).await.unwrap();
    assert_eq!(check.encryption, None);
    assert_eq!(check.problems, []);
}

#[tokio::test]
async fn a_created_bucket_suits_and_creating_it_again_changes_nothing() {
    let world = World::of(5).await;
    let check = bucket_create(&world.session, "plant-rollouts-2026")
        .await
        .unwrap();
    assert_eq!(check.encryption.as_deref(), Some("SSE-S3"));
    assert_eq!(check.problems, []);
    let again = bucket_create(&world.session, "plant-rollouts-2026")
        .await
        .unwrap();
    assert_eq!(again, check);
    let names: Vec<String> = buckets_list(&world.session)
        .await
        .unwrap()
        .into_iter()
        .map(|bucket| bucket.name)
        .collect();
    assert_eq!(
        names,
        [
            BUCKET,
            "overseed-kms-000000000000",
            "plant-rollouts-2026",
            "overseed-elsewhere-000000000000"
        ],
        "those of other Regions come last"
    );
}

#[tokio::test]
async fn a_wrong_name_is_refused_before_any_call() {
    let world = World::of(5).await;
    assert_eq!(
        code(bucket_create(&world.session, "Plant_Rollouts").await),
        ErrorCode::InvalidInput
    );
    assert_eq!(world.sandbox.calls("CreateBucket"), 0);
}
