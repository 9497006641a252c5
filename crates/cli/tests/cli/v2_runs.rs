use overseed_sandbox::Scenario;

use crate::world::{AtWork, BUCKET, World};

/// A plan of all core devices; answers its id.
fn plan(world: &World, more: &[&str]) -> String {
    plan_of(world, ("1.1.0", "20m"), more)
}

/// The same with the version that they get, and the time to settle.
fn plan_of(world: &World, (version, settle): (&str, &str), more: &[&str]) -> String {
    let component = format!("com.plant.HealthReport={version}");
    let new = [
        "plan",
        "new",
        "--v2",
        "--component",
        &component,
        "--settle",
        settle,
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

#[test]
fn what_was_unknown_at_the_end_of_a_run_is_read_later_in_both_generations() {
    let world = World::at_speed(6, Scenario::AllWell, 10.0);
    let id = plan_of(&world, ("1.1.0", "1s"), &[]);
    let ended = world.run(&START);
    let run = ended.lines().pop().unwrap();
    assert!(run["counts"]["unknown"].as_u64().unwrap() > 0, "{run}");
    let told = world.run(&["run", "watch", &id]);
    assert!(
        told.err().contains(&format!("run read-again {id}")),
        "{}",
        told.err()
    );
    let made = world.sandbox.calls("CreateDeployment");
    let late = loop {
        let read = world.run(&["run", "read-again", &id, "--json"]);
        let run = read.lines().pop().unwrap();
        assert_eq!(run["id"], id.as_str());
        if run["counts"]["unknown"] == 0 {
            assert_eq!(read.status(), 0, "{}", read.err());
            assert!(
                read.err()
                    .contains("unknown core devices have an outcome now"),
                "{}",
                read.err()
            );
            break run;
        }
        assert_eq!(read.status(), 1, "{}", read.err());
    };
    assert_eq!(late["counts"]["succeeded"], 6);
    assert_eq!(world.sandbox.calls("CreateDeployment"), made);

    let groups = World::of(6, Scenario::AllWell);
    let id = groups.plan("R");
    let run = groups.run(&START).lines().pop().unwrap();
    let read = groups.run(&["run", "read-again", &id, "--json"]).lines();
    assert_eq!(read[0]["id"], id.as_str());
    assert_eq!(read[0]["counts"], run["counts"]);
}

#[test]
fn the_history_of_a_core_device_names_its_document_and_deployment() {
    let world = World::of(3, Scenario::AllWell);
    let first = plan(&world, &[]);
    world.run(&START).well();
    let second = plan_of(&world, ("1.0.0", "20m"), &[]);
    world.run(&START).well();
    let got = |run: &str| {
        let rows = world.run(&["run", "targets", run, "--json"]).well();
        rows.into_iter().next().unwrap()
    };
    let (before, now) = (got(&first), got(&second));
    let thing = now["target"].as_str().unwrap();
    assert_eq!(before["target"], thing);
    assert_ne!(before["version"], now["version"]);
    let history = world
        .run(&["run", "history", &second, thing, "--json"])
        .well();
    assert_eq!(history.len(), 1, "{history:?}");
    let row = history[0].as_object().unwrap();
    assert_eq!(row["run"], first.as_str());
    assert_eq!(row["document"], before["version"]);
    assert_eq!(row["deployment"], before["deployment"]);
    assert_eq!(row["state"], "succeeded");
    assert!(!row.contains_key("version"), "{row:?}");
    let shown = world.run(&["plan", "show", "plan.json", "--json"]).well();
    assert_eq!(shown[0]["documents"][0]["hash"], now["version"]);
    let people = world.run(&["run", "history", &second, thing]).out();
    assert!(
        people.contains("Document") && people.contains(before["version"].as_str().unwrap()),
        "{people}"
    );
}

#[test]
fn a_plan_that_was_run_before_says_so_in_both_generations() {
    for v2 in [false, true] {
        let world = World::of(3, Scenario::AllWell);
        let id = if v2 {
            plan(&world, &[])
        } else {
            world.plan("R")
        };
        let first = world.run(&START).well();
        assert!(first[0].get("warnings").is_none(), "{first:?}");

        let calls = ["CreateDeployment", "StartBulkDeployment"];
        let made = calls.map(|call| world.sandbox.calls(call));
        let again = world.run(&START);
        let warning = &again.well()[0]["warnings"][0];
        assert_eq!(
            (&warning["id"], &warning["state"]),
            (&"run_before".into(), &"warn".into())
        );
        assert!(
            again.err().contains("Mind: This plan was run before"),
            "{}",
            again.err()
        );
        assert_eq!(calls.map(|call| world.sandbox.calls(call)), made);
        let shown = world.run(&["plan", "show", "plan.json", "--json"]).well();
        let told = |shown: &serde_json::Value| {
            let checks = shown["preflight"].as_array().unwrap();
            let found = checks.iter().find(|check| check["id"] == "run_before");
            found.unwrap()["detail"].as_str().unwrap().to_owned()
        };
        assert!(told(&shown[0]).contains(&id), "{}", told(&shown[0]));

        world.run(&["run", "prune", "--older-than", "0d", "--yes"]);
        let shown = world.run(&["plan", "show", "plan.json", "--json"]).well();
        assert!(
            told(&shown[0]).contains("pruned since"),
            "{}",
            told(&shown[0])
        );
        let anew = world.run(&START);
        let run = anew.lines().pop().unwrap();
        let detail = run["warnings"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("pruned since"), "{run}");
        assert!(anew.err().contains("pruned since"), "{}", anew.err());
    }
}
