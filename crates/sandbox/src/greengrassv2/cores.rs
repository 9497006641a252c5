//! The seeded fleet of core devices: every fact about one is computed from its index, nothing is stored.

use crate::greengrass::draw::{below, draw, pick};
use crate::settings::{Scenario, Settings};

/// Neighbours that share a site, a network and their troubles.
pub(crate) const HALL: u32 = 25;
/// 2026-10-01T00:00:00Z: the seeded fleet was last changed before it.
pub(crate) const SEEDED_BEFORE_MS: i64 = 1_790_812_800_000;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// Where halls are; each is the thing group `site-NAME` as well.
pub(crate) const SITES: [&str; 16] = [
    "rotterdam",
    "ulsan",
    "gdansk",
    "porto",
    "linz",
    "leeds",
    "tampere",
    "bilbao",
    "graz",
    "ghent",
    "malmo",
    "brno",
    "turin",
    "lyon",
    "osaka",
    "dayton",
];
const USES: [&str; 4] = ["gw", "gw", "cam", "plc"];
/// Nuclei that devices run, most of them newer ones. 2.7 does not report error stacks.
const NUCLEI: [&str; 12] = [
    "2.12.6", "2.12.6", "2.13.0", "2.13.0", "2.14.3", "2.14.3", "2.15.0", "2.15.0", "2.11.3",
    "2.9.6", "2.9.6", "2.7.0",
];

const SITE: u64 = 201;
const USE: u64 = 202;
const NUCLEUS: u64 = 203;
const MACHINE: u64 = 204;
const GROUPLESS: u64 = 205;
const CANARY: u64 = 206;
const OFF: u64 = 207;
const OFF_HALL: u64 = 208;
const SICK: u64 = 209;
const PHASE: u64 = 210;
const DEPLOYED: u64 = 211;

/// The seeded core devices of one world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cores {
    pub(crate) count: u32,
    pub(crate) seed: u64,
    pub(crate) scenario: Scenario,
}

impl Cores {
    /// As many core devices as the account has groups.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            count: settings.groups,
            seed: settings.seed,
            scenario: settings.scenario,
        }
    }

    /// The place of a device's site in [`SITES`].
    pub(crate) fn site(&self, index: u32) -> usize {
        let places = u32::try_from(SITES.len()).unwrap_or(1);
        let start = below(places, &[self.seed, SITE]);
        // 7 shares no factor with 16: halls go round all sites.
        usize::try_from((u64::from(index / HALL) * 7 + u64::from(start)) % u64::from(places))
            .unwrap_or(0)
    }

    /// The thing name, such as `rotterdam-gw-00017`; the number alone makes it unique.
    pub(crate) fn name(&self, index: u32) -> String {
        let site = SITES.get(self.site(index)).unwrap_or(&"plant");
        format!("{site}-{}-{:05}", self.role(index), index + 1)
    }

    /// What the device is for: `gw`, `cam` or `plc`.
    pub(crate) fn role(&self, index: u32) -> &'static str {
        pick(&USES, &[self.seed, USE, u64::from(index)]).unwrap_or(&"gw")
    }

    /// The index of a seeded device.
    pub(crate) fn index(&self, name: &str) -> Option<u32> {
        let number: u32 = name.rsplit('-').next()?.parse().ok()?;
        let index = number.checked_sub(1)?;
        (index < self.count && self.name(index) == name).then_some(index)
    }

    /// `coreVersion`: the nucleus that it was seeded with.
    pub(crate) fn nucleus(&self, index: u32) -> &'static str {
        pick(&NUCLEI, &[self.seed, NUCLEUS, u64::from(index)]).unwrap_or(&"2.12.6")
    }

    /// `platform` and `architecture`.
    pub(crate) fn machine(&self, index: u32) -> (&'static str, &'static str) {
        match below(30, &[self.seed, MACHINE, u64::from(index)]) {
            0 => ("windows", "amd64"),
            1..14 => ("linux", "amd64"),
            14..26 => ("linux", "aarch64"),
            _ => ("linux", "arm"),
        }
    }

    /// One device in eight is in no site's thing group.
    pub(crate) fn in_site_group(&self, index: u32) -> bool {
        !self.chosen(index, 8, GROUPLESS)
    }

    pub(crate) fn in_canary_group(&self, index: u32) -> bool {
        self.chosen(index, 20, CANARY)
    }

    /// Three devices in four were seeded with a deployment of their own.
    pub(crate) fn deployed(&self, index: u32) -> bool {
        !self.chosen(index, 4, DEPLOYED)
    }

    /// When the seeded deployment was made; later indices are older, so that an order by time is one by index.
    pub(crate) fn deployed_ms(index: u32, before_ms: i64) -> i64 {
        before_ms - DAY_MS - i64::from(index) * MINUTE_MS / 4
    }

    /// Devices that are off stay off: single ones, and in one scenario halls without power.
    pub(crate) fn off(&self, index: u32) -> bool {
        if index >= self.count {
            return true;
        }
        match self.scenario {
            Scenario::Mixed => self.chosen(index, 100, OFF),
            Scenario::CoresOff => {
                self.chosen(index, 12, OFF) || self.chosen(index / HALL, 8, OFF_HALL)
            }
            _ => false,
        }
    }

    /// Whether the device reports itself as unhealthy from the beginning.
    pub(crate) fn sick(&self, index: u32) -> bool {
        self.scenario == Scenario::Mixed && self.chosen(index, 40, SICK)
    }

    /// When the device last told its status. It does so once a day, so one that is off still looks healthy for long.
    pub(crate) fn last_status_ms(&self, index: u32, now: i64) -> i64 {
        let phase = i64::from(below(86_400, &[self.seed, PHASE, u64::from(index)])) * 1_000;
        if self.off(index) {
            return SEEDED_BEFORE_MS.min(now) - 3 * DAY_MS - phase;
        }
        now - (now - phase).rem_euclid(DAY_MS)
    }

    /// Exactly one of each `of` consecutive ones (fewer at the fleet's end).
    pub(crate) fn chosen(&self, index: u32, of: u32, purpose: u64) -> bool {
        index % of == below(of, &[self.seed, purpose, u64::from(index / of)])
    }

    /// A number that is the device's own.
    pub(crate) fn drawn(&self, purpose: u64, index: u32) -> u64 {
        draw(&[self.seed, purpose, u64::from(index)])
    }
}
