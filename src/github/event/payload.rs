//! The wire form of webhook payloads: only the fields we read, each as lenient as its use allows.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::{InstallationId, PullNumber, RepoId, RepoName, Sha};

use super::{Malformed, Pull, PullRequestEvent, Repository};

/// Placeholder login of GitHub for accounts that are gone.
pub(super) const GHOST: &str = "ghost";

#[derive(Deserialize)]
struct PullRequestPayload {
    action: String,
    number: PullNumber,
    pull_request: PullPayload,
    repository: RepositoryPayload,
    installation: Option<IdPayload>,
    #[serde(default)]
    changes: Changes,
}

#[derive(Deserialize)]
pub(super) struct PullPayload {
    head: HeadPayload,
    base: BasePayload,
    state: String,
    draft: Option<bool>,
    merged: Option<bool>,
    user: Option<UserPayload>,
    updated_at: String,
}

#[derive(Deserialize)]
struct HeadPayload {
    sha: Sha,
}

#[derive(Deserialize)]
struct BasePayload {
    r#ref: String,
    repo: Option<BaseRepoPayload>,
}

#[derive(Deserialize)]
struct BaseRepoPayload {
    id: RepoId,
}

#[derive(Deserialize)]
pub(super) struct UserPayload {
    login: String,
    r#type: Option<String>,
}

impl UserPayload {
    pub(super) fn is_bot(&self) -> bool {
        self.r#type.as_deref() == Some("Bot")
    }
}

#[derive(Deserialize)]
pub(super) struct IdPayload {
    pub(super) id: InstallationId,
}

#[derive(Deserialize)]
pub(super) struct RepositoryPayload {
    id: RepoId,
    full_name: String,
    #[serde(default)]
    pub(super) default_branch: String,
}

/// A commit as far as an event tells of it.
#[derive(Deserialize)]
pub(super) struct CommitPayload {
    id: Sha,
    tree_id: Sha,
}

impl CommitPayload {
    /// The tree of `sha`, where this is that commit.
    pub(super) fn tree_of(self, sha: &Sha) -> Option<Sha> {
        (self.id == *sha).then_some(self.tree_id)
    }
}

#[derive(Default, Deserialize)]
struct Changes {
    base: Option<BaseChange>,
}

#[derive(Deserialize)]
struct BaseChange {
    r#ref: Option<From>,
}

#[derive(Deserialize)]
struct From {
    from: String,
}

#[derive(Deserialize)]
struct AnyPayload {
    action: Option<serde_json::Value>,
}

/// The JSON of a delivery, taken out of its form if it came in one.
pub(super) fn json<'a>(body: &'a [u8], content_type: Option<&str>) -> Result<Cow<'a, [u8]>, Malformed> {
    if !is_form(content_type) {
        return Ok(Cow::Borrowed(body));
    }
    url::form_urlencoded::parse(body)
        .find(|(key, _)| key == "payload")
        .map(|(_, value)| Cow::Owned(value.into_owned().into_bytes()))
        .ok_or_else(|| Malformed("the form has no field \"payload\"".to_owned()))
}

fn is_form(content_type: Option<&str>) -> bool {
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The action of any payload, if it has one.
pub(super) fn action(json: &[u8]) -> Result<Option<String>, Malformed> {
    let payload: AnyPayload = parse(json)?;
    Ok(payload.action.and_then(|action| action.as_str().map(str::to_owned)))
}

pub(super) fn pull_request(json: &[u8]) -> Result<PullRequestEvent, Malformed> {
    let payload: PullRequestPayload = parse(json)?;
    Ok(PullRequestEvent {
        action: payload.action,
        number: payload.number,
        pull: pull(payload.pull_request),
        repository: repository(&payload.repository)?,
        installation: payload.installation.map(|installation| installation.id),
        base_before: payload.changes.base.and_then(|base| base.r#ref).map(|name| name.from),
    })
}

pub(super) fn repository(payload: &RepositoryPayload) -> Result<Repository, Malformed> {
    let name = RepoName::parse(&payload.full_name)
        .ok_or_else(|| Malformed("repository.full_name is not OWNER/NAME".to_owned()))?;
    Ok(Repository { id: payload.id, name })
}

/// A login; the placeholder where the account is gone.
pub(super) fn login(user: Option<UserPayload>) -> String {
    user.map_or_else(|| GHOST.to_owned(), |user| user.login)
}

pub(super) fn pull(payload: PullPayload) -> Pull {
    Pull {
        head: payload.head.sha,
        base_repo: payload.base.repo.map(|repo| repo.id),
        base_ref: payload.base.r#ref,
        draft: payload.draft.unwrap_or(false),
        open: payload.state == "open",
        merged: payload.merged.unwrap_or(false),
        author: login(payload.user),
        updated_at: payload.updated_at,
    }
}

/// Only objects are payloads; the check comes first because serde reads a struct from a list as well.
pub(super) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, Malformed> {
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err(Malformed("the payload is not a JSON object".to_owned()));
    }
    serde_json::from_slice(json).map_err(|error| Malformed(error.to_string()))
}
