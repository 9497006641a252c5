use overseed_sandbox::Scenario;
use serde_json::Value;

use crate::world::World;

const HEALTH: &str = "com.plant.HealthReport=1.1.0";

fn things(world: &World) -> Vec<String> {
    let listed = world.run(&["devices", "list", "--json"]).well();
    let names = listed.iter().map(|row| row["thingName"].as_str());
    names.map(|name| name.unwrap().to_owned()).collect()
}

#[test]
fn a_plan_of_core_devices_is_made_and_shown() {
    let world = World::of(12, Scenario::AllWell);
    let made = world
        .run(&[
            "plan",
            "new",
            "--v2",
            "--component",
            HEALTH,
            "--policy",
            "do-nothing",
            "--notify",
            "90",
            "--out",
            "health.json",
            "--json",
        ])
        .well();
    assert_eq!(
        (&made[0]["targets"], &made[0]["way"]),
        (&12.into(), &"direct".into())
    );
    let shown = world.run(&["plan", "show", "health.json", "--json"]).well();
    assert_eq!(shown[0]["generation"], "v2");
    assert_eq!(shown[0]["id"], made[0]["id"]);
    assert_eq!(shown[0]["waves"][0]["targets"], 12);
    let document = &shown[0]["documents"][0];
    assert_eq!(document["components"]["com.plant.HealthReport"], "1.1.0");
    assert_eq!(document["deploymentName"], "health");
    assert_eq!(document["policies"]["failureHandlingPolicy"], "DO_NOTHING");
    assert_eq!(
        document["policies"]["componentUpdatePolicy"]["timeoutInSeconds"],
        90
    );
    let people = world.run(&["plan", "show", "health.json"]);
    let text = people.out();
    assert!(text.contains("12 core devices, made by this app"), "{text}");
    assert!(text.contains("com.plant.HealthReport 1.1.0"), "{text}");
    let file = shown[0]["waves"][0]["sha256"].as_str().unwrap();
    assert!(
        text.contains(&format!("one, SHA-256 of its file {file}")),
        "{text}"
    );
    // What its roles need is another matter than that of groups.
    let needs = world.run(&["permissions", "diff", "health.json", "--json"]);
    let rows = needs.lines();
    assert!(
        rows.iter()
            .any(|row| row["kind"] == "requirement" && row["roleKind"] == "device"),
        "{rows:?}"
    );
}

#[test]
fn single_devices_get_their_own_by_rows_and_merges() {
    let world = World::of(10, Scenario::AllWell);
    let things = things(&world);
    world.file(
        "merge.json",
        "{\"site\":\"{site}\",\"thing\":\"{thingName}\"}",
    );
    world.file(
        "rows.csv",
        &format!("thingName,site\n{},north\n{},south\n", things[2], things[4]),
    );
    let new = [
        "plan",
        "new",
        "--v2",
        "--component",
        HEALTH,
        "--merge",
        "com.plant.HealthReport=merge.json",
        "--out",
        "plan.json",
        "--json",
    ];
    let made = world
        .run(&[&new[..], &["--rows", "rows.csv"]].concat())
        .well();
    assert_eq!(made[0]["targets"], 2);
    let plan: Value =
        serde_json::from_str(&std::fs::read_to_string(world.path("plan.json")).unwrap()).unwrap();
    let sites: Vec<String> = plan["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| {
            let document = &plan["documents"][target[1].as_str().unwrap()];
            let merge =
                &document["components"]["com.plant.HealthReport"]["configurationUpdate"]["merge"];
            let merge: Value = serde_json::from_str(merge.as_str().unwrap()).unwrap();
            assert_eq!(merge["thing"], target[0]);
            merge["site"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(sites, ["north", "south"]);
    // Without a row there is no site, and nothing is planned.
    let refused = world.run(&new).problem();
    assert_eq!(refused["code"], "file_invalid");
    assert!(
        refused["detail"].as_str().unwrap().contains("site"),
        "{refused}"
    );
}

#[test]
fn what_belongs_to_the_other_generation_is_refused_as_it_is_typed() {
    let world = World::of(1, Scenario::AllWell);
    for arguments in [
        &["plan", "new", "--out", "p.json"][..],
        &[
            "plan",
            "new",
            "--bucket",
            "b",
            "--role",
            "r",
            "--component",
            HEALTH,
            "--out",
            "p.json",
        ],
        &[
            "plan",
            "new",
            "--v2",
            "--groups",
            "groups.txt",
            "--out",
            "p.json",
        ],
        &[
            "plan",
            "new",
            "--v2",
            "--component",
            "no-version",
            "--out",
            "p.json",
        ],
    ] {
        let ended = world.run(arguments);
        assert_eq!(ended.status(), 2, "{arguments:?}: {}", ended.err());
    }
    let twice = world
        .run(&[
            "plan",
            "new",
            "--v2",
            "--component",
            HEALTH,
            "--remove",
            "com.plant.HealthReport",
            "--out",
            "p.json",
            "--json",
        ])
        .problem();
    assert_eq!(twice["code"], "invalid_input");
}

#[test]
fn a_plan_of_core_devices_is_carried_out_and_told() {
    let world = World::of(9, Scenario::AllWell);
    world
        .run(&[
            "plan",
            "new",
            "--v2",
            "--component",
            HEALTH,
            "--settle",
            "20m",
            "--out",
            "plan.json",
            "--json",
        ])
        .well();
    let ended = world.run(&["run", "start", "plan.json", "--yes", "--json"]);
    assert_eq!(ended.status(), 0, "{}", ended.err());
    let runs = world.run(&["run", "list", "--json"]).well();
    assert_eq!(runs[0]["generation"], "v2");
    assert_eq!(runs[0]["counts"]["succeeded"], 9);
    let id = runs[0]["id"].as_str().unwrap();
    let targets = world.run(&["run", "targets", id, "--json"]).well();
    assert_eq!(targets.len(), 9);
    assert!(
        targets
            .iter()
            .all(|target| target["deployment"].is_string())
    );
    assert!(
        world
            .run(&["run", "causes", id, "--json"])
            .well()
            .is_empty()
    );
    // All devices have it now: there is nothing left to plan, unless that is asked for.
    let new = [
        "plan",
        "new",
        "--v2",
        "--component",
        HEALTH,
        "--out",
        "again.json",
        "--json",
    ];
    assert_eq!(world.run(&new).problem()["code"], "nothing_selected");
    let made = world.run(&[&new[..], &["--unchanged"]].concat()).well();
    assert_eq!(made[0]["targets"], 9);
}

fn new(world: &World, more: &[&str]) -> crate::world::Ended {
    let plan = [
        "plan",
        "new",
        "--v2",
        "--settle",
        "20m",
        "--out",
        "plan.json",
        "--json",
    ];
    world.run(&[&plan[..], more].concat())
}

#[test]
fn a_plan_is_shown_with_the_checks_of_a_start_and_one_that_fails_blocks_it() {
    let world = World::of(4, Scenario::AllWell);
    new(&world, &["--component", "com.plant.HealthReport=9.9.9"]).well();
    let shown = world.run(&["plan", "show", "plan.json", "--json"]).well();
    let checks = shown[0]["preflight"].as_array().unwrap();
    let state = |id: &str| {
        let found = checks.iter().find(|check| check["id"] == id);
        found.unwrap_or_else(|| panic!("no {id} in {checks:?}"))["state"].clone()
    };
    assert_eq!(state("components"), "fail");
    for id in [
        "connection",
        "devices",
        "health",
        "requests",
        "platforms",
        "way",
        "other_runs",
    ] {
        assert_eq!(state(id), "pass", "{id}");
    }
    let people = world.run(&["plan", "show", "plan.json"]).out();
    assert!(
        people.contains("There is no com.plant.HealthReport 9.9.9"),
        "{people}"
    );
    let refused = world.run(&["run", "start", "plan.json", "--yes", "--json"]);
    assert_eq!(refused.status(), 5);
    let problem = refused.problem();
    assert_eq!(problem["code"], "preflight_failed");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("There is no com.plant.HealthReport 9.9.9"),
        "{detail}"
    );
    assert_eq!(world.sandbox.calls("CreateDeployment"), 0);
    assert!(world.run(&["run", "list", "--json"]).well().is_empty());
    // A plan that was changed by hand so that a device stands in it twice is refused by its name.
    let plan = std::fs::read_to_string(world.path("plan.json")).unwrap();
    let (head, targets) = plan.split_once("\"targets\": [\n").unwrap();
    let (first, rest) = targets.split_once('\n').unwrap();
    let twice = format!("{head}\"targets\": [\n{first}\n{first}\n{rest}");
    world.file("twice.json", &twice);
    let problem = world
        .run(&["run", "start", "twice.json", "--yes", "--json"])
        .problem();
    let thing = first.trim().split('"').nth(1).unwrap();
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains(thing) && !detail.contains("input file"),
        "{detail}"
    );
    // What does not block a start is said before it.
    new(
        &world,
        &["--component", HEALTH, "--device-role", "NoSuchRole"],
    )
    .well();
    let started = world.run(&["run", "start", "plan.json", "--yes"]);
    assert_eq!(started.status(), 0, "{}", started.err());
    assert!(
        started.err().contains("Mind: NoSuchRole"),
        "{}",
        started.err()
    );
}

#[test]
fn settings_of_a_job_that_aws_would_refuse_make_no_plan_and_are_refused_in_one() {
    let world = World::of(1, Scenario::AllWell);
    let group = ["--component", HEALTH, "--way", "thing-group"];
    for (setting, words) in [
        (&["--per-minute=0"][..], "1 to 1,000, not 0"),
        (&["--per-minute=1001"], "not 1001"),
        (&["--abort-at=0"], "above 0"),
        (&["--abort-at=101"], "not 101"),
        (&["--abort-at=NaN"], "not NaN"),
        (&["--abort-at=5", "--abort-after=0"], "1 or more, not 0"),
        (&["--device-timeout=100000"], "not 100000"),
    ] {
        let refused = new(&world, &[&group[..], setting].concat());
        assert_eq!(refused.status(), 2, "{setting:?}: {}", refused.err());
        let problem = refused.problem();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{setting:?}: {detail}");
        assert!(!world.path("plan.json").exists());
    }
    let edges = [
        "--per-minute=1000",
        "--abort-at=0.01",
        "--device-timeout=10080",
    ];
    new(&world, &[&group[..], &edges[..]].concat()).well();
    let text = std::fs::read_to_string(world.path("plan.json")).unwrap();
    let edited = text.replace("\"maximumPerMinute\": 1000", "\"maximumPerMinute\": 0");
    assert_ne!(edited, text);
    world.file("plan.json", &edited);
    for command in [
        &["plan", "show", "plan.json", "--json"][..],
        &["run", "start", "plan.json", "--yes", "--json"],
    ] {
        let problem = world.run(command).problem();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("not 0"), "{command:?}: {detail}");
    }
    assert_eq!(world.sandbox.calls("CreateThingGroup"), 0);
}

#[test]
fn a_component_that_is_given_twice_is_refused_with_both_versions() {
    let world = World::of(2, Scenario::AllWell);
    world.file("merge.json", "{}");
    let refused = |arguments: &[&str]| {
        let ended = new(&world, arguments);
        assert_eq!(ended.status(), 2, "{}", ended.err());
        ended.problem()["message"].as_str().unwrap().to_owned()
    };
    let said = refused(&[
        "--component",
        HEALTH,
        "--component",
        "com.plant.HealthReport=1.0.0",
    ]);
    for words in ["com.plant.HealthReport", "1.1.0", "1.0.0"] {
        assert!(said.contains(words), "{said}");
    }
    let merge = ["--merge", "com.plant.HealthReport=merge.json"];
    let said = refused(&[&["--component", HEALTH], &merge[..], &merge].concat());
    assert!(said.contains("merged more than once"), "{said}");
}

#[test]
fn devices_of_another_account_are_not_those_of_the_same_name_here() {
    let world = World::of(3, Scenario::AllWell);
    let things = things(&world);
    let account = &world.sandbox.settings().account;
    let elsewhere = format!("arn:aws:iot:eu-west-1:111111111111:thing/{}", things[0]);
    let here = format!("arn:aws:iot:eu-west-1:{account}:thing/{}", things[1]);
    world.file("devices.txt", &format!("{elsewhere}\n{here}\n"));
    let devices = ["--component", HEALTH, "--devices", "devices.txt"];
    let refused = new(&world, &devices);
    assert_eq!(refused.status(), 2, "{}", refused.err());
    let detail = refused.problem()["detail"].to_string();
    assert!(
        detail.contains(&elsewhere) && !detail.contains(&here),
        "{detail}"
    );
    world.file("devices.txt", &here);
    assert_eq!(new(&world, &devices).well()[0]["targets"], 1);
}

#[test]
fn a_row_whose_value_is_of_another_kind_than_the_default_is_told_before_a_start() {
    let world = World::of(2, Scenario::AllWell);
    world.file(
        "recipe.yaml",
        "RecipeFormatVersion: '2020-01-25'\nComponentName: com.a13.Port\nComponentVersion: 1.0.0\n\
         ComponentConfiguration:\n  DefaultConfiguration:\n    port: 80\nManifests:\n  - Lifecycle:\n      Run: sleep 1\n",
    );
    world
        .run(&["components", "publish", "recipe.yaml", "--json"])
        .well();
    let things = things(&world);
    let checked = |cell: &str| {
        let rows = format!("thingName,config:com.a13.Port/port\n{},{cell}\n", things[0]);
        world.file("rows.csv", &rows);
        let wanted = ["--component", "com.a13.Port=1.0.0", "--rows", "rows.csv"];
        new(&world, &wanted).well();
        let shown = world.run(&["plan", "show", "plan.json", "--json"]).well();
        let checks = shown[0]["preflight"].as_array().unwrap();
        let check = checks.iter().find(|check| check["id"] == "configurations");
        check.unwrap().clone()
    };
    assert_eq!(checked("81")["state"], "pass");
    let text = checked("\"\"\"81\"\"\"");
    assert_eq!(text["state"], "warn");
    let detail = text["detail"].as_str().unwrap();
    assert!(detail.contains("/port is a number by default"), "{detail}");
}
