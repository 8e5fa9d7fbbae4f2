//! Answers to people who spoke to us: signs under their comments, and words where they spoke.

use http::Method;
use serde::{Deserialize, Serialize};

use super::repo::decode;
use super::transport::{JSON, Kind};
use super::{CommentId, Error, RepoClient};
use crate::domain::{CommentPlace, CommentRef, PullNumber};

const PER_PAGE: usize = 100;
/// A conversation holds 2,500 comments at most.
const PAGES: usize = 25;

/// A sign under a comment. GitHub keeps one of each kind per author: given twice, it stands once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reaction {
    /// 👀
    Eyes,
    /// 👍
    #[serde(rename = "+1")]
    ThumbsUp,
    /// 👎
    #[serde(rename = "-1")]
    ThumbsDown,
    /// 😕
    Confused,
}

#[derive(Serialize)]
struct ReactionBody {
    content: Reaction,
}

#[derive(Serialize)]
struct ReplyBody<'a> {
    body: &'a str,
}

#[derive(Deserialize)]
struct Made {
    id: i64,
}

/// Something said, in the conversation or on the diff.
#[derive(Deserialize)]
struct Remark {
    id: CommentId,
    body: Option<String>,
    user: Option<User>,
    performed_via_github_app: Option<Via>,
    in_reply_to_id: Option<i64>,
}

#[derive(Deserialize)]
struct User {
    r#type: Option<String>,
}

#[derive(Deserialize)]
struct Via {
    id: Option<i64>,
    client_id: Option<String>,
}

impl RepoClient {
    /// Puts a sign under a comment.
    pub async fn react(&self, comment: CommentRef, reaction: Reaction) -> Result<i64, Error> {
        let place = match comment.place {
            CommentPlace::Conversation => "issues",
            CommentPlace::Diff => "pulls",
        };
        let url = self.url(&[place, "comments", &comment.id.to_string(), "reactions"]);
        let made: Made = self.write(Method::POST, url, &ReactionBody { content: reaction }).await?;
        Ok(made.id)
    }

    /// Says something where this comment stands: in the conversation of the pull request, or in its thread
    /// on the diff.
    pub async fn reply(&self, pull: PullNumber, to: CommentRef, body: &str) -> Result<CommentId, Error> {
        let number = pull.0.to_string();
        let url = match to.thread {
            None => self.url(&["issues", &number, "comments"]),
            Some(first) => self.url(&["pulls", &number, "comments", &first.to_string(), "replies"]),
        };
        let made: Made = self.write(Method::POST, url, &ReplyBody { body }).await?;
        Ok(CommentId(made.id))
    }

    /// What our App may have said to this comment.
    pub async fn replies(&self, pull: PullNumber, to: CommentRef) -> Result<Vec<(CommentId, String)>, Error> {
        let mut ours = Vec::new();
        for page in 1..=PAGES {
            let remarks: Vec<Remark> = decode(&self.get(self.page(pull, to, page), JSON).await?, Kind::Read)?;
            // On the diff the newest come first, and an answer is newer than what it answers.
            let newer = remarks.iter().all(|remark| remark.id.0 > to.id);
            let last = remarks.len() < PER_PAGE || to.thread.is_some() && !newer;
            let by_us = remarks.into_iter().filter(|remark| self.may_be_ours(remark, to));
            ours.extend(by_us.map(|remark| (remark.id, remark.body.unwrap_or_default())));
            if last {
                break;
            }
        }
        Ok(ours)
    }

    fn page(&self, pull: PullNumber, to: CommentRef, page: usize) -> url::Url {
        let place = if to.thread.is_some() { "pulls" } else { "issues" };
        let mut url = self.url(&[place, &pull.0.to_string(), "comments"]);
        let (size, page) = (PER_PAGE.to_string(), page.to_string());
        url.query_pairs_mut().append_pair("per_page", &size).append_pair("page", &page);
        if to.thread.is_some() {
            url.query_pairs_mut().append_pair("sort", "created").append_pair("direction", "desc");
        }
        url
    }

    /// Of comments on the diff GitHub tells only that some App wrote them.
    fn may_be_ours(&self, remark: &Remark, to: CommentRef) -> bool {
        if to.thread.is_some() {
            let by_app = remark.user.as_ref().is_some_and(|user| user.r#type.as_deref() == Some("Bot"));
            return by_app && remark.in_reply_to_id == to.thread;
        }
        let app = &self.connection.app_id;
        remark.performed_via_github_app.as_ref().is_some_and(|via| {
            via.client_id.as_ref() == Some(app) || via.id.is_some_and(|id| id.to_string() == *app)
        })
    }
}
