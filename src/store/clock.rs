//! The room's door to the clock.
#![expect(
    clippy::disallowed_methods,
    reason = "the one place of this room that reads the clock"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, as all rows of the database count them.
#[derive(Clone, Default)]
pub(super) struct Clock {
    /// How far the database's time is ahead of this machine's.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    pub(super) fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        millis(since).saturating_add(self.ahead.load(Ordering::Relaxed))
    }

    /// Lets time pass at once.
    #[cfg(test)]
    pub(super) fn advance(&self, by: Duration) {
        self.ahead.fetch_add(millis(by), Ordering::Relaxed);
    }
}

/// A point on the clock that never goes back.
pub(super) fn monotonic() -> Instant {
    Instant::now()
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
