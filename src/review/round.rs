//! One head of a target, and our name for the check run that is to tell its result.

use sha2::{Digest, Sha256};

use crate::domain::{PullNumber, Sha, Subject};

/// What one check run answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Round {
    pub head: Sha,
    /// The branch the head is to be merged into, or was pushed to.
    pub base_ref: String,
    /// The check run's external id.
    pub request: String,
}

/// How the external ids of a target's runs begin. They come back with the runs, also for forks, where
/// GitHub's own events name no pull request; and they tell apart the targets that share a commit.
pub(super) fn requests_of(subject: &Subject) -> String {
    match subject {
        Subject::Pull(number) => format!("scrutineer:1:pull:{}:", number.0),
        Subject::MergeGroup(_) => "scrutineer:1:group:".to_owned(),
        Subject::Push(_) => "scrutineer:1:push:".to_owned(),
    }
}

impl Round {
    /// Another base branch is another question, so it is another run.
    pub(super) fn of_pull(number: PullNumber, head: Sha, base_ref: String) -> Round {
        Round::new(&Subject::Pull(number), head, base_ref)
    }

    pub(super) fn new(subject: &Subject, head: Sha, base_ref: String) -> Round {
        let digest = hex::encode(Sha256::digest(base_ref.as_bytes()));
        let request = format!("{}{}", requests_of(subject), &digest[..8]);
        Round { head, base_ref, request }
    }
}
