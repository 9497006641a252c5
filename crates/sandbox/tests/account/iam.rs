//! The life of roles and policies.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::Tag;

use crate::clients::{TRUST, admin, refusal, start};

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"greengrass:CreateDeployment","Resource":"*"}]}"#;

#[tokio::test]
async fn a_role_is_made_changed_and_unmade() {
    let (sandbox, _) = start();
    let iam = Client::new(&admin(&sandbox));
    let create = || {
        iam.create_role()
            .role_name("bulk")
            .path("/fleet/")
            .description("for <bulk> & more")
            .assume_role_policy_document(TRUST)
            .tags(
                Tag::builder()
                    .key("made-by")
                    .value("a test")
                    .build()
                    .unwrap(),
            )
            .send()
    };
    let role = create().await.unwrap().role.unwrap();
    assert_eq!(role.arn(), "arn:aws:iam::000000000000:role/fleet/bulk");
    assert_eq!(refusal(create().await).0, "EntityAlreadyExists");

    let role = iam
        .get_role()
        .role_name("bulk")
        .send()
        .await
        .unwrap()
        .role
        .unwrap();
    assert_eq!(role.description(), Some("for <bulk> & more"));
    assert_eq!(role.tags()[0].value(), "a test");
    let trust = role.assume_role_policy_document().unwrap();
    assert!(
        trust.starts_with("%7B%22Version%22"),
        "percent-encoded: {trust}"
    );

    let put = iam
        .put_role_policy()
        .role_name("bulk")
        .policy_name("deploy");
    put.policy_document(POLICY).send().await.unwrap();
    let names = iam
        .list_role_policies()
        .role_name("bulk")
        .send()
        .await
        .unwrap();
    assert_eq!(names.policy_names(), ["deploy"]);
    assert!(!names.is_truncated());
    let inline = iam
        .get_role_policy()
        .role_name("bulk")
        .policy_name("deploy")
        .send()
        .await
        .unwrap();
    assert!(
        inline
            .policy_document()
            .contains("greengrass%3ACreateDeployment")
    );
    let gone = iam
        .get_role_policy()
        .role_name("bulk")
        .policy_name("other")
        .send()
        .await;
    assert_eq!(refusal(gone).0, "NoSuchEntity");

    let made = iam
        .create_policy()
        .policy_name("deploy-managed")
        .policy_document(POLICY);
    let arn = made.send().await.unwrap().policy.unwrap().arn.unwrap();
    iam.attach_role_policy()
        .role_name("bulk")
        .policy_arn(&arn)
        .send()
        .await
        .unwrap();
    let attached = iam
        .list_attached_role_policies()
        .role_name("bulk")
        .send()
        .await
        .unwrap();
    assert_eq!(
        attached.attached_policies()[0].policy_name(),
        Some("deploy-managed")
    );
    let entities = iam
        .list_entities_for_policy()
        .policy_arn(&arn)
        .send()
        .await
        .unwrap();
    assert_eq!(entities.policy_roles()[0].role_name(), Some("bulk"));
    let policy = iam
        .get_policy()
        .policy_arn(&arn)
        .send()
        .await
        .unwrap()
        .policy
        .unwrap();
    assert_eq!(policy.attachment_count(), Some(1));

    let conflict = refusal(iam.delete_role().role_name("bulk").send().await);
    assert_eq!(conflict.0, "DeleteConflict");
    assert_eq!(
        refusal(iam.delete_policy().policy_arn(&arn).send().await).0,
        "DeleteConflict"
    );
    iam.delete_role_policy()
        .role_name("bulk")
        .policy_name("deploy")
        .send()
        .await
        .unwrap();
    iam.detach_role_policy()
        .role_name("bulk")
        .policy_arn(&arn)
        .send()
        .await
        .unwrap();
    iam.delete_role().role_name("bulk").send().await.unwrap();
    iam.delete_policy().policy_arn(&arn).send().await.unwrap();
    let gone = refusal(iam.get_role().role_name("bulk").send().await);
    assert_eq!(
        gone,
        (
            "NoSuchEntity".into(),
            "The role with name bulk cannot be found.".into()
        )
    );
    assert_eq!(sandbox.calls("CreateRole"), 2);
}

#[tokio::test]
async fn policy_versions_are_five_at_most() {
    let (sandbox, _) = start();
    let iam = Client::new(&admin(&sandbox));
    let made = iam
        .create_policy()
        .policy_name("p")
        .policy_document(POLICY)
        .send()
        .await
        .unwrap();
    let arn = made.policy.unwrap().arn.unwrap();
    let version = || {
        let create = iam
            .create_policy_version()
            .policy_arn(&arn)
            .policy_document(POLICY);
        create.set_as_default(true).send()
    };
    for _ in 0..4 {
        version().await.unwrap();
    }
    assert_eq!(refusal(version().await).0, "LimitExceeded");
    let listed = iam
        .list_policy_versions()
        .policy_arn(&arn)
        .send()
        .await
        .unwrap();
    let ids: Vec<_> = listed
        .versions()
        .iter()
        .filter_map(|version| version.version_id())
        .collect();
    assert_eq!(ids, ["v5", "v4", "v3", "v2", "v1"]);
    let remove = |id| {
        iam.delete_policy_version()
            .policy_arn(&arn)
            .version_id(id)
            .send()
    };
    assert_eq!(
        refusal(remove("v5").await).0,
        "DeleteConflict",
        "the default stays"
    );
    remove("v1").await.unwrap();
    let sixth = version().await.unwrap().policy_version.unwrap();
    assert_eq!(sixth.version_id(), Some("v6"), "a number is not used twice");
    let old = iam
        .set_default_policy_version()
        .policy_arn(&arn)
        .version_id("v2");
    old.send().await.unwrap();
    let second = iam
        .get_policy_version()
        .policy_arn(&arn)
        .version_id("v2")
        .send()
        .await
        .unwrap();
    assert!(second.policy_version.unwrap().is_default_version());
}

#[tokio::test]
async fn sizes_and_faults_are_refused() {
    let (sandbox, _) = start();
    let iam = Client::new(&admin(&sandbox));
    iam.create_role()
        .role_name("r")
        .assume_role_policy_document(TRUST)
        .send()
        .await
        .unwrap();
    let sized = |groups: usize| {
        let arns: Vec<String> = (0..groups)
            .map(|n| {
                format!("arn:aws:greengrass:eu-west-1:000000000000:/greengrass/groups/{n:036}")
            })
            .collect();
        serde_json::json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "greengrass:CreateDeployment", "Resource": arns}]})
    };
    let put = |name: &str, text: String| {
        iam.put_role_policy()
            .role_name("r")
            .policy_name(name)
            .policy_document(text)
            .send()
    };
    // White space does not count: the same policy, printed widely, still fits.
    put("fits", serde_json::to_string_pretty(&sized(100)).unwrap())
        .await
        .unwrap();
    let big = refusal(put("more", sized(10).to_string()).await);
    let words = "Maximum policy size of 10240 bytes exceeded for role r";
    assert_eq!(big, ("LimitExceeded".into(), words.into()));
    put("fits", sized(50).to_string()).await.unwrap();
    put("more", sized(10).to_string()).await.unwrap();

    let managed = |groups: usize| {
        let create = iam.create_policy().policy_name(format!("m{groups}"));
        create.policy_document(sized(groups).to_string()).send()
    };
    managed(60).await.unwrap();
    assert_eq!(refusal(managed(70).await).0, "LimitExceeded");
    let broken = refusal(put("broken", "{".to_owned()).await);
    assert_eq!(
        broken,
        (
            "MalformedPolicyDocument".into(),
            "Syntax errors in policy.".into()
        )
    );
    let bad = iam
        .create_role()
        .role_name("a b")
        .assume_role_policy_document(TRUST)
        .send()
        .await;
    assert_eq!(refusal(bad).0, "ValidationError");
    let twelve = iam
        .create_role()
        .role_name("x")
        .assume_role_policy_document(POLICY)
        .send()
        .await;
    assert_eq!(refusal(twelve).0, "MalformedPolicyDocument");

    let ghost = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ghost"},"Action":"sts:AssumeRole"}}"#;
    let ghost = iam
        .create_role()
        .role_name("x")
        .assume_role_policy_document(ghost)
        .send()
        .await;
    assert!(refusal(ghost).1.starts_with("Invalid principal in policy"));

    let summary = iam.get_account_summary().send().await.unwrap();
    let quota = |name: &str| summary.summary_map().unwrap()[&name.into()];
    assert_eq!(quota("PolicySizeQuota"), 6144);
    assert_eq!(quota("AttachedPoliciesPerRoleQuota"), 10);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let (sandbox, _) = start();
    let iam = Client::new(&admin(&sandbox));
    for number in 0..7 {
        let create = iam.create_role().role_name(format!("role-{number}"));
        create
            .assume_role_policy_document(TRUST)
            .send()
            .await
            .unwrap();
    }
    let mut names = Vec::new();
    let mut pages = iam.list_roles().max_items(3).into_paginator().send();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert!(page.roles().len() <= 3);
        names.extend(page.roles().iter().map(|role| role.role_name().to_owned()));
        count += 1;
    }
    assert_eq!(names.len(), 11, "four are seeded");
    assert_eq!(count, 4);
    names.dedup();
    assert_eq!(names.len(), 11);
}
