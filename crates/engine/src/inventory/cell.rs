//! Holds a session's index and makes it anew when the store has moved on.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use rusqlite::Connection;

use super::{
    Shape,
    index::{self, Index},
};
use crate::Error;

/// Below this many targets a new index costs nothing to speak of.
const SMALL: usize = 20_000;

/// While a listing is under way the index of a large fleet stays in use until its revision is this many
/// batches behind for each hundred thousand groups: making it again for each batch would cost more than the
/// listing itself.
const BATCHES_BEHIND: i64 = 15;

/// The index of a session once it has been made; shared by the session's clones.
#[derive(Debug, Clone)]
pub(crate) struct IndexCell {
    shape: &'static Shape,
    held: Arc<Held>,
}

#[derive(Debug, Default)]
struct Held {
    index: Mutex<Option<Arc<Index>>>,
    /// Held while an index is made, so that it is made once.
    making: Mutex<()>,
    /// Listings under way in this process.
    listings: AtomicUsize,
}

impl IndexCell {
    /// Holds indexes of targets of this kind.
    pub(crate) fn of(shape: &'static Shape) -> Self {
        Self {
            shape,
            held: Arc::default(),
        }
    }

    /// The kind of targets.
    pub(crate) const fn shape(&self) -> &'static Shape {
        self.shape
    }

    /// The index that goes with the store; reads the inventory if need be, so call it where blocking is allowed.
    pub(crate) fn current(&self, connection: &Connection, scope: i64) -> Result<Arc<Index>, Error> {
        if let Some(index) = self.usable(connection, scope)? {
            return Ok(index);
        }
        let _making = lock(&self.held.making);
        if let Some(index) = self.usable(connection, scope)? {
            return Ok(index);
        }
        let index = Arc::new(Index::build(connection, self.shape, scope)?);
        *lock(&self.held.index) = Some(Arc::clone(&index));
        Ok(index)
    }

    /// Says that this process lists the targets, until the answer is dropped.
    pub(super) fn listing(&self) -> Listing {
        self.held.listings.fetch_add(1, Ordering::AcqRel);
        Listing(Arc::clone(&self.held))
    }

    fn usable(&self, connection: &Connection, scope: i64) -> Result<Option<Arc<Index>>, Error> {
        let Some(index) = lock(&self.held.index).clone() else {
            return Ok(None);
        };
        let behind = index::revision(connection, self.shape, scope)?.saturating_sub(index.revision);
        let patient = self.held.listings.load(Ordering::Acquire) > 0
            && index.len() > SMALL
            && behind < BATCHES_BEHIND * (index.len() as i64 / 100_000 + 1);
        Ok((behind == 0 || patient).then_some(index))
    }
}

/// A listing under way.
#[derive(Debug)]
pub(super) struct Listing(Arc<Held>);

impl Drop for Listing {
    fn drop(&mut self) {
        self.0.listings.fetch_sub(1, Ordering::AcqRel);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
