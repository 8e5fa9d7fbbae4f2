//! Which head a review is about. The delivery says so, and GitHub may contradict: because its answers lag
//! behind a push, or because the pull request has moved on and its delivery is late or lost.

use super::Review;
use crate::domain::Sha;
use crate::github::Error;
use crate::review::Stop;
use crate::review::round::Round;

/// So many attempts wait for GitHub to agree with the delivery, unless it can be shown who is behind.
const PATIENT_ATTEMPTS: i64 = 3;
/// So many wait for a list of files that names the head: only its addresses tell.
const PATIENT_WITH_LISTS: i64 = 2;

impl Review<'_> {
    /// The round of the delivery.
    pub(super) fn delivered(&self) -> Round {
        let glimpse = &self.glimpse;
        Round::of_pull(self.number, glimpse.head.clone(), glimpse.base_ref.clone())
    }

    /// Whether what GitHub shows is to be reviewed in place of what was delivered. The first time it is not:
    /// a delivery is usually on its way. Later, history tells whose head is the newer one, and in the end
    /// GitHub is believed.
    pub(super) async fn believes(&self, shown: &Round) -> Result<bool, Stop> {
        let delivered = &self.glimpse.head;
        match self.run.claim.attempts {
            ..=1 => Ok(false),
            2..=PATIENT_ATTEMPTS if shown.head == *delivered => Ok(false),
            2..=PATIENT_ATTEMPTS => self.is_ancestor(delivered, &shown.head).await,
            _ => Ok(true),
        }
    }

    async fn is_ancestor(&self, old: &Sha, new: &Sha) -> Result<bool, Stop> {
        match self.run.repo.merge_base(old, new).await {
            Ok(fork) => Ok(fork == *old),
            Err(Error::NotFound { .. } | Error::Unprocessable { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a list of files of another head than the review's is put up with.
    pub(super) fn puts_up_with(&self, listed: Option<&Sha>, round: &Round) -> bool {
        listed.is_none_or(|listed| *listed == round.head) || self.run.claim.attempts > PATIENT_WITH_LISTS
    }
}
