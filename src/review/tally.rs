//! Counts what became of reviews, for an operator's metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Outcome;
use crate::domain::InstallationId;

/// Durations kept between two looks at the metrics. Nobody looks: the newest are not kept.
const DURATIONS: usize = 10_000;

/// So many installations are remembered that do not permit something.
const INSTALLATIONS: usize = 10_000;

/// What was counted since the process began. Shared by all reviews.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    reviews: BTreeMap<&'static str, u64>,
    commands: BTreeMap<&'static str, u64>,
    duplicates: u64,
    durations: Vec<Duration>,
    not_permitting: BTreeSet<InstallationId>,
}

/// What an operator is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Reviews by how they ended.
    pub reviews: BTreeMap<&'static str, u64>,
    /// Comments with commands by what became of them.
    pub commands: BTreeMap<&'static str, u64>,
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

    /// A comment with commands was dealt with.
    pub(super) fn command(&self, outcome: &'static str) {
        *self.counts().commands.entry(outcome).or_default() += 1;
    }

    /// An installation does not permit something. True the first time, so that it is logged once.
    pub(super) fn not_permitted(&self, installation: InstallationId) -> bool {
        let mut counts = self.counts();
        counts.not_permitting.len() < INSTALLATIONS && counts.not_permitting.insert(installation)
    }

    /// What the installation permits has changed.
    pub(super) fn permits_more(&self, installation: InstallationId) {
        self.counts().not_permitting.remove(&installation);
    }

    pub(super) fn duplicate_prevented(&self) {
        self.counts().duplicates += 1;
    }

    /// The counts so far; durations are handed over once.
    pub fn look(&self) -> Counted {
        let mut counts = self.counts();
        Counted {
            reviews: counts.reviews.clone(),
            commands: counts.commands.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_permission_is_news_once_until_it_changes() {
        let tally = Tally::default();
        let (one, other) = (InstallationId(1), InstallationId(2));
        let news = [one, one, other].map(|installation| tally.not_permitted(installation));
        assert_eq!(news, [true, false, true]);
        tally.permits_more(one);
        assert_eq!([one, other].map(|installation| tally.not_permitted(installation)), [true, false]);
    }
}
