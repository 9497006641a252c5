use std::sync::Arc;

use overseed_domain::v2::{
    diff::{DocumentChange, DocumentDiff},
    document::DeploymentDocument,
    finding::PlanFindingCode as Code,
    intent::Intent,
    pin::Direction,
    plan::{PlanTarget, Planned, Planner, Present, TargetKind, plan},
};
use proptest::prelude::*;
use serde_json::json;

use crate::{
    always::{any_document, any_intent},
    app, codes, document, intent, present,
};

fn over(
    fixed: &DeploymentDocument,
    present: Option<&DeploymentDocument>,
    intents: &[Intent],
) -> Arc<Planned> {
    let mut planner = Planner::new(intents.iter().map(Intent::compile).collect()).unwrap();
    let layers: Vec<u32> = (0..).take(intents.len()).collect();
    planner
        .plan(&PlanTarget {
            name: "pump-7",
            kind: TargetKind::Thing,
            present: present.map_or(Present::None, Present::Document),
            fixed: Some(Present::Document(fixed)),
            layers: &layers,
            own: None,
            values: &|_| None,
        })
        .unwrap()
}

#[test]
fn a_fixed_document_is_deployed_as_it_is_and_told_against_the_present_one() {
    let fixed = document(json!({
        "components": {
            "aws.greengrass.Nucleus": { "componentVersion": "2.12.0" },
            "com.example.New": { "componentVersion": "1.0.0" },
        },
        "deploymentName": "Plant 7, once more",
        "tags": { "owner": "line" },
    }));
    let planned = over(&fixed, Some(&present()), &[]);
    assert_eq!(planned.outcome, fixed);
    assert_eq!(
        planned.diff,
        DocumentDiff::between(Some(&present()), &fixed)
    );
    assert_eq!(planned.diff.kept, ["aws.greengrass.Nucleus"]);
    assert!(
        planned
            .diff
            .changes
            .iter()
            .any(|change| matches!(change, DocumentChange::ComponentRemoved { component, .. } if component == "com.example.App"))
    );
    assert_eq!(over(&fixed, None, &[]).outcome, fixed);
    assert!(over(&present(), Some(&present()), &[]).is_unchanged());
}

#[test]
fn layers_are_put_over_the_fixed_document() {
    let mut fixed = present();
    fixed
        .components
        .get_mut("com.example.App")
        .unwrap()
        .component_version = "2.0.0".into();
    let newer = intent(app(
        json!({ "version": "2.0.1", "merge": "{\"mode\":\"fast\"}" }),
    ));
    let planned = over(&fixed, Some(&present()), std::slice::from_ref(&newer));
    assert_eq!(
        planned.outcome,
        plan("pump-7", Some(&fixed), &[newer]).unwrap().outcome
    );
    assert!(
        planned
            .diff
            .changes
            .contains(&DocumentChange::VersionChanged {
                component: "com.example.App".into(),
                from: "1.2.0".into(),
                to: "2.0.1".into(),
                direction: Direction::Up,
            })
    );
    // What only the present one has is not there to be changed.
    let other = document(json!({ "components": {
        "aws.greengrass.Nucleus": { "componentVersion": "2.12.0" },
    } }));
    let refused = over(
        &other,
        Some(&present()),
        &[intent(app(json!({ "merge": "{\"a\":1}" })))],
    );
    assert_eq!(codes(&refused), [Code::VersionMissing]);
}

proptest! {
    #[test]
    fn the_outcome_is_that_of_the_fixed_document_and_the_diff_is_to_the_present_one(
        presents in prop::collection::vec(any_document(), 1..3),
        fixed in prop::collection::vec(any_document(), 1..3),
        intents in prop::collection::vec(any_intent(), 1..3),
        order in prop::collection::vec((0_usize..3, 0_usize..3, 0_u32..3), 1..16),
    ) {
        let mut planner = Planner::new(intents.iter().map(Intent::compile).collect()).unwrap();
        for (present, base, layer) in order {
            let present = &presents[present % presents.len()];
            let base = fixed.get(base);
            let layer = layer % u32::try_from(intents.len()).unwrap();
            let text = |document: &DeploymentDocument| serde_json::to_string(document).unwrap();
            let (present_text, base_text) = (text(present), base.map(text));
            let planned = planner.plan(&PlanTarget {
                name: "a",
                kind: TargetKind::Thing,
                present: Present::Text(&present_text),
                fixed: base_text.as_deref().map(Present::Text),
                layers: &[layer],
                own: None,
                values: &|_| None,
            }).unwrap();
            let intents = &intents[layer as usize..=layer as usize];
            let alone = plan("a", Some(base.unwrap_or(present)), intents).unwrap();
            prop_assert_eq!(&planned.outcome, &alone.outcome);
            prop_assert_eq!(planned.digest, alone.digest);
            prop_assert_eq!(&planned.findings, &alone.findings);
            prop_assert_eq!(&planned.diff, &DocumentDiff::between(Some(present), &planned.outcome));
        }
    }
}
