//! Rate limits as settable state: the hourly budget of an installation and the brake on fast writing.

use std::time::{Duration, Instant};

use super::calls::Verb;
use super::clock;
use super::problem::Problem;

pub struct Limits {
    pub hourly: u64,
    pub remaining: u64,
    /// When the hour ends, in seconds since 1970.
    pub reset: i64,
    pub writes_per_minute: usize,
    writes: Vec<Instant>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            hourly: 5000,
            remaining: 5000,
            reset: clock::now() + 3600,
            writes_per_minute: 80,
            writes: Vec::new(),
        }
    }
}

impl Limits {
    /// Counts a request of an installation, or says why it must wait.
    pub fn count(&mut self, verb: Verb, installation: i64) -> Result<(), Problem> {
        if self.remaining == 0 && clock::now() >= self.reset {
            (self.remaining, self.reset) = (self.hourly, clock::now() + 3600);
        }
        if self.remaining == 0 {
            return Err(Problem::primary_limit(installation));
        }
        self.remaining -= 1;
        if verb.writes() { self.count_write() } else { Ok(()) }
    }

    fn count_write(&mut self) -> Result<(), Problem> {
        self.writes.retain(|at| at.elapsed() < Duration::from_secs(60));
        if self.writes.len() >= self.writes_per_minute {
            return Err(Problem::secondary_limit(Some(60)));
        }
        self.writes.push(Instant::now());
        Ok(())
    }

    pub fn headers(&self) -> [(&'static str, String); 5] {
        [
            ("x-ratelimit-limit", self.hourly.to_string()),
            ("x-ratelimit-remaining", self.remaining.to_string()),
            ("x-ratelimit-used", (self.hourly - self.remaining).to_string()),
            ("x-ratelimit-reset", self.reset.to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
        ]
    }
}
