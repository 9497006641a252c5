//! Files sent to S3.

use overseed_domain::input_file::Writer;
use overseed_engine::{
    ErrorCode,
    draft::{draft_get, file_path},
    input_file::{file_upload, object_key, put_and_compare},
    job::JobKind,
};
use overseed_sandbox::{Fault, FaultKind};

use crate::world::{BUCKET, World, cancelled, code, progress};

fn changes(world: &World) -> Vec<(String, String, bool)> {
    world
        .session
        .store()
        .read_now(|connection| {
            let mut statement = connection
                .prepare("SELECT operation, outcome, request_id FROM change ORDER BY id")?;
            let rows = statement.query_map([], |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get::<_, Option<String>>(2)?.is_some(),
                ))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

#[tokio::test]
async fn an_uploaded_file_is_stored_as_it_was_sent_under_the_plans_id() {
    let world = World::selected(40).await;
    let made = world.make().await;
    let draft = file_upload(&world.session, &progress(JobKind::Upload))
        .await
        .unwrap();
    let upload = draft.upload.unwrap();
    assert_eq!(upload.key, format!("overseed/{}/wave-001.jsonl", made.plan));
    assert_eq!(upload.sha256, made.file.unwrap().summary.sha256);
    let path = file_path(&world.session.engine, world.session.scope);
    let sent = std::fs::read(path).unwrap();
    let stored = world
        .session
        .clients
        .get_object_bytes(BUCKET, &upload.key, 1 << 20)
        .await
        .unwrap();
    assert_eq!(stored, sent);
    assert_eq!(upload.bytes, sent.len() as u64);
    assert_eq!(
        changes(&world),
        [("s3:PutObject".to_owned(), "done".to_owned(), true)]
    );
    assert_eq!(
        draft_get(&world.session).await.unwrap().upload,
        Some(upload)
    );

    // The same file once more: it is there already.
    file_upload(&world.session, &progress(JobKind::Upload))
        .await
        .unwrap();
    assert_eq!(world.sandbox.calls("PutObject"), 1);
}

#[tokio::test]
async fn an_object_that_is_another_one_is_put_anew() {
    let world = World::selected(40).await;
    let draft = world.make().await;
    let key = object_key(&draft.prefix, &draft.plan, 1);
    let other = world.written("something else");
    let sha256 = "0".repeat(64);
    let kept = put_and_compare(
        &world.session,
        "plan",
        &other,
        BUCKET,
        &key,
        &sha256,
        &progress(JobKind::Upload),
    )
    .await;
    assert_eq!(
        code(kept),
        ErrorCode::FileInvalid,
        "the file is not what was checked"
    );
    let draft = file_upload(&world.session, &progress(JobKind::Upload))
        .await
        .unwrap();
    let stored = world
        .session
        .clients
        .head_object(BUCKET, &key)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.bytes, draft.upload.unwrap().bytes);
    assert_eq!(world.sandbox.calls("PutObject"), 2);
}

#[tokio::test]
async fn a_large_file_is_sent_in_parts_and_compared_as_a_whole() {
    let world = World::of(5).await;
    world.bucket(BUCKET).await;
    let mut writer = Writer::new(Vec::new());
    for n in 0..130_000 {
        writer
            .record(
                &format!("00000000-0000-4000-8000-{n:012x}"),
                "v-00000000-0000-4000-8000-000000000001",
            )
            .unwrap();
    }
    let (bytes, summary) = writer.finish().unwrap();
    assert!(bytes.len() > 17_000_000);
    let draft = world.open(&bytes).await;
    assert_eq!(draft.file.unwrap().summary, summary);
    let draft = file_upload(&world.session, &progress(JobKind::Upload))
        .await
        .unwrap();
    assert_eq!(world.sandbox.calls("UploadPart"), 3);
    assert_eq!(draft.upload.unwrap().sha256, summary.sha256);
}

#[tokio::test]
async fn a_failed_or_cancelled_upload_is_none() {
    let world = World::selected(10).await;
    world.make().await;
    let stopped = file_upload(&world.session, &cancelled(JobKind::Upload)).await;
    assert_eq!(code(stopped), ErrorCode::Cancelled);
    world
        .sandbox
        .faults()
        .add(Fault::once("s3:PutObject", FaultKind::ExpiredCredentials));
    let failed = file_upload(&world.session, &progress(JobKind::Upload)).await;
    assert_eq!(code(failed), ErrorCode::CredentialsExpired);
    assert!(draft_get(&world.session).await.unwrap().upload.is_none());
    let ends: Vec<String> = changes(&world).into_iter().map(|change| change.1).collect();
    assert_eq!(ends, ["failed"]);
    file_upload(&world.session, &progress(JobKind::Upload))
        .await
        .unwrap();
}

#[tokio::test]
async fn what_would_be_refused_or_is_not_ready_is_not_sent() {
    let world = World::selected(10).await;
    let upload = async || code(file_upload(&world.session, &progress(JobKind::Upload)).await);
    assert_eq!(upload().await, ErrorCode::NothingSelected);
    world.open("{}\n").await;
    assert_eq!(upload().await, ErrorCode::FileInvalid);
    world.make().await;
    for (bucket, expected) in [
        ("", ErrorCode::InvalidInput),
        ("overseed-elsewhere-000000000000", ErrorCode::BucketRegion),
        ("overseed-kms-000000000000", ErrorCode::BucketKms),
        ("overseed-nowhere", ErrorCode::BucketMissing),
    ] {
        world.bucket(bucket).await;
        assert_eq!(upload().await, expected, "{bucket}");
    }
    assert_eq!(world.sandbox.calls("PutObject"), 0);
    world.bucket(BUCKET).await;
    world
        .select(overseed_engine::groups::SelectionChange::Clear)
        .await;
    assert_eq!(upload().await, ErrorCode::FileInvalid, "the file is stale");
}

#[tokio::test]
async fn a_refused_put_is_told_as_the_buckets_problem() {
    let world = World::selected(10).await;
    world.make().await;
    // May look at the bucket, but neither write nor ask IAM what it may.
    let session = world
        .user(
            "kim",
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:ListBucket","s3:GetEncryptionConfiguration","s3:GetObject"],"Resource":"*"}]}"#,
        )
        .await;
    let problem = file_upload(&session, &progress(JobKind::Upload))
        .await
        .unwrap_err()
        .problem();
    assert_eq!(problem.code, ErrorCode::BucketDenied);
    assert!(problem.detail.unwrap().contains("s3:PutObject"));
    assert!(problem.request_id.is_some());
}
