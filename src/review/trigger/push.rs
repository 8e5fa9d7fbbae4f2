//! Commits arrived on a branch. Only the default branch has no pull request to speak for it.

use super::Decision;
use crate::domain::{Glimpse, Repo, Subject, Target, Wake};
use crate::github::event::PushEvent;

pub(super) fn decide(event: &PushEvent) -> Decision {
    let Some(branch) = event.branch.as_ref().filter(|branch| **branch == event.default_branch) else {
        return Decision::Ignore("not the default branch");
    };
    if event.after.is_zero() {
        return Decision::Ignore("the branch is gone");
    }
    let Some(installation) = event.installation else {
        return Decision::Ignore("no installation");
    };
    let repo = Repo { installation, id: event.repository.id, name: event.repository.name.clone() };
    let glimpse = Glimpse {
        action: "pushed".to_owned(),
        head: event.after.clone(),
        base_ref: branch.clone(),
        base: Some(event.before.clone()),
        tree: event.tree.clone(),
        draft: false,
        open: true,
        author: event.sender.clone(),
        // A commit is pushed once; should the branch return to it, the last arrival counts.
        updated_at: String::new(),
    };
    let target = Target { repo, subject: Subject::Push(event.after.clone()) };
    Decision::Wake(Box::new(Wake { target, glimpse }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{InstallationId, RepoId, RepoName, Sha};
    use crate::github::event::Repository;

    fn event(branch: Option<&str>, after: &str) -> PushEvent {
        PushEvent {
            branch: branch.map(str::to_owned),
            default_branch: "main".to_owned(),
            before: Sha::parse(&"b".repeat(40)).unwrap(),
            after: Sha::parse(&after.repeat(40)).unwrap(),
            tree: None,
            sender: "octocat".to_owned(),
            repository: Repository { id: RepoId(42), name: RepoName::parse("octo/hello").unwrap() },
            installation: Some(InstallationId(1)),
        }
    }

    #[test]
    fn only_commits_on_the_default_branch_wake_a_target() {
        assert!(matches!(decide(&event(Some("main"), "a")), Decision::Wake(_)));
        assert_eq!(decide(&event(Some("feature"), "a")), Decision::Ignore("not the default branch"));
        assert_eq!(decide(&event(None, "a")), Decision::Ignore("not the default branch"));
        assert_eq!(decide(&event(Some("main"), "0")), Decision::Ignore("the branch is gone"));
    }
}
