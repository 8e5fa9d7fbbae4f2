//! One repository as our App reaches it: each call with a token for this repository only, renewed once
//! when GitHub no longer accepts it.

use std::sync::Arc;

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::transport::{Answer, Call, JSON, Kind};
use super::{Connection, Error, RequestId, address, classify, clock};
use crate::domain::Repo;

/// What we may do in one repository, with a token that reaches only that repository.
#[derive(Clone)]
pub struct RepoClient {
    pub(super) connection: Arc<Connection>,
    pub(super) repo: Repo,
}

impl RepoClient {
    /// Forgets the token in use: what we may do here has changed since it was minted.
    pub fn renew(&self) {
        self.connection.tokens.forget(&self.repo);
    }

    /// The address of something in this repository.
    pub(super) fn url(&self, segments: &[&str]) -> Url {
        let name = &self.repo.name;
        let repository = address::below(&self.connection.api_url, &["repos", &name.owner, &name.name]);
        address::below(&repository, segments)
    }

    /// Reads something.
    pub(super) async fn get(&self, url: Url, accept: &'static str) -> Result<Answer, Error> {
        let (kind, method) = (Kind::Read, Method::GET);
        self.call(&Call { kind, method, url, accept, body: None }).await
    }

    /// Writes something. Sent once: what a lost answer means is the caller's to find out.
    pub(super) async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        url: Url,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let body = encode(body)?;
        if let Some(drafts) = &self.connection.drafts {
            let answer = drafts.keep(&method, &url, &body);
            return serde_json::from_slice(&answer).map_err(|error| unwritable(&error));
        }
        let body = Some(body);
        let call = Call { kind: Kind::Write, method, url, accept: JSON, body };
        let answer = self.call(&call).await?;
        decode(&answer, Kind::Write)
    }

    /// Sends a call and gives its answer if it is a success. Nothing is sent while GitHub wants us to wait.
    pub(super) async fn call(&self, call: &Call) -> Result<Answer, Error> {
        self.connection.pauses.check(self.repo.installation)?;
        self.leave_the_reserve(call)?;
        self.send(call).await.map_err(|error| self.noted(error))
    }

    /// What GitHub asks of the installation in this error is remembered.
    pub(super) fn noted(&self, error: Error) -> Error {
        self.connection.pauses.note(self.repo.installation, error)
    }

    async fn send(&self, call: &Call) -> Result<Answer, Error> {
        let Connection { transport, tokens, quota, .. } = self.connection.as_ref();
        let pass = tokens.get(transport, &self.repo, None).await?;
        let lost = |lost| classify::lost(lost, call.kind);
        let answer = transport.send(call, &pass.authorization).await.map_err(lost)?;
        quota.learn(self.repo.installation, &answer);
        if answer.status != http::StatusCode::UNAUTHORIZED {
            return classify::success(answer, call.kind);
        }
        // A 401 says that nothing was carried out, so that a write, too, may be sent again.
        let fresh = tokens.get(transport, &self.repo, Some(pass.serial)).await?;
        let answer = transport.send(call, &fresh.authorization).await.map_err(lost)?;
        classify::success(answer, call.kind)
    }

    /// Refuses a read where only the reserve is left: it is for telling the results of reviews under way.
    fn leave_the_reserve(&self, call: &Call) -> Result<(), Error> {
        let Connection { quota, graphql_url, .. } = self.connection.as_ref();
        let resource = if call.url == *graphql_url { "graphql" } else { "core" };
        match quota.wait(self.repo.installation, resource, clock::now_unix()) {
            Some(retry_after) if call.kind == Kind::Read => {
                Err(Error::RateLimited { retry_after, secondary: false, request_id: RequestId::default() })
            }
            _ => Ok(()),
        }
    }
}

fn unwritable(error: &serde_json::Error) -> Error {
    Error::Malformed { cause: error.to_string(), request_id: RequestId::default() }
}

pub(super) fn encode(body: &impl Serialize) -> Result<bytes::Bytes, Error> {
    let json = serde_json::to_vec(body).map_err(|error| unwritable(&error))?;
    Ok(json.into())
}

/// Reads a success. The error names the place, not the content.
pub(super) fn decode<T: DeserializeOwned>(answer: &Answer, kind: Kind) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let cause = format!("not the promised JSON ({:?} at {line}:{column})", error.classify());
        classify::unreadable(answer, kind, &cause)
    })
}
