//! Map runs over items in S3, as a wave is carried out.

use serde_json::{Value, json};

use super::{BUCKET, Bench, allowed, machine, states};

/// A wave's machine in short: make, wait, look, judge, tell.
pub(super) fn wave(concurrency: u64) -> Value {
    let integration = |name: &str| format!("arn:aws:states:::{name}");
    let retry = json!([{ "ErrorEquals": ["GreengrassV2.ThrottlingException", "GreengrassV2.SdkClientException"],
        "IntervalSeconds": 2, "BackoffRate": 2, "MaxAttempts": 5, "MaxDelaySeconds": 60, "JitterStrategy": "FULL" }]);
    states(json!({ "Devices": {
        "Type": "Map", "Label": "Devices", "MaxConcurrency": concurrency, "ToleratedFailurePercentage": 100,
        "ItemReader": { "Resource": integration("s3:getObject"), "ReaderConfig": { "InputType": "JSONL" },
            "Arguments": { "Bucket": BUCKET, "Key": "{% $states.input.key %}" } },
        "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
            "StartAt": "Make",
            "States": {
                "Make": { "Type": "Task", "Resource": integration("aws-sdk:greengrassv2:createDeployment"),
                    "Arguments": "{% $states.input.request %}",
                    "Assign": { "thing": "{% $states.input.thingName %}", "id": "{% $states.result.DeploymentId %}", "waited": 0 },
                    "Retry": retry,
                    "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Tell", "Output": {
                        "thing": "{% $states.input.thingName %}", "status": "NOT_MADE", "error": "{% $states.errorOutput.Error %}",
                        "cause": "{% $states.errorOutput.Cause %}" } }],
                    "Next": "Settle" },
                "Settle": { "Type": "Wait", "Seconds": 30, "Assign": { "waited": "{% $waited + 30 %}" }, "Next": "Look" },
                "Look": { "Type": "Task", "Resource": integration("aws-sdk:greengrassv2:listEffectiveDeployments"),
                    "Arguments": { "CoreDeviceThingName": "{% $thing %}", "MaxResults": 100 },
                    "Output": "{% ( $seen := ($states.result.EffectiveDeployments[DeploymentId = $id])[0]; { 'thing': $thing, \
                        'status': $exists($seen) ? $seen.CoreDeviceExecutionStatus : 'UNKNOWN', 'reason': $seen.Reason, \
                        'since': $seen.CreationTimestamp, 'errorStack': $seen.StatusDetails.ErrorStack[] } ) %}",
                    "Retry": retry, "Next": "Judge" },
                "Judge": { "Type": "Choice", "Choices": [{ "Next": "Tell",
                    "Condition": "{% $states.input.status in ['COMPLETED', 'FAILED'] or $waited >= 300 %}" }], "Default": "Settle" },
                "Tell": { "Type": "Succeed" },
            },
        },
        "ResultWriter": { "Resource": integration("s3:putObject"), "Arguments": { "Bucket": BUCKET, "Prefix": "out" } },
        "End": true,
    } }))
}

pub(super) fn line(thing: &str) -> String {
    let request = json!({
        "TargetArn": format!("arn:aws:iot:eu-west-1:000000000000:thing/{thing}"),
        "Components": { "com.plant": { "ComponentVersion": "1.0.0" } },
        "ClientToken": format!("token-{thing}"),
    });
    format!("{}\n", json!({ "thingName": thing, "request": request }))
}

fn put_wave(bench: &Bench, things: impl IntoIterator<Item = String>) -> Value {
    let text: String = things.into_iter().map(|thing| line(&thing)).collect();
    bench.put("in/wave.jsonl", &text);
    json!({ "key": "in/wave.jsonl" })
}

fn map_run(bench: &Bench, execution: &str) -> Value {
    let listed = bench.get("ListMapRuns", &json!({ "executionArn": execution }));
    let arn = listed["mapRuns"][0]["mapRunArn"].clone();
    bench.get("DescribeMapRun", &json!({ "mapRunArn": arn }))
}

/// The outputs by thing, from the files that the manifest names.
fn outcomes(bench: &Bench, execution: &str, kind: &str) -> Vec<Value> {
    let output: Value =
        serde_json::from_str(bench.look(execution)["output"].as_str().unwrap()).unwrap();
    let manifest = bench.read(output["ResultWriterDetails"]["Key"].as_str().unwrap());
    assert_eq!(manifest["MapRunArn"], output["MapRunArn"]);
    let Some(file) = manifest["ResultFiles"][kind].get(0) else {
        return Vec::new();
    };
    let told = bench.read(file["Key"].as_str().unwrap());
    let mut outcomes: Vec<Value> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|child| match child["Output"].as_str() {
            Some(output) => serde_json::from_str(output).unwrap(),
            None => child.clone(),
        })
        .collect();
    outcomes.sort_by_key(|outcome| outcome["thing"].to_string());
    outcomes
}

#[test]
fn a_wave_makes_watches_and_tells() {
    let bench = Bench::new();
    let input = put_wave(
        &bench,
        ["bad-1", "busy-1", "fine-1", "gone-1", "off-1"].map(str::to_owned),
    );
    let execution = bench.start(&wave(5), &input);
    bench.pass(20.0);
    let running = map_run(&bench, &execution);
    assert_eq!(running["status"], "RUNNING");
    assert_eq!(
        (&running["itemCounts"]["total"], &running["maxConcurrency"]),
        (&json!(5), &json!(5))
    );
    bench.pass(1_000.0);
    let over = map_run(&bench, &execution);
    assert_eq!(
        (&over["status"], &over["itemCounts"]["succeeded"]),
        (&json!("SUCCEEDED"), &json!(5))
    );
    assert_eq!(over["itemCounts"]["resultsWritten"], 5);

    let told = outcomes(&bench, &execution, "SUCCEEDED");
    let statuses: Vec<&str> = told
        .iter()
        .map(|one| one["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        statuses,
        [
            "FAILED",
            "COMPLETED",
            "COMPLETED",
            "NOT_MADE",
            "IN_PROGRESS"
        ]
    );
    assert_eq!(
        told[0]["errorStack"],
        json!(["DEPLOYMENT_FAILURE", "IO_ERROR"])
    );
    assert_eq!(told[0]["reason"], "FAILED_ROLLBACK_COMPLETE: no disk");
    assert_eq!(told[2].get("reason"), None, "what has no value is left out");
    assert_eq!(told[2]["since"], "2026-11-21T20:00:00.500Z");
    assert_eq!(told[3]["error"], "GreengrassV2.ResourceNotFoundException");
    assert!(
        told[3]["cause"]
            .as_str()
            .unwrap()
            .contains("Status Code: 404")
    );
    assert_eq!(
        bench.plant.calls("make busy-1"),
        3,
        "two refusals for throttling"
    );
    assert_eq!(bench.plant.calls("make gone-1"), 1);
    assert_eq!(bench.plant.calls("look off-1"), 10, "every 30 s for 300 s");
}

#[test]
fn no_more_run_at_once_than_asked_and_the_number_can_be_changed() {
    let bench = Bench::new();
    let input = put_wave(&bench, (0..40).map(|number| format!("off-{number}")));
    let execution = bench.start(&wave(5), &input);
    bench.pass(60.0);
    let counts = |name: &str| {
        map_run(&bench, &execution)["itemCounts"][name]
            .as_u64()
            .unwrap()
    };
    assert_eq!((counts("running"), counts("pending")), (5, 35));
    let arn = map_run(&bench, &execution)["mapRunArn"].clone();
    bench.get(
        "UpdateMapRun",
        &json!({ "mapRunArn": arn, "maxConcurrency": 12 }),
    );
    assert_eq!((counts("running"), counts("pending")), (12, 28));
    let listed = json!({ "mapRunArn": arn, "statusFilter": "RUNNING", "maxResults": 10 });
    let page = bench.get("ListExecutions", &listed);
    assert_eq!(page["executions"].as_array().unwrap().len(), 10);
    assert!(page["nextToken"].is_string());
    bench.pass(10_000.0);
    assert_eq!((counts("running"), counts("succeeded")), (0, 40));
    let refused = bench.ask(
        "UpdateMapRun",
        &json!({ "mapRunArn": arn, "maxConcurrency": 1 }),
    );
    assert_eq!(refused.unwrap_err().0, "ValidationException");
}

#[test]
fn a_stopped_wave_keeps_what_was_made_and_makes_no_more() {
    let bench = Bench::new();
    let input = put_wave(&bench, (0..40).map(|number| format!("off-{number}")));
    let execution = bench.start(&wave(5), &input);
    bench.pass(60.0);
    bench.get("StopExecution", &json!({ "executionArn": execution }));
    bench.pass(10_000.0);
    let over = map_run(&bench, &execution);
    assert_eq!(over["status"], "ABORTED");
    assert_eq!(
        (
            &over["itemCounts"]["aborted"],
            &over["itemCounts"]["pending"]
        ),
        (&json!(5), &json!(35))
    );
    assert_eq!(bench.plant.made.lock().unwrap().len(), 5);
    let listed = json!({ "mapRunArn": over["mapRunArn"], "statusFilter": "ABORTED" });
    let children = bench.get("ListExecutions", &listed);
    let child = &children["executions"][0]["executionArn"];
    let child = bench.get("DescribeExecution", &json!({ "executionArn": child }));
    assert_eq!(
        (&child["status"], &child["mapRunArn"]),
        (&json!("ABORTED"), &over["mapRunArn"])
    );
}

#[test]
fn a_wave_goes_on_after_a_restart() {
    let bench = Bench::new();
    let input = put_wave(&bench, (0..12).map(|number| format!("fine-{number:02}")));
    let execution = bench.start(&wave(5), &input);
    bench.pass(100.0);
    let before = map_run(&bench, &execution)["itemCounts"].clone();
    assert!(before["succeeded"].as_u64().unwrap() > 0, "{before}");
    let bench = bench.restarted();
    assert_eq!(map_run(&bench, &execution)["itemCounts"], before);
    bench.pass(10_000.0);
    assert_eq!(outcomes(&bench, &execution, "SUCCEEDED").len(), 12);
    assert_eq!(bench.plant.calls("make fine-00"), 1);
}

#[test]
fn a_wave_goes_on_after_a_kill_from_where_it_was_last_written_down() {
    let bench = Bench::new();
    let input = put_wave(&bench, (0..12).map(|number| format!("fine-{number:02}")));
    let execution = bench.start(&wave(5), &input);
    // Nothing but the start is written down yet.
    bench.pass(100.0);
    assert!(
        map_run(&bench, &execution)["itemCounts"]["succeeded"]
            .as_u64()
            .unwrap()
            > 0
    );
    let bench = bench.killed();
    bench.pass(20.0);
    bench.states.save().unwrap();
    bench.pass(100.0);
    assert!(
        map_run(&bench, &execution)["itemCounts"]["succeeded"]
            .as_u64()
            .unwrap()
            > 0
    );
    let bench = bench.killed();
    bench.pass(10_000.0);
    let told = outcomes(&bench, &execution, "SUCCEEDED");
    let things: Vec<String> = told.iter().map(|one| one["thing"].to_string()).collect();
    let mut once = things.clone();
    once.dedup();
    assert_eq!(
        (things.len(), once.len()),
        (12, 12),
        "each device is told once"
    );
}

#[test]
fn a_child_is_shown_while_it_runs_and_after() {
    let bench = Bench::new();
    let input = put_wave(&bench, ["fine-1".to_owned()]);
    let execution = bench.start(&wave(5), &input);
    bench.pass(20.0);
    let arn = map_run(&bench, &execution)["mapRunArn"].clone();
    let children = bench.get("ListExecutions", &json!({ "mapRunArn": arn }));
    let child = children["executions"][0].clone();
    assert_eq!(
        (&child["status"], &child["itemCount"]),
        (&json!("RUNNING"), &json!(1))
    );
    assert_eq!(
        child["stateMachineArn"],
        "arn:aws:states:eu-west-1:000000000000:stateMachine:m/Devices"
    );
    bench.pass(10_000.0);
    let asked = json!({ "executionArn": child["executionArn"] });
    let seen = bench.get("DescribeExecution", &asked);
    assert_eq!(seen["status"], "SUCCEEDED");
    assert!(seen["input"].as_str().unwrap().contains("token-fine-1"));
    let events = bench.get("GetExecutionHistory", &asked)["events"].clone();
    let kinds: Vec<&str> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds[..6],
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSucceeded",
            "TaskStateExited"
        ]
    );
    assert_eq!(
        events[2]["taskScheduledEventDetails"]["resource"],
        "createDeployment"
    );
    assert_eq!(
        events[2]["taskScheduledEventDetails"]["resourceType"],
        "aws-sdk:greengrassv2"
    );
}

#[test]
fn too_many_failures_end_the_run_and_are_written() {
    let bench = Bench::new();
    let mut definition = wave(1);
    definition["States"]["Devices"]["ToleratedFailurePercentage"] = json!(20);
    definition["States"]["Devices"]["ItemProcessor"]["States"]["Make"]["Catch"] = json!([]);
    let input = put_wave(
        &bench,
        ["fine-1", "gone-1", "gone-2", "fine-2", "fine-3"].map(str::to_owned),
    );
    let execution = bench.start(&definition, &input);
    bench.pass(10_000.0);
    assert_eq!(
        bench.look(&execution)["error"],
        "States.ExceedToleratedFailureThreshold"
    );
    let over = map_run(&bench, &execution);
    assert_eq!(
        (&over["status"], &over["itemCounts"]["failed"]),
        (&json!("FAILED"), &json!(2))
    );
    assert_eq!(over["itemCounts"]["pending"], 2);
}

#[test]
fn arguments_in_the_service_s_own_spelling_are_refused() {
    let bench = Bench::new();
    let line = json!({ "thingName": "fine-1", "request": { "targetArn": "arn:aws:iot:eu-west-1:0:thing/fine-1" } });
    bench.put("in/wave.jsonl", &line.to_string());
    let execution = bench.start(&wave(1), &json!({ "key": "in/wave.jsonl" }));
    bench.pass(10_000.0);
    let told = outcomes(&bench, &execution, "FAILED");
    assert_eq!(told[0]["Error"], "States.Runtime");
    assert!(
        told[0]["Cause"]
            .as_str()
            .unwrap()
            .contains("not supported by Step Functions")
    );
}

#[test]
fn what_the_role_may_not_do_ends_in_an_error() {
    for (without, error) in [
        ("states:StartExecution", "States.Permissions"),
        ("s3:GetObject", "States.ItemReaderFailed"),
        ("s3:PutObject", "States.ResultWriterFailed"),
    ] {
        let bench = Bench::new();
        let input = put_wave(&bench, ["fine-1".to_owned()]);
        let mut policy = allowed();
        policy["Statement"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "Effect": "Deny", "Action": without, "Resource": "*" }));
        bench.role("Less", "states.amazonaws.com", &policy);
        bench.pass(20.0);
        let mut asked = machine("less", &wave(1));
        asked["roleArn"] = json!("arn:aws:iam::000000000000:role/Less");
        let made = bench.get("CreateStateMachine", &asked);
        let started =
            json!({ "stateMachineArn": made["stateMachineArn"], "input": input.to_string() });
        let execution = bench.get("StartExecution", &started)["executionArn"].clone();
        bench.pass(10_000.0);
        assert_eq!(
            bench.look(execution.as_str().unwrap())["error"],
            error,
            "{without}"
        );
    }
}

#[test]
fn a_file_that_is_missing_empty_or_broken_fails_the_run() {
    let bench = Bench::new();
    bench.put("empty", "\n");
    bench.put("broken", "{}\n{\n");
    for key in ["missing", "empty", "broken"] {
        let made = bench.get("CreateStateMachine", &machine(key, &wave(1)));
        let started = json!({ "stateMachineArn": made["stateMachineArn"], "input": json!({ "key": key }).to_string() });
        let execution = bench.get("StartExecution", &started)["executionArn"].clone();
        bench.pass(100.0);
        let seen = bench.look(execution.as_str().unwrap());
        assert_eq!(seen["error"], "States.ItemReaderFailed", "{key}");
    }
}

#[test]
fn without_a_writer_the_outputs_are_the_result_in_the_order_of_items() {
    let definition = states(json!({ "Each": {
        "Type": "Map", "Items": "{% $states.input.items %}", "MaxConcurrency": 2,
        "ItemSelector": { "place": "{% $states.context.Map.Item.Index %}", "item": "{% $states.context.Map.Item.Value %}" },
        "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "Wait",
            "States": { "Wait": { "Type": "Wait", "Seconds": "{% 10 - 3 * $states.input.place %}", "End": true } } },
        "End": true } }));
    let (status, output) = Bench::new().ended(&definition, &json!({ "items": ["a", "b", "c"] }));
    assert_eq!(status, "SUCCEEDED");
    assert_eq!(output[2], json!({ "place": 2, "item": "c" }));
}
