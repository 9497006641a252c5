use overseed_sandbox::Scenario;

use crate::world::{AtWork, BUCKET, World};

/// A plan of all core devices; answers its id.
fn plan(world: &World, more: &[&str]) -> String {
    let new = [
        "plan",
        "new",
        "--v2",
        "--component",
        "com.plant.HealthReport=1.1.0",
        "--settle",
        "20m",
        "--out",
        "plan.json",
        "--json",
    ];
    let made = world.run(&[&new[..], more].concat()).well();
    made[0]["id"].as_str().unwrap().to_owned()
}

const START: [&str; 5] = ["run", "start", "plan.json", "--yes", "--json"];

#[test]
fn a_stop_that_cancels_takes_back_what_devices_have_not_taken() {
    let world = World::of(30, Scenario::CoresOff);
    let id = plan(&world, &[]);
    let mut driver = AtWork::until_it_says(
        &mut world.program(&START),
        "Waiting for the last core devices to settle",
    );
    let stopped = world
        .run(&["run", "stop", &id, "--cancel", "--json"])
        .well();
    let counts = &stopped[0]["counts"];
    assert!(counts["failed"].as_u64().unwrap() > 0, "{counts}");
    assert_eq!(
        (&counts["submitted"], &counts["inProgress"]),
        (&0.into(), &0.into())
    );
    assert_eq!(driver.child.wait().unwrap().code(), Some(1));
    // One that a device has taken meanwhile is not cancelled any more.
    let asked = world.sandbox.calls("CancelDeployment");
    assert!(asked >= counts["failed"].as_u64().unwrap(), "{asked}");
    let targets = world.run(&["run", "targets", &id, "--state", "failed", "--json"]);
    assert!(targets.well().iter().all(|row| row["code"] == "CANCELED"));
}

#[test]
fn a_bulk_deployment_is_stopped_but_not_cancelled() {
    let world = World::of(4, Scenario::AllWell);
    let id = world.plan("R");
    world.run(&START).well();
    let ended = world.run(&["run", "stop", &id, "--cancel", "--json"]);
    assert_eq!(ended.status(), 2, "{}", ended.err());
    assert!(
        ended.problem()["hint"]
            .as_str()
            .unwrap()
            .contains("Stop the run")
    );
}

#[test]
fn how_many_devices_a_state_machine_works_on_at_once_is_set_while_it_does() {
    let world = World::at_speed(60, Scenario::AllWell, 5.0);
    let id = plan(&world, &["--way", "step-functions", "--bucket", BUCKET]);
    let _driver = AtWork::until_it_says(&mut world.program(&START), "Deployments are being made");
    let set = world.run(&["run", "at-once", &id, "2", "--json"]).well();
    assert_eq!(set[0]["v2"]["atOnce"], 2);
    let told = world.run(&["run", "at-once", &id, "3"]);
    assert!(
        told.err().contains("3 core devices at once"),
        "{}",
        told.err()
    );
    assert!(
        told.out().contains("execution arn:aws:states:"),
        "{}",
        told.out()
    );
    let ended = world.run(&["run", "at-once", &id, "0", "--json"]);
    assert_eq!(
        (ended.status(), &ended.problem()["code"]),
        (2, &"invalid_input".into())
    );
}

#[test]
fn the_state_machines_of_an_ended_run_are_taken_away() {
    let world = World::of(4, Scenario::AllWell);
    let id = plan(&world, &["--way", "step-functions", "--bucket", BUCKET]);
    world.run(&START).well();
    let cleaned = world.run(&["run", "clean-up", &id, "--json"]).well();
    assert_eq!(cleaned[0]["deleted"][0]["kind"], "state_machine");
    assert_eq!(cleaned[0]["left"], serde_json::json!([]));
    let again = world.run(&["run", "clean-up", &id]);
    assert_eq!(again.status(), 0, "{}", again.err());
    assert!(
        again.err().contains("left nothing behind"),
        "{}",
        again.err()
    );
}

#[test]
fn a_run_of_core_devices_speaks_of_no_groups_and_bulk_deployments() {
    let world = World::of(9, Scenario::CoresOff);
    let id = plan(&world, &["--wave", "4", "--max-failed", "50%"]);
    let mut driver = AtWork::until_it_says(
        &mut world.program(&START),
        "wave 2 of 2: Waiting for the last core devices to settle",
    );
    world.run(&["run", "stop", &id, "--cancel"]);
    driver.child.wait().unwrap();
    let thing = world.run(&["run", "targets", &id, "--json"]).well()[0]["target"].clone();
    for arguments in [
        &["run", "watch", &id][..],
        &["run", "targets", &id],
        &["run", "causes", &id],
        &["run", "history", &id, thing.as_str().unwrap()],
        &["run", "stop", &id],
    ] {
        let ended = world.run(arguments);
        let said = format!("{}{}", ended.out(), ended.err()).to_lowercase();
        assert!(!said.is_empty());
        for word in ["group", "bulk", "record", "input file"] {
            assert!(!said.contains(word), "{arguments:?} says {word}:\n{said}");
        }
    }
    let watched = world.run(&["run", "watch", &id]).out();
    assert!(watched.contains("wave 1, 4 core devices, "), "{watched}");
}
