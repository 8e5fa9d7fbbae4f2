//! Asks GitHub for one token, and says why it was not given.

use http::{HeaderValue, Method};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::slot::Token;
use crate::domain::{Repo, RepoId};
use crate::github::jwt::App;
use crate::github::transport::{Answer, Call, JSON, Kind, Transport};
use crate::github::{ConfigError, Error, RequestId, Settings, address, classify, clock, limits, timestamp};

/// A difference of clocks below this is not worth a word: tokens are back-dated by more.
const SKEW_TOLD: i64 = 30;

pub(super) struct Mint {
    app: App,
    api_url: url::Url,
}

#[derive(Serialize)]
struct Ask<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    repository_ids: Option<[i64; 1]>,
    /// By name, where the id is not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    repositories: Option<[&'a str; 1]>,
    /// Left out, the token gets whatever the installation granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Permissions>,
}

/// All that a review uses: what is not here cannot be lost with a token.
#[derive(Serialize)]
struct Permissions {
    checks: &'static str,
    contents: &'static str,
    metadata: &'static str,
    pull_requests: &'static str,
}

const PERMISSIONS: Permissions =
    Permissions { checks: "write", contents: "read", metadata: "read", pull_requests: "write" };

#[derive(Deserialize)]
struct Granted {
    token: String,
    expires_at: String,
}

impl Mint {
    pub(super) fn new(settings: &Settings) -> Result<Mint, ConfigError> {
        Ok(Mint {
            app: App::new(&settings.app_id, &settings.private_key)?,
            api_url: settings.api_url.clone(),
        })
    }

    /// The App's own signature.
    pub(super) fn authorization(&self) -> Result<HeaderValue, Error> {
        self.app.authorization().map_err(malformed)
    }

    /// One token. Asking twice makes two tokens and harms nobody, so it counts as a read.
    ///
    /// GitHub refuses a token with a permission that the owner has not granted. Then the token takes what
    /// there is, so that the call which lacks the permission fails by itself and the others can say so.
    pub(super) async fn mint(&self, transport: &Transport, repo: &Repo) -> Result<Token, Error> {
        match self.ask(transport, repo, Some(PERMISSIONS)).await {
            Err(Error::Forbidden { message, .. }) if lacks_permission(&message) => {
                tracing::warn!(%repo.name, message, "the installation has not granted all permissions");
                self.ask(transport, repo, None).await
            }
            result => result,
        }
    }

    async fn ask(
        &self,
        transport: &Transport,
        repo: &Repo,
        permissions: Option<Permissions>,
    ) -> Result<Token, Error> {
        let call = self.call(repo, permissions)?;
        let authorization = self.authorization()?;
        let answer = transport.send(&call, &authorization).await;
        let answer = answer.map_err(|lost| classify::lost(lost, Kind::Read))?;
        if !answer.status.is_success() {
            return Err(explain(classify::refusal(&answer, Kind::Read), &answer));
        }
        read(&answer)
    }

    fn call(&self, repo: &Repo, permissions: Option<Permissions>) -> Result<Call, Error> {
        let known = repo.id != RepoId::UNKNOWN;
        let ask = Ask {
            repository_ids: known.then_some([repo.id.0]),
            repositories: (!known).then_some([repo.name.name.as_str()]),
            permissions,
        };
        let body = serde_json::to_vec(&ask).map_err(|error| malformed(error.to_string()))?;
        let installation = repo.installation.0.to_string();
        Ok(Call {
            kind: Kind::Read,
            method: Method::POST,
            url: address::below(&self.api_url, &["app", "installations", &installation, "access_tokens"]),
            accept: JSON,
            body: Some(body.into()),
        })
    }
}

/// GitHub's words for a token that asks for more than was granted.
fn lacks_permission(message: &str) -> bool {
    message.to_ascii_lowercase().contains("permission")
}

/// The error of serde is not passed on: it may quote the token.
fn read(answer: &Answer) -> Result<Token, Error> {
    let granted: Option<Granted> = serde_json::from_slice(&answer.body).ok();
    let token = granted.and_then(|granted| {
        Some(Token {
            expires_at: timestamp::from_rfc3339(&granted.expires_at)?,
            secret: SecretString::from(granted.token),
        })
    });
    token
        .ok_or_else(|| classify::unreadable(answer, Kind::Read, "an installation token without token or end"))
}

/// Says what a refusal means here: which of key, clock, installation, repository or permission is wrong.
fn explain(error: Error, answer: &Answer) -> Error {
    match error {
        Error::Unauthorized { message, request_id } => Error::Unauthorized {
            message: format!("{message}{}", skew(answer).unwrap_or_default()),
            request_id,
        },
        Error::NotFound { request_id, .. } => {
            Error::NotFound { what: "the installation of the App".to_owned(), request_id }
        }
        Error::Unprocessable { message, request_id, .. } if message.contains("repository") => {
            Error::NotFound { what: format!("the repository in the installation: {message}"), request_id }
        }
        Error::Unprocessable { message, request_id, .. } => Error::Forbidden { message, request_id },
        other => other,
    }
}

/// A remark on our clock, if it is what GitHub may have taken offence at.
fn skew(answer: &Answer) -> Option<String> {
    let ahead = clock::now_unix() - limits::server_time(answer)?;
    let side = if ahead > 0 { "ahead of" } else { "behind" };
    (ahead.abs() > SKEW_TOLD).then(|| {
        format!(
            "; our clock is {} s {side} GitHub's, which makes the App's tokens invalid: set the clock",
            ahead.abs()
        )
    })
}

fn malformed(cause: String) -> Error {
    Error::Malformed { cause, request_id: RequestId::default() }
}
