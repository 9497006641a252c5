//! S3: buckets, policies, objects and multipart uploads behind the `s3s` crate's protocol.

mod access;
mod buckets;
mod inside;
mod intake;
mod list;
mod multipart;
mod objects;
mod operations;
mod parts;
pub mod state;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use s3s::auth::{S3Auth, SecretKey};
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::dto::Timestamp;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Error, S3ErrorCode, S3Result};

use crate::world::World;
use state::Bucket;

/// S3 on the shared world.
#[derive(Debug, Clone)]
pub struct Store {
    world: Arc<World>,
}

/// The region that a request was signed for, as an extension of the request.
#[derive(Debug, Clone)]
pub struct SignedRegion(pub String);

/// The service that answers S3 requests.
#[must_use]
pub fn service(world: Arc<World>) -> S3Service {
    let store = Store { world };
    let mut builder = S3ServiceBuilder::new(store.clone());
    builder.set_auth(store.clone());
    builder.set_access(store);
    let mut config = S3Config::default();
    // The front judges the time by the sandbox's clock; s3s knows only the computer's.
    config.presigned_url_max_skew_time_secs = u32::MAX;
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    builder.build()
}

#[async_trait::async_trait]
impl S3Auth for Store {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let secret = self.world.secret_of(access_key).ok_or_else(|| {
            S3Error::with_message(
                S3ErrorCode::InvalidAccessKeyId,
                "The AWS Access Key Id you provided does not exist in our records.",
            )
        })?;
        Ok(SecretKey::from(secret))
    }
}

/// An error with the words S3 uses.
fn refuse(code: S3ErrorCode, message: impl Into<String>) -> S3Error {
    // s3s knows no status for the codes that are not in its list.
    let status = match &code {
        S3ErrorCode::Custom(name) if name.starts_with("NoSuch") => Some(StatusCode::NOT_FOUND),
        S3ErrorCode::Custom(_) => Some(StatusCode::BAD_REQUEST),
        _ => None,
    };
    let mut error = S3Error::with_message(code, message.into());
    if let Some(status) = status {
        error.set_status_code(status);
    }
    error
}

fn no_bucket() -> S3Error {
    refuse(
        S3ErrorCode::NoSuchBucket,
        "The specified bucket does not exist",
    )
}

fn no_key() -> S3Error {
    refuse(S3ErrorCode::NoSuchKey, "The specified key does not exist.")
}

fn internal(error: impl std::fmt::Display) -> S3Error {
    refuse(
        S3ErrorCode::InternalError,
        format!("the sandbox cannot keep its state: {error}"),
    )
}

/// A time for an answer.
fn stamp(ms: i64) -> Timestamp {
    let since = Duration::from_millis(u64::try_from(ms).unwrap_or_default());
    Timestamp::from(
        UNIX_EPOCH
            .checked_add(since)
            .unwrap_or(SystemTime::UNIX_EPOCH),
    )
}

impl Store {
    /// Reads a bucket.
    fn with_bucket<T>(&self, name: &str, read: impl FnOnce(&Bucket) -> T) -> S3Result<T> {
        self.world
            .stock()
            .buckets
            .get(name)
            .map(read)
            .ok_or_else(no_bucket)
    }

    /// Changes a bucket and writes the change down.
    fn change_bucket<T>(
        &self,
        name: &str,
        change: impl FnOnce(&mut Bucket) -> S3Result<T>,
    ) -> S3Result<T> {
        let mut stock = self.world.stock();
        let answer = change(stock.buckets.get_mut(name).ok_or_else(no_bucket)?)?;
        self.world.save_stock(&stock).map_err(internal)?;
        Ok(answer)
    }
}
