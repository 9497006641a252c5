//! What exceeds the inline policies of the devices' role comes into managed policies: applied, grown, taken back, handed
//! over.

use overseed_domain::permissions::{Document, MANAGED_POLICY_LIMIT};
use overseed_engine::{
    Session,
    permissions::{HandOver, RequirementState as State},
    v2::{permissions::device_permissions_hand_over, plan::Way},
};
use overseed_sandbox::{Fault, FaultKind};

use crate::{
    roles::{ROLE, apply, begin_anew, changes, check, undo, want_merge},
    world::{World, progress},
};

/// A configuration that names so many secrets.
fn secrets(numbers: std::ops::Range<u32>) -> String {
    let named: Vec<String> = numbers
        .map(|number| format!("\"line{number}\":{{\"secretId\":\"plant/line-{number:04}\"}}"))
        .collect();
    format!("{{{}}}", named.join(","))
}

/// Our managed policies as they are: name and document.
async fn managed(session: &Session) -> Vec<(String, Document)> {
    let mut found = Vec::new();
    for policy in session.clients.policies_under("/overseed/").await.unwrap() {
        let text = session.clients.managed_policy(&policy.arn).await.unwrap();
        found.push((policy.name, Document::parse(&text).unwrap()));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

#[tokio::test]
async fn hundreds_of_secrets_come_into_managed_policies_which_grow_and_go_back() {
    let world = World::of(6);
    let session = world.face().await;
    want_merge(&session, &secrets(0..160), Way::Direct).await;
    let before = check(&session).await;
    let device = &before.roles[0];
    assert_eq!(device.widened, None);
    let ids = changes(device);
    assert_eq!(
        &ids[..5],
        ["role", "create-1", "attach-1", "create-2", "attach-2"]
    );
    assert!(!ids.contains(&"policy"), "{ids:?}");
    let secrets_of = |role: &overseed_engine::v2::permissions::RolePermissions| {
        let mut all = role.requirements.iter();
        let one = all.find(|one| one.id == "OverseedSecrets").unwrap();
        (one.now, one.change.clone())
    };
    assert_eq!(
        secrets_of(device),
        (State::NotYet, Some("create-1".to_owned()))
    );

    // A fault on the way leaves what applying again ends.
    world.sandbox.faults().add(Fault {
        operation: "CreatePolicy".to_owned(),
        kind: FaultKind::Status(500),
        times: Some(20),
        after: 1,
    });
    let halfway = apply(&session).await;
    assert!(!halfway.satisfied() && halfway.roles[0].failure().is_some());
    world.sandbox.faults().clear();
    let after = apply(&session).await;
    assert!(after.satisfied(), "{after:?}");
    assert_eq!(secrets_of(&after.roles[0]), (State::Yes, None));
    let first = managed(&session).await;
    assert!(first.len() > 2, "{first:?}");
    for (number, (name, document)) in (1..).zip(&first) {
        assert_eq!(*name, format!("OverseedDevices-{ROLE}-{number}"));
        assert!(document.size() <= MANAGED_POLICY_LIMIT);
    }
    assert_eq!(changes(&check(&session).await.roles[0]), [""; 0]);

    // Another plan adds what it needs: nothing of the first one moves or goes.
    begin_anew(&session).await;
    want_merge(&session, &secrets(140..320), Way::Direct).await;
    let grown = apply(&session).await;
    assert!(grown.satisfied(), "{grown:?}");
    let both = managed(&session).await;
    assert!(both.len() > first.len());
    for ((name, old), (same, new)) in first.iter().zip(&both) {
        assert_eq!(name, same);
        assert!(new.size() >= old.size());
    }

    // And each is taken back alone.
    undo(&session).await;
    let back = managed(&session).await;
    assert_eq!(back.len(), first.len());
    for ((_, old), (_, new)) in first.iter().zip(&back) {
        assert!(old.same_meaning(new));
    }
}

#[tokio::test]
async fn the_first_plan_takes_all_of_it_back_with_the_role() {
    let world = World::of(6);
    let session = world.face().await;
    want_merge(&session, &secrets(0..160), Way::Direct).await;
    assert!(apply(&session).await.satisfied());
    let operations = undo(&session).await;
    assert!(operations.contains(&"iam:DeletePolicy".to_owned()));
    assert!(operations.contains(&"iam:DeleteRole".to_owned()));
    assert_eq!(managed(&session).await, []);
    assert_eq!(session.clients.get_role(ROLE).await.unwrap(), None);
}

#[tokio::test]
async fn managed_policies_of_devices_are_handed_over_in_each_form() {
    let world = World::of(6);
    let session = world.face().await;
    want_merge(&session, &secrets(0..160), Way::StepFunctions).await;
    let handed = async |form| {
        device_permissions_hand_over(&session, form, &progress(&session))
            .await
            .unwrap()
    };
    let name = format!("OverseedDevices-{ROLE}-1");
    let json: serde_json::Value = serde_json::from_str(&handed(HandOver::Json).await).unwrap();
    let device = &json["roles"][0];
    assert_eq!(device["managed"][0]["name"], name.as_str());
    assert_eq!(device["managed"][0]["tags"]["overseed:role"], ROLE);
    assert_eq!(device["inline"], serde_json::json!([]));
    assert_eq!(json["roles"][1]["managed"], serde_json::json!([]));
    let template = handed(HandOver::Cloudformation).await;
    let template: serde_json::Value = serde_json::from_str(&template).unwrap();
    let policy = &template["Resources"]["DeviceManagedPolicy1"];
    assert_eq!(policy["Type"], "AWS::IAM::ManagedPolicy");
    assert_eq!(policy["Properties"]["ManagedPolicyName"], name.as_str());
    assert_eq!(
        policy["Properties"]["Roles"][0],
        serde_json::json!({ "Ref": "DeviceRole" })
    );
    let terraform = handed(HandOver::Terraform).await;
    assert!(
        terraform.contains("resource \"aws_iam_policy\" \"device_managed_1\"")
            && terraform
                .contains("resource \"aws_iam_role_policy_attachment\" \"device_managed_1\"")
            && terraform.contains(&name)
    );
    let script = handed(HandOver::AwsCli).await;
    assert!(script.contains(&format!("--policy-name '{name}' --path '/overseed/'")));
    let caller = handed(HandOver::Caller).await;
    assert!(caller.contains("iam:CreatePolicyVersion") && caller.contains("iam:AttachRolePolicy"));
    // By what is there already the template warns of names that are taken.
    assert!(apply(&session).await.satisfied());
    let template = handed(HandOver::Cloudformation).await;
    assert!(template.contains(&format!("Overseed has already made {name}")));
    let terraform = handed(HandOver::Terraform).await;
    assert!(terraform.contains(&format!("policy/overseed/{name}\"")));
}
