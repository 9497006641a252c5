//! What devices have through their thing groups.

use std::collections::BTreeSet;

use overseed_aws::v2::CreateDeployment;
use overseed_domain::{
    rollout::RunState,
    v2::{
        document::{ComponentSpec, DeploymentDocument},
        finding::PlanFindingCode as Code,
        gather::FindingTotal,
        intent::ComponentIntent,
    },
};
use overseed_engine::{
    Error, ErrorCode, Session,
    job::{JobKind, Progress},
    review::CheckState,
    run::{run_drive, run_start_plan},
    v2::{
        plan::{
            DeviceOutcome, DevicesFrom, PlannedDevicesQuery, Way, device_plan_devices,
            device_plan_new, device_plan_preview, device_present_read, device_present_status,
        },
        review::device_review,
    },
};
use tokio_util::sync::CancellationToken;

use crate::world::{
    HEALTH, TELEMETRY, World, having, layer, progress, set, settings, want, wanted,
};

/// All sites of the sandbox; one in three has the health report.
const ALL_SITES: u32 = 450;

fn group(session: &Session, name: &str) -> String {
    let connection = &session.connection;
    format!(
        "arn:aws:iot:{}:{}:thinggroup/{name}",
        connection.region, connection.account
    )
}

async fn read(session: &Session) {
    device_present_read(session, true, &progress(session))
        .await
        .unwrap();
}

async fn found(session: &Session, code: Code) -> Vec<FindingTotal> {
    let preview = device_plan_preview(session, &progress(session))
        .await
        .unwrap();
    let all = preview.findings.into_iter();
    all.filter(|finding| finding.code == code).collect()
}

async fn wants(session: &Session, component: &str, what: ComponentIntent) {
    want(
        session,
        vec![layer(&[(component, what)])],
        Some(Way::Direct),
    )
    .await;
}

#[tokio::test]
async fn another_version_than_a_thing_groups_is_refused_and_the_same_is_not() {
    let world = World::of(ALL_SITES);
    let session = world.face().await;
    wants(&session, HEALTH, set(Some("1.0.0"), None)).await;
    read(&session).await;
    let preview = device_plan_preview(&session, &progress(&session))
        .await
        .unwrap();
    assert!(preview.refused > 0 && preview.refused < preview.devices);
    assert_eq!(preview.targets, preview.devices - preview.refused);
    let totals = found(&session, Code::GroupOtherVersion).await;
    let devices: u32 = totals.iter().map(|total| total.targets).sum();
    assert_eq!(devices, preview.refused, "each group is counted for itself");
    let words: BTreeSet<&str> = totals.iter().map(|total| total.message.as_str()).collect();
    assert!(words.len() > 1 && words.len() == totals.len());
    for total in &totals {
        assert_eq!(total.component.as_deref(), Some(HEALTH));
        for word in ["thing group site-", "1.1.0", "1.0.0"] {
            assert!(total.message.contains(word), "{}", total.message);
        }
    }
    // The group is that of the devices' site.
    let query = PlannedDevicesQuery {
        outcome: Some(DeviceOutcome::Refused),
        limit: 500,
        ..PlannedDevicesQuery::default()
    };
    let page = device_plan_devices(&session, query, &progress(&session))
        .await
        .unwrap();
    assert_eq!(page.matches, preview.refused);
    for row in page.rows {
        let site = row.thing_name.split('-').next().unwrap();
        let refused = row
            .findings
            .iter()
            .find(|finding| finding.code.is_refused());
        let message = &refused.unwrap().message;
        assert!(message.contains(&format!("site-{site},")), "{message}");
    }
    let review = device_review(&session, &progress(&session)).await.unwrap();
    let check = review.checks.iter().find(|check| check.id == "wanted");
    let check = check.unwrap();
    assert_eq!(check.state, CheckState::Fail);
    assert!(check.detail.contains("thing group site-"), "{check:?}");
    let refused = device_plan_new(
        &session,
        DevicesFrom::Filter(overseed_engine::groups::Filter::default()),
        wanted(vec![layer(&[(HEALTH, set(Some("1.0.0"), None))])]),
        false,
        None,
        settings(Way::ThingGroup),
        &world.folder().join("refused.json"),
        &progress(&session),
    )
    .await
    .unwrap_err();
    assert_eq!(refused.problem().code, ErrorCode::FileInvalid);
    wants(&session, HEALTH, set(Some("1.1.0"), None)).await;
    let preview = device_plan_preview(&session, &progress(&session))
        .await
        .unwrap();
    assert_eq!((preview.refused, preview.targets), (0, preview.devices));
    assert!(found(&session, Code::GroupOtherVersion).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_planned_with_the_groups_version_is_carried_out() {
    let world = World::of(ALL_SITES);
    let session = world.face().await;
    let out = world.folder().join("plan.json");
    device_plan_new(
        &session,
        DevicesFrom::Filter(having("7")),
        wanted(vec![layer(&[(HEALTH, set(Some("1.1.0"), None))])]),
        false,
        None,
        settings(Way::Direct),
        &out,
        &progress(&session),
    )
    .await
    .unwrap();
    let run = run_start_plan(&session, &out).await.unwrap().row;
    let run = run_drive(&session, &run.id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let counts = run.row.counts;
    assert!(counts.succeeded > 0 && counts.succeeded == counts.total());
}

#[tokio::test]
async fn what_is_to_be_removed_and_stays_because_of_a_group_is_told() {
    let world = World::of(ALL_SITES);
    let session = world.face().await;
    wants(&session, HEALTH, ComponentIntent::Remove).await;
    read(&session).await;
    let totals = found(&session, Code::GroupKeeps).await;
    assert!(totals.len() > 1, "{totals:#?}");
    assert!(
        totals
            .iter()
            .all(|total| total.message.contains("thing group site-"))
    );
    let preview = device_plan_preview(&session, &progress(&session))
        .await
        .unwrap();
    assert_eq!(preview.refused, 0);
}

#[tokio::test]
async fn a_contradiction_that_is_there_already_refuses_no_other_change() {
    let world = World::of(60);
    let session = world.face().await;
    wants(&session, HEALTH, set(Some("1.1.0"), None)).await;
    read(&session).await;
    let query = PlannedDevicesQuery {
        limit: 500,
        ..PlannedDevicesQuery::default()
    };
    let page = device_plan_devices(&session, query, &progress(&session))
        .await
        .unwrap();
    let with = |row: &overseed_engine::v2::plan::PlannedDevice| {
        row.diff.kept.iter().any(|kept| kept == TELEMETRY)
    };
    let having = page.rows.iter().find(|row| with(row)).unwrap();
    let name = format!("site-{}", having.thing_name.split('-').next().unwrap());
    let spec = ComponentSpec {
        component_version: "0.9.0".to_owned(),
        ..ComponentSpec::default()
    };
    let request = CreateDeployment {
        target_arn: group(&session, &name),
        document: DeploymentDocument {
            components: [(TELEMETRY.to_owned(), spec)].into(),
            ..DeploymentDocument::default()
        },
        client_token: None,
    };
    let made = session.clients.create_deployment(&request).await.unwrap();
    read(&session).await;
    let totals = found(&session, Code::GroupMayContradict).await;
    assert!(
        !totals.is_empty() && totals.iter().all(|total| total.message.contains(&name)),
        "{totals:#?}"
    );
    assert!(found(&session, Code::GroupOtherVersion).await.is_empty());
    // A cancelled one counts no more.
    session.clients.cancel_deployment(&made.id).await.unwrap();
    read(&session).await;
    assert!(found(&session, Code::GroupMayContradict).await.is_empty());
}

#[tokio::test]
async fn reading_the_groups_can_be_cancelled_and_goes_on_where_it_was() {
    let world = World::of(ALL_SITES);
    let session = world.face().await;
    let cancel = CancellationToken::new();
    let (reading, mut told) =
        Progress::within(JobKind::Present, session.clock().clone(), cancel.clone());
    let cancelling = async {
        told.wait_for(|job| {
            let job = job.as_ref();
            job.is_some_and(|job| job.stage.contains("thing groups") && job.done >= 3)
        })
        .await
        .unwrap();
        cancel.cancel();
    };
    let (stopped, ()) = tokio::join!(device_present_read(&session, false, &reading), cancelling);
    assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
    assert_eq!(device_present_status(&session).await.unwrap().read, 0);
    let groups = || async {
        session
            .store()
            .read(|c| Ok(c.query_row("SELECT count(*) FROM through_group", [], |r| r.get(0))?))
            .await
            .unwrap()
    };
    let before: u32 = groups().await;
    assert!(before >= 3);
    let first = told_times(&session).await;
    device_present_read(&session, false, &progress(&session))
        .await
        .unwrap();
    assert_eq!(
        device_present_status(&session).await.unwrap().read,
        ALL_SITES
    );
    assert!(groups().await > before);
    let after = told_times(&session).await;
    for (name, at) in first {
        assert_eq!(after.get(&name), Some(&at), "{name} is not read again");
    }
}

/// When each group was read.
async fn told_times(session: &Session) -> std::collections::BTreeMap<String, i64> {
    session
        .store()
        .read(|c| {
            let mut statement = c.prepare("SELECT name, read_at FROM through_group")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
        .unwrap()
}
