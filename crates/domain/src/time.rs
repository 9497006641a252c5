//! Points in time.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z. Nothing in this crate reads a clock.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Type,
)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// The time that lies `millis` milliseconds later.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this point; negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
