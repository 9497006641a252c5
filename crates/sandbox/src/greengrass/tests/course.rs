//! The courses of deployments.

use std::collections::HashSet;

use proptest::prelude::*;

use crate::greengrass::course::{Deployment, End, Stage};
use crate::greengrass::failures::Lasting;
use crate::greengrass::fleet::Fleet;
use crate::settings::Scenario;

fn first(fleet: &Fleet, group: u32) -> Deployment {
    Deployment {
        group,
        version: fleet.versions(group),
        attempt: 0,
        service_role: true,
    }
}

#[test]
fn about_one_in_twelve_fails_for_several_reasons() {
    for seed in 0..20 {
        let fleet = Fleet {
            groups: 500,
            seed,
            scenario: Scenario::Mixed,
        };
        let ends: Vec<End> = (0..500)
            .map(|group| fleet.course(first(&fleet, group)).end)
            .collect();
        let failures = ends
            .iter()
            .filter(|end| matches!(end, End::Failure(_)))
            .count();
        let never = ends.iter().filter(|end| matches!(end, End::Never)).count();
        assert!((25..=70).contains(&failures), "seed {seed}: {failures}");
        assert_eq!(never, 5);
        let classes: HashSet<String> = ends
            .iter()
            .filter_map(|end| match end {
                End::Failure(failure) => Some(format!("{failure:?}")),
                _ => None,
            })
            .collect();
        assert!(classes.len() >= 5, "seed {seed}: {}", classes.len());
    }
}

#[test]
fn all_is_well_where_it_says_so() {
    for scenario in [
        Scenario::AllWell,
        Scenario::SlowStart,
        Scenario::SmallPages,
        Scenario::PrefixedIds,
    ] {
        let fleet = Fleet {
            groups: 500,
            seed: 7,
            scenario,
        };
        assert!((0..500).all(|group| fleet.course(first(&fleet, group)).end == End::Success));
    }
}

#[test]
fn trying_again_helps_what_passes_and_a_new_version_what_lasts() {
    let fleet = Fleet {
        groups: 20_000,
        seed: 7,
        scenario: Scenario::Mixed,
    };
    let (mut passing, mut passed) = (0, 0);
    for group in 0..fleet.groups {
        let deployment = first(&fleet, group);
        let End::Failure(failure) = fleet.course(deployment).end else {
            continue;
        };
        let again = fleet
            .course(Deployment {
                attempt: 1,
                ..deployment
            })
            .end;
        match failure.lasting {
            Lasting::UntilNewVersion => {
                assert_eq!(again, End::Failure(failure));
                let newer = Deployment {
                    version: deployment.version + 1,
                    ..deployment
                };
                assert_eq!(fleet.course(newer).end, End::Success);
            }
            Lasting::Passing => {
                passing += 1;
                passed += u32::from(again == End::Success);
            }
        }
    }
    assert!(
        passed * 10 > passing * 7 && passed < passing,
        "{passed} of {passing}"
    );
}

proptest! {
    #[test]
    fn stages_only_go_forward(group in 0..500_u32, attempt in 0..3_u8, mut times in prop::collection::vec(0.0..400.0_f64, 2..30)) {
        let fleet = Fleet { groups: 500, seed: 7, scenario: Scenario::Mixed };
        let course = fleet.course(Deployment { attempt, ..first(&fleet, group) });
        times.sort_by(f64::total_cmp);
        let rank = |stage| match stage {
            Stage::Building => 0,
            Stage::InProgress => 1,
            Stage::Success | Stage::Failure(_) => 2,
        };
        let ranks: Vec<i32> = times.iter().map(|time| rank(course.at(*time))).collect();
        prop_assert!(ranks.is_sorted());
        prop_assert_eq!(course.at(0.0), Stage::Building);
    }
}
