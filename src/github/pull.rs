//! One pull request as GitHub's REST API tells it: what a delivery about it would tell.

use serde::Deserialize;

use super::repo::decode;
use super::transport::{JSON, Kind};
use super::{Error, RepoClient};
use crate::domain::{Glimpse, PullNumber, RepoId, Sha};

#[derive(Deserialize)]
struct PullWire {
    head: HeadWire,
    base: BaseWire,
    state: String,
    draft: Option<bool>,
    user: Option<UserWire>,
    updated_at: String,
}

#[derive(Deserialize)]
struct HeadWire {
    sha: Sha,
}

#[derive(Deserialize)]
struct BaseWire {
    r#ref: String,
    repo: RepoWire,
}

#[derive(Deserialize)]
struct RepoWire {
    id: RepoId,
}

#[derive(Deserialize)]
struct UserWire {
    login: String,
}

impl RepoClient {
    /// The pull request as it is now, and the id of the repository it is opened against.
    pub async fn glimpse(&self, pull: PullNumber) -> Result<(RepoId, Glimpse), Error> {
        let answer = self.get(self.url(&["pulls", &pull.0.to_string()]), JSON).await?;
        let pull: PullWire = decode(&answer, Kind::Read)?;
        let glimpse = Glimpse {
            action: "opened".to_owned(),
            head: pull.head.sha,
            base_ref: pull.base.r#ref,
            draft: pull.draft.unwrap_or(false),
            open: pull.state == "open",
            author: pull.user.map_or_else(String::new, |user| user.login),
            updated_at: pull.updated_at,
            base: None,
            tree: None,
        };
        Ok((pull.base.repo.id, glimpse))
    }
}
