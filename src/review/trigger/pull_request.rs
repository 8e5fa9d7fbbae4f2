//! A pull request was opened, pushed to, or changed in what its audit depends on.

use super::Decision;
use crate::domain::{Glimpse, Repo, Subject, Target, Wake};
use crate::github::event::{Pull, PullRequestEvent};

pub(super) fn decide(event: &PullRequestEvent) -> Decision {
    if !changes_the_audit(event) {
        return Decision::Ignore("unknown action");
    }
    let Some(installation) = event.installation else {
        return Decision::Ignore("no installation");
    };
    let repo = Repo { installation, id: event.repository.id, name: event.repository.name.clone() };
    let target = Target { repo, subject: Subject::Pull(event.number) };
    let glimpse = glimpse(&event.action, &event.pull);
    Decision::Wake(Box::new(Wake { target, glimpse }))
}

fn changes_the_audit(event: &PullRequestEvent) -> bool {
    match event.action.as_str() {
        "opened" | "synchronize" | "reopened" | "ready_for_review" | "closed" => true,
        "edited" => event.base_before.is_some(),
        _ => false,
    }
}

/// What a pull request tells of itself without a look.
pub fn glimpse(action: &str, pull: &Pull) -> Glimpse {
    Glimpse {
        action: action.to_owned(),
        head: pull.head.clone(),
        base_ref: pull.base_ref.clone(),
        base: None,
        tree: None,
        draft: pull.draft,
        open: pull.open,
        author: pull.author.clone(),
        updated_at: pull.updated_at.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{InstallationId, PullNumber, RepoId, RepoName, Sha};
    use crate::github::event::Repository;

    fn event(action: &str) -> PullRequestEvent {
        PullRequestEvent {
            action: action.to_owned(),
            number: PullNumber(7),
            pull: Pull {
                head: Sha::parse(&"a".repeat(40)).unwrap(),
                base_repo: Some(RepoId(42)),
                base_ref: "main".to_owned(),
                draft: false,
                open: true,
                merged: false,
                author: "octocat".to_owned(),
                updated_at: "2026-01-02T03:04:05Z".to_owned(),
            },
            repository: Repository { id: RepoId(42), name: RepoName::parse("octo/hello").unwrap() },
            installation: Some(InstallationId(1)),
            base_before: None,
        }
    }

    fn check(event: PullRequestEvent) -> Decision {
        decide(&event)
    }

    #[test]
    fn what_can_change_the_diff_wakes_the_target() {
        for action in ["opened", "synchronize", "reopened", "ready_for_review", "closed"] {
            let Decision::Wake(wake) = check(event(action)) else { panic!("{action}") };
            assert_eq!(wake.target.key(), "42/pull/7");
        }
        let based = PullRequestEvent { base_before: Some("old".to_owned()), ..event("edited") };
        assert!(matches!(check(based), Decision::Wake(_)));
    }

    #[test]
    fn everything_else_is_free() {
        for action in ["edited", "labeled", "assigned", "converted_to_draft", "invented_next_year"] {
            assert_eq!(check(event(action)), Decision::Ignore("unknown action"), "{action}");
        }
    }

    #[test]
    fn a_delivery_that_names_no_installation_is_ignored() {
        let foreign = PullRequestEvent { installation: None, ..event("opened") };
        assert_eq!(check(foreign), Decision::Ignore("no installation"));
    }
}
