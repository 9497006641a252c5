//! What StartBulkDeployment refuses, and what makes a bulk deployment fail.

use http::Method;
use serde_json::{Value, json};

use super::{Bench, ROLE, start_body};
use crate::cloud::{AssumeFailure, ObjectFailure};
use crate::settings::Scenario;

fn bench() -> Bench {
    let bench = Bench::new(40, Scenario::AllWell);
    bench.put_records(&bench.deployable());
    bench
}

fn refusal(bench: &Bench) -> (u16, String) {
    let (status, body) = bench.try_start(None);
    (status, body["Message"].as_str().unwrap().to_owned())
}

#[test]
fn the_callers_rights_are_asked_for() {
    for action in ["greengrass:StartBulkDeployment", "iam:PassRole"] {
        let bench = bench();
        bench
            .account
            .lock()
            .unwrap()
            .refused
            .insert(action.to_owned());
        let (status, message) = refusal(&bench);
        assert_eq!(status, 403);
        assert!(
            message.contains(&format!("is not authorized to perform: {action}")),
            "{message}"
        );
    }
}

#[test]
fn the_role_must_be_assumable() {
    let bench = bench();
    bench.account.lock().unwrap().assumes = Err(AssumeFailure::NotVisibleYet);
    let (status, message) = refusal(&bench);
    assert_eq!(status, 400);
    assert!(
        message.contains("is not authorized to assume the execution role"),
        "{message}"
    );
    // Nothing was begun, so nothing is in the way of the next try.
    bench.account.lock().unwrap().assumes = Ok(());
    bench.start();
}

#[test]
fn the_object_must_be_readable() {
    let failures = [
        (ObjectFailure::AccessDenied, "s3:GetObject"),
        (ObjectFailure::NoSuchBucket, "bucket does not exist"),
        (ObjectFailure::NoSuchKey, "key does not exist"),
        (
            ObjectFailure::WrongRegion {
                region: "us-east-2".to_owned(),
            },
            "us-east-2",
        ),
        (ObjectFailure::KmsEncrypted, "SSE-KMS"),
    ];
    for (failure, said) in failures {
        let bench = bench();
        bench.account.lock().unwrap().object = Err(failure);
        let (status, message) = refusal(&bench);
        assert_eq!(status, 400);
        assert!(message.contains(said), "{message}");
    }
}

#[test]
fn a_role_that_may_deploy_nothing_is_refused() {
    let bench = bench();
    let arns = bench.all("/greengrass/groups", "Groups").into_iter();
    let arns: Vec<String> = arns
        .map(|group| group["Arn"].as_str().unwrap().to_owned())
        .collect();
    bench
        .account
        .lock()
        .unwrap()
        .forbidden
        .extend(arns.iter().cloned());
    let (status, message) = refusal(&bench);
    assert_eq!(status, 400);
    assert!(message.contains("greengrass:CreateDeployment"), "{message}");
    bench.account.lock().unwrap().forbidden.remove(&arns[39]);
    bench.start();
}

#[test]
fn parameters_are_checked() {
    let bench = bench();
    for (member, value) in [
        ("ExecutionRoleArn", Value::Null),
        ("InputFileUri", Value::Null),
        ("InputFileUri", json!("bucket/key")),
        ("tags", json!({"aws:x": "y"})),
    ] {
        let mut body = start_body();
        body[member] = value;
        let (status, answer) = bench.ask(Method::POST, "/greengrass/bulk/deployments", &body, None);
        assert_eq!(status, 400, "{member}: {answer}");
    }
    for token in ["", "x".repeat(65).as_str()] {
        assert_eq!(bench.try_start(Some(token)).0, 400);
    }
}

#[test]
fn a_client_token_names_one_request() {
    let mut bench = bench();
    let (_, first) = bench.try_start(Some("token-1"));
    assert_eq!(bench.try_start(Some("token-1")), (200, first.clone()));
    let mut other = start_body();
    other["tags"] = json!({"run": "r-2"});
    let (status, answer) = bench.ask(
        Method::POST,
        "/greengrass/bulk/deployments",
        &other,
        Some("token-1"),
    );
    assert_eq!(status, 400, "{answer}");
    bench.restart();
    assert_eq!(bench.try_start(Some("token-1")), (200, first));
    assert_eq!(
        bench
            .all("/greengrass/bulk/deployments", "BulkDeployments")
            .len(),
        1
    );
}

#[test]
fn one_at_a_time_stopping_included() {
    let mut bench = bench();
    let first = bench.start();
    for seconds in [0, 8, 1] {
        bench.pass(seconds);
        let (status, message) = refusal(&bench);
        assert_eq!(status, 400);
        assert!(message.contains("Concurrent Deployment Error"), "{message}");
    }
    let (status, _) = bench.ask(Method::PUT, &format!("{first}/$stop"), &Value::Null, None);
    assert_eq!(status, 200);
    assert_eq!(bench.status(&first)["BulkDeploymentStatus"], "Stopping");
    assert!(refusal(&bench).1.contains("Stopping"));
    bench.pass(4);
    assert_eq!(bench.status(&first)["BulkDeploymentStatus"], "Stopped");
    bench.start();
}

#[test]
fn a_bad_line_fails_the_bulk_deployment_after_initializing() {
    for (line, message) in [
        (
            "{\"GroupId\":\"g\"}",
            "InvalidInputFile: Missing GroupVersionId at line number: 1",
        ),
        ("oops", "Failed to parse input file at line number: 1"),
        ("", "InvalidInputFile: The file has no records."),
    ] {
        let mut bench = bench();
        bench.put_input(line);
        let bulk = bench.start();
        assert_eq!(bench.status(&bulk)["BulkDeploymentStatus"], "Initializing");
        assert_eq!(bench.status(&bulk)["ErrorMessage"], Value::Null);
        bench.pass(8);
        bench.restart();
        let status = bench.status(&bulk);
        assert_eq!(status["BulkDeploymentStatus"], "Failed");
        assert_eq!(status["ErrorMessage"], message);
        assert_eq!(status["ErrorDetails"][0]["DetailedErrorCode"], "400");
        assert_eq!(status["ErrorDetails"][0]["DetailedErrorMessage"], message);
        assert!(
            bench
                .all(&format!("{bulk}/detailed-reports"), "Deployments")
                .is_empty()
        );
        assert_eq!(
            bench
                .ask(Method::PUT, &format!("{bulk}/$stop"), &Value::Null, None)
                .0,
            400
        );
    }
}

#[test]
fn a_file_of_a_hundred_megabytes_is_too_large() {
    let mut bench = bench();
    let file = std::fs::File::create(bench.folder.path().join("input.jsonl")).unwrap();
    file.set_len(100_000_000).unwrap();
    let bulk = bench.start();
    bench.pass(8);
    assert_eq!(
        bench.status(&bulk)["ErrorMessage"],
        "InvalidInputFile: The file is not less than 100 MB."
    );
}

#[test]
fn the_service_role_can_be_taken_away_and_given_back() {
    let mut bench = bench();
    let path = "/greengrass/servicerole";
    assert!(
        bench.get(path)["RoleArn"]
            .as_str()
            .unwrap()
            .ends_with("Greengrass_ServiceRole")
    );
    assert_eq!(bench.ask(Method::DELETE, path, &Value::Null, None).0, 200);
    assert_eq!(bench.ask(Method::GET, path, &Value::Null, None).0, 404);
    let bulk = bench.start();
    bench.finish(&bulk);
    bench.pass(300);
    let reports = bench.all(&format!("{bulk}/detailed-reports"), "Deployments");
    assert!(reports.iter().all(|report| {
        let message = report["ErrorMessage"].as_str().unwrap();
        message.starts_with("TES service role is not associated with this account")
    }));
    let wrong = json!({"RoleArn": "arn:aws:iam::000000000000:role/nobody"});
    assert_eq!(bench.ask(Method::PUT, path, &wrong, None).0, 400);
    assert_eq!(
        bench
            .ask(Method::PUT, path, &json!({"RoleArn": ROLE}), None)
            .0,
        200
    );
    bench.restart();
    assert_eq!(bench.get(path)["RoleArn"], ROLE);
}
