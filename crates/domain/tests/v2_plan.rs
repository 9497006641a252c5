//! Planning: the present deployment with what is wanted put over it, nothing dropped and nothing made up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use overseed_domain::v2::{
    diff::{ChangedPolicy, DocumentChange, DocumentDiff},
    document::{
        ComponentSpec, ComponentUpdatePolicy, ConfigurationUpdate, DeploymentDocument,
        DeploymentPolicies, FailureHandling, RunWith, UpdateAction,
    },
    finding::PlanFindingCode as Code,
    intent::{ComponentIntent, ComponentSet, Intent},
    pin::Direction,
    plan::{PlanError, PlanTarget, Planned, Planner, Present, TargetKind, plan},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn document(value: Value) -> DeploymentDocument {
    serde_json::from_value(value).unwrap()
}

fn intent(value: Value) -> Intent {
    serde_json::from_value(value).unwrap()
}

/// A device with a nucleus, a component with configuration, and policies.
fn present() -> DeploymentDocument {
    document(json!({
        "components": {
            "aws.greengrass.Nucleus": { "componentVersion": "2.12.0" },
            "com.example.App": {
                "componentVersion": "1.2.0",
                "configurationUpdate": {
                    "merge": "{ \"mode\": \"slow\", \"network\": {\"port\": 80, \"host\": \"a\"}, \"tags\": [\"x\"] }",
                    "reset": ["/old"],
                },
                "runWith": { "posixUser": "ggc_user" },
            },
        },
        "deploymentName": "Plant 7",
        "deploymentPolicies": { "failureHandlingPolicy": "DO_NOTHING" },
        "tags": { "owner": "plant" },
    }))
}

fn planned(intents: &[Value]) -> Planned {
    let intents: Vec<Intent> = intents.iter().cloned().map(intent).collect();
    plan("pump-7", Some(&present()), &intents).unwrap()
}

fn app(set: Value) -> Value {
    let mut set = set;
    set["change"] = "set".into();
    json!({ "components": { "com.example.App": set } })
}

fn codes(planned: &Planned) -> Vec<Code> {
    planned
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect()
}

fn merge_of(planned: &Planned, component: &str) -> Value {
    let update = planned.outcome.components[component]
        .configuration_update
        .as_ref()
        .unwrap();
    serde_json::from_str(update.merge.as_deref().unwrap()).unwrap()
}

#[test]
fn what_no_intent_names_stays() {
    let planned = planned(&[app(json!({ "version": "2.0.0" }))]);
    let mut expected = present();
    expected
        .components
        .get_mut("com.example.App")
        .unwrap()
        .component_version = "2.0.0".into();
    assert_eq!(planned.outcome, expected);
    assert_eq!(
        planned.diff,
        DocumentDiff {
            changes: vec![DocumentChange::VersionChanged {
                component: "com.example.App".into(),
                from: "1.2.0".into(),
                to: "2.0.0".into(),
                direction: Direction::Up,
            }],
            kept: vec!["aws.greengrass.Nucleus".into()],
        }
    );
    assert_eq!(codes(&planned), []);
}

#[test]
fn configuration_is_merged_over_the_present_one() {
    let planned = planned(&[app(json!({
        "merge": "{\"network\":{\"port\":8080},\"tags\":[],\"name\":\"{thingName}\"}",
    }))]);
    assert_eq!(
        merge_of(&planned, "com.example.App"),
        json!({ "mode": "slow", "name": "pump-7", "network": { "host": "a", "port": 8080 }, "tags": [] })
    );
    let [DocumentChange::MergeChanged { before, after, .. }] = &planned.diff.changes[..] else {
        panic!("{:?}", planned.diff);
    };
    assert_eq!(
        before.as_deref(),
        Some(r#"{"mode":"slow","network":{"host":"a","port":80},"tags":["x"]}"#)
    );
    assert_eq!(
        after.as_deref(),
        Some(r#"{"mode":"slow","name":"pump-7","network":{"host":"a","port":8080},"tags":[]}"#)
    );
}

#[test]
fn a_reset_path_leaves_the_present_merge_before_the_new_one_is_merged() {
    let planned = planned(&[app(json!({
        "reset": ["/network/port", "/mode"],
        "merge": "{\"mode\":\"fast\"}",
    }))]);
    assert_eq!(
        merge_of(&planned, "com.example.App"),
        json!({ "mode": "fast", "network": { "host": "a" }, "tags": ["x"] })
    );
    let update = planned.outcome.components["com.example.App"]
        .configuration_update
        .clone()
        .unwrap();
    assert_eq!(update.reset, ["/old", "/network/port", "/mode"]);
}

#[test]
fn resetting_everything_leaves_one_empty_path() {
    let planned = planned(&[app(json!({ "reset": ["/mode", "", "/tags"] }))]);
    let update = planned.outcome.components["com.example.App"]
        .configuration_update
        .clone()
        .unwrap();
    assert_eq!(
        update,
        ConfigurationUpdate {
            merge: None,
            reset: vec![String::new()]
        }
    );
}

#[test]
fn a_component_goes_only_where_that_is_said() {
    let gone = planned(&[json!({ "components": { "com.example.App": { "change": "remove" } } })]);
    assert_eq!(
        gone.diff.changes,
        [DocumentChange::ComponentRemoved {
            component: "com.example.App".into(),
            version: "1.2.0".into()
        }]
    );
    assert!(!gone.outcome.components.contains_key("com.example.App"));

    let absent =
        planned(&[json!({ "components": { "com.example.Other": { "change": "remove" } } })]);
    assert!(absent.is_unchanged());
    assert_eq!(codes(&absent), [Code::RemoveAbsent]);
}

#[test]
fn later_layers_win_and_keep_takes_back_what_earlier_ones_say() {
    let remove = json!({ "components": { "com.example.App": { "change": "remove" } } });
    let keep = json!({ "components": { "com.example.App": { "change": "keep" } } });
    let one = app(json!({ "version": "2.0.0", "merge": "{\"mode\":\"one\",\"a\":1}" }));
    let two = app(json!({ "merge": "{\"mode\":\"two\"}" }));

    assert!(planned(&[remove.clone(), keep.clone()]).is_unchanged());
    assert!(planned(&[one.clone(), keep]).is_unchanged());
    let both = planned(&[one.clone(), two]);
    assert_eq!(merge_of(&both, "com.example.App")["mode"], "two");
    assert_eq!(merge_of(&both, "com.example.App")["a"], 1);
    let anew = planned(&[remove, one]);
    assert_eq!(
        merge_of(&anew, "com.example.App"),
        json!({ "a": 1, "mode": "one" }),
        "what is removed and set is set anew"
    );
}

#[test]
fn a_component_is_changed_only_where_it_is_if_that_is_wanted() {
    let other = |version: &str| {
        json!({ "components": { "com.example.Other": {
            "change": "set", "version": version, "wherePresent": true,
        } } })
    };
    assert!(planned(&[other("3.0.0")]).is_unchanged());
    let added =
        json!({ "components": { "com.example.Other": { "change": "set", "version": "1.0.0" } } });
    let both = planned(&[added.clone(), other("3.0.0")]);
    assert_eq!(
        both.outcome.components["com.example.Other"].component_version,
        "3.0.0"
    );
    let mut configured = other("3.0.0");
    configured["components"]["com.example.Other"]["merge"] = "{\"a\":1}".into();
    let before = planned(&[configured, added]);
    assert_eq!(
        before.outcome.components["com.example.Other"].component_version,
        "1.0.0"
    );
    assert_eq!(merge_of(&before, "com.example.Other"), json!({ "a": 1 }));
}

#[test]
fn policies_are_put_over_the_present_ones_and_compared_with_their_defaults() {
    let same =
        planned(&[json!({ "policies": { "componentUpdatePolicy": { "timeoutInSeconds": 60 } } })]);
    assert!(same.is_unchanged(), "60 seconds is the default");
    let planned = planned(&[json!({ "policies": {
        "failureHandlingPolicy": "ROLLBACK",
        "componentUpdatePolicy": { "action": "SKIP_NOTIFY_COMPONENTS" },
    } })]);
    assert_eq!(
        planned.diff.changes,
        [
            DocumentChange::PolicyChanged {
                policy: ChangedPolicy::FailureHandling,
                before: "DO_NOTHING".into(),
                after: "ROLLBACK".into(),
            },
            DocumentChange::PolicyChanged {
                policy: ChangedPolicy::UpdateAction,
                before: "NOTIFY_COMPONENTS".into(),
                after: "SKIP_NOTIFY_COMPONENTS".into(),
            }
        ]
    );
    assert_eq!(
        planned.outcome.deployment_policies,
        Some(DeploymentPolicies {
            failure_handling_policy: Some(FailureHandling::Rollback),
            component_update_policy: Some(ComponentUpdatePolicy {
                action: Some(UpdateAction::SkipNotifyComponents),
                timeout_in_seconds: None
            }),
            configuration_validation_policy: None,
        })
    );
}

#[test]
fn a_target_without_a_deployment_gets_what_is_wanted_and_nothing_else() {
    let wanted = intent(json!({
        "components": {
            "aws.greengrass.Cli": { "change": "set", "version": "2.9.0" },
            "com.ml.consumer": { "change": "set", "version": "1.0.0" },
            "com.ml.xgboost": { "change": "set", "version": "1.0.0" },
        },
        "deploymentName": "component-deployment for {thingName}",
        "policies": {
            "componentUpdatePolicy": { "action": "NOTIFY_COMPONENTS", "timeoutInSeconds": 60 },
            "failureHandlingPolicy": "ROLLBACK",
        },
    }));
    let planned = plan("GreengrassCore-1", None, std::slice::from_ref(&wanted)).unwrap();
    insta::assert_json_snapshot!(json!({
        "outcome": planned.outcome, "diff": planned.diff, "findings": planned.findings,
    }));
    let nothing = plan("GreengrassCore-1", None, &[]).unwrap();
    assert!(nothing.is_unchanged());
    assert!(nothing.findings.is_empty());
}

#[test]
fn what_cannot_be_carried_out_is_refused_and_the_present_component_stands() {
    let other = |set: Value| {
        let mut set = set;
        set["change"] = "set".into();
        planned(&[json!({ "components": { "com.example.Other": set } })])
    };
    let configured = other(json!({ "merge": "{\"a\":1}" }));
    assert_eq!(codes(&configured), [Code::VersionMissing]);
    assert!(configured.is_refused());

    let unknown = planned(&[app(
        json!({ "version": "{firmware}", "merge": "{\"a\":\"{site}\"}" }),
    )]);
    assert_eq!(
        codes(&unknown),
        [Code::UnknownTemplate, Code::UnknownTemplate]
    );
    assert_eq!(unknown.outcome, present());

    let mut broken = present();
    broken
        .components
        .get_mut("com.example.App")
        .unwrap()
        .configuration_update = Some(ConfigurationUpdate {
        merge: Some("{not json".into()),
        reset: vec![],
    });
    let version = intent(app(json!({ "version": "2.0.0" })));
    let fine = plan("a", Some(&broken), &[version]).unwrap();
    assert!(!fine.is_refused(), "nothing has to be merged");
    assert_eq!(
        fine.outcome.components["com.example.App"]
            .configuration_update
            .as_ref()
            .unwrap()
            .merge
            .as_deref(),
        Some("{not json")
    );
    let merging = intent(app(json!({ "merge": "{\"a\":1}" })));
    let refused = plan("a", Some(&broken), &[merging]).unwrap();
    assert_eq!(codes(&refused), [Code::PresentMergeUnreadable]);
    assert_eq!(refused.outcome, broken);
}

#[test]
fn intents_that_are_wrong_for_every_target_make_no_plan() {
    for (set, code) in [
        (json!({ "version": "^1.0.0" }), Code::VersionNotExact),
        (json!({ "merge": "{" }), Code::MergeNotJson),
        (json!({ "merge": "[1]" }), Code::MergeNotObject),
        (json!({ "merge": "{\"a\":1,\"a\":2}" }), Code::RepeatedKey),
        (
            json!({ "merge": "{\"a\":\"{thingName\"}" }),
            Code::UnclosedTemplate,
        ),
        (json!({ "reset": ["a/b"] }), Code::BadResetPath),
        (
            json!({ "reset": [format!("/{}", "a".repeat(256))] }),
            Code::BadResetPath,
        ),
    ] {
        let compiled = intent(app(set.clone())).compile();
        let found: Vec<Code> = compiled.findings().iter().map(|f| f.code).collect();
        assert_eq!(found, [code], "{set}");
        assert!(matches!(
            Planner::new(vec![compiled]),
            Err(PlanError::Intents(_))
        ));
    }
    let policies = intent(
        json!({ "policies": { "configurationValidationPolicy": { "timeoutInSeconds": -1 } } }),
    );
    assert_eq!(policies.compile().findings()[0].code, Code::BadTimeout);
}

#[test]
fn configuration_of_edge_impulse_components_is_wrapped() {
    let find = |set: Value| -> Vec<Code> {
        let mut set = set;
        set["change"] = "set".into();
        let components = json!({ "components": { "EdgeImpulseLinuxServiceComponent": set } });
        let compiled = intent(components).compile();
        compiled.findings().iter().map(|f| f.code).collect()
    };
    assert_eq!(
        find(json!({ "merge": "{\"device_name\":\"x\"}" })),
        [Code::NotWrapped]
    );
    assert_eq!(
        find(json!({ "merge": "{\"Parameters\":\"x\"}" })),
        [Code::NotWrapped]
    );
    assert_eq!(
        find(json!({ "reset": ["/device_name"] })),
        [Code::NotWrapped]
    );
    assert_eq!(
        find(json!({
            "merge": "{\"Parameters\":{\"device_name\":\"{thingName}\"},\"accessControl\":{}}",
            "reset": ["/Parameters/device_name"],
        })),
        []
    );
}

#[test]
fn outcomes_are_looked_at_for_what_a_device_would_stumble_over() {
    let both = intent(json!({ "components": {
        "EdgeImpulseLinuxServiceComponent": { "change": "set", "version": "1.0.0" },
        "EdgeImpulseLinuxRunnerServiceComponent": { "change": "set", "version": "1.0.0" },
    } }));
    let cameras = plan("a", None, &[both]).unwrap();
    assert_eq!(
        codes(&cameras),
        [Code::NucleusNotPinned, Code::SharedCamera]
    );
    assert!(!cameras.is_refused());

    let large = json!({ "text": "x".repeat(7_000) }).to_string();
    let large = planned(&[app(json!({ "merge": large }))]);
    assert_eq!(codes(&large), [Code::LargeDocument]);

    let job = planned(&[
        json!({ "iotJobConfiguration": { "timeoutConfig": { "inProgressTimeoutInMinutes": 5 } } }),
    ]);
    assert_eq!(codes(&job), [Code::JobOnlyForGroups]);
    assert_eq!(job.outcome, present());
}

#[test]
fn what_a_reader_would_not_expect_is_noted_and_planned_all_the_same() {
    let notes = |set: Value| -> (Vec<Code>, Vec<Code>) {
        let compiled = intent(app(set.clone())).compile();
        let first = compiled.findings().iter().map(|f| f.code).collect();
        let planned = planned(&[app(set)]);
        assert!(!planned.is_refused());
        (first, codes(&planned))
    };
    assert_eq!(
        notes(json!({ "merge": "{\"a\":12345678901234567890123}" })),
        (vec![Code::NumberRounded], vec![])
    );
    assert_eq!(
        notes(json!({ "merge": "{\"{thingName}\":1,\"{iot:thingName}\":2}" })),
        (vec![Code::TemplateInKey], vec![])
    );
    assert_eq!(
        notes(json!({ "reset": ["/tags/0"] })),
        (vec![], vec![Code::ResetInList])
    );
}

#[test]
fn a_deployments_name_has_its_bounds() {
    for (name, refused) in [("{site}", true), ("", true), ("x", false)] {
        let named = planned(&[json!({ "deploymentName": name })]);
        assert_eq!(named.is_refused(), refused, "{name}");
        assert!(
            named.is_unchanged(),
            "a name does not reach the device's components"
        );
    }
    let long = planned(&[json!({ "deploymentName": "é".repeat(257) })]);
    assert_eq!(codes(&long), [Code::BadDeploymentName]);
}

#[test]
fn a_thing_group_gets_the_job_and_has_more_room() {
    let wanted = intent(json!({
        "components": { "com.example.App": {
            "change": "set", "merge": json!({ "text": "x".repeat(20_000) }).to_string(),
        } },
        "iotJobConfiguration": { "jobExecutionsRolloutConfig": { "maximumPerMinute": 50 } },
    }));
    let mut planner = Planner::new(vec![wanted.compile()]).unwrap();
    let present = present();
    let planned = planner
        .plan(&PlanTarget {
            name: "plant",
            kind: TargetKind::ThingGroup,
            present: Present::Document(&present),
            layers: &[0],
            own: None,
            values: &|_| None,
        })
        .unwrap();
    assert_eq!(codes(&planned), []);
    assert_eq!(
        serde_json::to_value(&planned.outcome.iot_job_configuration).unwrap(),
        json!({ "jobExecutionsRolloutConfig": { "maximumPerMinute": 50 } })
    );
}

#[test]
fn a_row_of_the_target_counts_after_all_layers() {
    let layer = intent(app(
        json!({ "version": "2.0.0", "merge": "{\"site\":\"{site}\"}" }),
    ));
    let own = intent(app(json!({ "version": "2.0.1" }))).compile();
    let mut planner = Planner::new(vec![layer.compile()]).unwrap();
    let text = serde_json::to_string(&present()).unwrap();
    let mut plan = |own, layers: &[u32]| {
        planner.plan(&PlanTarget {
            name: "pump-7",
            kind: TargetKind::Thing,
            present: Present::Text(&text),
            layers,
            own,
            values: &|name| (name == "site").then_some("Łódź {x}"),
        })
    };
    let planned = plan(Some(&own), &[0]).unwrap();
    assert_eq!(
        planned.outcome.components["com.example.App"].component_version,
        "2.0.1"
    );
    assert_eq!(merge_of(&planned, "com.example.App")["site"], "Łódź {x}");
    assert!(plan(None, &[]).unwrap().is_unchanged());
    assert!(matches!(plan(None, &[1]), Err(PlanError::Layer(1))));
}

// Any documents and any intents.

fn config() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i8>().prop_map(Value::from),
        "[a-c{}]{0,3}".prop_map(|text| Value::from(text.replace('{', "{{"))),
    ];
    let inner = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("[a-c]", inner, 0..4)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

fn paths() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("(/[a-c]){0,3}", 0..3)
}

fn run_with() -> impl Strategy<Value = Option<RunWith>> {
    prop::option::of("[uv]".prop_map(|user| RunWith {
        posix_user: Some(user),
        ..RunWith::default()
    }))
}

fn version() -> impl Strategy<Value = String> {
    "[0-2]\\.[0-1]\\.0"
}

fn policies() -> impl Strategy<Value = Option<DeploymentPolicies>> {
    let failure = prop::option::of(prop_oneof![
        Just(FailureHandling::Rollback),
        Just(FailureHandling::DoNothing)
    ]);
    let update = prop::option::of(
        (prop::option::of(58..62_i32)).prop_map(|timeout_in_seconds| ComponentUpdatePolicy {
            action: None,
            timeout_in_seconds,
        }),
    );
    prop::option::of(
        (failure, update).prop_map(|(failure, update)| DeploymentPolicies {
            failure_handling_policy: failure,
            component_update_policy: update,
            configuration_validation_policy: None,
        }),
    )
}

fn any_document() -> impl Strategy<Value = DeploymentDocument> {
    let merge = prop::option::of(prop_oneof![
        4 => config().prop_map(|config| config.to_string()),
        1 => config().prop_map(|config| format!("{config:#}")),
        1 => Just("no json".to_owned()),
    ]);
    let update = prop::option::of(
        (merge, paths()).prop_map(|(merge, reset)| ConfigurationUpdate { merge, reset }),
    );
    let spec =
        (version(), update, run_with()).prop_map(|(version, update, run_with)| ComponentSpec {
            component_version: version,
            configuration_update: update,
            run_with,
        });
    (prop::collection::btree_map("[A-D]", spec, 0..4), policies()).prop_map(
        |(components, deployment_policies)| DeploymentDocument {
            components,
            deployment_policies,
            deployment_name: Some("present".into()),
            tags: BTreeMap::from([("owner".into(), "plant".into())]),
            ..DeploymentDocument::default()
        },
    )
}

fn any_intent() -> impl Strategy<Value = Intent> {
    let set = (
        prop::option::of(version()),
        prop::option::of(config()),
        paths(),
        run_with(),
        any::<bool>(),
    )
        .prop_map(|(version, merge, reset, run_with, where_present)| {
            ComponentIntent::Set(ComponentSet {
                version,
                merge: merge.map(|merge| merge.to_string()),
                reset,
                run_with,
                where_present,
            })
        });
    let component = prop_oneof![
        1 => Just(ComponentIntent::Keep),
        1 => Just(ComponentIntent::Remove),
        4 => set,
    ];
    (
        prop::collection::btree_map("[A-D]", component, 0..3),
        policies(),
    )
        .prop_map(|(components, policies)| Intent {
            components,
            policies,
            ..Intent::default()
        })
}

fn keep_all(document: &DeploymentDocument) -> Intent {
    Intent {
        components: document
            .components
            .keys()
            .map(|name| (name.clone(), ComponentIntent::Keep))
            .collect(),
        ..Intent::default()
    }
}

proptest! {
    #[test]
    fn wanting_nothing_changes_nothing(present in any_document()) {
        for intents in [vec![], vec![Intent::default()], vec![keep_all(&present)]] {
            let planned = plan("a", Some(&present), &intents).unwrap();
            prop_assert_eq!(&planned.outcome, &present);
            prop_assert!(planned.is_unchanged());
            prop_assert_eq!(planned.digest, present.digest());
        }
    }

    #[test]
    fn planning_again_on_the_outcome_changes_nothing(
        present in any_document(),
        intents in prop::collection::vec(any_intent(), 0..3),
    ) {
        let once = plan("a", Some(&present), &intents).unwrap();
        if !once.is_refused() {
            let twice = plan("a", Some(&once.outcome), &intents).unwrap();
            prop_assert_eq!(&twice.outcome, &once.outcome);
            prop_assert!(twice.is_unchanged());
        }
    }

    #[test]
    fn a_diff_is_empty_just_where_both_mean_the_same(
        present in any_document(),
        other in any_document(),
        intents in prop::collection::vec(any_intent(), 0..3),
    ) {
        let planned = plan("a", Some(&present), &intents).unwrap();
        prop_assert_eq!(planned.is_unchanged(), present.same_as(&planned.outcome));
        prop_assert_eq!(planned.digest, planned.outcome.digest());
        prop_assert_eq!(&planned.diff, &DocumentDiff::between(Some(&present), &planned.outcome));
        let diff = DocumentDiff::between(Some(&present), &other);
        prop_assert_eq!(diff.is_empty(), present.same_as(&other));
    }

    #[test]
    fn no_component_goes_without_being_removed(
        present in any_document(),
        intents in prop::collection::vec(any_intent(), 0..3),
    ) {
        let planned = plan("a", Some(&present), &intents).unwrap();
        for (name, before) in &present.components {
            let named = |wanted: &dyn Fn(&ComponentIntent) -> bool| {
                intents.iter().any(|intent| intent.components.get(name).is_some_and(wanted))
            };
            match planned.outcome.components.get(name) {
                None => prop_assert!(named(&|wanted| *wanted == ComponentIntent::Remove)),
                Some(after) if !named(&|_| true) => prop_assert_eq!(after, before),
                Some(_) => {}
            }
        }
        prop_assert_eq!(&planned.outcome.tags, &present.tags);
        prop_assert_eq!(&planned.outcome.deployment_name, &present.deployment_name);
    }

    #[test]
    fn many_are_planned_as_each_by_itself(
        presents in prop::collection::vec(any_document(), 1..4),
        intents in prop::collection::vec(any_intent(), 1..3),
        order in prop::collection::vec((0_usize..4, 0_u32..3), 1..12),
    ) {
        let mut planner = Planner::new(intents.iter().map(Intent::compile).collect()).unwrap();
        for (which, layer) in order {
            let present = &presents[which % presents.len()];
            let layer = layer % u32::try_from(intents.len()).unwrap();
            let text = serde_json::to_string(present).unwrap();
            let planned = planner.plan(&PlanTarget {
                name: "a",
                kind: TargetKind::Thing,
                present: Present::Text(&text),
                layers: &[layer],
                own: None,
                values: &|_| None,
            }).unwrap();
            let alone = plan("a", Some(present), &intents[layer as usize..=layer as usize]).unwrap();
            prop_assert_eq!(&*planned, &alone);
        }
    }
}
