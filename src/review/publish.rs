//! Making it true on GitHub. The only place that writes to a pull request.
//!
//! Before each write its intent is recorded, and afterwards its outcome. A write whose outcome nobody
//! knows stays recorded as intended; the next run waits until GitHub can no longer carry it out, looks,
//! and only then repeats it.

use super::memory::{Commented, Detail};
use super::plan::PlannedComment;
use super::{Context, Stop};
use crate::domain::{PullNumber, Sha};
use crate::github::{Error, NewComment, NewReview, RepoClient};
use crate::report::markdown::notices;
use crate::store::{Claim, Intent, WriteId, WriteKind};

/// How often a refused review is halved before its comments become annotations.
const HALVINGS: u32 = 2;

/// What one review writes with: the claim that allows it, and where it writes.
pub(super) struct Publisher<'a> {
    pub cx: &'a Context,
    pub claim: &'a Claim,
    pub repo: &'a RepoClient,
    pub head: &'a Sha,
}

/// What became of the comments.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub posted: Vec<Commented>,
    /// Comments GitHub would not take on their lines.
    pub refused: usize,
    /// GitHub's words, where the App may not comment here at all.
    pub forbidden: Option<String>,
}

impl Publisher<'_> {
    /// Writes all comments as one review, so that there is one notification.
    ///
    /// GitHub takes a review whole or not at all and does not name the comment it minds. The anchors are
    /// proven, so a refusal is a bug or a diff that GitHub cut: the review is halved to save what can be.
    pub(super) async fn comments(
        &self,
        pull: PullNumber,
        comments: Vec<PlannedComment>,
    ) -> Result<Outcome, Stop> {
        let mut outcome = Outcome::default();
        let mut todo = vec![(comments, 0)];
        while let Some((mut part, halvings)) = todo.pop() {
            if part.is_empty() {
                continue;
            }
            match self.review(pull, &part).await {
                Ok(()) => outcome.posted.extend(part.into_iter().map(commented)),
                Err(Stop::GitHub(Error::Unprocessable { message, errors, .. })) => {
                    tracing::error!(message, ?errors, comments = part.len(), "a review was refused");
                    if part.len() == 1 || halvings == HALVINGS {
                        outcome.refused += part.len();
                    } else {
                        let half = part.split_off(part.len() / 2);
                        todo.extend([(half, halvings + 1), (part, halvings + 1)]);
                    }
                }
                Err(Stop::GitHub(Error::Forbidden { message, .. })) => {
                    outcome.forbidden = Some(message);
                    break;
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(outcome)
    }

    async fn review(&self, pull: PullNumber, comments: &[PlannedComment]) -> Result<(), Stop> {
        let review = NewReview {
            commit_id: self.head.clone(),
            body: notices::review_body(comments.len()),
            comments: comments.iter().map(new_comment).collect(),
        };
        let detail = Detail::Review { comments: comments.iter().cloned().map(commented).collect() };
        let write = self.intend(WriteKind::Review, &detail).await?;
        let result = self.repo.create_review(pull, &review).await;
        self.settle(write, result.map(|id| Some(id.0))).await.map(drop)
    }

    /// Records that a write is about to be sent, unless this run is no longer the one to send it.
    pub(super) async fn intend(&self, kind: WriteKind, detail: &Detail) -> Result<WriteId, Stop> {
        self.repo.turn_to_write().await;
        if !self.cx.store.is_current(self.claim).await? {
            return Err(Stop::Superseded);
        }
        let detail = serde_json::to_string(detail).map_err(|error| Stop::Bug(error.to_string()))?;
        let intent = Intent { kind, head: self.head.clone(), detail };
        Ok(self.cx.store.intend(self.claim, &intent).await?)
    }

    /// Records what became of the write. An unknown outcome leaves the intent standing.
    pub(super) async fn settle(
        &self,
        write: WriteId,
        result: Result<Option<i64>, Error>,
    ) -> Result<Option<i64>, Stop> {
        match result {
            Ok(id) => {
                self.cx.store.done(write, id).await?;
                Ok(id)
            }
            Err(error @ Error::Unknown { .. }) => Err(error.into()),
            Err(error) => {
                self.cx.store.void(write).await?;
                Err(error.into())
            }
        }
    }
}

fn new_comment(comment: &PlannedComment) -> NewComment {
    NewComment {
        path: comment.path.clone(),
        line: comment.anchor.end,
        start_line: comment.anchor.start_line(),
        body: comment.body.clone(),
    }
}

fn commented(comment: PlannedComment) -> Commented {
    let PlannedComment { marker, path, anchor, .. } = comment;
    Commented { marker, path, line: Some(anchor.end) }
}
