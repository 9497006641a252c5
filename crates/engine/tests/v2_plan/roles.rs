use std::collections::BTreeMap;

use overseed_domain::{
    permissions::Document,
    v2::roles::{Wishes, device_role_trust},
};
use overseed_engine::{
    Session,
    groups::Filter,
    permissions::{ChangeOutcome, HandOver, RequirementState as State, RoleKind},
    v2::{
        devices::{DeviceSelectionChange, devices_select},
        permissions::{
            DevicePermissions, RolePermissions, device_permissions_apply, device_permissions_check,
            device_permissions_hand_over, device_permissions_undo,
        },
        plan::{DeviceDraftChange, Way, device_draft_reset, device_draft_set, device_present_read},
    },
};
use overseed_sandbox::{Fault, FaultKind};

use crate::world::{TELEMETRY, World, layer, progress, set};

pub const ROLE: &str = "Ovens";
const BUCKET: &str = "overseed-demo-000000000000";

/// A draft that gives all devices a secret's name.
async fn want(session: &Session, secret: &str, way: Way) {
    let merge = format!("{{\"secretId\":\"{secret}\"}}");
    want_merge(session, &merge, way).await;
}

/// A draft that gives all devices a configuration.
pub async fn want_merge(session: &Session, merge: &str, way: Way) {
    let change = DeviceDraftChange {
        layers: Some(vec![layer(&[(TELEMETRY, set(Some("1.2.0"), Some(merge)))])]),
        way: Some(Some(way)),
        bucket: Some(BUCKET.to_owned()),
        device_role: Some(ROLE.to_owned()),
        wishes: Some(Wishes {
            logs: true,
            ..Wishes::default()
        }),
        ..DeviceDraftChange::default()
    };
    device_draft_set(session, change).await.unwrap();
    let progress = progress(session);
    device_present_read(session, false, &progress)
        .await
        .unwrap();
}

/// A new draft for all devices.
pub async fn begin_anew(session: &Session) {
    device_draft_reset(session).await.unwrap();
    let all = DeviceSelectionChange::Matching {
        filter: Filter::default(),
        selected: true,
    };
    devices_select(session, all).await.unwrap();
}

pub async fn check(session: &Session) -> DevicePermissions {
    device_permissions_check(session, &progress(session))
        .await
        .unwrap()
}

pub async fn apply(session: &Session) -> DevicePermissions {
    device_permissions_apply(session, &progress(session))
        .await
        .unwrap()
}

pub async fn undo(session: &Session) -> Vec<String> {
    let undone = device_permissions_undo(session, &progress(session))
        .await
        .unwrap();
    let done =
        |outcome: &Option<ChangeOutcome>| matches!(outcome, Some(ChangeOutcome::Done { .. }));
    assert!(undone.iter().all(|one| done(&one.outcome)), "{undone:?}");
    undone.into_iter().flat_map(|one| one.operations).collect()
}

fn ids(role: &RolePermissions) -> Vec<(&str, State)> {
    role.requirements
        .iter()
        .map(|one| (one.id.as_str(), one.now))
        .collect()
}

pub fn changes(role: &RolePermissions) -> Vec<&str> {
    role.changes.iter().map(|one| one.id.as_str()).collect()
}

async fn policy(session: &Session, role: &str, name: &str) -> Option<String> {
    let policies = session.clients.role_policies(role).await.unwrap();
    let found = policies.into_iter().find(|policy| policy.name == name);
    found.map(|policy| policy.document)
}

#[tokio::test]
async fn the_devices_role_is_made_grows_with_plans_and_goes_back() {
    let world = World::of(6);
    let session = world.face().await;
    want(&session, "one", Way::Direct).await;
    let before = check(&session).await;
    let [device] = before.roles.as_slice() else {
        panic!("{before:?}")
    };
    assert_eq!((device.kind, device.exists), (RoleKind::Device, false));
    assert_eq!(
        ids(device),
        [
            ("role", State::NotYet),
            ("trust", State::NotYet),
            ("components", State::Yes),
            ("OverseedLogs", State::NotYet),
            ("OverseedSecrets", State::NotYet),
        ]
    );
    assert_eq!(changes(device), ["role", "policy"]);
    assert!(before.warnings[0].contains("role alias"));
    assert!(!before.calls.is_empty() && !before.satisfied());

    let after = apply(&session).await;
    assert!(after.satisfied(), "{after:?}");
    assert_eq!(after.made.len(), 2);
    assert_eq!(changes(&check(&session).await.roles[0]), [""; 0]);
    let first = policy(&session, ROLE, "OverseedDevices").await.unwrap();
    assert!(first.contains("secret:one-??????") && !first.contains("secretsmanager:*"));

    // The next plan adds its own, and takes nothing of what devices of the first one use.
    begin_anew(&session).await;
    want(&session, "two", Way::Direct).await;
    assert_eq!(changes(&check(&session).await.roles[0]), ["policy"]);
    assert!(apply(&session).await.satisfied());
    let both = policy(&session, ROLE, "OverseedDevices").await.unwrap();
    assert!(both.contains("secret:one-??????") && both.contains("secret:two-??????"));

    // Taken back, the first plan's is in force again.
    assert_eq!(undo(&session).await, ["iam:PutRolePolicy"]);
    let back = policy(&session, ROLE, "OverseedDevices").await.unwrap();
    let read = |text: &str| Document::parse(text).unwrap();
    assert!(read(&back).same_meaning(&read(&first)));
}

#[tokio::test]
async fn full_access_suffices_and_what_is_narrow_is_proposed_beside_it() {
    let world = World::of(3);
    let session = world.face().await;
    let clients = &session.clients;
    let trust = device_role_trust().compact();
    clients
        .create_role(ROLE, "/", &trust, "theirs", &BTreeMap::new())
        .await
        .unwrap();
    let wide = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["logs:*","s3:*"],"Resource":"*"},
        {"Effect":"Allow","Action":"secretsmanager:*","Resource":"*"}]}"#;
    clients
        .put_role_policy(ROLE, "TutorialFullAccess", wide)
        .await
        .unwrap();
    want(&session, "one", Way::Direct).await;
    let found = check(&session).await;
    let device = &found.roles[0];
    assert!(
        device
            .requirements
            .iter()
            .all(|requirement| requirement.now == State::Yes),
        "{device:?}"
    );
    assert_eq!(changes(device), ["policy"]);
    let [broad] = device.broad.as_slice() else {
        panic!("{:?}", device.broad)
    };
    assert_eq!(
        (broad.policy.as_str(), broad.notes.len()),
        ("TutorialFullAccess", 2)
    );
    let after = apply(&session).await;
    assert!(after.satisfied(), "{after:?}");
    assert_eq!(world.sandbox.calls("PutRolePolicy"), 2);
    // Now the wide one can be taken off.
    clients
        .delete_role_policy(ROLE, "TutorialFullAccess")
        .await
        .unwrap();
    let alone = check(&session).await;
    assert!(alone.satisfied(), "{alone:?}");
}

#[tokio::test]
async fn the_engine_gets_its_targets_by_name_or_is_said_to_get_all() {
    for (devices, named) in [(5, true), (60, false)] {
        let world = World::of(devices);
        let session = world.face().await;
        want(&session, "one", Way::StepFunctions).await;
        let found = check(&session).await;
        let engine = &found.roles[1];
        assert_eq!((engine.kind, engine.grants.len()), (RoleKind::Engine, 10));
        assert_eq!(engine.widened.is_none(), named, "{:?}", engine.widened);
        let caller: Vec<&str> = found.caller.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(caller, ["start", "pass"]);
        let after = apply(&session).await;
        assert!(after.satisfied(), "{after:?}");
        assert_eq!(after.roles[1].widened, engine.widened);
        let policies = session.clients.role_policies(&engine.role).await.unwrap();
        assert!(policies[0].name.starts_with("OverseedStateMachines-"));
        assert_eq!(policies[0].document.contains(":coreDevices:*"), !named);
        undo(&session).await;
        for role in [ROLE, engine.role.as_str()] {
            assert!(
                session.clients.get_role(role).await.unwrap().is_none(),
                "{role}"
            );
        }
    }
}

#[tokio::test]
async fn one_role_for_both_is_refused() {
    let world = World::of(2);
    let session = world.face().await;
    want(&session, "one", Way::StepFunctions).await;
    let change = DeviceDraftChange {
        role: Some(ROLE.to_owned()),
        ..DeviceDraftChange::default()
    };
    device_draft_set(&session, change).await.unwrap();
    let refused = device_permissions_check(&session, &progress(&session)).await;
    assert!(refused.unwrap_err().to_string().contains("cannot be both"));
}

#[tokio::test]
async fn a_fault_at_any_write_leaves_what_applying_again_ends_and_undo_takes_back() {
    let calls = ["CreateRole", "PutRolePolicy"];
    for (number, kind) in [
        FaultKind::LostAnswer,
        FaultKind::Status(500),
        FaultKind::Reset,
    ]
    .into_iter()
    .enumerate()
    {
        for call in calls {
            for after in 0..2 {
                let world = World::of(2);
                let session = world.face().await;
                want(&session, "one", Way::StepFunctions).await;
                world.sandbox.faults().add(Fault {
                    operation: call.to_owned(),
                    kind: kind.clone(),
                    times: Some(20),
                    after,
                });
                let broken = device_permissions_apply(&session, &progress(&session)).await;
                if let Ok(broken) = &broken {
                    let ended = broken.satisfied() || broken.failure().is_some();
                    assert!(ended, "{call} {after} {number}: {broken:?}");
                }
                world.sandbox.faults().clear();
                let mended = apply(&session).await;
                assert!(mended.satisfied(), "{call} {after} {number}: {mended:?}");
                undo(&session).await;
                for role in [ROLE, "OverseedStepFunctions"] {
                    let left = session.clients.get_role(role).await.unwrap();
                    assert!(left.is_none(), "{call} {after} {number}: {role}");
                }
            }
        }
    }
}

#[tokio::test]
async fn both_roles_are_handed_over_in_each_form() {
    let world = World::of(4);
    let session = world.face().await;
    want(&session, "one", Way::StepFunctions).await;
    let mut texts = Vec::new();
    for form in [
        HandOver::Json,
        HandOver::AwsCli,
        HandOver::Cloudformation,
        HandOver::Terraform,
        HandOver::Caller,
    ] {
        let text = device_permissions_hand_over(&session, form, &progress(&session))
            .await
            .unwrap();
        assert!(text.contains("states.amazonaws.com"), "{form:?}");
        texts.push(text);
    }
    let json: serde_json::Value = serde_json::from_str(&texts[0]).unwrap();
    assert_eq!(json["roles"][0]["inline"][0]["name"], "OverseedDevices");
    let caller: serde_json::Value = serde_json::from_str(&texts[4]).unwrap();
    assert_eq!(json["app"], caller);
    let template: serde_json::Value = serde_json::from_str(&texts[2]).unwrap();
    for name in [
        "DeviceRole",
        "EngineRole",
        "DeviceInlinePolicy",
        "EngineInlinePolicy",
    ] {
        assert!(template["Resources"][name].is_object(), "{name}");
    }
    assert!(texts[3].contains("\"device\"") && texts[3].contains("\"engine\""));
    assert_eq!(texts[1].matches("create-role").count(), 2);
}
