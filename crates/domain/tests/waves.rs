//! Waves: each target in exactly one of them, the same ones for ever from the same seed; and gates.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use overseed_domain::rollout::Generation;
use overseed_domain::waves::{
    Cut, Gate, GateAction, Limit, MOST_WAVES, Tally, Verdict, WaveCut, WaveOrder, Waves,
    WavesError, cut, judge,
};
use proptest::prelude::*;

fn a_cut() -> impl Strategy<Value = WaveCut> {
    prop_oneof![
        (1_u32..40).prop_map(|targets| WaveCut::Count { targets }),
        (0.1_f64..100.0).prop_map(|percent| WaveCut::Percent { percent }),
        (0_u32..7).prop_map(|text| WaveCut::Matching {
            text: text.to_string()
        }),
    ]
}

fn some_waves() -> impl Strategy<Value = Waves> {
    let order = prop_oneof![
        Just(WaveOrder::Listed),
        any::<u32>().prop_map(|seed| WaveOrder::Random { seed })
    ];
    (prop::collection::vec(a_cut(), 0..8), order, any::<bool>()).prop_map(
        |(mut cuts, order, rest)| {
            if rest {
                cuts.push(WaveCut::Rest);
            }
            Waves {
                cuts,
                order,
                gate: Gate::default(),
            }
        },
    )
}

/// A target matches a text where the last digit of its place is that text.
fn matching(waves: &Waves) -> impl Fn(usize, u32) -> bool + '_ {
    |index, place| match &waves.cuts[index] {
        WaveCut::Matching { text } => place.to_string().ends_with(text.as_str()),
        _ => false,
    }
}

fn places(cut: &Cut, targets: u32) -> Vec<Vec<u32>> {
    let mut waves = vec![Vec::new(); cut.waves.len()];
    for place in 0..targets {
        let wave = cut.wave_of(place).unwrap();
        waves[wave as usize - 1].push(place);
    }
    waves
}

proptest! {
    #[test]
    fn each_target_is_in_exactly_one_wave_and_none_is_empty(waves in some_waves(), targets in 0_u32..400) {
        prop_assert_eq!(waves.validate(), Ok(()));
        let cut = cut(&waves, targets, matching(&waves));
        let found = places(&cut, targets);
        let sizes: Vec<u32> = found.iter().map(|wave| wave.len() as u32).collect();
        let said: Vec<u32> = cut.waves.iter().map(|wave| wave.targets).collect();
        prop_assert_eq!(&sizes, &said);
        prop_assert_eq!(sizes.iter().sum::<u32>(), targets);
        prop_assert!(sizes.iter().all(|size| *size > 0));
        prop_assert_eq!(cut.wave_of(targets), None);
        prop_assert!(cut.waves.len() <= waves.cuts.len() + 1);
    }

    #[test]
    fn the_same_seed_gives_the_same_waves_and_another_order_changes_no_size(
        waves in some_waves(), targets in 0_u32..400, seed in any::<u32>()
    ) {
        let random = Waves { order: WaveOrder::Random { seed }, ..waves };
        let one = cut(&random, targets, matching(&random));
        prop_assert_eq!(&one, &cut(&random, targets, matching(&random)));
        if !random.cuts.iter().any(|cut| matches!(cut, WaveCut::Matching { .. })) {
            let listed = Waves { order: WaveOrder::Listed, ..random.clone() };
            prop_assert_eq!(&one.waves, &cut(&listed, targets, matching(&listed)).waves);
        }
    }

    #[test]
    fn a_gate_opens_exactly_up_to_its_limit(targets in 1_u32..100_000, allowed in 0_u32..100_000, unknown in 0_u32..50) {
        let gate = Gate { max_failed: Some(Limit::Count { targets: allowed }), ..Gate::default() };
        let tally = |failed: u32| Tally {
            targets,
            failed: failed.saturating_sub(unknown),
            unknown: unknown.min(failed),
            ..Tally::default()
        };
        prop_assert_eq!(judge(&gate, tally(allowed), Tally::default()), Verdict::GoOn);
        let held = matches!(judge(&gate, tally(allowed + 1), Tally::default()), Verdict::Hold { .. });
        prop_assert!(held);
    }
}

#[test]
fn a_canary_a_share_and_the_rest_in_the_order_of_the_plan() {
    let waves = Waves {
        cuts: vec![
            WaveCut::Count { targets: 5 },
            WaveCut::Percent { percent: 10.0 },
            WaveCut::Matching { text: "7".into() },
            WaveCut::Rest,
        ],
        ..Waves::default()
    };
    let cut = cut(&waves, 41, matching(&waves));
    let found = places(&cut, 41);
    assert_eq!(found[0], [0, 1, 2, 3, 4]);
    // 10 % of 41, rounded up; of the whole plan, not of what is left.
    assert_eq!(found[1], [5, 6, 7, 8, 9]);
    assert_eq!(found[2], [17, 27, 37]);
    assert_eq!(found[3].len(), 41 - 13);
    let by: Vec<&str> = cut.waves.iter().map(|wave| wave.by.as_str()).collect();
    assert_eq!(
        by,
        [
            "5 groups",
            "10 % of the plan",
            "groups with “7” in name or id",
            "the rest"
        ]
    );
    assert_eq!(cut.findings, Vec::<String>::new());
}

#[test]
fn what_is_left_over_is_a_last_wave_and_what_finds_nothing_is_none() {
    let waves = |cuts| Waves {
        cuts,
        ..Waves::default()
    };
    let over = cut(&waves(vec![WaveCut::Count { targets: 2 }]), 5, |_, _| false);
    assert_eq!(over.waves.len(), 2);
    assert_eq!(over.waves[1].by, "the rest");
    let text = WaveCut::Matching {
        text: "press".into(),
    };
    let none = cut(
        &waves(vec![text, WaveCut::Count { targets: 9 }, WaveCut::Rest]),
        5,
        |_, _| false,
    );
    assert_eq!(none.waves.len(), 1);
    assert_eq!(none.waves[0].targets, 5);
    assert_eq!(none.findings.len(), 2, "{:?}", none.findings);
    assert!(none.findings[0].contains("“press”"), "{:?}", none.findings);
    let one = cut(&Waves::default(), 3, |_, _| true);
    assert_eq!(
        (one.waves.len(), one.waves[0].by.as_str()),
        (1, "all groups")
    );
    assert!(cut(&Waves::default(), 0, |_, _| true).waves.is_empty());
}

/// Written down once: a plan that was made with a seed stays the same plan in every later version.
#[test]
fn a_seed_means_the_same_targets_for_ever() {
    let waves = Waves {
        cuts: vec![WaveCut::Count { targets: 6 }],
        order: WaveOrder::Random { seed: 7 },
        gate: Gate::default(),
    };
    let first = places(&cut(&waves, 100, |_, _| false), 100).remove(0);
    assert_eq!(first, SEED_7);
    let other = Waves {
        order: WaveOrder::Random { seed: 8 },
        ..waves
    };
    assert_ne!(
        places(&cut(&other, 100, |_, _| false), 100).remove(0),
        SEED_7
    );
}

const SEED_7: [u32; 6] = [7, 35, 63, 81, 92, 98];

#[test]
fn shares_are_not_off_by_one_for_a_trace_of_rounding() {
    let size = |percent, targets| {
        let waves = Waves {
            cuts: vec![WaveCut::Percent { percent }],
            ..Waves::default()
        };
        cut(&waves, targets, |_, _| false).waves[0].targets
    };
    assert_eq!(size(1.1, 1_000), 11);
    assert_eq!(size(0.1, 700_000), 700);
    assert_eq!(size(1.0, 20), 1);
    assert_eq!(size(100.0, 20), 20);
}

#[test]
fn a_gate_counts_unknown_as_failed_by_wave_and_in_all() {
    let gate = Gate {
        max_failed: Some(Limit::Percent { percent: 10.0 }),
        max_failed_in_all: Some(Limit::Percent { percent: 2.0 }),
        then: GateAction::Abort,
        hold_after_each: false,
    };
    let tally = |targets, failed, unknown| Tally {
        targets,
        failed,
        unknown,
        generation: Generation::V2,
    };
    assert_eq!(
        judge(&gate, tally(50, 3, 2), tally(1_000, 15, 5)),
        Verdict::GoOn
    );
    let by_wave = judge(&gate, tally(50, 3, 3), tally(1_000, 3, 3));
    let Verdict::Abort { reason } = by_wave else {
        panic!("{by_wave:?}")
    };
    assert!(
        reason.contains("6 of 50 core devices") && reason.contains("10 %"),
        "{reason}"
    );
    let in_all = judge(&gate, tally(50, 0, 5), tally(1_000, 12, 9));
    let Verdict::Abort { reason } = in_all else {
        panic!("{in_all:?}")
    };
    assert!(reason.contains("21 of 1000"), "{reason}");
    let each = Gate {
        hold_after_each: true,
        ..Gate::default()
    };
    let held = judge(&each, tally(50, 50, 0), tally(50, 50, 0));
    assert!(matches!(held, Verdict::Hold { .. }));
    let open = judge(&Gate::default(), tally(50, 50, 0), tally(50, 50, 0));
    assert_eq!(open, Verdict::GoOn);
    let none = Gate {
        max_failed: Some(Limit::Count { targets: 0 }),
        ..Gate::default()
    };
    assert_eq!(judge(&none, tally(5, 0, 0), tally(9, 0, 0)), Verdict::GoOn);
    assert_ne!(judge(&none, tally(5, 0, 1), tally(9, 0, 1)), Verdict::GoOn);
}

#[test]
fn what_cannot_be_cut_or_judged_is_refused_by_its_wave() {
    let refused = |cuts: Vec<WaveCut>| {
        Waves {
            cuts,
            ..Waves::default()
        }
        .validate()
        .unwrap_err()
    };
    let one = || WaveCut::Count { targets: 1 };
    let zero = WaveCut::Count { targets: 0 };
    assert_eq!(refused(vec![one(), zero]), WavesError::NoTargets(2));
    for percent in [0.0, -1.0, 100.5, f64::NAN, f64::INFINITY] {
        assert_eq!(
            refused(vec![WaveCut::Percent { percent }]),
            WavesError::Share(1)
        );
    }
    let text = WaveCut::Matching { text: "  ".into() };
    assert_eq!(refused(vec![text]), WavesError::NoText(1));
    assert_eq!(
        refused(vec![WaveCut::Rest, one()]),
        WavesError::RestNotLast(1)
    );
    assert_eq!(
        refused(vec![one(); MOST_WAVES]),
        WavesError::TooMany(MOST_WAVES + 1)
    );
    let mut most = vec![one(); MOST_WAVES - 1];
    most.push(WaveCut::Rest);
    let most = Waves {
        cuts: most,
        ..Waves::default()
    };
    assert_eq!(most.validate(), Ok(()));
    let limit = Waves {
        gate: Gate {
            max_failed_in_all: Some(Limit::Percent { percent: 101.0 }),
            ..Gate::default()
        },
        ..Waves::default()
    };
    assert_eq!(limit.validate(), Err(WavesError::LimitShare));
}

#[test]
fn what_a_plan_says_reads_as_it_was_written() {
    let waves: Waves = serde_json::from_str(
        r#"{"cuts":[{"by":"count","targets":5},{"by":"percent","percent":10.0},{"by":"matching","text":"x"},{"by":"rest"}],
            "order":{"by":"random","seed":7},"gate":{"maxFailed":{"by":"percent","percent":2.0},"then":"abort","holdAfterEach":false}}"#,
    )
    .unwrap();
    assert_eq!(waves.cuts.len(), 4);
    assert_eq!(waves.order, WaveOrder::Random { seed: 7 });
    let text = serde_json::to_string(&waves).unwrap();
    assert_eq!(serde_json::from_str::<Waves>(&text).unwrap(), waves);
}
