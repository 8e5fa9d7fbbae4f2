//! A scripted server on loopback. It mints tokens `ghs_1`, `ghs_2`, … and leaves every other answer to the
//! test. It knows nothing of GitHub's rules: the stories of the bot have a stricter one.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use scrutineer::domain::{InstallationId, Repo, RepoId, RepoName};
use scrutineer::github::{GitHub, RepoClient, Settings};
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;

pub(crate) const KEY: &str = include_str!("../data/test-key.pem");

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub method: String,
    /// Path and query.
    pub path: String,
    pub headers: axum::http::HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub(crate) fn is_mint(&self) -> bool {
        self.path.ends_with("/access_tokens")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }
}

/// An answer.
pub(crate) enum Reply {
    Json(u16, Value),
    With(u16, Vec<(&'static str, String)>, String),
    Never,
    /// For mints: the usual token.
    Token,
}

type Script = dyn Fn(&Seen) -> Reply + Send + Sync;

#[derive(Clone)]
pub(crate) struct Server {
    pub url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers mints itself, everything else by the script.
    pub(crate) async fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Server {
        Server::with_mints(move |seen| if seen.is_mint() { Reply::Token } else { script(seen) }).await
    }

    /// Answers everything by the script.
    pub(crate) async fn with_mints(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Server {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Server { url: Url::parse(&url).unwrap(), seen: Arc::default() };
        let (seen, script): (_, Arc<Script>) = (Arc::clone(&server.seen), Arc::new(script));
        let app = axum::Router::new()
            .fallback(move |request: Request| answer(Arc::clone(&seen), Arc::clone(&script), request));
        tokio::spawn(async move { axum::serve(listener, app).await });
        server
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn mints(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_mint).collect()
    }

    /// What was asked beside tokens.
    pub(crate) fn calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| !seen.is_mint()).collect()
    }

    pub(crate) fn settings(&self) -> Settings {
        settings(self.url.clone())
    }

    pub(crate) fn client(&self) -> RepoClient {
        client(self.settings())
    }
}

pub(crate) fn settings(url: Url) -> Settings {
    let mut settings = Settings::new(url, "123", SecretString::from(KEY));
    settings.request_timeout = Duration::from_secs(10);
    settings
}

pub(crate) fn client(settings: Settings) -> RepoClient {
    GitHub::connect(settings).unwrap().repo(&repo(42))
}

pub(crate) fn repo(id: i64) -> Repo {
    Repo { installation: InstallationId(9), id: RepoId(id), name: RepoName::parse("octo/hello").unwrap() }
}

async fn answer(seen: Arc<Mutex<Vec<Seen>>>, script: Arc<Script>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let request = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path_and_query().unwrap().to_string(),
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.unwrap(),
    };
    let mints = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.iter().filter(|seen| seen.is_mint()).count()
    };
    match script(&request) {
        Reply::Json(status, body) => response(status, &[], body.to_string()),
        Reply::With(status, headers, body) => response(status, &headers, body),
        Reply::Token => response(201, &[], token(&format!("ghs_{mints}")).to_string()),
        Reply::Never => std::future::pending().await,
    }
}

pub(crate) fn token(token: &str) -> Value {
    json!({"token": token, "expires_at": "2099-01-01T00:00:00Z", "permissions": {}})
}

fn response(status: u16, headers: &[(&'static str, String)], body: String) -> Response {
    let builder = Response::builder().status(status).header("x-github-request-id", "TEST:1");
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, value));
    builder.body(Body::from(body)).unwrap()
}
