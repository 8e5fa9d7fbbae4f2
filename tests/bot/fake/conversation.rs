//! Talk beside the code: comments in the conversation, signs under comments, and who may do what.

use axum::Json;
use axum::extract::{Extension, Path, Query, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::auth::Caller;
use super::draft;
use super::hub::Hub;
use super::json as shape;
use super::paging::Page;
use super::problem::Problem;
use super::state::{BOT, Level, State, Words};

const SIGNS: [&str; 8] = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"];

/// `GET /repos/{owner}/{repo}/collaborators/{login}/permission`: the old field knows three levels, the roles
/// between are told as the level below or above.
pub async fn permission(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, login)): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(&caller, &owner, &name, "metadata", Level::Read)?);
    let role = match repo.collaborators.get(&login) {
        Some(role) => role,
        None if repo.private => return Err(Problem::not_found()),
        None => "read",
    };
    let permission = match role {
        "maintain" => "write",
        "triage" => "read",
        other => other,
    };
    Ok(Json(json!({"permission": permission, "role_name": role, "user": shape::user(&login)})))
}

/// `POST /repos/{owner}/{repo}/issues/{number}/comments`
pub async fn create(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, number)): Path<(String, String, i64)>,
    Json(wish): Json<Value>,
) -> Result<Response, Problem> {
    let mut state = hub.lock();
    let repo = state.admit(&caller, &owner, &name, "pull_requests", Level::Write)?;
    let pull = state.repo(repo).pulls.get(&number).ok_or_else(Problem::not_found)?;
    if pull.locked {
        return Err(Problem::forbidden("Unable to create comment because issue is locked."));
    }
    let body = draft::body(&wish["body"])?;
    let at = state.tick();
    state.unread.push(format!("reply on #{number}: {}", body.lines().next().unwrap_or_default()));
    let words = Words { id: state.new_id(), author: BOT.to_owned(), body, at, hidden: caller.hide };
    let answer = shape::words(state.repo(repo), number, &words);
    state.repo_mut(repo).pulls.get_mut(&number).expect("found above").words.push(words);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// `GET /repos/{owner}/{repo}/issues/{number}/comments`
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
    let seen = pull.words.iter().filter(|words| state.seen(words.hidden));
    let all: Vec<Value> = seen.map(|words| shape::words(repo, number, words)).collect();
    Ok(page.answer(&all, &hub.url(), repo.id, &uri))
}

/// `POST /repos/{owner}/{repo}/issues/comments/{id}/reactions`
pub async fn react_to_words(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, id)): Path<(String, String, i64)>,
    Json(wish): Json<Value>,
) -> Result<Response, Problem> {
    let mut state = hub.lock();
    let repo = state.admit(&caller, &owner, &name, "pull_requests", Level::Write)?;
    let there = state.repo(repo).pulls.values().any(|pull| pull.words.iter().any(|words| words.id == id));
    if there { react(&mut state, id, &wish) } else { Err(Problem::not_found()) }
}

/// `POST /repos/{owner}/{repo}/pulls/comments/{id}/reactions`
pub async fn react_to_comment(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, id)): Path<(String, String, i64)>,
    Json(wish): Json<Value>,
) -> Result<Response, Problem> {
    let mut state = hub.lock();
    let repo = state.admit(&caller, &owner, &name, "pull_requests", Level::Write)?;
    let there = |comment: &super::state::Comment| comment.id == id && !comment.deleted;
    let found = state.repo(repo).pulls.values().any(|pull| pull.comments.iter().any(there));
    if found { react(&mut state, id, &wish) } else { Err(Problem::not_found()) }
}

/// One sign of a kind per author: given again, it is answered with 200 and stands once.
fn react(state: &mut State, comment: i64, wish: &Value) -> Result<Response, Problem> {
    let content = wish["content"].as_str().filter(|content| SIGNS.contains(content));
    let Some(content) = content else {
        return Err(Problem::invalid(format!("{} is not a member of {SIGNS:?}.", wish["content"])));
    };
    let sign = (comment, BOT.to_owned(), content.to_owned());
    let known = state.reactions.contains(&sign);
    if !known {
        state.reactions.push(sign);
        state.unread.push(format!("reaction under {comment}: {content}"));
    }
    let status = if known { StatusCode::OK } else { StatusCode::CREATED };
    let body = json!({"id": state.new_id(), "content": content, "user": shape::user(BOT)});
    Ok((status, Json(body)).into_response())
}
