use serde_json::{Value, json};

use super::{Bench, recipe};
use crate::settings::Scenario;

/// A device whose nucleus reports error stacks, on Linux.
fn telling(bench: &Bench) -> u32 {
    let cores = &bench.service.fixed.cores;
    (0..cores.count)
        .find(|index| cores.nucleus(*index) != "2.7.0" && cores.machine(*index).0 == "linux")
        .unwrap()
}

fn fails(bench: &mut Bench, index: u32, components: &Value) -> Value {
    let target = bench.thing_arn(index);
    let id = bench.deploy(&target, components)["deploymentId"]
        .as_str()
        .unwrap()
        .to_owned();
    let entry = bench.settled(index, &id);
    assert_eq!(entry["coreDeviceExecutionStatus"], "FAILED", "{entry}");
    entry
}

fn last_code(entry: &Value) -> &str {
    entry["statusDetails"]["errorStack"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .as_str()
        .unwrap()
}

fn one(name: &str, version: &str) -> Value {
    json!({ name: { "componentVersion": version } })
}

#[test]
fn a_version_that_there_is_not_fails_and_changes_nothing() {
    let mut bench = Bench::new(30, Scenario::AllWell);
    let index = telling(&bench);
    let entry = fails(&mut bench, index, &one("com.plant.LineTelemetry", "9.0.0"));
    assert_eq!(
        entry["statusDetails"]["errorStack"],
        json!(["DEPLOYMENT_FAILURE", "NO_AVAILABLE_COMPONENT_VERSION"])
    );
    assert_eq!(
        entry["statusDetails"]["errorTypes"],
        json!(["REQUEST_ERROR"])
    );
    let reason = entry["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("FAILED_NO_STATE_CHANGE: ") && reason.contains("requires =9.0.0"),
        "{reason}"
    );
    let id = entry["deploymentId"].as_str().unwrap();
    assert_eq!(
        bench.get(&format!("/greengrass/v2/deployments/{id}"))["deploymentStatus"],
        "FAILED"
    );
}

#[test]
fn artifacts_are_fetched_with_the_devices_role_when_the_device_takes_them() {
    let mut bench = Bench::new(30, Scenario::AllWell);
    let index = telling(&bench);
    bench
        .account()
        .objects
        .insert("b/one.py".to_owned(), "1".to_owned());
    bench.publish(&recipe("com.example.One", "1.0.0", &["s3://b/one.py"]));
    let components = one("com.example.One", "1.0.0");

    bench
        .account()
        .device_refused
        .insert("s3:GetObject".to_owned());
    let entry = fails(&mut bench, index, &components);
    assert_eq!(last_code(&entry), "S3_HEAD_OBJECT_ACCESS_DENIED");
    assert!(entry["reason"].as_str().unwrap().contains("s3://b/one.py"));
    bench.account().device_refused.clear();

    bench.account().objects.clear();
    let entry = fails(&mut bench, index, &components);
    assert_eq!(last_code(&entry), "S3_HEAD_OBJECT_RESOURCE_NOT_FOUND");
    bench
        .account()
        .device_refused
        .insert("s3:ListBucket".to_owned());
    let entry = fails(&mut bench, index, &components);
    assert_eq!(
        last_code(&entry),
        "S3_HEAD_OBJECT_ACCESS_DENIED",
        "who may not list learns no more"
    );
    bench.account().device_refused.clear();

    bench
        .account()
        .objects
        .insert("b/one.py".to_owned(), "2".to_owned());
    let entry = fails(&mut bench, index, &components);
    assert_eq!(last_code(&entry), "ARTIFACT_CHECKSUM_MISMATCH");

    bench
        .account()
        .objects
        .insert("b/one.py".to_owned(), "1".to_owned());
    let target = bench.thing_arn(index);
    let id = bench.deploy(&target, &components)["deploymentId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        bench.settled(index, &id)["coreDeviceExecutionStatus"],
        "COMPLETED"
    );
    // What is on the device already is not fetched again.
    bench.account().objects.clear();
    let id = bench.deploy(&target, &components)["deploymentId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        bench.settled(index, &id)["coreDeviceExecutionStatus"],
        "COMPLETED"
    );
}

#[test]
fn images_need_their_plugin_and_private_ones_the_registrys_rights() {
    let mut bench = Bench::new(30, Scenario::AllWell);
    let index = telling(&bench);
    let image = "docker:123456789012.dkr.ecr.eu-west-1.amazonaws.com/ml:1";
    bench.publish(&recipe("com.ml.xgboost", "1.0.0", &[image]));
    let entry = fails(&mut bench, index, &one("com.ml.xgboost", "1.0.0"));
    assert_eq!(last_code(&entry), "MISSING_DOCKER_APPLICATION_MANAGER");
    let whole = json!({
        "com.ml.xgboost": { "componentVersion": "1.0.0" },
        "aws.greengrass.DockerApplicationManager": { "componentVersion": "2.0.13" },
    });
    bench
        .account()
        .device_refused
        .insert("ecr:GetAuthorizationToken".to_owned());
    let entry = fails(&mut bench, index, &whole);
    assert_eq!(last_code(&entry), "GET_ECR_CREDENTIAL_ERROR");
}

#[test]
fn a_secret_that_is_missing_breaks_the_component_that_reads_it() {
    let mut bench = Bench::new(30, Scenario::AllWell);
    let index = telling(&bench);
    let mut component = recipe("com.example.Reader", "1.0.0", &[]);
    component["ComponentConfiguration"]["DefaultConfiguration"]["Parameters"] =
        json!({ "ei_sm_secret_id": "EI_API_KEY", "ei_sm_secret_name": "ei_api_key" });
    bench.publish(&component);
    let components = one("com.example.Reader", "1.0.0");
    let entry = fails(&mut bench, index, &components);
    assert_eq!(last_code(&entry), "COMPONENT_BROKEN");
    let reason = entry["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("FAILED_ROLLBACK_COMPLETE") && reason.contains("EI_API_KEY"),
        "{reason}"
    );
    bench
        .account()
        .secrets
        .insert("EI_API_KEY".to_owned(), vec!["other".to_owned()]);
    let entry = fails(&mut bench, index, &components);
    assert!(
        entry["reason"]
            .as_str()
            .unwrap()
            .contains("no key ei_api_key")
    );
    bench
        .account()
        .secrets
        .insert("EI_API_KEY".to_owned(), vec!["ei_api_key".to_owned()]);
    bench
        .account()
        .device_refused
        .insert("secretsmanager:GetSecretValue".to_owned());
    let entry = fails(&mut bench, index, &components);
    assert!(
        entry["reason"]
            .as_str()
            .unwrap()
            .contains("secretsmanager:GetSecretValue")
    );
    bench.account().device_refused.clear();
    let target = bench.thing_arn(index);
    let id = bench.deploy(&target, &components)["deploymentId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        bench.settled(index, &id)["coreDeviceExecutionStatus"],
        "COMPLETED"
    );
}

#[test]
fn without_rollback_the_broken_component_stays_and_the_device_says_so() {
    let mut bench = Bench::new(30, Scenario::AllWell);
    let index = telling(&bench);
    let mut component = recipe("com.example.Reader", "1.0.0", &[]);
    component["ComponentConfiguration"]["DefaultConfiguration"] =
        json!({ "ei_sm_secret_id": "NONE" });
    bench.publish(&component);
    let body = |policy: &str| {
        json!({
            "targetArn": bench.thing_arn(index),
            "components": one("com.example.Reader", "1.0.0"),
            "deploymentPolicies": { "failureHandlingPolicy": policy },
        })
    };
    let (stays, back) = (body("DO_NOTHING"), body("ROLLBACK"));
    let name = bench.core(index);
    let broken = |bench: &mut Bench, body: &Value| {
        let made = bench.post("/greengrass/v2/deployments", body);
        bench.settled(index, made["deploymentId"].as_str().unwrap());
        let path = format!("/greengrass/v2/coreDevices/{name}/installedComponents");
        let installed = bench.all(&path, "installedComponents");
        let found = installed
            .into_iter()
            .find(|found| found["componentName"] == "com.example.Reader");
        let status = bench.get(&format!("/greengrass/v2/coreDevices/{name}"))["status"].clone();
        (
            found.map(|found| {
                (
                    found["lifecycleState"].clone(),
                    found["lifecycleStatusCodes"].clone(),
                )
            }),
            status,
        )
    };
    assert_eq!(broken(&mut bench, &back), (None, json!("HEALTHY")));
    let left = Some((json!("BROKEN"), json!(["STARTUP_ERROR"])));
    assert_eq!(broken(&mut bench, &stays), (left, json!("UNHEALTHY")));
}

#[test]
fn deployments_of_two_targets_that_want_different_versions_conflict() {
    let mut bench = Bench::new(30, Scenario::AllWell);
    let index = telling(&bench);
    bench.post("/thing-groups/team", &json!({}));
    let body = json!({ "thingGroupName": "team", "thingName": bench.core(index) });
    bench.ask(
        http::Method::PUT,
        "/thing-groups/addThingToThingGroup",
        &body,
    );
    let group = "arn:aws:iot:eu-west-1:000000000000:thinggroup/team";
    let id =
        bench.deploy(group, &one("aws.greengrass.LogManager", "2.3.1"))["deploymentId"].clone();
    bench.settled(index, id.as_str().unwrap());
    let entry = fails(
        &mut bench,
        index,
        &one("aws.greengrass.LogManager", "2.3.2"),
    );
    assert_eq!(last_code(&entry), "COMPONENT_VERSION_REQUIREMENTS_NOT_MET");
    let reason = entry["reason"].as_str().unwrap();
    assert!(
        reason.contains("thinggroup/team requires =2.3.1"),
        "{reason}"
    );
}

#[test]
fn an_old_nucleus_reports_no_stack() {
    let mut bench = Bench::new(200, Scenario::AllWell);
    let cores = bench.service.fixed.cores;
    let index = (0..200)
        .find(|index| cores.nucleus(*index) == "2.7.0")
        .unwrap();
    let entry = fails(&mut bench, index, &one("com.plant.LineTelemetry", "9.0.0"));
    assert!(entry.get("statusDetails").is_none(), "{entry}");
    assert!(entry["reason"].is_string());
}

#[test]
fn another_minor_version_of_the_nucleus_must_be_asked_for() {
    let mut bench = Bench::new(60, Scenario::AllWell);
    let cores = bench.service.fixed.cores;
    let index = (0..60)
        .find(|index| cores.nucleus(*index) == "2.12.6" && !cores.deployed(*index))
        .unwrap();
    let mut newer = recipe("com.example.Newer", "1.0.0", &[]);
    newer["ComponentDependencies"] =
        json!({ "aws.greengrass.Nucleus": { "VersionRequirement": ">=2.14.0 <2.15.0" } });
    bench.publish(&newer);
    let entry = fails(&mut bench, index, &one("com.example.Newer", "1.0.0"));
    assert_eq!(
        last_code(&entry),
        "UNAUTHORIZED_NUCLEUS_MINOR_VERSION_UPDATE"
    );
    let target = bench.thing_arn(index);
    let both = json!({
        "com.example.Newer": { "componentVersion": "1.0.0" },
        "aws.greengrass.Nucleus": { "componentVersion": "2.14.3" },
    });
    let id = bench.deploy(&target, &both)["deploymentId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        bench.settled(index, &id)["coreDeviceExecutionStatus"],
        "COMPLETED"
    );
    let name = bench.core(index);
    assert_eq!(
        bench.get(&format!("/greengrass/v2/coreDevices/{name}"))["coreVersion"],
        "2.14.3"
    );
}
