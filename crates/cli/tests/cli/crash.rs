use overseed_sandbox::{Fault, FaultKind, Scenario};

use crate::world::{AtWork, World};

/// What the driver says once the bulk deployment is known.
const STARTED: &str = "The bulk deployment has been started";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_twice_is_resumed_and_has_one_bulk_deployment() {
    let world = World::of(300, Scenario::AllWell);
    let id = world.plan("Fresh");
    for moment in ["run ", STARTED] {
        let mut killed = AtWork::until_it_says(
            &mut world.program(&["run", "start", "plan.json", "--yes"]),
            moment,
        );
        killed.child.kill().unwrap();
        assert!(!killed.child.wait().unwrap().success());
    }
    let left = world.run(&["run", "watch", &id]);
    assert_eq!(left.status(), 3, "{}", left.err());
    assert!(left.err().contains("run resume"), "{}", left.err());
    let resumed = world.run(&["run", "resume", &id, "--json"]).well();
    assert_eq!(
        (&resumed[0]["state"], &resumed[0]["counts"]["succeeded"]),
        (&"finished".into(), &300.into())
    );
    assert_eq!(world.bulk_deployments().await, 1);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_driving_and_says_how_to_go_on() {
    use std::io::Read;

    // Minutes of simulated time before the first record: it cannot have ended before it is stopped.
    let world = World::at_speed(20, Scenario::SlowStart, 5.0);
    let id = world.plan("Fresh");
    let mut driver = AtWork::until_it_says(
        &mut world.program(&["run", "start", "plan.json", "--yes"]),
        STARTED,
    );
    let sent = std::process::Command::new("kill")
        .args(["-INT", &driver.child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(driver.child.wait().unwrap().code(), Some(130));
    let mut rest = String::new();
    driver.said.read_to_string(&mut rest).unwrap();
    assert!(
        rest.contains(&format!(
            "its bulk deployment goes on. To go on driving it: overseed-cli run resume {id}"
        )),
        "{rest}"
    );
    let stopped = world.run(&["run", "stop", &id, "--json"]).well();
    assert_eq!(stopped[0]["state"], "stopped");
    assert_eq!(world.sandbox.calls("StopBulkDeployment"), 1);
}

#[cfg(unix)]
#[test]
fn an_interrupt_before_the_start_says_that_nothing_was_started() {
    use std::io::Read;

    let world = World::of(6, Scenario::AllWell);
    let id = world.plan("Fresh");
    world.sandbox.faults().add(Fault {
        operation: "CreateRole".to_owned(),
        kind: FaultKind::Stall,
        times: None,
        after: 0,
    });
    let mut driver = AtWork::until_it_says(
        &mut world.program(&["run", "start", "plan.json", "--yes"]),
        "Checking and applying permissions",
    );
    let sent = std::process::Command::new("kill")
        .args(["-TERM", &driver.child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(driver.child.wait().unwrap().code(), Some(130));
    let mut rest = String::new();
    driver.said.read_to_string(&mut rest).unwrap();
    assert!(
        rest.contains("no bulk deployment of it is under way") && rest.contains(&id),
        "{rest}"
    );
    assert_eq!(world.sandbox.calls("StartBulkDeployment"), 0);
}

#[test]
fn a_second_start_watches_what_the_first_one_drives() {
    let world = World::of(60, Scenario::AllWell);
    world.plan("Fresh");
    let mut first = AtWork::until_it_says(
        &mut world.program(&["run", "start", "plan.json", "--yes"]),
        STARTED,
    );
    let second = world.run(&["run", "start", "plan.json", "--yes", "--json"]);
    assert_eq!(second.status(), 0, "{}", second.err());
    assert!(second.err().contains("watching it"), "{}", second.err());
    assert_eq!(second.lines()[0]["state"], "finished");
    assert!(first.child.wait().unwrap().success());
}

#[test]
fn a_stop_from_elsewhere_reaches_the_driver() {
    let world = World::at_speed(20, Scenario::SlowStart, 5.0);
    let id = world.plan("Fresh");
    let mut driver = AtWork::until_it_says(
        &mut world.program(&["run", "start", "plan.json", "--yes"]),
        STARTED,
    );
    let stopped = world.run(&["run", "stop", &id, "--json"]).well();
    assert_eq!(stopped[0]["state"], "stopped");
    assert_eq!(driver.child.wait().unwrap().code(), Some(1));
    assert_eq!(world.sandbox.calls("StopBulkDeployment"), 1);
}

#[test]
fn who_looks_on_waits_a_moment_for_the_next_driver() {
    let world = World::of(60, Scenario::AllWell);
    let id = world.plan("Fresh");
    let mut killed = AtWork::until_it_says(
        &mut world.program(&["run", "start", "plan.json", "--yes"]),
        STARTED,
    );
    killed.child.kill().unwrap();
    killed.child.wait().unwrap();
    // Nobody drives it when this one begins to look.
    let mut looking = AtWork::until_it_says(&mut world.program(&["run", "watch", &id]), STARTED);
    world.run(&["run", "resume", &id, "--json"]).well();
    assert_eq!(looking.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_stop_that_cannot_be_carried_out_ends_with_status_3_and_says_why() {
    let world = World::at_speed(20, Scenario::SlowStart, 5.0);
    let id = world.plan("Fresh");
    let mut driver = AtWork::until_it_says(
        &mut world.program(&["run", "start", "plan.json", "--yes"]),
        STARTED,
    );
    for operation in ["StopBulkDeployment", "GetBulkDeploymentStatus"] {
        world.sandbox.faults().add(Fault {
            operation: operation.to_owned(),
            kind: FaultKind::ExpiredCredentials,
            times: None,
            after: 0,
        });
    }
    let stopped = world.run(&["run", "stop", &id]);
    assert_eq!(stopped.status(), 3, "{}", stopped.err());
    assert!(
        stopped.err().contains("The credentials have expired"),
        "{}",
        stopped.err()
    );
    assert_eq!(driver.child.wait().unwrap().code(), Some(3));
}
