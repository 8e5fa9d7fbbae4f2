//! Installations that GitHub asked to wait: until then nothing is sent for them, by whichever review.
//!
//! The queue parks an installation too, but what runs already would go on, and GitHub bans who does.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Error, RequestId, clock};
use crate::domain::InstallationId;

/// However often GitHub repeats itself.
const LONGEST: Duration = Duration::from_secs(3_600);
/// More than this many pauses: those that are long over are forgotten.
const MANY: usize = 1_024;

#[derive(Default)]
pub(super) struct Pauses {
    of: Mutex<HashMap<InstallationId, Pause>>,
}

#[derive(Clone, Copy, Debug)]
struct Pause {
    until: Instant,
    length: Duration,
    secondary: bool,
}

impl Pauses {
    /// The limit that still holds, as if GitHub had said it again.
    pub(super) fn check(&self, installation: InstallationId) -> Result<(), Error> {
        let now = clock::monotonic();
        let of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        match of.get(&installation) {
            Some(pause) if pause.until > now => Err(Error::RateLimited {
                retry_after: pause.until - now,
                secondary: pause.secondary,
                request_id: RequestId::default(),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Takes note of a limit among the errors. One that comes again as soon as its pause is over asks for
    /// twice the pause.
    pub(super) fn note(&self, installation: InstallationId, error: Error) -> Error {
        let Error::RateLimited { retry_after, secondary, request_id } = error else {
            return error;
        };
        let now = clock::monotonic();
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if of.len() > MANY {
            of.retain(|_, pause| pause.until + pause.length > now);
        }
        let length = match of.get(&installation) {
            Some(last) if secondary && last.comes_again(now) => (last.length * 2).min(LONGEST),
            Some(_) | None => Duration::ZERO,
        };
        let length = length.max(retry_after);
        let until = of.get(&installation).map_or(now, |last| last.until).max(now + length);
        of.insert(installation, Pause { until, length, secondary });
        Error::RateLimited { retry_after: until - now, secondary, request_id }
    }
}

impl Pause {
    /// Whether a limit told now follows this pause, rather than having been on its way when it began.
    fn comes_again(&self, now: Instant) -> bool {
        self.secondary && self.until <= now && now < self.until + self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: InstallationId = InstallationId(1);

    fn limited(seconds: u64, secondary: bool) -> Error {
        let retry_after = Duration::from_secs(seconds);
        Error::RateLimited { retry_after, secondary, request_id: RequestId::default() }
    }

    fn wait(error: Error) -> u64 {
        let Error::RateLimited { retry_after, .. } = error else { panic!("{error}") };
        retry_after.as_secs_f64().round() as u64
    }

    #[test]
    fn a_limit_holds_for_its_installation_alone() {
        let pauses = Pauses::default();
        assert!(pauses.check(ONE).is_ok());
        assert_eq!(wait(pauses.note(ONE, limited(60, true))), 60);
        assert_eq!(wait(pauses.check(ONE).unwrap_err()), 60);
        assert!(pauses.check(InstallationId(2)).is_ok());
    }

    #[test]
    fn a_shorter_limit_does_not_shorten_a_longer_one() {
        let pauses = Pauses::default();
        pauses.note(ONE, limited(60, true));
        assert_eq!(wait(pauses.note(ONE, limited(1, true))), 60);
    }

    #[test]
    fn a_limit_that_comes_again_waits_twice_as_long() {
        let pauses = Pauses::default();
        let over = |secondary| {
            let until = clock::monotonic();
            let pause = Pause { until, length: Duration::from_secs(60), secondary };
            pauses.of.lock().unwrap().insert(ONE, pause);
        };
        over(true);
        assert_eq!(wait(pauses.note(ONE, limited(60, true))), 120);
        over(true);
        assert_eq!(wait(pauses.note(ONE, limited(500, true))), 500);
        over(false);
        assert_eq!(wait(pauses.note(ONE, limited(7, false))), 7);
    }

    #[test]
    fn other_errors_pass_unchanged() {
        let error = Error::Malformed { cause: "odd".to_owned(), request_id: RequestId::default() };
        assert_eq!(Pauses::default().note(ONE, error.clone()), error);
    }
}
