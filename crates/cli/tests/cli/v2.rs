use overseed_sandbox::Scenario;
use serde_json::Value;

use crate::world::{BUCKET, Ended, World, program};

const RECIPE: &str = "\
RecipeFormatVersion: '2020-01-25'
ComponentName: com.example.Hello
ComponentVersion: 1.0.0
Manifests:
  - Platform:
      os: linux
    Lifecycle:
      Run: python3 -u {artifacts:path}/hello.py
    Artifacts:
      - URI: s3://mys3repo123987/artifacts/com.example.Hello/1.0.0/hello.py
";

#[test]
fn core_devices_are_listed_and_shown_with_what_is_read_of_them() {
    let world = World::of(40, Scenario::AllWell);
    let refreshed = world.run(&["devices", "refresh", "--json"]).well();
    assert_eq!(refreshed[0]["devices"], 40);
    assert!(refreshed[0]["thingGroups"].as_u64().unwrap() > 0);
    let all = world.run(&["devices", "list", "--json"]).well();
    assert_eq!(all.len(), 40);
    let name = all[7]["thingName"].as_str().unwrap();
    let one = world
        .run(&["devices", "list", "--filter", name, "--details", "--json"])
        .well();
    assert_eq!(one.len(), 1);
    assert!(one[0]["nucleus"].is_string());
    let group = one[0]["thingGroups"].as_array().unwrap();
    if let Some(group) = group.first().and_then(Value::as_str) {
        let members = world
            .run(&["devices", "list", "--thing-group", group, "--json"])
            .well();
        assert!(members.iter().any(|row| row["thingName"] == name));
        assert!(members.len() < 40);
    }
    let shown = world.run(&["devices", "list", "--filter", name]);
    assert!(shown.out().contains(name) && shown.err().contains("1 of 40 core devices"));
    let problem = world
        .run(&["devices", "list", "--thing-group", "nobody", "--json"])
        .problem();
    assert_eq!(problem["code"], "not_found");
}

#[test]
fn a_recipe_is_checked_without_a_connection() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("recipe.yaml"), RECIPE).unwrap();
    let check = |more: &[&str]| {
        let arguments = [&["components", "check", "recipe.yaml", "--json"], more].concat();
        Ended(program(folder.path(), &arguments).output().unwrap())
    };
    let checked = check(&[]);
    assert_eq!(checked.status(), 1);
    assert_eq!(checked.lines()[0]["placeholders"][0], "mys3repo123987");
    assert_eq!(check(&["--bucket", BUCKET]).status(), 0);
    let named = format!("mys3repo123987={BUCKET}");
    let checked = check(&[
        "--bucket",
        &named,
        "--set-version",
        "2.0.0",
        "--artifact-versions",
    ]);
    let artifact = &checked.well()[0]["artifacts"][0]["artifact"];
    assert_eq!(
        artifact["key"],
        "artifacts/com.example.Hello/2.0.0/hello.py"
    );
    assert!(
        !folder.path().join("data").exists(),
        "a check needs no data folder"
    );
}

#[test]
fn a_component_is_published_and_the_same_version_with_other_bytes_is_not() {
    let world = World::of(5, Scenario::AllWell);
    world.file("recipe.yaml", RECIPE);
    std::fs::create_dir(world.path("files")).unwrap();
    world.file("files/hello.py", "print('hello')");
    let publish = [
        "components",
        "publish",
        "recipe.yaml",
        "--artifacts",
        "files",
        "--bucket",
        BUCKET,
        "--json",
    ];
    let published = world.run(&publish).well();
    assert_eq!(published[0]["uploaded"].as_array().unwrap().len(), 1);
    assert_eq!(world.run(&publish).well()[0]["wasThere"], true);
    let own = world.run(&["components", "list", "--json"]).well();
    assert!(
        own.iter()
            .any(|row| row["name"] == "com.example.Hello" && row["latestVersion"] == "1.0.0")
    );
    let versions = world
        .run(&["components", "versions", "com.example.Hello", "--json"])
        .well();
    assert_eq!(versions.len(), 1);

    world.file("files/hello.py", "print('good day')");
    let refused = world.run(&publish);
    assert_eq!(refused.status(), 5);
    let problem = refused.problem();
    assert_eq!(problem["code"], "conflict");
    assert!(
        problem["hint"].as_str().unwrap().contains("1.0.1"),
        "{problem}"
    );
    let check = [
        "components",
        "check",
        "recipe.yaml",
        "--artifacts",
        "files",
        "--bucket",
        BUCKET,
        "--in-account",
        "--json",
    ];
    let checked = world.run(&check);
    assert_eq!(checked.status(), 1);
    assert_eq!(checked.lines()[0]["standing"], "taken");
}

#[test]
fn a_secret_is_made_from_a_file_or_standard_input_and_never_shown() {
    let world = World::of(3, Scenario::AllWell);
    world.file("secret.json", r#"{"ei_api_key": "planted-value"}"#);
    let made = world.run(&[
        "components",
        "secret",
        "EI_API_KEY",
        "--from",
        "secret.json",
        "--json",
    ]);
    assert!(!format!("{}{}", made.out(), made.err()).contains("planted"));
    let made = made.well();
    assert_eq!(made[0]["name"], "EI_API_KEY");
    assert!(made[0]["arn"].as_str().unwrap().contains(":secret:"));

    let piped = |name: &str, text: &str| {
        let arguments = ["components", "secret", name, "--from", "-", "--json"];
        let ended = world.run_with(&arguments, text);
        assert!(!format!("{}{}", ended.out(), ended.err()).contains("planted"));
        ended
    };
    assert_eq!(
        piped("other/key", r#"{"a": "planted-value"}"#).well().len(),
        1
    );
    let refused = piped("other/key", r#"{"a": "planted-again"}"#);
    assert_eq!(
        (refused.status(), refused.problem()["code"].as_str()),
        (5, Some("conflict"))
    );
    let problem = piped("third", "planted: no json").problem();
    assert_eq!(problem["code"], "file_invalid");
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("line 1, column 1"), "{message}");
}
