use overseed_domain::v2::{
    diff::{ChangedPolicy, DocumentChange, DocumentDiff},
    document::{
        ComponentUpdatePolicy, ConfigurationUpdate, DeploymentPolicies, FailureHandling,
        UpdateAction,
    },
    finding::PlanFindingCode as Code,
    pin::Direction,
    plan::plan,
};
use serde_json::json;

use crate::{app, codes, intent, merge_of, planned, present};

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
fn a_value_of_another_kind_than_the_present_one_is_told() {
    let planned = planned(&[
        app(json!({ "merge": "{\"network\":{\"port\":\"{thingName}\",\"host\":null},\"new\":1}" })),
        app(json!({ "merge": "{\"new\":[],\"tags\":{\"0\":\"y\"}}" })),
    ]);
    let told: Vec<_> = planned
        .findings
        .iter()
        .map(|finding| (finding.code, finding.message.as_str()))
        .collect();
    let [
        (Code::OtherKind, port),
        (Code::OtherKind, new),
        (Code::OtherKind, tags),
    ] = told[..]
    else {
        panic!("{told:?}");
    };
    assert!(
        port.contains("/network/port of com.example.App is a number")
            && port.contains("becomes a text"),
        "{port}"
    );
    assert!(
        new.contains("/new of com.example.App is a number") && new.contains("becomes a list"),
        "{new}"
    );
    assert!(
        tags.contains("/tags of com.example.App is a list") && tags.contains("becomes an object"),
        "{tags}"
    );
    assert!(!planned.is_refused());
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
