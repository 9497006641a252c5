//! What is packed into the roles of V2 is allowed by evaluation, and nothing else is.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use overseed_domain::{
    Partition,
    permissions::{Answer, Asker, Document, Objects, Packed, Packing, Place, Room, Rules},
    v2::{
        recipe::{Configured, Recipe},
        roles::{
            DevicePolicies, EngineRole, Grant, Reach, Wishes, device_document, device_grants,
            engine_fitting, gathered, pack_device, role_document,
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

/// Resources by policy.
fn named(packed: &Packed) -> Vec<Vec<String>> {
    let resources = |document: &Document| -> Vec<String> {
        let all = document.statements().iter().flat_map(|statement| {
            let field = statement.field("Resource").unwrap().clone();
            let one = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            field
                .as_array()
                .map_or_else(|| vec![one(&field)], |list| list.iter().map(one).collect())
        });
        all.collect()
    };
    packed.documents().map(resources).collect()
}

fn as_they_are(packed: &Packed) -> DevicePolicies {
    DevicePolicies {
        inline: packed.inline.clone(),
        managed: packed
            .managed
            .iter()
            .map(|document| (document.clone(), true))
            .collect(),
    }
}

/// Grants of so many components, each with an artifact in a bucket of its own.
fn many(components: std::ops::Range<usize>) -> Vec<Grant> {
    let recipes: Vec<Recipe> = components
        .map(|number| {
            let recipe = json!({
                "RecipeFormatVersion": "2020-01-25",
                "ComponentName": format!("com.plant.C{number}"),
                "ComponentVersion": "1.0.0",
                "Manifests": [{ "Platform": { "os": "linux" }, "Lifecycle": {}, "Artifacts": [
                    { "Uri": format!("s3://plant-line-{number:04}/artifacts/1.0.0/run.zip") },
                ] }],
            });
            Recipe::parse(&recipe.to_string()).unwrap()
        })
        .collect();
    let configured: Vec<Configured<'_>> = recipes.iter().map(Configured::by_default).collect();
    device_grants(&place(), &configured, &Wishes::default())
}

#[test]
fn hundreds_of_buckets_come_into_managed_policies_and_then_nowhere() {
    let room = Room::default();
    let few = pack_device(&DevicePolicies::default(), &many(0..60), room).unwrap();
    assert_eq!((few.packing, few.managed.len()), (Packing::Inline, 0));
    let hundreds = many(0..500);
    let packed = pack_device(&DevicePolicies::default(), &hundreds, room).unwrap();
    assert_eq!(
        (packed.packing, packed.inline.is_some()),
        (Packing::Managed, false)
    );
    let full = &packed.managed[..packed.managed.len() - 1];
    assert!(
        full.len() > 5
            && full
                .iter()
                .all(|document| document.size() > room.managed - 100)
    );
    assert!(
        packed
            .managed
            .iter()
            .all(|document| document.size() <= room.managed)
    );
    // What exceeds the managed policies comes into the inline one; after that there is an end.
    let more = pack_device(&as_they_are(&packed), &many(0..800), room).unwrap();
    assert_eq!(more.managed.len(), 10);
    assert!(
        more.inline
            .is_some_and(|document| document.size() <= room.inline)
    );
    let why = pack_device(&DevicePolicies::default(), &many(0..3_000), room).unwrap_err();
    assert!(
        why.starts_with("What is needed takes ") && why.contains("10 managed policies of 6,144"),
        "{why}"
    );
    let none = Room {
        attachments: 0,
        ..room
    };
    assert!(pack_device(&DevicePolicies::default(), &hundreds, none).is_err());
}

#[test]
fn what_others_have_as_well_and_what_others_have_changed_does_not_grow() {
    let room = Room {
        inline: 0,
        ..Room::default()
    };
    let first = pack_device(&DevicePolicies::default(), &many(0..10), room).unwrap();
    let mut present = as_they_are(&first);
    for policy in &mut present.managed {
        policy.1 = false;
    }
    let second = pack_device(&present, &many(5..15), room).unwrap();
    assert_eq!(second.managed[0], first.managed[0]);
    assert_eq!(
        named(&second)[1].len(),
        10,
        "five artifacts in five buckets"
    );
    // A statement of the same name that says something else stays, and ours gets a number, once.
    let theirs = first.managed[0]
        .compact()
        .replace("s3:GetBucketLocation", "s3:ListBucket");
    let theirs = DevicePolicies {
        inline: Some(Document::parse(&theirs).unwrap()),
        managed: Vec::new(),
    };
    let third = pack_device(&theirs, &many(0..10), Room::default()).unwrap();
    let fourth = pack_device(&as_they_are(&third), &many(0..12), Room::default()).unwrap();
    let sids = |packed: &Packed| -> Vec<String> {
        let statements = packed.inline.as_ref().unwrap().statements().to_vec();
        statements
            .iter()
            .map(|statement| statement.sid().unwrap().to_owned())
            .collect()
    };
    let expected = [
        "OverseedArtifacts",
        "OverseedArtifactBuckets",
        "OverseedArtifactBuckets2",
    ];
    assert_eq!(sids(&third), expected);
    assert_eq!(sids(&fourth), expected);
}

proptest! {
    #[test]
    fn policies_grow_where_they_are_and_allow_what_is_needed(
        of in parts(), more in parts(), inline in 0_u32..900, managed in 300_u32..900, attachments in 0_u32..6,
    ) {
        let room = Room { inline, managed, attachments };
        let (first, second) = (grants_of(&of), grants_of(&more));
        let Ok(before) = pack_device(&DevicePolicies::default(), &first, room) else {
            return Ok(());
        };
        let Ok(both) = pack_device(&as_they_are(&before), &second, room) else {
            return Ok(());
        };
        let documents: Vec<&Document> = both.documents().collect();
        let rules = Rules::read(documents, Asker::Role(ROLE), &[]);
        for (action, arn) in pairs(&first).iter().chain(&pairs(&second)) {
            prop_assert_eq!(rules.ask(action, arn), Answer::Allowed, "{} on {}", action, arn);
        }
        prop_assert!(both.inline.as_ref().map_or(0, Document::size) <= inline);
        prop_assert!(both.managed.iter().all(|document| document.size() <= managed));
        prop_assert!(both.managed.len() <= attachments as usize);
        // Nothing has moved, and nothing stands twice.
        let shift = usize::from(both.inline.is_some() && before.inline.is_none());
        let (there, after) = (named(&before), named(&both));
        for (old, new) in there.iter().zip(after.iter().skip(shift)) {
            prop_assert!(old.iter().all(|arn| new.contains(arn)), "{old:?} {new:?}");
        }
        let again = pack_device(&as_they_are(&both), &second, room).unwrap();
        prop_assert_eq!(again, both);
    }

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
