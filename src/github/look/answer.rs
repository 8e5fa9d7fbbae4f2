//! From the answer of a look to what was seen.
//!
//! A file that GitHub failed on is missing alone. Any other gap makes the look useless: without a thread
//! we would say the same thing twice, without the policy we would judge by the wrong one.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::document::alias;
use super::wire::{self, Blob, State};
use super::{BlobView, CommitState, Look, PolicyBlob, PullState, View};
use crate::domain::Repo;
use crate::github::graphql::{Fault, Reply};
use crate::github::{Error, RequestId};

pub(super) fn view(mut reply: Reply, look: &Look, repo: &Repo, app_id: &str) -> Result<View, Error> {
    let request_id = reply.request_id.clone();
    if let Some(fault) = reply.faults.iter().find(|fault| failed_file(fault).is_none()) {
        return Err(fault.error(&request_id));
    }
    let answer = Answer { request_id };
    let Some(Value::Object(mut repository)) = reply.data.remove("repository") else {
        return Err(answer.not_found(format!("repository {}", repo.name)));
    };
    answer.check_identity(&repository, repo)?;
    let blobs = answer.blobs(&mut repository, look, &reply.faults)?;
    if !look.with_state {
        return Ok(View { pull: None, standing: None, blobs });
    }
    let (standing, pull) = answer.state(repository, look, app_id)?;
    Ok(View { pull, standing: Some(standing), blobs })
}

/// The key of the file a fault is about.
fn failed_file(fault: &Fault) -> Option<&str> {
    let key = fault.path().nth(1)?;
    let digits = key.strip_prefix('f')?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(key)
}

/// The answer's name, for its errors.
struct Answer {
    request_id: RequestId,
}

impl Answer {
    /// A repository may have been renamed and its old name taken by another one.
    fn check_identity(&self, repository: &Map<String, Value>, repo: &Repo) -> Result<(), Error> {
        match repository.get("databaseId").and_then(Value::as_i64) {
            Some(id) if id != repo.id.0 => {
                Err(self
                    .not_found(format!("repository {} by the name {}: it is now {id}", repo.id.0, repo.name)))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn blobs(
        &self,
        repository: &mut Map<String, Value>,
        look: &Look,
        faults: &[Fault],
    ) -> Result<Vec<Option<BlobView>>, Error> {
        let mut blobs = Vec::with_capacity(look.paths.len());
        for key in (0..look.paths.len()).map(alias) {
            let value = repository.remove(&key).unwrap_or_default();
            let failed = faults.iter().any(|fault| failed_file(fault) == Some(key.as_str()));
            blobs.push(if failed { None } else { self.blob(value)?.map(BlobView::from) });
        }
        Ok(blobs)
    }

    /// `{}` is what stands for an object that is no blob.
    fn blob(&self, value: Value) -> Result<Option<Blob>, Error> {
        match value {
            Value::Null => Ok(None),
            Value::Object(fields) if fields.is_empty() => Ok(None),
            other => self.read(other).map(Some),
        }
    }

    fn state(
        &self,
        mut repository: Map<String, Value>,
        look: &Look,
        app_id: &str,
    ) -> Result<(CommitState, Option<PullState>), Error> {
        let policy = self.blob(repository.remove("policy").unwrap_or_default())?;
        let mut state: State = self.read(Value::Object(repository))?;
        let standing = state.commit(policy.map(PolicyBlob::from), app_id);
        match (look.pull, state.pull_request) {
            (Some(number), None) => Err(self.not_found(format!("pull request {}", number.0))),
            (_, pull) => Ok((standing, pull.map(wire::Pull::into_state))),
        }
    }

    fn read<T: DeserializeOwned>(&self, value: Value) -> Result<T, Error> {
        T::deserialize(value).map_err(|error| Error::Malformed {
            cause: format!("a look's answer: {error}"),
            request_id: self.request_id.clone(),
        })
    }

    fn not_found(&self, what: String) -> Error {
        Error::NotFound { what, request_id: self.request_id.clone() }
    }
}
