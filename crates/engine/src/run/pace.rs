//! How often the driver asks: often enough to be live, seldom enough to leave the account's quota to others.

use std::time::Duration;

use overseed_domain::Millis;

/// Between two readings while things move.
const SHORTEST: Duration = Duration::from_secs(2);

/// Between two readings when nothing moves, or AWS does not answer.
const LONGEST: Duration = Duration::from_secs(30);

/// Milliseconds that one request costs where many follow each other. An account has 30 requests a second for each
/// API (limits): with what may come at once, no minute sees more than a tenth of them.
const MILLIS_A_REQUEST: i64 = 400;

/// Requests of one kind that may come at once after a quiet time.
const AT_ONCE: i64 = 30;

/// The same of Greengrass V2, whose operations share one quota of 30 requests a second (quotas): making deployments and
/// looking at devices go on side by side, and leave others two thirds of it; while deployments are made, half.
const V2_MILLIS: i64 = 200;

/// Requests of one kind of Greengrass V2 that may come at once after a quiet time.
pub(super) const V2_AT_ONCE: usize = 5;

/// Failed readings after which a fault that does not pass by itself makes the run hold.
const PATIENCE: u32 = 3;

/// How long faults that pass by themselves are waited out while nothing has been started yet; then the run
/// holds, because nobody may be waiting for it any more.
const OUTAGE: i64 = 5 * 60 * 1000;

/// Milliseconds without a reading that are no gap yet, however short the pauses are: many pages take time.
const NO_GAP: i64 = 30_000;

/// Pauses that a reading may fail to come before it is missed.
const MISSED: i64 = 3;

/// The APIs that are asked again and again; each has a quota of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// ListBulkDeployments.
    Bulk,
    /// GetBulkDeploymentStatus.
    Status,
    /// ListBulkDeploymentDetailedReports.
    Reports,
    /// What makes deployments of Greengrass V2, looks for them or cancels them.
    Deployments,
    /// ListEffectiveDeployments.
    Devices,
    /// What targets have right before their deployments are made.
    Present,
    /// Step Functions.
    States,
    /// Jobs and thing groups of AWS IoT.
    Iot,
}

impl Api {
    /// The place among what is paid, what one request costs in milliseconds, and how many may come at once.
    const fn quota(self) -> (usize, i64, i64) {
        match self {
            Self::Bulk => (0, MILLIS_A_REQUEST, AT_ONCE),
            Self::Status => (1, MILLIS_A_REQUEST, AT_ONCE),
            Self::Reports => (2, MILLIS_A_REQUEST, AT_ONCE),
            Self::Deployments => (3, V2_MILLIS, V2_AT_ONCE as i64),
            Self::Devices => (4, V2_MILLIS, V2_AT_ONCE as i64),
            Self::States => (5, MILLIS_A_REQUEST, AT_ONCE),
            Self::Iot => (6, V2_MILLIS, AT_ONCE),
            Self::Present => (7, V2_MILLIS, V2_AT_ONCE as i64),
        }
    }
}

/// The rhythm of one driver.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    failures: u32,
    /// Stops in a row that failed by what does not pass by itself.
    failed_stops: u32,
    outage_since: Option<Millis>,
    all_read_at: Option<Millis>,
    pages_of_all: u32,
    end_read: bool,
    /// The pause after the last reading; none before the first one.
    expected: Option<Duration>,
    /// Whether this driver has taken figures down.
    taken_down: bool,
    /// For each API until when the requests so far are paid for.
    paid_until: [i64; 8],
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            interval: SHORTEST,
            failures: 0,
            failed_stops: 0,
            outage_since: None,
            all_read_at: None,
            pages_of_all: 1,
            end_read: false,
            expected: None,
            taken_down: false,
            paid_until: [i64::MIN; 8],
        }
    }
}

impl Pace {
    /// After a reading: the time to wait, longer while nothing changes.
    pub(crate) fn after_reading(&mut self, changed: bool) -> Duration {
        self.failures = 0;
        self.interval = if changed {
            SHORTEST
        } else {
            (self.interval * 3 / 2).clamp(SHORTEST, LONGEST)
        };
        self.expected = Some(self.interval);
        self.interval
    }

    /// Another bulk deployment is read from now on; what was asked is asked of the same quota.
    pub(crate) fn next_wave(&mut self) {
        *self = Self {
            expected: self.expected,
            taken_down: self.taken_down,
            paid_until: self.paid_until,
            ..Self::default()
        };
    }

    /// Milliseconds after which a reading that has not come is missed: the chart has a gap before the figures that are
    /// taken down now. Before the first ones of a driver nobody has read, however short that was.
    pub(crate) fn missed_after(&mut self) -> i64 {
        if !std::mem::replace(&mut self.taken_down, true) {
            return 0;
        }
        let expected = self.expected.unwrap_or(LONGEST).as_millis();
        i64::try_from(expected)
            .unwrap_or(i64::MAX)
            .saturating_mul(MISSED)
            .max(NO_GAP)
    }

    /// Pays for one request and answers how long to wait before it, so that others have nine tenths of the quota.
    pub(crate) fn before_request(&mut self, api: Api, now: Millis) -> Duration {
        let (place, cost, at_once) = api.quota();
        let Some(paid) = self.paid_until.get_mut(place) else {
            return Duration::ZERO;
        };
        let free = now.0.saturating_sub(at_once * cost);
        *paid = (*paid).max(free).saturating_add(cost);
        let wait = paid.saturating_sub(now.0);
        Duration::from_millis(u64::try_from(wait).unwrap_or(0))
    }

    /// After a failed reading: the time to wait, or `None` where it is better to hold. Faults that pass by
    /// themselves are waited out, however long they last.
    pub(crate) fn after_failure(&mut self, transient: bool) -> Option<Duration> {
        self.failures = self.failures.saturating_add(1);
        if !transient && self.failures >= PATIENCE {
            return None;
        }
        self.interval = (self.interval * 2).clamp(SHORTEST, LONGEST);
        Some(self.interval)
    }

    /// After a stop that could not be asked for: whether it is better to hold. Readings may go well all the while, and
    /// the bulk deployment would run to its end unstopped.
    pub(crate) fn gives_stop_up(&mut self, transient: bool) -> bool {
        if !transient {
            self.failed_stops = self.failed_stops.saturating_add(1);
        }
        self.failed_stops >= PATIENCE
    }

    /// After a fault that passes by itself, before anything was started: the time to wait, or `None` once it
    /// has lasted too long.
    pub(crate) fn in_outage(&mut self, now: Millis) -> Option<Duration> {
        let since = *self.outage_since.get_or_insert(now);
        if now.since(since) >= OUTAGE {
            return None;
        }
        self.interval = (self.interval * 2).clamp(SHORTEST, LONGEST);
        Some(self.interval)
    }

    /// A step before the start went well.
    pub(crate) fn outage_over(&mut self) {
        if self.outage_since.take().is_some() {
            self.interval = SHORTEST;
        }
    }

    /// Whether all pages may be read again, by what reading them cost the last time; once more than that when
    /// the bulk deployment has ended, since nothing is added afterwards.
    pub(crate) fn may_read_all(&self, now: Millis, ended: bool) -> bool {
        (ended && !self.end_read)
            || self
                .all_read_at
                .is_none_or(|at| now.since(at) >= i64::from(self.pages_of_all) * MILLIS_A_REQUEST)
    }

    /// All pages were read, after the bulk deployment had `ended` or before.
    pub(crate) fn all_read(&mut self, now: Millis, pages: u32, ended: bool) {
        self.end_read = ended;
        self.all_read_at = Some(now);
        self.pages_of_all = pages.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_slows_down_while_nothing_changes_and_hurries_when_something_does() {
        let mut pace = Pace::default();
        let waits: Vec<_> = (0..12).map(|_| pace.after_reading(false)).collect();
        assert!(waits.is_sorted());
        assert_eq!(waits.last(), Some(&LONGEST));
        assert_eq!(pace.after_reading(true), SHORTEST);
    }

    #[test]
    fn passing_faults_are_waited_out_and_lasting_ones_make_the_run_hold() {
        let mut pace = Pace::default();
        assert!((0..100).all(|_| pace.after_failure(true).is_some()));
        pace.after_reading(true);
        assert!(pace.after_failure(false).is_some());
        assert!(pace.after_failure(false).is_some());
        assert!(pace.after_failure(false).is_none());
    }

    #[test]
    fn a_stop_that_fails_again_and_again_makes_the_run_hold_whatever_is_read() {
        let mut pace = Pace::default();
        assert!((0..100).all(|_| !pace.gives_stop_up(true)));
        assert!(!pace.gives_stop_up(false));
        pace.after_reading(true);
        assert!(!pace.gives_stop_up(false));
        assert!(pace.gives_stop_up(false));
    }

    #[test]
    fn reading_everything_stays_below_a_tenth_of_the_quota() {
        let mut pace = Pace::default();
        assert!(pace.may_read_all(Millis(0), false));
        pace.all_read(Millis(0), 300, false);
        assert!(!pace.may_read_all(Millis(119_000), false));
        assert!(pace.may_read_all(Millis(121_000), false));
    }

    #[test]
    fn no_minute_sees_more_than_a_tenth_of_an_apis_quota() {
        let mut pace = Pace::default();
        let mut now = Millis(1_000_000);
        let mut requests = Vec::new();
        // As fast as it lets us, with a quiet time in between.
        for number in 0..1_000 {
            now.0 += if number == 500 { 600_000 } else { 0 };
            let wait = pace.before_request(Api::Reports, now);
            now.0 += i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            requests.push(now.0);
        }
        let tenth = 60 * 30 / 10;
        for first in &requests {
            let minute = requests
                .iter()
                .filter(|at| (*first..first + 60_000).contains(*at));
            assert!(minute.count() <= tenth + 1);
        }
        assert!(
            pace.before_request(Api::Status, now).is_zero(),
            "each API has a quota of its own"
        );
    }

    #[test]
    fn a_reading_is_missed_after_three_pauses() {
        let mut pace = Pace::default();
        assert_eq!(pace.missed_after(), 0, "nobody has read before a driver");
        assert_eq!(pace.missed_after(), 90_000, "no pause is known yet");
        pace.next_wave();
        assert_eq!(pace.missed_after(), 90_000, "it is the same driver");
        pace.after_reading(true);
        assert_eq!(pace.missed_after(), NO_GAP);
        for _ in 0..20 {
            pace.after_reading(false);
        }
        assert_eq!(pace.missed_after(), 90_000);
        pace.after_failure(true);
        assert_eq!(
            pace.missed_after(),
            90_000,
            "a failure is no reason to expect less"
        );
    }

    #[test]
    fn the_end_is_read_whole_at_once_and_then_as_seldom_as_before() {
        let mut pace = Pace::default();
        pace.all_read(Millis(0), 300, false);
        assert!(pace.may_read_all(Millis(1), true));
        pace.all_read(Millis(1), 300, true);
        assert!(!pace.may_read_all(Millis(2_000), true));
        assert!(pace.may_read_all(Millis(121_000), true));
    }

    #[test]
    fn an_outage_before_the_start_is_waited_out_for_some_minutes() {
        let mut pace = Pace::default();
        assert!(pace.in_outage(Millis(0)).is_some());
        assert!(pace.in_outage(Millis(OUTAGE - 1)).is_some());
        assert!(pace.in_outage(Millis(OUTAGE)).is_none());
        pace.outage_over();
        assert_eq!(pace.in_outage(Millis(2 * OUTAGE)), Some(SHORTEST * 2));
    }
}
