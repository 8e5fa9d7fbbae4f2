//! The fake judged by itself: what GitHub refuses, it refuses, in GitHub's words.

mod auth;
mod checks;
mod client;
mod faults;
mod files;
mod graphql;
mod reviews;

use serde_json::{Value, json};

use crate::fake::Hub;
use crate::fake::state::APP_ID;
use crate::fake::verbs::{Edit, Proposal};
use crate::fake::wire::{self, Answer};

const PRIVATE_KEY: &[u8] = include_bytes!("../../data/test-key.pem");

/// One repository with one pull request, and a token that reaches it.
struct Desk {
    hub: Hub,
    repo: i64,
    pull: i64,
    token: String,
}

/// Twenty lines, so that a change to the tenth leaves lines outside the hunk.
fn twenty_lines() -> String {
    (1..=20).map(|line| format!("line_{line} = {line}\n")).collect()
}

impl Desk {
    async fn open() -> Desk {
        Desk::with(twenty_lines(), twenty_lines().replace("line_10 = 10", "line_10 = 'ten'")).await
    }

    async fn with(before: String, after: String) -> Desk {
        let hub = Hub::start().await;
        let (repo, pull) = {
            let mut state = hub.lock();
            let installation = state.install("octo-org");
            let repo = state.create_repo(installation, "hello", vec![("app.py".to_owned(), before).into()]);
            let proposal = Proposal { branch: "feature".to_owned(), ..Proposal::default() };
            let edits: Vec<Edit> = vec![("app.py".to_owned(), after).into()];
            (repo, state.open_pull(repo, proposal, edits).0)
        };
        let mut desk = Desk { hub, repo, pull, token: String::new() };
        desk.token = desk.mint(json!({})).await.json()["token"].as_str().expect("a token").to_owned();
        desk
    }

    async fn mint(&self, wish: Value) -> Answer {
        let installation = *self.hub.lock().installations.keys().next().expect("an installation");
        let path = format!("/app/installations/{installation}/access_tokens");
        self.ask_as("POST", &path, &app_jwt(json!({})), &wish).await.expect("an answer")
    }

    async fn ask_as(
        &self,
        method: &str,
        path: &str,
        secret: &str,
        body: &Value,
    ) -> Result<Answer, std::io::Error> {
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).expect("JSON") };
        let headers = [
            ("authorization", format!("Bearer {secret}")),
            ("content-type", "application/json".to_owned()),
            ("user-agent", "tests".to_owned()),
        ];
        wire::send(method, &format!("{}{path}", self.hub.url()), &headers, &body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask_as("GET", path, &self.token, &Value::Null).await.expect("an answer")
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask_as("POST", path, &self.token, &body).await.expect("an answer")
    }

    async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask_as("PATCH", path, &self.token, &body).await.expect("an answer")
    }

    fn head(&self) -> String {
        self.hub.lock().repo(self.repo).pulls[&self.pull].head.clone()
    }
}

/// The App's signature; `claims` replace the right ones.
fn app_jwt(claims: Value) -> String {
    let now = crate::fake::clock::now();
    let mut all = json!({"iat": now - 60, "exp": now + 540, "iss": APP_ID.to_string()});
    for (name, value) in claims.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let key = jsonwebtoken::EncodingKey::from_rsa_pem(PRIVATE_KEY).expect("the test key");
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256);
    jsonwebtoken::encode(&header, &all, &key).expect("a signature")
}
