//! Waves on the command line: planned, held, left out, gone on with.

use overseed_sandbox::Scenario;
use serde_json::Value;

use crate::world::{AtWork, BUCKET, World};

/// A plan of all groups in these waves; answers what `plan new --json` says of it.
fn planned(world: &World, waves: &[&str]) -> Value {
    let mut arguments = vec![
        "plan",
        "new",
        "--bucket",
        BUCKET,
        "--role",
        "Waves",
        "--settle",
        "3s",
        "--out",
        "plan.json",
        "--json",
    ];
    arguments.extend(waves);
    world.run(&arguments).well().remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_waits_after_each_wave_until_it_is_told_to_go_on() {
    let world = World::of(14, Scenario::AllWell);
    let waves = [
        "--wave",
        "2",
        "--wave",
        "25%",
        "--rest",
        "--hold-after-each",
    ];
    let made = planned(&world, &waves);
    let id = made["id"].as_str().unwrap();
    let sizes: Vec<u64> = made["waves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|wave| wave["targets"].as_u64().unwrap())
        .collect();
    assert_eq!(sizes.len(), 3, "{made}");
    assert_eq!(sizes[0], 2);
    assert_eq!(sizes.iter().sum::<u64>(), made["targets"].as_u64().unwrap());
    let shown = world.run(&["plan", "show", "plan.json"]);
    for words in ["Waves", "25 % of the plan", "the rest", "after each wave"] {
        assert!(shown.out().contains(words), "{words}: {}", shown.out());
    }

    let held = world.run(&["run", "start", "plan.json", "--yes", "--json"]);
    assert_eq!(held.status(), 3, "{}", held.err());
    let run = &held.lines()[0];
    assert_eq!(
        (&run["state"], &run["hold"]),
        (&"hold".into(), &"between_waves".into())
    );
    let shas = |run: &Value| -> Vec<Value> {
        let waves = run["waves"].as_array().unwrap().iter();
        waves.map(|wave| wave["sha256"].clone()).collect()
    };
    assert_eq!(shas(run), shas(&made));
    // A second start of the same plan passes no gate.
    let again = world.run(&["run", "start", "plan.json", "--yes"]);
    assert_eq!(again.status(), 3, "{}", again.err());
    assert!(again.err().contains("run continue"), "{}", again.err());
    // Neither does who resumes.
    let resumed = world.run(&["run", "resume", id]);
    assert_eq!(resumed.status(), 3, "{}", resumed.err());
    assert!(resumed.err().contains("run continue"), "{}", resumed.err());
    assert_eq!(world.bulk_deployments().await, 1);

    let targets = world.run(&["run", "targets", id, "--json"]).well();
    let of = |wave: u64| -> &str {
        let row = targets.iter().find(|row| row["wave"] == wave);
        row.unwrap()["target"].as_str().unwrap()
    };
    let late = world.run(&["run", "skip", id, of(1), of(3), "--json"]);
    assert_eq!(
        (late.status(), &late.problem()["code"]),
        (2, &"invalid_input".into())
    );
    let skipped = world.run(&["run", "skip", id, of(3), "--json"]).well();
    assert_eq!(skipped[0]["waves"][2]["skipped"], 1);

    let second = world.run(&["run", "continue", id, "--json"]);
    assert_eq!(second.status(), 3, "{}", second.err());
    let last = world.run(&["run", "continue", id, "--json"]);
    // One target was left out: not every one succeeded.
    assert_eq!(last.status(), 1, "{}", last.err());
    let run = &last.lines()[0];
    assert_eq!(
        (&run["state"], &run["counts"]["waiting"]),
        (&"finished".into(), &1.into())
    );
    assert_eq!(world.bulk_deployments().await, 3);
    let people = world.run(&["run", "watch", id]);
    assert!(people.out().contains("wave 3, "), "{}", people.out());
    assert!(
        people.out().contains("1 of them left out"),
        "{}",
        people.out()
    );
    let over = world.run(&["run", "pause", id, "--json"]).well();
    assert_eq!(over[0]["state"], "finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_aborts_ends_the_run_and_says_why() {
    let world = World::of(160, Scenario::Mixed);
    let waves = [
        "--wave",
        "80",
        "--random",
        "7",
        "--max-failed",
        "1%",
        "--on-exceeded",
        "abort",
    ];
    planned(&world, &waves);
    let ended = world.run(&["run", "start", "plan.json", "--yes"]);
    assert_eq!(ended.status(), 1, "{}", ended.err());
    assert!(
        ended.err().contains("did not pass its gate"),
        "{}",
        ended.err()
    );
    assert!(ended.out().contains("wave 2, "), "{}", ended.out());
    assert!(
        ended.out().contains("gate: In this wave"),
        "{}",
        ended.out()
    );
    assert_eq!(world.bulk_deployments().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_terminal_pauses_a_run_and_goes_on_with_it() {
    let world = World::at_speed(12, Scenario::AllWell, 60.0);
    let id = planned(&world, &["--wave", "2", "--wave", "2"])["id"].clone();
    let id = id.as_str().unwrap();
    let early = world.run(&["run", "pause", id, "--json"]);
    assert_eq!(
        (early.status(), &early.problem()["code"]),
        (5, &"not_found".into())
    );
    let start = ["run", "start", "plan.json", "--yes"];
    let mut driver = AtWork::until_it_says(&mut world.program(&start), "run ");
    world.run(&["run", "pause", id]);
    assert_eq!(driver.child.wait().unwrap().code(), Some(3));
    let held = world.run(&["run", "watch", id, "--json"]);
    let run = &held.lines()[0];
    assert_eq!(
        (held.status(), &run["hold"]),
        (3, &"paused".into()),
        "{run}"
    );
    assert!(world.bulk_deployments().await < 3);
    let on = world.run(&["run", "continue", id, "--json"]).well();
    assert_eq!(
        (&on[0]["state"], &on[0]["hold"]),
        (&"finished".into(), &Value::Null)
    );
    assert_eq!(world.bulk_deployments().await, 3);
}

#[test]
fn what_is_no_wave_is_refused_before_anything_is_listed() {
    let world = World::of(3, Scenario::AllWell);
    let base = [
        "plan", "new", "--bucket", BUCKET, "--role", "R", "--out", "p.json",
    ];
    for bad in [
        &["--wave", "five"][..],
        &["--wave", "0"],
        &["--wave", "0%"],
        &["--wave", "101%"],
        &["--wave", "name~"],
        &["--wave", "2", "--max-failed", "120%"],
        &["--max-failed", "2%"],
        &["--rest"],
        &["--on-exceeded", "abort"],
        &["--wave", "2", "--on-exceeded", "shrug"],
    ] {
        let refused = world.run(&[&base[..], bad].concat());
        assert_eq!(refused.status(), 2, "{bad:?}: {}", refused.err());
        let refused = world.run(&[&base[..], bad, &["--json"]].concat());
        assert_eq!(refused.status(), 2, "{bad:?}: {}", refused.err());
        assert_eq!(refused.problem()["code"], "invalid_input", "{bad:?}");
        assert_eq!(refused.err().lines().count(), 1, "{}", refused.err());
    }
    assert!(!world.path("p.json").exists());
}
