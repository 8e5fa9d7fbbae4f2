//! What a webhook delivery says, as far as we listen. Unknown fields, actions and events are no mistakes:
//! GitHub adds some every month. Which of them matter is decided by `review`.

use serde::Deserialize;

use crate::domain::{InstallationId, PullNumber, RepoId, Sha};

use super::signature::Verified;

/// One delivery, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    PullRequest(Box<PullRequestEvent>),
    /// GitHub asks whether we listen.
    Ping,
    /// Anything else, or a pull request event without the parts we need (`reason` says which).
    Other {
        event: String,
        action: Option<String>,
    },
}

/// `pull_request`, whatever happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequestEvent {
    pub action: String,
    pub number: PullNumber,
    pub pull: Pull,
    pub repository: Repository,
    /// Absent on deliveries of a webhook that belongs to no App.
    pub installation: Option<InstallationId>,
    /// On `edited`: the name of the base branch before, if that is what was edited.
    pub base_before: Option<String>,
}

/// The pull request as it was when the event happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    pub head: Sha,
    pub base_ref: String,
    pub draft: bool,
    pub open: bool,
    pub merged: bool,
    /// Login of the author; `ghost` where the account is gone.
    pub author: String,
    pub updated_at: String,
}

/// The repository the pull request is opened against.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Repository {
    pub id: RepoId,
    pub full_name: String,
}

/// The body is not what its content type says, or a pull request event lacks what makes it one.
#[derive(Debug, thiserror::Error)]
#[error("the delivery cannot be read: {0}")]
pub struct Malformed(String);

impl Event {
    /// Reads a verified body. `name` is `X-GitHub-Event`, `content_type` the request's own.
    pub fn read(name: &str, body: &Verified, content_type: Option<&str>) -> Result<Event, Malformed> {
        let _ = (body, content_type);
        Err(Malformed(name.to_owned()))
    }
}
