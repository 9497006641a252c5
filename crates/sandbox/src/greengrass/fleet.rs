//! The seeded fleet: every fact about a group is computed from its index, nothing is stored.

use super::draw::{below, draw};
use super::kinds::Kind;
use crate::settings::{Scenario, Settings};

/// Groups that share a hall, and with it function, resource and subscription definitions and their troubles.
pub(super) const HALL: u32 = 25;
const DAY_MS: i64 = 86_400_000;
/// 2026-10-01T00:00:00Z: the seeded fleet was last changed before it.
pub(super) const SEEDED_BEFORE_MS: i64 = 1_790_812_800_000;

const SITES: [&str; 24] = [
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
    "kassel",
    "cork",
    "izmir",
    "pune",
    "osaka",
    "monterrey",
    "curitiba",
    "dayton",
    "windsor",
    "geelong",
];
const AREAS: [&str; 8] = [
    "line", "press", "dock", "paint", "weld", "pack", "oven", "store",
];
const ROOMS: [&str; 4] = ["lab-bench", "lab-rig", "lab-climate", "lab-endurance"];

const NAME: u64 = 1;
const AGE: u64 = 2;
const VERSIONS: u64 = 3;
const CHANGE: u64 = 4;
const NO_VERSION: u64 = 5;
const NO_CORE: u64 = 6;
const TWO_CORES: u64 = 7;

/// How many cores the newest seeded version of a group has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cores {
    None,
    One,
    Two,
}

/// The seeded fleet of one world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fleet {
    pub(super) groups: u32,
    pub(super) seed: u64,
    pub(super) scenario: Scenario,
}

impl Fleet {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            groups: settings.groups,
            seed: settings.seed,
            scenario: settings.scenario,
        }
    }

    /// The number of halls, the last one perhaps not full.
    pub(super) fn halls(&self) -> u32 {
        self.groups.div_ceil(HALL)
    }

    /// `rotterdam-line-0001`, and in one hall of 49 `lab-rig-0001`; unique in the fleet.
    pub(super) fn name(&self, index: u32) -> String {
        let hall = index / HALL;
        let places = u32::try_from(SITES.len() * AREAS.len() + ROOMS.len()).unwrap_or(1);
        // Halls go round all places before a place gets its next 25 numbers. 89 shares no factor with 196.
        let start = below(places, &[self.seed, NAME]);
        let place = (u64::from(hall % places) * 89 + u64::from(start)) % u64::from(places);
        let number = hall / places * HALL + index % HALL + 1;
        let place = usize::try_from(place).unwrap_or(0);
        let area = AREAS.get(place % AREAS.len()).unwrap_or(&"line");
        match (
            SITES.get(place / AREAS.len()),
            ROOMS.get(place % ROOMS.len()),
        ) {
            (Some(site), _) => format!("{site}-{area}-{number:04}"),
            (None, Some(room)) => format!("{room}-{number:04}"),
            (None, None) => format!("{area}-{number:04}"),
        }
    }

    /// How many versions the group was seeded with: 1 to 6, and 0 for about one in a hundred (not where all is well).
    pub(super) fn versions(&self, index: u32) -> u32 {
        if self.scenario != Scenario::AllWell && self.chosen(index, 100, NO_VERSION) {
            return 0;
        }
        // Two draws, the smaller: few versions are commoner than many.
        let first = below(6, &[self.seed, VERSIONS, u64::from(index)]);
        let second = below(6, &[self.seed, VERSIONS, u64::from(index), 1]);
        1 + first.min(second)
    }

    /// When the group was made: one to thirty months before `before_ms`.
    pub(super) fn created_ms(&self, index: u32, before_ms: i64) -> i64 {
        let days = 30 + below(870, &[self.seed, AGE, u64::from(index)]);
        let within = below(86_400_000, &[self.seed, AGE, u64::from(index), 1]);
        before_ms - i64::from(days) * DAY_MS - i64::from(within)
    }

    /// When version `version` (from 1) was made; later versions are younger, all before `before_ms`.
    pub(super) fn version_created_ms(&self, index: u32, version: u32, before_ms: i64) -> i64 {
        let created = self.created_ms(index, before_ms);
        let steps = i64::from(self.versions(index).max(1));
        created + (before_ms - created) / (steps + 1) * i64::from(version.saturating_sub(1))
    }

    /// The cores of a seeded version. Only the newest one can be wrong, so going back a version helps.
    pub(super) fn cores(&self, index: u32, version: u32) -> Cores {
        let may_be_wrong = matches!(self.scenario, Scenario::Mixed | Scenario::CoresOff);
        if !may_be_wrong || version != self.versions(index) {
            Cores::One
        } else if self.chosen(index, 250, NO_CORE) {
            Cores::None
        } else if self.chosen(index, 400, TWO_CORES) {
            Cores::Two
        } else {
            Cores::One
        }
    }

    /// Which definition, and which version of it, a seeded group version points to.
    pub(super) fn points_to(&self, index: u32, version: u32, kind: Kind) -> Option<(u32, u32)> {
        let definition = match kind {
            Kind::Core | Kind::Device => index,
            Kind::Function | Kind::Resource | Kind::Subscription => index / HALL,
            // Not every group has a connector or sends its logs to the cloud.
            Kind::Connector if index.is_multiple_of(4) => 0,
            Kind::Logger if !index.is_multiple_of(3) => 0,
            Kind::Connector | Kind::Logger => return None,
        };
        let points = match kind {
            Kind::Core => match self.cores(index, version) {
                Cores::None => return None,
                Cores::One => 1,
                Cores::Two => 2,
            },
            _ => {
                1 + (2..=version)
                    .filter(|step| self.changed(index, *step) == kind)
                    .fold(0, |n, _| n + 1)
            }
        };
        Some((definition, points))
    }

    /// How many versions a seeded definition has.
    pub(super) fn definition_versions(kind: Kind) -> u32 {
        match kind {
            Kind::Core => 2,
            _ => 6,
        }
    }

    /// How many definitions of a kind are seeded.
    pub(super) fn definitions(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Core | Kind::Device => self.groups,
            Kind::Function | Kind::Resource | Kind::Subscription => self.halls(),
            Kind::Connector | Kind::Logger => self.groups.min(1),
        }
    }

    /// What changed from version `step - 1` to `step`: mostly the functions.
    fn changed(&self, index: u32, step: u32) -> Kind {
        match below(20, &[self.seed, CHANGE, u64::from(index), u64::from(step)]) {
            0..14 => Kind::Function,
            14..17 => Kind::Subscription,
            17..19 => Kind::Resource,
            _ => Kind::Device,
        }
    }

    /// Exactly one group of each `of` consecutive ones (fewer at the fleet's end).
    pub(super) fn chosen(&self, index: u32, of: u32, purpose: u64) -> bool {
        index % of == below(of, &[self.seed, purpose, u64::from(index / of)])
    }

    /// A thing certificate's ARN part: 64 hexadecimal digits.
    pub(super) fn certificate(&self, index: u32, number: u64) -> String {
        (0..4_u64).fold(String::new(), |text, part| {
            let word = draw(&[self.seed, u64::from(index), number, part]);
            format!("{text}{word:016x}")
        })
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

    use std::collections::HashSet;

    use super::{Cores, Fleet, SEEDED_BEFORE_MS};
    use crate::greengrass::kinds::Kind;
    use crate::settings::Scenario;

    fn fleet(scenario: Scenario) -> Fleet {
        Fleet {
            groups: 10_000,
            seed: 7,
            scenario,
        }
    }

    #[test]
    fn names_are_plausible_and_unique() {
        let fleet = fleet(Scenario::Mixed);
        let names: HashSet<String> = (0..fleet.groups).map(|index| fleet.name(index)).collect();
        assert_eq!(names.len(), 10_000);
        assert!(names.iter().any(|name| name.starts_with("lab-")));
        assert!(names.contains("rotterdam-line-0001"));
    }

    #[test]
    fn one_in_a_hundred_has_no_version_unless_all_is_well() {
        let count = |fleet: Fleet| {
            (0..fleet.groups)
                .filter(|i| fleet.versions(*i) == 0)
                .count()
        };
        assert_eq!(count(fleet(Scenario::Mixed)), 100);
        assert_eq!(count(fleet(Scenario::AllWell)), 0);
    }

    #[test]
    fn wrong_cores_only_in_the_newest_version() {
        let fleet = fleet(Scenario::Mixed);
        let mut wrong = [0, 0];
        for index in 0..fleet.groups {
            for version in 1..=fleet.versions(index) {
                match fleet.cores(index, version) {
                    Cores::One => continue,
                    Cores::None => wrong[0] += 1,
                    Cores::Two => wrong[1] += 1,
                }
                assert_eq!(version, fleet.versions(index));
            }
        }
        assert!(wrong[0] > 20 && wrong[1] > 10, "{wrong:?}");
    }

    #[test]
    fn versions_differ_and_are_in_order_of_time() {
        let fleet = fleet(Scenario::AllWell);
        for index in 0..1_000 {
            let mut before = (i64::MIN, Vec::new());
            for version in 1..=fleet.versions(index) {
                let made = fleet.version_created_ms(index, version, SEEDED_BEFORE_MS);
                let points: Vec<_> = Kind::ALL
                    .iter()
                    .map(|kind| fleet.points_to(index, version, *kind))
                    .collect();
                assert!(made > before.0 && made < SEEDED_BEFORE_MS);
                assert_ne!(points, before.1);
                before = (made, points);
            }
        }
    }
}
