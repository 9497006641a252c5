//! The inventory in memory: derived from the store, so that any page of any filter is at hand at once.

/// Holds the index of a session once it has been made.
#[derive(Debug, Clone, Default)]
pub(crate) struct IndexCell;

impl IndexCell {
    /// Called when the selection in the store was changed by another module (a draft was reset or became a
    /// run): whatever of it is held in memory must be read again.
    #[allow(clippy::unused_self, reason = "nothing is held in memory yet")]
    pub(crate) fn forget_selection(&self) {}
}
