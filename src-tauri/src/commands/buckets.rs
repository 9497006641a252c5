//! The bucket for the input file.

use overseed_engine::buckets::{self as engine, Bucket, BucketCheck};
use tauri::State;

use crate::{
    error::{Answer, Wire},
    state::Shell,
};

/// Buckets that the caller can see.
#[tauri::command]
#[specta::specta]
pub async fn buckets_list(shell: State<'_, Shell>) -> Answer<Vec<Bucket>> {
    let session = shell.session()?;
    engine::buckets_list(&session).await.wire()
}

/// Whether a bucket suits.
#[tauri::command]
#[specta::specta]
pub async fn bucket_check(shell: State<'_, Shell>, name: String) -> Answer<BucketCheck> {
    let session = shell.session()?;
    engine::bucket_check(&session, &name).await.wire()
}

/// Creates a bucket that suits.
#[tauri::command]
#[specta::specta]
pub async fn bucket_create(shell: State<'_, Shell>, name: String) -> Answer<BucketCheck> {
    let session = shell.session()?;
    engine::bucket_create(&session, &name).await.wire()
}
