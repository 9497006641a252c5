#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use serde_json::json;

use super::*;

fn read(text: &str) -> Recipe {
    Recipe::parse(text).unwrap()
}

const YAML: &str = r#"# put your bucket in place of mys3repo123987
ComponentName: a.b   # its name
ComponentVersion: '1.0.0'
ComponentConfiguration:
  DefaultConfiguration:
    # how often
    every: 10 # seconds
    Parameters: {
      "launch": "linux", # how
      "deep": {"a": [1, 2]},
    }
Manifests:
  - Lifecycle:
      Run:
        Script: |-
          cat mys3repo123987 mys3repo123987x  # mys3repo123987
          echo x
    Artifacts:
      - Uri: s3://mys3repo123987/a/1.0.0/run.sh
      - Uri: "s3://mys3repo123987/a/1.0.0/stop.sh"
"#;

#[test]
fn a_bucket_is_replaced_in_values_and_nowhere_else() {
    let recipe = read(YAML);
    assert_eq!(recipe.placeholder_buckets(), ["mys3repo123987"]);
    let edited = recipe
        .with_bucket("mys3repo123987", "fleet-artifacts")
        .unwrap();
    let expected = YAML
        .replace("s3://mys3repo123987/", "s3://fleet-artifacts/")
        .replace("cat mys3repo123987 ", "cat fleet-artifacts ")
        .replace("  # mys3repo123987\n", "  # fleet-artifacts\n");
    assert_eq!(edited.text(), expected);
    assert!(edited.placeholder_buckets().is_empty());
    assert_eq!(
        recipe.with_bucket("mys3repo123987", "MyS3Bucket123"),
        Err(NotEdited::Bucket(BucketFault::UpperCase))
    );
}

#[test]
fn a_version_keeps_its_quotes() {
    let edited = read(YAML).with_version("1.0.1").unwrap();
    assert_eq!(
        edited.text(),
        YAML.replace("Version: '1.0.0'", "Version: '1.0.1'")
    );
    let followed = edited.with_artifact_versions().unwrap();
    assert_eq!(followed.text(), edited.text().replace("/1.0.0/", "/1.0.1/"));
    let json = read("{\"ComponentVersion\":\"1.0.0\", \"x\": [ 1 ]}");
    assert_eq!(
        json.with_version("2.0.0").unwrap().text(),
        "{\"ComponentVersion\":\"2.0.0\", \"x\": [ 1 ]}"
    );
    assert_eq!(
        read("a: 1").with_version("2.0.0").unwrap().text(),
        "ComponentVersion: \"2.0.0\"\na: 1"
    );
    assert!(matches!(
        json.with_version("two"),
        Err(NotEdited::Version(_))
    ));
}

#[test]
fn a_changed_value_of_the_configuration_is_changed_in_place() {
    let recipe = read(YAML);
    let mut new = recipe.component().default_configuration.clone().unwrap();
    new["every"] = json!(20);
    new["Parameters"]["launch"] = json!("runner");
    new["Parameters"]["deep"]["b"] = json!(true);
    let edited = recipe.with_default_configuration(&new).unwrap();
    let expected = YAML
        .replace("every: 10", "every: 20")
        .replace("\"linux\"", "\"runner\"")
        .replace("[1, 2]}", "[1, 2], \"b\": true}");
    assert_eq!(edited.text(), expected);
    assert_eq!(edited.component().default_configuration, Some(new));
}

#[test]
fn a_field_that_goes_takes_its_objects_form_along_but_nothing_outside() {
    let recipe = read(YAML);
    let new = json!({ "Parameters": { "launch": "x" } });
    let edited = recipe.with_default_configuration(&new).unwrap();
    assert_eq!(edited.component().default_configuration, Some(new));
    let before = YAML.split("    # how often").next().unwrap();
    let after = &YAML[YAML.find("Manifests:").unwrap()..];
    assert!(
        edited.text().starts_with(before) && edited.text().ends_with(after),
        "{}",
        edited.text()
    );
}

#[test]
fn a_configuration_is_made_where_there_is_none() {
    let new = json!({ "a": { "b": "c" } });
    for text in [
        "ComponentName: a\nManifests:\n  - Name: x\n",
        "ComponentName: a\nComponentConfiguration:\nManifests:\n  - Name: x\n",
        "ComponentName: a\nComponentConfiguration: {}\nManifests: []\n",
        "ComponentName: a\nComponentConfiguration:\n  DefaultConfiguration:\nManifests: []\n",
        "ComponentName: a\nComponentConfiguration:\n  DefaultConfiguration: ~ # none\nManifests: []\n",
        "{\"ComponentName\":\"a\",\"Manifests\":[]}",
        "{\n  \"ComponentName\": \"a\",\n  \"ComponentConfiguration\": {},\n  \"Manifests\": []\n}\n",
        "{ComponentName: a, Manifests: []}",
    ] {
        let edited = read(text).with_default_configuration(&new);
        let edited = edited.unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(
            edited.component().default_configuration.as_ref(),
            Some(&new),
            "{text}"
        );
    }
}

#[test]
fn values_of_each_style_can_be_set() {
    for (written, wanted) in [
        ("a: x", "y"),
        ("a: x", "needs: quotes"),
        ("a: 'x'", "it's"),
        ("a: \"x\"", "say \"no\"\n"),
        ("a: |-\n      x", "y\nz"),
        ("a: >-\n      x\n    b: c", "true"),
        ("a: x", "10"),
    ] {
        let text = format!(
            "ComponentConfiguration:\n  DefaultConfiguration:\n    {written}\nManifests: []\n"
        );
        let recipe = read(&text);
        let mut new = recipe.component().default_configuration.clone().unwrap();
        new["a"] = json!(wanted);
        let edited = recipe.with_default_configuration(&new).unwrap();
        assert_eq!(
            edited.component().default_configuration,
            Some(new),
            "{text}"
        );
        assert!(
            edited.text().ends_with("\nManifests: []\n"),
            "{}",
            edited.text()
        );
    }
}

mod properties {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
            "[a-z: #'\"\\n-]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-zA-Z_ .:/~]{1,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn objects() -> impl Strategy<Value = Value> {
        prop::collection::hash_map("[a-z]{1,4}", values(), 0..4)
            .prop_map(|map| Value::Object(map.into_iter().collect()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn an_edited_json_recipe_says_what_was_meant_and_the_rest_is_the_same(
            old in objects(), new in objects(), pretty: bool,
        ) {
            let recipe = json!({ "ComponentName": "a", "ComponentConfiguration": { "DefaultConfiguration": old },
                "Manifests": [{ "Name": "é" }] });
            let text = if pretty { format!("{recipe:#}") } else { recipe.to_string() };
            let edited = read(&text).with_default_configuration(&new).unwrap();
            prop_assert_eq!(edited.component().default_configuration.clone(), Some(new));
            let tail = &text[text.find("\"Manifests\"").unwrap()..];
            prop_assert!(edited.text().ends_with(tail));
        }

        #[test]
        fn an_edited_yaml_recipe_says_what_was_meant(old in objects(), new in objects()) {
            let text = format!("# é\nComponentConfiguration:\n  DefaultConfiguration: {old}\nManifests: []  # end\n");
            let edited = read(&text).with_default_configuration(&new).unwrap();
            prop_assert_eq!(edited.component().default_configuration.clone(), Some(new));
            prop_assert!(edited.text().ends_with("\nManifests: []  # end\n"));
        }
    }
}
