//! `check_run` and `check_suite`: somebody pressed *Re-run*.

use serde::Deserialize;

use super::payload::{IdPayload, RepositoryPayload, UserPayload, login, parse, repository};
use super::{Malformed, Repository};
use crate::domain::{InstallationId, Sha};

/// A check run of ours is wanted once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRunEvent {
    pub head: Sha,
    /// What we named it by when we made it. For forks it is all that leads to the pull request.
    pub external_id: String,
    pub app: AppRef,
    pub repository: Repository,
    pub installation: Option<InstallationId>,
    pub sender: String,
}

/// All runs of a commit are wanted once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSuiteEvent {
    pub id: i64,
    pub head: Sha,
    pub app: AppRef,
    pub updated_at: String,
    pub repository: Repository,
    pub installation: Option<InstallationId>,
    pub sender: String,
}

/// The App a check belongs to, by both names it may be configured under.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct AppRef {
    id: Option<i64>,
    client_id: Option<String>,
}

impl AppRef {
    /// Whether this is the App with this id or client id.
    pub fn is(&self, app: &str) -> bool {
        self.client_id.as_deref() == Some(app) || self.id.is_some_and(|id| id.to_string() == app)
    }
}

#[derive(Deserialize)]
struct RunPayload {
    check_run: Run,
    #[serde(flatten)]
    common: Common,
}

#[derive(Deserialize)]
struct Run {
    head_sha: Sha,
    external_id: Option<String>,
    app: Option<AppRef>,
}

#[derive(Deserialize)]
struct SuitePayload {
    check_suite: Suite,
    #[serde(flatten)]
    common: Common,
}

#[derive(Deserialize)]
struct Suite {
    id: i64,
    head_sha: Sha,
    app: Option<AppRef>,
    updated_at: Option<String>,
}

#[derive(Deserialize)]
struct Common {
    repository: RepositoryPayload,
    installation: Option<IdPayload>,
    sender: Option<UserPayload>,
}

pub(super) fn run(json: &[u8]) -> Result<CheckRunEvent, Malformed> {
    let RunPayload { check_run, common } = parse(json)?;
    Ok(CheckRunEvent {
        head: check_run.head_sha,
        external_id: check_run.external_id.unwrap_or_default(),
        app: check_run.app.unwrap_or_default(),
        repository: repository(&common.repository)?,
        installation: common.installation.map(|it| it.id),
        sender: login(common.sender),
    })
}

pub(super) fn suite(json: &[u8]) -> Result<CheckSuiteEvent, Malformed> {
    let SuitePayload { check_suite, common } = parse(json)?;
    Ok(CheckSuiteEvent {
        id: check_suite.id,
        head: check_suite.head_sha,
        app: check_suite.app.unwrap_or_default(),
        updated_at: check_suite.updated_at.unwrap_or_default(),
        repository: repository(&common.repository)?,
        installation: common.installation.map(|it| it.id),
        sender: login(common.sender),
    })
}
