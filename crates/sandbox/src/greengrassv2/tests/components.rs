use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

use super::{Bench, recipe};
use crate::settings::Scenario;

const CREATE: &str = "/greengrass/v2/createComponentVersion";

fn decoded(answer: &Value) -> String {
    String::from_utf8(STANDARD.decode(answer["recipe"].as_str().unwrap()).unwrap()).unwrap()
}

#[test]
fn the_components_of_both_tutorials_are_there_with_versions_and_recipes() {
    let bench = Bench::new(1, Scenario::AllWell);
    let public = bench.all(
        "/greengrass/v2/components?scope=PUBLIC&maxResults=5",
        "components",
    );
    let names: Vec<&str> = public
        .iter()
        .map(|found| found["componentName"].as_str().unwrap())
        .collect();
    for wanted in [
        "aws.greengrass.Cli",
        "aws.greengrass.Nucleus",
        "aws.greengrass.TokenExchangeService",
        "aws.greengrass.DockerApplicationManager",
        "aws.greengrass.clientdevices.Auth",
        "aws.greengrass.clientdevices.IPDetector",
    ] {
        assert!(names.contains(&wanted), "{wanted}");
    }
    let arn = "arn:aws:greengrass:eu-west-1:aws:components:aws.greengrass.Cli";
    let versions = bench.all(
        &format!("/greengrass/v2/components/{arn}/versions"),
        "componentVersions",
    );
    assert!(
        versions
            .iter()
            .any(|version| version["componentVersion"] == "2.9.0")
    );
    assert_eq!(versions[0]["componentVersion"], "2.15.0", "newest first");
    let path = format!("/greengrass/v2/components/{arn}:versions:2.9.0");
    let in_json: Value = serde_json::from_str(&decoded(&bench.get(&path))).unwrap();
    assert_eq!(in_json["ComponentVersion"], "2.9.0");
    let in_yaml = bench.get(&format!("{path}?recipeOutputFormat=YAML"));
    assert_eq!(in_yaml["recipeOutputFormat"], "YAML");
    assert_eq!(
        super::super::yaml::read(&decoded(&in_yaml)).unwrap(),
        in_json
    );
    assert_eq!(bench.get(&format!("{path}/metadata"))["publisher"], "AWS");
    let name = in_json["Manifests"][0]["Artifacts"][0]["Uri"]
        .as_str()
        .unwrap();
    let name = name.strip_prefix("greengrass:").unwrap();
    let artifact = bench.get(&format!("{path}/artifacts/{name}"));
    assert!(artifact["preSignedUrl"].as_str().unwrap().contains(name));
    let own = bench.all("/greengrass/v2/components", "components");
    assert_eq!(own.len(), 2);
}

#[test]
fn a_version_is_requested_initiated_and_deployable_and_made_once() {
    let mut bench = Bench::new(1, Scenario::AllWell);
    bench
        .account()
        .objects
        .insert("b/a/one.py".to_owned(), "print()".to_owned());
    let recipe = recipe("com.example.One", "1.0.0", &["s3://b/a/one.py"]);
    let made = bench.create_component(&recipe.to_string());
    assert_eq!(made["status"]["componentState"], "REQUESTED");
    let arn = made["arn"].as_str().unwrap().to_owned();
    let path = format!("/greengrass/v2/components/{arn}");
    let state =
        |bench: &Bench| bench.get(&format!("{path}/metadata"))["status"]["componentState"].clone();
    bench.pass(3);
    assert_eq!(state(&bench), "INITIATED");
    bench.pass(10);
    bench.restart();
    assert_eq!(state(&bench), "DEPLOYABLE");
    let kept: Value = serde_json::from_str(&decoded(&bench.get(&path))).unwrap();
    let artifact = &kept["Manifests"][0]["Artifacts"][0];
    assert_eq!(artifact["Uri"], "s3://b/a/one.py");
    assert_eq!(artifact["Algorithm"], "SHA-256");
    let body = json!({ "inlineRecipe": STANDARD.encode(recipe.to_string()) });
    let words = bench.refused(Method::POST, CREATE, &body);
    assert_eq!(
        words,
        "ConflictException: Component [com.example.One : 1.0.0] for account [000000000000] already exists with state: [DEPLOYABLE]"
    );
    let (status, _) = bench.ask(Method::DELETE, &path, &Value::Null);
    assert_eq!(status, 204);
    assert_eq!(
        bench.create_component(&recipe.to_string())["arn"],
        arn.as_str()
    );
}

#[test]
fn wrong_recipes_are_refused_in_the_services_words() {
    let bench = Bench::new(1, Scenario::AllWell);
    let refused = |text: &str| {
        bench.refused(
            Method::POST,
            CREATE,
            &json!({ "inlineRecipe": STANDARD.encode(text) }),
        )
    };
    assert!(refused("{ no json").ends_with("is not authorized to perform: null"));
    assert!(refused("just: yaml").starts_with("AccessDeniedException"));
    let mut wrong = recipe("com.example.One", "one", &["ftp://x"]);
    wrong["RecipeFormatVersion"] = "2019".into();
    let words = refused(&wrong.to_string());
    for part in [
        "ValidationException: Invalid Input",
        "RecipeFormatVersion =",
        "ComponentVersion =",
        "Manifests[0].Artifacts[0].Uri =",
    ] {
        assert!(words.contains(part), "{part} in {words}");
    }
    let missing = recipe("com.example.One", "1.0.0", &["s3://b/none"]);
    assert_eq!(
        refused(&missing.to_string()),
        "ValidationException: Invalid Input: Encountered following errors in Artifacts: {s3://b/none = Specified artifact resource cannot be accessed}"
    );
    let long = format!("{}{}", recipe("a", "1.0.0", &[]), " ".repeat(16_384));
    assert!(refused(&long).contains("16384"));
    assert!(
        bench
            .refused(Method::POST, CREATE, &json!({}))
            .contains("inlineRecipe")
    );
}

#[test]
fn an_artifact_that_goes_away_meanwhile_makes_the_version_fail_and_it_may_be_made_again() {
    let mut bench = Bench::new(1, Scenario::AllWell);
    let put = |bench: &Bench| {
        let mut account = bench.account();
        account.objects.insert("b/one".to_owned(), "1".to_owned());
    };
    put(&bench);
    let recipe = recipe("com.example.One", "1.0.0", &["s3://b/one"]);
    let made = bench.create_component(&recipe.to_string());
    bench.account().objects.clear();
    bench.restart();
    bench.pass(10);
    let path = format!(
        "/greengrass/v2/components/{}",
        made["arn"].as_str().unwrap()
    );
    let status = bench.get(&format!("{path}/metadata"))["status"].clone();
    assert_eq!(status["componentState"], "FAILED");
    let words = "Specified artifact resource cannot be accessed";
    assert_eq!(status["errors"], json!({ "s3://b/one": words }));
    assert!(status["message"].as_str().unwrap().contains(words));
    put(&bench);
    bench.publish(&recipe);
    let status = bench.get(&format!("{path}/metadata"))["status"].clone();
    assert_eq!(status["componentState"], "DEPLOYABLE");
}

#[test]
fn the_same_client_token_gives_the_same_answer() {
    let mut bench = Bench::new(1, Scenario::AllWell);
    let body = |name: &str| {
        let recipe = recipe(name, "1.0.0", &[]).to_string();
        json!({ "inlineRecipe": STANDARD.encode(recipe), "clientToken": "token-1" })
    };
    let first = bench.post(CREATE, &body("com.example.One"));
    bench.pass(60);
    bench.restart();
    assert_eq!(bench.post(CREATE, &body("com.example.One")), first);
    let words = bench.refused(Method::POST, CREATE, &body("com.example.Two"));
    assert!(words.starts_with("ConflictException"), "{words}");
}

#[test]
fn a_request_is_the_same_in_whatever_order_its_maps_come() {
    let read = |text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        super::super::create_component::fingerprint(value.as_object().unwrap())
    };
    assert_eq!(
        read(r#"{"tags":{"a":"1","b":"2"},"clientToken":"t"}"#),
        read(r#"{"clientToken":"t","tags":{"b":"2","a":"1"}}"#)
    );
    assert_ne!(read(r#"{"tags":{"a":"1"}}"#), read(r#"{"tags":{"a":"2"}}"#));
}

#[test]
fn recipes_come_in_yaml_as_well() {
    let bench = Bench::new(1, Scenario::AllWell);
    let text = "---\nRecipeFormatVersion: 2020-01-25\nComponentName: com.example.Yaml\nComponentVersion: 1.0.0\nManifests:\n  - Platform:\n      os: linux\n    Lifecycle:\n      Run: echo\n";
    assert_eq!(
        bench.create_component(text)["componentName"],
        "com.example.Yaml"
    );
}

#[test]
fn who_may_not_make_components_is_refused_by_name() {
    let bench = Bench::new(1, Scenario::AllWell);
    bench
        .account()
        .refused
        .insert("greengrass:CreateComponentVersion".to_owned());
    let body = json!({ "inlineRecipe": STANDARD.encode(recipe("com.example.One", "1.0.0", &[]).to_string()) });
    let words = bench.refused(Method::POST, CREATE, &body);
    assert!(
        words.ends_with("arn:aws:greengrass:eu-west-1:000000000000:components:com.example.One"),
        "{words}"
    );
}

#[test]
fn versions_are_tagged() {
    let mut bench = Bench::new(1, Scenario::AllWell);
    let arn = bench.publish(&recipe("com.example.One", "1.0.0", &[]));
    bench.post(
        &format!("/tags/{arn}"),
        &json!({ "tags": { "a": "1", "b": "2" } }),
    );
    let (status, _) = bench.ask(
        Method::DELETE,
        &format!("/tags/{arn}?tagKeys=a"),
        &Value::Null,
    );
    assert_eq!(status, 200);
    assert_eq!(
        bench.get(&format!("/tags/{arn}"))["tags"],
        json!({ "b": "2" })
    );
    let words = bench.refused(Method::GET, &format!("/tags/{arn}9"), &Value::Null);
    assert!(words.starts_with("ResourceNotFoundException"), "{words}");
}
