use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use super::Bench;
use crate::settings::Scenario;

/// Deploys to every device by itself and says how each ended, after ten minutes.
fn rollout(bench: &mut Bench, components: &Value) -> Vec<Value> {
    let count = bench.settings.groups;
    let ids: Vec<String> = (0..count)
        .map(|index| {
            let made = bench.deploy(&bench.thing_arn(index), components);
            made["deploymentId"].as_str().unwrap().to_owned()
        })
        .collect();
    bench.pass(600);
    (0..count)
        .zip(&ids)
        .map(|(index, id)| bench.effective(index, id).unwrap())
        .collect()
}

fn counts(ends: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for end in ends {
        let status = end["coreDeviceExecutionStatus"]
            .as_str()
            .unwrap()
            .to_owned();
        *counts.entry(status).or_default() += 1;
    }
    counts
}

fn report() -> Value {
    json!({ "com.plant.HealthReport": { "componentVersion": "1.1.0" } })
}

#[test]
fn all_is_well_where_it_says_so() {
    let mut bench = Bench::new(200, Scenario::AllWell);
    assert_eq!(counts(&rollout(&mut bench, &report()))["COMPLETED"], 200);
}

#[test]
fn about_one_in_twelve_fails_in_a_mixed_fleet_for_several_reasons() {
    let mut bench = Bench::new(600, Scenario::Mixed);
    let ends = rollout(&mut bench, &report());
    let counts = counts(&ends);
    assert!((25..75).contains(&counts["FAILED"]), "{counts:?}");
    assert!(
        (3..9).contains(&counts["QUEUED"]),
        "one in a hundred is off: {counts:?}"
    );
    let stacks: std::collections::BTreeSet<String> = ends
        .iter()
        .filter_map(|end| Some(end.pointer("/statusDetails/errorStack")?.to_string()))
        .collect();
    assert!(stacks.len() >= 5, "{stacks:?}");
    let words: Vec<&str> = ends
        .iter()
        .filter_map(|end| end["reason"].as_str())
        .collect();
    assert!(
        words
            .iter()
            .any(|words| words.starts_with("FAILED_ROLLBACK_COMPLETE"))
    );
    assert!(
        words
            .iter()
            .any(|words| words.starts_with("FAILED_NO_STATE_CHANGE"))
    );
}

#[test]
fn another_try_helps_what_passes_and_a_revision_what_lasts() {
    let mut bench = Bench::new(600, Scenario::Mixed);
    let failed = |ends: &[Value]| counts(ends).get("FAILED").copied().unwrap_or(0);
    let first = rollout(&mut bench, &report());
    let again = rollout(&mut bench, &report());
    let other = json!({ "com.plant.LineTelemetry": { "componentVersion": "1.0.0" } });
    let revised = rollout(&mut bench, &other);
    let (first, again, revised) = (failed(&first), failed(&again), failed(&revised));
    assert!(again < first && again > 0, "{first} {again}");
    assert!(revised * 2 < first, "{first} {revised}");
}

#[test]
fn cores_that_are_off_stay_queued_for_ever() {
    let mut bench = Bench::new(400, Scenario::CoresOff);
    let ends = rollout(&mut bench, &report());
    let queued = counts(&ends)["QUEUED"];
    assert!((50..120).contains(&queued), "{queued}");
    let off = ends
        .iter()
        .position(|end| end["coreDeviceExecutionStatus"] == "QUEUED")
        .unwrap();
    let name = bench.core(u32::try_from(off).unwrap());
    let core = bench.get(&format!("/greengrass/v2/coreDevices/{name}"));
    assert_eq!(core["status"], "HEALTHY", "what is off looks healthy");
    let told = core["lastStatusUpdateTimestamp"].as_f64().unwrap() * 1_000.0;
    assert!(told < (bench.now - 86_400_000) as f64);
}

#[test]
fn throttling_refuses_each_fifth_call_and_what_is_too_fast() {
    let mut bench = Bench::new(10, Scenario::Throttling);
    let ask = |bench: &Bench| {
        bench
            .ask(Method::GET, "/greengrass/v2/coreDevices", &Value::Null)
            .0
    };
    let calls: Vec<u16> = (0..10).map(|_| ask(&bench)).collect();
    assert_eq!(calls.iter().filter(|status| **status == 429).count(), 2);
    let many: Vec<u16> = (0..60)
        .map(|_| {
            bench
                .ask(Method::GET, "/greengrass/v2/components", &Value::Null)
                .0
        })
        .collect();
    assert!(
        many.iter().filter(|status| **status == 200).count() < 30,
        "30 a second in all"
    );
    bench.pass(2);
    assert_eq!(ask(&bench), 200);
}

#[test]
fn small_pages_are_small_everywhere() {
    let bench = Bench::new(30, Scenario::SmallPages);
    let names = bench.core(1);
    let paths = [
        (
            "/greengrass/v2/coreDevices?maxResults=100".to_owned(),
            "coreDevices",
        ),
        (
            "/greengrass/v2/components?scope=PUBLIC".to_owned(),
            "components",
        ),
        ("/greengrass/v2/deployments".to_owned(), "deployments"),
        (
            format!("/greengrass/v2/coreDevices/{names}/installedComponents"),
            "installedComponents",
        ),
        ("/things".to_owned(), "things"),
    ];
    for (path, member) in paths {
        assert!(
            bench.get(&path)[member].as_array().unwrap().len() <= 7,
            "{path}"
        );
    }
    assert_eq!(bench.all("/things", "things").len(), 30);
}

#[test]
fn a_slow_start_lets_groups_and_components_wait() {
    let mut bench = Bench::new(100, Scenario::SlowStart);
    let group = "arn:aws:iot:eu-west-1:000000000000:thinggroup/canary";
    let job = bench.deploy(group, &report())["iotJobId"]
        .as_str()
        .unwrap()
        .to_owned();
    bench.pass(200);
    assert!(
        bench
            .all(&format!("/jobs/{job}/things"), "executionSummaries")
            .is_empty()
    );
    bench.pass(60);
    assert!(
        !bench
            .all(&format!("/jobs/{job}/things"), "executionSummaries")
            .is_empty()
    );
}

#[test]
fn equal_settings_give_equal_ends() {
    let ends = || {
        let mut bench = Bench::new(100, Scenario::Mixed);
        let all = rollout(&mut bench, &report());
        all.into_iter()
            .map(|end| end.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(ends(), ends());
}
