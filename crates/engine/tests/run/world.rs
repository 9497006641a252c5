//! A sandbox and an engine on one clock that runs faster than the wall's.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use overseed_domain::permissions::{Pack, ReadBy};
use overseed_domain::{rollout::RunState, waves::Waves};
use overseed_engine::{
    Engine, Session,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
    draft::{Draft, DraftChange, draft_set},
    groups::{Filter, SelectionChange, groups_refresh, groups_select},
    input_file::{file_make, file_upload},
    job::{JobKind, Progress},
    permissions::permissions_apply,
    plan::{PlanFrom, PlanSettings, plan_new},
    run::{RunSnapshot, run_get, run_start_plan, run_watch},
};
use overseed_sandbox::{Sandbox, Scenario, Settings};
use tokio_util::sync::CancellationToken;

use crate::hurried::Hurried;

pub const BUCKET: &str = "overseed-demo-000000000000";

pub struct World {
    pub sandbox: Sandbox,
    pub clock: Hurried,
    folder: tempfile::TempDir,
}

impl World {
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
        self.face_in("test").await
    }

    /// The same over a connection to another sandbox, as far as the engine can tell.
    pub async fn face_in(&self, sandbox: &str) -> Session {
        let engine = Engine::open(self.folder.path().to_owned(), self.clock.of_engine()).unwrap();
        let request = ConnectRequest::Sandbox {
            scenario: self.sandbox.settings().scenario.to_string(),
            groups: self.sandbox.settings().groups,
            seed: self.sandbox.settings().seed,
            speed: self.sandbox.settings().speed,
        };
        let reach = SandboxReach {
            endpoint: self.sandbox.endpoint(),
            region: self.sandbox.settings().region.clone(),
            access_key_id: self.sandbox.keys().access_key_id.clone(),
            secret_access_key: self.sandbox.keys().secret_access_key.clone(),
            id: sandbox.to_owned(),
        };
        connect(&engine, request, Some(reach)).await.unwrap()
    }
}

impl World {
    /// The administrator's own client of IAM, to set the scene.
    pub fn iam(&self) -> aws_sdk_iam::Client {
        let keys = self.sandbox.keys();
        let credentials = aws_sdk_iam::config::Credentials::new(
            &keys.access_key_id,
            &keys.secret_access_key,
            None,
            None,
            "test",
        );
        let config = aws_sdk_iam::Config::builder()
            .behavior_version(aws_sdk_iam::config::BehaviorVersion::latest())
            .region(aws_sdk_iam::config::Region::new("eu-west-1"))
            .endpoint_url(self.sandbox.endpoint())
            .credentials_provider(credentials)
            .time_source(self.clock.clone())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        aws_sdk_iam::Client::from_conf(config)
    }
}

pub fn progress(session: &Session, kind: JobKind) -> Progress {
    Progress::within(kind, session.clock().clone(), CancellationToken::new()).0
}

/// The wizard up to the review: all deployable groups, file made and uploaded, role made.
pub async fn draft(session: &Session, settle_minutes: f64) -> Draft {
    groups_refresh(session, &progress(session, JobKind::Groups))
        .await
        .unwrap();
    let all = SelectionChange::Matching {
        filter: Filter::default(),
        selected: true,
    };
    groups_select(session, all).await.unwrap();
    let change = DraftChange {
        bucket: Some(BUCKET.to_owned()),
        settle_minutes: Some(settle_minutes),
        name: Some("Firmware 4.2".to_owned()),
        ..DraftChange::default()
    };
    draft_set(session, change).await.unwrap();
    file_make(session, &progress(session, JobKind::InputFile))
        .await
        .unwrap();
    let draft = file_upload(session, &progress(session, JobKind::Upload))
        .await
        .unwrap();
    permissions_apply(session, &progress(session, JobKind::Permissions))
        .await
        .unwrap();
    draft
}

/// A plan file of all deployable groups, made without a draft; its role does not exist yet.
pub async fn plan_file(world: &World, session: &Session, settle_minutes: f64) -> PathBuf {
    plan_in_waves(world, session, settle_minutes, Waves::default()).await
}

/// The same, cut into waves.
pub async fn plan_in_waves(
    world: &World,
    session: &Session,
    settle_minutes: f64,
    waves: Waves,
) -> PathBuf {
    groups_refresh(session, &progress(session, JobKind::Groups))
        .await
        .unwrap();
    let settings = PlanSettings {
        role: "FaultyRollout".to_owned(),
        bucket: BUCKET.to_owned(),
        prefix: "faults".to_owned(),
        pack: Pack::Auto,
        read_by: ReadBy::Role,
        settle_minutes,
        waves,
        v2: None,
    };
    let file = world.folder().join("plan.json");
    let from = PlanFrom::Filter(Filter::default());
    let progress = progress(session, JobKind::InputFile);
    plan_new(session, from, "Faults", settings, &file, &progress)
        .await
        .unwrap();
    file
}

/// The run of such a plan, recorded and not driven.
pub async fn plan(world: &World, session: &Session, settle_minutes: f64) -> String {
    let file = plan_file(world, session, settle_minutes).await;
    run_start_plan(session, &file).await.unwrap().row.id
}

/// The same after a change of the plan's targets, `[group, version]`.
pub async fn plan_with(
    world: &World,
    session: &Session,
    settle_minutes: f64,
    change: impl FnOnce(&mut Vec<[String; 2]>),
) -> String {
    let file = plan_file(world, session, settle_minutes).await;
    change_targets(&file, change);
    run_start_plan(session, &file).await.unwrap().row.id
}

/// Changes the targets of a plan's file, `[group, version]`.
pub fn change_targets(file: &Path, change: impl FnOnce(&mut Vec<[String; 2]>)) {
    let text = std::fs::read_to_string(file).unwrap();
    let mut plan: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut targets = serde_json::from_value(plan["targets"].take()).unwrap();
    change(&mut targets);
    plan["targets"] = serde_json::to_value(targets).unwrap();
    std::fs::write(file, plan.to_string()).unwrap();
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
