//! What is packed into the roles of V2 is allowed by evaluation, and nothing else is.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use overseed_domain::{
    Partition,
    permissions::{Answer, Asker, Document, Objects, Place, Rules},
    v2::{
        recipe::{Configured, Recipe},
        roles::{
            EngineRole, Grant, Reach, Wishes, device_document, device_grants, engine_fitting,
            gathered, role_document,
        },
    },
};
use proptest::prelude::*;
use serde_json::json;

const ROLE: &str = "arn:aws:iam::123456789012:role/Ovens";

fn place() -> Place {
    Place {
        partition: Partition::Aws,
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
    }
}

/// A component with artifacts under these keys and this secret.
fn component(name: &str, keys: &[String], secret: &str) -> Recipe {
    let artifacts: Vec<_> = keys
        .iter()
        .map(|key| json!({ "Uri": format!("s3://plant/{key}") }))
        .collect();
    let recipe = json!({
        "RecipeFormatVersion": "2020-01-25",
        "ComponentName": name,
        "ComponentVersion": "1.0.0",
        "ComponentConfiguration": { "DefaultConfiguration": { "secretId": secret } },
        "Manifests": [{ "Platform": { "os": "linux" }, "Lifecycle": {}, "Artifacts": artifacts }],
    });
    Recipe::parse(&recipe.to_string()).unwrap()
}

fn rules(document: &Document) -> Rules {
    Rules::read([document], Asker::Role(ROLE), &[])
}

fn pairs(grants: &[Grant]) -> Vec<(String, String)> {
    let all = grants.iter().flat_map(|grant| {
        grant.actions.iter().flat_map(|action| {
            let one = |arn: &String| (action.clone(), arn.clone());
            grant
                .resources
                .iter()
                .map(move |resource| one(&resource.arn))
        })
    });
    all.collect()
}

fn grants_of(parts: &[(Vec<String>, String)]) -> Vec<Grant> {
    let recipes: Vec<Recipe> = (0..)
        .zip(parts)
        .map(|(number, (keys, secret))| component(&format!("com.plant.C{number}"), keys, secret))
        .collect();
    let wishes = Wishes {
        reach: Reach::Artifacts,
        ..Wishes::default()
    };
    gathered(
        recipes
            .iter()
            .map(|recipe| device_grants(&place(), &[Configured::by_default(recipe)], &wishes)),
    )
}

fn parts() -> impl Strategy<Value = Vec<(Vec<String>, String)>> {
    let key = "[a-z]{1,6}/[0-9]\\.0\\.0/[a-z]{1,6}\\.zip";
    let part = (prop::collection::vec(key, 0..4), "[A-Za-z]{3,9}");
    prop::collection::vec(part, 0..5)
}

proptest! {
    #[test]
    fn the_devices_may_do_what_their_components_need_and_no_more(of in parts(), more in parts()) {
        let (first, second) = (grants_of(&of), grants_of(&more));
        let before = role_document(&first);
        let both = device_document(Some(&before), &second);
        let rules = rules(&both);
        for (action, arn) in pairs(&first).iter().chain(&pairs(&second)) {
            prop_assert_eq!(rules.ask(action, arn), Answer::Allowed, "{} on {}", action, arn);
        }
        // Whatever is allowed was asked for.
        let asked: Vec<String> = pairs(&first).into_iter().chain(pairs(&second)).map(|(_, arn)| arn).collect();
        for statement in both.statements() {
            let resources = statement.field("Resource").unwrap();
            let resources = resources.as_array().cloned().unwrap_or_else(|| vec![resources.clone()]);
            for resource in resources {
                prop_assert!(asked.contains(&resource.as_str().unwrap().to_owned()));
            }
        }
        for (action, arn) in [
            ("s3:GetObject", "arn:aws:s3:::plant/other"),
            ("s3:PutObject", "arn:aws:s3:::plant/a/1.0.0/a.zip"),
            ("s3:GetObject", "arn:aws:s3:::other/a/1.0.0/a.zip"),
            ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:0-abcdef"),
            ("iot:Publish", "arn:aws:iot:eu-west-1:123456789012:topic/a"),
        ] {
            prop_assert_eq!(rules.ask(action, arn), Answer::Silent, "{} on {}", action, arn);
        }
        // Once more adds nothing.
        let again = device_document(Some(&both), &second);
        prop_assert!(again.same_meaning(&both));
        prop_assert_eq!(again.statements().len(), both.statements().len());
    }

    #[test]
    fn the_engine_names_as_many_targets_as_fit_and_says_where_it_names_none(
        count in 0_usize..60, length in 1_usize..100, room in 1_000_u32..10_240,
    ) {
        let things: Vec<String> = (0..count).map(|number| format!("{}{number}", "t".repeat(length))).collect();
        let place = place();
        let objects = Objects::Prefix("overseed".to_owned());
        let role = EngineRole {
            place: &place, state_machine: "overseed-*", bucket: "plant", plans: &objects, results: &objects,
            things: &things,
        };
        let (grants, widened) = engine_fitting(&role, room);
        let document = role_document(&grants);
        let rules = rules(&document);
        for thing in &things {
            let arn = format!("arn:aws:iot:eu-west-1:123456789012:thing/{thing}");
            prop_assert_eq!(rules.ask("iot:UpdateThingShadow", &arn), Answer::Allowed);
        }
        let other = rules.ask("iot:UpdateThingShadow", "arn:aws:iot:eu-west-1:123456789012:thing/other");
        let all = things.is_empty() || widened.is_some();
        prop_assert_eq!(other == Answer::Allowed, all);
        if !all {
            prop_assert!(document.size() <= room);
        }
        if count > 40 {
            prop_assert!(widened.is_some());
        }
    }
}
