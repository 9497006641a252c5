//! The way to an account: profiles, environment, proxies and certificates. Each connection is made by a child process
//! with an environment of its own; the child is this very program, running [`child`].
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod profiles;
mod proxy;
mod relay;
mod tls;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use overseed_aws::{Clock, Spec, connect};
use overseed_sandbox::{Sandbox, Scenario, Settings, SystemClock};

/// Begins the child's outcome on its output.
const OUTCOME: &str = "outcome: ";

/// What a child reads its request from.
const REQUEST: &str = "OVERSEED_TEST_REQUEST";

fn sandbox() -> Sandbox {
    let settings = Settings {
        groups: 1,
        scenario: Scenario::AllWell,
        ..Settings::default()
    };
    Sandbox::start(settings, Arc::new(SystemClock)).unwrap()
}

/// A child to be: its environment, without anything of the parent's that has to do with AWS or proxies.
struct Child {
    variables: BTreeMap<String, String>,
}

impl Child {
    fn new(folder: &Path) -> Self {
        let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let variables = BTreeMap::from([
            ("HOME".to_owned(), folder.to_string_lossy().into_owned()),
            ("AWS_CONFIG_FILE".to_owned(), path("config")),
            (
                "AWS_SHARED_CREDENTIALS_FILE".to_owned(),
                path("credentials"),
            ),
            ("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned()),
        ]);
        Self { variables }
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    fn with_keys_of(self, sandbox: &Sandbox) -> Self {
        let keys = sandbox.keys();
        self.with("AWS_ACCESS_KEY_ID", &keys.access_key_id)
            .with("AWS_SECRET_ACCESS_KEY", &keys.secret_access_key)
            .with("AWS_REGION", "eu-west-1")
    }

    /// Connects: `Ok(caller's ARN)` or `Err("Kind: message")`.
    async fn connect(self, profile: &str, region: &str, endpoint: &str) -> Result<String, String> {
        let output = tokio::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "child",
                "--exact",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env_clear()
            .envs(&self.variables)
            .env(REQUEST, format!("{profile}|{region}|{endpoint}"))
            .output()
            .await
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let outcome = text
            .lines()
            .find_map(|line| {
                line.split_once(OUTCOME)
                    .map(|(_, outcome)| outcome.to_owned())
            })
            .unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)));
        match outcome.strip_prefix("ok ") {
            Some(arn) => Ok(arn.to_owned()),
            None => Err(outcome),
        }
    }
}

#[tokio::test]
#[ignore = "run by the other tests as a process of its own"]
async fn child() {
    let request = std::env::var(REQUEST).unwrap();
    let [profile, region, endpoint] = request
        .split('|')
        .map(|part| Some(part.to_owned()))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let spec = Spec {
        profile,
        region,
        endpoint,
        keys: None,
        whereabouts: None,
    };
    match connect(spec, &Clock::system()).await {
        Ok(connected) => println!("\n{OUTCOME}ok {}", connected.identity.arn),
        Err(error) => {
            println!(
                "\n{OUTCOME}{:?}: {}",
                error.kind,
                error.message.replace('\n', " ")
            );
        }
    }
}
