//! The files a pull request changes, as GitHub lists them.

use serde::Deserialize;

use crate::domain::{PullNumber, Sha};

use super::repo::decode;
use super::transport::{JSON, Kind};
use super::{Error, RepoClient};

/// GitHub's largest page. A shorter page is the last one.
pub const FILES_PER_PAGE: usize = 100;

/// One changed file of the listing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ChangedFile {
    pub filename: String,
    pub status: FileStatus,
    /// Object id of the head's blob. GitHub leaves it out for some files.
    #[serde(default)]
    pub sha: Option<String>,
    /// The hunks, without file header. Absent for binary files and for large changes.
    #[serde(default)]
    pub patch: Option<String>,
    #[serde(default)]
    pub previous_filename: Option<String>,
    #[serde(default)]
    pub additions: u64,
    #[serde(default)]
    pub deletions: u64,
    #[serde(default)]
    pub changes: u64,
    /// The address of the file's content at the head, which names the head.
    #[serde(default)]
    pub contents_url: Option<String>,
}

impl ChangedFile {
    /// The commit this entry was listed for, where its address tells. Right after a push GitHub may
    /// still list the commit before.
    pub fn listed_at(&self) -> Option<Sha> {
        let (_, after) = self.contents_url.as_deref()?.rsplit_once("ref=")?;
        Sha::parse(after)
    }
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileStatus {
    Added,
    Removed,
    Modified,
    Renamed,
    Copied,
    Changed,
    Unchanged,
    /// A word GitHub did not have when this was written.
    #[serde(other)]
    Other,
}

impl RepoClient {
    /// One page (from 1) of the files changed by a pull request. A page of fewer than
    /// [`FILES_PER_PAGE`] is the last; GitHub lists 3,000 files at most.
    pub async fn files(&self, pull: PullNumber, page: u32) -> Result<Vec<ChangedFile>, Error> {
        let mut url = self.url(&["pulls", &pull.0.to_string(), "files"]);
        url.query_pairs_mut()
            .append_pair("per_page", &FILES_PER_PAGE.to_string())
            .append_pair("page", &page.to_string());
        let answer = self.get(url, JSON).await?;
        decode(&answer, Kind::Read)
    }
}
