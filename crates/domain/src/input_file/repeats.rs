//! Finds ids that were seen before, exactly, in about 21 bytes an id.

use hashbrown::{HashTable, hash_table::Entry};
use sha2::{Digest, Sha256};

use super::record::Id;

/// Tables that grow one after the other: a single one would need thrice its size while it grows. Each has a power
/// of two of places; with 48 of them the longest lists that fit into 100 MB just do not make them grow once more.
const SHARDS: usize = 48;

/// Key and line in 20 bytes: with a `u128` the alignment would make 32 of them.
#[derive(Debug, Clone, Copy)]
struct Seen {
    key: [u32; 4],
    line: u32,
}

/// The ids seen so far, each with its first line.
#[derive(Debug)]
pub(super) struct Repeats {
    uuids: Vec<HashTable<Seen>>,
    others: Vec<HashTable<Seen>>,
}

impl Repeats {
    pub(super) fn new() -> Self {
        let tables = || (0..SHARDS).map(|_| HashTable::new()).collect();
        Self {
            uuids: tables(),
            others: tables(),
        }
    }

    /// The line on which the id stood before; otherwise it is kept with this line.
    pub(super) fn earlier(&mut self, id: Id<'_>, line: u32) -> Option<u32> {
        let (tables, key) = match id {
            Id::Uuid(uuid) => (&mut self.uuids, uuid),
            Id::Other(text) => (&mut self.others, key_of(text)),
        };
        let key = split(key);
        let hash = mix(key);
        // The table itself uses the lowest and the highest bits.
        let shard = usize::try_from(hash >> 40).unwrap_or(0) % SHARDS;
        let table = tables.get_mut(shard)?;
        match table.entry(hash, |seen| seen.key == key, |seen| mix(seen.key)) {
            Entry::Occupied(seen) => Some(seen.get().line),
            Entry::Vacant(place) => {
                place.insert(Seen { key, line });
                None
            }
        }
    }
}

/// A short text itself; for a longer one most of its SHA-256, of which nobody knows two texts that share it.
fn key_of(text: &[u8]) -> u128 {
    let mut key = [0; 16];
    if let (Some(room), Ok(length)) = (key.get_mut(..text.len()), u8::try_from(text.len()))
        && length < 16
    {
        room.copy_from_slice(text);
        return u128::from_le_bytes(key) | u128::from(length) << 120;
    }
    let digest = Sha256::digest(text);
    let half = digest.first_chunk::<16>().copied().unwrap_or_default();
    u128::from_le_bytes(half) | 0xFF << 120
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the parts are what is wanted"
)]
const fn split(key: u128) -> [u32; 4] {
    [
        key as u32,
        (key >> 32) as u32,
        (key >> 64) as u32,
        (key >> 96) as u32,
    ]
}

/// Spreads ids that differ in a few digits only, such as counted ones.
const fn mix(key: [u32; 4]) -> u64 {
    let [a, b, c, d] = key;
    let low = (a as u64) | (b as u64) << 32;
    let high = (c as u64) | (d as u64) << 32;
    let product = ((low ^ 0x9E37_79B9_7F4A_7C15) as u128)
        .wrapping_mul((high ^ 0xD6E8_FEB8_6659_FD93) as u128);
    let folded = (product as u64) ^ ((product >> 64) as u64);
    folded.wrapping_mul(0x9FB2_1C65_1E98_DF25) ^ (folded >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_an_id_is_told_each_time() {
        let mut repeats = Repeats::new();
        for (id, line, expected) in [
            (Id::Uuid(7), 1, None),
            (Id::Other(b"a"), 2, None),
            (Id::Uuid(8), 3, None),
            (Id::Uuid(7), 4, Some(1)),
            (Id::Other(b"a"), 5, Some(2)),
            (Id::Uuid(7), 6, Some(1)),
            (Id::Other(b"A"), 7, None),
            (Id::Other(b"a\0"), 8, None),
            (Id::Other(b"sixteen letters."), 9, None),
            (Id::Other(b"sixteen letters"), 10, None),
            (Id::Other(b"sixteen letters."), 11, Some(9)),
            (Id::Other(b"sixteen letters"), 12, Some(10)),
        ] {
            assert_eq!(repeats.earlier(id, line), expected, "line {line}");
        }
    }

    #[test]
    fn counted_ids_spread_over_all_tables_and_none_is_mistaken_for_another() {
        let mut repeats = Repeats::new();
        for n in 0..20_000_u32 {
            assert_eq!(repeats.earlier(Id::Uuid(u128::from(n) << 96), n), None);
        }
        let sizes: Vec<usize> = repeats.uuids.iter().map(HashTable::len).collect();
        assert!(
            sizes.iter().all(|size| (300..550).contains(size)),
            "{sizes:?}"
        );
        assert_eq!(
            repeats.earlier(Id::Uuid(19_999_u128 << 96), 0),
            Some(19_999)
        );
    }
}
