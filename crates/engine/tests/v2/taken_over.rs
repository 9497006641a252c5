use std::collections::BTreeMap;

use overseed_domain::{
    rollout::{Generation, RunState, TargetState},
    v2::{
        document::DeploymentDocument,
        intent::{ComponentIntent, ComponentSet, Intent},
    },
    waves::{WaveCut, Waves},
};
use overseed_engine::{
    ErrorCode, Session,
    generation::generation_get,
    job::{JobKind, Progress},
    plan::plan_open,
    run::{
        RetryVersion, RetryWhat, RunSnapshot, TargetsQuery, device_run_start, run_causes,
        run_drive, run_export, run_retry, run_roll_back, run_targets,
    },
    v2::{
        devices::{DeviceSelectionChange, devices_select},
        plan::{
            DeviceDraft, DeviceDraftChange, DeviceOutcome, DevicesMeant, FixedCounts, FixedFrom,
            Layer, PlannedDevicesQuery, Way, device_draft_get, device_draft_reset,
            device_draft_set, device_fixed_clear, device_plan_devices, device_plan_export,
            device_plan_preview, device_present_read,
        },
    },
};
use overseed_sandbox::Scenario;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::world::{Planned, World, ended, made_by, report, until};

const HEALTH: &str = "com.plant.HealthReport";

fn progress(session: &Session) -> Progress {
    let never = CancellationToken::new();
    Progress::within(JobKind::Retry, session.clock().clone(), never).0
}

/// A run of ten devices of which the first three fail, for a version that does not exist.
async fn mixed(world: &World, session: &Session) -> (Planned, RunSnapshot) {
    let mut planned = Planned::of(session, Way::Direct).await;
    for (_, document) in planned.targets.iter_mut().take(3) {
        *document = report("9.9.9");
    }
    planned.before = Some(report("1.0.0"));
    let id = planned.recorded(world, session).await;
    let run = run_drive(session, &id, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!((run.row.counts.succeeded, run.row.counts.failed), (7, 3));
    (planned, run)
}

async fn read(session: &Session) {
    device_present_read(session, false, &progress(session))
        .await
        .unwrap();
}

fn version(version: &str) -> Layer {
    let set = ComponentSet {
        version: Some(version.to_owned()),
        ..ComponentSet::default()
    };
    Layer {
        of: DevicesMeant::All,
        intent: Intent {
            components: BTreeMap::from([(HEALTH.to_owned(), ComponentIntent::Set(set))]),
            ..Intent::default()
        },
    }
}

async fn started(session: &Session) -> RunSnapshot {
    let run = device_run_start(session, &progress(session)).await.unwrap();
    let run = until(session, &run.row.id, ended).await;
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    run
}

/// Targets of a plan file in order, each with its document.
fn targets_of(path: &std::path::Path) -> Vec<(String, DeploymentDocument)> {
    let plan: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let target = |target: &Value| {
        let document = &plan["documents"][target[1].as_str().unwrap()];
        (
            target[0].as_str().unwrap().to_owned(),
            serde_json::from_value(document.clone()).unwrap(),
        )
    };
    plan["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(target)
        .collect()
}

async fn exported(world: &World, session: &Session) -> Vec<(String, DeploymentDocument)> {
    let out = world.folder().join("exported.json");
    device_plan_export(session, &out, &progress(session))
        .await
        .unwrap();
    targets_of(&out)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cause_is_retried_with_another_version_of_one_component() {
    let world = World::of(10, Scenario::AllWell);
    let session = world.face().await;
    let (planned, run) = mixed(&world, &session).await;
    let causes = run_causes(&session, &run.row.id).await.unwrap();
    let cause = causes.iter().find(|cause| cause.targets == 3).unwrap();
    let what = RetryWhat {
        cause: Some(cause.key.clone()),
        ..RetryWhat::default()
    };
    let latest = RetryVersion::Latest;
    let refused = run_retry(
        &session,
        &run.row.id,
        what.clone(),
        latest,
        &progress(&session),
    )
    .await
    .unwrap_err();
    assert_eq!(refused.problem().code, ErrorCode::InvalidInput);

    // The devices were never listed here: that is done on the way.
    let same = RetryVersion::Same;
    let draft = run_retry(&session, &run.row.id, what, same, &progress(&session))
        .await
        .unwrap()
        .devices()
        .unwrap();
    assert_eq!(generation_get(&session).await.unwrap(), Generation::V2);
    let fixed = draft.fixed.clone().unwrap();
    assert_eq!((draft.selected, fixed.targets, fixed.documents), (3, 3, 1));
    let from = FixedFrom::Retry {
        run: run.row.id.clone(),
    };
    assert_eq!((fixed.from, fixed.left_out_total), (from, 0));
    assert_eq!(draft.parent.as_deref(), Some(run.row.id.as_str()));
    assert_eq!(
        (draft.step.as_str(), draft.way),
        ("changes", Some(Way::Direct))
    );

    read(&session).await;
    let as_it_was = device_plan_preview(&session, &progress(&session))
        .await
        .unwrap();
    // They have the document that failed, and get it all the same.
    assert_eq!((as_it_was.targets, as_it_was.changed), (3, 0));
    let failed = exported(&world, &session).await;
    let expected: Vec<_> = planned.targets.iter().take(3).cloned().collect();
    assert_eq!(failed, expected);

    let change = DeviceDraftChange {
        layers: Some(vec![version("1.1.0")]),
        ..DeviceDraftChange::default()
    };
    device_draft_set(&session, change).await.unwrap();
    let revised = device_plan_preview(&session, &progress(&session))
        .await
        .unwrap();
    assert_eq!((revised.targets, revised.changed), (3, 3));
    let counts = FixedCounts {
        selected: 3,
        ..FixedCounts::default()
    };
    assert_eq!(revised.fixed, Some(counts));

    let again = started(&session).await;
    assert_eq!(again.row.parent.as_deref(), Some(run.row.id.as_str()));
    assert_eq!(again.row.counts.succeeded, 3);
    let made = made_by(&session, &again.row.id).await;
    for (thing, _) in planned.targets.iter().take(3) {
        let deployment = session.clients.get_deployment(&made[thing][0]).await;
        let components = deployment.unwrap().document.unwrap().components;
        assert_eq!(components[HEALTH].component_version, "1.1.0");
    }
    let next = device_draft_get(&session).await.unwrap();
    assert_eq!((next.fixed, next.selected), (None, 0));
    assert_eq!(plans(&world), 0, "its file is gone with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_succeeded_goes_back_to_what_it_had_and_may_be_narrowed() {
    let world = World::of(10, Scenario::AllWell);
    let session = world.face().await;
    let (planned, run) = mixed(&world, &session).await;
    let draft = run_roll_back(&session, &run.row.id, &progress(&session))
        .await
        .unwrap()
        .devices()
        .unwrap();
    assert_eq!(draft.selected, 7);
    assert_eq!(draft.name, "Health (roll back)");
    let left = planned.targets.last().unwrap().0.clone();
    let out = DeviceSelectionChange::Devices {
        names: vec![left.clone()],
        selected: false,
    };
    devices_select(&session, out).await.unwrap();
    let stranger = planned.targets[0].0.clone();
    let more = DeviceSelectionChange::Devices {
        names: vec![stranger.clone()],
        selected: true,
    };
    devices_select(&session, more).await.unwrap();
    read(&session).await;
    let preview = device_plan_preview(&session, &progress(&session))
        .await
        .unwrap();
    let counts = FixedCounts {
        selected: 6,
        unselected: 1,
        others: 1,
    };
    assert_eq!(preview.fixed, Some(counts));
    assert_eq!((preview.changed, preview.devices), (6, 7));
    let query = PlannedDevicesQuery {
        limit: 10,
        ..PlannedDevicesQuery::default()
    };
    let page = device_plan_devices(&session, query, &progress(&session))
        .await
        .unwrap();
    let other = page.rows.last().unwrap();
    assert_eq!(
        (other.thing_name.as_str(), other.fixed),
        (stranger.as_str(), false)
    );
    assert!(page.rows.iter().take(6).all(|row| row.fixed));

    // What the plan says nothing of is planned as ever: its failed deployment would be tried again.
    assert_eq!(other.outcome, DeviceOutcome::Again);
    let less = DeviceSelectionChange::Devices {
        names: vec![stranger.clone()],
        selected: false,
    };
    devices_select(&session, less).await.unwrap();
    let change = DeviceDraftChange {
        unchanged_too: Some(false),
        name: Some("Back to 1.0.0".to_owned()),
        ..DeviceDraftChange::default()
    };
    device_draft_set(&session, change).await.unwrap();
    let back = started(&session).await;
    assert_eq!(back.row.counts.succeeded, 6);
    let query = TargetsQuery {
        state: Some(TargetState::Succeeded),
        limit: 100,
        ..TargetsQuery::default()
    };
    let rows = run_targets(&session, &back.row.id, query)
        .await
        .unwrap()
        .rows;
    assert!(
        !rows
            .iter()
            .any(|row| row.target == left || row.target == stranger)
    );
    let made = made_by(&session, &back.row.id).await;
    for ids in made.values() {
        let deployment = session.clients.get_deployment(&ids[0]).await.unwrap();
        assert_eq!(deployment.listed.name.as_deref(), Some("Back to 1.0.0"));
        let components = deployment.document.unwrap().components;
        assert_eq!(components[HEALTH].component_version, "1.0.0");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_file_opens_as_the_draft_that_it_was() {
    let world = World::of(9, Scenario::AllWell);
    let session = world.face().await;
    let mut planned = Planned::of(&session, Way::StepFunctions)
        .await
        .and_a_stranger();
    planned.targets.reverse();
    planned.targets[3].1 = report("1.0.0");
    planned.waves = Waves {
        cuts: vec![WaveCut::Count { targets: 2 }],
        ..Waves::default()
    };
    let file = world.folder().join("from elsewhere.json");
    planned.written(&session, &file).await;
    let draft = opened(&session, &file).await;
    assert_eq!(draft.plan, planned.id);
    assert_eq!(
        (draft.way, draft.waves.clone()),
        (Some(Way::StepFunctions), planned.waves.clone())
    );
    let fixed = draft.fixed.clone().unwrap();
    let from = FixedFrom::Opened {
        file: "from elsewhere.json".to_owned(),
        run: None,
    };
    assert_eq!((fixed.from, fixed.targets, fixed.documents), (from, 10, 2));
    assert_eq!((fixed.left_out_total, draft.selected), (1, 9));
    assert_eq!(fixed.left_out[0].target, "nobody-knows-me");

    // Nothing but the way is changed: the targets stay in their order, with their documents.
    let change = DeviceDraftChange {
        way: Some(Some(Way::Direct)),
        ..DeviceDraftChange::default()
    };
    device_draft_set(&session, change).await.unwrap();
    read(&session).await;
    assert_eq!(exported(&world, &session).await, planned.targets[1..]);
    let run = started(&session).await;
    assert_eq!(
        (run.row.id.clone(), run.waves.len()),
        (planned.id.clone(), 2)
    );

    // Once it was started it is another plan.
    let later = world.folder().join("later.json");
    let form = overseed_engine::run::ExportForm::Plan;
    run_export(&session, &run.row.id, form, &later)
        .await
        .unwrap();
    let again = opened(&session, &later).await;
    assert_ne!(again.plan, planned.id);
    assert_eq!(again.parent.as_deref(), Some(planned.id.as_str()));
    assert!(!again.unchanged_too);
    read(&session).await;
    let preview = device_plan_preview(&session, &progress(&session))
        .await
        .unwrap();
    assert_eq!((preview.unchanged, preview.targets), (9, 0));
}

async fn opened(session: &Session, file: &std::path::Path) -> DeviceDraft {
    plan_open(session, file, &progress(session))
        .await
        .unwrap()
        .devices()
        .unwrap()
}

/// Plans of drafts in the data folder.
fn plans(world: &World) -> usize {
    std::fs::read_dir(world.folder().join("drafts"))
        .unwrap()
        .filter(|entry| {
            let path = entry.as_ref().unwrap().path();
            path.extension().is_some_and(|ending| ending == "plan")
        })
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_survives_its_app_and_what_is_lost_is_told() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    let planned = Planned::of(&session, Way::Direct).await;
    let file = world.folder().join("plan-1.json");
    planned.written(&session, &file).await;
    let draft = opened(&session, &file).await;
    // A killed app put another plan there, and came no further.
    let sha256 = &draft.fixed.as_ref().unwrap().sha256;
    let folder = world.folder().join("drafts");
    let place = |sha256: &str| folder.join(format!("{}-{}.plan", session.scope, &sha256[..16]));
    std::fs::copy(&file, place("0000000000000000")).unwrap();
    let later = world.face().await;
    assert_eq!(device_draft_get(&later).await.unwrap(), draft);
    read(&later).await;
    assert_eq!(exported(&world, &later).await, planned.targets);
    assert_eq!(plans(&world), 2);
    assert_eq!(opened(&later, &file).await.fixed, draft.fixed);
    assert_eq!(plans(&world), 1, "what was left behind is gone");

    // A plan that cannot be taken over leaves the draft alone.
    let text = std::fs::read_to_string(&file).unwrap();
    let twice = world.folder().join("twice.json");
    let target = format!("[\"{}\",", planned.targets[1].0);
    let other = format!("[\"{}\",", planned.targets[0].0);
    std::fs::write(&twice, text.replacen(&target, &other, 1)).unwrap();
    let refused = plan_open(&later, &twice, &progress(&later)).await;
    assert_eq!(refused.unwrap_err().problem().code, ErrorCode::FileInvalid);
    assert_eq!(plans(&world), 1);

    std::fs::remove_file(place(sha256)).unwrap();
    let last = world.face().await;
    let lost = device_plan_preview(&last, &progress(&last)).await;
    assert_eq!(lost.unwrap_err().problem().code, ErrorCode::PlanInvalid);
    let loose = device_fixed_clear(&last).await.unwrap();
    assert_eq!((loose.fixed, loose.selected), (None, 6));
    let preview = device_plan_preview(&last, &progress(&last)).await.unwrap();
    assert_eq!((preview.changed, preview.fixed), (0, None));
    opened(&last, &file).await;
    device_draft_reset(&last).await.unwrap();
    assert_eq!(plans(&world), 0);
}
