//! The course of one group's deployment, as a pure function of time: Building, InProgress, then its end.

use super::draw::{below, pick, unit};
use super::failures::{Failure, Lasting, NO_SERVICE_ROLE, OF_GROUPS, OF_HALLS, THROTTLED};
use super::fleet::{Fleet, HALL};
use crate::settings::Scenario;

const OFF: u64 = 101;
const OFF_HALL: u64 = 102;
const PRONE: u64 = 103;
const TROUBLED_HALL: u64 = 104;
const TROUBLED_RUN: u64 = 105;
const AGAIN: u64 = 106;
const BUILDING: u64 = 107;
const WORKING: u64 = 108;
const RETRIES: u64 = 109;

/// Retries that a record gets at most (the tutorial's "up to five times").
pub(super) const MOST_RETRIES: u8 = 5;

/// How a deployment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Success,
    Failure(&'static Failure),
    /// The core is off: never.
    Never,
}

/// What a deployment looks like at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Building,
    InProgress,
    Success,
    Failure(&'static Failure),
}

impl Stage {
    /// As `DeploymentStatus` says it.
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Building => "Building",
            Self::InProgress => "InProgress",
            Self::Success => "Success",
            Self::Failure(_) => "Failure",
        }
    }
}

/// Which deployment: everything its course depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deployment {
    pub(super) group: u32,
    pub(super) version: u32,
    /// How many deployments the group had before.
    pub(super) attempt: u8,
    /// Whether the account has a service role.
    pub(super) service_role: bool,
}

/// A deployment's course; simulated seconds after it was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Course {
    pub(super) built_s: f64,
    pub(super) ended_s: f64,
    pub(super) end: End,
}

impl Course {
    /// The stage `seconds` simulated seconds after the deployment was made.
    pub(super) fn at(&self, seconds: f64) -> Stage {
        if seconds < self.built_s {
            return Stage::Building;
        }
        match self.end {
            _ if seconds < self.ended_s => Stage::InProgress,
            End::Never => Stage::InProgress,
            End::Success => Stage::Success,
            End::Failure(failure) => Stage::Failure(failure),
        }
    }

    /// When the stage at `seconds` began, in the same seconds.
    pub(super) fn stage_began_s(&self, seconds: f64) -> f64 {
        match self.at(seconds) {
            Stage::Building => 0.0,
            Stage::InProgress => self.built_s,
            Stage::Success | Stage::Failure(_) => self.ended_s,
        }
    }
}

impl Fleet {
    /// The course of a deployment.
    pub(super) fn course(&self, deployment: Deployment) -> Course {
        let Deployment {
            group,
            version,
            attempt,
            ..
        } = deployment;
        let spread = |purpose| {
            unit(&[
                self.seed,
                purpose,
                u64::from(group),
                u64::from(version),
                u64::from(attempt),
            ])
        };
        let built_s = 4.0 + 11.0 * spread(BUILDING);
        // Squared: most cores are quick, some take two minutes.
        let working_s = 10.0 + 110.0 * spread(WORKING) * spread(WORKING);
        Course {
            built_s,
            ended_s: built_s + working_s,
            end: self.end(deployment),
        }
    }

    fn end(&self, deployment: Deployment) -> End {
        let Deployment {
            group,
            version,
            attempt,
            service_role,
        } = deployment;
        if !service_role {
            return End::Failure(&NO_SERVICE_ROLE);
        }
        if self.core_off(group) {
            return End::Never;
        }
        if self.scenario == Scenario::Throttling && self.retries(group, attempt) == MOST_RETRIES {
            return End::Failure(&THROTTLED);
        }
        match self.trouble(group) {
            Some(failure) if self.strikes(failure, group, version, attempt) => {
                End::Failure(failure)
            }
            _ => End::Success,
        }
    }

    /// Cores that are off stay off: single ones, and in one scenario halls without power.
    pub(super) fn core_off(&self, group: u32) -> bool {
        if group >= self.groups {
            return false;
        }
        match self.scenario {
            Scenario::Mixed => self.chosen(group, 100, OFF),
            Scenario::CoresOff => {
                self.chosen(group, 12, OFF) || self.chosen(group / HALL, 8, OFF_HALL)
            }
            _ => false,
        }
    }

    /// What is wrong with a group, if anything: with its hall, or with it alone. About one in twelve.
    fn trouble(&self, group: u32) -> Option<&'static Failure> {
        if self.scenario != Scenario::Mixed || group >= self.groups {
            return None;
        }
        let hall = group / HALL;
        // One hall of each eight has a run of neighbours in the same trouble.
        if self.chosen(hall, 8, TROUBLED_HALL) {
            let first = below(HALL - 14, &[self.seed, TROUBLED_RUN, u64::from(hall)]);
            let run = 6 + below(8, &[self.seed, TROUBLED_RUN, u64::from(hall), 1]);
            if (first..first + run).contains(&(group % HALL)) {
                // Classes take turns, so that a small fleet shows several.
                let place =
                    usize::try_from(u64::from(hall / 8).wrapping_add(self.seed)).unwrap_or(0);
                return OF_HALLS.get(place % OF_HALLS.len());
            }
        }
        if self.chosen(group, 24, PRONE) {
            return pick(&OF_GROUPS, &[self.seed, PRONE, u64::from(group), 1]);
        }
        None
    }

    /// Whether the trouble hits this deployment.
    fn strikes(&self, failure: &Failure, group: u32, version: u32, attempt: u8) -> bool {
        match failure.lasting {
            // Came with the newest seeded version: an older or a newer one is free of it.
            Lasting::UntilNewVersion => version == self.versions(group),
            Lasting::Passing => {
                let again = [self.seed, AGAIN, u64::from(group), u64::from(attempt)];
                attempt == 0 || unit(&again) < 0.15
            }
        }
    }

    /// How often making the deployment was retried before it was made (or given up, at five).
    pub(super) fn retries(&self, group: u32, attempt: u8) -> u8 {
        let drawn = unit(&[self.seed, RETRIES, u64::from(group), u64::from(attempt)]);
        let odds: [f64; 5] = match self.scenario {
            Scenario::Throttling => [0.5, 0.25, 0.12, 0.06, 0.02],
            Scenario::Mixed => [0.02, 0.005, 0.001, 0.0, 0.0],
            _ => [0.0; 5],
        };
        // `odds` are the chances of at least one, two, … retries.
        odds.iter()
            .filter(|chance| drawn < **chance)
            .fold(0, |count, _| count + 1)
    }
}
