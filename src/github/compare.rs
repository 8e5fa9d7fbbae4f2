//! Where two commits parted.

use serde::Deserialize;

use crate::domain::Sha;

use super::repo::decode;
use super::transport::{JSON, Kind};
use super::{Error, RepoClient};

#[derive(Deserialize)]
struct Comparison {
    merge_base_commit: Commit,
}

#[derive(Deserialize)]
struct Commit {
    sha: Sha,
}

impl RepoClient {
    /// The newest commit that both have behind them: what a pull request's diff starts from.
    ///
    /// Asks for the second page of the comparison, which leaves out the files.
    pub async fn merge_base(&self, base: &Sha, head: &Sha) -> Result<Sha, Error> {
        let mut url = self.url(&["compare", &format!("{base}...{head}")]);
        url.query_pairs_mut().append_pair("per_page", "1").append_pair("page", "2");
        let answer = self.get(url, JSON).await?;
        let comparison: Comparison = decode(&answer, Kind::Read)?;
        Ok(comparison.merge_base_commit.sha)
    }
}
