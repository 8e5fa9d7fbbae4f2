//! `merge_group`: the merge queue made a commit of what it is about to merge, or threw one away.

use serde::Deserialize;

use super::payload::{self, CommitPayload, IdPayload, RepositoryPayload, parse};
use super::{Malformed, Repository};
use crate::domain::{InstallationId, Sha};

/// A merge group and what became of it. GitHub names no pull request: a group may hold several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeGroupEvent {
    pub action: String,
    pub head: Sha,
    /// The commit the group is built on: the base branch, or the group before it in the queue.
    pub base: Sha,
    /// The name of the branch it is to be merged into.
    pub base_ref: String,
    /// The tree of the head, where GitHub tells it.
    pub tree: Option<Sha>,
    pub repository: Repository,
    pub installation: Option<InstallationId>,
}

#[derive(Deserialize)]
struct Payload {
    action: String,
    merge_group: Group,
    repository: RepositoryPayload,
    installation: Option<IdPayload>,
}

#[derive(Deserialize)]
struct Group {
    head_sha: Sha,
    base_sha: Sha,
    base_ref: String,
    head_commit: Option<CommitPayload>,
}

pub(super) fn read(json: &[u8]) -> Result<MergeGroupEvent, Malformed> {
    let Payload { action, merge_group: group, repository, installation } = parse(json)?;
    let branch = group.base_ref.strip_prefix("refs/heads/").unwrap_or(&group.base_ref).to_owned();
    Ok(MergeGroupEvent {
        action,
        tree: group.head_commit.and_then(|commit| commit.tree_of(&group.head_sha)),
        head: group.head_sha,
        base: group.base_sha,
        base_ref: branch,
        repository: payload::repository(&repository)?,
        installation: installation.map(|installation| installation.id),
    })
}
