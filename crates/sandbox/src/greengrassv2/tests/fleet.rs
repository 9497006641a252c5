use std::collections::HashSet;

use http::Method;
use serde_json::{Value, json};

use super::Bench;
use crate::settings::Scenario;

#[test]
fn the_fleet_is_listed_page_by_page_and_each_device_is_found_again() {
    let bench = Bench::new(130, Scenario::AllWell);
    let all = bench.all("/greengrass/v2/coreDevices?maxResults=50", "coreDevices");
    let names: HashSet<&str> = all
        .iter()
        .map(|core| core["coreDeviceThingName"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 130);
    for name in names.iter().take(20) {
        let core = bench.get(&format!("/greengrass/v2/coreDevices/{name}"));
        assert_eq!(core["coreDeviceThingName"], *name);
        assert!(core["coreVersion"].as_str().unwrap().starts_with("2."));
        assert_eq!(core["status"], "HEALTHY");
        assert!(core["lastStatusUpdateTimestamp"].is_f64());
        let thing = bench.get(&format!("/things/{name}"));
        assert_eq!(
            thing["thingArn"],
            format!("arn:aws:iot:eu-west-1:000000000000:thing/{name}")
        );
    }
    for wrong in ["rotterdam-gw-99999", "x", ""] {
        let (status, _) = bench.ask(
            Method::GET,
            &format!("/greengrass/v2/coreDevices/{wrong}x"),
            &Value::Null,
        );
        assert_eq!(status, 404);
    }
}

#[test]
fn pages_have_the_asked_size_and_tokens_of_other_lists_are_refused() {
    let bench = Bench::new(60, Scenario::AllWell);
    let page = bench.get("/greengrass/v2/coreDevices?maxResults=7");
    assert_eq!(page["coreDevices"].as_array().unwrap().len(), 7);
    let token = page["nextToken"].as_str().unwrap();
    let words = bench.refused(
        Method::GET,
        &format!("/things?nextToken={token}"),
        &Value::Null,
    );
    assert!(words.contains("nextToken is invalid"), "{words}");
    let words = bench.refused(
        Method::GET,
        "/greengrass/v2/coreDevices?maxResults=101",
        &Value::Null,
    );
    assert!(words.starts_with("ValidationException"), "{words}");
}

#[test]
fn thing_groups_hold_their_devices() {
    let bench = Bench::new(500, Scenario::AllWell);
    let groups = bench.all("/thing-groups", "thingGroups");
    assert!(groups.iter().any(|group| group["groupName"] == "canary"));
    assert_eq!(groups.len(), 17);
    let mut members = 0;
    for group in &groups {
        let name = group["groupName"].as_str().unwrap();
        let things = bench.all(
            &format!("/thing-groups/{name}/things?maxResults=13"),
            "things",
        );
        if name != "canary" {
            members += things.len();
        }
        let arn = group["groupArn"].as_str().unwrap();
        let path = format!("/greengrass/v2/coreDevices?thingGroupArn={arn}&maxResults=100");
        assert_eq!(bench.all(&path, "coreDevices").len(), things.len());
        let first = things[0].as_str().unwrap();
        let of_thing = bench.all(&format!("/things/{first}/thing-groups"), "thingGroups");
        assert!(of_thing.iter().any(|known| known["groupName"] == name));
    }
    assert!(
        (430..445).contains(&members),
        "seven devices in eight: {members}"
    );
}

#[test]
fn most_devices_have_a_deployment_and_what_it_installed() {
    let bench = Bench::new(40, Scenario::AllWell);
    let list = bench.all("/greengrass/v2/deployments", "deployments");
    let things = list
        .iter()
        .filter(|entry| entry["targetArn"].as_str().unwrap().contains(":thing/"));
    assert_eq!(things.clone().count(), 30);
    let mut times: Vec<f64> = list
        .iter()
        .map(|entry| entry["creationTimestamp"].as_f64().unwrap())
        .collect();
    times.reverse();
    assert!(times.is_sorted(), "newest first");
    for entry in things.take(5) {
        let id = entry["deploymentId"].as_str().unwrap();
        let whole = bench.get(&format!("/greengrass/v2/deployments/{id}"));
        assert_eq!(whole["deploymentStatus"], "COMPLETED");
        assert_eq!(whole["revisionId"], "1");
        let name = whole["targetArn"]
            .as_str()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap();
        let installed = bench.all(
            &format!("/greengrass/v2/coreDevices/{name}/installedComponents?topologyFilter=ROOT"),
            "installedComponents",
        );
        for (component, wanted) in whole["components"].as_object().unwrap() {
            let found = installed
                .iter()
                .find(|found| found["componentName"] == *component)
                .unwrap();
            assert_eq!(found["componentVersion"], wanted["componentVersion"]);
            assert_eq!(found["isRoot"], json!(true));
        }
        let effective = bench.all(
            &format!("/greengrass/v2/coreDevices/{name}/effectiveDeployments"),
            "effectiveDeployments",
        );
        let own = effective
            .iter()
            .find(|entry| entry["deploymentId"] == id)
            .unwrap();
        assert_eq!(own["coreDeviceExecutionStatus"], "COMPLETED");
    }
}

#[test]
fn a_large_fleet_costs_no_more_than_it_is_asked() {
    let bench = Bench::new(700_000, Scenario::Mixed);
    let page = bench.get("/greengrass/v2/coreDevices?maxResults=100");
    assert_eq!(page["coreDevices"].as_array().unwrap().len(), 100);
    let name = bench.core(699_999);
    assert_eq!(
        bench.get(&format!("/greengrass/v2/coreDevices/{name}"))["coreDeviceThingName"],
        name
    );
}

#[test]
fn a_deleted_core_device_is_gone_and_its_thing_stays() {
    let bench = Bench::new(10, Scenario::AllWell);
    let name = bench.core(3);
    let (status, _) = bench.ask(
        Method::DELETE,
        &format!("/greengrass/v2/coreDevices/{name}"),
        &Value::Null,
    );
    assert_eq!(status, 204);
    assert_eq!(
        bench.all("/greengrass/v2/coreDevices", "coreDevices").len(),
        9
    );
    let words = bench.refused(
        Method::GET,
        &format!("/greengrass/v2/coreDevices/{name}"),
        &Value::Null,
    );
    assert!(words.starts_with("ResourceNotFoundException"));
    assert_eq!(bench.get(&format!("/things/{name}"))["thingName"], name);
}
