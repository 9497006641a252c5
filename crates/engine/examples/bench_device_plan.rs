//! Measures the preview and the plan of many core devices whose present deployments have been read: from the store, merged,
//! compared, gathered; then the review of all that and the look at what the devices' role needs. Half of the devices share
//! present deployments by model, the others have their own; a template gives each another outcome. One JSON line a figure.
//! The number of devices can be given; 100,000 otherwise.

#[path = "measure/mod.rs"]
mod measure;

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use overseed_domain::v2::{
    document::{ComponentSpec, ConfigurationUpdate, DeploymentDocument},
    intent::{ComponentIntent, ComponentSet, Intent},
};
use overseed_engine::{
    Clock, Engine, Session,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
    groups::Filter,
    job::{JobKind, Progress},
    v2::{
        devices::{DeviceSelectionChange, devices_select},
        permissions::device_permissions_check,
        plan::{
            DeviceDraftChange, DevicesMeant, Layer, PlannedDevicesQuery, Way, device_draft_set,
            device_plan_devices, device_plan_export, device_plan_preview,
        },
        review::device_review,
    },
};
use overseed_sandbox::{Sandbox, Settings, SystemClock};
use rusqlite::params;

use measure::{Outcome, figure, memory_kb};

const DEVICES: u32 = 100_000;

/// A component of the sandbox's account: its recipe is read, and each device's configuration laid over its default.
const APP: &str = "com.plant.LineTelemetry";

#[tokio::main]
async fn main() -> Outcome<()> {
    let devices = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => DEVICES,
    };
    let folder = tempfile::tempdir()?;
    // The sandbox is asked only who calls: devices and deployments are written straight into the store.
    let sandbox = Sandbox::start(
        Settings {
            groups: 1,
            ..Settings::default()
        },
        Arc::new(SystemClock),
    )?;
    let engine = Engine::open(folder.path().to_owned(), Clock::system())?;
    let session = connect(&engine, request(), Some(reach(&sandbox))).await?;
    fill(&session, devices)?;
    devices_select(
        &session,
        DeviceSelectionChange::Matching {
            filter: Filter::default(),
            selected: true,
        },
    )
    .await?;
    device_draft_set(
        &session,
        DeviceDraftChange {
            layers: Some(vec![layer()]),
            name: Some("Bench".to_owned()),
            way: Some(Some(Way::Direct)),
            ..DeviceDraftChange::default()
        },
    )
    .await?;
    let progress = Progress::within(JobKind::DevicePlan, Clock::system(), Default::default()).0;

    let before = memory_kb("VmRSS");
    let began = Instant::now();
    let preview = device_plan_preview(&session, &progress).await?;
    figure(
        "v2: preview of 100,000 devices from the store",
        began.elapsed().as_secs_f64(),
        "s",
    );
    assert_eq!(preview.changed, devices);
    let began = Instant::now();
    let query = PlannedDevicesQuery {
        offset: devices / 2,
        limit: 50,
        ..PlannedDevicesQuery::default()
    };
    device_plan_devices(&session, query, &progress).await?;
    figure(
        "v2: page of planned devices",
        began.elapsed().as_secs_f64() * 1e3,
        "ms",
    );
    let began = Instant::now();
    device_plan_export(&session, &folder.path().join("plan.json"), &progress).await?;
    figure("v2: plan file of them", began.elapsed().as_secs_f64(), "s");
    if let (Some(before), Some(after)) = (before, memory_kb("VmHWM")) {
        figure(
            "v2: preview and plan file, memory",
            f64::from(u32::try_from(after.saturating_sub(before))?) / 1e3,
            "MB",
        );
    }
    let began = Instant::now();
    let permissions = device_permissions_check(&session, &progress).await?;
    figure(
        "v2: permissions of 100,000 devices",
        began.elapsed().as_secs_f64(),
        "s",
    );
    assert!(!permissions.roles.is_empty());
    let began = Instant::now();
    let review = device_review(&session, &progress).await?;
    figure(
        "v2: review of 100,000 devices",
        began.elapsed().as_secs_f64(),
        "s",
    );
    assert_eq!(review.file.records, devices);
    if let (Some(before), Some(after)) = (before, memory_kb("VmHWM")) {
        figure(
            "v2: review, memory",
            f64::from(u32::try_from(after.saturating_sub(before))?) / 1e3,
            "MB",
        );
    }
    Ok(())
}

fn layer() -> Layer {
    let set = ComponentSet {
        version: Some("1.2.0".to_owned()),
        merge: Some("{\"serial\":\"{thingName}\",\"interval\":\"60\"}".to_owned()),
        reset: vec!["/legacy".to_owned()],
        ..ComponentSet::default()
    };
    Layer {
        of: DevicesMeant::All,
        intent: Intent {
            components: BTreeMap::from([(APP.to_owned(), ComponentIntent::Set(set))]),
            ..Intent::default()
        },
    }
}

fn present(number: u32) -> DeploymentDocument {
    let serial = if number % 2 == 1 {
        format!("serial-{number}")
    } else {
        format!("model-{}", number % 64)
    };
    let spec = |version: &str, merge: Option<String>| ComponentSpec {
        component_version: version.to_owned(),
        configuration_update: merge.map(|merge| ConfigurationUpdate {
            merge: Some(merge),
            reset: Vec::new(),
        }),
        run_with: None,
    };
    let log = "{\"logsUploaderConfiguration\":{\"systemLogsConfiguration\":{\"uploadToCloudWatch\":\"true\"}}}";
    let app = format!(
        "{{\"serial\":\"{serial}\",\"interval\":\"30\",\"topics\":[\"a/+/b\",\"c/#\"],\"network\":{{\"port\":\"8080\"}}}}"
    );
    let components = [
        ("aws.greengrass.Nucleus", spec("2.12.6", None)),
        ("aws.greengrass.Cli", spec("2.12.6", None)),
        (
            "aws.greengrass.LogManager",
            spec("2.3.7", Some(log.to_owned())),
        ),
        ("aws.greengrass.TokenExchangeService", spec("2.0.3", None)),
        (APP, spec("1.0.0", Some(app))),
        ("com.example.Metrics", spec("3.1.4", None)),
    ];
    DeploymentDocument {
        components: components
            .into_iter()
            .map(|(name, spec)| (name.to_owned(), spec))
            .collect(),
        ..DeploymentDocument::default()
    }
}

fn fill(session: &Session, devices: u32) -> Outcome<()> {
    let scope = session.scope;
    session.store().write_now(|tx| {
        tx.execute(
            "INSERT INTO device_listing (scope, number, started_at, ended_at, complete_at) VALUES (?1, 1, 0, 1, 1)",
            [scope],
        )?;
        for number in 0..devices {
            let thing = format!("plant-{:02}-core-{number:06}", number % 40);
            tx.prepare_cached(
                "INSERT INTO core_device (scope, thing_name, listing, deployable) VALUES (?1, ?2, 1, 0)",
            )?
            .execute(params![scope, thing])?;
            let body = serde_json::to_string(&present(number)).unwrap_or_default();
            let ordinal: i64 = tx
                .prepare_cached(
                    "INSERT INTO present_document (scope, sha256, body) VALUES (?1, ?2, ?2)
                     ON CONFLICT DO UPDATE SET body = body RETURNING ordinal",
                )?
                .query_row(params![scope, body], |row| row.get(0))?;
            tx.prepare_cached(
                "INSERT INTO present (scope, thing_name, read_at, deployment, status, document)
                 VALUES (?1, ?2, 1, ?3, 'COMPLETED', ?4)",
            )?
            .execute(params![scope, thing, format!("d-{number}"), ordinal])?;
        }
        Ok(())
    })?;
    Ok(())
}

fn request() -> ConnectRequest {
    ConnectRequest::Sandbox {
        scenario: "mixed".to_owned(),
        groups: 1,
        seed: 1,
        speed: 1.0,
    }
}

fn reach(sandbox: &Sandbox) -> SandboxReach {
    let keys = sandbox.keys();
    SandboxReach {
        endpoint: sandbox.endpoint(),
        region: sandbox.settings().region.clone(),
        access_key_id: keys.access_key_id.clone(),
        secret_access_key: keys.secret_access_key.clone(),
        id: "bench".to_owned(),
    }
}
