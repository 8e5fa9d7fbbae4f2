//! A pull request and the conversation on it.

use serde_json::{Value, json};

use super::git;
use super::node::{Answer, Node, connection, leaf, maybe, node, unmodelled};
use super::query::{View, actor};
use crate::fake::clock::rfc3339;
use crate::fake::state::{BOT, Comment, Place, Pull, PullState, Review};

pub fn pull<'a>(view: View<'a>, pull: &'a Pull) -> Node<'a> {
    Node::new("PullRequest", move |field, arguments| pull_field(view, pull, field, arguments))
}

fn pull_field<'a>(view: View<'a>, pull: &'a Pull, field: &str, arguments: &Value) -> Answer<'a> {
    let link = || format!("https://github.com/{}/pull/{}", view.repo.full_name(), pull.number);
    match field {
        "id" => leaf(format!("PR_{}", pull.id)),
        "databaseId" => leaf(pull.id),
        "fullDatabaseId" => leaf(pull.id.to_string()),
        "number" => leaf(pull.number),
        "title" => leaf(pull.title.as_str()),
        "url" | "permalink" => leaf(link()),
        "state" => leaf(pull.state.graphql()),
        "closed" => leaf(pull.state != PullState::Open),
        "merged" => leaf(pull.state == PullState::Merged),
        "isDraft" => leaf(pull.draft),
        "locked" => leaf(pull.locked),
        "isCrossRepository" => leaf(pull.fork.is_some()),
        "headRefOid" => leaf(view.state.shown_head(pull)),
        "headRefName" => leaf(pull.head_ref.as_str()),
        "baseRefName" => leaf(pull.base_ref.as_str()),
        "baseRefOid" => leaf(pull.base_sha.as_str()),
        "baseRef" => maybe(git::reference(view, &pull.base_ref)),
        "author" => node(actor(&pull.author)),
        "createdAt" => leaf(rfc3339(pull.created_at)),
        "updatedAt" => leaf(rfc3339(pull.updated_at)),
        "reviewThreads" => threads(view, pull, arguments),
        "reviews" => reviews(view, pull, arguments),
        "labels" => connection("labels", "LabelConnection", arguments, pull.labels.len(), |index| {
            Node::plain("Label", json!({"name": pull.labels[index]}))
        }),
        other => unmodelled("PullRequest", other),
    }
}

fn threads<'a>(view: View<'a>, pull: &'a Pull, arguments: &Value) -> Answer<'a> {
    let starts = |comment: &&Comment| comment.in_reply_to.is_none() && view.state.stands(comment);
    let firsts: Vec<&Comment> = pull.comments.iter().filter(starts).collect();
    connection("reviewThreads", "PullRequestReviewThreadConnection", arguments, firsts.len(), move |index| {
        thread(view, pull, firsts[index])
    })
}

fn thread<'a>(view: View<'a>, pull: &'a Pull, first: &'a Comment) -> Node<'a> {
    Node::new("PullRequestReviewThread", move |field, arguments| {
        let (start, line) = view.state.lines_now(view.repo, pull, first);
        let (side, original_start, original) = match &first.place {
            Place::File => ("RIGHT", None, None),
            Place::Lines { side, start, line } => (side.name(), *start, Some(*line)),
        };
        match field {
            "id" => leaf(format!("PRRT_{}", first.id)),
            "isResolved" => leaf(first.resolved),
            "isOutdated" => leaf(first.place != Place::File && line.is_none()),
            "isCollapsed" => leaf(first.resolved),
            "path" => leaf(first.path.as_str()),
            "line" => leaf(line),
            "startLine" => leaf(start),
            "originalLine" => leaf(original),
            "originalStartLine" => leaf(original_start),
            "diffSide" => leaf(side),
            "subjectType" => leaf(if first.place == Place::File { "FILE" } else { "LINE" }),
            // In practice GitHub asks for contents as well.
            "viewerCanResolve" => {
                leaf(!first.resolved && view.may_write("pull_requests") && view.may_write("contents"))
            }
            "viewerCanUnresolve" => leaf(false),
            "viewerCanReply" => leaf(true),
            "comments" => thread_comments(view, pull, first, arguments),
            other => unmodelled("PullRequestReviewThread", other),
        }
    })
}

fn thread_comments<'a>(view: View<'a>, pull: &'a Pull, first: &'a Comment, arguments: &Value) -> Answer<'a> {
    let inside =
        |one: &&Comment| (one.id == first.id || one.in_reply_to == Some(first.id)) && view.state.stands(one);
    let comments: Vec<&Comment> = pull.comments.iter().filter(inside).collect();
    connection("comments", "PullRequestReviewCommentConnection", arguments, comments.len(), move |index| {
        comment(view, pull, comments[index])
    })
}

fn comment<'a>(view: View<'a>, pull: &'a Pull, one: &'a Comment) -> Node<'a> {
    Node::new("PullRequestReviewComment", move |field, _| match field {
        "id" => leaf(format!("PRRC_{}", one.id)),
        "databaseId" => leaf(one.id),
        "fullDatabaseId" => leaf(one.id.to_string()),
        "body" => leaf(one.body.as_str()),
        "path" => leaf(one.path.as_str()),
        "author" => node(actor(&one.author)),
        "viewerDidAuthor" => leaf(one.author == BOT),
        "createdAt" | "updatedAt" => leaf(rfc3339(one.at)),
        "outdated" => leaf(view.state.lines_now(view.repo, pull, one).1.is_none()),
        "isMinimized" => leaf(one.minimized.is_some()),
        "minimizedReason" => leaf(one.minimized.clone()),
        "viewerCanMinimize" => leaf(one.author == BOT && view.may_write("pull_requests")),
        "line" => leaf(view.state.lines_now(view.repo, pull, one).1),
        "startLine" => leaf(view.state.lines_now(view.repo, pull, one).0),
        "commit" | "originalCommit" => node(git::commit(view, one.commit_id.clone())),
        "url" => leaf(format!(
            "https://github.com/{}/pull/{}#discussion_r{}",
            view.repo.full_name(),
            pull.number,
            one.id
        )),
        other => unmodelled("PullRequestReviewComment", other),
    })
}

fn reviews<'a>(view: View<'a>, pull: &'a Pull, arguments: &Value) -> Answer<'a> {
    let author = arguments["author"].as_str();
    let wanted = |review: &&Review| {
        view.state.seen(review.hidden)
            && author.is_none_or(|author| review.author.trim_end_matches("[bot]") == author)
    };
    let reviews: Vec<&Review> = pull.reviews.iter().filter(wanted).collect();
    connection("reviews", "PullRequestReviewConnection", arguments, reviews.len(), move |index| {
        review(view, reviews[index])
    })
}

fn review<'a>(view: View<'a>, one: &'a Review) -> Node<'a> {
    Node::new("PullRequestReview", move |field, _| match field {
        "id" => leaf(format!("PRR_{}", one.id)),
        "databaseId" => leaf(one.id),
        "fullDatabaseId" => leaf(one.id.to_string()),
        "body" => leaf(one.body.as_str()),
        "state" => leaf(one.state),
        "author" => node(actor(&one.author)),
        "viewerDidAuthor" => leaf(one.author == BOT),
        "createdAt" | "submittedAt" => leaf(rfc3339(one.at)),
        "commit" => node(git::commit(view, one.commit_id.clone())),
        other => unmodelled("PullRequestReview", other),
    })
}
