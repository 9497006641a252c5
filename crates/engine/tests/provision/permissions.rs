//! Making a role, reusing one, the wildcard, and what happens in the middle of a failure.

use overseed_domain::permissions::{Document, Objects, POLICY_NAME, trust};
use overseed_engine::{
    ErrorCode,
    job::JobKind,
    permissions::{
        ChangeOutcome, Packing, RequirementState as State, apply_for, check_for, roles_list,
    },
};
use overseed_sandbox::{Fault, FaultKind};

use crate::world::{ACCOUNT, BUCKET, REGION, World, changes, detail, place, progress, states};

const ALL_YES: [(&str, State); 6] = [
    ("role", State::Yes),
    ("trust", State::Yes),
    ("deploy", State::Yes),
    ("read", State::Yes),
    ("pass", State::Yes),
    ("start", State::Yes),
];

const LAMBDA: &str = r#"{"Version":"2012-10-17","Statement":{"Sid":"Theirs","Effect":"Allow",
    "Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;

#[tokio::test]
async fn a_new_role_is_made_and_then_suffices() {
    let world = World::of(30).await;
    let needs = world.needs("Bulk", 30).await;
    let before = check_for(&world.session, &needs, "plan").await.unwrap();
    assert!(!before.exists);
    assert_eq!(before.role_arn, format!("arn:aws:iam::{ACCOUNT}:role/Bulk"));
    assert_eq!(changes(&before), ["role", "policy"]);
    assert_eq!(before.packing, Some(Packing::Inline));
    assert_eq!(before.requirements[2].now, State::NotYet);
    assert_eq!(before.requirements[2].change.as_deref(), Some("policy"));

    let after = apply_for(
        &world.session,
        &needs,
        "plan",
        &progress(JobKind::Permissions),
    )
    .await
    .unwrap();
    assert_eq!(states(&after), ALL_YES);
    for change in &after.changes {
        let Some(ChangeOutcome::Done { request_id }) = &change.outcome else {
            panic!("{change:?}")
        };
        assert!(request_id.is_some());
    }
    let role = world
        .session
        .clients
        .get_role("Bulk")
        .await
        .unwrap()
        .unwrap();
    assert!(
        Document::parse(&role.trust)
            .unwrap()
            .same_meaning(&trust(&place()))
    );
    let policies = world.session.clients.role_policies("Bulk").await.unwrap();
    assert_eq!(policies.len(), 1);
    assert_eq!(policies[0].name, POLICY_NAME);
    assert!(!policies[0].document.contains("groups/*"));

    // Applying again changes nothing.
    let again = apply_for(
        &world.session,
        &needs,
        "plan",
        &progress(JobKind::Permissions),
    )
    .await
    .unwrap();
    assert_eq!(states(&again), ALL_YES);
    assert_eq!(changes(&again), [""; 0]);
    assert_eq!(world.sandbox.calls("CreateRole"), 1);
    assert_eq!(world.sandbox.calls("PutRolePolicy"), 1);
    // Both changes are in the log, with outcome and request id.
    let logged: Vec<(String, String, bool)> = world
        .session
        .store()
        .read_now(|c| {
            let mut query = c.prepare(
                "SELECT operation, outcome, request_id IS NOT NULL FROM change WHERE plan = 'plan' ORDER BY id",
            )?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let done = |operation: &str| (operation.to_owned(), "done".to_owned(), true);
    assert_eq!(logged, [done("iam:CreateRole"), done("iam:PutRolePolicy")]);
}

#[tokio::test]
async fn another_selection_replaces_our_policy_only() {
    let world = World::of(20).await;
    let few = world.needs("Bulk", 5).await;
    apply_for(
        &world.session,
        &few,
        "plan",
        &progress(JobKind::Permissions),
    )
    .await
    .unwrap();
    let put = world
        .iam()
        .put_role_policy()
        .role_name("Bulk")
        .policy_name("theirs");
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:SendMessage"],"Resource":"*"}]}"#;
    put.policy_document(theirs).send().await.unwrap();

    let more = world.needs("Bulk", 20).await;
    let check = check_for(&world.session, &more, "plan").await.unwrap();
    assert_eq!(changes(&check), ["policy"]);
    assert!(
        check.changes[0]
            .before
            .as_ref()
            .unwrap()
            .contains("greengrass:CreateDeployment")
    );
    assert!(
        check.changes[0].limit < 10_240,
        "the other policy takes room"
    );
    assert!(
        detail(&check, "deploy").contains("15 of 20"),
        "{}",
        detail(&check, "deploy")
    );
    assert_eq!(check.requirements[3].now, State::Yes);
    let after = apply_for(
        &world.session,
        &more,
        "plan",
        &progress(JobKind::Permissions),
    )
    .await
    .unwrap();
    assert_eq!(states(&after), ALL_YES);
    let policies = world.session.clients.role_policies("Bulk").await.unwrap();
    let kept = policies
        .iter()
        .find(|policy| policy.name == "theirs")
        .unwrap();
    assert_eq!(kept.document, theirs);
    assert_eq!(policies.len(), 2);
}

#[tokio::test]
async fn a_role_that_suffices_needs_no_change() {
    let world = World::of(120).await;
    let needs = world.needs("greengrass-bulk-2024", 120).await;
    let check = check_for(&world.session, &needs, "plan").await.unwrap();
    assert_eq!(states(&check), ALL_YES);
    assert_eq!(changes(&check), [""; 0]);
    assert_eq!(check.widened, None, "nothing is widened by this app");
    assert!(
        detail(&check, "trust").contains("any account"),
        "{}",
        detail(&check, "trust")
    );

    let roles = roles_list(&world.session, "BULK").await.unwrap();
    assert_eq!(roles.len(), 1);
    assert!(roles[0].trusted);
    let all = roles_list(&world.session, "").await.unwrap();
    assert!(
        all.iter()
            .any(|role| role.name == "telemetry-ingest" && !role.trusted)
    );
    assert!(all.is_sorted_by_key(|role| !role.trusted));
}

#[tokio::test]
async fn a_foreign_role_keeps_what_it_has() {
    let world = World::of(3).await;
    let deny = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},
        {{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::{BUCKET}/secret/*"}}]}}"#
    );
    world.role("Ingest", LAMBDA, Some(&deny)).await;
    let needs = world.needs("Ingest", 3).await;
    let check = check_for(&world.session, &needs, "plan").await.unwrap();
    assert_eq!(
        check.role_arn,
        format!("arn:aws:iam::{ACCOUNT}:role/ops/Ingest")
    );
    assert_eq!(changes(&check), ["trust"]);
    let after = apply_for(
        &world.session,
        &needs,
        "plan",
        &progress(JobKind::Permissions),
    )
    .await
    .unwrap();
    assert_eq!(states(&after), ALL_YES);
    let role = world
        .session
        .clients
        .get_role("Ingest")
        .await
        .unwrap()
        .unwrap();
    let now = Document::parse(&role.trust).unwrap();
    assert_eq!(
        now.statements()[0],
        Document::parse(LAMBDA).unwrap().statements()[0]
    );
    assert_eq!(now.statements().len(), 2);
    assert!(
        role.trust
            .contains(&format!("arn:aws:greengrass:{REGION}:{ACCOUNT}:*"))
    );

    // What is denied cannot be mended by adding.
    let mut denied = needs.clone();
    denied.objects = Objects::Prefix("secret".into());
    let check = check_for(&world.session, &denied, "plan").await.unwrap();
    assert_eq!(check.requirements[3].now, State::No);
    assert!(
        detail(&check, "read").contains("denies"),
        "{}",
        detail(&check, "read")
    );
    assert_eq!(changes(&check), [""; 0]);
}

#[tokio::test]
async fn a_thousand_groups_take_the_wildcard_and_say_so() {
    let world = World::of(1_000).await;
    let needs = world.needs("Bulk", 1_000).await;
    let check = check_for(&world.session, &needs, "plan").await.unwrap();
    assert_eq!(check.packing, Some(Packing::Wildcard));
    assert!(
        check
            .widened
            .as_ref()
            .unwrap()
            .contains("every group of account")
    );
    let policy = check
        .changes
        .iter()
        .find(|change| change.id == "policy")
        .unwrap();
    assert!(policy.after.as_ref().unwrap().contains(&format!(
        "arn:aws:greengrass:{REGION}:{ACCOUNT}:/greengrass/groups/*"
    )));
    assert!(policy.size < 1_000);
    let after = apply_for(
        &world.session,
        &needs,
        "plan",
        &progress(JobKind::Permissions),
    )
    .await
    .unwrap();
    assert_eq!(states(&after), ALL_YES);
}

#[tokio::test]
async fn a_failure_in_the_middle_leaves_a_list_and_the_rest_for_the_next_time() {
    let world = World::of(3).await;
    let needs = world.needs("Bulk", 3).await;
    let almost = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:PutRolePolicy","Resource":"*"}]}"#;
    let session = world.user("max", almost).await;
    let after = apply_for(&session, &needs, "plan", &progress(JobKind::Permissions))
        .await
        .unwrap();
    assert!(matches!(
        after.changes[0].outcome,
        Some(ChangeOutcome::Done { .. })
    ));
    assert_eq!(after.failure().unwrap().code, ErrorCode::AccessDenied);
    assert_eq!(
        states(&after)[..4],
        [
            ("role", State::Yes),
            ("trust", State::Yes),
            ("deploy", State::NotYet),
            ("read", State::NotYet),
        ]
    );
    assert!(
        detail(&after, "deploy").contains("tried and failed"),
        "{}",
        detail(&after, "deploy")
    );

    let rest = apply_for(
        &world.session,
        &needs,
        "plan",
        &progress(JobKind::Permissions),
    )
    .await
    .unwrap();
    assert_eq!(changes(&rest), ["policy"]);
    assert_eq!(states(&rest), ALL_YES);
    assert_eq!(world.sandbox.calls("CreateRole"), 1);
}

#[tokio::test]
async fn an_answer_lost_on_the_way_is_no_failure() {
    for operation in ["CreateRole", "PutRolePolicy"] {
        let world = World::of(3).await;
        let needs = world.needs("Bulk", 3).await;
        world
            .sandbox
            .faults()
            .add(Fault::once(operation, FaultKind::LostAnswer));
        let after = apply_for(
            &world.session,
            &needs,
            "plan",
            &progress(JobKind::Permissions),
        )
        .await
        .unwrap();
        assert_eq!(after.failure(), None);
        assert_eq!(states(&after), ALL_YES);
        assert_eq!(world.sandbox.calls(operation), 2);
    }
}

#[tokio::test]
async fn what_is_no_role_name_is_refused_before_any_call() {
    let world = World::of(1).await;
    for (role, words) in [
        ("", "no role"),
        ("a b", "` `"),
        ("arn:aws:iam::999999999999:role/x", "not a role"),
    ] {
        let needs = world.needs(role, 1).await;
        let problem = check_for(&world.session, &needs, "plan")
            .await
            .unwrap_err()
            .problem();
        assert_eq!(problem.code, ErrorCode::InvalidInput);
        assert!(problem.detail.unwrap().contains(words));
    }
    assert_eq!(world.sandbox.calls("GetRole"), 0);
}
