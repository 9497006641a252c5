//! Any documents and any intents.

use std::collections::BTreeMap;

use overseed_domain::v2::{
    diff::DocumentDiff,
    document::{
        ComponentSpec, ComponentUpdatePolicy, ConfigurationUpdate, DeploymentDocument,
        DeploymentPolicies, FailureHandling, RunWith,
    },
    intent::{ComponentIntent, ComponentSet, Intent},
    plan::{PlanTarget, Planner, Present, TargetKind, plan},
};
use proptest::prelude::*;
use serde_json::Value;

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

pub fn any_document() -> impl Strategy<Value = DeploymentDocument> {
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

pub fn any_intent() -> impl Strategy<Value = Intent> {
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
                fixed: None,
                layers: &[layer],
                own: None,
                values: &|_| None,
            }).unwrap();
            let alone = plan("a", Some(present), &intents[layer as usize..=layer as usize]).unwrap();
            prop_assert_eq!(&*planned, &alone);
        }
    }
}
