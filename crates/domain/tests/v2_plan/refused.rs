use overseed_domain::v2::{
    document::ConfigurationUpdate,
    finding::PlanFindingCode as Code,
    plan::{PlanError, Planner, plan},
};
use serde_json::{Value, json};

use crate::{app, codes, intent, planned, present};

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
        (vec![Code::NumberRounded], vec![Code::NumberRounded])
    );
    assert_eq!(
        notes(json!({ "merge": "{\"{thingName}\":1,\"{iot:thingName}\":2}" })),
        (vec![Code::TemplateInKey], vec![Code::TemplateInKey])
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
