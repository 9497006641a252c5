//! The inventory in memory: derived from the store, column by column, so that any page of any filter and order
//! is at hand at once. A position is a group's place in every column; ordinals ascend with positions.

use std::ops::Range;

use overseed_domain::{Millis, group::Deployable};
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension};

use super::{Filter, GroupSort, bits::Bits, column::Column, filter::Conditions, stored};
use crate::{Error, Problem};

/// Stands for a time that the service did not tell; sorts before all others.
pub(super) const NO_TIME: i64 = i64::MIN;

/// One scope's inventory at one revision.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// The revision of the inventory that it was made from.
    pub(super) revision: i64,
    ordinals: Vec<u32>,
    pub(super) names: Column,
    pub(super) ids: Column,
    pub(super) versions: Column,
    pub(super) created: Vec<i64>,
    pub(super) updated: Vec<i64>,
    deployable: Vec<u8>,
    /// Positions in the order of name and id.
    by_name: Vec<u32>,
    /// In the order of ids.
    by_id: Vec<u32>,
    /// In the order of creation, then name and id.
    by_created: Vec<u32>,
    /// In the order of the last change, then name and id.
    by_updated: Vec<u32>,
}

/// The revision of a scope's inventory in the store.
pub(super) fn revision(connection: &Connection, scope: i64) -> Result<i64, Error> {
    let found = connection
        .prepare_cached("SELECT revision FROM listing WHERE scope = ?1")?
        .query_row([scope], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or(0))
}

impl Index {
    /// Reads the inventory; revision and groups are of one snapshot.
    pub(super) fn build(connection: &Connection, scope: i64) -> Result<Self, Error> {
        // Within a transaction everything is of one snapshot already.
        let snapshot = connection
            .is_autocommit()
            .then(|| connection.unchecked_transaction())
            .transpose()?;
        let mut index = Self {
            revision: revision(connection, scope)?,
            ..Self::default()
        };
        index.read(connection, scope)?;
        drop(snapshot);
        index.names.shrink();
        index.ids.shrink();
        index.versions.shrink();
        index.sort();
        Ok(index)
    }

    fn read(&mut self, connection: &Connection, scope: i64) -> Result<(), Error> {
        // The plus keeps SQLite from the index by scope and id: ascending ordinals are wanted.
        let mut statement = connection.prepare(
            "SELECT ordinal, name, id, latest_version, created_at, updated_at, deployable
             FROM inventory_group WHERE +scope = ?1 ORDER BY ordinal",
        )?;
        let mut rows = statement.query([scope])?;
        while let Some(row) = rows.next()? {
            self.ordinals.push(row.get(0)?);
            self.names.push(stored::text(row, 1)?.unwrap_or_default());
            self.ids.push(stored::text(row, 2)?.unwrap_or_default());
            self.versions
                .push(stored::text(row, 3)?.unwrap_or_default());
            self.created
                .push(row.get::<_, Option<i64>>(4)?.unwrap_or(NO_TIME));
            self.updated
                .push(row.get::<_, Option<i64>>(5)?.unwrap_or(NO_TIME));
            let deployable = stored::deployable_from_store(row.get(6)?)?;
            self.deployable
                .push(stored::deployable_to_store(deployable));
        }
        Ok(())
    }

    fn sort(&mut self) {
        let (names, ids) = (&self.names, &self.ids);
        let id = |position: u32| ids.get(position as usize);
        let (by_name, by_id) = std::thread::scope(|scope| {
            let by_id = scope.spawn(|| ids.order(|a, b| a.cmp(&b)));
            let by_name = names.order(|a, b| id(a).cmp(id(b)));
            (
                by_name,
                by_id.join().unwrap_or_else(|_| ids.order(|a, b| a.cmp(&b))),
            )
        });
        self.by_created = by_time(&self.created, &by_name);
        self.by_updated = by_time(&self.updated, &by_name);
        self.by_name = by_name;
        self.by_id = by_id;
    }

    /// Groups.
    pub(super) const fn len(&self) -> usize {
        self.ordinals.len()
    }

    /// The ordinal at a position.
    pub(super) fn ordinal(&self, position: usize) -> Option<u32> {
        self.ordinals.get(position).copied()
    }

    /// Positions in the order of a sort.
    pub(super) fn order(&self, sort: GroupSort) -> &[u32] {
        match sort {
            GroupSort::Name => &self.by_name,
            GroupSort::Id => &self.by_id,
            GroupSort::CreatedAt => &self.by_created,
            GroupSort::UpdatedAt => &self.by_updated,
        }
    }

    /// The positions of groups of which this is known.
    pub(super) fn deployable(&self, is: impl Fn(u8) -> bool) -> Bits {
        Bits::of(self.len(), self.deployable.iter().map(|&number| is(number)))
    }

    /// The positions of groups that may go into a plan.
    pub(super) fn can_be_deployed(&self) -> Bits {
        const YES: u8 = stored::deployable_to_store(Deployable::Yes);
        self.deployable(|number| number == YES)
    }

    /// The positions of a selection's members; members that the index does not have are left out.
    pub(super) fn positions(&self, members: &RoaringBitmap) -> Bits {
        let mut bits = Bits::none(self.len());
        let (Some(&first), Some(&last)) = (self.ordinals.first(), self.ordinals.last()) else {
            return bits;
        };
        if (last - first) as usize + 1 == self.len() {
            members
                .range(first..=last)
                .for_each(|ordinal| bits.insert((ordinal - first) as usize));
            return bits;
        }
        let mut position = 0;
        for ordinal in members {
            let rest = self.ordinals.get(position..).unwrap_or_default();
            // Members are mostly neighbours: look near by first.
            let near = rest.get(..64).unwrap_or(rest);
            let near = if near.last() < Some(&ordinal) {
                rest
            } else {
                near
            };
            position += near.partition_point(|&at| at < ordinal);
            match self.ordinals.get(position) {
                Some(&at) if at == ordinal => bits.insert(position),
                Some(_) => {}
                None => break,
            }
        }
        bits
    }

    /// The selection that has the groups at these positions.
    pub(super) fn members(&self, positions: &Bits) -> RoaringBitmap {
        let mut members = RoaringBitmap::new();
        members.extend(
            positions
                .iter()
                .filter_map(|position| self.ordinal(position)),
        );
        members
    }

    /// Groups that cannot be deployed.
    pub(crate) fn not_deployable(&self) -> RoaringBitmap {
        let mut positions = self.can_be_deployed();
        positions.not();
        self.members(&positions)
    }

    /// How many of `members` match a filter, and which of them stand at `places` in the order of name and id.
    pub(crate) fn among(
        &self,
        members: &RoaringBitmap,
        filter: &Filter,
        now: Millis,
        places: Range<usize>,
    ) -> Result<(u32, Vec<u32>), Problem> {
        let members = self.positions(members);
        let mut matches = Conditions::read(filter, now)?.matches(self, &members);
        matches.and(&members);
        let ordinals = self
            .order(GroupSort::Name)
            .iter()
            .map(|&position| position as usize)
            .filter(|&position| matches.contains(position))
            .skip(places.start)
            .take(places.len())
            .filter_map(|position| self.ordinal(position))
            .collect();
        Ok((matches.count(), ordinals))
    }

    /// The positions whose text equals `text` without regard to case, found by halving: for one text among
    /// many this is quicker than a search through the column.
    pub(super) fn equal(&self, sort: GroupSort, text: &str) -> &[u32] {
        let column = if sort == GroupSort::Id {
            &self.ids
        } else {
            &self.names
        };
        let folded = super::column::fold(text);
        let order = self.order(sort);
        let text_at = |position: &u32| column.get(*position as usize);
        let from = order.partition_point(|position| text_at(position) < folded.as_bytes());
        let rest = order.get(from..).unwrap_or_default();
        let to = rest.partition_point(|position| text_at(position) <= folded.as_bytes());
        rest.get(..to).unwrap_or_default()
    }
}

/// Positions in the order of time; equal times in the order given.
fn by_time(times: &[i64], order: &[u32]) -> Vec<u32> {
    let mut ranked: Vec<(i64, u32, u32)> = order
        .iter()
        .zip(0..)
        .map(|(&position, rank)| {
            (
                times.get(position as usize).copied().unwrap_or(NO_TIME),
                rank,
                position,
            )
        })
        .collect();
    ranked.sort_unstable();
    ranked
        .into_iter()
        .map(|(_, _, position)| position)
        .collect()
}
