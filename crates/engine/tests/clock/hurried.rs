//! A clock that runs faster than the wall's, and that can leap as a sleeping computer's does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use aws_smithy_async::{
    rt::sleep::{AsyncSleep, Sleep},
    time::TimeSource,
};
use overseed_engine::Clock;

/// How much faster it runs: the engine's pauses shrink, the SDK's timeouts stay long enough.
const FASTER: u32 = 10;

/// The computer's clock, only faster; the sandbox and the engine share it. Clones go alike.
#[derive(Debug, Clone)]
pub struct Hurried {
    began: (Instant, SystemTime),
    faster: u32,
    leapt: Arc<AtomicU64>,
}

impl Hurried {
    pub fn new() -> Self {
        Self::faster(FASTER)
    }

    /// One for tests that wait for timeouts to be over.
    pub fn faster(faster: u32) -> Self {
        Self {
            began: (Instant::now(), SystemTime::now()),
            faster,
            leapt: Arc::default(),
        }
    }

    /// The clock that another process began at this wall time, seen from this one.
    #[allow(dead_code, reason = "not every binary of tests has children")]
    pub fn since(wall: SystemTime) -> Self {
        let passed = wall.elapsed().unwrap();
        Self {
            began: (Instant::now() - passed, wall),
            ..Self::new()
        }
    }

    /// The wall time at which it began.
    #[allow(dead_code, reason = "not every binary of tests has children")]
    pub fn began(&self) -> SystemTime {
        self.began.1
    }

    /// The clock of an engine.
    pub fn of_engine(&self) -> Clock {
        Clock::new(self.clone(), self.clone())
    }

    /// So much time passes in which nothing of ours runs; what sleeps is not woken earlier.
    #[allow(dead_code, reason = "not every binary of tests sleeps")]
    pub fn leap(&self, seconds: u64) {
        self.leapt.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl TimeSource for Hurried {
    fn now(&self) -> SystemTime {
        let leapt = Duration::from_secs(self.leapt.load(Ordering::Relaxed));
        self.began.1 + self.began.0.elapsed() * self.faster + leapt
    }
}

impl AsyncSleep for Hurried {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(tokio::time::sleep(duration / self.faster))
    }
}

impl overseed_sandbox::Clock for Hurried {
    fn now_ms(&self) -> i64 {
        let elapsed = self.now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        i64::try_from(elapsed.as_millis()).unwrap()
    }
}
