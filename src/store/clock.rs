//! The room's door to the clock.
#![expect(clippy::disallowed_methods, reason = "the one place of this room that reads the clock")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, as all rows of the database count them.
///
/// Replicas must agree on when a lease ends: where there are several, the database's clock is followed,
/// and between two looks at it a clock that nobody can set.
#[derive(Clone)]
pub(super) struct Clock {
    start: Instant,
    /// What the database's clock said at the start; [`OURS`] while none is followed.
    then: Arc<AtomicI64>,
    /// How far tests have set the time ahead.
    ahead: Arc<AtomicI64>,
}

const OURS: i64 = i64::MIN;

impl Default for Clock {
    fn default() -> Clock {
        Clock { start: Instant::now(), then: Arc::new(AtomicI64::new(OURS)), ahead: Arc::default() }
    }
}

impl Clock {
    pub(super) fn now_ms(&self) -> i64 {
        let now = match self.then.load(Ordering::Relaxed) {
            OURS => millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
            then => then.saturating_add(millis(self.start.elapsed())),
        };
        now.saturating_add(self.ahead.load(Ordering::Relaxed))
    }

    /// The database said `now_ms`, some time between `asked` and this moment.
    pub(super) fn follow(&self, asked: Instant, now_ms: i64) {
        let middle = asked.duration_since(self.start) + asked.elapsed() / 2;
        self.then.store(now_ms.saturating_sub(millis(middle)), Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_followed() {
        let clock = Clock::default();
        assert!(clock.now_ms() > 1_700_000_000_000);
        clock.follow(monotonic(), 5_000);
        assert!((5_000..6_000).contains(&clock.now_ms()));
        clock.advance(Duration::from_secs(60));
        assert!((65_000..66_000).contains(&clock.now_ms()));
    }
}
