//! Every call of this crate against the sandbox, over HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bulk;
mod connect;
mod faults;
mod greengrass;
mod iam;
mod s3;
mod states;
mod v2;

use std::sync::Arc;

use overseed_aws::{Clients, Clock, Connected, Spec};
use overseed_sandbox::{Sandbox, Scenario, Settings, SteppedClock};

/// A sandbox and a connection to it.
struct Stage {
    sandbox: Sandbox,
    clock: Arc<SteppedClock>,
    clients: Clients,
}

impl Stage {
    async fn new(groups: u32, scenario: Scenario) -> Self {
        let clock = Arc::new(SteppedClock::at_present());
        let settings = Settings {
            groups,
            scenario,
            ..Settings::default()
        };
        let sandbox = Sandbox::start(settings, Arc::clone(&clock) as _).unwrap();
        let clients = connect(&sandbox).await.clients;
        Self {
            sandbox,
            clock,
            clients,
        }
    }
}

fn spec(sandbox: &Sandbox) -> Spec {
    let keys = sandbox.keys();
    Spec {
        profile: None,
        region: Some(sandbox.settings().region.clone()),
        endpoint: Some(sandbox.endpoint()),
        keys: Some((keys.access_key_id.clone(), keys.secret_access_key.clone())),
        whereabouts: None,
    }
}

async fn connect(sandbox: &Sandbox) -> Connected {
    overseed_aws::connect(spec(sandbox), &Clock::system())
        .await
        .unwrap()
}
