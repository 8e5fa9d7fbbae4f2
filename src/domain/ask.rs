//! What people and installations ask of us, beyond looking at a target again.

use serde::{Deserialize, Serialize};

use super::{InstallationId, RepoId, Sha, Wake};

/// What somebody asked about a target. Stored with it, and answered by the worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// A check run once more: for this commit, or for whatever the head is.
    Rerun { head: Option<Sha> },
    /// What somebody wrote in a comment.
    Commands { comment: CommentRef, user: String, commands: Vec<Command> },
}

/// A comment of a pull request, by GitHub's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentRef {
    pub id: i64,
    pub place: CommentPlace,
    /// On the diff: the comment that begins its thread, to which alone GitHub takes replies.
    #[serde(default)]
    pub thread: Option<i64>,
}

/// Where a comment stands: GitHub numbers the two kinds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommentPlace {
    Conversation,
    Diff,
}

/// A slash command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Audit the head once more.
    Rescan,
    /// Tell what can be asked.
    Help,
    /// A word that is none of ours.
    Unknown(String),
}

/// What a delivery has the store do, beyond waking a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Look at this target again, and answer this.
    Ask { wake: Box<Wake>, asked: Asked },
    /// The installation is gone: its targets and all that is remembered of them go too.
    ForgetInstallation(InstallationId),
    /// The installation no longer reaches these repositories.
    ForgetRepos { installation: InstallationId, repos: Vec<RepoId> },
    /// The installation sleeps: nothing of it is worked on until it is woken.
    Suspend(InstallationId),
    /// What could not be done for this installation may now succeed.
    Retry(InstallationId),
}

impl Order {
    /// The target it is about, if it is about one.
    pub fn target_key(&self) -> Option<String> {
        match self {
            Order::Ask { wake, .. } => Some(wake.target.key()),
            Order::ForgetInstallation(_)
            | Order::ForgetRepos { .. }
            | Order::Suspend(_)
            | Order::Retry(_) => None,
        }
    }
}

impl std::fmt::Display for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Order::Ask { wake, .. } => wake.target.fmt(f),
            Order::ForgetInstallation(id) | Order::Suspend(id) | Order::Retry(id) => {
                write!(f, "installation {}", id.0)
            }
            Order::ForgetRepos { installation, repos } => {
                write!(f, "{} repositories of installation {}", repos.len(), installation.0)
            }
        }
    }
}
