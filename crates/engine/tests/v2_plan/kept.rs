//! Devices whose latest deployment was cancelled or failed.

use overseed_aws::v2::CreateDeployment;
use overseed_domain::v2::{
    diff::DocumentChange,
    document::{ComponentSpec, DeploymentDocument},
    finding::PlanFindingCode,
};
use overseed_engine::{
    Session,
    v2::plan::{
        DeviceOutcome, PlannedDevice, PlannedDevicesQuery, Way, device_plan_devices,
        device_plan_export, device_present_read,
    },
};

use crate::world::{HEALTH, TELEMETRY, World, layer, plan_of, progress, set, want};

fn arn(session: &Session, thing: &str) -> String {
    let connection = &session.connection;
    format!(
        "arn:aws:iot:{}:{}:thing/{thing}",
        connection.region, connection.account
    )
}

/// Somebody deploys just this to a device; answers the deployment's id.
async fn deployed(session: &Session, thing: &str, component: &str, version: &str) -> String {
    let spec = ComponentSpec {
        component_version: version.to_owned(),
        ..ComponentSpec::default()
    };
    let request = CreateDeployment {
        target_arn: arn(session, thing),
        document: DeploymentDocument {
            components: [(component.to_owned(), spec)].into(),
            ..DeploymentDocument::default()
        },
        client_token: None,
    };
    let made = session.clients.create_deployment(&request).await.unwrap();
    made.id
}

async fn planned(session: &Session, text: &str) -> PlannedDevice {
    let query = PlannedDevicesQuery {
        text: text.to_owned(),
        limit: 1,
        ..PlannedDevicesQuery::default()
    };
    let page = device_plan_devices(session, query, &progress(session))
        .await
        .unwrap();
    page.rows.into_iter().next().unwrap()
}

fn codes(device: &PlannedDevice) -> Vec<PlanFindingCode> {
    device.findings.iter().map(|found| found.code).collect()
}

/// A face that wants another version of all devices, whose deployments are read.
async fn wanting(world: &World) -> Session {
    let session = world.face().await;
    let telemetry = layer(&[(TELEMETRY, set(Some("1.0.0"), None))]);
    want(&session, vec![telemetry], Some(Way::Direct)).await;
    read(&session, false).await;
    session
}

async fn read(session: &Session, again: bool) {
    device_present_read(session, again, &progress(session))
        .await
        .unwrap();
}

/// The first device that has a deployment of its own, or that has none.
async fn one(session: &Session, with: bool) -> PlannedDevice {
    let query = PlannedDevicesQuery {
        limit: 500,
        ..PlannedDevicesQuery::default()
    };
    let page = device_plan_devices(session, query, &progress(session))
        .await
        .unwrap();
    let found = page
        .rows
        .into_iter()
        .find(|row| row.deployment.is_some() == with);
    found.unwrap()
}

#[tokio::test]
async fn a_device_is_planned_on_what_it_keeps_where_the_latest_was_cancelled() {
    let world = World::of(60);
    let session = wanting(&world).await;
    let before = one(&session, true).await;
    let thing = before.thing_name.clone();
    let cancelled = deployed(&session, &thing, HEALTH, "1.0.0").await;
    session.clients.cancel_deployment(&cancelled).await.unwrap();
    // The second time it is known already what the device keeps.
    for _ in 0..2 {
        read(&session, true).await;
        let after = planned(&session, &thing).await;
        assert_eq!(after.deployment.as_ref(), Some(&cancelled));
        assert_eq!(after.deployment_status.as_deref(), Some("CANCELED"));
        assert_eq!(after.diff, before.diff, "nothing of the cancelled one");
        assert!(codes(&after).contains(&PlanFindingCode::LatestCancelled));
    }
    let out = world.folder().join("plan.json");
    device_plan_export(&session, &out, &progress(&session))
        .await
        .unwrap();
    let plan = plan_of(&out);
    let (document, had) = &plan.targets[&thing];
    assert!(!document.components.contains_key(HEALTH));
    let had = had.as_ref().unwrap();
    assert!(
        had.components
            .keys()
            .all(|name| document.components.contains_key(name))
    );
    let replaces = plan.plan["targets"].as_array().unwrap().iter();
    let replaces = replaces.filter(|target| target[0] == thing.as_str());
    assert!(
        replaces
            .clone()
            .all(|target| target[3] == cancelled.as_str())
            && replaces.count() == 1,
        "what is replaced is the latest one"
    );
}

#[tokio::test]
async fn a_device_that_never_had_another_one_is_planned_as_one_without() {
    let world = World::of(60);
    let session = wanting(&world).await;
    let thing = one(&session, false).await.thing_name;
    let cancelled = deployed(&session, &thing, HEALTH, "1.0.0").await;
    session.clients.cancel_deployment(&cancelled).await.unwrap();
    read(&session, true).await;
    let after = planned(&session, &thing).await;
    assert_eq!(after.outcome, DeviceOutcome::Changed);
    assert!(codes(&after).contains(&PlanFindingCode::LatestCancelled));
    assert!(
        after
            .diff
            .changes
            .iter()
            .all(|change| matches!(change, DocumentChange::ComponentAdded { .. })),
        "{:?}",
        after.diff
    );
}

#[tokio::test]
async fn a_failed_deployment_stays_what_a_plan_is_made_on_and_is_pointed_out() {
    let world = World::of(60);
    let session = wanting(&world).await;
    let thing = one(&session, false).await.thing_name;
    let failed = deployed(&session, &thing, HEALTH, "9.9.9").await;
    loop {
        let there = session.clients.get_deployment(&failed).await.unwrap();
        if there.listed.status == "FAILED" {
            break;
        }
        session
            .clock()
            .sleep(std::time::Duration::from_secs(5))
            .await;
    }
    read(&session, true).await;
    let after = planned(&session, &thing).await;
    assert!(codes(&after).contains(&PlanFindingCode::LatestFailed));
    assert_eq!(after.deployment_status.as_deref(), Some("FAILED"));
}
