//! Policies that are enforced, and the simulation of the same.

use aws_sdk_iam::Client as Iam;
use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, PolicyEvaluationDecisionType};
use aws_sdk_s3::primitives::ByteStream;
use overseed_sandbox::cloud::{AssumeFailure, ObjectFailure};

use crate::clients::{TRUST, admin, refusal, s3, start, user};

const BUCKET: &str = "overseed-demo-000000000000";
const SOURCE: &str = "arn:aws:greengrass:eu-west-1:000000000000:/greengrass/bulk/deployments/x";
const SERVICE: &str = "greengrass.amazonaws.com";

#[tokio::test]
async fn a_viewer_reads_and_does_not_write() {
    let (sandbox, _) = start();
    let viewer = user(
        &sandbox,
        "viewer",
        Some(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:List*","s3:ListAllMyBuckets"],"Resource":"*"}]}"#),
    )
    .await;
    let iam = Iam::new(&viewer);
    iam.list_roles().send().await.unwrap();
    iam.get_role()
        .role_name("greengrass-bulk-2024")
        .send()
        .await
        .unwrap();
    let create = iam
        .create_role()
        .role_name("mine")
        .assume_role_policy_document(TRUST);
    let denied = refusal(create.send().await);
    assert_eq!(denied.0, "AccessDenied");
    assert_eq!(
        denied.1,
        "User: arn:aws:iam::000000000000:user/viewer is not authorized to perform: iam:CreateRole on \
         resource: arn:aws:iam::000000000000:role/mine because no identity-based policy allows the \
         iam:CreateRole action"
    );
    let groups = aws_sdk_greengrass::Client::new(&viewer)
        .list_groups()
        .send()
        .await;
    assert!(refusal(groups).1.contains("greengrass:ListGroups"));
    s3(&viewer).list_buckets().send().await.unwrap();
    let put = s3(&viewer)
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .body(ByteStream::from_static(b"x"));
    assert_eq!(refusal(put.send().await).0, "AccessDenied");
    let nobody = user(&sandbox, "nobody", None).await;
    let me = aws_sdk_sts::Client::new(&nobody)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert!(
        me.arn().unwrap().ends_with(":user/nobody"),
        "needs no right"
    );
}

#[tokio::test]
async fn simulation_says_what_the_call_would() {
    let (sandbox, _) = start();
    let role = "arn:aws:iam::000000000000:role/bulk";
    user(
        &sandbox,
        "deployer",
        Some(&format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iam:PassRole","Resource":"{role}","Condition":{{"StringEquals":{{"iam:PassedToService":"{SERVICE}"}}}}}},{{"Effect":"Deny","Action":"s3:*","Resource":"*"}}]}}"#
        )),
    )
    .await;
    let iam = Iam::new(&admin(&sandbox));
    let simulate = |action: &str, resource: &str, service: Option<&str>| {
        let entry = service.map(|service| {
            vec![
                ContextEntry::builder()
                    .context_key_name("iam:PassedToService")
                    .context_key_values(service)
                    .context_key_type(ContextKeyTypeEnum::String)
                    .build(),
            ]
        });
        iam.simulate_principal_policy()
            .policy_source_arn("arn:aws:iam::000000000000:user/deployer")
            .action_names(action)
            .resource_arns(resource)
            .set_context_entries(entry)
            .send()
    };
    for (action, resource, service, decision) in [
        (
            "iam:PassRole",
            role,
            Some(SERVICE),
            PolicyEvaluationDecisionType::Allowed,
        ),
        (
            "iam:PassRole",
            role,
            Some("ec2.amazonaws.com"),
            PolicyEvaluationDecisionType::ImplicitDeny,
        ),
        (
            "iam:PassRole",
            role,
            None,
            PolicyEvaluationDecisionType::ImplicitDeny,
        ),
        (
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            None,
            PolicyEvaluationDecisionType::ExplicitDeny,
        ),
        (
            "greengrass:ListGroups",
            "*",
            None,
            PolicyEvaluationDecisionType::ImplicitDeny,
        ),
    ] {
        let answer = simulate(action, resource, service).await.unwrap();
        let result = &answer.evaluation_results()[0];
        assert_eq!(
            result.eval_decision(),
            &decision,
            "{action} {resource} {service:?}"
        );
        assert_eq!(result.eval_resource_name(), Some(resource));
        let matched = result.matched_statements();
        assert_eq!(
            matched.is_empty(),
            decision == PolicyEvaluationDecisionType::ImplicitDeny
        );
    }
    let unknown = iam
        .simulate_principal_policy()
        .policy_source_arn("arn:aws:iam::000000000000:user/ghost")
        .action_names("s3:GetObject");
    assert_eq!(refusal(unknown.send().await).0, "NoSuchEntity");
}

#[tokio::test]
async fn a_boundary_narrows() {
    let (sandbox, clock) = start();
    let iam = Iam::new(&admin(&sandbox));
    let made = iam
        .create_policy()
        .policy_name("only-s3")
        .policy_document(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#);
    let arn = made.send().await.unwrap().policy.unwrap().arn.unwrap();
    let role = "arn:aws:iam::000000000000:role/greengrass-bulk-2024";
    let group = "arn:aws:greengrass:eu-west-1:000000000000:/greengrass/groups/g";
    clock.advance(60_000);
    let session = sandbox
        .cloud()
        .assume_role(role, SERVICE, "000000000000", SOURCE)
        .unwrap();
    assert!(
        sandbox
            .cloud()
            .allowed(&session, "greengrass:CreateDeployment", group, &[])
    );
    let put = iam
        .put_role_permissions_boundary()
        .role_name("greengrass-bulk-2024");
    put.permissions_boundary(arn).send().await.unwrap();
    assert!(
        !sandbox
            .cloud()
            .allowed(&session, "greengrass:CreateDeployment", group, &[])
    );
}

#[tokio::test]
async fn a_new_role_is_seen_after_a_while_and_its_trust_counts() {
    let (sandbox, clock) = start();
    let iam = Iam::new(&admin(&sandbox));
    let role = "arn:aws:iam::000000000000:role/fresh";
    let assume = |account: &str| sandbox.cloud().assume_role(role, SERVICE, account, SOURCE);
    assert_eq!(assume("000000000000"), Err(AssumeFailure::NoSuchRole));
    let create = iam
        .create_role()
        .role_name("fresh")
        .assume_role_policy_document(TRUST);
    create.send().await.unwrap();
    assert_eq!(assume("000000000000"), Err(AssumeFailure::NotVisibleYet));
    // Eight simulated seconds at sixty a second.
    clock.advance(132);
    assert_eq!(assume("000000000000"), Err(AssumeFailure::NotVisibleYet));
    clock.advance(2);
    assert_eq!(assume("000000000000").unwrap().role_name, "fresh");
    assert_eq!(assume("111111111111"), Err(AssumeFailure::TrustDenies));
    let lambda = "arn:aws:iam::000000000000:role/service-role/telemetry-ingest";
    let wrong = sandbox
        .cloud()
        .assume_role(lambda, SERVICE, "000000000000", SOURCE);
    assert_eq!(wrong, Err(AssumeFailure::TrustDenies));
    let update = iam
        .update_assume_role_policy()
        .role_name("fresh")
        .policy_document(TRUST);
    update.send().await.unwrap();
    assert_eq!(assume("000000000000"), Err(AssumeFailure::NotVisibleYet));
}

#[tokio::test]
async fn an_object_is_read_in_a_roles_name() {
    let (sandbox, _) = start();
    let s3 = s3(&admin(&sandbox));
    let session = {
        let role = "arn:aws:iam::000000000000:role/greengrass-bulk-2024";
        sandbox
            .cloud()
            .assume_role(role, SERVICE, "000000000000", SOURCE)
            .unwrap()
    };
    let read = |bucket: &str, key: &str| {
        sandbox.cloud().object_as(
            &session,
            &format!("{bucket}-000000000000"),
            key,
            "eu-west-1",
        )
    };
    assert_eq!(
        read("overseed-demo", "plan.jsonl"),
        Err(ObjectFailure::NoSuchKey)
    );
    assert_eq!(
        read("overseed-none", "plan.jsonl"),
        Err(ObjectFailure::NoSuchBucket)
    );
    let elsewhere = Err(ObjectFailure::WrongRegion {
        region: "us-west-2".to_owned(),
    });
    assert_eq!(read("overseed-elsewhere", "plan.jsonl"), elsewhere);
    for bucket in ["overseed-demo", "overseed-kms"] {
        let put = s3
            .put_object()
            .bucket(format!("{bucket}-000000000000"))
            .key("plan.jsonl");
        put.body(ByteStream::from_static(b"{}\n"))
            .send()
            .await
            .unwrap();
    }
    let object = read("overseed-demo", "plan.jsonl").unwrap();
    assert_eq!(std::fs::read(object.path).unwrap(), b"{}\n");
    assert_eq!(
        read("overseed-kms", "plan.jsonl"),
        Err(ObjectFailure::AccessDenied)
    );
    let allow = |effect: &str, bucket: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Principal":{{"AWS":"arn:aws:iam::000000000000:role/greengrass-bulk-2024"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{bucket}-000000000000/*"}}]}}"#
        )
    };
    for (effect, bucket, answer) in [
        ("Allow", "overseed-kms", ObjectFailure::KmsEncrypted),
        ("Deny", "overseed-demo", ObjectFailure::AccessDenied),
    ] {
        let put = s3
            .put_bucket_policy()
            .bucket(format!("{bucket}-000000000000"));
        put.policy(allow(effect, bucket)).send().await.unwrap();
        assert_eq!(read(bucket, "plan.jsonl"), Err(answer));
    }
}

#[tokio::test]
async fn who_is_denied_as_an_account_is_denied_as_its_role() {
    let (sandbox, _) = start();
    let s3 = s3(&admin(&sandbox));
    let role = "arn:aws:iam::000000000000:role/greengrass-bulk-2024";
    let assumed = sandbox
        .cloud()
        .assume_role(role, SERVICE, "000000000000", SOURCE);
    let session = assumed.unwrap();
    let read = || {
        sandbox
            .cloud()
            .object_as(&session, BUCKET, "plan.jsonl", "eu-west-1")
    };
    let put = s3.put_object().bucket(BUCKET).key("plan.jsonl");
    put.body(ByteStream::from_static(b"{}\n"))
        .send()
        .await
        .unwrap();
    assert!(read().is_ok());
    for principal in ["000000000000", "arn:aws:iam::000000000000:root"] {
        let statement = |effect: &str, to: &str| {
            format!(
                r#"{{"Effect":"{effect}","Principal":{{"AWS":"{to}"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{BUCKET}/*"}}"#
            )
        };
        let policy =
            |statement: String| format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        let put = s3.put_bucket_policy().bucket(BUCKET);
        put.policy(policy(statement("Deny", principal)))
            .send()
            .await
            .unwrap();
        assert_eq!(read(), Err(ObjectFailure::AccessDenied), "{principal}");
        let put = s3.put_bucket_policy().bucket(BUCKET);
        put.policy(policy(statement("Allow", principal)))
            .send()
            .await
            .unwrap();
        assert!(read().is_ok(), "{principal}");
    }
}

#[tokio::test]
async fn a_policy_may_say_which_policies_may_be_attached() {
    let (sandbox, _) = start();
    let iam = Iam::new(&admin(&sandbox));
    let role = iam
        .create_role()
        .role_name("r")
        .assume_role_policy_document(TRUST);
    role.send().await.unwrap();
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    for (path, name) in [("/ours/", "a"), ("/theirs/", "b")] {
        let create = iam.create_policy().path(path).policy_name(name);
        create.policy_document(document).send().await.unwrap();
    }
    let attacher = user(
        &sandbox,
        "attacher",
        Some(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:AttachRolePolicy","iam:DetachRolePolicy"],"Resource":"*","Condition":{"ArnLike":{"iam:PolicyARN":"arn:aws:iam::000000000000:policy/ours/*"}}}]}"#),
    )
    .await;
    let theirs = Iam::new(&attacher);
    let attach = |arn: &str| {
        theirs
            .attach_role_policy()
            .role_name("r")
            .policy_arn(arn)
            .send()
    };
    attach("arn:aws:iam::000000000000:policy/ours/a")
        .await
        .unwrap();
    let denied = refusal(attach("arn:aws:iam::000000000000:policy/theirs/b").await);
    assert_eq!(denied.0, "AccessDenied");
    let detach = theirs.detach_role_policy().role_name("r");
    let detach = detach.policy_arn("arn:aws:iam::000000000000:policy/ours/a");
    detach.send().await.unwrap();
}

#[tokio::test]
async fn iam_takes_documents_of_latin_1_and_escapes() {
    let (sandbox, _) = start();
    let iam = Iam::new(&admin(&sandbox));
    let role = iam
        .create_role()
        .role_name("r")
        .assume_role_policy_document(TRUST);
    role.send().await.unwrap();
    let put = |prefix: &str| {
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/{prefix}/*"}}]}}"#
        );
        let put = iam.put_role_policy().role_name("r").policy_name("p");
        put.policy_document(document).send()
    };
    let refused = refusal(put("日本").await);
    assert_eq!(refused.0, "ValidationError");
    assert!(refused.1.contains(r"\u0020-\u00FF"), "{}", refused.1);
    put(r"\u65e5\u672c").await.unwrap();
    put("é").await.unwrap();
}
