//! A sandbox and an engine on one clock that runs faster than the wall's.

use std::{path::Path, sync::Arc};

use overseed_domain::rollout::RunState;
use overseed_engine::{
    Engine, Session,
    connect::connect,
    run::{RunSnapshot, run_get, run_watch},
};
use overseed_sandbox::{Sandbox, Scenario, Settings};
use tokio_util::sync::CancellationToken;

use crate::{hurried::Hurried, reach};

pub const BUCKET: &str = "overseed-demo-000000000000";

pub struct World {
    pub sandbox: Sandbox,
    pub clock: Hurried,
    folder: tempfile::TempDir,
}

impl World {
    /// One of so many groups, and as many core devices.
    pub fn of(groups: u32, scenario: Scenario) -> Self {
        Self::at_speed(groups, scenario, 20.0)
    }

    /// One whose processes take so much less time than AWS's, on the tests' clock.
    pub fn at_speed(groups: u32, scenario: Scenario, speed: f64) -> Self {
        Self::with(groups, scenario, speed, Hurried::new())
    }

    pub fn with(groups: u32, scenario: Scenario, speed: f64, clock: Hurried) -> Self {
        let settings = Settings {
            groups,
            scenario,
            speed,
            ..Settings::default()
        };
        let sandbox = Sandbox::start(settings, Arc::new(clock.clone())).unwrap();
        Self {
            sandbox,
            clock,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A face that opens the data folder and connects: the first one, or one after a crash.
    pub async fn face(&self) -> Session {
        self.face_in(self.folder()).await
    }

    /// The same with another data folder, as on another computer.
    pub async fn face_in(&self, folder: &Path) -> Session {
        reach::session(&self.engine(folder), &self.sandbox, self.sandbox.keys()).await
    }

    /// The same over a connection to another sandbox, as far as the engine can tell.
    #[allow(dead_code, reason = "not every binary of tests has several sandboxes")]
    pub async fn face_of(&self, id: &str) -> Session {
        let reach = reach::reach(&self.sandbox, self.sandbox.keys(), id);
        let request = reach::request(&self.sandbox);
        connect(&self.engine(self.folder()), request, Some(reach))
            .await
            .unwrap()
    }

    fn engine(&self, folder: &Path) -> Engine {
        Engine::open(folder.to_owned(), self.clock.of_engine()).unwrap()
    }
}

/// Waits for a run until something is so.
pub async fn until(
    session: &Session,
    run: &str,
    so: impl Fn(&RunSnapshot) -> bool + Send + Sync,
) -> RunSnapshot {
    run_watch(session, run, &CancellationToken::new(), |snapshot| {
        !so(&snapshot)
    })
    .await
    .unwrap();
    run_get(session, run).await.unwrap()
}

pub fn ended(snapshot: &RunSnapshot) -> bool {
    snapshot.row.state.is_terminal() || snapshot.row.state == RunState::Hold
}
