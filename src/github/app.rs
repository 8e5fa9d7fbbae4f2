//! What the App asks on its own behalf, signed with its key: who it is, where it is installed, and which
//! deliveries did not arrive.

use std::collections::BTreeMap;

use http::{HeaderValue, Method};
use serde::Deserialize;
use url::Url;

use super::repo::decode;
use super::transport::{Answer, Call, JSON, Kind};
use super::{Error, GitHub, RequestId, address, classify, clock, limits, timestamp};
use crate::domain::{InstallationId, RepoName};

/// The App as it is registered at GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Registered {
    #[serde(default)]
    pub slug: String,
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    #[serde(default)]
    pub events: Vec<String>,
}

/// What an operator learns by knocking at GitHub's door.
#[derive(Debug)]
pub struct Knock {
    pub app: Result<Registered, Error>,
    /// How many seconds our clock is ahead of GitHub's.
    pub ahead: Option<i64>,
}

/// One attempt of GitHub to deliver a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub id: i64,
    /// `X-GitHub-Delivery`, the same for each attempt of one event.
    pub guid: String,
    pub event: String,
    /// Seconds since 1970.
    pub at: i64,
    /// Whether the server took it.
    pub delivered: bool,
}

/// Attempts, the newest first, and where the older ones are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempts {
    pub page: Vec<Attempt>,
    pub next: Option<Url>,
}

#[derive(Deserialize)]
struct AttemptWire {
    id: i64,
    guid: String,
    #[serde(default)]
    event: String,
    delivered_at: String,
    status_code: Option<i64>,
}

#[derive(Deserialize)]
struct Installation {
    id: InstallationId,
}

impl GitHub {
    /// Asks who we are. Also where GitHub refuses, its clock is told.
    pub async fn knock(&self) -> Knock {
        match self.as_app(Method::GET, self.address(&["app"])).await {
            Ok(answer) => {
                let ahead = limits::server_time(&answer).map(|theirs| clock::now_unix() - theirs);
                let app =
                    classify::success(answer, Kind::Read).and_then(|answer| decode(&answer, Kind::Read));
                Knock { app, ahead }
            }
            Err(error) => Knock { app: Err(error), ahead: None },
        }
    }

    /// Whether anything answers at the GraphQL address; what it says to a question without a token does
    /// not matter.
    pub async fn graphql_answers(&self) -> Result<(), Error> {
        let answer = self.as_app(Method::POST, self.connection.graphql_url.clone()).await?;
        match answer.status.as_u16() {
            404 | 500.. => Err(classify::refusal(&answer, Kind::Read)),
            _ => Ok(()),
        }
    }

    /// The installation through which this repository is reached.
    pub async fn installation(&self, repo: &RepoName) -> Result<InstallationId, Error> {
        let url = self.address(&["repos", &repo.owner, &repo.name, "installation"]);
        let answer = classify::success(self.as_app(Method::GET, url).await?, Kind::Read)?;
        let installation: Installation = decode(&answer, Kind::Read)?;
        Ok(installation.id)
    }

    /// The newest attempts to deliver, or those where an earlier page says that more are.
    pub async fn attempts(&self, page: Option<Url>) -> Result<Attempts, Error> {
        let url = page.unwrap_or_else(|| {
            let mut first = self.address(&["app", "hook", "deliveries"]);
            first.query_pairs_mut().append_pair("per_page", "100");
            first
        });
        let answer = classify::success(self.as_app(Method::GET, url.clone()).await?, Kind::Read)?;
        let page: Vec<AttemptWire> = decode(&answer, Kind::Read)?;
        Ok(Attempts { page: page.into_iter().map(Attempt::from).collect(), next: next_page(&url, &answer) })
    }

    /// Asks GitHub to deliver once more. Twice is no harm: a delivery that comes again changes nothing.
    pub async fn redeliver(&self, attempt: i64) -> Result<(), Error> {
        let url = self.address(&["app", "hook", "deliveries", &attempt.to_string(), "attempts"]);
        classify::success(self.as_app(Method::POST, url).await?, Kind::Read).map(drop)
    }

    fn address(&self, segments: &[&str]) -> Url {
        address::below(&self.connection.api_url, segments)
    }

    async fn as_app(&self, method: Method, url: Url) -> Result<Answer, Error> {
        let authorization: HeaderValue = self.connection.tokens.app_authorization()?;
        let body = (method == Method::POST).then(|| "{}".into());
        let call = Call { kind: Kind::Read, method, url, accept: JSON, body };
        let answer = self.connection.transport.send(&call, &authorization).await;
        answer.map_err(|lost| classify::lost(lost, Kind::Read))
    }
}

impl From<AttemptWire> for Attempt {
    fn from(wire: AttemptWire) -> Attempt {
        Attempt {
            id: wire.id,
            guid: wire.guid,
            event: wire.event,
            at: timestamp::from_rfc3339(&wire.delivered_at).unwrap_or(0),
            delivered: wire.status_code.is_some_and(|code| (200..300).contains(&code)),
        }
    }
}

/// The address GitHub gives for the next page. Our signature goes to no other origin.
fn next_page(from: &Url, answer: &Answer) -> Option<Url> {
    let link = answer.header("link")?.split(',').find(|link| link.contains("rel=\"next\""))?;
    let (_, rest) = link.split_once('<')?;
    let next = from.join(rest.split_once('>')?.0).ok()?;
    (next.origin() == from.origin()).then_some(next)
}

/// The error of an App that has no key, as where a person's token is used.
pub(super) fn no_key() -> Error {
    let message = "this needs the App's key: set APP_ID and PRIVATE_KEY".to_owned();
    Error::Unauthorized { message, request_id: RequestId::default() }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    #[test]
    fn the_next_page_is_where_github_says_and_nowhere_else() {
        let from = Url::parse("https://git.example/api/v3/app/hook/deliveries?per_page=100").unwrap();
        let check = |link: &str, expect: Option<&str>| {
            let headers = HeaderMap::from_iter([(http::header::LINK, link.parse().unwrap())]);
            let answer = Answer { status: StatusCode::OK, headers, body: bytes::Bytes::new() };
            assert_eq!(next_page(&from, &answer).as_ref().map(Url::as_str), expect, "{link}");
        };
        let next = "https://git.example/api/v3/app/hook/deliveries?per_page=100&cursor=v1_12";
        check(&format!("<{next}>; rel=\"next\""), Some(next));
        check(&format!("<https://git.example/x>; rel=\"prev\", <{next}>; rel=\"next\""), Some(next));
        check("<https://evil.example/x>; rel=\"next\"", None);
        check("<https://git.example/x>; rel=\"prev\"", None);
    }
}
