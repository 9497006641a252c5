//! Gathering: each target in exactly one group, groups of what is the same, and counts that add up.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use overseed_domain::v2::{
    document::DeploymentDocument,
    finding::PlanFindingCode,
    gather::{ChangeKind, Gather},
    intent::Intent,
    pin::Direction,
    plan::{Planned, plan},
};
use proptest::prelude::*;
use serde_json::json;

fn device(version: u8, mode: &str) -> DeploymentDocument {
    serde_json::from_value(json!({ "components": {
        "aws.greengrass.Nucleus": { "componentVersion": "2.12.0" },
        "com.example.App": {
            "componentVersion": format!("{version}.0.0"),
            "configurationUpdate": { "merge": format!("{{\"mode\": \"{mode}\"}}") },
        },
    } }))
    .unwrap()
}

fn to_two(name: &str, document: &DeploymentDocument) -> Planned {
    let intent: Intent = serde_json::from_value(json!({ "components": { "com.example.App": {
        "change": "set", "version": "2.0.0", "merge": "{\"name\":\"{thingName}\"}",
    } } }))
    .unwrap();
    plan(name, Some(document), &[intent]).unwrap()
}

#[test]
fn targets_with_one_outcome_are_one_group() {
    let mut gather = Gather::default();
    let groups: Vec<Option<u32>> = [
        ("a", device(1, "slow")),
        ("a", device(3, "slow")),
        ("b", device(1, "slow")),
        ("a", device(1, "fast")),
    ]
    .iter()
    .map(|(name, present)| gather.add(&to_two(name, present)))
    .collect();
    assert_eq!(groups, [Some(0), Some(0), Some(1), Some(2)]);
    assert_eq!(gather.members(0).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(gather.largest_first(), [0, 1, 2]);
    assert_eq!(
        (gather.groups()[0].targets, gather.groups()[0].first),
        (2, 0)
    );

    let versions: Vec<_> = gather
        .changes()
        .into_iter()
        .filter(|total| total.kind == ChangeKind::Version)
        .map(|total| (total.from.unwrap(), total.direction.unwrap(), total.targets))
        .collect();
    assert_eq!(
        versions,
        [
            ("1.0.0".to_owned(), Direction::Up, 3),
            ("3.0.0".to_owned(), Direction::Down, 1)
        ]
    );
}

#[test]
fn a_target_that_has_it_already_is_in_the_group_and_unchanged() {
    let present = device(1, "slow");
    let once = to_two("a", &present);
    let mut gather = Gather::default();
    gather.add(&once);
    gather.add(&to_two("a", &once.outcome));
    assert_eq!(gather.groups().len(), 1);
    assert_eq!((gather.groups()[0].targets, gather.unchanged()), (2, 1));
}

#[test]
fn a_target_that_is_refused_is_in_no_group() {
    let intent: Intent = serde_json::from_value(json!({ "components": { "com.example.App": {
        "change": "set", "version": "{firmware}",
    } } }))
    .unwrap();
    let mut gather = Gather::default();
    assert_eq!(gather.add(&to_two("a", &device(1, "slow"))), Some(0));
    let refused = plan("b", Some(&device(1, "slow")), &[intent]).unwrap();
    assert_eq!(gather.add(&refused), None);
    assert_eq!((gather.targets(), gather.refused()), (2, 1));
    assert_eq!(gather.group_of(1), None);
    let findings = gather.findings();
    assert_eq!(findings[0].code, PlanFindingCode::UnknownTemplate);
    assert_eq!((findings[0].targets, findings[0].first), (1, 1));
}

proptest! {
    #[test]
    fn the_counts_add_up(devices in prop::collection::vec((0_u8..3, "[st]", "[ab]"), 0..40)) {
        let mut gather = Gather::default();
        let mut outcomes = Vec::new();
        for (version, mode, name) in &devices {
            let planned = to_two(name, &device(*version, mode));
            gather.add(&planned);
            outcomes.push(planned.outcome.digest());
        }
        let sum: u32 = gather.groups().iter().map(|group| group.targets).sum();
        prop_assert_eq!(sum + gather.refused(), gather.targets());
        prop_assert_eq!(gather.targets() as usize, devices.len());
        for (one, first) in outcomes.iter().enumerate() {
            for (other, second) in outcomes.iter().enumerate() {
                let together = gather.group_of(one as u32) == gather.group_of(other as u32);
                prop_assert_eq!(together, first == second);
            }
        }
        for (number, group) in (0..).zip(gather.groups()) {
            let members: Vec<u32> = gather.members(number).collect();
            prop_assert_eq!(members.len(), group.targets as usize);
            prop_assert_eq!(members.first(), Some(&group.first));
        }
    }
}
