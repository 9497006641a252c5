//! Calls that go wrong on their way.

use serde_json::{Value, json};

use super::map_runs::{line, wave};
use super::{BUCKET, Bench};
use crate::front::faults::{Fault, FaultKind};

fn wave_with(kind: FaultKind, times: u64) -> (Bench, Value) {
    let bench = Bench::new();
    bench.faults.add(Fault {
        operation: "CreateDeployment".to_owned(),
        kind,
        times: Some(times),
        after: 0,
    });
    bench.put("in/wave.jsonl", &line("fine-1"));
    let execution = bench.start(&wave(1), &json!({ "key": "in/wave.jsonl" }));
    bench.pass(10_000.0);
    let output: Value =
        serde_json::from_str(bench.look(&execution)["output"].as_str().unwrap()).unwrap();
    let details = &output["ResultWriterDetails"];
    assert_eq!(details["Bucket"], BUCKET);
    let key = details["Key"]
        .as_str()
        .unwrap()
        .replace("manifest", "SUCCEEDED_0");
    let told = bench.read(&key)[0]["Output"].as_str().unwrap().to_owned();
    (bench, serde_json::from_str(&told).unwrap())
}

#[test]
fn throttling_and_lost_connections_are_tried_again() {
    for kind in [FaultKind::Throttle, FaultKind::Reset] {
        let (bench, told) = wave_with(kind, 4);
        assert_eq!(told["status"], "COMPLETED");
        assert_eq!(bench.plant.calls("make fine-1"), 1);
        assert_eq!(bench.faults.calls("CreateDeployment"), 5);
    }
}

#[test]
fn an_answer_that_is_lost_is_asked_for_again() {
    let (bench, told) = wave_with(FaultKind::LostAnswer, 1);
    assert_eq!(told["status"], "COMPLETED");
    assert_eq!(bench.plant.calls("make fine-1"), 2);
}

#[test]
fn what_no_retry_is_for_is_told() {
    let (bench, told) = wave_with(FaultKind::ExpiredCredentials, 1);
    assert_eq!(told["status"], "NOT_MADE");
    assert_eq!(told["error"], "GreengrassV2.GreengrassV2Exception");
    assert_eq!(bench.plant.calls("make fine-1"), 0);
}

#[test]
fn tries_have_an_end() {
    let (bench, told) = wave_with(FaultKind::Throttle, 100);
    assert_eq!(told["error"], "GreengrassV2.ThrottlingException");
    assert_eq!(bench.faults.calls("CreateDeployment"), 6);
}
