//! Machines and executions as their callers see them.

use serde_json::json;

use super::{BUCKET, Bench, allowed, machine, states};

fn idle() -> serde_json::Value {
    states(json!({ "Wait": { "Type": "Wait", "Seconds": 60, "End": true } }))
}

#[test]
fn a_machine_is_made_once_changed_shown_tagged_and_deleted() {
    let bench = Bench::new();
    let mut asked = machine("press", &idle());
    asked["tags"] = json!([{ "key": "run", "value": "1" }]);
    let arn = "arn:aws:states:eu-west-1:000000000000:stateMachine:press";
    let made = bench.get("CreateStateMachine", &asked);
    assert_eq!(made["stateMachineArn"], arn);
    assert_eq!(
        bench.get("CreateStateMachine", &asked),
        made,
        "the same again is the same machine"
    );
    let other = machine("press", &states(json!({ "Done": { "Type": "Succeed" } })));
    assert_eq!(
        bench.ask("CreateStateMachine", &other).unwrap_err().0,
        "StateMachineAlreadyExists"
    );

    let tags = bench.get("ListTagsForResource", &json!({ "resourceArn": arn }));
    assert_eq!(tags["tags"], json!([{ "key": "run", "value": "1" }]));
    let changed = json!({ "stateMachineArn": arn, "definition": other["definition"] });
    bench.get("UpdateStateMachine", &changed);
    let seen = bench.get("DescribeStateMachine", &json!({ "stateMachineArn": arn }));
    assert_eq!(seen["definition"], other["definition"]);
    assert_eq!(
        bench.get("ListStateMachines", &json!({}))["stateMachines"][0]["name"],
        "press"
    );
    bench.get("DeleteStateMachine", &json!({ "stateMachineArn": arn }));
    let gone = bench.ask("DescribeStateMachine", &json!({ "stateMachineArn": arn }));
    assert_eq!(gone.unwrap_err().0, "StateMachineDoesNotExist");
}

#[test]
fn what_is_not_interpreted_is_refused() {
    let bench = Bench::new();
    let refused = |definition: &serde_json::Value| {
        let found = bench.get(
            "ValidateStateMachineDefinition",
            &json!({ "definition": definition.to_string() }),
        );
        let asked = bench
            .ask("CreateStateMachine", &machine("m", definition))
            .unwrap_err();
        assert_eq!(
            (found["result"].as_str(), asked.0.as_str()),
            (Some("FAIL"), "InvalidDefinition")
        );
        asked.1
    };
    assert!(
        refused(&json!({ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }))
            .contains("JSONata")
    );
    let nowhere = states(json!({ "A": { "Type": "Pass", "Next": "B" } }));
    assert!(refused(&nowhere).contains("MISSING_TRANSITION_TARGET"));
    let unreadable = states(json!({ "A": { "Type": "Pass", "Output": "{% 1 + %}", "End": true } }));
    assert!(refused(&unreadable).contains("INVALID_JSONATA"));
    let elsewhere = states(
        json!({ "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true } }),
    );
    assert!(refused(&elsewhere).contains("lambda"));
    let paths = states(json!({ "A": { "Type": "Pass", "InputPath": "$.a", "End": true } }));
    assert!(refused(&paths).contains("InputPath"));
    let mut bounded = idle();
    bounded["TimeoutSeconds"] = json!(60);
    assert!(refused(&bounded).contains("TimeoutSeconds"));
    let fine = json!({ "definition": idle().to_string() });
    assert_eq!(
        bench.get("ValidateStateMachineDefinition", &fine)["result"],
        "OK"
    );
}

#[test]
fn a_role_that_step_functions_may_not_have_is_refused() {
    let bench = Bench::new();
    bench.role("ForLambda", "lambda.amazonaws.com", &allowed());
    bench.role("TooNew", "states.amazonaws.com", &allowed());
    for name in ["ForLambda", "TooNew", "Missing"] {
        let mut asked = machine("m", &idle());
        asked["roleArn"] = json!(format!("arn:aws:iam::000000000000:role/{name}"));
        let (code, words) = bench.ask("CreateStateMachine", &asked).unwrap_err();
        assert_eq!(code, "AccessDeniedException");
        assert!(words.contains("states.amazonaws.com"), "{words}");
    }
}

#[test]
fn an_execution_started_twice_is_one_and_another_input_is_refused() {
    let bench = Bench::new();
    let made = bench.get("CreateStateMachine", &machine("m", &idle()));
    let asked = |input: &str| json!({ "stateMachineArn": made["stateMachineArn"], "name": "wave-1", "input": input });
    let first = bench.get("StartExecution", &asked("{\"a\":1}"));
    assert_eq!(bench.get("StartExecution", &asked("{ \"a\": 1 }")), first);
    assert_eq!(
        bench.ask("StartExecution", &asked("{}")).unwrap_err().0,
        "ExecutionAlreadyExists"
    );
    bench.pass(61.0);
    let again = bench
        .ask("StartExecution", &asked("{\"a\":1}"))
        .unwrap_err();
    assert_eq!(
        again.0, "ExecutionAlreadyExists",
        "an execution that has ended is not started again"
    );
    let listed = json!({ "stateMachineArn": made["stateMachineArn"], "statusFilter": "SUCCEEDED" });
    assert_eq!(
        bench.get("ListExecutions", &listed)["executions"][0]["name"],
        "wave-1"
    );
}

#[test]
fn a_stopped_execution_says_why_and_its_history_shows_its_course() {
    let bench = Bench::new();
    let execution = bench.start(&idle(), &json!({}));
    bench.pass(10.0);
    bench.get(
        "StopExecution",
        &json!({ "executionArn": execution, "error": "Held", "cause": "by hand" }),
    );
    let seen = bench.look(&execution);
    assert_eq!(
        (&seen["status"], &seen["cause"]),
        (&json!("ABORTED"), &json!("by hand"))
    );
    let history = bench.get("GetExecutionHistory", &json!({ "executionArn": execution }));
    let kinds: Vec<&str> = history["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"]
    );
    assert_eq!(
        history["events"][1]["stateEnteredEventDetails"]["name"],
        "Wait"
    );
    assert_eq!(history["events"][1]["previousEventId"], 1);
    let page = json!({ "executionArn": execution, "reverseOrder": true, "maxResults": 2 });
    let page = bench.get("GetExecutionHistory", &page);
    assert_eq!(page["events"][0]["type"], "ExecutionAborted");
    let rest =
        json!({ "executionArn": execution, "reverseOrder": true, "nextToken": page["nextToken"] });
    assert_eq!(
        bench.get("GetExecutionHistory", &rest)["events"][0]["type"],
        "ExecutionStarted"
    );
}

#[test]
fn executions_go_on_after_a_restart() {
    let bench = Bench::new();
    let definition = states(json!({
        "Wait": { "Type": "Wait", "Seconds": 60, "Assign": { "kept": 7 }, "Next": "Done" },
        "Done": { "Type": "Pass", "Output": "{% $kept %}", "End": true },
    }));
    let execution = bench.start(&definition, &json!({ "bucket": BUCKET }));
    bench.pass(30.0);
    let bench = bench.restarted();
    assert_eq!(
        bench.look(&execution)["status"],
        "RUNNING",
        "time stood still meanwhile"
    );
    bench.pass(31.0);
    assert_eq!(bench.look(&execution)["output"], "7");
}
