//! The inventory in memory: derived from the store, column by column, so that any page of any filter and order
//! is at hand at once. A position is a target's place in every column; ordinals ascend with positions.

use std::{ops::Range, sync::OnceLock};

use overseed_domain::{Millis, group::Deployable};
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension};

use super::{Conditions, Filter, Shape, bits::Bits, column::Column, stored};
use crate::{Error, Problem};

/// Stands for a time that the service did not tell; sorts before all others.
pub(super) const NO_TIME: i64 = i64::MIN;

/// What an order goes by: one of the shape's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// One of its texts.
    Text(usize),
    /// One of its times.
    Time(usize),
}

/// One scope's inventory at one revision.
#[derive(Debug)]
pub(crate) struct Index {
    pub(super) shape: &'static Shape,
    /// The revision of the inventory that it was made from.
    pub(super) revision: i64,
    ordinals: Vec<u32>,
    pub(super) texts: Vec<Column>,
    pub(super) times: Vec<Vec<i64>>,
    deployable: Vec<u8>,
    /// Positions in the order of each text, then of name and key; made when first asked for, but for those two.
    by_text: Vec<OnceLock<Vec<u32>>>,
    /// In the order of each time, then of name and key.
    by_time: Vec<Vec<u32>>,
}

/// The revision of a scope's inventory in the store.
pub(super) fn revision(connection: &Connection, shape: &Shape, scope: i64) -> Result<i64, Error> {
    let found = connection
        .prepare_cached(&format!(
            "SELECT revision FROM {} WHERE scope = ?1",
            shape.listing
        ))?
        .query_row([scope], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or(0))
}

impl Index {
    /// Reads the inventory; revision and groups are of one snapshot.
    pub(crate) fn build(
        connection: &Connection,
        shape: &'static Shape,
        scope: i64,
    ) -> Result<Self, Error> {
        // Within a transaction everything is of one snapshot already.
        let snapshot = connection
            .is_autocommit()
            .then(|| connection.unchecked_transaction())
            .transpose()?;
        let mut index = Self {
            shape,
            revision: revision(connection, shape, scope)?,
            ordinals: Vec::new(),
            texts: shape.texts.iter().map(|_| Column::default()).collect(),
            times: shape.times.iter().map(|_| Vec::new()).collect(),
            deployable: Vec::new(),
            by_text: shape.texts.iter().map(|_| OnceLock::new()).collect(),
            by_time: Vec::new(),
        };
        index.read(connection, scope)?;
        drop(snapshot);
        index.texts.iter_mut().for_each(Column::shrink);
        index.sort();
        Ok(index)
    }

    fn read(&mut self, connection: &Connection, scope: i64) -> Result<(), Error> {
        let texts = self.shape.texts.iter().map(|text| text.column);
        let times = self.shape.times.iter().map(|time| time.column);
        let columns: Vec<&str> = texts.chain(times).collect();
        // The plus keeps SQLite from the index by scope and id: ascending ordinals are wanted.
        let mut statement = connection.prepare(&format!(
            "SELECT ordinal, deployable, {} FROM {} WHERE +scope = ?1 ORDER BY ordinal",
            columns.join(", "),
            self.shape.table
        ))?;
        let mut rows = statement.query([scope])?;
        while let Some(row) = rows.next()? {
            self.ordinals.push(row.get(0)?);
            let deployable = stored::deployable_from_store(row.get(1)?)?;
            self.deployable
                .push(stored::deployable_to_store(deployable));
            for (column, at) in self.texts.iter_mut().zip(2..) {
                column.push(stored::text(row, at)?.unwrap_or_default());
            }
            let first = 2 + self.texts.len();
            for (times, at) in self.times.iter_mut().zip(first..) {
                times.push(row.get::<_, Option<i64>>(at)?.unwrap_or(NO_TIME));
            }
        }
        Ok(())
    }

    fn sort(&mut self) {
        let Shape { name, id, .. } = *self.shape;
        std::thread::scope(|scope| {
            let by_id = (id != name).then(|| scope.spawn(|| self.by_text(id).len()));
            self.by_text(name);
            if let Some(by_id) = by_id {
                // A thread that could not end leaves the order to be made when it is asked for.
                let _ = by_id.join();
            }
        });
        let by_name = self.by_text(name);
        self.by_time = self
            .times
            .iter()
            .map(|times| by_time(times, by_name))
            .collect();
    }

    /// Positions in the order of a text, then of name and key.
    fn by_text(&self, text: usize) -> &[u32] {
        let (Some(order), Some(column)) = (self.by_text.get(text), self.texts.get(text)) else {
            return &[];
        };
        let at = |text: usize, position: u32| {
            let column = self.texts.get(text);
            column.map_or(&[][..], |column| column.get(position as usize))
        };
        let Shape { name, id, .. } = *self.shape;
        order.get_or_init(|| {
            column.order(|a, b| {
                at(name, a)
                    .cmp(at(name, b))
                    .then_with(|| at(id, a).cmp(at(id, b)))
                    .then_with(|| a.cmp(&b))
            })
        })
    }

    /// Targets.
    pub(crate) const fn len(&self) -> usize {
        self.ordinals.len()
    }

    /// The ordinal at a position.
    pub(crate) fn ordinal(&self, position: usize) -> Option<u32> {
        self.ordinals.get(position).copied()
    }

    /// Positions in an order.
    pub(crate) fn order(&self, order: Order) -> &[u32] {
        match order {
            Order::Text(text) => self.by_text(text),
            Order::Time(time) => self.by_time.get(time).map_or(&[][..], Vec::as_slice),
        }
    }

    /// Positions in the order of names.
    pub(crate) fn in_order_of_names(&self) -> &[u32] {
        self.by_text(self.shape.name)
    }

    /// The positions of targets of which this is known.
    pub(super) fn deployable(&self, is: impl Fn(u8) -> bool) -> Bits {
        Bits::of(self.len(), self.deployable.iter().map(|&number| is(number)))
    }

    /// The positions of targets that may go into a plan.
    pub(crate) fn can_be_deployed(&self) -> Bits {
        const YES: u8 = stored::deployable_to_store(Deployable::Yes);
        self.deployable(|number| number == YES)
    }

    /// The positions of a selection's members; members that the index does not have are left out.
    pub(crate) fn positions(&self, members: &RoaringBitmap) -> Bits {
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

    /// The selection that has the targets at these positions.
    pub(crate) fn members(&self, positions: &Bits) -> RoaringBitmap {
        let mut members = RoaringBitmap::new();
        members.extend(
            positions
                .iter()
                .filter_map(|position| self.ordinal(position)),
        );
        members
    }

    /// Targets that cannot be deployed.
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
        let mut matches = Conditions::read(self.shape, filter, now)?.matches(self, &members);
        matches.and(&members);
        let ordinals = self
            .in_order_of_names()
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
    pub(crate) fn equal(&self, text: usize, value: &str) -> &[u32] {
        let Some(column) = self.texts.get(text) else {
            return &[];
        };
        let folded = super::column::fold(value);
        let order = self.by_text(text);
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
