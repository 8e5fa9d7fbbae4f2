//! The merge queue, and what else moves a branch without a pull request of its own.

use super::payload::Delivery;
use super::state::{PullState, State};
use super::verbs::Edit;

/// A commit the queue made to have it checked: the pull request merged into what is before it.
#[derive(Clone, Debug)]
pub struct Group {
    pub head: String,
    pub base: String,
    pub branch: String,
    pub base_ref: String,
    pub pull: i64,
}

pub const ZERO: &str = "0000000000000000000000000000000000000000";

impl State {
    /// A pull request enters the queue, behind another group if there is one.
    pub fn enqueue(&mut self, repo: i64, number: i64, behind: Option<&Group>) -> (Group, Delivery) {
        let (head, base_ref) = {
            let pull = &self.repo(repo).pulls[&number];
            (pull.head.clone(), pull.base_ref.clone())
        };
        let holder = self.repo_mut(repo);
        let base = behind.map_or_else(|| holder.branches[&base_ref].clone(), |group| group.head.clone());
        let files = holder.git.merged(&base, &head);
        let merged = holder.git.commit(&[&base, &head], files, "merge");
        let branch = format!("gh-readonly-queue/{base_ref}/pr-{number}-{base}");
        holder.branches.insert(branch.clone(), merged.clone());
        let group = Group { head: merged, base, branch, base_ref, pull: number };
        let delivery = self.group_event(repo, &group, "checks_requested", None);
        (group, delivery)
    }

    /// The queue throws a group away: `invalidated`, `dequeued`, or `merged`.
    pub fn destroy(&mut self, repo: i64, group: &Group, reason: &str) -> Delivery {
        self.repo_mut(repo).branches.remove(&group.branch);
        self.group_event(repo, group, "destroyed", Some(reason))
    }

    /// The group's checks have passed: its very commit becomes the tip of the branch.
    pub fn merge_group(&mut self, repo: i64, group: &Group) -> Vec<Delivery> {
        let before = self.repo(repo).branches[&group.base_ref].clone();
        self.repo_mut(repo).branches.insert(group.base_ref.clone(), group.head.clone());
        self.change_pull(repo, group.pull, |pull| pull.state = PullState::Merged);
        vec![
            self.push_event(repo, &group.base_ref, &before, &group.head),
            self.pull_event(repo, group.pull, "closed", "maintainer", serde_json::json!({})),
            self.destroy(repo, group, "merged"),
        ]
    }

    /// The branch's tip is replaced by another commit, made of the one before it; nobody finds the old one.
    pub fn rewrite_branch(&mut self, repo: i64, branch: &str, edits: Vec<Edit>, lost: bool) -> Delivery {
        let before = self.repo(repo).branches[branch].clone();
        let parent = self.repo(repo).git.parents(&before)[0].clone();
        let after = self.commit(repo, &parent, edits);
        self.repo_mut(repo).branches.insert(branch.to_owned(), after.clone());
        let delivery = self.push_event(repo, branch, &before, &after);
        if lost {
            self.repo_mut(repo).git.forget(&before);
        }
        delivery
    }

    /// The default branch is pushed for the first time.
    pub fn first_push(&mut self, repo: i64, edits: Vec<Edit>) -> Delivery {
        let tip = self.repo(repo).branches["main"].clone();
        let after = self.commit(repo, &tip, edits);
        self.repo_mut(repo).branches.insert("main".to_owned(), after.clone());
        self.push_event(repo, "main", ZERO, &after)
    }
}
