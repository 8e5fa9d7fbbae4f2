//! Reviews: all of it is posted, or nothing.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Path, Query, State as Shared};
use axum::http::Uri;
use axum::response::Response;
use serde_json::Value;

use super::auth::Caller;
use super::draft::{self, Draft};
use super::git::Change;
use super::hub::Hub;
use super::json as shape;
use super::paging::Page;
use super::problem::Problem;
use super::state::{BOT, Comment, Level, Pull, Repo, Review, State};

const KEYS: [&str; 6] = ["path", "body", "line", "side", "start_line", "start_side"];

/// `POST /repos/{owner}/{repo}/pulls/{number}/reviews`
pub async fn create(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, number)): Path<(String, String, i64)>,
    Json(wish): Json<Value>,
) -> Result<Json<Value>, Problem> {
    let mut state = hub.lock();
    let id = state.admit(&caller, &owner, &name, "pull_requests", Level::Write)?;
    let pull = state.repo(id).pulls.get(&number).ok_or_else(Problem::not_found)?;
    unlocked(pull)?;
    let verdict = verdict(&wish)?;
    let body = review_body(&wish, verdict)?;
    let (commit, changes) = diff(state.repo(id), pull, &wish)?;
    let refused = state.refuse_lines_of.as_deref();
    let read = |comment: &Value| match comment["path"].as_str() == refused && refused.is_some() {
        true => Err(Problem::unprocessable("Line could not be resolved")),
        false => read_comment(comment, &changes),
    };
    let drafts: Vec<Draft> = comments_of(&wish).iter().map(read).collect::<Result<_, _>>()?;
    let (review, at) = (state.new_id(), state.tick());
    let post = Post { review: Some(review), commit: &commit, at, caller: &caller };
    for one in drafts {
        state.post(id, number, one, &post);
    }
    state.unread.push(format!("review of #{number}: {}", body.lines().next().unwrap_or_default()));
    let (author, hidden) = (BOT.to_owned(), caller.hide);
    let made = Review { id: review, author, body, state: verdict, commit_id: commit, at, hidden };
    let pull = state.repo_mut(id).pulls.get_mut(&number).expect("found above");
    pull.reviews.push(made);
    let (repo, pull) = (state.repo(id), &state.repo(id).pulls[&number]);
    Ok(Json(shape::review(repo, pull, pull.reviews.last().expect("just made"))))
}

pub fn unlocked(pull: &Pull) -> Result<(), Problem> {
    if pull.locked { Err(Problem::unprocessable("lock prevents review")) } else { Ok(()) }
}

fn verdict(wish: &Value) -> Result<&'static str, Problem> {
    match wish["event"].as_str() {
        None => Ok("PENDING"),
        Some("COMMENT") => Ok("COMMENTED"),
        Some("APPROVE") => Ok("APPROVED"),
        Some("REQUEST_CHANGES") => Ok("CHANGES_REQUESTED"),
        Some(other) => Err(Problem::invalid(format!("{other} is not a member of the review events."))),
    }
}

fn review_body(wish: &Value, verdict: &str) -> Result<String, Problem> {
    let needed = matches!(verdict, "COMMENTED" | "CHANGES_REQUESTED");
    if needed || wish.get("body").is_some() { draft::body(&wish["body"]) } else { Ok(String::new()) }
}

fn comments_of(wish: &Value) -> &[Value] {
    wish["comments"].as_array().map_or(&[], Vec::as_slice)
}

fn read_comment(wish: &Value, changes: &[Change]) -> Result<Draft, Problem> {
    draft::body(&wish["body"])?;
    Draft::read(wish, changes, &KEYS).map_err(|misplaced| misplaced.in_review())
}

/// The commit a request speaks about, and what the pull request changes up to it.
pub fn diff(repo: &Repo, pull: &Pull, wish: &Value) -> Result<(String, Arc<Vec<Change>>), Problem> {
    let commit = wish["commit_id"].as_str().unwrap_or(&pull.head).to_owned();
    if !draft::belongs(repo, pull, &commit) {
        let message = "commit_id is not part of the pull request";
        return Err(Problem::validation("PullRequestReview", "commit_id", "custom", message));
    }
    let base = repo.branches.get(&pull.base_ref).unwrap_or(&pull.base_sha);
    let changes = repo.git.three_dot(base, &commit);
    Ok((commit, changes))
}

/// What the comments of one request share.
pub struct Post<'a> {
    pub review: Option<i64>,
    pub commit: &'a str,
    pub at: i64,
    pub caller: &'a Caller,
}

impl State {
    pub fn post(&mut self, repo: i64, number: i64, one: Draft, post: &Post<'_>) -> i64 {
        let id = self.new_id();
        self.unread.push(format!("comment on {}: {}", one.path, one.body.lines().next().unwrap_or_default()));
        let comment = Comment {
            id,
            review: post.review,
            author: BOT.to_owned(),
            body: one.body,
            path: one.path,
            commit_id: post.commit.to_owned(),
            place: one.place,
            in_reply_to: None,
            resolved: false,
            minimized: None,
            deleted: false,
            at: post.at,
            hidden: post.caller.hide,
        };
        let pull = self.repo_mut(repo).pulls.get_mut(&number).expect("a pull request that was found");
        pull.comments.push(comment);
        id
    }
}

/// `GET /repos/{owner}/{repo}/pulls/{number}/reviews`
pub async fn list(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, number)): Path<(String, String, i64)>,
    Query(page): Query<Page>,
    uri: Uri,
) -> Result<Response, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(&caller, &owner, &name, "pull_requests", Level::Read)?);
    let pull = repo.pulls.get(&number).ok_or_else(Problem::not_found)?;
    let seen = pull.reviews.iter().filter(|review| state.seen(review.hidden));
    let reviews: Vec<Value> = seen.map(|review| shape::review(repo, pull, review)).collect();
    Ok(page.answer(&reviews, &hub.url(), repo.id, &uri))
}
