use http::Method;
use serde_json::{Value, json};

use super::Bench;
use crate::cloud::Service;
use crate::settings::Scenario;

const CREATE: &str = "/greengrass/v2/deployments";

fn cli() -> Value {
    json!({ "aws.greengrass.Cli": { "componentVersion": "2.9.0" } })
}

#[test]
fn a_thing_takes_its_deployment_and_the_earlier_one_is_replaced() {
    let mut bench = Bench::new(30, Scenario::AllWell);
    let target = bench.thing_arn(2);
    let before = bench.get(&format!("{CREATE}?targetArn={target}"))["deployments"][0].clone();
    let made = bench.deploy(&target, &cli());
    assert_eq!(
        made.as_object().unwrap().len(),
        1,
        "a thing's deployment has no job: {made}"
    );
    let id = made["deploymentId"].as_str().unwrap().to_owned();
    let whole = bench.get(&format!("{CREATE}/{id}"));
    assert_eq!(whole["deploymentStatus"], "ACTIVE");
    assert_eq!(whole["isLatestForTarget"], json!(true));
    assert_eq!(
        whole["deploymentPolicies"]["failureHandlingPolicy"],
        "ROLLBACK"
    );
    assert_eq!(
        bench.effective(2, &id).unwrap()["coreDeviceExecutionStatus"],
        "QUEUED"
    );
    let mut seen = vec!["QUEUED".to_owned()];
    for _ in 0..100 {
        let status = bench.effective(2, &id).unwrap()["coreDeviceExecutionStatus"].clone();
        let status = status.as_str().unwrap().to_owned();
        if seen.last() != Some(&status) {
            seen.push(status);
        }
        bench.pass(2);
    }
    assert_eq!(seen, ["QUEUED", "IN_PROGRESS", "COMPLETED"]);
    assert_eq!(
        bench.get(&format!("{CREATE}/{id}"))["deploymentStatus"],
        "COMPLETED"
    );
    if let Some(before) = before["deploymentId"].as_str() {
        let before = bench.get(&format!("{CREATE}/{before}"));
        assert_eq!(before["deploymentStatus"], "INACTIVE");
        assert_eq!(whole["revisionId"], "2");
        assert_eq!(
            bench
                .all(
                    &format!("{CREATE}?targetArn={target}&historyFilter=ALL"),
                    "deployments"
                )
                .len(),
            2
        );
    }
    let latest = bench.all(&format!("{CREATE}?targetArn={target}"), "deployments");
    assert_eq!(latest.len(), 1);
    assert_eq!(latest[0]["deploymentId"], id.as_str());
    let name = bench.core(2);
    let installed = bench.all(
        &format!("/greengrass/v2/coreDevices/{name}/installedComponents?topologyFilter=ALL"),
        "installedComponents",
    );
    let cli = installed
        .iter()
        .find(|found| found["componentName"] == "aws.greengrass.Cli")
        .unwrap();
    assert_eq!(
        (&cli["componentVersion"], &cli["isRoot"]),
        (&json!("2.9.0"), &json!(true))
    );
    let gone = installed
        .iter()
        .any(|found| found["componentName"] == "com.plant.LineTelemetry");
    assert!(!gone, "what a deployment leaves out is removed");
    let nucleus = installed
        .iter()
        .find(|found| found["componentName"] == "aws.greengrass.Nucleus")
        .unwrap();
    assert_eq!(nucleus["isRoot"], json!(false));
}

#[test]
fn deployments_survive_a_restart_in_the_middle_and_after_half_a_line() {
    let mut bench = Bench::new(20, Scenario::AllWell);
    let target = bench.thing_arn(4);
    let id = bench.deploy(&target, &cli())["deploymentId"]
        .as_str()
        .unwrap()
        .to_owned();
    bench.pass(16);
    assert_eq!(
        bench.effective(4, &id).unwrap()["coreDeviceExecutionStatus"],
        "IN_PROGRESS"
    );
    let journal = bench.folder.path().join("greengrassv2.jsonl");
    let mut text = std::fs::read(&journal).unwrap();
    text.extend_from_slice(b"{\"judged\":{\"depl");
    std::fs::write(&journal, text).unwrap();
    bench.restart();
    assert_eq!(
        bench.effective(4, &id).unwrap()["coreDeviceExecutionStatus"],
        "IN_PROGRESS"
    );
    assert_eq!(
        bench.settled(4, &id)["coreDeviceExecutionStatus"],
        "COMPLETED"
    );
    bench.restart();
    assert_eq!(bench.effective(4, &id).unwrap()["reason"], "SUCCESSFUL");
    bench.pass(130);
    assert!(!Service::busy(&bench.service, bench.now));
}

#[test]
fn a_client_token_makes_one_deployment() {
    let mut bench = Bench::new(20, Scenario::AllWell);
    let body = |version: &str| {
        json!({
            "targetArn": bench.thing_arn(1),
            "components": { "aws.greengrass.Cli": { "componentVersion": version } },
            "tags": { "run": "r1" },
            "clientToken": "run-1-0",
        })
    };
    let (one, other) = (body("2.9.0"), body("2.9.6"));
    let first = bench.post(CREATE, &one);
    bench.restart();
    assert_eq!(bench.post(CREATE, &one), first);
    let words = bench.refused(Method::POST, CREATE, &other);
    assert!(words.starts_with("ConflictException"), "{words}");
    let id = first["deploymentId"].as_str().unwrap();
    assert_eq!(
        bench.get(&format!("{CREATE}/{id}"))["tags"],
        json!({ "run": "r1" })
    );
    bench.pass(8 * 3_600 + 1);
    assert_ne!(
        bench.post(CREATE, &one),
        first,
        "remembered for eight hours"
    );
}

#[test]
fn what_cannot_be_deployed_is_refused() {
    let bench = Bench::new(20, Scenario::AllWell);
    let target = bench.thing_arn(1);
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut body = json!({ "targetArn": target, "components": cli() });
        change(&mut body);
        bench.refused(Method::POST, CREATE, &body)
    };
    let no_target = refused(&|body| body["targetArn"] = Value::Null);
    assert!(no_target.starts_with("ValidationException"), "{no_target}");
    let nobody = refused(&|body| body["targetArn"] = format!("{target}x").into());
    assert!(nobody.starts_with("ResourceNotFoundException"), "{nobody}");
    let foreign =
        refused(&|body| body["targetArn"] = "arn:aws:iot:us-east-1:000000000000:thing/x".into());
    assert!(foreign.starts_with("ValidationException"), "{foreign}");
    let version = refused(&|body| {
        body["components"]["aws.greengrass.Cli"]["componentVersion"] = "two".into()
    });
    assert!(version.contains("semantic version"), "{version}");
    let merge = refused(&|body| {
        body["components"]["aws.greengrass.Cli"]["configurationUpdate"] = json!({ "merge": "{" });
    });
    assert!(merge.contains("configurationUpdate.merge"), "{merge}");
    let reset = refused(&|body| {
        body["components"]["aws.greengrass.Cli"]["configurationUpdate"] = json!({ "reset": ["a"] });
    });
    assert!(reset.contains("JSON pointers"), "{reset}");
    let policy =
        refused(&|body| body["deploymentPolicies"] = json!({ "failureHandlingPolicy": "MAYBE" }));
    assert!(policy.contains("ROLLBACK, DO_NOTHING"), "{policy}");
    let token = refused(&|body| body["clientToken"] = "no spaces".into());
    assert!(token.contains("clientToken"), "{token}");
    let rate = refused(&|body| {
        body["iotJobConfiguration"] =
            json!({ "jobExecutionsRolloutConfig": { "maximumPerMinute": 1001 } });
    });
    assert!(rate.contains("maximumPerMinute"), "{rate}");
}

#[test]
fn dependent_actions_are_asked_for() {
    let bench = Bench::new(60, Scenario::AllWell);
    let group = "arn:aws:iot:eu-west-1:000000000000:thinggroup/canary";
    for (action, target) in [
        ("greengrass:CreateDeployment", bench.thing_arn(1)),
        ("iot:UpdateThingShadow", bench.thing_arn(1)),
        ("iot:CreateJob", group.to_owned()),
        ("iot:DescribeThingGroup", group.to_owned()),
    ] {
        bench.account().refused.insert(action.to_owned());
        let body = json!({ "targetArn": target, "components": cli() });
        let words = bench.refused(Method::POST, CREATE, &body);
        assert!(
            words.starts_with("AccessDeniedException") && words.contains(action),
            "{words}"
        );
        bench.account().refused.clear();
    }
}

#[test]
fn a_canceled_deployment_reaches_nobody_who_did_not_take_it() {
    let mut bench = Bench::new(20, Scenario::AllWell);
    let (early, late) = (bench.thing_arn(5), bench.thing_arn(6));
    let taken = bench.deploy(&early, &cli())["deploymentId"]
        .as_str()
        .unwrap()
        .to_owned();
    bench.pass(16);
    let waiting = bench.deploy(&late, &cli())["deploymentId"]
        .as_str()
        .unwrap()
        .to_owned();
    for id in [&taken, &waiting] {
        assert_eq!(
            bench.post(&format!("{CREATE}/{id}/cancel"), &Value::Null)["message"],
            "SUCCESS"
        );
    }
    bench.pass(300);
    assert_eq!(
        bench.effective(5, &taken).unwrap()["coreDeviceExecutionStatus"],
        "COMPLETED"
    );
    assert_eq!(
        bench.effective(6, &waiting).unwrap()["coreDeviceExecutionStatus"],
        "CANCELED"
    );
    let again = bench.refused(
        Method::POST,
        &format!("{CREATE}/{waiting}/cancel"),
        &Value::Null,
    );
    assert!(again.starts_with("ConflictException"), "{again}");
    let (status, _) = bench.ask(Method::DELETE, &format!("{CREATE}/{waiting}"), &Value::Null);
    assert_eq!(status, 204);
    let gone = bench.refused(Method::GET, &format!("{CREATE}/{waiting}"), &Value::Null);
    assert!(gone.starts_with("ResourceNotFoundException"), "{gone}");
    let before = bench.all(&format!("{CREATE}?targetArn={late}"), "deployments");
    assert!(
        before
            .iter()
            .all(|seen| seen["isLatestForTarget"] == json!(true))
    );
    assert!(
        bench
            .all(&format!("{CREATE}?targetArn={late}x"), "deployments")
            .is_empty()
    );
}

#[test]
fn a_thing_that_is_no_core_device_can_be_a_target_and_never_takes_it() {
    let mut bench = Bench::new(5, Scenario::AllWell);
    bench.post("/things/planned-gw-1", &json!({}));
    let target = "arn:aws:iot:eu-west-1:000000000000:thing/planned-gw-1";
    let id = bench.deploy(target, &cli())["deploymentId"]
        .as_str()
        .unwrap()
        .to_owned();
    bench.pass(86_400);
    assert_eq!(
        bench.get(&format!("{CREATE}/{id}"))["deploymentStatus"],
        "ACTIVE"
    );
}

#[test]
fn the_list_goes_on_where_it_was_while_deployments_are_made() {
    let bench = Bench::new(40, Scenario::AllWell);
    let first = bench.get(&format!("{CREATE}?maxResults=10"));
    let token = first["nextToken"].as_str().unwrap();
    let next = |token: &str| {
        bench.get(&format!("{CREATE}?maxResults=10&nextToken={token}"))["deployments"].clone()
    };
    let before = next(token);
    let made_for = before[3]["targetArn"].as_str().unwrap();
    bench.post("/things/another-thing", &json!({}));
    bench.deploy(
        "arn:aws:iot:eu-west-1:000000000000:thing/another-thing",
        &cli(),
    );
    assert_eq!(next(token), before, "{made_for}");
}
