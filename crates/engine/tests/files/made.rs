//! Files made from the selection or from a list.

use overseed_engine::{
    ErrorCode,
    draft::{draft_get, file_path},
    groups::{GroupsQuery, SelectionChange, groups_page},
    input_file::{
        file_check, file_export, file_findings, file_make, file_make_from, for_each_record,
        listed_targets,
    },
    job::JobKind,
};

use crate::world::{World, cancelled, code, progress};

#[tokio::test]
async fn a_made_file_holds_each_selected_group_with_its_latest_version_in_order() {
    let world = World::selected(60).await;
    let draft = world.make().await;
    let file = draft.file.unwrap();
    assert_eq!((file.opened, file.stale), (None, false));
    assert_eq!((file.summary.records, file.summary.findings), (60, 0));
    assert_eq!(file.first_lines.len(), 20);

    let query = GroupsQuery {
        limit: 500,
        ..GroupsQuery::default()
    };
    let groups = groups_page(&world.session, query).await.unwrap().rows;
    let mut records = Vec::new();
    let path = file_path(&world.session.engine, world.session.scope);
    for_each_record(&path, &mut |_, group, version| {
        records.push((group.to_owned(), Some(version.to_owned())));
        Ok(())
    })
    .unwrap();
    let expected: Vec<_> = groups
        .into_iter()
        .map(|g| (g.id, g.latest_version))
        .collect();
    assert_eq!(records, expected);
    assert_eq!(
        file_check(&path, &mut |finding| panic!("{finding:?}")).unwrap(),
        file.summary
    );
    assert_eq!(
        world.drafts().len(),
        3,
        "the file, its findings and their index: {:?}",
        world.drafts()
    );
    assert_eq!(
        file_findings(&world.session, 0, 100).await.unwrap().total,
        0
    );
}

#[tokio::test]
async fn an_export_is_the_file_byte_for_byte() {
    let world = World::selected(30).await;
    let to = world.folder.path().join("export.jsonl");
    assert_eq!(
        code(file_export(&world.session, &to).await),
        ErrorCode::NothingSelected
    );
    world.make().await;
    file_export(&world.session, &to).await.unwrap();
    let path = file_path(&world.session.engine, world.session.scope);
    assert_eq!(std::fs::read(to).unwrap(), std::fs::read(path).unwrap());
    let nowhere = world.folder.path().join("mine.jsonl/export.jsonl");
    world.written("not a folder");
    assert_eq!(
        code(file_export(&world.session, &nowhere).await),
        ErrorCode::FileUnreadable
    );
}

#[tokio::test]
async fn a_file_is_stale_once_the_selection_has_changed() {
    let world = World::selected(30).await;
    world.make().await;
    world.select(SelectionChange::Clear).await;
    let draft = draft_get(&world.session).await.unwrap();
    assert!(draft.file.unwrap().stale);
    let made = file_make(&world.session, &progress(JobKind::InputFile)).await;
    assert_eq!(code(made), ErrorCode::NothingSelected);
}

#[tokio::test]
async fn a_cancelled_make_leaves_everything_as_it_was() {
    let world = World::selected(30).await;
    let made = file_make(&world.session, &cancelled(JobKind::InputFile)).await;
    assert_eq!(code(made), ErrorCode::Cancelled);
    assert!(draft_get(&world.session).await.unwrap().file.is_none());
    assert_eq!(world.drafts(), Vec::<String>::new());
}

#[tokio::test]
async fn a_list_without_versions_gets_the_latest_that_the_inventory_knows() {
    let world = World::of(5).await;
    let out = world.folder.path().join("out.jsonl");
    let page = world.session.clients.list_groups(None).await.unwrap();
    let (group, latest) = (
        page.items[0].id.clone(),
        page.items[0].latest_version.clone().unwrap(),
    );
    let make = |list: String| {
        let targets = listed_targets(&list).unwrap();
        file_make_from(
            Some(&world.session),
            targets,
            &out,
            &progress(JobKind::InputFile),
        )
    };
    let problem = make(group.clone()).unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::InvalidInput);
    assert!(problem.hint.unwrap().contains("Refresh the groups first"));

    world.list().await;
    let summary = make(format!("{group}\nother,v1\n")).unwrap();
    assert_eq!(summary.records, 2);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(
        text.contains(&format!(
            r#""GroupId":"{group}","GroupVersionId":"{latest}""#
        )),
        "{text}"
    );
    assert_eq!(
        make("nobody\n".to_owned())
            .unwrap_err()
            .problem()
            .detail
            .unwrap(),
        "line 1: nobody"
    );
}
