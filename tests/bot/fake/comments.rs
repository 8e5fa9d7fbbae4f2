//! Single comments on a diff or on a file, their lists, and where a comment's line stands by now.

use axum::Json;
use axum::extract::{Extension, Path, Query, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use super::anchor::{Shown, Side, moved_line};
use super::auth::Caller;
use super::draft::{self, Draft};
use super::git::Context;
use super::hub::Hub;
use super::json as shape;
use super::paging::Page;
use super::problem::Problem;
use super::reviews::{Post, diff, unlocked};
use super::state::{BOT, Comment, Level, Place, Pull, Repo, State};

const KEYS: [&str; 8] =
    ["path", "body", "line", "side", "start_line", "start_side", "subject_type", "commit_id"];

/// `POST /repos/{owner}/{repo}/pulls/{number}/comments`
pub async fn create(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, number)): Path<(String, String, i64)>,
    Json(wish): Json<Value>,
) -> Result<Response, Problem> {
    let mut state = hub.lock();
    let id = state.admit(&caller, &owner, &name, "pull_requests", Level::Write)?;
    let pull = state.repo(id).pulls.get(&number).ok_or_else(Problem::not_found)?;
    unlocked(pull)?;
    for field in ["commit_id", "path", "body"] {
        if wish[field].as_str().is_none() {
            return Err(Problem::invalid(format!("\"{field}\" wasn't supplied.")));
        }
    }
    draft::body(&wish["body"])?;
    let (commit, changes) = diff(state.repo(id), pull, &wish)?;
    let one = Draft::read(&wish, &changes, &KEYS).map_err(|misplaced| misplaced.alone())?;
    let post = Post { review: None, commit: &commit, at: state.tick(), caller: &caller };
    let made = state.post(id, number, one, &post);
    let (repo, pull) = (state.repo(id), &state.repo(id).pulls[&number]);
    let comment = pull.comments.iter().find(|comment| comment.id == made).expect("just made");
    let answer = Json(shape::comment(&state, repo, pull, comment));
    Ok((StatusCode::CREATED, answer).into_response())
}

/// `POST /repos/{owner}/{repo}/pulls/{number}/comments/{id}/replies`: only to the comment that begins a thread.
pub async fn reply(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, number, to)): Path<(String, String, i64, i64)>,
    Json(wish): Json<Value>,
) -> Result<Response, Problem> {
    let mut state = hub.lock();
    let repo = state.admit(&caller, &owner, &name, "pull_requests", Level::Write)?;
    let pull = state.repo(repo).pulls.get(&number).ok_or_else(Problem::not_found)?;
    unlocked(pull)?;
    let body = draft::body(&wish["body"])?;
    let first = pull.comments.iter().find(|one| one.id == to && state.stands(one));
    let first = first.ok_or_else(Problem::not_found)?;
    if first.in_reply_to.is_some() {
        state.offences.push(format!("a reply to {to}, which is a reply itself"));
        return Err(Problem::not_found());
    }
    let (path, commit_id, place) = (first.path.clone(), first.commit_id.clone(), first.place.clone());
    let (id, at) = (state.new_id(), state.tick());
    state.unread.push(format!("reply under {to}: {}", body.lines().next().unwrap_or_default()));
    let made = Comment {
        id,
        review: None,
        author: BOT.to_owned(),
        body,
        path,
        commit_id,
        place,
        in_reply_to: Some(to),
        resolved: false,
        minimized: None,
        deleted: false,
        at,
        hidden: caller.hide,
    };
    state.repo_mut(repo).pulls.get_mut(&number).expect("found above").comments.push(made);
    let (repo, pull) = (state.repo(repo), &state.repo(repo).pulls[&number]);
    let made = pull.comments.last().expect("just made");
    Ok((StatusCode::CREATED, Json(shape::comment(&state, repo, pull, made))).into_response())
}

/// `GET /repos/{owner}/{repo}/pulls/{number}/comments`
pub async fn list(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, number)): Path<(String, String, i64)>,
    Query(page): Query<Page>,
    Query(order): Query<Order>,
    uri: Uri,
) -> Result<Response, Problem> {
    answer(&hub, &caller, (&owner, &name, number), (&page, order), &uri, |_| true)
}

/// The direction counts only where the list is sorted by something.
#[derive(Clone, Default, Deserialize)]
pub struct Order {
    sort: Option<String>,
    direction: Option<String>,
}

impl Order {
    fn newest_first(&self) -> bool {
        self.sort.is_some() && self.direction.as_deref() == Some("desc")
    }
}

/// `GET /repos/{owner}/{repo}/pulls/{number}/reviews/{id}/comments`
pub async fn of_review(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, number, review)): Path<(String, String, i64, i64)>,
    Query(page): Query<Page>,
    uri: Uri,
) -> Result<Response, Problem> {
    let of_review = |comment: &Comment| comment.review == Some(review);
    answer(&hub, &caller, (&owner, &name, number), (&page, Order::default()), &uri, of_review)
}

fn answer(
    hub: &Hub,
    caller: &Caller,
    (owner, name, number): (&str, &str, i64),
    (page, order): (&Page, Order),
    uri: &Uri,
    wanted: impl Fn(&Comment) -> bool,
) -> Result<Response, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(caller, owner, name, "pull_requests", Level::Read)?);
    let pull = repo.pulls.get(&number).ok_or_else(Problem::not_found)?;
    let standing = pull.comments.iter().filter(|comment| state.stands(comment) && wanted(comment));
    let mut comments: Vec<Value> =
        standing.map(|comment| shape::comment(&state, repo, pull, comment)).collect();
    if order.newest_first() {
        comments.reverse();
    }
    Ok(page.answer(&comments, &hub.url(), repo.id, uri))
}

impl State {
    pub fn stands(&self, comment: &Comment) -> bool {
        !comment.deleted && self.seen(comment.hidden)
    }

    /// The first and last line of a comment at the present head; none where it is outdated.
    pub fn lines_now(&self, repo: &Repo, pull: &Pull, comment: &Comment) -> (Option<u32>, Option<u32>) {
        let Place::Lines { side, start, line } = &comment.place else { return (None, None) };
        if comment.commit_id == pull.head {
            return (*start, Some(*line));
        }
        let follow = |line: u32| follow(repo, pull, comment, *side, line);
        match (follow(*line), start.map(follow)) {
            (Some(line), None) => (None, Some(line)),
            (Some(line), Some(Some(start))) => (Some(start), Some(line)),
            _ => (None, None),
        }
    }
}

/// Where a line stands at the present head, if it is unchanged and still part of the diff.
fn follow(repo: &Repo, pull: &Pull, comment: &Comment, side: Side, line: u32) -> Option<u32> {
    if side == Side::Left {
        return None;
    }
    let since = repo.git.two_dot(&comment.commit_id, &pull.head, Context::None);
    let touches = |path: &str| path == comment.path;
    let line = match since
        .iter()
        .find(|change| touches(&change.path) || change.old_path.as_deref().is_some_and(touches))
    {
        None => line,
        Some(change) if change.status == 'M' => moved_line(change.patch.as_deref()?, line)?,
        Some(_) => return None,
    };
    let base = repo.branches.get(&pull.base_ref).unwrap_or(&pull.base_sha);
    let changes = repo.git.three_dot(base, &pull.head);
    let change = changes.iter().find(|change| change.path == comment.path)?;
    Shown::in_patch(change.patch.as_deref()?).hunk(Side::Right, line).map(|_| line)
}
