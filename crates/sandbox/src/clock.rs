//! Where the sandbox gets the time from.

use std::fmt::Debug;
use std::time::{SystemTime, UNIX_EPOCH};

/// A source of the present time. Nothing in this crate reads the computer's clock but through it.
pub trait Clock: Send + Sync + Debug {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        // A clock before 1970 counts as 1970: signatures are refused for skew then, which says it.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| {
                i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
            })
    }
}

/// A clock that stands still until it is moved: for tests, which must not wait.
#[derive(Debug)]
pub struct SteppedClock(std::sync::atomic::AtomicI64);

impl SteppedClock {
    /// A clock that shows `now_ms` (Unix milliseconds).
    #[must_use]
    pub fn at(now_ms: i64) -> Self {
        Self(std::sync::atomic::AtomicI64::new(now_ms))
    }

    /// A clock that shows the computer's present time and then stands still. The SDKs sign with the
    /// computer's clock, so a test with real clients has to begin near it.
    #[must_use]
    pub fn at_present() -> Self {
        Self::at(SystemClock.now_ms())
    }

    /// Moves the clock on by `ms` milliseconds.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for SteppedClock {
    fn now_ms(&self) -> i64 {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}
