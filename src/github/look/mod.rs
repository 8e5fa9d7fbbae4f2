//! One look at a pull request or a commit: a single GraphQL query for its state, our words that stand
//! there, the policy that holds, and the texts of changed files.

mod answer;
mod document;
mod wire;

use serde::Deserialize;

use super::{CheckId, CheckStatus, Error, RepoClient};
use crate::domain::{PullNumber, Sha};

pub use document::{POLICY_PATH, RULES_PATH};

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Nothing where the look is at a commit alone.
    pub pull: Option<PullNumber>,
    /// The commit whose files and check runs are asked for.
    pub head: Sha,
    /// The commit or the branch (`refs/heads/...`) where the policy is read. If [`PullState::base_ref`]
    /// turns out to be another branch, the policy of this look is of the wrong one: look again.
    pub policy_at: String,
    /// Files wanted as they are at `head`; at most about 100 per look.
    pub paths: Vec<String>,
    /// False on follow-up looks that fetch more texts only: [`View::pull`] and [`View::standing`] are then `None`.
    pub with_state: bool,
    /// Where the last page of threads ended ([`PullState::threads_next`]).
    pub threads_after: Option<String>,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub pull: Option<PullState>,
    pub standing: Option<CommitState>,
    /// In the order of [`Look::paths`]. `None`: no blob there (missing, a submodule), or GitHub failed on
    /// this one only.
    pub blobs: Vec<Option<BlobView>>,
}

/// A pull request as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullState {
    pub head: Sha,
    pub base_ref: String,
    /// `None` where the base branch was deleted.
    pub base_tip: Option<Sha>,
    pub is_draft: bool,
    pub state: PullStatus,
    pub threads: Vec<Thread>,
    /// Where to go on, if there are more threads.
    pub threads_next: Option<String>,
}

/// [`Look::head`] as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitState {
    /// The tree of the commit: all its files by content.
    pub tree: Option<Sha>,
    /// `.github/scrutineer.yml` at [`Look::policy_at`].
    pub policy: Option<PolicyBlob>,
    /// The files in `.github/scrutineer/rules` at [`Look::policy_at`].
    pub rules: Vec<RuleBlob>,
    /// Our App's check runs on the commit, all of them, in no promised order.
    pub checks: Vec<StandingCheck>,
}

/// Whether a pull request can still be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PullStatus {
    Open,
    Closed,
    Merged,
}

/// The policy file as GitHub gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyBlob {
    pub oid: String,
    /// `None` where it is binary.
    pub text: Option<String>,
    pub is_truncated: bool,
}

/// A file of rules as GitHub gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleBlob {
    pub name: String,
    /// `None` where it is binary or cut.
    pub text: Option<String>,
}

/// A conversation on the diff, by its first comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// GraphQL's id of its first comment.
    pub comment: String,
    /// Whether our App may hide the comment.
    pub may_minimize: bool,
    /// Whether the comment is hidden.
    pub minimized: bool,
    /// Whether somebody answered.
    pub replied: bool,
    /// Whether our App wrote the first comment.
    pub ours: bool,
    pub path: String,
    /// `None` where the comment is outdated or on the whole file.
    pub line: Option<u32>,
    pub start_line: Option<u32>,
    pub original_line: Option<u32>,
    pub resolved: bool,
    pub outdated: bool,
    pub body: String,
    pub database_id: Option<i64>,
    /// RFC 3339, UTC.
    pub created_at: String,
}

/// A check run of ours that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingCheck {
    pub id: CheckId,
    pub external_id: Option<String>,
    pub status: CheckStatus,
    pub title: Option<String>,
    /// How many annotations it has.
    pub annotations: u32,
}

/// A file's text as GitHub gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobView {
    pub oid: String,
    pub byte_size: u64,
    pub is_binary: bool,
    /// Cut at 512,000 bytes: the rest is to be had by [`RepoClient::blob`].
    pub is_truncated: bool,
    pub text: Option<String>,
}

impl BlobView {
    /// The text, if it is all of the file byte for byte: neither cut nor transcoded on the way.
    pub fn whole_text(&self) -> Option<&str> {
        let text = self.text.as_deref()?;
        let whole = u64::try_from(text.len()).is_ok_and(|bytes| bytes == self.byte_size);
        (whole && !self.is_truncated).then_some(text)
    }
}

impl RepoClient {
    /// Looks once. A pull request that is not there is [`Error::NotFound`].
    pub async fn look(&self, ask: &Look) -> Result<View, Error> {
        let app_id = &self.connection.app_id;
        let variables = document::variables(ask, &self.repo.name, app_id);
        let reply = self.query(&document::text(ask), &variables).await?;
        answer::view(reply, ask, &self.repo, app_id)
    }
}
