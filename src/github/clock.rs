//! The room's door to the clock.
#![expect(clippy::disallowed_methods, reason = "the one place of this room that reads the clock")]

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Seconds since 1970, UTC.
pub(super) fn now_unix() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A point on the clock that never goes back, for measuring durations.
pub(super) fn monotonic() -> Instant {
    Instant::now()
}
