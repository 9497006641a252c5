//! Too many calls, in the scenario that is about it.

use super::call::Call;
use super::refusal::Refusal;
use crate::settings::Scenario;

/// Calls a second of CreateComponentVersion, and of all other control-plane calls together
/// ("AWS IoT Greengrass V2 quotas").
const COMPONENTS_A_SECOND: f64 = 1.0;
const OTHERS_A_SECOND: f64 = 30.0;

impl Call<'_> {
    /// Refuses what comes too often: each fifth call of an operation, now and then four in a row (counted and not
    /// timed, so that it is repeatable, as for Greengrass V1), and whatever is above the documented rates.
    pub(crate) fn throttle(&mut self, operation: &str) -> Result<(), Refusal> {
        if self.fixed.settings.scenario != Scenario::Throttling {
            return Ok(());
        }
        self.changed = true;
        let calls = self.state.calls.entry(operation.to_owned()).or_default();
        *calls = calls.wrapping_add(1);
        if calls.is_multiple_of(5) || matches!(*calls % 64, 41..45) {
            return Err(Refusal::throttled());
        }
        let (bucket, rate) = if operation == "CreateComponentVersion" {
            (operation, COMPONENTS_A_SECOND)
        } else {
            ("others", OTHERS_A_SECOND)
        };
        if self.let_through(bucket, rate) {
            Ok(())
        } else {
            Err(Refusal::throttled())
        }
    }

    /// A bucket that fills with `rate` calls a second and holds as many.
    fn let_through(&mut self, bucket: &str, rate: f64) -> bool {
        let now = self.now;
        let (seen_ms, left) = self
            .state
            .pace
            .entry(bucket.to_owned())
            .or_insert((now, rate));
        #[expect(clippy::cast_precision_loss, reason = "milliseconds fit into 53 bits")]
        let seconds = (now - *seen_ms).max(0) as f64 / 1_000.0;
        *left = (*left + seconds * rate).min(rate);
        *seen_ms = now;
        if *left < 1.0 {
            return false;
        }
        *left -= 1.0;
        true
    }
}
