//! Counts what became of reviews, for an operator's metrics.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Outcome;

/// Durations kept between two looks at the metrics. Nobody looks: the newest are not kept.
const DURATIONS: usize = 10_000;

/// What was counted since the process began. Shared by all reviews.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    reviews: BTreeMap<&'static str, u64>,
    duplicates: u64,
    durations: Vec<Duration>,
}

/// What an operator is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Reviews by how they ended.
    pub reviews: BTreeMap<&'static str, u64>,
    /// Writes that stood already and were not written again.
    pub duplicates: u64,
    /// How long reviews took that ended since the last look.
    pub durations: Vec<Duration>,
}

impl Tally {
    pub(super) fn review(&self, outcome: &Outcome, took: Duration) {
        let mut counts = self.counts();
        *counts.reviews.entry(word(outcome)).or_default() += 1;
        if counts.durations.len() < DURATIONS {
            counts.durations.push(took);
        }
    }

    /// A review that was given up after its last attempt.
    pub(super) fn given_up(&self) {
        *self.counts().reviews.entry("given_up").or_default() += 1;
    }

    pub(super) fn duplicate_prevented(&self) {
        self.counts().duplicates += 1;
    }

    /// The counts so far; durations are handed over once.
    pub fn look(&self) -> Counted {
        let mut counts = self.counts();
        Counted {
            reviews: counts.reviews.clone(),
            duplicates: counts.duplicates,
            durations: std::mem::take(&mut counts.durations),
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Superseded => "superseded",
        Outcome::Later { counts: true, .. } => "failed",
        Outcome::Later { counts: false, .. } => "waits",
        Outcome::Park { .. } => "parked",
    }
}
