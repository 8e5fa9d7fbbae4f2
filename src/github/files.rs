//! The files a pull request changes, as GitHub lists them.

use serde::Deserialize;

use crate::domain::PullNumber;

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
    /// One page (from 1) of the files changed by a pull request.
    pub async fn files(&self, pull: PullNumber, page: u32) -> Result<Vec<ChangedFile>, Error> {
        let _ = (pull, page, &self.repo, &self.github.settings);
        Err(Error::unfinished())
    }
}
