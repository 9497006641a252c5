//! What the scenarios promise.

use http::Method;
use serde_json::Value;

use super::Bench;
use super::rollout::{reports, states};
use crate::settings::Scenario;

#[test]
fn scenarios_differ_as_they_say() {
    let mut slow = Bench::new(30, Scenario::SlowStart);
    slow.put_records(&slow.deployable());
    let bulk = slow.start();
    slow.pass(200);
    assert_eq!(slow.status(&bulk)["BulkDeploymentStatus"], "Initializing");
    slow.pass(45);
    assert_eq!(slow.status(&bulk)["BulkDeploymentStatus"], "Running");

    let small = Bench::new(30, Scenario::SmallPages);
    let page = small.get("/greengrass/groups?MaxResults=100");
    assert!(page["Groups"].as_array().unwrap().len() < 8);
    assert_eq!(small.all("/greengrass/groups", "Groups").len(), 30);

    let mut off = Bench::new(200, Scenario::CoresOff);
    off.put_records(&off.deployable());
    let bulk = off.start();
    off.finish(&bulk);
    off.pass(86_400);
    assert!(states(&reports(&off, &bulk))["InProgress"] > 20);

    let throttled = Bench::new(30, Scenario::Throttling);
    let refused = (0..20)
        .map(|_| throttled.ask(Method::GET, "/greengrass/groups", &Value::Null, None))
        .filter(|(status, body)| *status == 429 && body["Message"] == "Rate exceeded");
    assert_eq!(refused.count(), 4);
}

#[test]
fn prefixed_ids_are_given_and_taken() {
    let mut bench = Bench::new(120, Scenario::PrefixedIds);
    let groups = bench.deployable();
    assert!(
        groups
            .iter()
            .all(|(group, _)| group.starts_with("000000000000:"))
    );
    let bare = groups
        .iter()
        .map(|(group, version)| (group[13..].to_owned(), version.clone()));
    let both: Vec<_> = groups
        .iter()
        .take(20)
        .cloned()
        .chain(bare.skip(20))
        .collect();
    bench.put_records(&both);
    let bulk = bench.start();
    assert_eq!(
        bench.finish(&bulk)["BulkDeploymentMetrics"]["InvalidInputRecords"],
        0
    );
    let arn = reports(&bench, &bulk)[0]["GroupArn"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(arn.ends_with(&format!("/greengrass/groups/{}", both.last().unwrap().0)));
}
