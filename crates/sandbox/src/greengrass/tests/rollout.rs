//! Bulk deployments from start to end.

use std::collections::{BTreeMap, HashSet};

use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Bench;
use crate::cloud::Service;
use crate::settings::Scenario;

pub(super) fn reports(bench: &Bench, bulk: &str) -> Vec<Value> {
    bench.all(&format!("{bulk}/detailed-reports"), "Deployments")
}

pub(super) fn states(reports: &[Value]) -> BTreeMap<String, usize> {
    reports.iter().fold(BTreeMap::new(), |mut states, report| {
        *states
            .entry(report["DeploymentStatus"].as_str().unwrap().to_owned())
            .or_default() += 1;
        states
    })
}

#[test]
fn all_goes_well() {
    let mut bench = Bench::new(60, Scenario::AllWell);
    let groups = bench.deployable();
    assert_eq!(groups.len(), 60);
    bench.put_records(&groups);
    let bulk = bench.start();
    assert!(bench.service.busy(bench.now));
    let status = bench.status(&bulk);
    assert_eq!(status["BulkDeploymentStatus"], "Initializing");
    assert_eq!(status["tags"], json!({"run": "r-1"}));
    bench.pass(10);
    let status = bench.status(&bulk);
    assert_eq!(status["BulkDeploymentStatus"], "Running");
    let some = status["BulkDeploymentMetrics"]["RecordsProcessed"]
        .as_u64()
        .unwrap();
    assert!((1..60).contains(&some));
    let running = reports(&bench, &bulk);
    assert_eq!(u64::try_from(running.len()).unwrap(), some);
    assert_eq!(running[0]["DeploymentStatus"], "Building");

    let status = bench.finish(&bulk);
    assert_eq!(status["BulkDeploymentStatus"], "Completed");
    assert_eq!(
        status["BulkDeploymentMetrics"],
        json!({"InvalidInputRecords": 0, "RecordsProcessed": 60, "RetryAttempts": 0})
    );
    assert!(!bench.service.busy(bench.now));
    // Completed says that all were attempted, not that all have ended.
    assert!(states(&reports(&bench, &bulk)).contains_key("InProgress"));
    bench.pass(200);
    assert_eq!(
        states(&reports(&bench, &bulk)),
        BTreeMap::from([("Success".to_owned(), 60)])
    );
}

#[test]
fn a_mixed_fleet_ends_in_every_way() {
    let mut bench = Bench::new(500, Scenario::Mixed);
    let mut groups = bench.deployable();
    groups.push(("no-such-group".to_owned(), "v".to_owned()));
    groups.push((groups[0].0.clone(), groups[1].1.clone()));
    bench.put_records(&groups);
    let forbidden = bench.all("/greengrass/groups", "Groups")[20]["Arn"]
        .as_str()
        .unwrap()
        .to_owned();
    bench
        .account
        .lock()
        .unwrap()
        .forbidden
        .insert(forbidden.clone());
    let bulk = bench.start();
    let status = bench.finish(&bulk);
    bench.pass(300);
    let all = reports(&bench, &bulk);
    assert_eq!(all.len(), groups.len());
    assert_eq!(
        status["BulkDeploymentMetrics"]["RecordsProcessed"],
        groups.len()
    );
    assert!(
        status["BulkDeploymentMetrics"]["RetryAttempts"]
            .as_u64()
            .unwrap()
            > 0
    );

    let invalid: Vec<&Value> = all
        .iter()
        .filter(|report| report["DeploymentId"].is_null())
        .collect();
    assert_eq!(
        status["BulkDeploymentMetrics"]["InvalidInputRecords"],
        invalid.len()
    );
    assert_eq!(
        invalid[0]["ErrorMessage"]
            .as_str()
            .unwrap()
            .split(" of ")
            .next(),
        Some(format!("Version {}", groups[1].1).as_str())
    );
    assert_eq!(
        invalid[1]["ErrorMessage"],
        "That group definition does not exist."
    );
    let denied = invalid
        .iter()
        .find(|report| report["GroupArn"] == forbidden)
        .unwrap();
    assert!(
        denied["ErrorMessage"]
            .as_str()
            .unwrap()
            .contains("greengrass:CreateDeployment")
    );
    assert_eq!(denied["ErrorDetails"][0]["DetailedErrorCode"], "403");
    let texts = |report: &&&Value| {
        report["ErrorMessage"]
            .as_str()
            .unwrap()
            .contains("Core in this Group")
    };
    assert!(invalid.iter().filter(texts).count() >= 1);

    let states = states(&all);
    assert_eq!(states.values().sum::<usize>(), groups.len());
    assert!(
        states["InProgress"] >= 3 && states["Failure"] >= 25,
        "{states:?}"
    );
    let failed = all
        .iter()
        .filter(|report| report["DeploymentStatus"] == "Failure");
    let messages: HashSet<&str> = failed
        .map(|report| report["ErrorMessage"].as_str().unwrap())
        .collect();
    assert!(
        messages.iter().all(|message| !message.contains('{')),
        "{messages:?}"
    );
    // The same is told group by group.
    let one = all
        .iter()
        .find(|report| {
            report["DeploymentStatus"] == "Failure" && report["DeploymentId"].is_string()
        })
        .unwrap();
    let group = one["GroupArn"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap();
    let listed = bench.get(&format!("/greengrass/groups/{group}/deployments"));
    assert_eq!(
        listed["Deployments"][0]["DeploymentId"],
        one["DeploymentId"]
    );
    let deployment = one["DeploymentId"].as_str().unwrap();
    let status = bench.get(&format!(
        "/greengrass/groups/{group}/deployments/{deployment}/status"
    ));
    assert_eq!(status["ErrorMessage"], one["ErrorMessage"]);
    assert_eq!(status["DeploymentStatus"], "Failure");
}

#[test]
fn trying_the_failed_again_mends_some() {
    let mut bench = Bench::new(500, Scenario::Mixed);
    bench.put_records(&bench.deployable());
    let bulk = bench.start();
    bench.finish(&bulk);
    bench.pass(300);
    let failed_groups = |bench: &Bench, bulk: &str| -> HashSet<String> {
        let all = reports(bench, bulk);
        let failed = all.iter().filter(|report| {
            report["DeploymentStatus"] == "Failure" && report["DeploymentId"].is_string()
        });
        failed
            .map(|report| {
                report["GroupArn"]
                    .as_str()
                    .unwrap()
                    .rsplit('/')
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    let failed = failed_groups(&bench, &bulk);
    let again: Vec<(String, String)> = bench
        .deployable()
        .into_iter()
        .filter(|(group, _)| failed.contains(group))
        .collect();
    assert_eq!(again.len(), failed.len());
    bench.put_records(&again);
    let second = bench.start();
    bench.restart();
    bench.finish(&second);
    bench.pass(300);
    let still = failed_groups(&bench, &second);
    assert!(
        !still.is_empty() && still.len() < failed.len(),
        "{} of {}",
        still.len(),
        failed.len()
    );
    // What the first one showed stays as it was.
    assert_eq!(failed_groups(&bench, &bulk), failed);
}

#[test]
fn stopping_leaves_the_rest_unattempted() {
    let mut bench = Bench::new(200, Scenario::AllWell);
    bench.put_records(&bench.deployable());
    let bulk = bench.start();
    bench.pass(15);
    let at_stop = bench.status(&bulk)["BulkDeploymentMetrics"]["RecordsProcessed"].clone();
    let stop = || bench.ask(Method::PUT, &format!("{bulk}/$stop"), &Value::Null, None);
    assert_eq!(stop(), (200, json!({})));
    assert_eq!(stop(), (200, json!({})));
    bench.pass(500);
    let status = bench.status(&bulk);
    assert_eq!(status["BulkDeploymentStatus"], "Stopped");
    assert_eq!(status["BulkDeploymentMetrics"]["RecordsProcessed"], at_stop);
    let states = states(&reports(&bench, &bulk));
    assert_eq!(states.keys().collect::<Vec<_>>(), ["Success"]);
}

#[test]
fn a_restart_in_the_middle_changes_nothing() {
    let run = |restart: bool| {
        let mut bench = Bench::new(300, Scenario::Mixed);
        bench.put_records(&bench.deployable());
        let bulk = bench.start();
        for _ in 0..30 {
            bench.pass(7);
            bench.status(&bulk);
            if restart {
                bench.restart();
            }
        }
        (bench.status(&bulk), reports(&bench, &bulk))
    };
    assert_eq!(run(true), run(false));
}

#[test]
fn what_was_refused_stays_refused_after_a_restart() {
    let mut bench = Bench::new(30, Scenario::AllWell);
    bench.put_records(&bench.deployable());
    let bulk = bench.start();
    let second = bench.all("/greengrass/groups", "Groups")[1]["Arn"]
        .as_str()
        .unwrap()
        .to_owned();
    bench
        .account
        .lock()
        .unwrap()
        .forbidden
        .insert(second.clone());
    bench.pass(12);
    let before = bench.status(&bulk);
    assert_eq!(before["BulkDeploymentMetrics"]["InvalidInputRecords"], 1);
    // The policy is mended, but that record had its turn.
    bench.account.lock().unwrap().forbidden.remove(&second);
    bench.restart();
    assert_eq!(bench.status(&bulk), before);
}

#[test]
fn pages_of_reports_stay_while_it_grows() {
    let mut bench = Bench::new(200, Scenario::AllWell);
    bench.put_records(&bench.deployable());
    let bulk = bench.start();
    bench.pass(25);
    let path = format!("{bulk}/detailed-reports?MaxResults=10");
    let first = bench.get(&path);
    let token = first["NextToken"].as_str().unwrap().to_owned();
    let second = bench.get(&format!("{path}&NextToken={token}"));
    bench.pass(5);
    let later = bench.get(&format!("{path}&NextToken={token}"));
    let ids = |page: &Value| -> Vec<Value> {
        page["Deployments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|report| report["DeploymentId"].clone())
            .collect()
    };
    assert_eq!(ids(&second), ids(&later));
    assert_ne!(ids(&first), ids(&bench.get(&path)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// At any sequence of instants: nothing goes back, sums are right, terminal states stay.
    #[test]
    fn a_rollout_only_goes_forward(steps in prop::collection::vec(0..30_i64, 5..25)) {
        let mut bench = Bench::new(80, Scenario::Mixed);
        let groups = bench.deployable();
        bench.put_records(&groups);
        let bulk = bench.start();
        let mut before = (0, BTreeMap::<String, String>::new());
        for step in steps {
            bench.pass(step);
            let metrics = bench.status(&bulk)["BulkDeploymentMetrics"].clone();
            let processed = metrics["RecordsProcessed"].as_u64().unwrap();
            prop_assert!(processed >= before.0 && processed <= groups.len() as u64);
            let all = reports(&bench, &bulk);
            prop_assert_eq!(all.len() as u64, processed);
            prop_assert_eq!(states(&all).values().sum::<usize>() as u64, processed);
            let rank = |state: &str| ["Building", "InProgress", "Failure", "Success"].iter().position(|name| *name == state).unwrap();
            let now: BTreeMap<String, String> = all
                .iter()
                .filter_map(|report| Some((report["DeploymentId"].as_str()?.to_owned(), report["DeploymentStatus"].as_str()?.to_owned())))
                .collect();
            for (id, state) in &before.1 {
                let then = rank(state);
                let held = if then >= 2 { &now[id] == state } else { rank(&now[id]) >= then };
                prop_assert!(held);
            }
            before = (processed, now);
        }
    }
}
