//! How fast records are attempted: the rate adapts upwards to a fixed ceiling (CreateDeployment takes 20 a
//! second and account), as a pure function of time.

use crate::settings::Scenario;

/// Simulated records a second: what it begins with, what it gains each second, where it stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pace {
    first: f64,
    gain: f64,
    ceiling: f64,
}

impl Pace {
    pub(super) fn of(scenario: Scenario) -> Self {
        match scenario {
            Scenario::Throttling => Self {
                first: 1.0,
                gain: 0.1,
                ceiling: 6.0,
            },
            _ => Self {
                first: 2.0,
                gain: 0.3,
                ceiling: 20.0,
            },
        }
    }

    /// Simulated seconds from the beginning until `records` have been attempted.
    pub(super) fn seconds(&self, records: u32) -> f64 {
        let records = f64::from(records);
        let rising_s = (self.ceiling - self.first) / self.gain;
        let risen = rising_s * (self.first + self.ceiling) / 2.0;
        if records <= risen {
            // records = first·t + gain·t²/2, solved for t.
            ((self.first * self.first + 2.0 * self.gain * records).sqrt() - self.first) / self.gain
        } else {
            rising_s + (records - risen) / self.ceiling
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]

    use super::Pace;
    use crate::settings::Scenario;

    #[test]
    fn it_rises_to_the_ceiling_and_stays() {
        for scenario in Scenario::ALL {
            let pace = Pace::of(scenario);
            let times: Vec<f64> = (0..5_000).map(|records| pace.seconds(records)).collect();
            assert!(times[0].abs() < f64::EPSILON);
            let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
            assert!(
                gaps.windows(2).all(|pair| pair[1] <= pair[0] + 1e-9),
                "{scenario}"
            );
            assert!((gaps[4_000] - 1.0 / pace.ceiling).abs() < 1e-9);
        }
    }

    #[test]
    fn the_largest_file_takes_most_of_ten_hours() {
        let hours = Pace::of(Scenario::AllWell).seconds(704_000) / 3_600.0;
        assert!((9.7..9.9).contains(&hours), "{hours}");
    }
}
