//! Connecting, and each step as AWS CLI commands, against the sandbox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod commands;
mod connection;
mod generation;
#[path = "../stage/reach.rs"]
#[allow(dead_code, reason = "connecting itself is what is tested here")]
mod reach;
mod trouble;
mod wire;

use std::sync::Arc;

use overseed_engine::{
    Clock, Engine, Session,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
};
use overseed_sandbox::{Sandbox, Scenario, Settings, SystemClock};

struct World {
    sandbox: Sandbox,
    engine: Engine,
    folder: tempfile::TempDir,
}

impl World {
    fn new(groups: u32) -> Self {
        let settings = Settings {
            groups,
            scenario: Scenario::AllWell,
            ..Settings::default()
        };
        let sandbox = Sandbox::start(settings, Arc::new(SystemClock)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(folder.path().to_owned(), Clock::system()).unwrap();
        Self {
            sandbox,
            engine,
            folder,
        }
    }

    fn reach(&self) -> SandboxReach {
        reach::reach(&self.sandbox, self.sandbox.keys(), "sandbox-1")
    }

    async fn session(&self) -> Session {
        connect(&self.engine, request(), Some(self.reach()))
            .await
            .unwrap()
    }
}

fn request() -> ConnectRequest {
    serde_json::from_value(serde_json::json!({
        "kind": "sandbox", "scenario": "all-well", "groups": 5, "seed": 7, "speed": 60.0
    }))
    .unwrap()
}
