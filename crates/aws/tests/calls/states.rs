use std::collections::BTreeMap;

use overseed_aws::{Kind, v2::MapRunPace};
use overseed_sandbox::Scenario;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::Stage;

const BUCKET: &str = "fleet-plans";

fn idle() -> String {
    definition(&json!({ "Wait": { "Type": "Wait", "Seconds": 60, "End": true } }))
}

fn definition(states: &Value) -> String {
    let first = states.as_object().unwrap().keys().next().unwrap();
    json!({ "QueryLanguage": "JSONata", "StartAt": first, "States": states }).to_string()
}

/// A role that Step Functions may assume and see; answers its ARN.
async fn role(stage: &Stage) -> String {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let (arn, _) = stage
        .clients
        .create_role("carrier", "/", trust, "For tests", &BTreeMap::new())
        .await
        .unwrap();
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"states:*","Resource":"*"}},{{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::{BUCKET}/*"}}]}}"#
    );
    stage
        .clients
        .put_role_policy("carrier", "carry", &policy)
        .await
        .unwrap();
    stage.clock.advance(60_000);
    arn
}

#[tokio::test]
async fn a_state_machine_is_made_changed_started_and_stopped() {
    let stage = Stage::new(3, Scenario::AllWell).await;
    let clients = &stage.clients;
    let role = role(&stage).await;
    let tags = BTreeMap::from([("overseed:run".to_owned(), "r-1".to_owned())]);
    let (arn, _) = clients
        .create_state_machine("wave", &idle(), &role, &tags)
        .await
        .unwrap();
    let error = clients
        .create_state_machine(
            "wave",
            &definition(&json!({ "A": { "Type": "Succeed" } })),
            &role,
            &tags,
        )
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Conflict, "{error}");
    let other = definition(&json!({ "Wait": { "Type": "Wait", "Seconds": 900, "End": true } }));
    clients
        .update_state_machine(&arn, &other, &role)
        .await
        .unwrap();
    let machine = clients.describe_state_machine(&arn).await.unwrap().unwrap();
    assert_eq!(
        (machine.definition.as_str(), machine.role_arn.as_str()),
        (other.as_str(), role.as_str())
    );

    let started = clients.start_execution(&arn, "wave-1", "{}").await.unwrap();
    let again = clients.start_execution(&arn, "wave-1", "{}").await.unwrap();
    assert_eq!(again.arn, started.arn, "the name is the token");
    let error = clients
        .start_execution(&arn, "wave-1", r#"{"other":1}"#)
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Conflict, "{error}");
    let running = clients
        .describe_execution(&started.arn)
        .await
        .unwrap()
        .unwrap();
    assert!(!running.is_terminal() && running.started_at.is_some());
    clients
        .stop_execution(&started.arn, "by hand")
        .await
        .unwrap();
    let stopped = clients
        .describe_execution(&started.arn)
        .await
        .unwrap()
        .unwrap();
    assert!(stopped.is_terminal());
    assert_eq!(
        (stopped.status.as_str(), stopped.cause.as_deref()),
        ("ABORTED", Some("by hand"))
    );

    assert_eq!(clients.state_machine_tags(&arn).await.unwrap(), Some(tags));
    clients.delete_state_machine(&arn).await.unwrap();
    clients.delete_state_machine(&arn).await.unwrap();
    assert_eq!(clients.describe_state_machine(&arn).await.unwrap(), None);
    assert_eq!(clients.state_machine_tags(&arn).await.unwrap(), None);

    let gone = format!("{arn}-none");
    assert_eq!(clients.describe_state_machine(&gone).await.unwrap(), None);
    let error = clients.start_execution(&gone, "x", "{}").await.unwrap_err();
    assert_eq!(error.kind, Kind::NotFound, "{error}");
    let error = clients
        .create_state_machine("bad", "{}", &role, &BTreeMap::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::BadRequest, "{error}");
}

#[tokio::test]
async fn a_map_run_is_found_counted_and_paced() {
    let stage = Stage::new(3, Scenario::AllWell).await;
    let clients = &stage.clients;
    clients.create_bucket(BUCKET).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.jsonl");
    std::fs::write(&path, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n").unwrap();
    let cancel = CancellationToken::new();
    clients
        .put_file(BUCKET, "wave.jsonl", &path, |_| {}, &cancel)
        .await
        .unwrap();
    let role = role(&stage).await;
    let map = json!({ "Devices": {
        "Type": "Map", "Label": "Devices", "MaxConcurrency": 1, "ToleratedFailurePercentage": 100,
        "ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "JSONL" },
            "Arguments": { "Bucket": BUCKET, "Key": "wave.jsonl" } },
        "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
            "StartAt": "Wait", "States": { "Wait": { "Type": "Wait", "Seconds": 600, "End": true } } },
        "End": true
    } });
    let (arn, _) = clients
        .create_state_machine("map", &definition(&map), &role, &BTreeMap::new())
        .await
        .unwrap();
    let started = clients.start_execution(&arn, "wave-1", "{}").await.unwrap();
    // The sandbox's time goes sixty times as fast.
    stage.clock.advance(1_000);
    let runs = clients.list_map_runs(&started.arn, None).await.unwrap();
    let run = &runs.items[0];
    assert_eq!(
        (runs.items.len(), run.execution_arn.as_str()),
        (1, started.arn.as_str())
    );
    let told = clients.describe_map_run(&run.arn).await.unwrap();
    assert_eq!((told.status.as_str(), told.max_concurrency), ("RUNNING", 1));
    assert_eq!(
        (told.items.total, told.items.running, told.items.pending),
        (3, 1, 2)
    );
    let pace = MapRunPace {
        max_concurrency: Some(3),
        ..MapRunPace::default()
    };
    clients.update_map_run(&run.arn, pace).await.unwrap();
    assert_eq!(
        clients
            .describe_map_run(&run.arn)
            .await
            .unwrap()
            .max_concurrency,
        3
    );
    stage.clock.advance(1_200_000);
    let told = clients.describe_map_run(&run.arn).await.unwrap();
    assert_eq!(
        (told.status.as_str(), told.items.succeeded),
        ("SUCCEEDED", 3)
    );
    let over = clients
        .describe_execution(&started.arn)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(over.status, "SUCCEEDED");
}
