//! Answers to people who spoke to us: signs under their comments, and words in the conversation.

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

#[derive(Deserialize)]
struct Remark {
    id: CommentId,
    body: Option<String>,
    performed_via_github_app: Option<Via>,
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

    /// Says something in the conversation of a pull request.
    pub async fn reply(&self, pull: PullNumber, body: &str) -> Result<CommentId, Error> {
        let url = self.url(&["issues", &pull.0.to_string(), "comments"]);
        let made: Made = self.write(Method::POST, url, &ReplyBody { body }).await?;
        Ok(CommentId(made.id))
    }

    /// What our App said in the conversation, oldest first.
    pub async fn replies(&self, pull: PullNumber) -> Result<Vec<(CommentId, String)>, Error> {
        let mut ours = Vec::new();
        for page in 1..=PAGES {
            let mut url = self.url(&["issues", &pull.0.to_string(), "comments"]);
            let (size, page) = (PER_PAGE.to_string(), page.to_string());
            url.query_pairs_mut().append_pair("per_page", &size).append_pair("page", &page);
            let remarks: Vec<Remark> = decode(&self.get(url, JSON).await?, Kind::Read)?;
            let last = remarks.len() < PER_PAGE;
            let by_us = remarks.into_iter().filter(|remark| self.is_ours(remark));
            ours.extend(by_us.map(|remark| (remark.id, remark.body.unwrap_or_default())));
            if last {
                break;
            }
        }
        Ok(ours)
    }

    fn is_ours(&self, remark: &Remark) -> bool {
        let app = &self.connection.app_id;
        remark.performed_via_github_app.as_ref().is_some_and(|via| {
            via.client_id.as_ref() == Some(app) || via.id.is_some_and(|id| id.to_string() == *app)
        })
    }
}
