//! A sandbox with core devices, a folder, and what is wanted of the devices.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use overseed_domain::v2::{
    document::DeploymentDocument,
    intent::{ComponentIntent, ComponentSet, Intent},
};
use overseed_engine::{
    Engine, Session,
    groups::{Filter, FilterToken},
    job::{JobKind, Progress},
    permissions::{Pack, ReadBy},
    plan::PlanSettings,
    v2::{
        devices::{DeviceSelectionChange, devices_refresh, devices_select},
        plan::{DeviceDraftChange, DevicesMeant, Layer, PlanV2, Wanted, Way, device_draft_set},
    },
};
use overseed_sandbox::{Sandbox, Scenario, Settings};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{hurried::Hurried, reach};

pub const TELEMETRY: &str = "com.plant.LineTelemetry";
pub const HEALTH: &str = "com.plant.HealthReport";

pub struct World {
    pub sandbox: Sandbox,
    clock: Hurried,
    folder: tempfile::TempDir,
}

impl World {
    pub fn of(devices: u32) -> Self {
        Self::with(devices, Hurried::new())
    }

    pub fn with(devices: u32, clock: Hurried) -> Self {
        let settings = Settings {
            groups: devices,
            scenario: Scenario::AllWell,
            speed: 20.0,
            ..Settings::default()
        };
        Self {
            sandbox: Sandbox::start(settings, Arc::new(clock.clone())).unwrap(),
            clock,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A face whose inventory is listed and whose devices are all selected.
    pub async fn face(&self) -> Session {
        let engine = Engine::open(self.folder().to_owned(), self.clock.of_engine()).unwrap();
        let session = reach::session(&engine, &self.sandbox, self.sandbox.keys()).await;
        devices_refresh(&session, &progress(&session))
            .await
            .unwrap();
        let all = DeviceSelectionChange::Matching {
            filter: Filter::default(),
            selected: true,
        };
        devices_select(&session, all).await.unwrap();
        session
    }
}

pub fn progress(session: &Session) -> Progress {
    let cancel = CancellationToken::new();
    Progress::within(JobKind::DevicePlan, session.clock().clone(), cancel).0
}

/// Devices with this text in their names.
pub fn having(text: &str) -> Filter {
    Filter {
        tokens: vec![FilterToken {
            property: Some("thingName".to_owned()),
            operator: ":".to_owned(),
            value: text.to_owned(),
        }],
        ..Filter::default()
    }
}

pub fn set(version: Option<&str>, merge: Option<&str>) -> ComponentIntent {
    ComponentIntent::Set(ComponentSet {
        version: version.map(str::to_owned),
        merge: merge.map(str::to_owned),
        ..ComponentSet::default()
    })
}

pub fn layer(components: &[(&str, ComponentIntent)]) -> Layer {
    Layer {
        of: DevicesMeant::All,
        intent: Intent {
            components: components
                .iter()
                .map(|(name, wanted)| ((*name).to_owned(), wanted.clone()))
                .collect(),
            ..Intent::default()
        },
    }
}

/// What the draft wants of all that is selected, and by which way; `None` for the proposed one.
pub async fn want(session: &Session, layers: Vec<Layer>, way: Option<Way>) {
    let change = DeviceDraftChange {
        layers: Some(layers),
        name: Some("Lines".to_owned()),
        way: Some(way),
        ..DeviceDraftChange::default()
    };
    device_draft_set(session, change).await.unwrap();
}

pub fn wanted(layers: Vec<Layer>) -> Wanted {
    Wanted {
        name: "Health everywhere".to_owned(),
        layers,
        rows: None,
    }
}

pub fn settings(way: Way) -> impl FnOnce(u32) -> PlanSettings + Send + 'static {
    move |_| PlanSettings {
        role: "Rollout".to_owned(),
        bucket: "overseed-demo-000000000000".to_owned(),
        prefix: "v2".to_owned(),
        pack: Pack::Auto,
        read_by: ReadBy::Role,
        settle_minutes: 5.0,
        waves: overseed_domain::waves::Waves::default(),
        v2: Some(PlanV2 {
            way,
            ..PlanV2::default()
        }),
    }
}

/// A plan's targets, each with its document and the one that it had.
pub struct PlanRead {
    pub plan: Value,
    pub targets: BTreeMap<String, (DeploymentDocument, Option<DeploymentDocument>)>,
}

pub fn plan_of(path: &Path) -> PlanRead {
    let plan: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let document = |hash: &Value| -> DeploymentDocument {
        serde_json::from_value(plan["documents"][hash.as_str().unwrap()].clone()).unwrap()
    };
    let targets = plan["targets"].as_array().unwrap().iter().map(|target| {
        let before = target[2].as_str().filter(|hash| !hash.is_empty());
        (
            target[0].as_str().unwrap().to_owned(),
            (document(&target[1]), before.map(|_| document(&target[2]))),
        )
    });
    PlanRead {
        targets: targets.collect(),
        plan: plan.clone(),
    }
}
