use std::{io::Write as _, path::Path, sync::Mutex};

use overseed_aws::{Encryption, Kind};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use super::Stage;

const BUCKET: &str = "fleet-input-files";

fn file(folder: &Path, bytes: usize) -> std::path::PathBuf {
    let path = folder.join("file");
    let mut file = std::fs::File::create(&path).unwrap();
    let block = (0..=255_u8).cycle().take(1 << 16).collect::<Vec<_>>();
    let mut left = bytes;
    while left > 0 {
        let now = left.min(block.len());
        file.write_all(&block[..now]).unwrap();
        left -= now;
    }
    path
}

#[tokio::test]
async fn a_new_bucket_is_here_encrypted_and_listed() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    stage.clients.create_bucket(BUCKET).await.unwrap();
    assert_eq!(stage.sandbox.calls("s3:PutPublicAccessBlock"), 1);
    assert_eq!(
        stage.clients.bucket_region(BUCKET).await.unwrap(),
        "eu-west-1"
    );
    assert_eq!(
        stage.clients.bucket_encryption(BUCKET).await.unwrap(),
        Encryption::SseS3
    );
    assert_eq!(stage.clients.get_bucket_policy(BUCKET).await.unwrap(), None);
    let listed = stage.clients.list_buckets().await.unwrap();
    assert!(listed.iter().any(|(name, _)| name == BUCKET), "{listed:?}");
    let error = stage.clients.create_bucket(BUCKET).await.unwrap_err();
    assert_eq!(error.kind, Kind::Conflict, "{error}");
}

#[tokio::test]
async fn a_bucket_that_does_not_exist_is_not_found() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    for error in [
        stage
            .clients
            .bucket_region("no-such-bucket")
            .await
            .map(|_| ())
            .unwrap_err(),
        stage
            .clients
            .bucket_encryption("no-such-bucket")
            .await
            .map(|_| ())
            .unwrap_err(),
        stage
            .clients
            .get_bucket_policy("no-such-bucket")
            .await
            .map(|_| ())
            .unwrap_err(),
    ] {
        assert_eq!(error.kind, Kind::NotFound, "{error}");
    }
}

#[tokio::test]
async fn a_small_file_arrives_whole_with_its_checksum() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    stage.clients.create_bucket(BUCKET).await.unwrap();
    assert_eq!(
        stage.clients.head_object(BUCKET, "key").await.unwrap(),
        None
    );
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), 100_000);
    let seen = Mutex::new(Vec::new());
    let cancel = CancellationToken::new();
    let put = stage
        .clients
        .put_file(
            BUCKET,
            "key",
            &path,
            |bytes| seen.lock().unwrap().push(bytes),
            &cancel,
        )
        .await
        .unwrap();
    assert_eq!(*seen.lock().unwrap(), [0, 100_000]);
    let head = stage
        .clients
        .head_object(BUCKET, "key")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((head.bytes, head.checksum), (100_000, Some(put.checksum)));
    let bytes = stage
        .clients
        .get_object_bytes(BUCKET, "key", 100_000)
        .await
        .unwrap();
    assert_eq!(bytes, std::fs::read(&path).unwrap());
    let error = stage
        .clients
        .get_object_bytes(BUCKET, "key", 99_999)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::LimitExceeded);
    let gone = folder.path().join("gone");
    let error = stage
        .clients
        .put_file(BUCKET, "key", &gone, |_| {}, &cancel)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::File);
    assert!(error.message.contains("gone"), "{error}");
}

#[tokio::test]
async fn a_large_file_arrives_in_parts_with_a_composite_checksum() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    stage.clients.create_bucket(BUCKET).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bytes = 20 * 1024 * 1024 + 5;
    let path = file(folder.path(), bytes);
    let seen = Mutex::new(Vec::new());
    let cancel = CancellationToken::new();
    let put = stage
        .clients
        .put_file(
            BUCKET,
            "key",
            &path,
            |bytes| seen.lock().unwrap().push(bytes),
            &cancel,
        )
        .await
        .unwrap();
    assert_eq!(put.checksum.parts, Some(3));
    assert_eq!(*seen.lock().unwrap(), [0, 8 << 20, 16 << 20, bytes as u64]);
    let head = stage
        .clients
        .head_object(BUCKET, "key")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (head.bytes, head.checksum),
        (bytes as u64, Some(put.checksum))
    );
}

#[tokio::test]
async fn a_cancelled_upload_leaves_no_parts_behind() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    stage.clients.create_bucket(BUCKET).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), 20 * 1024 * 1024);
    let cancel = CancellationToken::new();
    let stop = |bytes: u64| {
        if bytes > 0 {
            cancel.cancel();
        }
    };
    let error = stage
        .clients
        .put_file(BUCKET, "key", &path, stop, &cancel)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Cancelled);
    assert_eq!(stage.sandbox.calls("s3:UploadPart"), 1);
    assert_eq!(stage.sandbox.calls("s3:AbortMultipartUpload"), 1);
    assert_eq!(
        stage.clients.head_object(BUCKET, "key").await.unwrap(),
        None
    );
}
