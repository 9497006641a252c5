//! The bulk deployments tutorial with AWS's own Rust clients, against a sandbox in this process whose clock stands
//! still until it is moved.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod account;
mod throttling;
mod tutorial;

use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_greengrass::config::SharedCredentialsProvider;
use aws_sdk_greengrass::error::ProvideErrorMetadata;
use aws_sdk_greengrass::operation::get_bulk_deployment_status::GetBulkDeploymentStatusOutput;
use aws_sdk_greengrass::operation::start_bulk_deployment::builders::StartBulkDeploymentFluentBuilder;
use aws_sdk_greengrass::types::{BulkDeploymentResult, BulkDeploymentStatus, GroupInformation};
use aws_sdk_s3::primitives::ByteStream;
use overseed_sandbox::{Sandbox, Scenario, Settings, SteppedClock};

/// A second of the clock is ten simulated minutes: far from fifteen real minutes of skew in every test.
const SPEED: f64 = 600.0;
const BUCKET: &str = "overseed-demo-000000000000";

/// A sandbox with clients.
#[derive(Debug)]
struct Stage {
    sandbox: Sandbox,
    clock: Arc<SteppedClock>,
    greengrass: aws_sdk_greengrass::Client,
    s3: aws_sdk_s3::Client,
    iam: aws_sdk_iam::Client,
}

/// Clients' settings for keys of this sandbox.
fn config(sandbox: &Sandbox, key: &str, secret: &str) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().build_http();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(sandbox.settings().region.clone()))
        .endpoint_url(sandbox.endpoint())
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            key, secret, None, None, "test",
        )))
        .http_client(http)
        .sleep_impl(aws_smithy_async::rt::sleep::default_async_sleep().unwrap())
        .time_source(aws_smithy_async::time::SystemTimeSource::new())
        .build()
}

impl Stage {
    fn new(groups: u32, scenario: Scenario) -> Self {
        Self::with(Settings {
            groups,
            scenario,
            speed: SPEED,
            ..Settings::default()
        })
    }

    fn with(settings: Settings) -> Self {
        Self::at(settings, Arc::new(SteppedClock::at_present()))
    }

    fn at(settings: Settings, clock: Arc<SteppedClock>) -> Self {
        let sandbox = Sandbox::start(settings, Arc::clone(&clock) as _).unwrap();
        let keys = sandbox.keys();
        let config = config(&sandbox, &keys.access_key_id, &keys.secret_access_key);
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(true)
            .build();
        Self {
            greengrass: aws_sdk_greengrass::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            iam: aws_sdk_iam::Client::new(&config),
            sandbox,
            clock,
        }
    }

    /// Moves the clock on by simulated seconds.
    fn pass(&self, seconds: i64) {
        self.clock.advance(seconds * 1_000 / SPEED as i64 + 1);
    }

    async fn groups(&self) -> Vec<GroupInformation> {
        let mut groups = Vec::new();
        let mut token = None;
        loop {
            let page = self
                .greengrass
                .list_groups()
                .set_next_token(token)
                .send()
                .await
                .unwrap();
            groups.extend_from_slice(page.groups());
            token = page.next_token;
            if token.is_none() {
                return groups;
            }
        }
    }

    /// Puts the input file for all groups that have a version; returns how many.
    async fn put_input(&self, groups: &[GroupInformation]) -> usize {
        let line = |group: &GroupInformation| {
            let (id, version) = (group.id()?, group.latest_version()?);
            Some(format!(
                "{{\"GroupId\":\"{id}\", \"GroupVersionId\":\"{version}\", \"DeploymentType\":\"NewDeployment\"}}\n"
            ))
        };
        let lines: Vec<String> = groups.iter().filter_map(line).collect();
        self.put(&lines.concat()).await;
        lines.len()
    }

    async fn put(&self, content: &str) {
        let body = ByteStream::from(content.as_bytes().to_vec());
        self.s3
            .put_object()
            .bucket(BUCKET)
            .key("input.jsonl")
            .body(body)
            .send()
            .await
            .unwrap();
    }

    /// A role as the tutorial makes it, for these resources; visible already.
    async fn make_role(&self, name: &str, resources: &str) -> String {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"greengrass.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"000000000000"},"ArnLike":{"aws:SourceArn":"arn:aws:greengrass:eu-west-1:000000000000:*"}}}]}"#;
        let made = self
            .iam
            .create_role()
            .role_name(name)
            .assume_role_policy_document(trust)
            .send()
            .await
            .unwrap();
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"greengrass:CreateDeployment","Resource":{resources}}},{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::{BUCKET}/*"}}]}}"#
        );
        self.iam
            .put_role_policy()
            .role_name(name)
            .policy_name("deploy")
            .policy_document(policy)
            .send()
            .await
            .unwrap();
        made.role.unwrap().arn
    }

    fn start(&self, role: &str) -> StartBulkDeploymentFluentBuilder {
        self.greengrass
            .start_bulk_deployment()
            .execution_role_arn(role)
            .input_file_uri(format!(
                "https://{BUCKET}.s3.eu-west-1.amazonaws.com/input.jsonl"
            ))
    }

    async fn status(&self, bulk: &str) -> GetBulkDeploymentStatusOutput {
        self.greengrass
            .get_bulk_deployment_status()
            .bulk_deployment_id(bulk)
            .send()
            .await
            .unwrap()
    }

    /// Moves the clock until the status is terminal.
    async fn finish(&self, bulk: &str) -> GetBulkDeploymentStatusOutput {
        for _ in 0..1_000 {
            let status = self.status(bulk).await;
            match status.bulk_deployment_status() {
                Some(
                    BulkDeploymentStatus::Completed
                    | BulkDeploymentStatus::Failed
                    | BulkDeploymentStatus::Stopped,
                ) => return status,
                _ => self.pass(10),
            }
        }
        panic!("it does not end");
    }

    async fn reports(&self, bulk: &str) -> Vec<BulkDeploymentResult> {
        let mut reports = Vec::new();
        let mut token = None;
        loop {
            let list = self
                .greengrass
                .list_bulk_deployment_detailed_reports()
                .bulk_deployment_id(bulk);
            let page = list.set_next_token(token).send().await.unwrap();
            reports.extend_from_slice(page.deployments());
            token = page.next_token;
            if token.is_none() {
                return reports;
            }
        }
    }
}

/// Code and message of a refused call.
fn refused<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(
    answer: Result<T, E>,
) -> (String, String) {
    let error = answer.unwrap_err();
    (
        error.code().unwrap_or_default().to_owned(),
        error.message().unwrap_or_default().to_owned(),
    )
}
