//! Groups, versions, definitions, roles and tags.

use http::Method;
use serde_json::{Value, json};

use super::{Bench, ROLE};
use crate::settings::Scenario;

#[test]
fn the_seeded_fleet_can_be_walked_from_group_to_core() {
    let bench = Bench::new(300, Scenario::Mixed);
    let groups = bench.all("/greengrass/groups", "Groups");
    assert_eq!(groups.len(), 300);
    assert_eq!(
        groups
            .iter()
            .filter(|group| group["LatestVersion"].is_null())
            .count(),
        3
    );
    for group in groups
        .iter()
        .take(60)
        .filter(|group| group["LatestVersion"].is_string())
    {
        let id = group["Id"].as_str().unwrap();
        assert_eq!(
            bench.get(&format!("/greengrass/groups/{id}"))["Arn"],
            group["Arn"]
        );
        let versions = bench.all(&format!("/greengrass/groups/{id}/versions"), "Versions");
        assert_eq!(versions[0]["Version"], group["LatestVersion"]);
        assert_eq!(versions[0]["Arn"], group["LatestVersionArn"]);
        let path = |version: &Value| {
            format!(
                "/greengrass/groups/{id}/versions/{}",
                version["Version"].as_str().unwrap()
            )
        };
        let newest = bench.get(&path(&versions[0]));
        let Some(core) = newest["Definition"]["CoreDefinitionVersionArn"].as_str() else {
            continue;
        };
        let rest = core.split_once("/greengrass/").unwrap().1;
        let cores = bench.get(&format!("/greengrass/{rest}"));
        let things = cores["Definition"]["Cores"].as_array().unwrap();
        assert!(
            things[0]["ThingArn"]
                .as_str()
                .unwrap()
                .ends_with(&format!("thing/{}_Core", group["Name"].as_str().unwrap()))
        );
        for pair in versions.windows(2) {
            assert_ne!(
                bench.get(&path(&pair[0]))["Definition"],
                bench.get(&path(&pair[1]))["Definition"]
            );
        }
    }
}

#[test]
fn a_group_is_made_changed_and_deleted_over_restarts() {
    let mut bench = Bench::new(10, Scenario::AllWell);
    let core = json!({"Id": "c", "ThingArn": "arn:aws:iot:eu-west-1:000000000000:thing/c", "CertificateArn": "arn:aws:iot:eu-west-1:000000000000:cert/1"});
    let definition = bench.post(
        "/greengrass/definition/cores",
        &json!({"Name": "mine", "InitialVersion": {"Cores": [core]}}),
    );
    let arn = definition["LatestVersionArn"].as_str().unwrap().to_owned();
    let group = bench.post(
        "/greengrass/groups",
        &json!({"Name": "IoT-blog-group", "tags": {"a": "b"}}),
    );
    assert!(group["LatestVersion"].is_null());
    let path = format!("/greengrass/groups/{}", group["Id"].as_str().unwrap());
    bench.restart();
    bench.pass(60);
    let version = bench.post(
        &format!("{path}/versions"),
        &json!({"CoreDefinitionVersionArn": arn}),
    );
    bench.restart();
    let shown = bench.get(&path);
    assert_eq!(shown["LatestVersion"], version["Version"]);
    assert_eq!(shown["Name"], "IoT-blog-group");
    assert_eq!(shown["tags"], json!({"a": "b"}));
    assert_ne!(shown["CreationTimestamp"], shown["LastUpdatedTimestamp"]);
    assert_eq!(bench.all("/greengrass/groups", "Groups").len(), 11);

    assert_eq!(
        bench
            .ask(
                Method::PUT,
                &format!("{path}/role"),
                &json!({"RoleArn": ROLE}),
                None
            )
            .0,
        200
    );
    assert_eq!(bench.get(&format!("{path}/role"))["RoleArn"], ROLE);
    let body = json!({"DeploymentType": "NewDeployment", "GroupVersionId": version["Version"]});
    let made = bench.post(&format!("{path}/deployments"), &body);
    let status = format!(
        "{path}/deployments/{}/status",
        made["DeploymentId"].as_str().unwrap()
    );
    assert_eq!(bench.get(&status)["DeploymentStatus"], "Building");
    bench.pass(300);
    bench.restart();
    assert_eq!(bench.get(&status)["DeploymentStatus"], "Success");
    let reset = bench.post(
        &format!("{path}/deployments/$reset"),
        &json!({"Force": true}),
    );
    let listed = bench.all(&format!("{path}/deployments"), "Deployments");
    assert_eq!(listed[0]["DeploymentId"], reset["DeploymentId"]);
    assert_eq!(listed[0]["DeploymentType"], "ForceResetDeployment");
    assert_eq!(listed[1]["DeploymentId"], made["DeploymentId"]);

    assert_eq!(
        bench
            .ask(Method::PUT, &path, &json!({"Name": "other"}), None)
            .0,
        200
    );
    assert_eq!(bench.get(&path)["Name"], "other");
    assert_eq!(bench.ask(Method::DELETE, &path, &Value::Null, None).0, 200);
    assert_eq!(bench.ask(Method::GET, &path, &Value::Null, None).0, 404);
    assert_eq!(bench.all("/greengrass/groups", "Groups").len(), 10);
}

#[test]
fn every_kind_of_definition_works_alike() {
    let bench = Bench::new(60, Scenario::AllWell);
    for (path, list) in [
        ("cores", "Cores"),
        ("devices", "Devices"),
        ("functions", "Functions"),
        ("resources", "Resources"),
        ("subscriptions", "Subscriptions"),
        ("connectors", "Connectors"),
        ("loggers", "Loggers"),
    ] {
        let path = format!("/greengrass/definition/{path}");
        let seeded = bench.all(&path, "Definitions");
        let mut body = json!({"Name": "mine"});
        body["InitialVersion"][list] = json!([{"Id": "x"}]);
        let made = bench.post(&path, &body);
        assert_eq!(bench.all(&path, "Definitions").len(), seeded.len() + 1);
        for definition in [&seeded[0], &made] {
            let one = format!("{path}/{}", definition["Id"].as_str().unwrap());
            let mut version = json!({});
            version[list] = json!([{"Id": "y"}]);
            let added = bench.post(&format!("{one}/versions"), &version);
            assert_eq!(bench.get(&one)["LatestVersionArn"], added["Arn"]);
            let versions = bench.all(&format!("{one}/versions"), "Versions");
            assert_eq!(versions[0]["Version"], added["Version"]);
            for entry in versions {
                let body = bench.get(&format!(
                    "{one}/versions/{}",
                    entry["Version"].as_str().unwrap()
                ));
                assert!(!body["Definition"][list].as_array().unwrap().is_empty());
            }
            assert_eq!(bench.ask(Method::DELETE, &one, &Value::Null, None).0, 200);
            assert_eq!(bench.ask(Method::GET, &one, &Value::Null, None).0, 404);
        }
    }
}

#[test]
fn a_definition_may_be_without_versions() {
    let bench = Bench::new(60, Scenario::AllWell);
    let made = bench.post("/greengrass/definition/cores", &json!({}));
    assert!(made["LatestVersion"].is_null() && made["Name"].is_null());
    let path = format!(
        "/greengrass/definition/cores/{}",
        made["Id"].as_str().unwrap()
    );
    assert_eq!(bench.get(&path)["Id"], made["Id"]);
    assert_eq!(
        bench.get(&format!("{path}/versions")),
        json!({"Versions": []})
    );
    let group = bench.post(
        "/greengrass/groups",
        &json!({"Name": "empty", "InitialVersion": {}}),
    );
    let path = format!(
        "/greengrass/groups/{}/deployments",
        group["Id"].as_str().unwrap()
    );
    let body = json!({"DeploymentType": "NewDeployment"});
    let (status, answer) = bench.ask(Method::POST, &path, &body, None);
    assert_eq!(status, 400);
    assert_eq!(answer["ErrorDetails"][0]["DetailedErrorCode"], "GG-303");
    let seeded = Bench::new(300, Scenario::Mixed);
    let groups = seeded.all("/greengrass/groups", "Groups");
    let without = groups
        .iter()
        .find(|group| group["LatestVersion"].is_null())
        .unwrap();
    let path = format!(
        "/greengrass/groups/{}/deployments",
        without["Id"].as_str().unwrap()
    );
    assert_eq!(seeded.ask(Method::POST, &path, &body, None).0, 400);
    let bare = bench.post("/greengrass/groups", &json!({"Name": "bare"}));
    let path = format!("/greengrass/groups/{}", bare["Id"].as_str().unwrap());
    assert_eq!(
        bench.get(&format!("{path}/versions")),
        json!({"Versions": []})
    );
    assert_eq!(
        bench
            .ask(Method::POST, &format!("{path}/deployments"), &body, None)
            .0,
        400
    );
}

#[test]
fn wrong_references_and_tokens_are_refused() {
    let bench = Bench::new(60, Scenario::AllWell);
    let group = format!("/greengrass/groups/{}", bench.deployable()[0].0);
    let versions = format!("{group}/versions");
    let body = json!({"CoreDefinitionVersionArn": "arn:aws:greengrass:eu-west-1:000000000000:/greengrass/definition/cores/a/versions/b"});
    let (status, answer) = bench.ask(Method::POST, &versions, &body, None);
    assert_eq!(status, 400);
    assert_eq!(
        answer["ErrorDetails"][0]["DetailedErrorMessage"],
        "Core definition reference does not exist"
    );
    for path in [
        "/greengrass/groups?MaxResults=0",
        "/greengrass/groups?MaxResults=ten",
        "/greengrass/groups?NextToken=abc",
    ] {
        assert_eq!(
            bench.ask(Method::GET, path, &Value::Null, None).0,
            400,
            "{path}"
        );
    }
    let token = bench.get("/greengrass/groups?MaxResults=5")["NextToken"]
        .as_str()
        .unwrap()
        .to_owned();
    let elsewhere = format!("/greengrass/definition/cores?NextToken={token}");
    assert_eq!(
        bench.ask(Method::GET, &elsewhere, &Value::Null, None).0,
        400
    );
    for path in [
        "/greengrass/groups/nobody",
        "/greengrass/bulk/deployments/x/status",
        "/greengrass/elsewhere",
    ] {
        assert_eq!(
            bench.ask(Method::GET, path, &Value::Null, None).0,
            404,
            "{path}"
        );
    }
    let (status, answer) = bench.ask(Method::POST, "/greengrass/groups", &json!([]), None);
    assert_eq!(status, 400, "{answer}");
}

#[test]
fn tags_are_kept_by_arn() {
    let mut bench = Bench::new(10, Scenario::AllWell);
    let arn = bench.all("/greengrass/groups", "Groups")[3]["Arn"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/tags/{arn}");
    assert_eq!(
        bench.ask(
            Method::POST,
            &path,
            &json!({"tags": {"a": "1", "b": "2"}}),
            None
        ),
        (204, Value::Null)
    );
    assert_eq!(
        bench
            .ask(
                Method::DELETE,
                &format!("{path}?tagKeys=a&tagKeys=c"),
                &Value::Null,
                None
            )
            .0,
        204
    );
    bench.restart();
    assert_eq!(bench.get(&path), json!({"tags": {"b": "2"}}));
    assert_eq!(
        bench
            .ask(Method::GET, "/tags/arn:aws:s3:::b", &Value::Null, None)
            .0,
        404
    );
}

#[test]
fn a_refused_caller_is_told_so() {
    let bench = Bench::new(10, Scenario::AllWell);
    bench
        .account
        .lock()
        .unwrap()
        .refused
        .insert("greengrass:ListGroups".to_owned());
    let (status, body) = bench.ask(Method::GET, "/greengrass/groups", &Value::Null, None);
    assert_eq!(status, 403);
    assert_eq!(
        body["Message"],
        "User: dana is not authorized to perform: greengrass:ListGroups on resource: *"
    );
}

#[test]
fn seven_hundred_thousand_groups_cost_nothing_to_have() {
    let bench = Bench::new(700_000, Scenario::Mixed);
    let last = bench.world_group(699_999);
    let group = bench.get(&format!("/greengrass/groups/{last}"));
    assert_eq!(group["Id"], last);
}
