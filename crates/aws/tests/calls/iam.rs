use std::collections::BTreeMap;

use overseed_aws::Kind;
use overseed_sandbox::Scenario;

use super::Stage;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"greengrass.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a+b/*"}]}"#;

fn same(a: &str, b: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    read(a) == read(b)
}

#[tokio::test]
async fn a_role_lives_from_its_making_to_its_end() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    let iam = &stage.clients;
    assert_eq!(iam.get_role("deployer").await.unwrap(), None);
    let tags = BTreeMap::from([("made-by".to_owned(), "overseed".to_owned())]);
    let (arn, request) = iam
        .create_role("deployer", "/fleet/", TRUST, "For tests", &tags)
        .await
        .unwrap();
    assert!(
        arn.ends_with(":role/fleet/deployer") && request.is_some(),
        "{arn}"
    );
    let error = iam
        .create_role("deployer", "/fleet/", TRUST, "For tests", &tags)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Conflict, "{error}");

    let role = iam.get_role("deployer").await.unwrap().unwrap();
    assert!(role.arn == arn && same(&role.trust, TRUST), "{role:?}");
    assert!(
        iam.list_roles()
            .await
            .unwrap()
            .iter()
            .any(|role| role.arn == arn)
    );
    let trust = TRUST.replace("greengrass.", "lambda.");
    iam.update_trust("deployer", &trust).await.unwrap();
    assert!(same(
        &iam.get_role("deployer").await.unwrap().unwrap().trust,
        &trust
    ));

    iam.put_role_policy("deployer", "read", POLICY)
        .await
        .unwrap();
    let policies = iam.role_policies("deployer").await.unwrap();
    assert_eq!(policies.len(), 1);
    assert!(policies[0].name == "read" && policies[0].arn.is_none());
    assert!(same(&policies[0].document, POLICY));
    let error = iam.delete_role("deployer").await.unwrap_err();
    assert_eq!(
        error.kind,
        Kind::Conflict,
        "a role with policies stays: {error}"
    );
    iam.delete_role_policy("deployer", "read").await.unwrap();
    iam.delete_role("deployer").await.unwrap();
    assert_eq!(
        iam.role_policies("deployer").await.unwrap_err().kind,
        Kind::NotFound
    );
}

#[tokio::test]
async fn a_document_that_is_none_is_refused_in_iams_words() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    let error = stage
        .clients
        .create_role("deployer", "/", "{", "", &BTreeMap::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::BadRequest, "{error}");
    assert_eq!(error.code.as_deref(), Some("MalformedPolicyDocument"));
}

#[tokio::test]
async fn a_simulation_answers_each_resource() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    let (arn, _) = stage
        .clients
        .create_role("deployer", "/", TRUST, "", &BTreeMap::new())
        .await
        .unwrap();
    stage
        .clients
        .put_role_policy("deployer", "read", POLICY)
        .await
        .unwrap();
    let resources = ["arn:aws:s3:::a+b/key", "arn:aws:s3:::other/key"];
    let results = stage
        .clients
        .simulate(
            &arn,
            &["s3:GetObject"],
            &resources,
            &[("aws:PrincipalTag/x", "y")],
        )
        .await
        .unwrap();
    let allowed = |resource: &str| {
        results
            .iter()
            .find(|one| one.resource == resource)
            .map(overseed_aws::Simulated::is_allowed)
    };
    assert_eq!(allowed(resources[0]), Some(true), "{results:?}");
    assert_eq!(allowed(resources[1]), Some(false), "{results:?}");
}

#[tokio::test]
async fn the_accounts_quotas_are_known_by_name() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    let summary = stage.clients.account_summary().await.unwrap();
    assert!(
        summary.contains_key("AssumeRolePolicySizeQuota"),
        "{summary:?}"
    );
}
