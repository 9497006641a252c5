//! Time is passed in: the SDK's clients and the engine take it from one place.

use std::time::{Duration, UNIX_EPOCH};

use aws_smithy_async::{
    rt::sleep::{AsyncSleep, SharedAsyncSleep, TokioSleep},
    time::{SharedTimeSource, SystemTimeSource, TimeSource},
};
use overseed_domain::Millis;

/// The time source and the sleep that everything uses.
#[derive(Debug, Clone)]
pub struct Clock {
    time: SharedTimeSource,
    sleep: SharedAsyncSleep,
}

impl Clock {
    /// The computer's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(SystemTimeSource::new(), TokioSleep::new())
    }

    /// A clock of the caller's, such as a test's.
    pub fn new(time: impl TimeSource + 'static, sleep: impl AsyncSleep + 'static) -> Self {
        Self {
            time: SharedTimeSource::new(time),
            sleep: SharedAsyncSleep::new(sleep),
        }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Millis {
        let elapsed = self
            .time
            .now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Millis(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }

    /// Sleeps; to be raced against cancellation.
    pub async fn sleep(&self, duration: Duration) {
        self.sleep.sleep(duration).await;
    }

    /// For the SDK's configuration.
    #[must_use]
    pub fn time_source(&self) -> SharedTimeSource {
        self.time.clone()
    }

    /// For the SDK's configuration.
    #[must_use]
    pub fn async_sleep(&self) -> SharedAsyncSleep {
        self.sleep.clone()
    }
}
