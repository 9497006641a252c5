//! Clients as the app makes them, without retries, so that a test sees each answer.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_sdk_iam::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_async::time::TimeSource;
use overseed_sandbox::{Clock, Sandbox, Scenario, Settings, SteppedClock};

pub fn settings() -> Settings {
    Settings {
        groups: 20,
        scenario: Scenario::AllWell,
        ..Settings::default()
    }
}

/// A sandbox whose clock is the test's.
pub fn start() -> (Sandbox, Arc<SteppedClock>) {
    let clock = Arc::new(SteppedClock::at_present());
    let sandbox = Sandbox::start(settings(), Arc::clone(&clock) as _).unwrap();
    (sandbox, clock)
}

pub fn config_of(endpoint: &str, credentials: Credentials, region: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .time_source(aws_smithy_async::time::SystemTimeSource::new())
        .retry_config(RetryConfig::disabled())
        .build()
}

pub fn credentials(id: &str, secret: &str, token: Option<&str>) -> Credentials {
    Credentials::new(id, secret, token.map(str::to_owned), None, "test")
}

/// The test's clock as a client's.
#[derive(Debug)]
struct Stepped(Arc<SteppedClock>);

impl TimeSource for Stepped {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(self.0.now_ms()).unwrap())
    }
}

/// The same configuration for a client that goes by the test's clock.
pub fn by(clock: &Arc<SteppedClock>, config: &SdkConfig) -> SdkConfig {
    config
        .to_builder()
        .time_source(Stepped(Arc::clone(clock)))
        .build()
}

/// The administrator's configuration.
pub fn admin(sandbox: &Sandbox) -> SdkConfig {
    let keys = sandbox.keys();
    let credentials = credentials(&keys.access_key_id, &keys.secret_access_key, None);
    config_of(&sandbox.endpoint(), credentials, "eu-west-1")
}

pub fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(config)
        .force_path_style(true)
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

/// A user with one inline policy; the user's own configuration.
pub async fn user(sandbox: &Sandbox, name: &str, policy: Option<&str>) -> SdkConfig {
    let iam = aws_sdk_iam::Client::new(&admin(sandbox));
    iam.create_user().user_name(name).send().await.unwrap();
    if let Some(policy) = policy {
        let put = iam.put_user_policy().user_name(name).policy_name("own");
        put.policy_document(policy).send().await.unwrap();
    }
    let key = iam
        .create_access_key()
        .user_name(name)
        .send()
        .await
        .unwrap()
        .access_key
        .unwrap();
    let credentials = credentials(&key.access_key_id, &key.secret_access_key, None);
    config_of(&sandbox.endpoint(), credentials, "eu-west-1")
}

/// Code and message of a refusal.
pub fn refusal<T, E, R>(result: Result<T, aws_sdk_s3::error::SdkError<E, R>>) -> (String, String)
where
    T: std::fmt::Debug,
    E: aws_sdk_s3::error::ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    use aws_sdk_s3::error::ProvideErrorMetadata;
    let error = result.expect_err("the call is refused");
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (text(error.code()), text(error.message()))
}

pub const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"greengrass.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"000000000000"},"ArnLike":{"aws:SourceArn":"arn:aws:greengrass:eu-west-1:000000000000:*"}}}]}"#;
