//! What people do on GitHub: install the App, push, open and close pull requests. Each deed changes the state and
//! gives back the webhook GitHub would send for it.

use serde_json::json;

pub use super::edit::Edit;
use super::git::{Files, Git};
use super::payload::Delivery;
use super::state::{Installation, Level, Pull, PullState, Repo, State};

/// What the manifest asks for.
pub const PERMISSIONS: [(&str, Level); 6] = [
    ("metadata", Level::Read),
    ("contents", Level::Read),
    ("issues", Level::Read),
    ("pull_requests", Level::Write),
    ("checks", Level::Write),
    ("merge_queues", Level::Read),
];

/// A new pull request before it is opened.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    pub branch: String,
    pub draft: bool,
    /// The owner of the fork it comes from.
    pub fork: Option<String>,
    /// The branch it wants into; the default branch unless given.
    pub base: Option<String>,
}

impl State {
    /// Installs the App on an account.
    pub fn install(&mut self, account: &str) -> i64 {
        let id = self.new_id();
        let permissions = PERMISSIONS.iter().map(|(name, level)| ((*name).to_owned(), *level)).collect();
        let account = account.to_owned();
        let repos = std::collections::BTreeSet::new();
        self.installations.insert(id, Installation { id, account, permissions, repos, suspended: false });
        id
    }

    /// A repository whose default branch `main` holds these files.
    pub fn create_repo(&mut self, installation: i64, name: &str, edits: Vec<Edit>) -> i64 {
        let id = self.new_id();
        let owner = self.installations[&installation].account.clone();
        let mut git = Git::init();
        let mut files = Files::new();
        edits.into_iter().for_each(|edit| edit.apply(&mut files));
        let first = git.commit(&[], files, "first");
        let repo = Repo {
            id,
            owner,
            name: name.to_owned(),
            old_names: Vec::new(),
            private: true,
            archived: false,
            default_branch: "main".to_owned(),
            branches: [("main".to_owned(), first)].into(),
            pulls: Default::default(),
            checks: Vec::new(),
            git,
            patch_limit: 500_000,
            next_number: 1,
            collaborators: [("octocat", "write"), ("maintainer", "maintain"), ("helper", "triage")]
                .map(|(login, role)| (login.to_owned(), role))
                .into(),
        };
        self.repos.insert(id, repo);
        self.installations.get_mut(&installation).expect("just found").repos.insert(id);
        id
    }

    /// A commit on top of another one.
    pub fn commit(&mut self, repo: i64, parent: &str, edits: Vec<Edit>) -> String {
        let repo = self.repo_mut(repo);
        let mut files = (*repo.git.files(parent).expect("a parent")).clone();
        edits.into_iter().for_each(|edit| edit.apply(&mut files));
        let message = "change";
        repo.git.commit(&[parent], files, message)
    }

    /// A push to a branch that is no pull request's head.
    pub fn push_branch(&mut self, repo: i64, branch: &str, edits: Vec<Edit>) -> Delivery {
        let known = self.repo(repo).branches.get(branch).cloned();
        let before = known.unwrap_or_else(|| self.repo(repo).branches["main"].clone());
        let after = self.commit(repo, &before, edits);
        self.repo_mut(repo).branches.insert(branch.to_owned(), after.clone());
        self.push_event(repo, branch, &before, &after)
    }

    pub fn open_pull(&mut self, repo: i64, proposal: Proposal, edits: Vec<Edit>) -> (i64, Delivery) {
        let base_ref = proposal.base.unwrap_or_else(|| self.repo(repo).default_branch.clone());
        let base_sha = self.repo(repo).branches[&base_ref].clone();
        let head = self.commit(repo, &base_sha, edits);
        self.open_pull_of(repo, Proposal { base: Some(base_ref), ..proposal }, head)
    }

    /// A pull request of a commit that is there already.
    pub fn open_pull_of(&mut self, repo: i64, proposal: Proposal, head: String) -> (i64, Delivery) {
        let base_ref = proposal.base.unwrap_or_else(|| self.repo(repo).default_branch.clone());
        let base_sha = self.repo(repo).branches[&base_ref].clone();
        let (id, at) = (self.new_id(), self.tick());
        let holder = self.repo_mut(repo);
        let number = holder.next_number;
        holder.next_number += 1;
        if proposal.fork.is_none() {
            holder.branches.insert(proposal.branch.clone(), head.clone());
        }
        let pull = Pull {
            id,
            number,
            title: format!("Change {number}"),
            author: proposal.fork.clone().unwrap_or_else(|| "octocat".to_owned()),
            head: head.clone(),
            head_ref: proposal.branch,
            fork: proposal.fork,
            base_ref,
            base_sha,
            draft: proposal.draft,
            state: PullState::Open,
            locked: false,
            labels: Vec::new(),
            created_at: at,
            updated_at: at,
            reviews: Vec::new(),
            comments: Vec::new(),
            words: Vec::new(),
            stale: None,
            heads: vec![head],
        };
        holder.pulls.insert(number, pull);
        (number, self.pull_event(repo, number, "opened", "octocat", json!({})))
    }

    /// Changes a pull request; GitHub looks at its base anew when the head or the base changes.
    pub fn change_pull(&mut self, repo: i64, number: i64, change: impl FnOnce(&mut Pull)) {
        let at = self.tick();
        let pull = self.repo_mut(repo).pulls.get_mut(&number).expect("a pull request");
        let before = (pull.head.clone(), pull.base_ref.clone());
        change(pull);
        pull.updated_at = at;
        let moved = before != (pull.head.clone(), pull.base_ref.clone());
        let base_ref = pull.base_ref.clone();
        if moved {
            let tip = self.repo(repo).branches[&base_ref].clone();
            self.repo_mut(repo).pulls.get_mut(&number).expect("as above").base_sha = tip;
        }
    }

    /// A commit on top of the pull request's head.
    pub fn push(&mut self, repo: i64, number: i64, edits: Vec<Edit>) -> Delivery {
        let before = self.repo(repo).pulls[&number].head.clone();
        let after = self.commit(repo, &before, edits);
        self.move_head(repo, number, &after)
    }

    /// A commit beside the pull request's head: its own, made of the base's present tip.
    pub fn force_push(&mut self, repo: i64, number: i64, edits: Vec<Edit>) -> Delivery {
        let base = self.repo(repo).pulls[&number].base_ref.clone();
        let tip = self.repo(repo).branches[&base].clone();
        let after = self.commit(repo, &tip, edits);
        self.move_head(repo, number, &after)
    }

    /// The branch of the pull request now points to a commit that exists already.
    pub fn move_head(&mut self, repo: i64, number: i64, head: &str) -> Delivery {
        let before = self.repo(repo).pulls[&number].head.clone();
        self.change_pull(repo, number, |pull| {
            pull.head = head.to_owned();
            pull.heads.push(head.to_owned());
        });
        let (fork, branch) = {
            let pull = &self.repo(repo).pulls[&number];
            (pull.fork.is_some(), pull.head_ref.clone())
        };
        if !fork {
            self.repo_mut(repo).branches.insert(branch, head.to_owned());
        }
        self.pull_event(repo, number, "synchronize", "octocat", json!({"before": before, "after": head}))
    }

    /// For the next reads, GitHub answers with the head that was there before.
    pub fn serve_old_head(&mut self, repo: i64, number: i64, reads: u64) {
        let until = self.reads + reads;
        let pull = self.repo_mut(repo).pulls.get_mut(&number).expect("a pull request");
        let old = pull.heads.iter().rev().nth(1).expect("a head before").clone();
        pull.stale = Some((old, until));
    }

    pub fn set_draft(&mut self, repo: i64, number: i64, draft: bool) -> Delivery {
        self.change_pull(repo, number, |pull| pull.draft = draft);
        let action = if draft { "converted_to_draft" } else { "ready_for_review" };
        self.pull_event(repo, number, action, "octocat", json!({}))
    }

    pub fn close(&mut self, repo: i64, number: i64) -> Delivery {
        self.change_pull(repo, number, |pull| pull.state = PullState::Closed);
        self.pull_event(repo, number, "closed", "octocat", json!({}))
    }

    /// Merges as GitHub's button does: a merge commit on the base branch.
    pub fn merge(&mut self, repo: i64, number: i64) -> Delivery {
        let (head, base) = {
            let pull = &self.repo(repo).pulls[&number];
            (pull.head.clone(), pull.base_ref.clone())
        };
        let holder = self.repo_mut(repo);
        let tip = holder.branches[&base].clone();
        let files = holder.git.merged(&tip, &head);
        let merged = holder.git.commit(&[&tip, &head], files, "merge");
        holder.branches.insert(base, merged);
        self.change_pull(repo, number, |pull| pull.state = PullState::Merged);
        self.pull_event(repo, number, "closed", "maintainer", json!({}))
    }

    pub fn reopen(&mut self, repo: i64, number: i64) -> Delivery {
        self.change_pull(repo, number, |pull| pull.state = PullState::Open);
        self.pull_event(repo, number, "reopened", "octocat", json!({}))
    }

    pub fn change_base(&mut self, repo: i64, number: i64, base: &str) -> Delivery {
        let (old, sha) = {
            let pull = &self.repo(repo).pulls[&number];
            (pull.base_ref.clone(), pull.base_sha.clone())
        };
        self.change_pull(repo, number, |pull| pull.base_ref = base.to_owned());
        let changes = json!({"changes": {"base": {"ref": {"from": old}, "sha": {"from": sha}}}});
        self.pull_event(repo, number, "edited", "octocat", changes)
    }

    pub fn retitle(&mut self, repo: i64, number: i64, title: &str) -> Delivery {
        let old = self.repo(repo).pulls[&number].title.clone();
        self.change_pull(repo, number, |pull| pull.title = title.to_owned());
        self.pull_event(repo, number, "edited", "octocat", json!({"changes": {"title": {"from": old}}}))
    }

    pub fn label(&mut self, repo: i64, number: i64, label: &str) -> Delivery {
        self.change_pull(repo, number, |pull| pull.labels.push(label.to_owned()));
        self.pull_event(repo, number, "labeled", "maintainer", json!({"label": {"name": label}}))
    }

    /// The old name goes on working as a redirect.
    pub fn rename_repo(&mut self, repo: i64, name: &str) {
        let repo = self.repo_mut(repo);
        let old = std::mem::replace(&mut repo.name, name.to_owned());
        repo.old_names.push((repo.owner.clone(), old));
    }

    /// The repository goes to another account, where the App is installed or not. What was minted for the old
    /// one opens it no more; the old name goes on working as a redirect.
    pub fn transfer_repo(&mut self, repo: i64, account: &str) {
        let holder = self.repo_mut(repo);
        let old = std::mem::replace(&mut holder.owner, account.to_owned());
        let name = holder.name.clone();
        holder.old_names.push((old, name));
        for installation in self.installations.values_mut() {
            if installation.account == account {
                installation.repos.insert(repo);
            } else {
                installation.repos.remove(&repo);
            }
        }
        self.tokens.values_mut().for_each(|token| {
            token.repos.remove(&repo);
        });
    }

    /// Sets what an installation grants; `None` takes the permission away.
    pub fn grant(&mut self, installation: i64, permission: &str, level: Option<Level>) {
        let permissions =
            &mut self.installations.get_mut(&installation).expect("an installation").permissions;
        match level {
            Some(level) => permissions.insert(permission.to_owned(), level),
            None => permissions.remove(permission),
        };
    }

    /// A person resolves, deletes or answers.
    pub fn resolve_thread(&mut self, repo: i64, number: i64, comment: i64) {
        self.comment_mut(repo, number, comment).resolved = true;
    }

    pub fn delete_comment(&mut self, repo: i64, number: i64, comment: i64) {
        self.comment_mut(repo, number, comment).deleted = true;
    }

    fn comment_mut(&mut self, repo: i64, number: i64, comment: i64) -> &mut super::state::Comment {
        let pull = self.repo_mut(repo).pulls.get_mut(&number).expect("a pull request");
        pull.comments.iter_mut().find(|one| one.id == comment).expect("a comment")
    }
}
