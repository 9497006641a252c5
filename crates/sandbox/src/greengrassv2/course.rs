//! How a deployment goes over time: when devices are told, when they take it, how long they work on it, and what is
//! to be seen of it at an instant.

use serde_json::Value;

use super::cores::Cores;
use super::ledger::{Deployment, Execution, Target};
use super::troubles::{Trouble, Way};
use crate::greengrass::draw::unit;
use crate::settings::{Scenario, Settings};

const WAITING: u64 = 301;
const WORKING: u64 = 302;
/// Devices told a minute where the job names no rate (AWS IoT Jobs: 1,000 by default).
const USUAL_RATE: f64 = 1_000.0;
/// A rate never grows above this (AWS IoT Jobs quotas).
const LARGEST_RATE: f64 = 1_000.0;
/// Simulated seconds that one scenario lets everyone wait first.
const SLOW_START_S: f64 = 240.0;

/// What a device works on a deployment at most, in simulated seconds.
pub(crate) const LONGEST_WORK_S: f64 = SHORTEST_WORK_S + WORK_SPREAD_S;
const SHORTEST_WORK_S: f64 = 12.0;
const WORK_SPREAD_S: f64 = 108.0;

/// Durations of one world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) cores: Cores,
    speed: f64,
}

/// The status of an execution, in the words that things' deployments and jobs share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Queued,
    InProgress,
    Succeeded,
    Failed,
    Rejected,
    TimedOut,
    Canceled,
}

impl Status {
    /// As jobs say it.
    pub(crate) fn of_job(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Rejected => "REJECTED",
            Self::TimedOut => "TIMED_OUT",
            Self::Canceled => "CANCELED",
        }
    }

    /// As effective deployments say it: a thing's own deployment completes, a group's succeeds.
    pub(crate) fn effective(self, target: &Target) -> &'static str {
        match (self, target) {
            (Self::Succeeded, Target::Thing(_)) => "COMPLETED",
            (status, _) => status.of_job(),
        }
    }

    pub(crate) fn terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::InProgress)
    }

    /// The place in a deployment's tally.
    pub(crate) fn place(self) -> Option<usize> {
        match self {
            Self::Succeeded => Some(0),
            Self::Failed => Some(1),
            Self::Rejected => Some(2),
            Self::TimedOut => Some(3),
            _ => None,
        }
    }
}

impl Pace {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            cores: Cores::new(settings),
            speed: settings.speed.max(f64::MIN_POSITIVE),
        }
    }

    /// The instant so many simulated seconds after another.
    pub(crate) fn after_ms(&self, from_ms: i64, seconds: f64) -> i64 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "hours at most; a cast saturates"
        )]
        from_ms.saturating_add((seconds * 1_000.0 / self.speed).ceil() as i64)
    }

    /// When each of `count` devices is told of a deployment: at once for a thing, at the job's rate for a group.
    pub(crate) fn queue(
        &self,
        document: &str,
        target: &Target,
        at_ms: i64,
        count: usize,
    ) -> Vec<i64> {
        let begin_s = match (self.cores.scenario, target) {
            (Scenario::SlowStart, Target::Group(_)) => SLOW_START_S,
            _ => 0.0,
        };
        if matches!(target, Target::Thing(_)) {
            return vec![at_ms; count];
        }
        let value: Value = serde_json::from_str(document).unwrap_or_default();
        let config = value.pointer("/iotJobConfiguration/jobExecutionsRolloutConfig");
        let number = |path: &str| config.and_then(|config| config.pointer(path)?.as_f64());
        let most = number("/maximumPerMinute")
            .unwrap_or(LARGEST_RATE)
            .clamp(1.0, LARGEST_RATE);
        let mut rate = number("/exponentialRate/baseRatePerMinute")
            .unwrap_or(USUAL_RATE)
            .min(most);
        let factor = number("/exponentialRate/incrementFactor").unwrap_or(1.0);
        // A rate that grows with successes grows here with as many devices told: nearly the same, and known before.
        let step = number("/exponentialRate/rateIncreaseCriteria/numberOfNotifiedThings")
            .or_else(|| number("/exponentialRate/rateIncreaseCriteria/numberOfSucceededThings"));
        let (mut second, mut told) = (begin_s, 0.0);
        (0..count)
            .map(|_| {
                let at = self.after_ms(at_ms, second);
                second += 60.0 / rate.max(1.0);
                told += 1.0;
                if step.is_some_and(|step| told >= step) {
                    told = 0.0;
                    rate = (rate * factor).min(most);
                }
                at
            })
            .collect()
    }

    /// When a device takes a deployment: never, if it is off.
    pub(crate) fn taken_ms(&self, deployment: u32, thing: u32, queued_ms: i64) -> Option<i64> {
        if self.cores.off(thing) {
            return None;
        }
        let drawn = self.spread(WAITING, deployment, thing);
        Some(self.after_ms(queued_ms, 2.0 + 13.0 * drawn))
    }

    /// Simulated seconds of work, if nothing cuts it short. Squared: most are quick, some take two minutes.
    pub(crate) fn working_s(&self, deployment: u32, thing: u32) -> f64 {
        let drawn = self.spread(WORKING, deployment, thing);
        SHORTEST_WORK_S + WORK_SPREAD_S * drawn * drawn
    }

    fn spread(&self, purpose: u64, deployment: u32, thing: u32) -> f64 {
        unit(&[
            self.cores.seed,
            purpose,
            u64::from(deployment),
            u64::from(thing),
        ])
    }
}

impl Deployment {
    /// What is to be seen of an execution at an instant, and since when; `None` while the device was not told yet,
    /// or if it never will be.
    pub(crate) fn status(
        &self,
        execution: &Execution,
        troubles: &[Trouble],
        now: i64,
    ) -> Option<(Status, i64)> {
        if execution.queued_ms > now {
            return None;
        }
        let stopped_ms = self.stopped.map(|(at_ms, _)| at_ms);
        if stopped_ms.is_some_and(|stop| stop < execution.queued_ms) {
            return None;
        }
        Some(match execution.mark {
            Some(mark) if now < mark.ended_ms => (Status::InProgress, mark.taken_ms),
            Some(mark) => {
                let trouble = mark
                    .trouble
                    .and_then(|place| troubles.get(usize::try_from(place).ok()?));
                let status = match trouble.map(|trouble| trouble.way) {
                    None => Status::Succeeded,
                    Some(Way::Failed | Way::Broken) => Status::Failed,
                    Some(Way::Rejected) => Status::Rejected,
                    Some(Way::TimedOut) => Status::TimedOut,
                };
                (status, mark.ended_ms)
            }
            None => match stopped_ms {
                Some(stop) if stop <= now => (Status::Canceled, stop),
                _ => (Status::Queued, execution.queued_ms),
            },
        })
    }
}
