use overseed_sandbox::Scenario;

use crate::world::{BUCKET, World};

#[test]
fn groups_are_listed_filtered_and_their_versions_shown() {
    let world = World::of(30, Scenario::AllWell);
    let refreshed = world.run(&["groups", "refresh", "--json"]).well();
    assert_eq!(refreshed[0]["groups"], 30);
    let calls = world.sandbox.calls("ListGroups");
    let all = world.run(&["groups", "list", "--json"]).well();
    assert_eq!(all.len(), 30);
    let name = all[7]["name"].as_str().unwrap();
    let found = world
        .run(&["groups", "list", "--filter", name, "--json"])
        .well();
    assert_eq!(found, [all[7].clone()]);
    assert_eq!(
        world.sandbox.calls("ListGroups"),
        calls,
        "what is known is not listed again"
    );
    let table = world.run(&["groups", "list", "--filter", name]).out();
    assert!(
        table.contains(name) && table.lines().count() == 2,
        "{table}"
    );
    let versions = world
        .run(&["versions", all[7]["id"].as_str().unwrap(), "--json"])
        .well();
    assert_eq!(
        (&versions[0]["version"], &versions[0]["latest"]),
        (&all[7]["latestVersion"], &true.into())
    );
}

#[test]
fn a_plan_shows_its_hash_its_permissions_and_its_preflight() {
    let world = World::of(12, Scenario::AllWell);
    let make = [
        "plan", "new", "--bucket", BUCKET, "--role", "Fresh", "--settle", "45m", "--out", "p.json",
        "--json",
    ];
    let made = world.run(&make).well();
    assert_eq!(
        (&made[0]["path"], &made[0]["targets"]),
        (&"p.json".into(), &12.into())
    );
    let shown = world.run(&["plan", "show", "p.json", "--json"]).well();
    assert_eq!(shown[0]["id"], made[0]["id"]);
    assert_eq!(shown[0]["settings"]["settleMinutes"], 45.0);
    assert_eq!(shown[0]["file"]["sha256"], made[0]["sha256"]);
    let needs = shown[0]["permissions"]["requirements"].as_array().unwrap();
    assert!(
        needs
            .iter()
            .any(|need| need["id"] == "role" && need["now"] == "not_yet"),
        "{needs:?}"
    );
    let preflight = shown[0]["preflight"].as_array().unwrap();
    let states: Vec<_> = preflight
        .iter()
        .map(|check| (check["id"].as_str().unwrap(), &check["state"]))
        .collect();
    let pass = serde_json::Value::from("pass");
    assert_eq!(
        states,
        [
            ("connection", &pass),
            ("bucket", &pass),
            ("service_role", &pass),
            ("other", &pass)
        ]
    );
    let people = world.run(&["plan", "show", "p.json"]);
    for words in [made[0]["sha256"].as_str().unwrap(), " 45m to settle"] {
        assert!(people.out().contains(words), "{}", people.out());
    }
    assert_eq!(
        world.sandbox.calls("CreateRole"),
        0,
        "showing changes nothing"
    );
}

#[test]
fn a_plan_takes_listed_groups_with_their_versions() {
    let world = World::of(12, Scenario::AllWell);
    let groups = world.run(&["groups", "list", "--json"]).well();
    let id = groups[3]["id"].as_str().unwrap();
    let old = world
        .run(&["versions", id, "--json"])
        .well()
        .last()
        .unwrap()["version"]
        .clone();
    world.file("list", &format!("{id},{}\n", old.as_str().unwrap()));
    world
        .run(&[
            "plan", "new", "--groups", "list", "--bucket", BUCKET, "--role", "R", "--out",
            "p.json", "--json",
        ])
        .well();
    let plan: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(world.path("p.json")).unwrap()).unwrap();
    assert_eq!(plan["targets"], serde_json::json!([[id, old]]));
    assert_eq!(plan["settings"]["settleMinutes"], 30.0);
}

#[test]
fn what_cannot_be_planned_is_refused_with_a_hint() {
    let world = World::of(5, Scenario::AllWell);
    let new = |more: &[&str]| {
        let mut arguments = vec![
            "plan", "new", "--bucket", BUCKET, "--role", "R", "--out", "p.json", "--json",
        ];
        arguments.extend_from_slice(more);
        world.run(&arguments)
    };
    let none = new(&["--filter", "no such group"]);
    assert_eq!(
        (none.status(), &none.problem()["code"]),
        (5, &"nothing_selected".into())
    );
    assert_eq!(new(&["--settle", "soon"]).status(), 2);
    assert_eq!(new(&["--settle", "999h"]).status(), 2);
    assert_eq!(new(&["--filter", "a", "--groups", "list"]).status(), 2);
    world.file("p.json", "{}");
    let shown = world.run(&["plan", "show", "p.json", "--json"]);
    assert_eq!(
        (shown.status(), &shown.problem()["code"]),
        (5, &"plan_invalid".into())
    );
}

#[test]
fn a_group_is_found_by_its_name_where_only_one_has_it() {
    let world = World::of(30, Scenario::AllWell);
    let versions = |group: &str| world.run(&["versions", group, "--json"]);
    // An id asks for no list of all groups; a name does, once.
    let unknown = versions("00000000-0000-4000-8000-000000000000");
    assert_eq!(unknown.problem()["code"], "not_found");
    assert_eq!(world.sandbox.calls("ListGroups"), 0);
    let nobody = versions("nobody-has-this-name");
    assert_eq!(
        (nobody.status(), &nobody.problem()["code"]),
        (5, &"not_found".into())
    );
    let calls = world.sandbox.calls("ListGroups");
    assert!(calls > 0);
    let all = world.run(&["groups", "list", "--json"]).well();
    let (id, name) = (
        all[4]["id"].as_str().unwrap(),
        all[4]["name"].as_str().unwrap(),
    );
    let by_id = versions(id).well();
    assert_eq!(by_id[0]["version"], all[4]["latestVersion"]);
    assert_eq!(versions(name).well(), by_id);
    assert_eq!(versions(&name.to_uppercase()).well(), by_id);
    assert_eq!(world.sandbox.calls("ListGroups"), calls);
}
