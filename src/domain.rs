//! Nouns that several rooms share. They are parsed once, at the door; inside the house they are trusted.

mod ask;

use std::fmt;

pub use ask::{Asked, Command, CommentPlace, CommentRef, Order};
use serde::{Deserialize, Serialize};

/// GitHub's id of one installation of the App.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InstallationId(pub i64);

/// GitHub's id of a repository. It survives renames and transfers, unlike the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RepoId(pub i64);

impl RepoId {
    /// Of a repository that is known by its name only so far.
    pub const UNKNOWN: RepoId = RepoId(0);
}

/// The number of a pull request within its repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PullNumber(pub i64);

/// `owner/name`, as it stands in addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RepoName {
    pub owner: String,
    pub name: String,
}

impl RepoName {
    /// Reads `owner/name`. Both parts must be of the characters GitHub allows, so that the name is
    /// safe as a path segment of an address.
    pub fn parse(text: &str) -> Option<RepoName> {
        let (owner, name) = text.split_once('/')?;
        (is_segment(owner) && is_segment(name))
            .then(|| RepoName { owner: owner.to_owned(), name: name.to_owned() })
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

fn is_segment(text: &str) -> bool {
    !text.is_empty()
        && text != "."
        && text != ".."
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// A repository and the installation through which we reach it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Repo {
    pub installation: InstallationId,
    pub id: RepoId,
    pub name: RepoName,
}

/// The id of a git object in lower-case hexadecimal: 40 digits (SHA-1) or 64 (SHA-256).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha(String);

impl Sha {
    /// Accepts a full object id only: abbreviations and names of branches are refused.
    pub fn parse(text: &str) -> Option<Sha> {
        let full = matches!(text.len(), 40 | 64);
        let hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        (full && hex).then(|| Sha(text.to_owned()))
    }

    /// Git's id for "nothing there".
    pub fn zero() -> Sha {
        Sha("0".repeat(40))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits, for people.
    pub fn short(&self) -> &str {
        &self.0[..7]
    }

    /// Git's id for "nothing there": a branch that was just created or deleted.
    pub fn is_zero(&self) -> bool {
        self.0.bytes().all(|b| b == b'0')
    }
}

impl fmt::Display for Sha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Sha {
    type Error = String;

    fn try_from(text: String) -> Result<Sha, String> {
        Sha::parse(&text).ok_or_else(|| format!("{text:?} is not a full git object id"))
    }
}

impl From<Sha> for String {
    fn from(sha: Sha) -> String {
        sha.0
    }
}

/// What has to be made right within a repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Subject {
    Pull(PullNumber),
    /// A commit of the merge queue: what the base branch will be, once its checks have passed.
    MergeGroup(Sha),
    /// A commit that was pushed to the default branch.
    Push(Sha),
    /// Our check suite of a commit, by GitHub's id, of which all runs are asked for again. It says nothing
    /// itself: it is passed on to the targets that have runs in it.
    Suite(i64),
}

/// The unit of work: one thing in one repository that must say what our audit found.
///
/// A webhook never carries work; it only says that a target may have changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    pub repo: Repo,
    pub subject: Subject,
}

impl Target {
    /// The name of the target in the queue, in logs and in markers, by repository id: `42/pull/7`,
    /// `42/group/<sha>`, `42/push/<sha>`.
    pub fn key(&self) -> String {
        match &self.subject {
            Subject::Pull(number) => format!("{}/pull/{}", self.repo.id.0, number.0),
            Subject::MergeGroup(sha) => format!("{}/group/{sha}", self.repo.id.0),
            Subject::Push(sha) => format!("{}/push/{sha}", self.repo.id.0),
            Subject::Suite(id) => format!("{}/suite/{id}", self.repo.id.0),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Subject::Pull(number) => write!(f, "{}#{}", self.repo.name, number.0),
            Subject::MergeGroup(sha) => write!(f, "{} (merge group {})", self.repo.name, sha.short()),
            Subject::Push(sha) => write!(f, "{}@{}", self.repo.name, sha.short()),
            Subject::Suite(id) => write!(f, "{} suite {id}", self.repo.name),
        }
    }
}

/// What the newest delivery told about a target. It may be older than the world: the worker
/// looks for itself and uses this only to save calls and to notice that GitHub answers with an old state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glimpse {
    pub action: String,
    pub head: Sha,
    pub base_ref: String,
    /// The commit the change starts from, where there is no pull request to ask: a merge group's base,
    /// the commit a branch pointed to before a push.
    #[serde(default)]
    pub base: Option<Sha>,
    /// The tree of the head: all files at once, by content. Deliveries about commits tell it.
    #[serde(default)]
    pub tree: Option<Sha>,
    pub draft: bool,
    pub open: bool,
    /// The login of the author, for fairness between the authors of one repository.
    pub author: String,
    /// GitHub's `updated_at`, RFC 3339 in UTC, or any text that orders what happened to the target.
    pub updated_at: String,
}

impl Glimpse {
    /// For deliveries that tell nothing about the pull request itself. It is older than any other glimpse, so
    /// that it counts only where the store knows nothing: then GitHub is asked.
    pub fn unknown(author: &str) -> Glimpse {
        Glimpse {
            action: "asked".to_owned(),
            head: Sha::zero(),
            base_ref: String::new(),
            base: None,
            tree: None,
            draft: false,
            open: true,
            author: author.to_owned(),
            updated_at: String::new(),
        }
    }

    pub fn is_known(&self) -> bool {
        !self.head.is_zero()
    }
}

/// One webhook delivery, after its signature was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// `X-GitHub-Delivery`: equal on a redelivery.
    pub guid: String,
    pub event: String,
    pub action: Option<String>,
}

/// A delivery's demand: look at this target again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wake {
    pub target: Target,
    pub glimpse: Glimpse,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sha_is_a_full_lower_case_object_id() {
        assert!(Sha::parse(&"a".repeat(40)).is_some());
        assert!(Sha::parse(&"0".repeat(64)).is_some());
        for text in ["", "main", "abc1234", &"A".repeat(40), &"g".repeat(40)] {
            assert_eq!(Sha::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_repository_name_is_safe_as_a_path() {
        assert!(RepoName::parse("octo-org/hello.world").is_some());
        for text in ["", "/", "a/", "/b", "a/b/c", "../x", "a/..", "a b/c", "a/b?c"] {
            assert_eq!(RepoName::parse(text), None, "{text}");
        }
    }
}
