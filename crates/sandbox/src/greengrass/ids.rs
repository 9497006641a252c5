//! Ids that look like random UUIDs but carry what they stand for: a keyed permutation of (kind, index, sub).
//! So 700,000 groups need no table, and an id of another world is recognised as foreign.

use uuid::Uuid;

use super::draw::draw;

const HALF: u64 = (1 << 61) - 1;
const ROUNDS: u64 = 6;

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Group {
        index: u32,
    },
    GroupVersion {
        index: u32,
        version: u32,
    },
    Definition {
        kind: u8,
        index: u32,
    },
    DefinitionVersion {
        kind: u8,
        index: u32,
        version: u32,
    },
    Bulk {
        ordinal: u32,
    },
    /// One record's deployment of a bulk deployment.
    BulkRecord {
        bulk: u32,
        record: u32,
    },
    /// A deployment made by CreateDeployment or ResetDeployments.
    Single {
        ordinal: u32,
    },
    /// What V2 has: the deployment a core device was seeded with.
    CoreDeployment {
        index: u32,
    },
    /// The deployment that a thing group was seeded with, and its job.
    GroupDeployment {
        index: u32,
        job: bool,
    },
    /// A deployment of V2 that was made here, and its job.
    Made {
        ordinal: u32,
        job: bool,
    },
    /// A thing's id, and a thing group's.
    Thing {
        index: u32,
        group: bool,
    },
}

/// The permutation of one world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ids {
    key: u64,
}

impl Ids {
    /// Two worlds with the same key have the same ids.
    pub(crate) fn new(seed: u64, account: &str, region: &str) -> Self {
        let place = account
            .bytes()
            .chain(region.bytes())
            .fold(0, |sum, byte| draw(&[sum, u64::from(byte)]));
        Self {
            key: draw(&[seed, place]),
        }
    }

    /// The id as lower-case text with dashes.
    pub(crate) fn text(self, named: Named) -> String {
        let (tag, index, sub) = pack(named);
        // 5 bits of tag, 32 of index, 24 of sub; the other half is all zero and serves as check.
        let content =
            (u64::from(tag) << 56) | (u64::from(index) << 24) | u64::from(sub & 0xff_ffff);
        let (mut left, mut right) = (0, content);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ self.round(round, right));
        }
        let bits = (u128::from(left) << 61) | u128::from(right);
        // Version 4 and the RFC variant in their places, as random UUIDs have them.
        let high = bits >> 74 << 80;
        let middle = (bits >> 62 & 0xfff) << 64;
        let low = bits & ((1 << 62) - 1);
        Uuid::from_u128(high | 0x4000 << 64 | middle | 1 << 63 | low).to_string()
    }

    /// What the id stands for in this world; `None` for any other text.
    pub(crate) fn read(self, text: &str) -> Option<Named> {
        if text.len() != 36 {
            return None;
        }
        let uuid = Uuid::try_parse(text).ok()?.as_u128();
        if uuid >> 76 & 0xf != 4 || uuid >> 62 & 0b11 != 0b10 {
            return None;
        }
        let bits = (uuid >> 80 << 74) | ((uuid >> 64 & 0xfff) << 62) | (uuid & ((1 << 62) - 1));
        let mut left = u64::try_from(bits >> 61).ok()?;
        let mut right = u64::try_from(bits & u128::from(HALF)).ok()?;
        for round in (0..ROUNDS).rev() {
            (left, right) = (right ^ self.round(round, left), left);
        }
        if left != 0 {
            return None;
        }
        unpack(
            u8::try_from(right >> 56).ok()?,
            u32::try_from(right >> 24 & 0xffff_ffff).ok()?,
            u32::try_from(right & 0xff_ffff).ok()?,
        )
    }

    fn round(self, round: u64, half: u64) -> u64 {
        draw(&[self.key, round, half]) & HALF
    }
}

fn pack(named: Named) -> (u8, u32, u32) {
    match named {
        Named::Group { index } => (1, index, 0),
        Named::GroupVersion { index, version } => (2, index, version),
        Named::Definition { kind, index } => (3, index, u32::from(kind)),
        Named::DefinitionVersion {
            kind,
            index,
            version,
        } => (4, index, u32::from(kind) << 20 | (version & 0xf_ffff)),
        Named::Bulk { ordinal } => (5, ordinal, 0),
        Named::BulkRecord { bulk, record } => (6, record, bulk),
        Named::Single { ordinal } => (7, ordinal, 0),
        Named::CoreDeployment { index } => (8, index, 0),
        Named::GroupDeployment { index, job } => (9, index, u32::from(job)),
        Named::Made { ordinal, job } => (10, ordinal, u32::from(job)),
        Named::Thing { index, group } => (11, index, u32::from(group)),
    }
}

fn unpack(tag: u8, index: u32, sub: u32) -> Option<Named> {
    let named = match tag {
        1 => Named::Group { index },
        2 => Named::GroupVersion {
            index,
            version: sub,
        },
        3 => Named::Definition {
            kind: u8::try_from(sub).ok()?,
            index,
        },
        4 => Named::DefinitionVersion {
            kind: u8::try_from(sub >> 20).ok()?,
            index,
            version: sub & 0xf_ffff,
        },
        5 => Named::Bulk { ordinal: index },
        6 => Named::BulkRecord {
            bulk: sub,
            record: index,
        },
        7 => Named::Single { ordinal: index },
        8 => Named::CoreDeployment { index },
        9 => Named::GroupDeployment {
            index,
            job: sub == 1,
        },
        10 => Named::Made {
            ordinal: index,
            job: sub == 1,
        },
        11 => Named::Thing {
            index,
            group: sub == 1,
        },
        _ => return None,
    };
    (pack(named) == (tag, index, sub)).then_some(named)
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

    use proptest::prelude::*;

    use super::{Ids, Named};

    fn named() -> impl Strategy<Value = Named> {
        prop_oneof![
            any::<u32>().prop_map(|index| Named::Group { index }),
            (any::<u32>(), 0..1_u32 << 24)
                .prop_map(|(index, version)| Named::GroupVersion { index, version }),
            (any::<u32>(), 0..7_u8).prop_map(|(index, kind)| Named::Definition { kind, index }),
            (any::<u32>(), 0..7_u8, 0..1_u32 << 20).prop_map(|(index, kind, version)| {
                Named::DefinitionVersion {
                    kind,
                    index,
                    version,
                }
            }),
            any::<u32>().prop_map(|ordinal| Named::Bulk { ordinal }),
            (any::<u32>(), 0..1_u32 << 24)
                .prop_map(|(record, bulk)| Named::BulkRecord { bulk, record }),
            any::<u32>().prop_map(|ordinal| Named::Single { ordinal }),
            any::<u32>().prop_map(|index| Named::CoreDeployment { index }),
            any::<(u32, bool)>().prop_map(|(index, job)| Named::GroupDeployment { index, job }),
            any::<(u32, bool)>().prop_map(|(ordinal, job)| Named::Made { ordinal, job }),
            any::<(u32, bool)>().prop_map(|(index, group)| Named::Thing { index, group }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(seed: u64, named in named()) {
            let ids = Ids::new(seed, "000000000000", "eu-west-1");
            let text = ids.text(named);
            prop_assert_eq!(uuid::Uuid::parse_str(&text).unwrap().get_version_num(), 4);
            prop_assert_eq!(ids.read(&text), Some(named));
        }

        #[test]
        fn foreign_ids_are_refused(seed: u64, other in any::<u128>(), named in named()) {
            let ids = Ids::new(seed, "000000000000", "eu-west-1");
            let random = uuid::Builder::from_random_bytes(other.to_be_bytes()).into_uuid();
            prop_assert_eq!(ids.read(&random.to_string()), None);
            let elsewhere = Ids::new(seed ^ 1, "000000000000", "eu-west-1");
            prop_assert_eq!(elsewhere.read(&ids.text(named)), None);
        }
    }

    #[test]
    fn other_texts_are_no_ids() {
        let ids = Ids::new(7, "000000000000", "eu-west-1");
        for text in [
            "",
            "x",
            "groupId1",
            "{550e8400-e29b-41d4-a716-44665544000}",
            "ä".repeat(18).as_str(),
        ] {
            assert_eq!(ids.read(text), None);
        }
    }
}
