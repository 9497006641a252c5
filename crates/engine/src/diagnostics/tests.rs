#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use overseed_aws::Clock;
use zip::ZipArchive;

use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn contents(path: &Path) -> BTreeMap<String, String> {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let names = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect::<Vec<_>>();
    names
        .into_iter()
        .map(|name| {
            let mut text = String::new();
            archive
                .by_name(&name)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            (name, text)
        })
        .collect()
}

#[tokio::test]
async fn a_planted_secret_is_gone_and_the_rest_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path().join("data"), Clock::system()).unwrap();
    let logs = folder.path().join("data/logs");
    std::fs::create_dir_all(&logs).unwrap();
    let line = format!("WARN job failed AWS_SECRET_ACCESS_KEY={SECRET} AKIAIOSFODNN7EXAMPLE\n");
    std::fs::write(logs.join("overseed.log"), &line).unwrap();
    engine
        .store
        .write(|tx| {
            tx.execute_batch(&format!(
                "INSERT INTO scope VALUES (1, 'aws', '123456789012', 'eu-west-1', '', NULL);
                 INSERT INTO run (id, scope, generation, name, state, stage, connection, settings, plan_hash,
                                  started_by, started_at, problem)
                 VALUES ('r-1', 1, 'v1', 'n', 'failed', 's', '{{}}', '{{}}', 'h', 'arn:aws:iam::123456789012:user/u', 1,
                         '{{\"code\":\"internal\",\"message\":\"token: {SECRET}\"}}')"
            ))?;
            Ok(())
        })
        .await
        .unwrap();
    let path = folder.path().join("bundle.zip");
    diagnostics_export(&engine, &path).await.unwrap();
    let contents = contents(&path);
    assert_eq!(
        contents.keys().collect::<Vec<_>>(),
        ["about.json", "logs/overseed.log", "runs.json"]
    );
    for (name, text) in &contents {
        assert!(
            !text.contains(SECRET) && !text.contains("IOSFODNN7EXAMPLE"),
            "{name}: {text}"
        );
    }
    assert!(contents["logs/overseed.log"].starts_with("WARN job failed AWS_SECRET_ACCESS_KEY="));
    let about: Value = serde_json::from_str(&contents["about.json"]).unwrap();
    assert_eq!(about["store"]["rows"]["run"], 1);
    assert_eq!(about["settings"]["keepAwake"], true);
    assert!(contents["runs.json"].contains("r-1"));
}

#[tokio::test]
async fn only_the_ends_of_the_newest_logs_go_in_by_whole_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    let line = "0123456789\n";
    let many = usize::try_from(LOG_BYTES).unwrap() / line.len() + 10;
    std::fs::write(&path, line.repeat(many)).unwrap();
    let text = end_of(&path).unwrap();
    assert!(text.starts_with(line) && text.len() < usize::try_from(LOG_BYTES).unwrap());
    assert!(newest(&folder.path().join("none")).unwrap().is_empty());
    for number in 0..8 {
        std::fs::write(folder.path().join(format!("{number}.log")), "x").unwrap();
    }
    assert_eq!(newest(folder.path()).unwrap().len(), LOG_FILES);
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path().to_owned(), Clock::system()).unwrap();
    let path = folder.path().join("no/such/bundle.zip");
    let problem = diagnostics_export(&engine, &path)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(problem.code, crate::ErrorCode::FileUnreadable);
    assert!(
        problem.message.contains("bundle.zip"),
        "{}",
        problem.message
    );
}
