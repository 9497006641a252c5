//! What comes after a run: retried, compared, reported, opened elsewhere, pruned.

use overseed_sandbox::Scenario;
use serde_json::Value;

use crate::world::{Ended, World, program};

/// A run of a mixed fleet to its end; answers its id and its last line.
fn mixed(world: &World) -> (String, Value) {
    let id = world.plan("After");
    let started = world.run(&["run", "start", "plan.json", "--yes", "--json"]);
    assert_eq!(started.status(), 1, "{}", started.err());
    (id, started.lines().pop().unwrap())
}

fn count(run: &Value, states: &[&str]) -> u64 {
    let counts = states
        .iter()
        .map(|state| run["counts"][state].as_u64().unwrap());
    counts.sum()
}

/// Without any connection.
fn offline(world: &World, arguments: &[&str]) -> Ended {
    Ended(program(&world.path(""), arguments).output().unwrap())
}

#[test]
fn what_failed_is_retried_compared_and_rolled_back() {
    let world = World::of(150, Scenario::Mixed);
    let (id, run) = mixed(&world);
    let lost = count(&run, &["failed", "unknown"]);
    let made = world
        .run(&["run", "retry", &id, "--out", "retry.json", "--json"])
        .well();
    assert_eq!(made[0]["targets"], lost);
    assert_eq!(made[0]["parent"], id.as_str());
    let again = world.run(&["run", "start", "retry.json", "--yes", "--json"]);
    let again = again.lines().pop().unwrap();
    assert_eq!(again["parent"], id.as_str());
    let second = again["id"].as_str().unwrap();

    let rows = offline(&world, &["run", "compare", &id, second, "--json"]).well();
    let of = |change: &str| rows.iter().filter(|row| row["change"] == change).count() as u64;
    assert_eq!(of("fixed"), count(&again, &["succeeded"]));
    assert_eq!(of("still_failing"), count(&again, &["failed", "unknown"]));
    assert_eq!(of("only_a"), count(&run, &["succeeded"]));
    let fixed = ["run", "compare", &id, second, "--change", "fixed", "--json"];
    assert_eq!(offline(&world, &fixed).well().len() as u64, of("fixed"));
    let people = offline(&world, &["run", "compare", &id, second]);
    assert!(people.out().contains(" fixed"), "{}", people.out());

    let target = rows.iter().find(|row| row["change"] == "fixed").unwrap();
    let target = target["target"].as_str().unwrap();
    let history = offline(&world, &["run", "history", second, target, "--json"]).well();
    assert_eq!(history[0]["run"], id.as_str());
    assert_ne!(history[0]["state"], "succeeded");

    let back = world.run(&["run", "roll-back", &id, "--out", "back.json", "--json"]);
    let left_out = back.lines()[0]["leftOut"].as_array().unwrap().len() as u64;
    assert_eq!(back.status(), i32::from(left_out > 0));
    let targets = back.lines()[0]["targets"].as_u64().unwrap();
    assert_eq!(targets + left_out, count(&run, &["succeeded"]));
    let unknown = world.run(&[
        "run", "retry", &id, "--target", "nobody", "--out", "x.json", "--json",
    ]);
    assert_eq!(unknown.problem()["code"], "not_found");
    assert!(!world.path("x.json").exists());
}

#[test]
fn a_report_needs_no_connection_and_writes_all_that_is_asked_for() {
    let world = World::of(60, Scenario::Mixed);
    let (id, run) = mixed(&world);
    let files = [
        ("--html", "r.html"),
        ("--csv", "t.csv"),
        ("--json", "t.jsonl"),
        ("--causes-csv", "c.csv"),
        ("--causes-json", "c.jsonl"),
        ("--changes-csv", "l.csv"),
        ("--changes-json", "l.jsonl"),
        ("--plan", "p.json"),
        ("--events-cloudformation", "e.json"),
        ("--events-cli", "e.sh"),
    ];
    let mut arguments = vec!["run", "report", id.as_str()];
    arguments.extend(files.iter().flat_map(|(option, file)| [*option, *file]));
    let written = offline(&world, &arguments).well();
    assert_eq!(written.len(), files.len(), "{written:?}");
    let total = count(&run, &["succeeded", "failed", "unknown"]);
    let lines = |name: &str| {
        std::fs::read_to_string(world.path(name))
            .unwrap()
            .lines()
            .count() as u64
    };
    assert_eq!(lines("t.jsonl"), total);
    assert!(lines("t.csv") > total);
    assert!(lines("l.jsonl") > 0);
    let plan = std::fs::read_to_string(world.path("p.json")).unwrap();
    assert_eq!(
        plan,
        std::fs::read_to_string(world.path("plan.json")).unwrap()
    );
    let html = std::fs::read_to_string(world.path("r.html")).unwrap();
    assert!(html.contains(&id) && html.contains("</html>"));
    assert_eq!(offline(&world, &["run", "report", &id]).status(), 2);
    assert_eq!(
        offline(&world, &["run", "report", &id, "t.jsonl"]).status(),
        2
    );
}

#[test]
fn a_bulk_deployment_of_another_data_folder_is_opened_by_its_id() {
    let world = World::of(40, Scenario::Mixed);
    let (id, run) = mixed(&world);
    let away = world.path("away").display().to_string();
    let listed = world.run(&["run", "bulk-deployments", "--json"]).well();
    assert_eq!(listed[0]["run"], id.as_str());
    let bulk = listed[0]["id"].as_str().unwrap();
    let opened = world
        .run(&["--data-dir", &away, "run", "open", bulk, "--json"])
        .well();
    assert_eq!(opened[0]["foreign"], true);
    assert_eq!(opened[0]["counts"]["failed"], run["counts"]["failed"]);
    let found = opened[0]["id"].as_str().unwrap();
    let causes = world
        .run(&["--data-dir", &away, "run", "causes", found, "--json"])
        .well();
    assert!(!causes.is_empty());
    let refused = world.run(&["--data-dir", &away, "run", "resume", found, "--json"]);
    assert_eq!(refused.problem()["code"], "invalid_input");
    let own = world.run(&["run", "open", bulk, "--json"]).well();
    assert_eq!(own[0]["id"], id.as_str());
}

#[test]
fn pruning_says_what_it_would_do_before_it_does_it() {
    let world = World::of(20, Scenario::AllWell);
    let id = world.plan("Old");
    world
        .run(&["run", "start", "plan.json", "--yes", "--json"])
        .well();
    let kept = offline(
        &world,
        &["run", "prune", "--older-than", "90d", "--yes", "--json"],
    )
    .well();
    assert_eq!(kept[0]["runs"], 0);
    let dry = offline(&world, &["run", "prune", "--older-than", "0d", "--json"]).well();
    assert_eq!(dry[0]["runs"], 1);
    assert_eq!(
        offline(&world, &["run", "list", "--json"]).well()[0]["id"],
        id.as_str()
    );
    let done = offline(
        &world,
        &["run", "prune", "--older-than", "0", "--yes", "--json"],
    )
    .well();
    assert_eq!(done[0]["runs"], 1);
    assert!(
        offline(&world, &["run", "list", "--json"])
            .well()
            .is_empty()
    );
    assert_eq!(
        offline(&world, &["run", "prune", "--older-than", "soon"]).status(),
        2
    );
}
