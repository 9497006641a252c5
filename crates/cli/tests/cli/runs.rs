use overseed_sandbox::Scenario;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_carried_out_once_however_often_it_is_started() {
    let world = World::of(14, Scenario::AllWell);
    let id = world.plan("Fresh");
    let refused = world.run(&["run", "start", "plan.json", "--json"]);
    assert_eq!(refused.status(), 2, "{}", refused.err());
    let first = world
        .run(&["run", "start", "plan.json", "--yes", "--json"])
        .well();
    assert_eq!(
        (&first[0]["id"], &first[0]["state"]),
        (&id.clone().into(), &"finished".into())
    );
    assert_eq!(first[0]["counts"]["succeeded"], 14);
    let again = world
        .run(&["run", "start", "plan.json", "--yes", "--json"])
        .well();
    assert_eq!(again[0]["waves"], first[0]["waves"]);
    let people = world.run(&["run", "start", "plan.json", "--yes"]);
    assert!(
        people.out().contains("finished: 14 succeeded"),
        "{}",
        people.out()
    );
    assert_eq!(world.run(&["run", "list", "--json"]).well().len(), 1);
    assert_eq!(world.bulk_deployments().await, 1);
    let causes = world.run(&["run", "causes", &id]);
    assert!(
        causes.out().contains("Nothing has failed"),
        "{}",
        causes.out()
    );
}

#[test]
fn a_run_with_failures_ends_with_status_1_and_keeps_the_services_words() {
    let world = World::of(120, Scenario::Mixed);
    let id = world.plan("Fresh");
    let started = world.run(&["run", "start", "plan.json", "--yes", "--json"]);
    assert_eq!(started.status(), 1, "{}", started.err());
    let counts = &started.lines()[0]["counts"];
    let short = &id[..8];
    let failed = world
        .run(&["run", "targets", short, "--state", "failed", "--json"])
        .well();
    assert!(!failed.is_empty());
    assert_eq!(counts["failed"], failed.len());
    for target in &failed {
        assert!(
            target["target"].is_string() && target["version"].is_string(),
            "{target}"
        );
        assert!(
            target["message"]
                .as_str()
                .is_some_and(|words| !words.is_empty()),
            "{target}"
        );
        assert_eq!(target["state"], "failed");
    }
    let all = world.run(&["run", "targets", short, "--json"]).well();
    let total: u64 = counts
        .as_object()
        .unwrap()
        .values()
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert_eq!(all.len() as u64, total);
    let causes = world.run(&["run", "causes", short, "--json"]).well();
    let targets: u64 = causes
        .iter()
        .map(|cause| cause["targets"].as_u64().unwrap())
        .sum();
    assert_eq!(
        targets,
        counts["failed"].as_u64().unwrap() + counts["unknown"].as_u64().unwrap()
    );
    assert_eq!(world.run(&["run", "watch", short]).status(), 1);
}

#[test]
fn a_run_that_holds_ends_with_status_3_and_goes_on_when_it_is_mended() {
    let world = World::of(5, Scenario::AllWell);
    let plan = [
        "plan",
        "new",
        "--bucket",
        "overseed-not-there",
        "--role",
        "R",
        "--out",
        "plan.json",
        "--json",
    ];
    let id = world.run(&plan).well()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let started = world.run(&["run", "start", "plan.json", "--yes", "--json"]);
    assert_eq!(started.status(), 3, "{}", started.err());
    assert_eq!(started.lines()[0]["state"], "hold");
    assert_eq!(started.lines()[0]["problem"]["code"], "bucket_missing");
    assert_eq!(
        world.sandbox.calls("CreateRole"),
        0,
        "nothing is made for a run that cannot start"
    );
    let watched = world.run(&["run", "watch", &id]);
    assert_eq!(watched.status(), 3);
    assert!(watched.err().contains("hint: "), "{}", watched.err());
    let stopped = world.run(&["run", "stop", &id, "--json"]).well();
    assert_eq!(stopped[0]["state"], "stopped");
    let over = world.run(&["run", "resume", &id, "--json"]);
    assert_eq!(
        (over.status(), &over.lines()[0]["state"]),
        (1, &"stopped".into())
    );
    assert_eq!(world.sandbox.calls("StartBulkDeployment"), 0);
}

#[test]
fn runs_are_read_without_a_connection() {
    let world = World::of(5, Scenario::AllWell);
    let id = world.plan("R");
    world.run(&["run", "start", "plan.json", "--yes"]);
    let offline = |arguments: &[&str]| {
        let ended = crate::world::program(&world.path(""), arguments)
            .output()
            .unwrap();
        crate::world::Ended(ended)
    };
    assert_eq!(
        offline(&["run", "list", "--json"]).well()[0]["id"],
        id.as_str()
    );
    assert_eq!(offline(&["run", "targets", &id, "--json"]).well().len(), 5);
    assert_eq!(offline(&["run", "causes", &id, "--json"]).well().len(), 0);
    assert_eq!(
        offline(&["run", "watch", &id, "--json"]).well()[0]["state"],
        "finished"
    );
    let unknown = offline(&["run", "watch", "ffff", "--json"]);
    assert_eq!(
        (unknown.status(), &unknown.problem()["code"]),
        (5, &"not_found".into())
    );
    assert_eq!(offline(&["run", "start", "plan.json", "--yes"]).status(), 4);
    let elsewhere = [
        "--region",
        "eu-central-1",
        "run",
        "start",
        "plan.json",
        "--yes",
        "--json",
    ];
    assert_ne!(offline(&elsewhere).status(), 0);
}
