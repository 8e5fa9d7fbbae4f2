//! One head of a target, and our name for the check run that is to tell its result.

use sha2::{Digest, Sha256};

use crate::domain::{PullNumber, Sha, Subject};

/// How the external ids of all our runs begin.
const OURS: &str = "scrutineer:1:";

/// What one check run answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Round {
    pub head: Sha,
    /// The branch the head is to be merged into, or was pushed to.
    pub base_ref: String,
    /// The check run's external id.
    pub request: String,
    /// Somebody asked for this run, though there may be one already.
    pub asked: bool,
}

/// How the external ids of a target's runs begin. They come back with the runs, also for forks, where
/// GitHub's own events name no pull request; and they tell apart the targets that share a commit.
pub(super) fn requests_of(subject: &Subject) -> String {
    match subject {
        Subject::Pull(number) => format!("{OURS}pull:{}:", number.0),
        Subject::MergeGroup(_) => format!("{OURS}group:"),
        Subject::Push(_) => format!("{OURS}push:"),
        Subject::Suite(id) => format!("{OURS}suite:{id}:"),
    }
}

/// What a run of this name is about.
pub(super) fn subject_of(request: &str) -> Option<Subject> {
    let mut fields = request.strip_prefix(OURS)?.split(':');
    match (fields.next()?, fields.next()?.parse().ok()?) {
        ("pull", number) if number > 0 => Some(Subject::Pull(PullNumber(number))),
        _ => None,
    }
}

/// Whether a run answers this question, at whoever's asking.
pub(super) fn answers(run: &str, request: &str) -> bool {
    run.strip_prefix(request).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

impl Round {
    /// Another base branch is another question, so it is another run.
    pub(super) fn of_pull(number: PullNumber, head: Sha, base_ref: String) -> Round {
        Round::new(&Subject::Pull(number), head, base_ref)
    }

    pub(super) fn new(subject: &Subject, head: Sha, base_ref: String) -> Round {
        let digest = hex::encode(Sha256::digest(base_ref.as_bytes()));
        let request = format!("{}{}", requests_of(subject), &digest[..8]);
        Round { head, base_ref, request, asked: false }
    }

    /// The same question, asked once more: it is answered by a run of its own.
    pub(super) fn asked_by(self, asking: &str) -> Round {
        Round { request: format!("{}:{asking}", self.request), asked: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(base: &str) -> Round {
        Round::of_pull(PullNumber(7), Sha::zero(), base.to_owned())
    }

    #[test]
    fn a_name_leads_back_to_its_pull_request() {
        for round in [round("main"), round("main").asked_by("2f1c")] {
            assert_eq!(subject_of(&round.request), Some(Subject::Pull(PullNumber(7))), "{round:?}");
        }
        for other in
            ["", "scrutineer:1:", "scrutineer:1:pull:x:y", "scrutineer:1:pull:-1:y", "other:1:pull:7:y"]
        {
            assert_eq!(subject_of(other), None, "{other}");
        }
    }

    #[test]
    fn a_run_at_somebodys_asking_answers_the_question_itself() {
        let (plain, other) = (round("main").request, round("next").request);
        let (asked, longer) = (round("main").asked_by("a").request, round("main").asked_by("ab").request);
        assert!(answers(&plain, &plain) && answers(&asked, &plain));
        assert!(!answers(&plain, &asked) && !answers(&longer, &asked) && !answers(&other, &plain));
    }
}
