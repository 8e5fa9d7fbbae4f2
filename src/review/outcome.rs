//! How a review ended, and what the worker should do next.

use std::time::Duration;

use super::Settings;
use crate::github::Error;
use crate::store::{self, Claim};

/// What is not found as often as this is not there.
const ATTEMPTS_TO_FIND: i64 = 3;

/// What becomes of the claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The target says what it should, or nobody is left to read it.
    Done,
    /// A newer delivery or another worker took over: leave the target to them.
    Superseded,
    /// Try again after this pause. Only what `counts` brings the target nearer to being given up.
    Later { after: Duration, why: String, counts: bool },
    /// GitHub's limits: nothing of this installation before this pause is over.
    Park { after: Duration, why: String },
}

/// What keeps a review from going on.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    #[error("a newer delivery or another worker took over")]
    Superseded,
    /// GitHub shows an older or a newer state than the one this review is about.
    #[error("GitHub's answers do not fit together: {0}")]
    Stale(String),
    /// Nobody knows yet whether an earlier write was carried out.
    #[error("waiting until an earlier write has settled")]
    Unsettled { remaining: Duration },
    #[error(transparent)]
    GitHub(#[from] Error),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("bug: {0}")]
    Bug(String),
}

impl Stop {
    pub(super) fn stale(why: &str) -> Stop {
        Stop::Stale(why.to_owned())
    }
}

/// Sorts what happened into what to do.
pub(super) fn of(stop: Stop, claim: &Claim, settings: &Settings) -> Outcome {
    let why = stop.to_string();
    match stop {
        Stop::Superseded => Outcome::Superseded,
        Stop::Stale(_) => Outcome::Later { after: doubled(settings.stale_retry, claim), why, counts: true },
        Stop::Unsettled { remaining } => Outcome::Later { after: remaining, why, counts: false },
        Stop::GitHub(error) => of_github(&error, why, claim, settings),
        Stop::Store(store::Error::Occupied) => {
            Outcome::Later { after: settings.stale_retry, why, counts: false }
        }
        Stop::Store(_) | Stop::Bug(_) => {
            Outcome::Later { after: doubled(settings.retry, claim), why, counts: true }
        }
    }
}

fn of_github(error: &Error, why: String, claim: &Claim, settings: &Settings) -> Outcome {
    match error {
        // A limit that is over at once still means that we are too fast.
        Error::RateLimited { retry_after, .. } => {
            Outcome::Park { after: (*retry_after).max(settings.retry), why }
        }
        Error::Unknown { .. } => Outcome::Later { after: settings.settle, why, counts: true },
        // What was made a moment ago is not seen by all of GitHub yet.
        Error::NotFound { .. } if claim.attempts < ATTEMPTS_TO_FIND => {
            Outcome::Later { after: doubled(settings.retry, claim), why, counts: true }
        }
        Error::NotFound { .. } | Error::Gone { .. } => {
            tracing::info!(target = claim.key, why, "the target is gone");
            Outcome::Done
        }
        Error::Unauthorized { .. }
        | Error::Forbidden { .. }
        | Error::Unprocessable { .. }
        | Error::Unavailable { .. }
        | Error::Malformed { .. } => {
            Outcome::Later { after: doubled(settings.retry, claim), why, counts: true }
        }
    }
}

/// Doubles with each attempt, up to ten minutes.
fn doubled(pause: Duration, claim: &Claim) -> Duration {
    let doublings = u32::try_from(claim.attempts.clamp(1, 12)).unwrap_or(12) - 1;
    pause.saturating_mul(1 << doublings).min(Duration::from_secs(600))
}
