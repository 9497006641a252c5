use overseed_domain::waves::{WaveCut, Waves};
use overseed_engine::{
    ErrorCode, Session,
    command_text::{CommandStep, command_text},
    draft::{DraftChange, draft_get, draft_set},
    groups::{Filter, SelectionChange, groups_refresh, groups_select},
    input_file::file_make,
    job::{JobKind, Progress},
    permissions::{HandOver, Pack, ReadBy, permissions_apply, permissions_check, permissions_save},
    waves::waves_preview,
};
use serde_json::Value;

use super::World;

const BUCKET: &str = "overseed-demo-000000000000";

fn progress(session: &Session, kind: JobKind) -> Progress {
    Progress::within(
        kind,
        session.clock().clone(),
        tokio_util::sync::CancellationToken::new(),
    )
    .0
}

/// A draft with all groups, a file, a bucket and a role.
async fn drafted(world: &World) -> Session {
    let session = world.session().await;
    groups_refresh(&session, &progress(&session, JobKind::Groups))
        .await
        .unwrap();
    let all = SelectionChange::Matching {
        filter: Filter::default(),
        selected: true,
    };
    groups_select(&session, all).await.unwrap();
    file_make(&session, &progress(&session, JobKind::InputFile))
        .await
        .unwrap();
    let change = DraftChange {
        bucket: Some(BUCKET.to_owned()),
        role: Some("FleetsRole".to_owned()),
        ..DraftChange::default()
    };
    draft_set(&session, change).await.unwrap();
    session
}

/// The shell itself says whether it can read the text; nothing is run.
async fn is_readable(text: &str) -> bool {
    tokio::process::Command::new("sh")
        .args(["-n", "-c", text])
        .status()
        .await
        .unwrap()
        .success()
}

#[tokio::test]
async fn each_step_is_a_script_that_names_the_connection() {
    let world = World::new(5);
    let session = drafted(&world).await;
    for (step, call) in [
        (CommandStep::Groups, "aws greengrass list-groups"),
        (CommandStep::Versions, "aws greengrass list-groups"),
        (CommandStep::File, "aws s3 cp"),
        (CommandStep::Permissions, "aws iam put-role-policy"),
        (CommandStep::Review, "aws greengrass start-bulk-deployment"),
    ] {
        let text = command_text(&session, step, None).await.unwrap();
        assert!(text.contains(call), "{step:?}: {text}");
        assert!(is_readable(&text).await, "{step:?}: {text}");
        let endpoint = format!("--endpoint-url {}", world.sandbox.endpoint());
        for line in text.lines().filter(|line| line.starts_with("aws ")) {
            let quoted = endpoint.replace("--endpoint-url ", "--endpoint-url '");
            assert!(line.contains(&endpoint) || line.contains(&quoted), "{line}");
        }
        let secret = &world.sandbox.keys().secret_access_key;
        assert!(!text.contains(secret.as_str()), "{text}");
    }
}

#[tokio::test]
async fn the_start_carries_token_and_tags_in_json() {
    let world = World::new(5);
    let session = drafted(&world).await;
    let text = command_text(&session, CommandStep::Review, None)
        .await
        .unwrap();
    let (_, json) = text.split_once("--cli-input-json '").unwrap();
    let (json, _) = json.split_once('\'').unwrap();
    let input: Value = serde_json::from_str(json).unwrap();
    let draft = draft_get(&session).await.unwrap();
    assert_eq!(input["tags"]["overseed:run"], draft.plan);
    assert_eq!(input["tags"]["overseed:wave"], "1");
    let token = input["AmznClientToken"].as_str().unwrap();
    assert!(!token.is_empty() && token.len() <= 64 && token.is_ascii());
    let uri = input["InputFileUri"].as_str().unwrap();
    assert!(
        uri.starts_with(&format!("s3://{BUCKET}/")) && uri.contains(&draft.plan),
        "{uri}"
    );
    let role = input["ExecutionRoleArn"].as_str().unwrap();
    assert_eq!(role, "arn:aws:iam::000000000000:role/FleetsRole");
    let again = command_text(&session, CommandStep::Review, None)
        .await
        .unwrap();
    assert_eq!(text, again, "copied twice it starts once");
}

/// The changing calls of a text, such as `iam:CreateRole`, in their order.
fn changing(text: &str) -> Vec<String> {
    let call = |line: &str| {
        let mut words = line.strip_prefix("aws ")?.split(' ');
        let (service, operation) = (words.next()?, words.next()?);
        let looks = ["get-", "list-", "simulate-"];
        if looks.iter().any(|look| operation.starts_with(look)) {
            return None;
        }
        let upper = |word: &str| word[..1].to_uppercase() + &word[1..];
        let operation: String = operation.split('-').map(upper).collect();
        Some(format!("{}:{operation}", service.trim_end_matches("api")))
    };
    text.lines().filter_map(call).collect()
}

#[tokio::test]
async fn the_permissions_are_the_calls_that_will_be_made() {
    let world = World::new(5);
    let session = drafted(&world).await;
    let change = DraftChange {
        pack: Some(Pack::Managed),
        read_by: Some(ReadBy::Bucket),
        ..DraftChange::default()
    };
    draft_set(&session, change).await.unwrap();
    let text = command_text(&session, CommandStep::Permissions, None)
        .await
        .unwrap();
    assert!(is_readable(&text).await, "{text}");
    let proposed = permissions_check(&session).await.unwrap().changes;
    let proposed: Vec<_> = proposed.into_iter().map(|one| one.operation).collect();
    assert_eq!(
        proposed,
        [
            "iam:CreateRole",
            "iam:CreatePolicy",
            "iam:AttachRolePolicy",
            "s3:PutBucketPolicy",
        ]
    );
    assert_eq!(changing(&text), proposed);
    assert!(text.contains("--tags Key=overseed:plan,Value="), "{text}");
    assert!(text.contains("--path /overseed/"), "{text}");

    let applied = permissions_apply(&session, &progress(&session, JobKind::Permissions))
        .await
        .unwrap();
    assert!(applied.failure().is_none());
    let text = command_text(&session, CommandStep::Permissions, None)
        .await
        .unwrap();
    assert_eq!(changing(&text), Vec::<String>::new());
    assert!(text.contains("# Nothing needs to be changed."), "{text}");
}

#[tokio::test]
async fn what_is_handed_over_is_saved_whole() {
    let world = World::new(5);
    let session = drafted(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(HandOver::Caller.file_name("FleetsRole"));
    std::fs::write(&path, "older").unwrap();
    permissions_save(&session, HandOver::Caller, &path)
        .await
        .unwrap();
    assert!(path.ends_with("FleetsRole-caller.json"));
    let policy: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    assert!(
        statements
            .iter()
            .any(|one| one["Sid"] == "OverseedPassRole")
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let world = World::new(1);
    let session = world.session().await;
    for (step, run, code) in [
        (CommandStep::File, None, ErrorCode::InvalidInput),
        (CommandStep::Review, None, ErrorCode::InvalidInput),
        (CommandStep::Watch, None, ErrorCode::NotFound),
        (CommandStep::Watch, Some("no-such-run"), ErrorCode::NotFound),
    ] {
        let problem = command_text(&session, step, run)
            .await
            .unwrap_err()
            .problem();
        assert_eq!(problem.code, code, "{step:?}");
        assert!(problem.hint.is_some(), "{step:?}");
    }
}

#[tokio::test]
async fn a_plan_in_waves_is_a_file_and_a_start_for_each() {
    let world = World::new(9);
    let session = drafted(&world).await;
    let cuts = vec![WaveCut::Count { targets: 2 }, WaveCut::Count { targets: 3 }];
    let waves = Waves {
        cuts,
        ..Waves::default()
    };
    let change = DraftChange {
        waves: Some(waves),
        ..DraftChange::default()
    };
    draft_set(&session, change).await.unwrap();
    let files = waves_preview(&session).await.unwrap().waves;
    assert_eq!(files.len(), 3);
    let sent = command_text(&session, CommandStep::File, None)
        .await
        .unwrap();
    let started = command_text(&session, CommandStep::Review, None)
        .await
        .unwrap();
    assert!(is_readable(&sent).await && is_readable(&started).await);
    for file in &files {
        let uri = format!("s3://{BUCKET}/{}", file.key);
        assert!(started.contains(&uri), "{started}");
        let copied = sent
            .lines()
            .find(|line| line.contains(" s3 cp ") && line.contains(&uri))
            .unwrap();
        let path = copied
            .split_whitespace()
            .find(|word| word.contains(".jsonl"));
        let text = std::fs::read_to_string(path.unwrap().trim_matches('\'')).unwrap();
        assert_eq!(text.lines().count() as u32, file.targets, "{copied}");
    }
    let starts = started.matches("start-bulk-deployment").count();
    assert_eq!(starts, 3, "{started}");
}
