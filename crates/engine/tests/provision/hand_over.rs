//! What an administrator gets.

use overseed_engine::permissions::{HandOver, hand_over_for};
use serde_json::Value;

use crate::world::{World, place};

#[tokio::test]
async fn the_json_is_whole() {
    let world = World::of(4).await;
    let needs = world.needs("Bulk", 4).await;
    let text = hand_over_for(&world.session, &needs, HandOver::Json)
        .await
        .unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["role"], "Bulk");
    assert_eq!(
        value["trust"]["Statement"][0]["Principal"]["Service"],
        "greengrass.amazonaws.com"
    );
    let groups = value["inline"][0]["document"]["Statement"][0]["Resource"]
        .as_array()
        .unwrap();
    assert_eq!(groups.len(), 4);
    let mut expected: Vec<String> = needs
        .groups
        .ids()
        .iter()
        .map(|id| place().group_arn(id))
        .collect();
    expected.sort();
    assert_eq!(
        groups
            .iter()
            .map(|g| g.as_str().unwrap())
            .collect::<Vec<_>>(),
        expected
    );
    assert_eq!(
        value["passRole"]["Statement"][0]["Resource"],
        "arn:aws:iam::000000000000:role/Bulk"
    );
    assert!(value["sizes"]["trust"].as_u64().unwrap() > 100);
}

#[tokio::test]
async fn the_script_names_each_call() {
    let world = World::of(2).await;
    let needs = world.needs("Bulk", 2).await;
    let script = hand_over_for(&world.session, &needs, HandOver::AwsCli)
        .await
        .unwrap();
    assert!(script.starts_with("#!/bin/sh\n"));
    for call in [
        "aws iam create-role",
        "aws iam put-role-policy",
        "--role-name 'Bulk'",
        "iam:PassRole",
    ] {
        assert!(script.contains(call), "{call} in {script}");
    }
    // A role that is there and trusts Greengrass is not made again; one that cannot be looked at is asked about.
    let needs = world.needs("greengrass-bulk-2024", 2).await;
    let script = hand_over_for(&world.session, &needs, HandOver::AwsCli)
        .await
        .unwrap();
    assert!(!script.contains("create-role") && !script.contains("update-assume-role-policy"));
    let nothing = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let session = world.user("kim", nothing).await;
    let script = hand_over_for(&session, &needs, HandOver::AwsCli)
        .await
        .unwrap();
    assert!(script.contains("if aws iam get-role"), "{script}");
}
