//! Reading a change: the pull request, its files with their patches, and blobs.

use axum::Json;
use axum::extract::{Extension, Path, Query, State as Shared};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::auth::Caller;
use super::hub::Hub;
use super::json as shape;
use super::paging::Page;
use super::problem::Problem;
use super::state::Level;

/// GitHub lists no more files of a pull request than these.
pub const MOST_FILES: usize = 3000;

/// `GET /repos/{owner}/{repo}/pulls/{number}`
pub async fn get(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, number)): Path<(String, String, i64)>,
) -> Result<Json<Value>, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(&caller, &owner, &name, "pull_requests", Level::Read)?);
    let pull = repo.pulls.get(&number).ok_or_else(Problem::not_found)?;
    Ok(Json(shape::pull(&state, repo, pull)))
}

/// `GET /repos/{owner}/{repo}/pulls/{number}/files`
pub async fn files(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, number)): Path<(String, String, i64)>,
    Query(page): Query<Page>,
    uri: Uri,
) -> Result<Response, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(&caller, &owner, &name, "pull_requests", Level::Read)?);
    let pull = repo.pulls.get(&number).ok_or_else(Problem::not_found)?;
    let base = repo.branches.get(&pull.base_ref).unwrap_or(&pull.base_sha);
    let head = state.shown_head(pull);
    let from = repo.git.merge_base(base, &head).unwrap_or_else(|| base.clone());
    let changes = repo.git.three_dot(base, &head);
    let shape = |change| shape::changed_file(repo, change, &from, &head);
    let files: Vec<Value> = changes.iter().take(MOST_FILES).map(shape).collect();
    Ok(page.answer(&files, &hub.url(), repo.id, &uri))
}

/// `GET /repos/{owner}/{repo}/git/blobs/{oid}`: base64 in JSON, or the bytes themselves if asked so.
pub async fn blob(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, oid)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(&caller, &owner, &name, "contents", Level::Read)?);
    let bytes = repo.git.blob(&oid).ok_or_else(Problem::not_found)?;
    let accept = headers.get("accept").and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("raw") {
        return Ok(([("content-type", "application/vnd.github.raw; charset=utf-8")], bytes).into_response());
    }
    let lines: Vec<String> = STANDARD
        .encode(&bytes)
        .as_bytes()
        .chunks(60)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let blob = json!({
        "sha": oid, "node_id": format!("B_{oid}"), "size": bytes.len(), "encoding": "base64",
        "content": lines.join("\n") + "\n", "url": format!("{}/repos/{owner}/{name}/git/blobs/{oid}", hub.url()),
    });
    Ok(Json(blob).into_response())
}

/// `GET /repos/{owner}/{repo}/compare/{base}...{head}`: three dots, 300 files on the first page and none after it.
pub async fn compare(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, range)): Path<(String, String, String)>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(&caller, &owner, &name, "contents", Level::Read)?);
    let ends =
        range.split_once("...").and_then(|(base, head)| Some((repo.resolve(base)?, repo.resolve(head)?)));
    let (base, head) = ends.ok_or_else(Problem::not_found)?;
    let from = repo.git.merge_base(&base, &head).ok_or_else(Problem::not_found)?;
    let changes = repo.git.three_dot(&base, &head);
    let shape = |change| shape::changed_file(repo, change, &from, &head);
    let files: Option<Vec<Value>> =
        (page.number() == 1).then(|| changes.iter().take(300).map(shape).collect());
    let (ahead, behind) = (repo.git.between(&from, &head), repo.git.between(&from, &base));
    let status = match (ahead.len(), behind.len()) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let commits: Vec<Value> = ahead.iter().map(|sha| json!({"sha": sha})).collect();
    Ok(Json(json!({
        "merge_base_commit": {"sha": from}, "base_commit": {"sha": base}, "status": status,
        "commits": page.cut(&commits), "ahead_by": ahead.len(), "behind_by": behind.len(),
        "total_commits": ahead.len(), "files": files,
    })))
}
