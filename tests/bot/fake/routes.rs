//! Every address the fake has. One it does not have is a failure of the test, so that no call goes unseen.

use axum::Router;
use axum::extract::State as Shared;
use axum::http::{Method, Uri};
use axum::routing::{get, post};

use super::hub::Hub;
use super::problem::Problem;
use super::{auth, checks, comments, conversation, graphql, hook, pulls, reviews, suites};

pub fn router(hub: Hub) -> Router {
    Router::new()
        .route("/app", get(auth::app))
        .route("/app/installations/{id}/access_tokens", post(auth::create_token))
        .route("/app/hook/deliveries", get(hook::deliveries))
        .route("/app/hook/deliveries/{id}/attempts", post(hook::redeliver))
        .route("/repos/{owner}/{repo}/installation", get(hook::installation))
        .route("/rate_limit", get(auth::rate_limit))
        .route("/graphql", post(graphql::serve))
        .route("/repos/{owner}/{repo}/pulls/{number}", get(pulls::get))
        .route("/repos/{owner}/{repo}/pulls/{number}/files", get(pulls::files))
        .route("/repos/{owner}/{repo}/pulls/{number}/reviews", get(reviews::list).post(reviews::create))
        .route("/repos/{owner}/{repo}/pulls/{number}/reviews/{id}/comments", get(comments::of_review))
        .route("/repos/{owner}/{repo}/pulls/{number}/comments", get(comments::list).post(comments::create))
        .route("/repos/{owner}/{repo}/pulls/{number}/comments/{id}/replies", post(comments::reply))
        .route("/repos/{owner}/{repo}/git/blobs/{oid}", get(pulls::blob))
        .route("/repos/{owner}/{repo}/compare/{range}", get(pulls::compare))
        .route("/repos/{owner}/{repo}/check-runs", post(checks::create))
        .route("/repos/{owner}/{repo}/check-runs/{id}", get(checks::get).patch(checks::update))
        .route("/repos/{owner}/{repo}/check-runs/{id}/annotations", get(checks::annotations))
        .route("/repos/{owner}/{repo}/commits/{reference}/check-runs", get(checks::of_commit))
        .route("/repos/{owner}/{repo}/check-suites/{id}/check-runs", get(suites::runs))
        .route("/repos/{owner}/{repo}/collaborators/{login}/permission", get(conversation::permission))
        .route(
            "/repos/{owner}/{repo}/issues/{number}/comments",
            get(conversation::list).post(conversation::create),
        )
        .route("/repos/{owner}/{repo}/issues/comments/{id}/reactions", post(conversation::react_to_words))
        .route("/repos/{owner}/{repo}/pulls/comments/{id}/reactions", post(conversation::react_to_comment))
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .with_state(hub)
}

async fn unknown(Shared(hub): Shared<Hub>, method: Method, uri: Uri) -> Problem {
    hub.lock().offences.push(format!("{method} {uri}: GitHub may know this address, the fake does not"));
    Problem::not_found()
}
