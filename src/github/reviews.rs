//! Reviews and comments on a pull request.

use http::Method;
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
        let body = ReviewBody {
            commit_id: &review.commit_id,
            body: &review.body,
            event: "COMMENT",
            comments: review.comments.iter().map(CommentBody::from).collect(),
        };
        let url = self.url(&["pulls", &pull.0.to_string(), "reviews"]);
        let made: Made<ReviewId> = self.write(Method::POST, url, &body).await?;
        Ok(made.id)
    }

    /// Posts a comment on a file as a whole.
    pub async fn create_file_comment(
        &self,
        pull: PullNumber,
        comment: &NewFileComment,
    ) -> Result<CommentId, Error> {
        let body = FileCommentBody {
            commit_id: &comment.commit_id,
            path: &comment.path,
            body: &comment.body,
            subject_type: "file",
        };
        let url = self.url(&["pulls", &pull.0.to_string(), "comments"]);
        let made: Made<CommentId> = self.write(Method::POST, url, &body).await?;
        Ok(made.id)
    }
}

#[derive(Serialize)]
struct ReviewBody<'a> {
    commit_id: &'a Sha,
    body: &'a str,
    event: &'static str,
    comments: Vec<CommentBody<'a>>,
}

#[derive(Serialize)]
struct CommentBody<'a> {
    path: &'a str,
    body: &'a str,
    line: u32,
    side: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_side: Option<&'static str>,
}

/// The new side of the diff.
const RIGHT: &str = "RIGHT";

impl<'a> From<&'a NewComment> for CommentBody<'a> {
    fn from(comment: &'a NewComment) -> CommentBody<'a> {
        // GitHub refuses a start that does not precede the end.
        let start_line = comment.start_line.filter(|start| *start < comment.line);
        CommentBody {
            path: &comment.path,
            body: &comment.body,
            line: comment.line,
            side: RIGHT,
            start_line,
            start_side: start_line.map(|_| RIGHT),
        }
    }
}

#[derive(Serialize)]
struct FileCommentBody<'a> {
    commit_id: &'a Sha,
    path: &'a str,
    body: &'a str,
    subject_type: &'static str,
}

#[derive(Deserialize)]
struct Made<Id> {
    id: Id,
}
