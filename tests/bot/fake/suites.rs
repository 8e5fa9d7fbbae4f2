//! The runs of a suite: of several with one name only the latest, unless all are asked for.

use axum::Json;
use axum::extract::{Extension, Path, Query, State as Shared};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::hub::Hub;
use super::json as shape;
use super::paging::Page;
use super::problem::Problem;
use super::state::Level;

#[derive(Deserialize)]
pub struct Wanted {
    filter: Option<String>,
}

/// `GET /repos/{owner}/{repo}/check-suites/{id}/check-runs`
pub async fn runs(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name, id)): Path<(String, String, i64)>,
    Query(wanted): Query<Wanted>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    let state = hub.lock();
    let repo = state.repo(state.admit(&caller, &owner, &name, "checks", Level::Read)?);
    let of_suite = repo.checks.iter().find(|run| shape::suite_id(&run.head_sha) == id);
    let sha = &of_suite.ok_or_else(Problem::not_found)?.head_sha;
    let all = wanted.filter.as_deref() == Some("all");
    let runs = state.runs_on(repo.id, sha, None, None, all);
    let runs: Vec<Value> = runs.into_iter().map(|run| shape::check_run(repo, run)).collect();
    Ok(Json(json!({"total_count": runs.len(), "check_runs": page.cut(&runs)})))
}
