//! Check runs: created, continued and read, with every limit GitHub sets.

use axum::Json;
use axum::extract::{Extension, Path, Query, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::check_rules as rules;
use super::hub::Hub;
use super::json as shape;
use super::paging::Page;
use super::problem::Problem;
use super::state::{CheckRun, Level, State};

/// `POST /repos/{owner}/{repo}/check-runs`
pub async fn create(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name)): Path<(String, String)>,
    Json(wish): Json<Value>,
) -> Result<Response, Problem> {
    let mut state = hub.lock();
    let repo = state.admit(&caller, &owner, &name, "checks", Level::Write)?;
    rules::creation(&wish)?;
    let head = wish["head_sha"].as_str().unwrap_or_default();
    if state.repo(repo).git.files(head).is_none() {
        return Err(Problem::validation(
            "CheckRun",
            "head_sha",
            "custom",
            &format!("No commit found for SHA: {head}"),
        ));
    }
    let mut run = CheckRun {
        id: state.new_id(),
        name: wish["name"].as_str().unwrap_or_default().to_owned(),
        head_sha: head.to_owned(),
        external_id: String::new(),
        details_url: None,
        status: "queued".to_owned(),
        conclusion: None,
        title: None,
        summary: None,
        text: None,
        annotations: Vec::new(),
        actions: Vec::new(),
        started_at: state.tick(),
        completed_at: None,
        hidden: caller.hide,
        history: Vec::new(),
    };
    apply(&mut run, &wish, &mut state);
    let answer = shape::check_run(state.repo(repo), &run);
    state.repo_mut(repo).checks.push(run);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// `PATCH /repos/{owner}/{repo}/check-runs/{id}`
pub async fn update(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, id)): Path<(String, String, i64)>,
    Json(wish): Json<Value>,
) -> Result<Json<Value>, Problem> {
    let mut state = hub.lock();
    let repo = state.admit(&caller, &owner, &name, "checks", Level::Write)?;
    let place = state.repo(repo).checks.iter().position(|run| run.id == id).ok_or_else(Problem::not_found)?;
    rules::update(&wish)?;
    let mut run = state.repo(repo).checks[place].clone();
    apply(&mut run, &wish, &mut state);
    let answer = shape::check_run(state.repo(repo), &run);
    state.repo_mut(repo).checks[place] = run;
    Ok(Json(answer))
}

/// Texts are replaced, annotations are added to those already there.
fn apply(run: &mut CheckRun, wish: &Value, state: &mut State) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let output = &wish["output"];
    run.external_id = text(&wish["external_id"]).unwrap_or_else(|| run.external_id.clone());
    run.details_url = text(&wish["details_url"]).or(run.details_url.take());
    run.status = text(&wish["status"]).unwrap_or_else(|| run.status.clone());
    if let Some(conclusion) = text(&wish["conclusion"]) {
        run.status = "completed".to_owned();
        run.conclusion = Some(conclusion);
        run.completed_at = Some(state.tick());
    } else if run.status != "completed" {
        (run.conclusion, run.completed_at) = (None, None);
    }
    run.title = text(&output["title"]).or(run.title.take());
    run.summary = text(&output["summary"]).or(run.summary.take());
    run.text = text(&output["text"]).or(run.text.take());
    run.annotations.extend(output["annotations"].as_array().into_iter().flatten().cloned());
    if let Some(actions) = wish["actions"].as_array() {
        run.actions = actions.clone();
    }
    let word = run.conclusion.as_ref().unwrap_or(&run.status);
    let line = format!("{word}: {}", run.title.as_deref().unwrap_or("(no title)"));
    state.unread.push(format!("check run {} on {}: {line}", run.name, &run.head_sha[..7]));
    run.history.push(line);
}

/// `GET /repos/{owner}/{repo}/check-runs/{id}`
pub async fn get(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, id)): Path<(String, String, i64)>,
) -> Result<Json<Value>, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(&caller, &owner, &name, "checks", Level::Read)?);
    let seen = |run: &&CheckRun| run.id == id && state.seen(run.hidden);
    let run = repo.checks.iter().find(seen).ok_or_else(Problem::not_found)?;
    Ok(Json(shape::check_run(repo, run)))
}

/// `GET /repos/{owner}/{repo}/check-runs/{id}/annotations`
pub async fn annotations(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, id)): Path<(String, String, i64)>,
    Query(page): Query<Page>,
    uri: Uri,
) -> Result<Response, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(&caller, &owner, &name, "checks", Level::Read)?);
    let run = repo.checks.iter().find(|run| run.id == id).ok_or_else(Problem::not_found)?;
    Ok(page.answer(&run.annotations, &hub.url(), repo.id, &uri))
}

#[derive(Deserialize)]
pub struct Wanted {
    check_name: Option<String>,
    status: Option<String>,
    filter: Option<String>,
    app_id: Option<i64>,
}

/// `GET /repos/{owner}/{repo}/commits/{ref}/check-runs`: only the latest run of a name unless all are asked for.
pub async fn of_commit(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, reference)): Path<(String, String, String)>,
    Query(wanted): Query<Wanted>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(&caller, &owner, &name, "checks", Level::Read)?);
    let missing =
        || Problem::validation("Commit", "sha", "custom", &format!("No commit found for SHA: {reference}"));
    let sha = repo.resolve(&reference).ok_or_else(missing)?;
    let all = wanted.filter.as_deref() == Some("all");
    let name = wanted.check_name.as_deref();
    let mut runs = state.runs_on(repo.id, &sha, name, wanted.app_id, all);
    runs.retain(|run| wanted.status.as_ref().is_none_or(|status| *status == run.status));
    let runs: Vec<Value> = runs.into_iter().map(|run| shape::check_run(repo, run)).collect();
    Ok(Json(json!({"total_count": runs.len(), "check_runs": page.cut(&runs)})))
}

impl State {
    /// The runs on a commit that can be seen, newest first.
    pub fn runs_on(
        &self,
        repo: i64,
        sha: &str,
        name: Option<&str>,
        app: Option<i64>,
        all: bool,
    ) -> Vec<&CheckRun> {
        let ours = app.is_none_or(|app| app == super::state::APP_ID);
        let wanted = |run: &&CheckRun| {
            ours && run.head_sha == sha && name.is_none_or(|name| run.name == name) && self.seen(run.hidden)
        };
        let mut runs: Vec<&CheckRun> = self.repo(repo).checks.iter().rev().filter(wanted).collect();
        if !all {
            let mut names = std::collections::HashSet::new();
            runs.retain(|run| names.insert(&run.name));
        }
        runs
    }
}
