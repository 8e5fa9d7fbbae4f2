//! `push`: a branch or a tag points to another commit.

use serde::Deserialize;

use super::payload::{self, CommitPayload, IdPayload, RepositoryPayload, UserPayload, parse};
use super::{Malformed, Repository};
use crate::domain::{InstallationId, Sha};

/// One reference that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushEvent {
    /// The branch; `None` for a tag.
    pub branch: Option<String>,
    pub default_branch: String,
    /// Zero where the branch is new.
    pub before: Sha,
    /// Zero where the branch was deleted.
    pub after: Sha,
    /// The tree of `after`, where GitHub tells it.
    pub tree: Option<Sha>,
    pub sender: String,
    pub repository: Repository,
    pub installation: Option<InstallationId>,
}

#[derive(Deserialize)]
struct Payload {
    r#ref: String,
    before: Sha,
    after: Sha,
    head_commit: Option<CommitPayload>,
    repository: RepositoryPayload,
    installation: Option<IdPayload>,
    sender: Option<UserPayload>,
}

pub(super) fn read(json: &[u8]) -> Result<PushEvent, Malformed> {
    let payload: Payload = parse(json)?;
    Ok(PushEvent {
        branch: payload.r#ref.strip_prefix("refs/heads/").map(str::to_owned),
        default_branch: payload.repository.default_branch.clone(),
        tree: payload.head_commit.and_then(|commit| commit.tree_of(&payload.after)),
        before: payload.before,
        after: payload.after,
        sender: payload::login(payload.sender),
        repository: payload::repository(&payload.repository)?,
        installation: payload.installation.map(|installation| installation.id),
    })
}
