//! Files opened from disk.

use overseed_domain::input_file::FindingCode;
use overseed_engine::{
    ErrorCode, Session,
    draft::{draft_get, file_path},
    input_file::{file_findings, file_open, file_upload},
    job::JobKind,
};

use crate::world::{World, cancelled, code, progress};

async fn found(session: &Session) -> Vec<(u32, FindingCode)> {
    let page = file_findings(session, 0, 500).await.unwrap();
    assert_eq!(page.total as usize, page.rows.len());
    page.rows.iter().map(|f| (f.line, f.code)).collect()
}

fn record(group: &str, version: &str) -> String {
    format!(
        r#"{{"GroupId":"{group}", "GroupVersionId":"{version}", "DeploymentType":"NewDeployment"}}"#
    )
}

#[tokio::test]
async fn a_file_is_taken_as_it_is_with_all_its_findings() {
    let world = World::of(5).await;
    let text = format!("\u{feff}{}\r\n\n{{}}\n", record("a", "1"));
    let draft = world.open(&text).await;
    let file = draft.file.unwrap();
    assert_eq!(file.opened.as_deref(), Some("mine.jsonl"));
    assert_eq!(
        (
            file.summary.records,
            file.summary.findings,
            file.summary.refusals
        ),
        (2, 6, 3)
    );
    let path = file_path(&world.session.engine, world.session.scope);
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
    assert_eq!(
        found(&world.session).await,
        [
            (1, FindingCode::ByteOrderMark),
            (1, FindingCode::CarriageReturn),
            (2, FindingCode::BlankLine),
            (3, FindingCode::MissingGroupId),
            (3, FindingCode::MissingGroupVersionId),
            (3, FindingCode::WrongDeploymentType),
        ]
    );
    let page = file_findings(&world.session, 3, 1).await.unwrap();
    assert_eq!((page.total, page.rows.len()), (6, 1));
    assert_eq!(
        page.rows[0].service_message.as_deref(),
        Some("InvalidInputFile: Missing GroupId at line number: 3")
    );
}

#[tokio::test]
async fn groups_and_versions_are_unknown_only_once_they_have_been_listed() {
    let world = World::of(5).await;
    let page = world.session.clients.list_groups(None).await.unwrap();
    let group = &page.items[0];
    let latest = group.latest_version.as_deref().unwrap();
    let prefixed = format!("{}:{}", world.session.connection.account, page.items[1].id);
    let second = page.items[1].latest_version.as_deref().unwrap();
    let text = [
        record(&group.id, latest),
        record("nobody", "1"),
        record(&prefixed, second),
    ]
    .join("\n");
    world.open(&text).await;
    assert_eq!(found(&world.session).await, []);
    world.list().await;
    let draft = world.open(&text).await;
    assert_eq!(
        found(&world.session).await,
        [(2, FindingCode::UnknownGroup)]
    );
    assert_eq!(draft.file.unwrap().summary.refusals, 0);

    // Another version than the latest is unknown once the group's versions were read.
    world.open(record(&group.id, "other")).await;
    assert_eq!(found(&world.session).await, []);
    overseed_engine::versions::group_versions(&world.session, &group.id)
        .await
        .unwrap();
    world.open(record(&group.id, "other")).await;
    assert_eq!(
        found(&world.session).await,
        [(1, FindingCode::UnknownVersion)]
    );
}

#[tokio::test]
async fn what_cannot_be_opened_leaves_the_draft_as_it_was() {
    let world = World::of(5).await;
    let before = world.open(record("a", "1")).await;
    let gone = world.folder.path().join("gone.jsonl");
    let opened = file_open(&world.session, &gone, &progress(JobKind::InputFile)).await;
    assert_eq!(code(opened), ErrorCode::FileUnreadable);
    let folder = file_open(
        &world.session,
        world.folder.path(),
        &progress(JobKind::InputFile),
    )
    .await;
    assert_eq!(code(folder), ErrorCode::FileUnreadable);
    let path = world.written(record("b", "1"));
    let opened = file_open(&world.session, &path, &cancelled(JobKind::InputFile)).await;
    assert_eq!(code(opened), ErrorCode::Cancelled);
    assert_eq!(draft_get(&world.session).await.unwrap(), before);
    assert_eq!(world.drafts().len(), 3, "{:?}", world.drafts());
}

#[tokio::test]
async fn a_file_that_is_too_large_is_taken_to_be_looked_at_and_is_not_sent() {
    let world = World::of(5).await;
    world.bucket(crate::world::BUCKET).await;
    let path = world.written(format!("{}\n", record("a", "1")));
    // Sparse: one line of a hundred million bytes.
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(100_000_000).unwrap();
    let draft = file_open(&world.session, &path, &progress(JobKind::InputFile))
        .await
        .unwrap();
    assert_eq!(draft.bucket, crate::world::BUCKET);
    let findings = found(&world.session).await;
    for finding in [
        (0, FindingCode::FileTooLarge),
        (2, FindingCode::LineTooLong),
    ] {
        assert!(findings.contains(&finding), "{findings:?}");
    }
    let sent = file_upload(&world.session, &progress(JobKind::Upload)).await;
    assert_eq!(code(sent), ErrorCode::FileInvalid);
    assert_eq!(world.sandbox.calls("PutObject"), 0);
    assert_eq!(world.sandbox.calls("CreateMultipartUpload"), 0);
}
