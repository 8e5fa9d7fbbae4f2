//! Reviews and comments on a pull request.

use serde::{Deserialize, Serialize};

use crate::domain::{PullNumber, Sha};

use super::{Error, RepoClient};

/// GitHub's id of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReviewId(pub i64);

/// GitHub's id of a review comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CommentId(pub i64);

/// A review that neither approves nor blocks. GitHub takes all of it or nothing: one comment on a line
/// that is not in the diff refuses the whole review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReview {
    pub commit_id: Sha,
    pub body: String,
    pub comments: Vec<NewComment>,
}

/// A comment on lines of the new side of the diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewComment {
    pub path: String,
    /// The last line.
    pub line: u32,
    /// The first line, where there is more than one. Equal to `line` is sent as a single line.
    pub start_line: Option<u32>,
    pub body: String,
}

/// A comment on a file as a whole, for files whose lines GitHub's diff does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFileComment {
    pub commit_id: Sha,
    pub path: String,
    pub body: String,
}

impl RepoClient {
    /// Posts a review with the event COMMENT.
    pub async fn create_review(&self, pull: PullNumber, review: &NewReview) -> Result<ReviewId, Error> {
        let _ = (pull, review);
        Err(Error::unfinished())
    }

    /// Posts a comment on a file as a whole.
    pub async fn create_file_comment(
        &self,
        pull: PullNumber,
        comment: &NewFileComment,
    ) -> Result<CommentId, Error> {
        let _ = (pull, comment);
        Err(Error::unfinished())
    }
}
