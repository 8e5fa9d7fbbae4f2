//! Answers to people who spoke to us. Like every write: intended, sent, settled.

use super::Stop;
use super::memory::Detail;
use super::publish::Publisher;
use crate::domain::{CommentRef, PullNumber};
use crate::github::{Error, Reaction};
use crate::store::WriteKind;

impl Publisher<'_> {
    /// Puts a sign under a comment. GitHub keeps one of each kind, so that a repetition changes nothing.
    pub(super) async fn react(&self, request: &str, comment: CommentRef, sign: Reaction) -> Result<(), Stop> {
        let detail = Detail::Reaction { request: request.to_owned() };
        let write = self.intend(WriteKind::Reaction, &detail).await?;
        let result = self.repo.react(comment, sign).await;
        unless_refused(self.settle(write, result.map(Some)).await)
    }

    /// Answers a comment where it stands, unless the answer is there already: whether an earlier attempt
    /// succeeded is nowhere else to be seen. The marker names the request by GitHub's id of its delivery,
    /// which nobody knows before we have answered, so that nobody can answer in our place.
    pub(super) async fn reply(
        &self,
        pull: PullNumber,
        request: &str,
        to: CommentRef,
        words: &str,
    ) -> Result<(), Stop> {
        let marker = format!("<!-- scrutineer:reply {} {request} -->", self.claim.key);
        let before = match self.repo.replies(pull, to).await {
            Ok(before) => before,
            Err(error) => return unless_refused(Err(error.into())),
        };
        if before.iter().any(|(_, body)| body.contains(&marker)) {
            return Ok(());
        }
        let detail = Detail::Reply { request: request.to_owned() };
        let write = self.intend(WriteKind::Reply, &detail).await?;
        let result = self.repo.reply(pull, to, &format!("{words}\n\n{marker}")).await;
        unless_refused(self.settle(write, result.map(|id| Some(id.0))).await)
    }
}

/// A comment that is gone, a locked conversation, a permission that was not granted: what was asked is
/// done all the same.
fn unless_refused(result: Result<Option<i64>, Stop>) -> Result<(), Stop> {
    match result {
        Err(Stop::GitHub(
            error @ (Error::Forbidden { .. }
            | Error::NotFound { .. }
            | Error::Gone { .. }
            | Error::Unprocessable { .. }),
        )) => {
            tracing::info!(%error, "an answer to a command was refused");
            Ok(())
        }
        result => result.map(drop),
    }
}
