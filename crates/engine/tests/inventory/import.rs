//! Lists of ids and names.

use overseed_engine::{
    ErrorCode,
    groups::{
        Filter, ImportFindingCode as Code, ImportReport, groups_import_file, groups_import_text,
        groups_status,
    },
    job::JobKind,
};
use overseed_sandbox::Scenario;

use crate::world::{World, filter};

async fn import(world: &World, text: String) -> ImportReport {
    groups_import_text(&world.session, text, &world.progress(JobKind::Import))
        .await
        .unwrap()
}

fn found(report: &ImportReport) -> Vec<(u32, Code)> {
    report
        .findings
        .iter()
        .map(|finding| (finding.line, finding.code))
        .collect()
}

#[tokio::test]
async fn each_line_that_is_not_taken_is_a_finding() {
    let world = World::listed(200, Scenario::Mixed).await;
    let good = world.rows(filter("deployable", "=", "yes"), 5).await;
    let bad = world.rows(filter("deployable", "=", "no"), 1).await;
    let scope = world.session.scope;
    world.sql(&format!(
        "INSERT INTO inventory_group (scope, id, name, arn, latest_version, listing, deployable)
         VALUES ({scope}, 't1', 'Twin', 'arn', 'v', 1, 0), ({scope}, 't2', 'Twin', 'arn', 'v', 1, 0),
                ({scope}, 't3', 'twin', 'arn', 'v', 1, 0);
         UPDATE listing SET revision = revision + 1"
    ));
    let lines = [
        "\u{FEFF}# a comment",
        &good[0].id,
        &good[1].name.to_uppercase(),
        "",
        &good[0].name,
        "no-such-group",
        "TWIN",
        "twin",
        &bad[0].id,
        "{\"GroupId\":1}",
    ];
    let report = import(&world, lines.join("\r\n")).await;
    let expected = [
        (5, Code::Repeated),
        (6, Code::Unknown),
        (7, Code::Ambiguous),
        (9, Code::NotDeployable),
        (10, Code::Unknown),
    ];
    assert_eq!(found(&report), expected);
    assert_eq!(
        (report.lines, report.selected, report.findings_total),
        (8, 3, 5)
    );
    assert!(
        report.findings[0].message.contains("Line 2"),
        "{:?}",
        report.findings[0]
    );
    assert_eq!(groups_status(&world.session).await.unwrap().selected, 3);
}

#[tokio::test]
async fn an_input_file_brings_its_versions_and_adds_to_the_selection() {
    let world = World::listed(50, Scenario::AllWell).await;
    let rows = world.rows(Filter::default(), 4).await;
    import(&world, rows[0].id.clone()).await;
    let record = |id: &str, version: &str| {
        format!(
            r#"{{"GroupId":"{id}","GroupVersionId":"{version}","DeploymentType":"NewDeployment"}}"#
        )
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = [
        record(&rows[1].id, "older"),
        record(&rows[2].id, "old"),
        "{".to_owned(),
    ]
    .join("\n");
    std::fs::write(file.path(), text).unwrap();
    let path = file.path().to_owned();
    let report = groups_import_file(&world.session, path, &world.progress(JobKind::Import))
        .await
        .unwrap();
    assert_eq!((report.selected, report.versions_chosen), (2, 2));
    assert_eq!(found(&report), [(3, Code::Unreadable)]);
    let latest = rows[0].latest_version.clone().unwrap();
    let expected = [
        (&rows[0].id, latest.as_str()),
        (&rows[1].id, "older"),
        (&rows[2].id, "old"),
    ];
    let expected = expected.map(|(id, version)| (id.clone(), version.to_owned()));
    assert_eq!(world.targets().unwrap(), expected);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_a_problem_with_a_remedy() {
    let world = World::listed(5, Scenario::AllWell).await;
    let progress = world.progress(JobKind::Import);
    let error = groups_import_file(&world.session, "/no/such/list".into(), &progress)
        .await
        .unwrap_err();
    assert_eq!(error.problem().code, ErrorCode::FileUnreadable);
    assert!(error.problem().hint.is_some());
}
