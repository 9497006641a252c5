//! States without calls: data, choices, waits, branches, errors.

use serde_json::{Value, json};

use super::{Bench, states};

#[test]
fn data_goes_through_output_and_variables() {
    let definition = states(json!({
        "First": { "Type": "Pass", "Assign": { "sum": "{% $sum($states.input.numbers) %}" },
            "Output": { "kept": "{% $states.input.name %}", "plain": [1, "{%no", { "deep": "{% 1 + 1 %}" }] }, "Next": "Second" },
        "Second": { "Type": "Pass", "Output": "{% $merge([$states.input, { 'sum': $sum, 'in': $states.context.Execution.Input.name }]) %}", "End": true },
    }));
    let (status, output) =
        Bench::new().ended(&definition, &json!({ "name": "a", "numbers": [1, 2.5] }));
    assert_eq!(status, "SUCCEEDED");
    let expected =
        json!({ "kept": "a", "plain": [1, "{%no", { "deep": 2 }], "sum": 3.5, "in": "a" });
    assert_eq!(output, expected);
}

#[test]
fn an_expression_that_gives_nothing_ends_the_execution() {
    let definition = states(
        json!({ "Only": { "Type": "Pass", "Output": "{% $states.input.nothing %}", "End": true } }),
    );
    let (status, error) = Bench::new().ended(&definition, &json!({}));
    assert_eq!(
        (status.as_str(), &error["error"]),
        ("FAILED", &json!("States.QueryEvaluationError"))
    );
}

#[test]
fn the_functions_that_step_functions_adds_are_there_and_eval_is_not() {
    let output = |expression: &str| {
        let definition = states(
            json!({ "Only": { "Type": "Pass", "Output": format!("{{% {expression} %}}"), "End": true } }),
        );
        Bench::new()
            .ended(&definition, &json!({ "text": "{\"a\":[1]}" }))
            .1
    };
    assert_eq!(output("$parse($states.input.text).a"), json!([1]));
    assert_eq!(output("$partition([1,2,3], 2)"), json!([[1, 2], [3]]));
    assert_eq!(output("$range(0, 6, 3)"), json!([0, 3, 6]));
    assert_eq!(output("$length($uuid())"), json!(36));
    assert_eq!(
        output("$hash('a', 'SHA-256')"),
        json!("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")
    );
    assert_eq!(output("$eval('1')")["error"], "States.QueryEvaluationError");
}

#[test]
fn choices_are_taken_in_their_order() {
    let definition = states(json!({
        "Choose": { "Type": "Choice", "Choices": [
            { "Condition": "{% $states.input.n > 5 %}", "Next": "Big" },
            { "Condition": "{% $states.input.n > 3 %}", "Output": { "said": "middle" }, "Next": "Big" },
        ], "Default": "Small", "Output": "small" },
        "Big": { "Type": "Succeed" },
        "Small": { "Type": "Fail", "Error": "{% 'Too' & $uppercase($states.input) %}", "Cause": "small" },
    }));
    let end = |n: u32| Bench::new().ended(&definition, &json!({ "n": n }));
    assert_eq!(end(9), ("SUCCEEDED".to_owned(), json!({ "n": 9 })));
    assert_eq!(
        end(4),
        ("SUCCEEDED".to_owned(), json!({ "said": "middle" }))
    );
    assert_eq!(
        end(1),
        (
            "FAILED".to_owned(),
            json!({ "error": "TooSMALL", "cause": "small" })
        )
    );
}

#[test]
fn waiting_takes_simulated_time() {
    let bench = Bench::new();
    let definition = states(json!({
        "Wait": { "Type": "Wait", "Seconds": "{% $states.input.seconds %}", "Next": "Done" },
        "Done": { "Type": "Succeed" },
    }));
    let execution = bench.start(&definition, &json!({ "seconds": 600 }));
    bench.pass(599.0);
    assert_eq!(bench.look(&execution)["status"], "RUNNING");
    bench.pass(1.0);
    let seen = bench.look(&execution);
    assert_eq!(seen["status"], "SUCCEEDED");
    // Sixty simulated seconds a second.
    let took = seen["stopDate"].as_f64().unwrap() - seen["startDate"].as_f64().unwrap();
    assert!((took - 10.0).abs() < 1e-3, "{took}");
}

#[test]
fn a_loop_without_an_end_ends_at_the_longest_history() {
    let definition = states(json!({ "Round": { "Type": "Pass", "Next": "Round" } }));
    let (status, error) = Bench::new().ended(&definition, &json!({}));
    assert_eq!(
        (status.as_str(), &error["error"]),
        ("FAILED", &json!("States.Runtime"))
    );
}

#[test]
fn branches_and_inline_maps_gather_their_results_in_order() {
    let definition = states(json!({
        "Both": { "Type": "Parallel", "Branches": [
            { "StartAt": "Slow", "States": { "Slow": { "Type": "Wait", "Seconds": 9, "Output": "slow", "End": true } } },
            { "StartAt": "Quick", "States": { "Quick": { "Type": "Pass", "Output": "quick", "End": true } } },
        ], "Assign": { "outer": "o" }, "Next": "Each" },
        "Each": { "Type": "Map", "Items": "{% $states.input %}", "MaxConcurrency": 1,
            "ItemSelector": { "place": "{% $states.context.Map.Item.Index %}", "value": "{% $states.context.Map.Item.Value %}" },
            "ItemProcessor": { "StartAt": "Say", "States": { "Say": { "Type": "Pass",
                "Assign": { "outer": "changed" }, "Output": "{% $outer & $states.input.place & $states.input.value %}", "End": true } } },
            "Output": { "results": "{% $states.result %}", "outer": "{% $outer %}" }, "End": true },
    }));
    let (_, output) = Bench::new().ended(&definition, &json!({}));
    assert_eq!(
        output,
        json!({ "results": ["o0slow", "o1quick"], "outer": "o" })
    );
}

#[test]
fn an_error_in_a_branch_is_caught_above_it() {
    let definition = states(json!({
        "Both": { "Type": "Parallel", "Branches": [
            { "StartAt": "Slow", "States": { "Slow": { "Type": "Wait", "Seconds": 900, "End": true } } },
            { "StartAt": "Bad", "States": { "Bad": { "Type": "Fail", "Error": "Bad.Thing", "Cause": "why" } } },
        ], "Catch": [{ "ErrorEquals": ["States.ALL"], "Output": "{% $states.errorOutput %}", "Next": "Caught" }], "End": true },
        "Caught": { "Type": "Succeed" },
    }));
    let bench = Bench::new();
    let execution = bench.start(&definition, &json!({}));
    let seen = bench.look(&execution);
    assert_eq!(
        seen["status"], "SUCCEEDED",
        "the other branch is not waited for"
    );
    let output: Value = serde_json::from_str(seen["output"].as_str().unwrap()).unwrap();
    assert_eq!(output, json!({ "Error": "Bad.Thing", "Cause": "why" }));
}
