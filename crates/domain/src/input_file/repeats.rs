//! Finds ids that were seen before, exactly, in about 26 bytes an id.

use hashbrown::{HashTable, hash_table::Entry};
use sha2::{Digest, Sha256};

use super::record::Id;

/// Places that a table gets once it is not a small one: those of the longest list. Each step between would cost about as
/// much as looking all ids up once more.
const PLACES: usize = 720_000;

/// Ids up to which a table grows by doubling: short files stay small in memory.
const SMALL: usize = 7_168;

/// Ids that are kept in one piece: none is ever moved.
const PIECE: usize = 16_384;

/// Key and line in 20 bytes: with a `u128` the alignment would make 32 of them.
#[derive(Debug, Clone, Copy)]
struct Seen {
    key: [u32; 4],
    line: u32,
}

/// The ids seen so far, each with its first line.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    uuids: Ids,
    others: Ids,
}

/// Ids of one kind: kept one behind the other, and found by a table of their numbers. A table that held the ids
/// themselves would be four times as large, and nearly each look into it a wait for memory.
#[derive(Debug, Default)]
struct Ids {
    table: HashTable<u32>,
    pieces: Vec<Vec<Seen>>,
}

impl Repeats {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Whether the id was seen before.
    pub(super) fn holds(&self, id: Id<'_>) -> bool {
        let (ids, key) = match id {
            Id::Uuid(uuid) => (&self.uuids, uuid),
            Id::Other(text) => (&self.others, key_of(text)),
        };
        let key = split(key);
        let same = |number: &u32| seen(&ids.pieces, *number).is_some_and(|seen| seen.key == key);
        ids.table.find(mix(key), same).is_some()
    }

    /// The line on which the id stood before; otherwise it is kept with this line.
    pub(super) fn earlier(&mut self, id: Id<'_>, line: u32) -> Option<u32> {
        let (ids, key) = match id {
            Id::Uuid(uuid) => (&mut self.uuids, uuid),
            Id::Other(text) => (&mut self.others, key_of(text)),
        };
        ids.earlier(split(key), line)
    }
}

impl Ids {
    fn earlier(&mut self, key: [u32; 4], line: u32) -> Option<u32> {
        let Self { table, pieces } = self;
        let hash_of = |number: &u32| seen(pieces, *number).map_or(0, |seen| mix(seen.key));
        if table.len() == table.capacity() && (SMALL..PLACES).contains(&table.len()) {
            table.reserve(PLACES - table.len(), hash_of);
        }
        let same = |number: &u32| seen(pieces, *number).is_some_and(|seen| seen.key == key);
        let number = match table.entry(mix(key), same, hash_of) {
            Entry::Occupied(number) => return seen(pieces, *number.get()).map(|seen| seen.line),
            Entry::Vacant(place) => place,
        };
        let next = match pieces.last() {
            Some(last) if last.len() < PIECE => (pieces.len() - 1) * PIECE + last.len(),
            _ => pieces.len() * PIECE,
        };
        // Lines are counted in 32 bits, and there are no more ids than lines.
        number.insert(u32::try_from(next).ok()?);
        let seen = Seen { key, line };
        match pieces.last_mut() {
            Some(last) if last.len() < PIECE => last.push(seen),
            _ => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(seen);
                pieces.push(piece);
            }
        }
        None
    }
}

fn seen(pieces: &[Vec<Seen>], number: u32) -> Option<&Seen> {
    let number = usize::try_from(number).ok()?;
    pieces.get(number / PIECE)?.get(number % PIECE)
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
            assert_eq!(repeats.holds(id), expected.is_some(), "line {line}");
            assert_eq!(repeats.earlier(id, line), expected, "line {line}");
        }
    }

    #[test]
    fn none_of_many_counted_ids_is_mistaken_for_another() {
        let mut repeats = Repeats::new();
        let id = |n: u32| Id::Uuid(u128::from(n) << 96);
        // More than a small table, and more than one piece.
        for n in 0..40_000 {
            assert_eq!(repeats.earlier(id(n), n + 1), None);
        }
        for n in [0, 7_167, 7_168, 16_383, 16_384, 39_999] {
            assert_eq!(repeats.earlier(id(n), 50_000), Some(n + 1));
        }
        let mut hashes: Vec<u64> = (0..40_000).map(|n| mix([0, 0, 0, n]) >> 57).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(
            hashes.len(),
            128,
            "the bits that the table looks at first differ"
        );
    }
}
