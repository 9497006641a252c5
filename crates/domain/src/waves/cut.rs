//! Which target is in which wave.

use super::{WaveCut, WaveOrder, Waves};

/// One wave of a plan that was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutWave {
    /// What it takes, in words.
    pub by: String,
    /// Its targets; never none.
    pub targets: u32,
}

/// A plan that was cut: each target is in exactly one wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The waves, in order.
    pub waves: Vec<CutWave>,
    /// What is to be said about it, in sentences: waves that were left out because nothing is in them.
    pub findings: Vec<String>,
    /// The index of each target's wave.
    wave_of: Vec<u8>,
}

impl Cut {
    /// The number, from 1, of the wave that the target at this place of the plan (from 0) is in.
    #[must_use]
    pub fn wave_of(&self, place: u32) -> Option<u32> {
        let wave = self.wave_of.get(usize::try_from(place).ok()?)?;
        Some(u32::from(*wave) + 1)
    }
}

/// A target that no wave has taken yet.
const LEFT: u8 = u8::MAX;

/// Cuts a plan of so many targets. `matches` tells whether the target at a place of the plan (from 0) is one that the
/// [`WaveCut::Matching`] with this index looks for. Waves that find nothing left are no waves. To be called with
/// waves that are [valid](Waves::validate).
#[must_use]
pub fn cut(waves: &Waves, targets: u32, mut matches: impl FnMut(usize, u32) -> bool) -> Cut {
    let mut cut = Cut {
        waves: Vec::new(),
        findings: Vec::new(),
        wave_of: vec![LEFT; usize::try_from(targets).unwrap_or(usize::MAX)],
    };
    let order = order(waves.order, targets);
    let mut next = order.iter().copied();
    let mut left = targets;
    for (index, by) in waves.cuts.iter().enumerate() {
        let taken = match by {
            WaveCut::Count { targets } => cut.take(&mut next, *targets),
            WaveCut::Percent { percent } => cut.take(&mut next, share(*percent, targets)),
            WaveCut::Matching { .. } => cut.take_matching(|place| matches(index, place)),
            WaveCut::Rest => cut.take(&mut next, left),
        };
        left = left.saturating_sub(taken);
        cut.end_wave(by, taken);
    }
    if left > 0 {
        let taken = cut.take(&mut next, left);
        let by = if waves.is_one() {
            "all groups".to_owned()
        } else {
            WaveCut::Rest.to_string()
        };
        cut.waves.push(CutWave { by, targets: taken });
    }
    cut
}

impl Cut {
    /// Takes up to `most` of the targets that are left, in their order.
    fn take(&mut self, next: &mut impl Iterator<Item = u32>, most: u32) -> u32 {
        let mut taken = 0;
        while taken < most {
            let Some(place) = next.next() else { break };
            taken += u32::from(self.give(place));
        }
        taken
    }

    fn take_matching(&mut self, mut matches: impl FnMut(u32) -> bool) -> u32 {
        let mut taken = 0;
        for place in 0..u32::try_from(self.wave_of.len()).unwrap_or(u32::MAX) {
            if matches(place) {
                taken += u32::from(self.give(place));
            }
        }
        taken
    }

    /// Puts a target into the wave that is being filled; answers whether it was left.
    fn give(&mut self, place: u32) -> bool {
        let wave = u8::try_from(self.waves.len()).unwrap_or(LEFT);
        let found = usize::try_from(place)
            .ok()
            .and_then(|place| self.wave_of.get_mut(place));
        match found {
            Some(of) if *of == LEFT => {
                *of = wave;
                true
            }
            _ => false,
        }
    }

    fn end_wave(&mut self, by: &WaveCut, targets: u32) {
        if targets > 0 {
            self.waves.push(CutWave {
                by: by.to_string(),
                targets,
            });
            if let WaveCut::Count { targets: asked } = by
                && *asked > targets
            {
                self.findings.push(format!(
                    "Wave {} was to have {asked} groups; only {targets} were left.",
                    self.waves.len()
                ));
            }
        } else if !matches!(by, WaveCut::Rest) {
            self.findings.push(format!(
                "There is no wave for {by}: nothing is left for it."
            ));
        }
    }
}

/// A share of the plan in whole targets, rounded up.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and the number of targets"
)]
fn share(percent: f64, targets: u32) -> u32 {
    // 1.1 % of 1,000 is 11, not 12, although the product is a trace more.
    let exact = percent * f64::from(targets) / 100.0 - 1e-9;
    exact.ceil().clamp(0.0, f64::from(targets)) as u32
}

/// The places of the plan in the order in which sizes are filled.
fn order(order: WaveOrder, targets: u32) -> Vec<u32> {
    let mut places: Vec<u32> = (0..targets).collect();
    if let WaveOrder::Random { seed } = order {
        // Fisher–Yates over SplitMix64, both written down here so that a seed gives the same waves for ever.
        let mut state = u64::from(seed);
        for last in (1..places.len()).rev() {
            let bound = u128::try_from(last).unwrap_or(u128::MAX) + 1;
            let drawn = (u128::from(split_mix(&mut state)) * bound) >> 64;
            places.swap(last, usize::try_from(drawn).unwrap_or(last));
        }
    }
    places
}

const fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
