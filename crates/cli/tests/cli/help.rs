use crate::world::{Ended, program};

fn help(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let ended = Ended(program(folder.path(), arguments).output().unwrap());
    assert_eq!(ended.status(), 0);
    ended.out()
}

#[test]
fn the_help_is_as_it_was() {
    insta::assert_snapshot!("help", help(&["--help"]));
}

#[test]
fn the_help_of_start_is_as_it_was() {
    insta::assert_snapshot!("help-run-start", help(&["run", "start", "--help"]));
}

#[test]
fn every_command_has_help() {
    for command in [
        "groups refresh",
        "groups list",
        "devices refresh",
        "devices list",
        "components list",
        "components versions",
        "components check",
        "components publish",
        "components secret",
        "versions",
        "file check",
        "file make",
        "plan new",
        "plan show",
        "permissions show",
        "permissions diff",
        "permissions apply",
        "permissions undo",
        "permissions hand-over",
        "run resume",
        "run watch",
        "run stop",
        "run at-once",
        "run clean-up",
        "run pause",
        "run continue",
        "run skip",
        "run list",
        "run targets",
        "run causes",
        "run retry",
        "run roll-back",
        "run compare",
        "run report",
        "run history",
        "run read-again",
        "run bulk-deployments",
        "run open",
        "run prune",
    ] {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let text = help(&arguments);
        assert!(
            text.contains(&format!("Usage: overseed-cli {command}")),
            "{text}"
        );
    }
}
