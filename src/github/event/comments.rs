//! `issue_comment` and `pull_request_review_comment`: somebody wrote, perhaps to us.

use serde::Deserialize;

use super::payload::{
    GHOST, IdPayload, PullPayload, RepositoryPayload, UserPayload, login, parse, pull, repository,
};
use super::{Malformed, Pull, Repository};
use crate::domain::{CommentPlace, CommentRef, InstallationId, PullNumber};

/// A comment was written or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentEvent {
    /// `None` where the conversation is that of an issue.
    pub pull: Option<PullNumber>,
    pub comment: CommentRef,
    pub body: String,
    /// On `edited`: the text before.
    pub body_before: Option<String>,
    /// Who wrote or changed it; `None` where the account is gone.
    pub sender: Option<String>,
    /// Whether a program did it.
    pub by_bot: bool,
    /// The author of the pull request.
    pub author: String,
    /// The pull request as it was, where the event tells.
    pub seen: Option<Pull>,
    pub repository: Repository,
    pub installation: Option<InstallationId>,
}

#[derive(Deserialize)]
struct ConversationPayload {
    issue: Issue,
    comment: Comment,
    #[serde(default)]
    changes: Changes,
    #[serde(flatten)]
    common: Common,
}

#[derive(Deserialize)]
struct DiffPayload {
    pull_request: Numbered,
    comment: Comment,
    #[serde(default)]
    changes: Changes,
    #[serde(flatten)]
    common: Common,
}

#[derive(Deserialize)]
struct Issue {
    number: PullNumber,
    user: Option<UserPayload>,
    pull_request: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Numbered {
    number: PullNumber,
    #[serde(flatten)]
    pull: PullPayload,
}

#[derive(Deserialize)]
struct Comment {
    id: i64,
    in_reply_to_id: Option<i64>,
    body: Option<String>,
}

impl Comment {
    fn at(&self, place: CommentPlace) -> CommentRef {
        let thread = match place {
            CommentPlace::Conversation => None,
            CommentPlace::Diff => Some(self.in_reply_to_id.unwrap_or(self.id)),
        };
        CommentRef { id: self.id, place, thread }
    }
}

#[derive(Default, Deserialize)]
struct Changes {
    body: Option<Before>,
}

#[derive(Deserialize)]
struct Before {
    from: Option<String>,
}

#[derive(Deserialize)]
struct Common {
    repository: RepositoryPayload,
    installation: Option<IdPayload>,
    sender: Option<UserPayload>,
}

pub(super) fn conversation(json: &[u8]) -> Result<CommentEvent, Malformed> {
    let payload: ConversationPayload = parse(json)?;
    let number = payload.issue.pull_request.map(|_| payload.issue.number);
    let said = Said { comment: payload.comment, changes: payload.changes, common: payload.common };
    said.event(number, CommentPlace::Conversation, login(payload.issue.user), None)
}

pub(super) fn diff(json: &[u8]) -> Result<CommentEvent, Malformed> {
    let payload: DiffPayload = parse(json)?;
    let number = payload.pull_request.number;
    let seen = pull(payload.pull_request.pull);
    let said = Said { comment: payload.comment, changes: payload.changes, common: payload.common };
    said.event(Some(number), CommentPlace::Diff, seen.author.clone(), Some(seen))
}

/// What both kinds of comments have.
struct Said {
    comment: Comment,
    changes: Changes,
    common: Common,
}

impl Said {
    fn event(
        self,
        pull: Option<PullNumber>,
        place: CommentPlace,
        author: String,
        seen: Option<Pull>,
    ) -> Result<CommentEvent, Malformed> {
        let Said { comment, changes, common } = self;
        let by_bot = common.sender.as_ref().is_some_and(UserPayload::is_bot);
        let sender = Some(login(common.sender)).filter(|login| login != GHOST);
        Ok(CommentEvent {
            pull,
            comment: comment.at(place),
            body: comment.body.unwrap_or_default(),
            body_before: changes.body.and_then(|before| before.from),
            sender,
            by_bot,
            author,
            seen,
            repository: repository(&common.repository)?,
            installation: common.installation.map(|it| it.id),
        })
    }
}
