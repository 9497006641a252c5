use std::path::Path;

use overseed_sandbox::{Scenario, process};

use crate::world::{AtWork, Ended, World, program};

#[test]
fn wrong_or_missing_credentials_end_with_status_4() {
    let world = World::of(3, Scenario::AllWell);
    let mut wrong = world.program(&["groups", "refresh", "--json"]);
    let wrong = Ended(
        wrong
            .env("AWS_SECRET_ACCESS_KEY", "wrong")
            .output()
            .unwrap(),
    );
    assert_eq!(wrong.status(), 4);
    assert_eq!(wrong.problem()["code"], "credentials_invalid");
    assert_eq!(wrong.out(), "");
    let mut missing = world.program(&["groups", "refresh"]);
    let missing = missing
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY");
    let missing = Ended(missing.output().unwrap());
    assert_eq!(missing.status(), 4);
    assert!(
        missing.err().contains("error: No credentials were found"),
        "{}",
        missing.err()
    );
    assert!(missing.err().contains("hint: "), "{}", missing.err());
}

#[test]
fn an_endpoint_that_is_not_there_ends_with_status_4() {
    let folder = tempfile::tempdir().unwrap();
    let mut nowhere = program(
        folder.path(),
        &[
            "--endpoint-url",
            "http://127.0.0.1:1",
            "--region",
            "eu-west-1",
            "groups",
            "list",
            "--json",
        ],
    );
    nowhere
        .env("AWS_ACCESS_KEY_ID", "a")
        .env("AWS_SECRET_ACCESS_KEY", "b");
    let nowhere = Ended(nowhere.output().unwrap());
    assert_eq!(
        (nowhere.status(), &nowhere.problem()["code"]),
        (4, &"endpoint_unreachable".into())
    );
}

#[test]
fn options_that_do_not_go_together_end_with_status_2() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| Ended(program(folder.path(), arguments).output().unwrap());
    for arguments in [
        &["--sandbox", "groups", "list", "--profile", "plant"][..],
        &["--seed", "3", "groups", "list"],
        &["--sandbox=never", "groups", "list"],
        &["--sandbox", "--speed", "0", "groups", "list"],
        &["groups"],
        &["run", "targets", "a", "--state", "lost"],
    ] {
        assert_eq!(run(arguments).status(), 2, "{arguments:?}");
    }
    assert!(!folder.path().join("data").exists());
}

/// Ends the sandbox process that a test has started.
struct Ends<'a>(&'a Path);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        assert!(
            process::stop(self.0).unwrap(),
            "the sandbox process was gone already"
        );
    }
}

#[test]
fn the_sandbox_outlives_the_program_and_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let run = |arguments: &[&str]| Ended(program(folder.path(), arguments).output().unwrap());
    let told = [
        "--sandbox=all-well",
        "--sandbox-groups",
        "6",
        "--speed",
        "600",
    ];
    let listed = run(&[&told[..], &["groups", "list", "--json"]].concat());
    assert_eq!(listed.well().len(), 6);
    let _ends = Ends(&data);
    let process = process::attach(&data).unwrap().unwrap();
    let plan = [
        "--sandbox",
        "plan",
        "new",
        "--bucket",
        crate::world::BUCKET,
        "--role",
        "R",
        "--out",
        "p.json",
    ];
    let made = run(&plan);
    assert_eq!(made.status(), 0, "{}", made.err());
    assert!(
        made.err().starts_with("SANDBOX all-well-6-7-"),
        "{}",
        made.err()
    );
    // The plan knows its sandbox.
    let started = run(&["run", "start", "p.json", "--yes", "--json"]).well();
    assert_eq!(started[0]["counts"]["succeeded"], 6);
    assert_eq!(started[0]["settleMinutes"], 1.0);
    assert_eq!(process::attach(&data).unwrap().unwrap().pid, process.pid);
}

#[test]
fn a_run_goes_on_at_the_new_address_of_a_sandbox_that_was_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let run = |arguments: &[&str]| Ended(program(folder.path(), arguments).output().unwrap());
    let world = [
        "--sandbox=slow-start",
        "--sandbox-groups",
        "6",
        "--speed",
        "60",
    ];
    let plan = [
        "plan",
        "new",
        "--bucket",
        crate::world::BUCKET,
        "--role",
        "R",
        "--settle",
        "3s",
        "--out",
        "p.json",
    ];
    let made = run(&[&world[..], &plan[..]].concat());
    assert_eq!(made.status(), 0, "{}", made.err());
    let mut driver = AtWork::until_it_says(
        &mut program(folder.path(), &["run", "start", "p.json", "--yes"]),
        "The bulk deployment has been started",
    );
    let before = process::attach(&data).unwrap().unwrap();
    assert!(process::stop(&data).unwrap());
    assert_eq!(run(&["--sandbox", "groups", "list"]).status(), 0);
    let _ends = Ends(&data);
    let after = process::attach(&data).unwrap().unwrap();
    assert_ne!((after.pid, &after.endpoint), (before.pid, &before.endpoint));
    assert_eq!(driver.child.wait().unwrap().code(), Some(0));
}
