use serde_json::{Value, json};

use super::{Desk, app_jwt};
use crate::fake::clock::now;
use crate::fake::state::Level;

const FILES: &str = "/repos/octo-org/hello/pulls/1/files";

#[tokio::test]
async fn only_the_app_itself_mints_tokens() {
    let desk = Desk::open().await;
    let path = "/app/installations/1001/access_tokens";
    let ask = async |secret: &str| desk.ask_as("POST", path, secret, &Value::Null).await.unwrap().status;
    assert_eq!(ask(&app_jwt(json!({}))).await, 201);
    assert_eq!(ask(&desk.token).await, 401);
    assert_eq!(ask(&app_jwt(json!({"iss": "1"}))).await, 401);
    assert_eq!(ask(&app_jwt(json!({"exp": now() - 5}))).await, 401);
    assert_eq!(ask(&app_jwt(json!({"exp": now() + 900}))).await, 401, "ten minutes at most");
    assert_eq!(ask(&app_jwt(json!({"iat": now() + 30}))).await, 401, "a clock ahead of GitHub's");
    assert_eq!(ask(&app_jwt(json!({})).replace(".", ".x")).await, 401);
}

#[tokio::test]
async fn a_token_reaches_what_it_was_narrowed_to_and_no_further() {
    let mut desk = Desk::open().await;
    let narrowed =
        desk.mint(json!({"repository_ids": [desk.repo], "permissions": {"checks": "write"}})).await.json();
    assert_eq!(narrowed["permissions"], json!({"checks": "write", "metadata": "read"}));
    desk.token = narrowed["token"].as_str().unwrap().to_owned();
    let refused = desk.get(FILES).await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()["message"], "Resource not accessible by integration");
    assert_eq!(desk.get("/repos/octo-org/other/pulls/1/files").await.status, 404);
}

#[tokio::test]
async fn what_is_not_granted_cannot_be_asked_for() {
    let desk = Desk::open().await;
    let installation = *desk.hub.lock().installations.keys().next().unwrap();
    desk.hub.lock().grant(installation, "checks", Some(Level::Read));
    assert_eq!(desk.mint(json!({"permissions": {"checks": "write"}})).await.status, 422);
    assert_eq!(desk.mint(json!({"permissions": {"checks": "read"}})).await.status, 201);
    assert_eq!(desk.mint(json!({"repository_ids": [7]})).await.status, 422);
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let desk = Desk::open().await;
    assert_eq!(desk.get(FILES).await.status, 200);
    desk.hub.lock().expire_tokens();
    assert_eq!(desk.get(FILES).await.status, 401);
}

#[tokio::test]
async fn an_old_name_is_redirected_by_id() {
    let desk = Desk::open().await;
    desk.hub.lock().rename_repo(desk.repo, "goodbye");
    let moved = desk.get(FILES).await;
    assert_eq!(moved.status, 301);
    let path = moved.headers["location"].strip_prefix(&desk.hub.url()).unwrap().to_owned();
    assert_eq!(path, format!("/repositories/{}/pulls/1/files", desk.repo));
    assert_eq!(desk.get(&path).await.status, 200);
    assert_eq!(desk.post("/repos/octo-org/hello/check-runs", json!({})).await.status, 307);
}

#[tokio::test]
async fn an_unknown_address_fails_the_test_that_asks() {
    let desk = Desk::open().await;
    assert_eq!(desk.get("/repos/octo-org/hello/branches").await.status, 404);
    assert_eq!(desk.hub.lock().offences.len(), 1);
}
