//! What all clients of a connection have alike: retries, timeouts, protection.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_s3::config::{
    IdentityCache, SharedAsyncSleep, StalledStreamProtectionConfig,
    retry::{ClassifyRetry, RetryAction, RetryConfig, RetryPartition, TokenBucket},
    timeout::TimeoutConfig,
};
use aws_smithy_runtime_api::client::{
    http::SharedHttpClient, identity::SharedIdentityCache,
    interceptors::context::InterceptorContext,
};
use aws_types::{SdkConfig, region::Region};

use crate::{Clients, Clock, Whereabouts, moving, v2};

/// Tries of one call, the first one included.
const ATTEMPTS: u32 = 8;

/// The same for the call that someone waits for after pressing Connect: an endpoint that is down is told soon.
const INTERACTIVE_ATTEMPTS: u32 = 3;

/// The SDK's standard retries: exponential backoff with full jitter, bounded by attempts and by a budget a connection.
pub(crate) fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(400))
        .with_max_backoff(Duration::from_secs(20))
}

/// Retries of a call that is only asked for advice, or that someone waits for.
pub(crate) fn interactive_retries() -> RetryConfig {
    retries().with_max_attempts(INTERACTIVE_ATTEMPTS)
}

/// For calls with small bodies. The read timeout runs from the first byte sent to the first byte received.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(30))
        .operation_attempt_timeout(Duration::from_secs(45))
        .operation_timeout(Duration::from_secs(180))
        .build()
}

/// For S3: a part of 8 MiB takes minutes on a slow line; streams that stall are cut by the protection.
fn object_timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(600))
        .operation_attempt_timeout(Duration::from_secs(900))
        .operation_timeout(Duration::from_secs(3600))
        .build()
}

pub(crate) fn stalled_streams() -> StalledStreamProtectionConfig {
    StalledStreamProtectionConfig::enabled()
        .grace_period(Duration::from_secs(20))
        .build()
}

/// SSO and chains of roles may take longer than the five seconds that are the SDK's default.
pub(crate) fn identity_cache() -> SharedIdentityCache {
    IdentityCache::lazy()
        .load_timeout(Duration::from_secs(20))
        .build()
}

/// The beginning of a configuration that reads no environment.
pub(crate) fn base(
    region: &str,
    http_client: SharedHttpClient,
    clock: &Clock,
) -> aws_types::sdk_config::Builder {
    let sleep: SharedAsyncSleep = clock.async_sleep();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .http_client(http_client)
        .time_source(clock.time_source())
        .sleep_impl(sleep)
        .retry_config(retries())
        .timeout_config(timeouts())
        .identity_cache(identity_cache())
        .stalled_stream_protection(stalled_streams())
}

/// The clients of a configuration.
pub(crate) fn clients(config: &SdkConfig, whereabouts: Option<Whereabouts>) -> Clients {
    let follow = moving::follow(whereabouts);
    // A bucket's name in the host needs DNS that endpoints of one's own rarely have.
    let path_style =
        config.endpoint_url().is_some() || std::env::var_os("AWS_ENDPOINT_URL_S3").is_some();
    Clients {
        v2: v2::Lazy::new(config.clone(), follow.clone()).into(),
        greengrass: aws_sdk_greengrass::Client::from_conf(
            aws_sdk_greengrass::config::Builder::from(config)
                .interceptor(follow.clone())
                .retry_partition(partition())
                .retry_classifier(TooManyRequests)
                .build(),
        ),
        iam: aws_sdk_iam::Client::from_conf(
            aws_sdk_iam::config::Builder::from(config)
                .interceptor(follow.clone())
                .retry_partition(partition())
                .retry_classifier(TooManyRequests)
                .build(),
        ),
        s3: aws_sdk_s3::Client::from_conf(
            aws_sdk_s3::config::Builder::from(config)
                .interceptor(follow.clone())
                .retry_partition(partition())
                .retry_classifier(TooManyRequests)
                .timeout_config(object_timeouts())
                .force_path_style(path_style)
                .build(),
        ),
        sts: aws_sdk_sts::Client::from_conf(
            aws_sdk_sts::config::Builder::from(config)
                .interceptor(follow.clone())
                .retry_config(interactive_retries())
                .retry_partition(partition())
                .retry_classifier(TooManyRequests)
                .build(),
        ),
    }
}

/// A budget for retries of its own: by default it is one for the whole process, and connections would starve each other.
pub(crate) fn partition() -> RetryPartition {
    RetryPartition::custom("overseed")
        .token_bucket(TokenBucket::default())
        .build()
}

/// Status 429 asks for fewer requests whatever the code; the SDK goes by codes alone.
#[derive(Debug)]
pub(crate) struct TooManyRequests;

impl ClassifyRetry for TooManyRequests {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response() {
            Some(response) if response.status().as_u16() == 429 => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "status 429"
    }
}
