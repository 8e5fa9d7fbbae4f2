//! How long something took a thread: what else the machine does counts for nothing.

use std::fs;
use std::time::{Duration, Instant};

/// A stopwatch of this thread's processor time.
pub(crate) struct Clock {
    wall: Instant,
    start: Duration,
}

impl Clock {
    pub(crate) fn start() -> Clock {
        let wall = Instant::now();
        Clock { wall, start: spent().unwrap_or_default() }
    }

    /// Since the start; by the clock on the wall where the kernel keeps no book of threads.
    pub(crate) fn took(&self) -> Duration {
        spent().map_or_else(|| self.wall.elapsed(), |spent| spent.saturating_sub(self.start))
    }
}

fn spent() -> Option<Duration> {
    let book = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    book.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
