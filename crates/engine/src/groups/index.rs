//! The inventory in memory: derived from the store, so that any page of any filter is at hand at once.

/// Holds the index of a session once it has been made.
#[derive(Debug, Clone, Default)]
pub(crate) struct IndexCell;
