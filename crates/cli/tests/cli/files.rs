use overseed_sandbox::Scenario;

use crate::world::{Ended, World, program};

const GOOD: &str = r#"{"GroupId":"a","GroupVersionId":"1","DeploymentType":"NewDeployment"}"#;

#[test]
fn checking_a_file_lists_all_findings_by_line_and_a_summary_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("in.jsonl"),
        format!("{GOOD}\nnot json\n{{\"GroupId\":\"b\"}}\n"),
    )
    .unwrap();
    let checked = Ended(
        program(folder.path(), &["file", "check", "in.jsonl", "--json"])
            .output()
            .unwrap(),
    );
    assert_eq!(checked.status(), 1);
    let lines = checked.lines();
    let (summary, findings) = lines.split_last().unwrap();
    assert_eq!(findings[0]["line"], 2);
    assert_eq!(findings[0]["code"], "not_json");
    assert_eq!(
        findings[0]["serviceMessage"],
        "Failed to parse input file at line number: 2"
    );
    assert!(
        findings[0]["message"]
            .as_str()
            .unwrap()
            .starts_with("The line is not a JSON object")
    );
    assert!(
        findings[1..].iter().all(|finding| finding["line"] == 3),
        "{findings:?}"
    );
    assert_eq!(summary["records"], 3);
    assert_eq!(summary["findings"], findings.len());
    assert_eq!(summary["refusals"], 3);
    assert!(
        !folder.path().join("data").exists(),
        "a check needs no data folder"
    );
}

#[test]
fn a_file_that_would_be_taken_ends_well_even_with_findings_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let check = |text: String| {
        std::fs::write(folder.path().join("in.jsonl"), text).unwrap();
        Ended(
            program(folder.path(), &["file", "check", "in.jsonl"])
                .output()
                .unwrap(),
        )
    };
    let good = check(format!("{GOOD}\n"));
    assert_eq!(
        (good.status(), good.out().contains("No findings.")),
        (0, true)
    );
    let repeated = check(format!("{GOOD}\n{GOOD}\n"));
    assert_eq!(repeated.status(), 0);
    assert!(
        repeated.out().contains("line 2: repeated_group:"),
        "{}",
        repeated.out()
    );
    assert_eq!(check(String::new()).status(), 1);
}

#[test]
fn a_file_that_is_not_there_is_an_error_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let checked = Ended(
        program(folder.path(), &["file", "check", "gone", "--json"])
            .output()
            .unwrap(),
    );
    assert_eq!(checked.status(), 5);
    assert_eq!(checked.problem()["code"], "file_unreadable");
    assert!(checked.problem()["hint"].is_string());
    assert_eq!(checked.out(), "");
}

#[test]
fn a_file_is_made_offline_from_ids_with_versions() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list"), "b,2\na,1\n").unwrap();
    let make = [
        "file",
        "make",
        "--groups",
        "list",
        "--out",
        "made.jsonl",
        "--json",
    ];
    let made = Ended(program(folder.path(), &make).output().unwrap());
    assert_eq!(made.well()[0]["records"], 2);
    let text = std::fs::read_to_string(folder.path().join("made.jsonl")).unwrap();
    assert_eq!(text.lines().nth(1), Some(GOOD));
}

#[test]
fn ids_alone_get_the_latest_versions() {
    let world = World::of(9, Scenario::AllWell);
    let groups = world.run(&["groups", "list", "--json"]).well();
    assert_eq!(groups.len(), 9);
    let id = groups[4]["id"].as_str().unwrap();
    world.file("list", &format!("{id}\n"));
    world
        .run(&[
            "file",
            "make",
            "--groups",
            "list",
            "--out",
            "made.jsonl",
            "--json",
        ])
        .well();
    let made = std::fs::read_to_string(world.path("made.jsonl")).unwrap();
    let record: serde_json::Value = serde_json::from_str(made.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&record["GroupId"], &record["GroupVersionId"]),
        (&groups[4]["id"], &groups[4]["latestVersion"])
    );

    world.file("list", "nobody\n");
    let refused = world.run(&[
        "file",
        "make",
        "--groups",
        "list",
        "--out",
        "other.jsonl",
        "--json",
    ]);
    assert_eq!(refused.status(), 2);
    assert!(
        refused.problem()["detail"]
            .as_str()
            .unwrap()
            .contains("nobody")
    );
    assert!(!world.path("other.jsonl").exists());
}
