use std::collections::{BTreeMap, BTreeSet};

use overseed_aws::{
    Kind, pages,
    v2::{CreateDeployment, RecipeFormat, Scope},
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use super::Stage;

fn thing_arn(stage: &Stage, name: &str) -> String {
    let account = &stage.sandbox.settings().account;
    format!("arn:aws:iot:eu-west-1:{account}:thing/{name}")
}

async fn device(stage: &Stage) -> String {
    let page = stage.clients.list_core_devices(None).await.unwrap();
    page.items[0].thing_name.clone()
}

/// A request with most of what a document may say.
fn request(target: &str, token: &str) -> CreateDeployment {
    let json = serde_json::json!({
        "deploymentName": "line 7",
        "components": {
            "com.plant.HealthReport": {
                "componentVersion": "1.1.0",
                "configurationUpdate": {"merge": "{\"intervalMinutes\":5}", "reset": ["/x"]},
                "runWith": {"posixUser": "ggc_user", "systemResourceLimits": {"memory": 1000}}
            }
        },
        "deploymentPolicies": {
            "failureHandlingPolicy": "ROLLBACK",
            "componentUpdatePolicy": {"action": "NOTIFY_COMPONENTS", "timeoutInSeconds": 60},
            "configurationValidationPolicy": {"timeoutInSeconds": 30}
        },
        "tags": {"overseed:run": "r-1"}
    });
    CreateDeployment {
        target_arn: target.to_owned(),
        document: serde_json::from_value(json).unwrap(),
        client_token: Some(token.to_owned()),
    }
}

#[tokio::test]
async fn core_devices_are_listed_once_and_told_in_detail() {
    let stage = Stage::new(60, Scenario::SmallPages).await;
    let cancel = CancellationToken::new();
    let clients = &stage.clients;
    let listing = pages(
        "greengrass:ListCoreDevices",
        &cancel,
        async |token: Option<String>| clients.list_core_devices(token.as_deref()).await,
    );
    let devices = listing.all().await.unwrap();
    let names: BTreeSet<&str> = devices.iter().map(|d| d.thing_name.as_str()).collect();
    assert_eq!((devices.len(), names.len()), (60, 60));
    let detail = clients.core_device(&devices[0].thing_name).await.unwrap();
    assert_eq!(detail.device.thing_name, devices[0].thing_name);
    assert_eq!(detail.device.architecture, devices[0].architecture);
    assert!(detail.nucleus.is_some());
    let error = clients.core_device("nobody").await.unwrap_err();
    assert_eq!(error.kind, Kind::NotFound, "{error}");
    let installed = clients
        .installed_components(&devices[0].thing_name, None)
        .await
        .unwrap();
    assert!(installed.items.iter().all(|c| !c.version.is_empty()));
}

#[tokio::test]
async fn a_deployment_says_what_was_asked_for_and_reaches_the_device() {
    let stage = Stage::new(10, Scenario::AllWell).await;
    let name = device(&stage).await;
    let target = thing_arn(&stage, &name);
    let asked = request(&target, "token-1");
    let made = stage.clients.create_deployment(&asked).await.unwrap();
    assert!(made.request_id.is_some());
    let again = stage.clients.create_deployment(&asked).await.unwrap();
    assert_eq!(again.id, made.id, "the same token makes nothing twice");

    let current = stage
        .clients
        .current_deployment(&target)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(current.listed.id, made.id);
    assert_eq!(current.tags, asked.document.tags);
    assert_eq!(current.document.unwrap(), asked.document);
    assert!(current.listed.is_latest);

    stage.clock.advance(3_600_000);
    let effective = stage
        .clients
        .effective_deployments(&name, None)
        .await
        .unwrap()
        .items;
    let effective = effective
        .iter()
        .find(|effective| effective.deployment_id == made.id)
        .unwrap();
    assert_eq!(effective.target_arn, target);
    assert!(!effective.status.is_empty() && effective.created_at.is_some());
}

#[tokio::test]
async fn a_deployment_is_cancelled() {
    let stage = Stage::new(10, Scenario::AllWell).await;
    let target = thing_arn(&stage, &device(&stage).await);
    let made = stage
        .clients
        .create_deployment(&request(&target, "token-2"))
        .await
        .unwrap();
    stage.clients.cancel_deployment(&made.id).await.unwrap();
    let deployment = stage.clients.get_deployment(&made.id).await.unwrap();
    assert_eq!(deployment.listed.status, "CANCELED");
    let none = "00000000-0000-4000-8000-000000000000";
    let error = stage.clients.cancel_deployment(none).await.unwrap_err();
    assert_eq!(error.kind, Kind::NotFound, "{error}");
}

#[tokio::test]
async fn a_thing_group_is_made_filled_deployed_to_and_deleted() {
    let stage = Stage::new(10, Scenario::AllWell).await;
    let clients = &stage.clients;
    let name = device(&stage).await;
    let tags = BTreeMap::from([("overseed:run".to_owned(), "r-1".to_owned())]);
    let (group, _) = clients
        .create_thing_group("wave-1", "Made by a test", &tags)
        .await
        .unwrap();
    clients.add_thing("wave-1", &name).await.unwrap();
    let things = clients
        .things_in_thing_group("wave-1", None)
        .await
        .unwrap()
        .items;
    assert_eq!(things, [name.as_str()]);
    let of = clients.thing_groups_of(&name, None).await.unwrap().items;
    assert!(of.contains(&group));
    let listed = clients
        .list_thing_groups(Some("wave-"), None)
        .await
        .unwrap();
    assert_eq!(listed.items, std::slice::from_ref(&group));

    let made = clients
        .create_deployment(&request(&group.arn, "token-3"))
        .await
        .unwrap();
    let job = clients.describe_job(&made.job_id.unwrap()).await.unwrap();
    assert_eq!(job.targets, [group.arn.as_str()]);
    let executions = clients
        .job_executions(&job.id, None, None)
        .await
        .unwrap()
        .items;
    assert_eq!(executions[0].thing_arn, thing_arn(&stage, &name));

    clients.remove_thing("wave-1", &name).await.unwrap();
    let error = clients.add_thing("no-such-group", &name).await.unwrap_err();
    assert_eq!(error.kind, Kind::NotFound, "{error}");
}

#[tokio::test]
async fn components_are_listed_described_and_made() {
    let stage = Stage::new(5, Scenario::AllWell).await;
    let clients = &stage.clients;
    let public = clients.list_components(Scope::Public, None).await.unwrap();
    assert!(
        public
            .items
            .iter()
            .all(|c| c.arn.contains(":aws:components:"))
    );
    let own = clients.list_components(Scope::Private, None).await.unwrap();
    let versions = clients
        .component_versions(&own.items[0].arn, None)
        .await
        .unwrap()
        .items;
    assert_eq!(
        Some(&versions[0].version),
        own.items[0].latest_version.as_ref()
    );
    let recipe = clients
        .component_recipe(&versions[0].arn, RecipeFormat::Json)
        .await
        .unwrap();
    let recipe: serde_json::Value = serde_json::from_slice(&recipe).unwrap();
    assert_eq!(recipe["ComponentName"], own.items[0].name);

    let recipe = r#"{"RecipeFormatVersion":"2020-01-25","ComponentName":"com.example.A","ComponentVersion":"1.0.0",
        "Manifests":[{"Lifecycle":{"Run":"sleep 1"}}]}"#;
    let made = clients
        .create_component_version(recipe.into(), &BTreeMap::new(), "token-4")
        .await
        .unwrap();
    assert!(made.state.is_pending(), "{:?}", made.state);
    stage.clock.advance(600_000);
    let detail = clients.describe_component(&made.arn).await.unwrap();
    assert!(detail.state.is_deployable(), "{:?}", detail.state);
    let error = clients
        .create_component_version(recipe.into(), &BTreeMap::new(), "token-5")
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Conflict, "{error}");
    assert!(
        error.message.contains(&made.arn),
        "what it is about is told: {error}"
    );
    let error = clients
        .create_component_version("no recipe".into(), &BTreeMap::new(), "token-6")
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::BadRequest, "{error}");
    assert!(
        error.message.contains("not authorized to perform: null"),
        "{error}"
    );
}

#[tokio::test]
async fn secrets_are_told_without_their_values() {
    let stage = Stage::new(5, Scenario::AllWell).await;
    assert_eq!(
        stage
            .clients
            .describe_secret("no-such-secret")
            .await
            .unwrap(),
        None
    );
    for secret in stage.clients.list_secrets(None).await.unwrap().items {
        let same = stage.clients.describe_secret(&secret.arn).await.unwrap();
        assert_eq!(same.map(|s| s.name), Some(secret.name));
    }
}
