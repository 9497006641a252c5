//! What an administrator gets.

use overseed_domain::permissions::{Document, Objects, trust};
use overseed_engine::{
    job::JobKind,
    permissions::{HandOver, apply_for, check_for, hand_over_for},
};
use serde_json::Value;

use crate::world::{World, changes, place, progress};

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

/// The script under a real shell, with a stand-in for the AWS CLI that writes its arguments down, one a line.
#[cfg(unix)]
#[tokio::test]
async fn a_shell_takes_the_script_as_it_is_meant() {
    use std::{os::unix::fs::PermissionsExt as _, process::Command};

    let world = World::of(2).await;
    let mut needs = world.needs("Bulk", 2).await;
    needs.objects = Objects::Prefix("it's $HOME `x`".into());
    let script = hand_over_for(&world.session, &needs, HandOver::AwsCli)
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let stand_in = folder.path().join("aws");
    std::fs::write(
        &stand_in,
        "#!/bin/sh\ncase \"$2\" in get-*) exit 1 ;; esac\nprintf '%s\\n' \"$@\" >> \"$CALLS\"\n",
    )
    .unwrap();
    std::fs::set_permissions(&stand_in, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    let file = folder.path().join("apply.sh");
    std::fs::write(&file, &script).unwrap();
    let status = Command::new("sh")
        .arg(&file)
        .env("PATH", path)
        .env("CALLS", &log)
        .status()
        .unwrap();
    assert!(status.success());
    let calls = std::fs::read_to_string(&log).unwrap();
    let words: Vec<&str> = calls.lines().collect();
    assert_eq!(words[..2], ["iam", "create-role"]);
    let documents: Vec<Document> = words
        .iter()
        .filter_map(|word| Document::parse(word).ok())
        .collect();
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0], trust(&place()));
    let objects = documents[1].statements()[1].field("Resource").unwrap();
    assert_eq!(
        objects,
        "arn:aws:s3:::overseed-demo-000000000000/it's ${$}HOME `x`/*"
    );
    assert!(words.contains(&world.sandbox.endpoint().as_str()));
}

#[tokio::test]
async fn what_is_handed_over_fits_what_iam_takes() {
    let world = World::of(2).await;
    let mut needs = world.needs("-x", 2).await;
    needs.objects = Objects::Prefix("日本".into());
    let of = async |form| hand_over_for(&world.session, &needs, form).await.unwrap();
    for form in [HandOver::AwsCli, HandOver::Json, HandOver::Caller] {
        let text = of(form).await;
        assert!(
            text.contains(r"\u65e5\u672c") && !text.contains('日'),
            "{text}"
        );
    }
    for form in [HandOver::Cloudformation, HandOver::Terraform] {
        assert!(of(form).await.contains("as escapes only"));
    }
    let script = of(HandOver::AwsCli).await;
    assert!(
        script.contains("--role-name='-x'") && !script.contains("--role-name '-x'"),
        "{script}"
    );
    // The app itself writes the same, and IAM takes it.
    let applying = progress(JobKind::Permissions);
    let after = apply_for(&world.session, &needs, "plan", &applying)
        .await
        .unwrap();
    assert!(after.failure().is_none(), "{:?}", after.failure());
    assert!(changes(&check_for(&world.session, &needs, "plan").await.unwrap()).is_empty());
}
