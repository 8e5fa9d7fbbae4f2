//! What lies between two commits, and where they parted.

use serde::Deserialize;

use crate::domain::Sha;

use super::repo::decode;
use super::transport::{JSON, Kind};
use super::{ChangedFile, Error, RepoClient};

/// GitHub compares no more files than this, and does not say that it stopped.
pub const COMPARED_FILES: usize = 300;

/// What one commit has that another has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The newest commit that both have behind them.
    pub merge_base: Sha,
    /// At most [`COMPARED_FILES`].
    pub files: Vec<ChangedFile>,
}

#[derive(Deserialize)]
struct Answer {
    merge_base_commit: Commit,
    files: Option<Vec<ChangedFile>>,
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
        Ok(self.comparison(base, head, "2").await?.merge_base_commit.sha)
    }

    /// What `head` changes since it left `base`. Commits that are not there, or have nothing in common,
    /// are [`Error::NotFound`].
    pub async fn compare(&self, base: &Sha, head: &Sha) -> Result<Comparison, Error> {
        let answer = self.comparison(base, head, "1").await?;
        let files = answer.files.unwrap_or_default();
        Ok(Comparison { merge_base: answer.merge_base_commit.sha, files })
    }

    /// A page is one of commits; the files are all on the first.
    async fn comparison(&self, base: &Sha, head: &Sha, page: &str) -> Result<Answer, Error> {
        let mut url = self.url(&["compare", &format!("{base}...{head}")]);
        url.query_pairs_mut().append_pair("per_page", "1").append_pair("page", page);
        let answer = self.get(url, JSON).await?;
        decode(&answer, Kind::Read)
    }
}
