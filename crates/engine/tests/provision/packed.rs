//! Managed policies and bucket policies: made, changed in place, deleted, and taken back. What is of others stays.

use overseed_domain::permissions::{Document, Pack, Packing, ReadBy, managed_policy_name};
use overseed_engine::{
    ErrorCode,
    job::JobKind,
    permissions::{
        ChangeOutcome, Needs, Permissions, RequirementState as State, Undone, apply_for, check_for,
        undo_for,
    },
};
use overseed_sandbox::{Fault, FaultKind};
use serde_json::Value;

use crate::world::{ACCOUNT, BUCKET, World, changes, detail, progress, states};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const THEIRS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}"#;
const OF_BUCKET: &str = r#"{"Version":"2012-10-17","Id":"Theirs","Statement":{"Sid":"TLS","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::overseed-demo-000000000000/*","Condition":{"Bool":{"aws:SecureTransport":"false","aws:ViaAWSService":["false"]}}}}"#;

pub async fn apply(world: &World, needs: &Needs) -> Permissions {
    apply_for(
        &world.session,
        needs,
        "plan",
        &progress(JobKind::Permissions),
    )
    .await
    .unwrap()
}

pub async fn undo(world: &World) -> Vec<Undone> {
    undo_for(&world.session, "plan", &progress(JobKind::Permissions))
        .await
        .unwrap()
}

pub fn all_done(undone: &[Undone]) -> bool {
    undone
        .iter()
        .all(|one| matches!(one.outcome, Some(ChangeOutcome::Done { .. })))
}

/// All that could be touched, by meaning, without what AWS gives by itself.
pub async fn everything(world: &World, role: &str) -> Value {
    let clients = &world.session.clients;
    let canonical = |text: &str| Document::parse(text).unwrap().canonical();
    let trust = clients.get_role(role).await.unwrap();
    let mut policies = Vec::new();
    if trust.is_some() {
        for policy in clients.role_policies(role).await.unwrap() {
            policies.push(format!("{} {}", policy.name, canonical(&policy.document)));
        }
        policies.sort();
    }
    let mut own = Vec::new();
    for policy in clients.policies_under("/").await.unwrap() {
        let document = clients.managed_policy(&policy.arn).await.unwrap();
        own.push(format!("{} {}", policy.arn, canonical(&document)));
    }
    own.sort();
    serde_json::json!({
        "trust": trust.map(|role| canonical(&role.trust)),
        "policies": policies,
        "managed": own,
        "bucket": clients.get_bucket_policy(BUCKET).await.unwrap(),
    })
}

/// A role, a managed policy and a bucket policy of others.
pub async fn furnished(world: &World) {
    let iam = world.iam();
    let create = iam.create_role().role_name("Shared");
    create
        .assume_role_policy_document(TRUST)
        .send()
        .await
        .unwrap();
    let put = iam
        .put_role_policy()
        .role_name("Shared")
        .policy_name("theirs");
    put.policy_document(THEIRS).send().await.unwrap();
    // The name of one of ours, but not under our path.
    let create = iam
        .create_policy()
        .policy_name("Overseed-Shared-77")
        .policy_document(THEIRS);
    let arn = create.send().await.unwrap().policy.unwrap().arn.unwrap();
    let attach = iam.attach_role_policy().role_name("Shared");
    attach.policy_arn(arn).send().await.unwrap();
    let clients = &world.session.clients;
    clients.put_bucket_policy(BUCKET, OF_BUCKET).await.unwrap();
}

pub async fn needs(world: &World, count: usize, pack: Pack, read_by: ReadBy) -> Needs {
    world.needs("Shared", count).await.packed(pack, read_by)
}

#[tokio::test]
async fn managed_policies_are_made_changed_and_deleted() {
    let world = World::of(130).await;
    let many = needs(&world, 130, Pack::Managed, ReadBy::Role).await;
    let check = check_for(&world.session, &many, "plan").await.unwrap();
    assert_eq!(check.packing, Some(Packing::Managed));
    assert_eq!(
        changes(&check),
        [
            "role", "create-1", "attach-1", "create-2", "attach-2", "create-3", "attach-3"
        ]
    );
    let after = apply(&world, &many).await;
    assert!(
        after.requirements.iter().all(|r| r.now == State::Yes),
        "{after:#?}"
    );
    assert_eq!(apply(&world, &many).await.changes, []);
    let clients = &world.session.clients;
    let made = clients.policies_under("/overseed/").await.unwrap();
    assert_eq!(made.len(), 3);
    for policy in &made {
        let tags = clients.policy_tags(&policy.arn).await.unwrap();
        assert_eq!(tags["overseed:role"], "Shared");
        assert_eq!(tags["overseed:plan"], "plan");
        assert_eq!(policy.attachments, 1);
    }

    // Fewer groups: two are changed in place, the third goes.
    let fewer = needs(&world, 70, Pack::Managed, ReadBy::Role).await;
    let check = check_for(&world.session, &fewer, "plan").await.unwrap();
    assert!(
        changes(&check).ends_with(&["detach-3", "delete-3"]),
        "{:?}",
        changes(&check)
    );
    let after = apply(&world, &fewer).await;
    assert_eq!(after.failure(), None);
    assert_eq!(clients.policies_under("/overseed/").await.unwrap().len(), 2);
    // Few: one inline policy, and no managed one is left.
    let few = needs(&world, 5, Pack::Auto, ReadBy::Role).await;
    let after = apply(&world, &few).await;
    assert_eq!(after.packing, Some(Packing::Inline));
    assert!(after.requirements.iter().all(|r| r.now == State::Yes));
    assert_eq!(clients.policies_under("/overseed/").await.unwrap(), []);
    assert_eq!(clients.role_policies("Shared").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_policy_keeps_to_five_versions() {
    let world = World::of(12).await;
    for count in 1..=8 {
        let needs = needs(&world, count, Pack::Managed, ReadBy::Role).await;
        let after = apply(&world, &needs).await;
        assert_eq!(after.failure(), None, "{count}");
        let deleted = after
            .changes
            .iter()
            .any(|c| c.operation == "iam:DeletePolicyVersion");
        assert_eq!(deleted, count > 5, "{count}");
    }
    let name = managed_policy_name("Shared", 1);
    let arn = format!("arn:aws:iam::{ACCOUNT}:policy/overseed/{name}");
    let versions = world.session.clients.policy_versions(&arn).await.unwrap();
    assert_eq!(versions.len(), 5);
    assert_eq!(
        (versions[0].id.as_str(), versions[0].is_default),
        ("v8", true)
    );
}

#[tokio::test]
async fn reading_by_the_bucket_leaves_its_policy_as_it_was_otherwise() {
    let world = World::of(3).await;
    furnished(&world).await;
    let before = everything(&world, "Shared").await;
    let by_bucket = needs(&world, 3, Pack::Auto, ReadBy::Bucket).await;
    let check = check_for(&world.session, &by_bucket, "plan").await.unwrap();
    assert_eq!(changes(&check), ["trust", "policy", "bucket"]);
    assert_eq!(check.requirements[3].change.as_deref(), Some("bucket"));
    let after = apply(&world, &by_bucket).await;
    assert!(
        after.requirements.iter().all(|r| r.now == State::Yes),
        "{after:#?}"
    );
    let clients = &world.session.clients;
    let policy = clients.get_bucket_policy(BUCKET).await.unwrap().unwrap();
    assert!(policy.contains(
        r#"{"Sid":"TLS","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::overseed-demo-000000000000/*","Condition":{"Bool":{"aws:SecureTransport":"false","aws:ViaAWSService":["false"]}}}"#
    ));
    assert!(policy.contains("OverseedReadInputFilesShared"));
    assert_eq!(apply(&world, &by_bucket).await.changes, []);

    // By the role's policy instead: our statement goes from the bucket.
    let by_role = needs(&world, 3, Pack::Auto, ReadBy::Role).await;
    let after = apply(&world, &by_role).await;
    assert_eq!(changes(&after), ["policy", "bucket"]);
    let policy = clients.get_bucket_policy(BUCKET).await.unwrap().unwrap();
    assert!(!policy.contains("Overseed"), "{policy}");

    let undone = undo(&world).await;
    assert!(all_done(&undone), "{undone:#?}");
    let now = everything(&world, "Shared").await;
    assert_eq!(now["trust"], before["trust"]);
    assert_eq!(now["policies"], before["policies"]);
    let bucket = Document::parse(now["bucket"].as_str().unwrap());
    assert_eq!(bucket, Document::parse(OF_BUCKET));
    assert_eq!(undo(&world).await, [], "nothing is left to take back");
}

#[tokio::test]
async fn a_bucket_policy_that_changed_meanwhile_is_not_written_over() {
    let world = World::of(2).await;
    furnished(&world).await;
    let needs = needs(&world, 2, Pack::Auto, ReadBy::Bucket).await;
    let theirs = OF_BUCKET.replace("TLS", "Changed");
    // While the role's policy is put, somebody changes the bucket's.
    world
        .sandbox
        .faults()
        .add(Fault::once("PutRolePolicy", FaultKind::Delay(300)));
    let somebody = async {
        while world.sandbox.calls("UpdateAssumeRolePolicy") == 0 {
            tokio::task::yield_now().await;
        }
        let clients = &world.session.clients;
        clients.put_bucket_policy(BUCKET, &theirs).await.unwrap();
    };
    let (after, ()) = tokio::join!(apply(&world, &needs), somebody);
    assert_eq!(after.failure().unwrap().code, ErrorCode::Conflict);
    let policy = world
        .session
        .clients
        .get_bucket_policy(BUCKET)
        .await
        .unwrap();
    assert_eq!(policy.as_deref(), Some(theirs.as_str()));
    // Looked at again it can be put.
    let after = apply(&world, &needs).await;
    assert_eq!(after.failure(), None);
    assert_eq!(changes(&after), ["bucket"]);
}

#[tokio::test]
async fn everything_that_was_made_is_taken_back() {
    let world = World::of(130).await;
    let nothing = everything(&world, "Shared").await;
    let many = needs(&world, 130, Pack::Managed, ReadBy::Bucket).await;
    let after = apply(&world, &many).await;
    assert_eq!(after.failure(), None);
    assert_eq!(after.made.len(), after.changes.len());
    assert_eq!(after.made.last().unwrap().operation, "iam:CreateRole");
    // The selection changes, then all of it goes.
    let few = needs(&world, 9, Pack::Auto, ReadBy::Bucket).await;
    assert_eq!(apply(&world, &few).await.failure(), None);
    let undone = undo(&world).await;
    assert!(all_done(&undone), "{undone:#?}");
    assert_eq!(everything(&world, "Shared").await, nothing);
}

#[tokio::test]
async fn what_somebody_changed_since_is_not_taken_back() {
    let world = World::of(4).await;
    let needs = needs(&world, 4, Pack::Auto, ReadBy::Role).await;
    apply(&world, &needs).await;
    let clients = &world.session.clients;
    clients
        .put_role_policy("Shared", "OverseedBulkDeployment", THEIRS)
        .await
        .unwrap();
    let undone = undo(&world).await;
    assert!(
        matches!(&undone[0].outcome, Some(ChangeOutcome::Failed { problem }) if problem.code == ErrorCode::Conflict),
        "{undone:#?}"
    );
    assert_eq!(undone[1].outcome, None, "what lies below was not tried");
    assert!(clients.get_role("Shared").await.unwrap().is_some());
    // Put back as it was, it can go.
    let check = check_for(&world.session, &needs, "plan").await.unwrap();
    assert_eq!(changes(&check), ["policy"]);
    apply(&world, &needs).await;
    assert!(all_done(&undo(&world).await[..1]));
}

#[tokio::test]
async fn a_policy_of_ours_that_others_use_is_detached_only() {
    let world = World::of(4).await;
    let managed = needs(&world, 4, Pack::Managed, ReadBy::Role).await;
    apply(&world, &managed).await;
    let arn = format!("arn:aws:iam::{ACCOUNT}:policy/overseed/Overseed-Shared-1");
    let attach = world
        .iam()
        .attach_role_policy()
        .role_name("telemetry-ingest");
    attach.policy_arn(&arn).send().await.unwrap();
    let inline = needs(&world, 4, Pack::Inline, ReadBy::Role).await;
    let after = apply(&world, &inline).await;
    assert_eq!(changes(&after), ["policy", "detach-1"]);
    assert_eq!(after.failure(), None);
    assert!(world.session.clients.managed_policy(&arn).await.is_ok());
}

#[tokio::test]
async fn a_policy_of_that_name_by_somebody_else_is_left_alone() {
    let world = World::of(2).await;
    let create = world
        .iam()
        .create_policy()
        .policy_name("Overseed-Shared-1")
        .path("/overseed/")
        .policy_document(THEIRS);
    let arn = create.send().await.unwrap().policy.unwrap().arn.unwrap();
    let managed = needs(&world, 2, Pack::Managed, ReadBy::Role).await;
    let after = apply(&world, &managed).await;
    assert_eq!(after.failure(), None);
    assert_eq!(changes(&after), ["role", "create-2", "attach-2"]);
    let document = world.session.clients.managed_policy(&arn).await.unwrap();
    assert!(document.contains("sqs:SendMessage"));
}

#[tokio::test]
async fn a_plan_too_large_for_what_was_asked_says_what_fits() {
    let world = World::of(800).await;
    let inline = needs(&world, 800, Pack::Inline, ReadBy::Role).await;
    let check = check_for(&world.session, &inline, "plan").await.unwrap();
    assert_eq!(check.packing, None);
    assert_eq!(check.requirements[2].now, State::No);
    assert!(
        detail(&check, "deploy").contains("A wildcard would fit"),
        "{}",
        detail(&check, "deploy")
    );
    let fits: Vec<bool> = check.choices.iter().map(|choice| choice.fits).collect();
    assert_eq!(fits, [false, false, true]);
    assert_eq!(changes(&check), ["role"]);
}

#[tokio::test]
async fn each_call_is_asked_for_before_it_is_made() {
    let world = World::of(3).await;
    let by_bucket = needs(&world, 3, Pack::Managed, ReadBy::Bucket).await;
    let check = check_for(&world.session, &by_bucket, "plan").await.unwrap();
    let asked: Vec<&str> = check
        .calls
        .iter()
        .map(|call| call.action.as_str())
        .collect();
    for action in [
        "iam:PassRole",
        "greengrass:StartBulkDeployment",
        "s3:PutObject",
        "iam:CreateRole",
        "iam:CreatePolicy",
        "iam:AttachRolePolicy",
        "s3:PutBucketPolicy",
    ] {
        assert!(asked.contains(&action), "{action}: {asked:?}");
    }
    assert!(check.calls.iter().all(|call| call.state == State::Yes));
    // Somebody who may not make managed policies is told before.
    let almost = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:CreatePolicy","Resource":"*"}]}"#;
    let session = world.user("max", almost).await;
    let check = check_for(&session, &by_bucket, "plan").await.unwrap();
    let refused: Vec<&str> = check
        .calls
        .iter()
        .filter(|call| call.state == State::No)
        .map(|call| call.action.as_str())
        .collect();
    assert_eq!(refused, ["iam:CreatePolicy"]);
    assert_eq!(states(&check)[4], ("pass", State::Yes));
}
