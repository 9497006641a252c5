use http::Method;
use serde_json::{Value, json};

use super::Bench;
use crate::settings::Scenario;

fn group(name: &str) -> String {
    format!("arn:aws:iot:eu-west-1:000000000000:thinggroup/{name}")
}

/// A group of the first devices.
fn gather(bench: &Bench, name: &str, count: u32) {
    bench.post(&format!("/thing-groups/{name}"), &json!({}));
    for index in 0..count {
        add(bench, name, index);
    }
}

fn add(bench: &Bench, name: &str, index: u32) {
    let body = json!({ "thingGroupName": name, "thingName": bench.core(index) });
    let (status, answer) = bench.ask(Method::PUT, "/thing-groups/addThingToThingGroup", &body);
    assert_eq!(status, 200, "{answer}");
}

fn report(bench: &Bench) -> Value {
    let components = json!({ "com.plant.HealthReport": { "componentVersion": "1.0.0" } });
    bench.deploy(&group("team"), &components)
}

#[test]
fn a_group_deployment_is_a_job_with_executions() {
    let mut bench = Bench::new(50, Scenario::AllWell);
    gather(&bench, "team", 12);
    let made = report(&bench);
    let (id, job) = (
        made["deploymentId"].as_str().unwrap(),
        made["iotJobId"].as_str().unwrap(),
    );
    assert_eq!(
        made["iotJobArn"],
        format!("arn:aws:iot:eu-west-1:000000000000:job/{job}")
    );
    let details = |bench: &Bench| bench.get(&format!("/jobs/{job}"))["job"].clone();
    assert_eq!(details(&bench)["status"], "IN_PROGRESS");
    bench.pass(300);
    let done = details(&bench);
    assert_eq!(done["jobProcessDetails"]["numberOfSucceededThings"], 12);
    assert_eq!(done["targets"], json!([group("team")]));
    let executions = bench.all(
        &format!("/jobs/{job}/things?maxResults=5&status=SUCCEEDED"),
        "executionSummaries",
    );
    assert_eq!(executions.len(), 12);
    let one = bench.get(&format!("/things/{}/jobs/{job}", bench.core(0)));
    assert_eq!(one["execution"]["status"], "SUCCEEDED");
    assert_eq!(
        bench.effective(0, id).unwrap()["coreDeviceExecutionStatus"],
        "SUCCEEDED"
    );
    let whole = bench.get(&format!("/greengrass/v2/deployments/{id}"));
    assert_eq!(
        (&whole["deploymentStatus"], &whole["iotJobId"]),
        (&json!("ACTIVE"), &json!(job))
    );
}

#[test]
fn who_joins_later_gets_the_deployment_too() {
    let mut bench = Bench::new(50, Scenario::AllWell);
    gather(&bench, "team", 2);
    let id = report(&bench)["deploymentId"].as_str().unwrap().to_owned();
    bench.pass(300);
    assert!(bench.effective(7, &id).is_none());
    add(&bench, "team", 7);
    assert_eq!(
        bench.settled(7, &id)["coreDeviceExecutionStatus"],
        "SUCCEEDED"
    );
}

#[test]
fn a_rate_tells_devices_one_after_the_other() {
    let mut bench = Bench::new(50, Scenario::AllWell);
    gather(&bench, "team", 10);
    let body = json!({
        "targetArn": group("team"),
        "components": { "com.plant.HealthReport": { "componentVersion": "1.0.0" } },
        "iotJobConfiguration": { "jobExecutionsRolloutConfig": { "maximumPerMinute": 2 } },
    });
    let job = bench.post("/greengrass/v2/deployments", &body)["iotJobId"]
        .as_str()
        .unwrap()
        .to_owned();
    bench.pass(61);
    let told = bench
        .all(&format!("/jobs/{job}/things"), "executionSummaries")
        .len();
    assert_eq!(told, 3, "two a minute, the first at once");
    bench.pass(600);
    assert_eq!(
        bench
            .all(&format!("/jobs/{job}/things"), "executionSummaries")
            .len(),
        10
    );
}

#[test]
fn a_rate_grows_with_devices_told() {
    let mut bench = Bench::new(50, Scenario::AllWell);
    gather(&bench, "team", 10);
    let body = json!({
        "targetArn": group("team"),
        "components": {},
        "iotJobConfiguration": { "jobExecutionsRolloutConfig": { "maximumPerMinute": 60, "exponentialRate": {
            "baseRatePerMinute": 1, "incrementFactor": 5, "rateIncreaseCriteria": { "numberOfNotifiedThings": 2 },
        } } },
    });
    let job = bench.post("/greengrass/v2/deployments", &body)["iotJobId"]
        .as_str()
        .unwrap()
        .to_owned();
    let told = |bench: &Bench| {
        bench
            .all(&format!("/jobs/{job}/things"), "executionSummaries")
            .len()
    };
    bench.pass(119);
    assert_eq!(told(&bench), 2);
    bench.pass(26);
    assert!((4..10).contains(&told(&bench)), "{}", told(&bench));
}

#[test]
fn too_many_failures_abort_the_job() {
    let mut bench = Bench::new(50, Scenario::AllWell);
    gather(&bench, "team", 20);
    let body = json!({
        "targetArn": group("team"),
        "components": { "com.plant.Nowhere": { "componentVersion": "1.0.0" } },
        "iotJobConfiguration": {
            "jobExecutionsRolloutConfig": { "maximumPerMinute": 4 },
            "abortConfig": { "criteriaList": [
                { "failureType": "FAILED", "action": "CANCEL", "thresholdPercentage": 50.0, "minNumberOfExecutedThings": 3 },
            ] },
        },
    });
    let made = bench.post("/greengrass/v2/deployments", &body);
    bench.pass(3_600);
    let job = made["iotJobId"].as_str().unwrap();
    let job = bench.get(&format!("/jobs/{job}"))["job"].clone();
    assert_eq!(
        (&job["status"], &job["reasonCode"]),
        (&json!("CANCELED"), &json!("ABORT_CRITERIA_MET"))
    );
    let failed = job["jobProcessDetails"]["numberOfFailedThings"]
        .as_u64()
        .unwrap();
    assert!((3..15).contains(&failed), "{failed}");
    let id = made["deploymentId"].as_str().unwrap();
    assert_eq!(
        bench.get(&format!("/greengrass/v2/deployments/{id}"))["deploymentStatus"],
        "CANCELED"
    );
}

#[test]
fn a_short_time_for_work_times_out() {
    let mut bench = Bench::new(300, Scenario::AllWell);
    let body = json!({
        "targetArn": group("site-rotterdam"),
        "components": { "com.plant.HealthReport": { "componentVersion": "1.0.0" } },
        "iotJobConfiguration": { "timeoutConfig": { "inProgressTimeoutInMinutes": 1 } },
    });
    let job = bench.post("/greengrass/v2/deployments", &body)["iotJobId"]
        .as_str()
        .unwrap()
        .to_owned();
    bench.pass(600);
    let counts = bench.get(&format!("/jobs/{job}"))["job"]["jobProcessDetails"].clone();
    assert!(
        counts["numberOfTimedOutThings"].as_u64().unwrap() > 0,
        "{counts}"
    );
    assert!(
        counts["numberOfSucceededThings"].as_u64().unwrap() > 0,
        "{counts}"
    );
}

#[test]
fn a_job_is_canceled_with_its_deployment_and_a_revision_replaces_it() {
    let mut bench = Bench::new(50, Scenario::AllWell);
    gather(&bench, "team", 3);
    let first = report(&bench);
    let job = first["iotJobId"].as_str().unwrap();
    // Time for all to be told, not for anyone to take it.
    bench.pass(1);
    let (status, _) = bench.ask(Method::PUT, &format!("/jobs/{job}/cancel"), &json!({}));
    assert_eq!(status, 200);
    bench.pass(60);
    assert_eq!(
        bench.get(&format!("/jobs/{job}"))["job"]["jobProcessDetails"]["numberOfCanceledThings"],
        3
    );
    let second = report(&bench);
    let third = report(&bench);
    bench.pass(300);
    let status = |made: &Value| {
        let id = made["deploymentId"].as_str().unwrap();
        bench.get(&format!("/greengrass/v2/deployments/{id}"))["deploymentStatus"].clone()
    };
    assert_eq!(
        [status(&first), status(&second), status(&third)],
        ["CANCELED", "INACTIVE", "ACTIVE"]
    );
}

#[test]
fn subdeployments_stay_with_their_parent() {
    let bench = Bench::new(50, Scenario::AllWell);
    gather(&bench, "team", 3);
    let body = |parent: &str| {
        json!({
            "targetArn": group("team"),
            "parentTargetArn": group(parent),
            "components": {},
        })
    };
    bench.post("/greengrass/v2/deployments", &body("canary"));
    let path = format!(
        "/greengrass/v2/deployments?parentTargetArn={}",
        group("canary")
    );
    assert_eq!(bench.all(&path, "deployments").len(), 1);
    bench.post("/thing-groups/other", &json!({}));
    let words = bench.refused(Method::POST, "/greengrass/v2/deployments", &body("other"));
    assert!(words.contains("bound to another parent"), "{words}");
}

#[test]
fn groups_are_made_described_nested_and_deleted() {
    let bench = Bench::new(50, Scenario::AllWell);
    gather(&bench, "team", 2);
    bench.post("/thing-groups/inner", &json!({ "parentGroupName": "team" }));
    add(&bench, "inner", 5);
    bench.post(
        "/thing-groups/innermost",
        &json!({ "parentGroupName": "inner" }),
    );
    let below = |query: &str| {
        bench
            .all(
                &format!("/thing-groups?parentGroup=team{query}"),
                "thingGroups",
            )
            .len()
    };
    assert_eq!((below("&recursive=false"), below("")), (1, 2));
    assert_eq!(bench.all("/thing-groups/team/things", "things").len(), 2);
    assert_eq!(
        bench
            .all("/thing-groups/team/things?recursive=true", "things")
            .len(),
        3
    );
    let described = bench.get("/thing-groups/inner");
    assert_eq!(described["thingGroupMetadata"]["parentGroupName"], "team");
    let words = bench.refused(Method::DELETE, "/thing-groups/team", &Value::Null);
    assert!(words.contains("child groups"), "{words}");
    for name in ["innermost", "inner", "team"] {
        let (status, _) = bench.ask(
            Method::DELETE,
            &format!("/thing-groups/{name}"),
            &Value::Null,
        );
        assert_eq!(status, 200);
    }
    let words = bench.refused(Method::GET, "/thing-groups/team", &Value::Null);
    assert!(words.starts_with("ResourceNotFoundException"), "{words}");
    let body = json!({ "thingGroupName": "canary", "thingName": "nobody" });
    let words = bench.refused(Method::PUT, "/thing-groups/addThingToThingGroup", &body);
    assert!(words.contains("nobody"), "{words}");
}

#[test]
fn a_device_that_leaves_a_group_is_out_of_it() {
    let bench = Bench::new(100, Scenario::AllWell);
    let thing = bench.all("/thing-groups/canary/things", "things")[0].clone();
    let body = json!({ "thingGroupName": "canary", "thingName": thing });
    let (status, _) = bench.ask(
        Method::PUT,
        "/thing-groups/removeThingFromThingGroup",
        &body,
    );
    assert_eq!(status, 200);
    assert!(
        !bench
            .all("/thing-groups/canary/things", "things")
            .contains(&thing)
    );
}
