//! The least rights of whoever uses the app for core devices: no more, and all that the app asks for.

use std::{collections::BTreeSet, path::Path};

use overseed_domain::{
    permissions::Objects,
    v2::{
        roles::{AppEngine, AppRights, app_document_v2},
        secret::SecretValue,
    },
};
use overseed_engine::{
    ErrorCode,
    job::JobKind,
    v2::components::{
        ComponentScope, PublishRequest, RecipeChanges, SecretRequest, component_publish,
        components_list, secret_create,
    },
};
use serde_json::Value;

use crate::world::{ACCOUNT, BUCKET, World, place, progress};

const RECIPE: &str = "\
RecipeFormatVersion: '2020-01-25'
ComponentName: com.example.Hello
ComponentVersion: 1.0.0
Manifests:
  - Platform:
      os: linux
    Lifecycle:
      Run: python3 -u {artifacts:path}/hello.py
    Artifacts:
      - URI: s3://mys3repo123987/artifacts/com.example.Hello/1.0.0/hello.py
";

fn least(artifacts: &[String]) -> String {
    let place = place();
    let objects = Objects::Prefix("overseed".to_owned());
    let role = |name: &str| format!("arn:aws:iam::{ACCOUNT}:role/{name}");
    let rights = AppRights {
        place: &place,
        device_role: &role("Ovens"),
        engine: Some(AppEngine {
            role: &role("Machines"),
            bucket: BUCKET,
            objects: &objects,
        }),
        artifacts,
    };
    app_document_v2(&rights).compact()
}

#[tokio::test]
async fn the_least_rights_suffice_to_publish_a_component_and_to_make_its_secret() {
    let world = World::of(3).await;
    let session = world.user("lee", &least(&[BUCKET.to_owned()])).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hello.py"), "print('hello')").unwrap();
    let request = PublishRequest {
        recipe: RECIPE.to_owned(),
        changes: RecipeChanges {
            bucket: Some(BUCKET.to_owned()),
            ..RecipeChanges::default()
        },
        artifacts: Some(folder.path().to_owned()),
        overwrite: false,
    };
    let at_work = progress(JobKind::Publish);
    let published = component_publish(&session, request.clone(), &at_work)
        .await
        .unwrap();
    assert_eq!(published.uploaded.len(), 1);
    let own = components_list(&session, ComponentScope::Own, &at_work)
        .await
        .unwrap();
    assert!(own.iter().any(|row| row.name == published.name));
    let secret = SecretRequest {
        name: "plant/key".to_owned(),
        key: None,
    };
    let value = SecretValue::read(br#"{"key":"value"}"#).unwrap();
    secret_create(&session, secret.clone(), value.clone())
        .await
        .unwrap();

    // Who has the rights of V1 only is told what is missing.
    let nothing = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let session = world.user("kim", nothing).await;
    let problem = secret_create(&session, secret, value)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(problem.code, ErrorCode::AccessDenied);
    assert!(
        problem
            .hint
            .unwrap()
            .contains("secretsmanager:CreateSecret")
    );
}

/// Operations of the clients that ask for no right, or that the wizard for core devices does not call.
const SPARED: [&str; 15] = [
    // Everybody may (IAM User Guide).
    "sts:GetCallerIdentity",
    // Only asked for by tests.
    "secretsmanager:ListSecrets",
    "s3:DeleteObject",
    // Making buckets is not in the least rights.
    "s3:CreateBucket",
    "s3:PutPublicAccessBlock",
    "s3:PutBucketEncryption",
    // Of V1's execution role.
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    // The policies of V2's roles are inline ones.
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicyVersion",
    "iam:DeletePolicy",
    "iam:AttachRolePolicy",
    "iam:DetachRolePolicy",
];

/// What IAM calls an operation, where that is another name (service authorization reference of Amazon S3).
fn action(operation: &str) -> &str {
    match operation {
        "s3:ListBuckets" => "s3:ListAllMyBuckets",
        "s3:HeadBucket" => "s3:ListBucket",
        "s3:HeadObject" => "s3:GetObject",
        "s3:GetBucketEncryption" => "s3:GetEncryptionConfiguration",
        "s3:CreateMultipartUpload" | "s3:UploadPart" | "s3:CompleteMultipartUpload" => {
            "s3:PutObject"
        }
        other => other,
    }
}

/// The operations that a client's source names, such as `"iot:DescribeJob"`.
fn operations(text: &str) -> BTreeSet<String> {
    let known = [
        "greengrass",
        "iot",
        "iam",
        "s3",
        "states",
        "secretsmanager",
        "sts",
    ];
    text.split('"')
        .filter(|part| {
            part.split_once(':').is_some_and(|(service, operation)| {
                known.contains(&service)
                    && operation.starts_with(|c: char| c.is_ascii_uppercase())
                    && operation.chars().all(|c| c.is_ascii_alphanumeric())
            })
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_call_of_the_clients_is_in_the_least_rights() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../aws/src");
    // The clients of V1 are not called for core devices.
    let of_v1 = ["greengrass.rs", "bulk.rs"];
    let mut called = BTreeSet::new();
    for folder in [sources.clone(), sources.join("v2")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_file() && !of_v1.contains(&name.as_str()) {
                let text = std::fs::read_to_string(&path).unwrap();
                // The tests at the end of a file speak of any call.
                let text = text.split("#[cfg(test)]").next().unwrap_or_default();
                called.extend(operations(text));
            }
        }
    }
    for known in ["greengrass:CreateComponentVersion", "iam:CreateRole"] {
        assert!(called.contains(known), "{known} is not found any more");
    }
    let document: Value = serde_json::from_str(&least(&[])).unwrap();
    let allowed: BTreeSet<&str> = document["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| match &one["Action"] {
            Value::String(action) => vec![action.as_str()],
            actions => actions
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_str)
                .collect(),
        })
        .collect();
    let missing: Vec<&String> = called
        .iter()
        .filter(|one| !SPARED.contains(&one.as_str()) && !allowed.contains(action(one)))
        .collect();
    assert_eq!(missing, Vec::<&String>::new(), "{allowed:#?}");
    let gone: Vec<&&str> = SPARED
        .iter()
        .filter(|one| !called.contains(**one))
        .collect();
    assert_eq!(gone, Vec::<&&str>::new(), "spared, and not called any more");
}
